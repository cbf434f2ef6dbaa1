"""The provider's history of past requests: the queries for pages, and the reading of rows. No I/O.

What is read here decides whether a picture is requested a second time. So "cannot be read" must never count
as "is not there": functions return None for what they cannot read, never an empty value.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from bot.domain.ids import RequestId
from bot.domain.luma import DEFAULT_RATIO, DEFAULT_STYLE
from bot.domain.provider import Completed, Failed, HistoryRow, Inputs, Result, Status, StillRunning
from bot.segmind import parse, values
from bot.segmind.wire import Body, Json, read_json, request_id_of, submit_body

PATH = "/inference-request/request-history"
ROWS_PER_PAGE = 100
#: Both ends of a window are included.
WINDOW_DAYS = 31
#: 20,000 requests in a month. More pages mean that the paging has no end.
MOST_PAGES = 200

#: Names that may hold the rows; any other name is tried after these.
ROW_LISTS = ("data", "results", "items", "requests", "rows", "history", "records")
ROW_ID_NAMES = ("request_id", "requestId", "id")
CREATED_NAMES = ("model_created", "created_at", "createdAt", "created", "timestamp")
STATUS_NAMES = ("model_status", "status")
COUNT_NAMES = ("total", "total_count", "count")
MODEL_NAME = re.compile(r"[a-z0-9._-]+")
MOST_DEPTH = 3

#: The four parameters, and their defaults.
DEFAULTS = {
    "prompt": None,
    "aspect_ratio": DEFAULT_RATIO.value,
    "style": DEFAULT_STYLE.value,
    "image": None,
}


#: First and last day, both included, in UTC.
Window = tuple[date, date]


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """`rows` are those of our model; `request_ids` are of all rows, and show if the page had anything new."""

    rows: Sequence[HistoryRow]
    request_ids: frozenset[RequestId]


def windows(since: datetime, until: datetime) -> Iterator[Window]:
    """Yield spans of days in UTC, newest first, none longer than the provider accepts."""
    first, last = since.astimezone(UTC).date(), until.astimezone(UTC).date()
    while first <= last:
        start = max(first, last - timedelta(days=WINDOW_DAYS - 1))
        yield start, last
        last = start - timedelta(days=1)


def query(model: str, window: Window, page: int) -> dict[str, str]:
    """Build the query of a page: every status, by creation time, which is the provider's default order."""
    return {
        "page": str(page),
        "per_page": str(ROWS_PER_PAGE),
        "from_date": window[0].isoformat(),
        "to_date": window[1].isoformat(),
        "model_name": model,
        "sort_order": "desc",
    }


def page_of(value: Json, model: str) -> HistoryPage | None:
    """Read a page; return None if it cannot be read."""
    listed = row_list(value)
    if listed is None:
        return None
    rows = [row for item in listed if (row := row_of(item)) is not None]
    if listed and not rows:
        return None
    ours = [replace(row, model=model) for row in rows if row.model in (None, model)]
    return HistoryPage(ours, frozenset(row.request_id for row in rows))


def row_in(value: Json, request_id: RequestId) -> HistoryRow | None:
    """Find the row of one request, at any depth; return None if it is not there."""
    for item in candidates(value, MOST_DEPTH):
        row = row_of(item)
        if row is not None and row.request_id == request_id:
            return row
    return None


def is_same(inputs: Inputs, row: HistoryRow) -> bool:
    """Return whether the row has exactly these inputs; an absent one counts as its default."""
    if row.model not in (None, inputs.model):
        return False
    sent: Body = submit_body(inputs)
    return all(
        (sent.get(name) or default) == (row.inputs.get(name) or default) for name, default in DEFAULTS.items()
    )


def row_list(value: Json, depth: int = MOST_DEPTH) -> list[Json] | None:
    """Find the list of rows, at the top or under some name; return None if there is none."""
    if isinstance(value, list):
        return value if not value or any(isinstance(item, dict) for item in value) else None
    if not isinstance(value, dict) or depth == 0:
        return None
    named = [name for name in ROW_LISTS if name in value]
    for name in (*named, *(name for name in value if name not in ROW_LISTS)):
        found = row_list(value[name], depth - 1)
        # An empty list under an unknown name may be anything, such as a list of warnings.
        if found or (found is not None and name in ROW_LISTS):
            return found
    is_counted_as_none = any(values.number(value.get(name)) == 0 for name in COUNT_NAMES)
    return [] if is_counted_as_none and any(value[name] is None for name in named) else None


def candidates(value: Json, depth: int) -> Iterator[Body]:
    """Yield every object in the value, outer ones first."""
    if isinstance(value, dict):
        yield value
    if depth == 0 or not isinstance(value, dict | list):
        return
    for item in value.values() if isinstance(value, dict) else value:
        yield from candidates(item, depth - 1)


def row_of(item: Json) -> HistoryRow | None:
    if not isinstance(item, dict):
        return None
    request_id = next((found for name in ROW_ID_NAMES if (found := request_id_of(item.get(name)))), None)
    if request_id is None:
        return None
    status = row_status(item)
    return HistoryRow(
        request_id=request_id,
        model=row_model(item.get("model_name")),
        inputs=row_inputs(item.get("request_body")),
        created_at=next((at for name in CREATED_NAMES if (at := values.moment(item.get(name)))), None),
        status=status,
        result=row_result(item) if isinstance(status, Completed) else None,
    )


def row_model(name: Json) -> str | None:
    """Return the row's model, since the filter luma-uni-1 also matches luma-uni-1-max.

    Only a name in the form of a model's id counts: a display name ("Luma Uni 1") proves nothing.
    """
    return name if isinstance(name, str) and MODEL_NAME.fullmatch(name) else None


def row_status(item: Body) -> Status:
    word = values.first_text(item.get(name) for name in STATUS_NAMES)
    provider_seconds = values.milliseconds(item.get("latency_ms"))
    match (word or "").strip().upper():
        case done if done in parse.SUCCESSES:
            return Completed(provider_seconds)
        case failed if failed in parse.FAILURES:
            return Failed(parse.failure_of_word(failed, {"error": item.get("error")}), provider_seconds)
        case "" if parse.url_in(item.get("generation_url")):
            return Completed(provider_seconds)
    return StillRunning()


def row_result(item: Body) -> Result | None:
    url = parse.url_in(item.get("generation_url"))
    if url is None:
        return None
    return Result(
        output_url=url,
        cost_microusd=values.microusd(item.get("credits_deduction")),
        provider_seconds=values.milliseconds(item.get("latency_ms")),
    )


def row_inputs(value: Json, depth: int = MOST_DEPTH) -> Body:
    """Find the inputs as they were sent: an object, a JSON string of one, or an object around it."""
    if depth == 0:
        return {}
    if isinstance(value, str):
        return row_inputs(read_json(value.encode(errors="replace")), depth - 1)
    if not isinstance(value, dict):
        return {}
    if "prompt" in value:
        return value
    inner = (row_inputs(item, depth - 1) for item in value.values())
    return next((inputs for inputs in inner if inputs), value)

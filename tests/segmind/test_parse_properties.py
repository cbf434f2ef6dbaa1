"""Whatever JSON comes, parsing gives a value or None: nothing that the provider says can break the worker."""

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.errors import FileRefused, ProviderError
from bot.domain.failure import Failure
from bot.domain.ids import RequestId
from bot.domain.provider import Completed, Failed, Result, StillRunning
from bot.segmind import data_urls, error_texts, errors, history, parse, values
from bot.segmind.wire import Answer, read_json, request_id_of
from tests.builders import NOON
from tests.segmind.provider_pair import an_input

pytestmark = pytest.mark.fuzz

#: A busy machine is no failure.
unhurried = settings(deadline=None)

WORDS = ["QUEUED", "PROCESSING", "COMPLETED", "FAILED", "ERROR", "completed", "REHEATING"]
KEYS = [
    "status",
    "error",
    "output",
    "images",
    "metrics",
    "url",
    "cost",
    "inference_time",
    "remaining_credits",
    "request_id",
    "request_body",
    "prompt",
    "data",
    "results",
    "credits",
    "free-credits",
    "file_urls",
    "model_status",
    "model_created",
    "generation_url",
    "latency_ms",
    "total",
]
scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from([*WORDS, "https://x.test/1.png", "data:,x", "1e400", "2026-03-14"])
)
anything = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(KEYS) | st.text(), inner, max_size=6)
    ),
    max_leaves=20,
)
codes = st.sampled_from([200, 202, 302, 400, 401, 402, 404, 406, 408, 410, 422, 429, 500, 502, 503, 504])
header_texts = st.text() | st.integers().map(str) | st.floats().map(str) | st.datetimes().map(str)


def as_sent(value: Any) -> Any:
    """As it arrives: through the wire's JSON, where fractions become exact."""
    return read_json(json.dumps(value).encode())


@unhurried
@given(codes, anything)
def test_reads_always_have_a_meaning(code: int, value: Any) -> None:
    answer = Answer(code, json=as_sent(value))
    assert isinstance(parse.status_of(answer), StillRunning | Completed | Failed | None)
    result = parse.result_of(answer)
    assert isinstance(result, Result | None)
    if result is not None:
        assert result.output_url.lower().startswith(parse.URL_STARTS)
        assert result.cost_microusd is None or 0 <= result.cost_microusd < 2**63


@unhurried
@given(codes, anything, st.dictionaries(st.sampled_from([errors.RESET_HEADER, "retry-after"]), header_texts))
def test_errors_always_have_a_meaning(code: int, value: Any, headers: dict[str, str]) -> None:
    answer = Answer(code, headers, json.dumps(value).encode(), as_sent(value))
    note = errors.note_of(answer, "SG_key")
    assert len(note) <= error_texts.NOTE_MOST_CHARACTERS + len("HTTP 000 ")
    assert note.encode().decode() == note
    for error_of in (errors.of_submit, errors.of_upload, errors.of_credits, errors.of_read):
        assert isinstance(error_of(answer, note, NOON), ProviderError)


@unhurried
@given(header_texts)
def test_waits_are_always_within_reason(text: str) -> None:
    wait = errors.wait_seconds({errors.RESET_HEADER: text}, NOON)
    assert errors.WAIT_LEAST_SECONDS <= wait <= errors.WAIT_MOST_SECONDS


@unhurried
@given(anything)
def test_pages_always_have_a_meaning(value: Any) -> None:
    sent = as_sent(value)
    page = history.page_of(sent, "luma-uni-1")
    for row in page.rows if page else ():
        assert request_id_of(row.request_id) is not None
        assert history.is_same(an_input(), row) in {True, False}
    history.row_in(sent, RequestId("abc"))


@unhurried
@given(anything)
def test_single_values_always_have_a_meaning(value: Any) -> None:
    sent = as_sent(value)
    for read in (values.number, values.microusd, values.usd, values.seconds, values.moment, request_id_of):
        read(sent)
    if isinstance(sent, dict):
        parse.credits_of(sent)
        parse.asset_url_of(sent)
    assert isinstance(error_texts.failure_of(error_texts.error_text(sent)), Failure)


@unhurried
@given(st.binary())
def test_any_bytes_are_json_or_nothing(data: bytes) -> None:
    read_json(data)


def test_json_without_end_is_nothing() -> None:
    assert read_json(b"[" * 1_000_000) is None
    assert read_json(b'{"a":' * 1_000_000) is None


@unhurried
@given(st.integers(min_value=0, max_value=10**12))
def test_every_micro_dollar_survives_the_wire(microusd: int) -> None:
    written = f"{Decimal(microusd) / 1_000_000:f}"
    for spelling in (written, f'"{written}"'):
        assert values.microusd(read_json(spelling.encode())) == microusd


@unhurried
@given(st.lists(st.decimals(min_value=0, max_value=10, places=6), max_size=50))
def test_sums_do_not_drift(costs: list[Decimal]) -> None:
    read = [values.microusd(read_json(str(cost).encode())) for cost in costs]
    assert sum(amount or 0 for amount in read) == sum(costs) * 1_000_000


@unhurried
@given(st.text())
def test_data_urls_give_bytes_or_are_refused(rest: str) -> None:
    for url in (f"data:{rest}", f"data:image/png;base64,{rest}"):
        try:
            assert data_urls.data_of(url, 1000)
        except FileRefused:
            continue


@unhurried
@given(st.text())
def test_notes_can_be_stored_and_logged(text: str) -> None:
    note = error_texts.cleaned(text)
    assert note.encode().decode() == note
    assert "\x00" not in note
    assert "\n" not in note

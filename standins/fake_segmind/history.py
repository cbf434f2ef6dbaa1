"""The account's past requests. A request lands here a little after it was accepted."""

import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from http import HTTPStatus
from typing import Any

from aiohttp import web

from standins.fake_segmind.answers import error
from standins.fake_segmind.api import answer
from standins.fake_segmind.context import STATE, misbehaviour_of
from standins.fake_segmind.faults import Misbehaviour
from standins.fake_segmind.jobs import Job
from standins.fake_segmind.records import Bill, Outcome
from standins.fake_segmind.urls import generation_url

MOST_DAYS = 31
MOST_ROWS = 100
USUAL_ROWS = 20
USUAL_DAYS = 7
STATUSES = {
    Outcome.RUNNING: "PENDING",
    Outcome.COMPLETED: "COMPLETED",
    Outcome.FAILED: "FAILED",
}
SORTS: dict[str, Callable[[Bill], Any]] = {
    "model_created": lambda bill: bill.accepted_at,
    "model_name": lambda bill: bill.model,
    "credits_deduction": lambda bill: bill.cost_usd,
}

Row = dict[str, Any]


class BadQuery(Exception):
    """str() is the answer's text."""


async def listing(request: web.Request) -> web.Response:
    misbehaviour = misbehaviour_of(request)
    try:
        page, per_page = number(request, "page", 1), number(request, "per_page", USUAL_ROWS, MOST_ROWS)
        found = selected(request)
        sort(request, found)
    except BadQuery as problem:
        return error(HTTPStatus.BAD_REQUEST, str(problem))
    if misbehaviour.has("repeat_page"):
        page = 1
    shown = [row_of(request, job) for job in found[(page - 1) * per_page : page * per_page]]
    shape_rows(shown, misbehaviour)
    if misbehaviour.has("bare_list"):
        return answer(shown, misbehaviour)
    key = "records" if misbehaviour.has("odd_keys") else "data"
    body = {key: shown, "page": page, "per_page": per_page, "total": len(found)}
    return answer(body, misbehaviour)


async def one(request: web.Request) -> web.Response:
    """A request of any age."""
    misbehaviour = misbehaviour_of(request)
    request_id = request.match_info["request_id"]
    job = request.app[STATE].workshop.jobs.get(request_id)
    if job is None or job.bill.accepted_at > landed_until(request):
        return error(HTTPStatus.NOT_FOUND, f"Request {request_id} not found")
    row = row_of(request, job)
    shape_rows([row], misbehaviour)
    if misbehaviour.has("bare_list"):
        return answer([row], misbehaviour)
    return answer({"record": row} if misbehaviour.has("odd_keys") else row, misbehaviour)


def selected(request: web.Request) -> list[Job]:
    first, last = window(request)
    status = one_of(request, "status", tuple(STATUSES.values()))
    name, landed_before = request.query.get("model_name", ""), landed_until(request)
    return [
        job
        for job in request.app[STATE].workshop.jobs.values()
        if job.bill.accepted_at <= landed_before
        and first <= job.bill.accepted_at.date() <= last
        and name in job.bill.model
        and status in (None, STATUSES[job.bill.outcome])
    ]


def window(request: web.Request) -> tuple[date, date]:
    today = request.app[STATE].clock.now().date()
    first = day(request, "from_date", today - timedelta(days=USUAL_DAYS))
    last = day(request, "to_date", today)
    if not timedelta(0) <= last - first < timedelta(days=MOST_DAYS):
        raise BadQuery(f"the window may span at most {MOST_DAYS} days")
    return first, last


def landed_until(request: web.Request) -> datetime:
    """The latest time of acceptance that the history shows."""
    state = request.app[STATE]
    late = timedelta(seconds=misbehaviour_of(request).seconds("late"))
    return state.clock.now() - state.history_delay - late


def row_of(request: web.Request, job: Job) -> Row:
    bill = job.bill
    ended_at = bill.finished_at
    return {
        "request_id": bill.request_id,
        "model_name": bill.model,
        "model_status": STATUSES[bill.outcome],
        "credits_deduction": float(bill.cost_usd),
        "request_body": dict(bill.inputs),
        "generation_url": generation_url(request, job.file_name) if job.picture else None,
        "latency_ms": round((ended_at - bill.accepted_at).total_seconds() * 1000) if ended_at else None,
        "model_created": stamp(bill.accepted_at),
        "model_updated": stamp(ended_at or bill.accepted_at),
        "error": bill.error,
    }


def stamp(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


def sort(request: web.Request, found: list[Job]) -> None:
    key = SORTS[one_of(request, "sort_by", tuple(SORTS)) or "model_created"]
    is_descending = one_of(request, "sort_order", ("desc", "asc")) != "asc"
    found.sort(key=lambda job: key(job.bill), reverse=is_descending)


def shape_rows(rows: list[Row], misbehaviour: Misbehaviour) -> None:
    if misbehaviour.has("text_body"):
        for row in rows:
            row["request_body"] = json.dumps(row["request_body"])


def number(request: web.Request, name: str, usual: int, most: int | None = None) -> int:
    text = request.query.get(name, str(usual))
    if not text.isdecimal() or int(text) < 1 or (most is not None and int(text) > most):
        raise BadQuery(f"{name} must be a number from 1" + (f" to {most}" if most else ""))
    return int(text)


def day(request: web.Request, name: str, usual: date) -> date:
    text = request.query.get(name)
    if text is None:
        return usual
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007  a day, without a time
    except ValueError as problem:
        raise BadQuery(f"{name} must be a date, YYYY-MM-DD") from problem


def one_of(request: web.Request, name: str, allowed: tuple[str, ...]) -> str | None:
    value = request.query.get(name)
    if value is not None and value not in allowed:
        raise BadQuery(f"{name} must be one of {', '.join(allowed)}")
    return value

"""The calls that make pictures: submit, status, result, and the synchronous one; and the credits."""

import base64
import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from aiohttp import web

from standins.fake_segmind import model
from standins.fake_segmind.answers import error
from standins.fake_segmind.context import STATE, misbehaviour_of
from standins.fake_segmind.faults import Effect, Misbehaviour
from standins.fake_segmind.jobs import Job
from standins.fake_segmind.records import Outcome
from standins.fake_segmind.urls import base_url, foreign_base_url, generation_path, generation_url

Body = dict[str, Any]


async def submit(request: web.Request) -> web.Response:
    job = await accepted(request, broke=HTTPStatus.PAYMENT_REQUIRED)
    if isinstance(job, web.Response):
        return job
    base, request_id = base_url(request), job.request_id
    body: Body = {
        "request_id": request_id,
        "status": "QUEUED",
        "poll_url": f"{base}/v1/requests/{request_id}",
        "status_url": f"{base}/v2/requests/{request_id}/status",
        "response_url": f"{base}/v2/requests/{request_id}",
    }
    misbehaviour = misbehaviour_of(request)
    if misbehaviour.has("without_id"):
        del body["request_id"]
    return answer(body, misbehaviour)


async def run(request: web.Request) -> web.Response:
    """The synchronous v1 call: answers with the bytes themselves, once they exist."""
    job = await accepted(request, broke=HTTPStatus.NOT_ACCEPTABLE)
    if isinstance(job, web.Response):
        return job
    await job.done.wait()
    if job.picture is None:
        return error(HTTPStatus.UNPROCESSABLE_ENTITY, job.bill.error or "")
    return web.Response(body=job.picture.data, content_type=job.picture.content_type)


async def accepted(request: web.Request, broke: HTTPStatus) -> Job | web.Response:
    """A new job, or the reason why there is none. `broke` is the code for an empty account."""
    state = request.app[STATE]
    name = request.match_info["model"]
    if name not in model.MODELS:
        return error(HTTPStatus.NOT_FOUND, f"Model {name} not found")
    inputs = await json_object(request)
    if inputs is None:
        return error(HTTPStatus.BAD_REQUEST, "Request body must be a JSON object")
    if not state.workshop.can_afford(name):
        return error(broke, "Insufficient credits")
    fates = tuple(fault.name for fault in misbehaviour_of(request).faults if fault.kind.effect is Effect.FATE)
    return state.workshop.accept(name, inputs, fates)


async def status(request: web.Request) -> web.Response:
    job = known_job(request)
    if isinstance(job, web.Response):
        return job
    word = request.app[STATE].workshop.word_of(job)
    body: Body = {"status": word, "request_id": job.request_id, "metrics": {}}
    if job.bill.outcome is Outcome.COMPLETED:
        body["metrics"] = {"inference_time": job.metrics["inference_time"]}
    if job.bill.outcome is Outcome.FAILED:
        body |= {"error": job.bill.error, "metrics": dict(job.metrics)}
    return read_answer(body, misbehaviour_of(request))


async def result(request: web.Request) -> web.Response:
    job = known_job(request)
    if isinstance(job, web.Response):
        return job
    misbehaviour = misbehaviour_of(request)
    word = request.app[STATE].workshop.word_of(job)
    body: Body = {"status": word, "request_id": job.request_id, "error": job.bill.error}
    if job.picture is not None:
        url = generation_url(request, job.file_name)
        body |= {"output": url, "images": images(job, url)}
        shape_output(body, job, misbehaviour, foreign_base_url(request) + generation_path(job.file_name))
    body["metrics"] = dict(job.metrics)
    return read_answer(body, misbehaviour)


async def credits_left(request: web.Request) -> web.Response:
    left = float(request.app[STATE].workshop.credits)
    return answer({"credits": left, "free-credits": 0.0}, misbehaviour_of(request))


def known_job(request: web.Request) -> Job | web.Response:
    request_id = request.match_info["request_id"]
    job = request.app[STATE].workshop.known(request_id)
    if job is None or misbehaviour_of(request).has("lost"):
        return error(HTTPStatus.NOT_FOUND, f"Request {request_id} not found")
    return job


def images(job: Job, url: str) -> list[Body]:
    if job.picture is None:
        return []
    return [
        {
            "url": url,
            "content_type": job.picture.content_type,
            "file_name": job.file_name,
            "file_size": str(len(job.picture.data)),
        }
    ]


def shape_output(body: Body, job: Job, misbehaviour: Misbehaviour, foreign_url: str) -> None:
    if misbehaviour.has("output_foreign"):
        body["output"] = foreign_url
        body["images"] = images(job, foreign_url)
    if misbehaviour.has("output_list"):
        body["output"] = [body["output"]]
    if misbehaviour.has("output_dict"):
        body["output"] = {"url": body["output"]}
    if misbehaviour.has("output_missing"):
        del body["output"]
    if misbehaviour.has("output_data") and job.picture is not None:
        encoded = base64.b64encode(job.picture.data).decode()
        body["output"] = f"data:{job.picture.content_type};base64,{encoded}"
        body["images"] = []


WORDS = {"unknown_word": "REHEATING", "error_word": "ERROR", "cancelled_word": "CANCELLED"}


def read_answer(body: Body, misbehaviour: Misbehaviour) -> web.Response:
    """FAILED comes with 422 by default."""
    failed = body["status"] == "FAILED"
    for name, word in WORDS.items():
        if misbehaviour.has(name):
            body["status"] = word
    if misbehaviour.has("lower_case"):
        body["status"] = str(body["status"]).lower()
    if misbehaviour.has("no_metrics"):
        del body["metrics"]
    is_422 = failed and not misbehaviour.has("failed_200")
    return answer(body, misbehaviour, HTTPStatus.UNPROCESSABLE_ENTITY if is_422 else HTTPStatus.OK)


def answer(body: object, misbehaviour: Misbehaviour, status_code: HTTPStatus = HTTPStatus.OK) -> web.Response:
    if misbehaviour.has("text_numbers"):
        body = numbers_as_text(body)
    content_type = "text/plain" if misbehaviour.has("text_plain") else "application/json"
    return web.Response(text=json.dumps(body), status=status_code, content_type=content_type)


def numbers_as_text(value: object) -> object:
    if isinstance(value, Mapping):
        return {key: numbers_as_text(item) for key, item in value.items()}
    if isinstance(value, list):
        return [numbers_as_text(item) for item in value]
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return str(value) if is_number else value


async def json_object(request: web.Request) -> Body | None:
    try:
        body = json.loads(await request.read())
    except ValueError:
        return None
    return body if isinstance(body, dict) else None

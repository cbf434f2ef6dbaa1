"""The parsing of answers. It is tolerant, since their form varies; None means that it cannot read them."""

from collections.abc import Mapping
from http import HTTPStatus

from bot.domain.failure import Failure, FailureKind
from bot.domain.provider import Completed, Failed, Result, Status, StillRunning
from bot.segmind import error_texts, values
from bot.segmind.wire import Answer, Body, Json, read_json

RUNNING = frozenset({"QUEUED", "PROCESSING"})
COMPLETED = "COMPLETED"
#: The words by which other providers say the same: a paid picture is not lost for its spelling.
SUCCESSES = frozenset({COMPLETED, "COMPLETE", "SUCCEEDED", "SUCCESS", "SUCCESSFUL", "DONE", "FINISHED"})
FAILED = "FAILED"
FORGOTTEN = "EXPIRED"
#: Final, though not in the documentation's own list of states.
OTHER_FAILURES = frozenset({"CANCELLED", "CANCELED", "ERROR", "FAILURE", "ABORTED", "REJECTED", FORGOTTEN})
FAILURES = OTHER_FAILURES | {FAILED}
#: A body with one of these keys is about a job, whatever its status code.
JOB_KEYS = ("request_id", "metrics", "output")
#: These codes are about the caller, never about the job.
ASKER_CODES = frozenset(
    {HTTPStatus.UNAUTHORIZED, HTTPStatus.PAYMENT_REQUIRED, HTTPStatus.FORBIDDEN, HTTPStatus.TOO_MANY_REQUESTS}
)
URL_STARTS = ("https://", "http://", "data:")
#: The first bytes of a JPEG, PNG, WebP or GIF in base64.
BASE64_STARTS = ("/9j/", "iVBORw0KGgo", "UklGR", "R0lGOD")
#: Where answers have their picture. Not `image`, which may repeat the picture that was edited.
PICTURE_NAMES = ("output", "images", "output_url", "image_url", "generation_url", "result", "data", "url")
#: The same for an object inside of one of these.
URL_NAMES = ("url", "image_url", "image", "images", "output", "uri", "src", "b64_json", "base64", "data")
MOST_DEPTH = 3


def status_of(answer: Answer) -> Status | None:
    """Read the status from the body, else from the code; return None if the answer is not about the job."""
    body = answer.body
    word = job_word(answer)
    if word is not None:
        return status_of_word(word, body or {})
    if answer.status == HTTPStatus.UNPROCESSABLE_ENTITY:
        return Failed(error_texts.failure_of(error_texts.error_text(answer.json)))
    return StillRunning() if answer.is_success and body is not None else None


def job_word(answer: Answer) -> str | None:
    """Return the job's status in capitals, or None if the answer has none.

    The body of an error may have its own `status` ({"status": "error"}), which must not end a job that goes
    on and is paid. So if the code is an error, the word counts only if it is spelt like a job's status, or if
    the body is about a job.
    """
    body = answer.body
    word = None if body is None else body.get("status")
    if not isinstance(word, str) or not word.strip() or body is None:
        return None
    if answer.is_success or answer.status == HTTPStatus.UNPROCESSABLE_ENTITY:
        return word.strip().upper()
    is_about_job = word in {COMPLETED, FAILED} or any(key in body for key in JOB_KEYS)
    return word.strip().upper() if is_about_job and answer.status not in ASKER_CODES else None


def status_of_word(word: str, body: Body) -> Status:
    """Translate a status word. An unknown word is no end: the job is polled until its deadline."""
    provider_seconds = inference_seconds(body)
    if word in SUCCESSES:
        return Completed(provider_seconds)
    if word in FAILURES:
        return Failed(failure_of_word(word, body), provider_seconds)
    return StillRunning()


def failure_of_word(word: str, body: Body) -> Failure:
    failure = error_texts.failure_of(error_texts.error_text(body) or word)
    if word == FORGOTTEN and failure.kind is FailureKind.PROVIDER:
        return Failure(FailureKind.EXPIRED, note=failure.note)
    return failure


def result_of(answer: Answer) -> Result | None:
    """Return the finished picture, if there is one. Of several pictures, the first is ours."""
    body = answer.body
    word = job_word(answer)
    if body is None or word not in {*SUCCESSES, None} or (word is None and not answer.is_success):
        return None
    url = next((url for name in PICTURE_NAMES if (url := url_in(body.get(name)))), None)
    if url is None:
        return None
    metrics = metrics_of(body)
    return Result(
        output_url=url,
        cost_microusd=values.microusd(metrics.get("cost")),
        provider_seconds=inference_seconds(body),
        remaining_credits=values.usd(metrics.get("remaining_credits")),
    )


def url_in(value: Json, depth: int = MOST_DEPTH) -> str | None:
    """Return the first URL in a string, a list, or an object with one of the usual names."""
    if isinstance(value, str):
        return _url_of(value.strip(), depth)
    if depth == 0:
        return None
    if isinstance(value, Mapping):
        value = [value.get(name) for name in URL_NAMES]
    if isinstance(value, list):
        return next((url for item in value if (url := url_in(item, depth - 1))), None)
    return None


def _url_of(text: str, depth: int) -> str | None:
    """Return the URL that a text is or means: one without a scheme, bare base64, or JSON in a string."""
    if text.startswith("//"):
        return f"https:{text}"
    if text.startswith(BASE64_STARTS):
        return f"data:;base64,{text}"
    if text.startswith(("[", "{")) and depth > 0:
        return url_in(read_json(text.encode(errors="replace")), depth - 1)
    return text if text.lower().startswith(URL_STARTS) else None


def metrics_of(body: Body) -> Body:
    metrics = body.get("metrics")
    return metrics if isinstance(metrics, dict) else {}


def inference_seconds(body: Body) -> float | None:
    return values.seconds(metrics_of(body).get("inference_time"))


def credits_of(body: Body) -> float | None:
    """Return the sum of paid and free credits, in USD; None if the answer has neither."""
    parts = [values.usd(body.get(name)) for name in ("credits", "free-credits", "free_credits")]
    known = [part for part in parts if part is not None]
    return sum(known) if known else None


def asset_url_of(body: Body) -> str | None:
    url = url_in(body.get("file_urls")) or url_in(body.get("file_url"))
    return None if url is None or url.lower().startswith("data:") else url

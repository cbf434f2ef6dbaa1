"""The translation of HTTP answers and broken connections to the errors of `domain`, by kind of call.

The same status code means different things for a paid call and for a read.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus

import aiohttp

from bot.domain.errors import (
    CreditSpent,
    Doubtful,
    KeyRefused,
    ModelRefused,
    ProviderError,
    RateLimited,
    RequestInvalid,
    RequestUnknown,
    Unavailable,
    Unreachable,
)
from bot.ops.way_out import ProxyFailed, trouble
from bot.segmind import error_texts, values
from bot.segmind.wire import Answer

RESET_HEADER = "x-rate-limit-reset-at-utc"
WAIT_MOST_SECONDS = 90.0
WAIT_LEAST_SECONDS = 1.0
#: The wait without a header: a third of the minute for which the provider counts.
WAIT_USUAL_SECONDS = 20.0
#: A smaller number is no date, but seconds from now.
RELATIVE_MOST_SECONDS = 86_400

#: There was no connection, so nothing was sent.
NEVER_CONNECTED = (
    aiohttp.ClientConnectorError,
    aiohttp.ConnectionTimeoutError,
    aiohttp.InvalidURL,
    ProxyFailed,
)
#: UnicodeError is raised for an impossible host name.
BROKEN = (aiohttp.ClientError, TimeoutError, OSError, UnicodeError)

#: Of a read. 403 and 410 are about the key there, since a read names no model.
KEY_CODES = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.GONE})
#: Of a submit: the account may not use the model, the model does not exist, or it is retired.
MODEL_CODES = frozenset({HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND, HTTPStatus.GONE})
_REFUSALS: dict[int, type[ProviderError]] = {
    HTTPStatus.UNAUTHORIZED: KeyRefused,
    **dict.fromkeys(MODEL_CODES, ModelRefused),
}
#: A page begins within so many bytes.
_PAGE_READ = 200
#: A proxy may answer with these 4xx codes while the request behind it goes on.
AMBIGUOUS_CODES = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.CONFLICT, HTTPStatus.TOO_EARLY, 499})


def of_submit(answer: Answer, note: str, now: datetime) -> ProviderError:
    """Translate the answer to the paid call: what is no clear refusal may have been accepted."""
    code = answer.status
    if code == HTTPStatus.TOO_MANY_REQUESTS:
        return RateLimited(note, wait_seconds(answer.headers, now))
    if code == HTTPStatus.SERVICE_UNAVAILABLE and answer.body is not None and answer.body.get("error"):
        return Unreachable(note)
    if code in _REFUSALS:
        is_by_proxy = code in MODEL_CODES and is_page(answer)
        return (Unreachable if is_by_proxy else _REFUSALS[code])(note)
    if is_credit_spent(code, note):
        return CreditSpent(note)
    if HTTPStatus.BAD_REQUEST <= code < HTTPStatus.INTERNAL_SERVER_ERROR and code not in AMBIGUOUS_CODES:
        return RequestInvalid(note)
    return Doubtful(note)


def of_upload(answer: Answer, note: str, now: datetime) -> ProviderError:
    """Translate the answer to the free upload, which names no model: what is no refusal can be sent again."""
    error = of_submit(answer, note, now)
    if isinstance(error, ModelRefused):
        return KeyRefused(note)
    return Unavailable(note) if isinstance(error, Doubtful | Unreachable) else error


def of_credits(answer: Answer, note: str, now: datetime) -> ProviderError:
    return CreditSpent(note) if is_credit_spent(answer.status, note) else of_read(answer, note, now)


def of_read(answer: Answer, note: str, now: datetime) -> ProviderError:
    """Translate the answer to a read: it can be repeated, unless the key is wrong. Reads need no credits."""
    if answer.status == HTTPStatus.TOO_MANY_REQUESTS:
        return RateLimited(note, wait_seconds(answer.headers, now))
    if answer.status in KEY_CODES and not is_page(answer):
        return KeyRefused(note)
    return Unavailable(note)


def of_request_read(answer: Answer, note: str, now: datetime) -> ProviderError:
    """Translate the answer to a read of one request, which the provider may not know.

    Only the provider itself can say so, in JSON. While it is being deployed, its proxy knows no path at all:
    if that counted, paid pictures would be given up.
    """
    is_unknown = answer.status == HTTPStatus.NOT_FOUND and answer.body is not None
    return RequestUnknown(note) if is_unknown else of_read(answer, note, now)


ErrorOf = Callable[[Answer, str, datetime], ProviderError]


def of_broken_submit(error: Exception) -> ProviderError:
    note = trouble(error)
    was_never_sent = isinstance(error, NEVER_CONNECTED) or type(error) is UnicodeError
    return Unreachable(note) if was_never_sent else Doubtful(note)


def is_page(answer: Answer) -> bool:
    """Return whether it is HTML: a proxy before the provider, such as Cloudflare, has answered instead."""
    start = answer.data[:_PAGE_READ].lstrip().lower()
    return answer.json is None and start.startswith((b"<!doctype", b"<html"))


def is_credit_spent(code: int, note: str) -> bool:
    """Return True for 402 and for 406, unless the text says that 406 is about the Content-Type."""
    is_about_type = "content type" in note.lower() or "content-type" in note.lower()
    return code == HTTPStatus.PAYMENT_REQUIRED or (code == HTTPStatus.NOT_ACCEPTABLE and not is_about_type)


def note_of(answer: Answer, key: str) -> str:
    """Return the provider's own text, for the log."""
    text = error_texts.error_text(answer.json)
    if not text and answer.json is None:
        text = answer.data[: error_texts.READ_MOST_CHARACTERS].decode(errors="replace")
    return " ".join(filter(None, (f"HTTP {answer.status}", error_texts.cleaned(text, key=key))))


def wait_seconds(headers: Mapping[str, str], now: datetime) -> float:
    """Return the wait that a 429 asks for: until its reset, else by Retry-After, within bounds."""
    waits = (
        _until(headers.get(RESET_HEADER), now),
        _until(headers.get("retry-after"), now),
        WAIT_USUAL_SECONDS,
    )
    wait = next(wait for wait in waits if wait is not None)
    return min(WAIT_MOST_SECONDS, max(WAIT_LEAST_SECONDS, wait))


def _until(text: str | None, now: datetime) -> float | None:
    amount = values.number(text)
    if amount is not None and 0 <= amount <= RELATIVE_MOST_SECONDS:
        return float(amount)
    at = values.moment(text) or _http_date(text)
    return None if at is None else (at - now).total_seconds()


def _http_date(text: str | None) -> datetime | None:
    try:
        at = parsedate_to_datetime(text or "")
    except (ValueError, OverflowError):
        return None
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at

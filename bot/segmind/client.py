"""The client of the provider, with one method for each call. It sends everything once, and never retries."""

import asyncio
import io
import json
import re
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import aiohttp

from bot.domain.clock import Clock
from bot.domain.errors import (
    Doubtful,
    FileRefused,
    NotSent,
    ProviderError,
    RequestUnknown,
    Unavailable,
)
from bot.domain.ids import RequestId
from bot.domain.provider import Completed, HistoryRow, Inputs, Picture, Result, Status
from bot.download import Downloader, open_session
from bot.fault_points import Point, reach
from bot.ops.way_out import DIRECT, WayOut, trouble
from bot.segmind import data_urls, errors, history, parse
from bot.segmind.departure import Departure, MayLeave, always
from bot.segmind.history import HistoryPage, Window
from bot.segmind.wire import Answer, Call, Json, read_json, request_id_of, submit_body

MEGABYTE = 1024 * 1024
JSON_MOST_BYTES = MEGABYTE
#: A result may contain its picture as a data URL.
RESULT_MOST_BYTES = 64 * MEGABYTE
#: Parsing more JSON than this takes long, and is done in a thread.
INLINE_JSON_MOST_BYTES = 128 * 1024
CHUNK_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class Timeouts:
    """The timeouts in seconds. The paid call has the longest: a timeout leaves its outcome in doubt."""

    submit: float = 60.0
    upload: float = 60.0
    read: float = 30.0
    connect: float = 10.0


def ignore_call(call: str, outcome: str) -> None:
    """Ignore a call: the default for callers that do not count calls."""


class SegmindClient:
    """Satisfies `services.protocols.ImageProvider`.

    `session` is for reads, and must not keep cookies (`bot.download.open_session`). `on_call` gets every call
    once, with "ok" or with the error's name in snake case.
    """

    def __init__(
        self,
        *,
        session: aiohttp.ClientSession,
        key: str,
        api_url: str,
        assets_url: str,
        history_url: str,
        downloader: Downloader,
        clock: Clock | None = None,
        user_agent: str = "picture-bot (+self-hosted Discord bot)",
        timeouts: Timeouts | None = None,
        on_call: Callable[[str, str], None] = ignore_call,
        way_out: WayOut = DIRECT,
    ) -> None:
        self._session = session
        self._key = key
        self._api_url = api_url.rstrip("/")
        self._assets_url = assets_url.rstrip("/")
        self._history_url = history_url.rstrip("/") + history.PATH
        self._downloader = downloader
        self._clock = clock
        self._headers = {
            "x-api-key": key,
            "User-Agent": user_agent,
            "Accept": "application/json",
            "Accept-Encoding": "identity",
        }
        self._timeouts = timeouts or Timeouts()
        self._on_call = on_call
        self._way_out = way_out

    def __repr__(self) -> str:
        return f"<{type(self).__name__} at {self._api_url}>"

    # --- the paid call ----------------------------------------------------------------------------------

    async def submit(self, inputs: Inputs, may_leave: MayLeave = always) -> RequestId:
        """Send the one POST that is paid; errors as in the protocol.

        It has its own connection. On a kept-alive connection that the server closes at the same moment, the
        outcome is the same as for an accepted request whose answer was lost.
        """
        departure = Departure(json.dumps(submit_body(inputs)).encode(), may_leave)
        with self._counted(Call.SUBMIT):
            try:
                async with open_session(self._way_out) as session:
                    answer = await self._request(
                        "POST",
                        f"{self._api_url}/v2/{inputs.model}",
                        data=departure.body(),
                        length=departure.length,
                        seconds=self._timeouts.submit,
                        session=session,
                    )
            except errors.BROKEN as error:
                if departure.was_held_back:
                    raise NotSent("held back") from error
                raise errors.of_broken_submit(error) from error
            reach(Point.SUBMIT_AFTER)
            if not answer.is_success:
                raise self._error(errors.of_submit, answer)
            request_id = request_id_of((answer.body or {}).get("request_id"))
            if request_id is None:
                raise Doubtful(errors.note_of(answer, self._key))
            return request_id

    # --- reads ------------------------------------------------------------------------------------------

    async def status(self, request_id: RequestId) -> Status:
        with self._counted(Call.STATUS):
            answer = await self._get(f"{self._request_url(request_id)}/status")
            status = parse.status_of(answer)
            if status is None:
                raise self._error(errors.of_request_read, answer)
            return status

    async def result(self, request_id: RequestId) -> Result | Status:
        with self._counted(Call.RESULT):
            answer = await self._get(self._request_url(request_id), most_bytes=RESULT_MOST_BYTES)
            result = parse.result_of(answer)
            if result is not None:
                return result
            status = parse.status_of(answer)
            if status is None:
                raise self._error(errors.of_request_read, answer)
            if isinstance(status, Completed):
                raise Unavailable("completed, but without a picture")
            return status

    async def credits(self) -> float:
        with self._counted(Call.CREDITS):
            answer = await self._get(f"{self._api_url}/v1/get-user-credits")
            left = parse.credits_of(answer.body or {}) if answer.is_success else None
            if left is None:
                raise self._error(errors.of_credits, answer)
            return left

    async def history(self, since: datetime, until: datetime, model: str) -> AsyncIterator[HistoryRow]:
        """Yield requests to the model, newest first, of all days (UTC) from `since` to `until`, inclusive.

        The provider does not document its paging, so its counts are not used: pages are read until one has
        nothing new. An unreadable page raises `Unavailable`, since it must not count as an absence.
        """
        for window in history.windows(since, until):
            async for row in self._rows_of_window(window, model):
                yield row

    async def _rows_of_window(self, window: Window, model: str) -> AsyncIterator[HistoryRow]:
        seen: set[RequestId] = set()
        for number in range(1, history.MOST_PAGES + 1):
            page = await self._history_page(window, number, model)
            if page.request_ids <= seen:
                return
            for row in page.rows:
                # A request with several outputs has as many rows.
                if row.request_id not in seen:
                    seen.add(row.request_id)
                    yield row
            seen |= page.request_ids
        raise Unavailable("the history has too many pages")

    async def _history_page(self, window: Window, number: int, model: str) -> HistoryPage:
        with self._counted(Call.HISTORY):
            answer = await self._get(self._history_url, params=history.query(model, window, number))
            page = history.page_of(answer.json, model) if answer.is_success else None
            if page is None:
                raise self._error(errors.of_read, answer)
            return page

    async def history_row(self, request_id: RequestId) -> HistoryRow | None:
        with self._counted(Call.HISTORY_ROW):
            try:
                answer = await self._get(f"{self._history_url}/{checked(request_id)}")
                row = history.row_in(answer.json, request_id) if answer.is_success else None
                if row is None:
                    raise self._error(errors.of_request_read, answer)
            except RequestUnknown:
                return None
            return row

    def is_same(self, inputs: Inputs, row: HistoryRow) -> bool:
        return history.is_same(inputs, row)

    # --- files ------------------------------------------------------------------------------------------

    async def upload(self, picture: Picture) -> str:
        """Upload a picture and return its URL at the provider. The call is free and can be repeated.

        Raises `Unavailable`, `RateLimited` or a `Refused`.
        """
        data = await asyncio.to_thread(data_urls.upload_body, picture)
        with self._counted(Call.UPLOAD):
            reach(Point.UPLOAD_BEFORE)
            with broken_is_unavailable():
                answer = await self._request(
                    "POST",
                    f"{self._assets_url}/upload-asset",
                    # A stream, since a source may have megabytes: aiohttp sends it in pieces.
                    data=io.BytesIO(data),
                    length=len(data),
                    seconds=self._timeouts.upload,
                )
            reach(Point.UPLOAD_AFTER)
            url = parse.asset_url_of(answer.body or {}) if answer.is_success else None
            if url is None:
                raise self._error(errors.of_upload, answer)
            return url

    async def download(self, output_url: str, into: Path) -> None:
        with self._counted(Call.DOWNLOAD):
            if data_urls.is_data_url(output_url):
                data = await asyncio.to_thread(data_urls.data_of, output_url, RESULT_MOST_BYTES)
                await asyncio.to_thread(into.write_bytes, data)
            else:
                await self._downloader.fetch(output_url, into)

    # --- the wire ---------------------------------------------------------------------------------------

    async def _get(
        self, url: str, *, params: Mapping[str, str] | None = None, most_bytes: int = JSON_MOST_BYTES
    ) -> Answer:
        with broken_is_unavailable():
            return await self._request(
                "GET", url, params=params, seconds=self._timeouts.read, most_bytes=most_bytes
            )

    async def _request(
        self,
        method: str,
        url: str,
        *,
        seconds: float,
        params: Mapping[str, str] | None = None,
        data: io.BytesIO | AsyncIterator[bytes] | None = None,
        length: int = 0,
        most_bytes: int = JSON_MOST_BYTES,
        session: aiohttp.ClientSession | None = None,
    ) -> Answer:
        """Send one call. Redirects are not followed: the key goes to the configured hosts only."""
        headers = self._headers
        if data is not None:
            headers = {**headers, "Content-Type": "application/json", "Content-Length": str(length)}
        # For a POST, the connect timeout includes the DNS lookup: if it expires, nothing was sent.
        connect_seconds = None if data is None else self._timeouts.connect
        timeout = aiohttp.ClientTimeout(
            total=seconds, connect=connect_seconds, sock_connect=self._timeouts.connect
        )
        async with (session or self._session).request(
            method,
            url,
            params=params,
            data=data,
            headers=headers,
            timeout=timeout,
            allow_redirects=False,
        ) as response:
            return await read_answer(response, most_bytes)

    def _request_url(self, request_id: RequestId) -> str:
        return f"{self._api_url}/v2/requests/{checked(request_id)}"

    def _error(self, error_of: errors.ErrorOf, answer: Answer) -> ProviderError:
        now = self._clock.now() if self._clock else datetime.now(UTC)
        return error_of(answer, errors.note_of(answer, self._key), now)

    @contextmanager
    def _counted(self, call: Call) -> Iterator[None]:
        outcome = "cancelled"
        try:
            yield
            outcome = "ok"
        except (ProviderError, FileRefused) as error:
            outcome = snake_case(type(error).__name__)
            raise
        finally:
            self._on_call(call, outcome)


def checked(request_id: RequestId) -> RequestId:
    """Return the id if it is well-formed, since it becomes part of a URL; else raise `RequestUnknown`."""
    if request_id_of(request_id) is None:
        raise RequestUnknown("not a request id")
    return request_id


def snake_case(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


@contextmanager
def broken_is_unavailable() -> Iterator[None]:
    try:
        yield
    except errors.BROKEN as error:
        raise Unavailable(trouble(error)) from error


async def read_answer(response: aiohttp.ClientResponse, most_bytes: int) -> Answer:
    data = bytearray()
    async for chunk in response.content.iter_chunked(CHUNK_BYTES):
        data += chunk
        if len(data) > most_bytes:
            raise aiohttp.ClientPayloadError("the body is too large")
    headers = {name.lower(): value for name, value in response.headers.items()}
    return Answer(response.status, headers, bytes(data), await parsed(bytes(data)))


async def parsed(data: bytes) -> Json:
    if len(data) <= INLINE_JSON_MOST_BYTES:
        return read_json(data)
    return await asyncio.to_thread(read_json, data)

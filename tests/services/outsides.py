"""The provider and Discord, written by hand behind the services' two protocols. They do as they are told."""

import asyncio
import io
from collections import Counter, deque
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from PIL import Image

from bot.domain.card import Card, CardView, Rung, Shown
from bot.domain.clock import Clock
from bot.domain.errors import CourierUnavailable, FileRefused, NotSent, RequestUnknown, Unavailable
from bot.domain.failure import SourceProblem
from bot.domain.ids import JobId, MessageId, RequestId
from bot.domain.job import JobState
from bot.domain.moderation import FeedBatch, PostView
from bot.domain.notice import Notice
from bot.domain.provider import Completed, HistoryRow, Inputs, Picture, Result, Status, StillRunning
from bot.domain.request import PictureLocation


def png(width: int = 64, height: int = 64, colour: str = "teal") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(out, "PNG")
    return out.getvalue()


def size_of(picture: Picture) -> tuple[int, int]:
    """Width and height."""
    return Image.open(io.BytesIO(picture.data)).size


@dataclass
class Request:
    """One accepted submit: one bill."""

    request_id: RequestId
    inputs: Inputs
    at: datetime
    ends_after: float
    #: If not as late as all others.
    lands_after: float | None = None
    end: Status | None = None


async def nothing() -> None:
    """For whom nothing happens meanwhile."""


class FakeProvider:
    """Each submit takes `seconds`. `on_*` queues hold what the next calls raise or answer instead."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.seconds = 60.0
        self.accepted: dict[RequestId, Request] = {}
        self.submits = 0
        #: Called at each submit, before it is asked whether it may leave.
        self.while_connecting: Callable[[], Awaitable[None]] = nothing
        self.polls = 0
        self.history_rows = 0
        self.downloads = 0
        self.on_submit: deque[Exception] = deque()
        #: The next submits are accepted, yet raise: the answer is lost.
        self.lost_answers: deque[Exception] = deque()
        self.on_status: deque[Exception | Status] = deque()
        self.on_download: deque[Exception | bytes] = deque()
        self.on_upload: deque[Exception] = deque()
        self.on_history: deque[Exception] = deque()
        self.on_credits: deque[Exception | float] = deque()
        self.forgotten: set[RequestId] = set()
        self.picture = png()
        self.uploaded: list[Picture] = []
        #: Seconds until a request shows in the history.
        self.landing = 0.0
        #: The same for the next submits that are accepted, each its own.
        self.landings: deque[float] = deque()
        self.hides_inputs = False
        self.hides_costs = False
        self.cost_microusd = 54_300
        self.is_history_down = False

    async def submit(self, inputs: Inputs, may_leave: Callable[[], Awaitable[bool]]) -> RequestId:
        await self.while_connecting()
        if not await may_leave():
            raise NotSent("held back")
        self.submits += 1
        if self.on_submit:
            raise self.on_submit.popleft()
        request_id = RequestId(f"request-{len(self.accepted) + 1}")
        lands_after = self.landings.popleft() if self.landings else None
        self.accepted[request_id] = Request(request_id, inputs, self.clock.now(), self.seconds, lands_after)
        if self.lost_answers:
            raise self.lost_answers.popleft()
        return request_id

    def _state(self, request: Request) -> Status:
        age = (self.clock.now() - request.at).total_seconds()
        if age < request.ends_after:
            return StillRunning()
        return request.end or Completed(request.ends_after)

    async def status(self, request_id: RequestId) -> Status:
        self.polls += 1
        if self.on_status:
            told = self.on_status.popleft()
            if isinstance(told, Exception):
                raise told
            return told
        if request_id in self.forgotten:
            raise RequestUnknown
        return self._state(self.accepted[request_id])

    async def result(self, request_id: RequestId) -> Result | Status:
        request = self.accepted[request_id]
        state = self._state(request)
        return self._result(request) if isinstance(state, Completed) else state

    async def credits(self) -> float:
        told = self.on_credits.popleft() if self.on_credits else 10.0
        if isinstance(told, Exception):
            raise told
        return told

    async def upload(self, picture: Picture) -> str:
        if self.on_upload:
            raise self.on_upload.popleft()
        self.uploaded.append(picture)
        return f"https://images.segmind.com/assets/owner@example.test/{len(self.uploaded)}"

    async def history(self, since: datetime, until: datetime, model: str) -> AsyncIterator[HistoryRow]:
        if self.is_history_down:
            raise Unavailable
        if self.on_history:
            raise self.on_history.popleft()
        for request in reversed(self.accepted.values()):
            is_of_model = request.inputs.model == model
            if is_of_model and since <= request.at <= until and self._has_landed(request):
                yield self._row(request)

    def _has_landed(self, request: Request) -> bool:
        lands_after = self.landing if request.lands_after is None else request.lands_after
        return (self.clock.now() - request.at).total_seconds() >= lands_after

    async def history_row(self, request_id: RequestId) -> HistoryRow | None:
        self.history_rows += 1
        if self.is_history_down:
            raise Unavailable
        if self.on_history:
            raise self.on_history.popleft()
        request = self.accepted.get(request_id)
        return self._row(request) if request is not None and self._has_landed(request) else None

    def _row(self, request: Request) -> HistoryRow:
        state = self._state(request)
        result = self._result(request) if isinstance(state, Completed) else None
        return HistoryRow(
            request_id=request.request_id,
            inputs={} if self.hides_inputs else {"inputs": request.inputs},
            created_at=request.at,
            model=request.inputs.model,
            status=state,
            result=result,
        )

    def _result(self, request: Request) -> Result:
        return Result(
            output_url=f"https://images.segmind.com/generations/{request.request_id}.png",
            cost_microusd=None if self.hides_costs else self.cost_microusd,
            provider_seconds=request.ends_after,
        )

    def is_same(self, inputs: Inputs, row: HistoryRow) -> bool:
        return row.inputs.get("inputs") == inputs

    async def download(self, output_url: str, into: Path) -> None:
        self.downloads += 1
        told = self.on_download.popleft() if self.on_download else self.picture
        if isinstance(told, Exception):
            raise told
        await asyncio.to_thread(into.write_bytes, told)


class FakeFetcher:
    """Discord's CDN: what stands at which URL."""

    def __init__(self) -> None:
        self.files: dict[str, bytes | Exception] = {}

    async def fetch(self, url: str, into: Path) -> None:
        found = self.files.get(url, FileRefused(SourceProblem.GONE))
        if isinstance(found, Exception):
            raise found
        await asyncio.to_thread(into.write_bytes, found)


class FakeCourier:
    """Keeps what each card's message shows. `on_*` hold what the next calls raise."""

    def __init__(self) -> None:
        self.shown: dict[int, CardView] = {}
        #: The states that each card's message has shown, in order.
        self.states: dict[int, list[list[JobState]]] = {}
        self.pictures: dict[JobId, list[Picture]] = {}
        self.shows = 0
        self.on_show: deque[Exception] = deque()
        #: Cards that were looked at before they were sent, and what the next looks raise.
        self.looked_at: list[Card] = []
        self.on_look: deque[Exception] = deque()
        #: Raised once, by the next call that carries a picture.
        self.on_picture: deque[Exception] = deque()
        #: What the next calls wait for, each with or without a picture, before Discord takes them.
        self.slow_edits: deque[asyncio.Event] = deque()
        self.slow_pictures: deque[asyncio.Event] = deque()
        #: What calls that carry a picture wait for, card by card.
        self.hanging: dict[int, asyncio.Event] = {}
        #: The notices to members, and what the next attempts raise.
        self.announced: list[tuple[Card, Notice]] = []
        self.on_announce: deque[Exception] = deque()
        self.on_remove: deque[Exception] = deque()
        #: What each message says, also of those that their cards have left.
        self.messages: dict[MessageId, CardView] = {}
        #: Raised by each call about a message, as long as it stands here.
        self.troubles: dict[MessageId, Exception] = {}
        #: Where the next picture comes instead of to its card's message.
        self.new_messages: deque[MessageId] = deque()
        self.calls: Counter[MessageId] = Counter()
        self.removed: list[Card] = []
        self.found: dict[int, MessageId] = {}
        self.fresh: dict[PictureLocation, str] = {}
        self.on_fresh: deque[Exception] = deque()

    async def show(
        self, view: CardView, pictures: Mapping[JobId, Picture], is_still_so: Callable[[], Awaitable[bool]]
    ) -> Shown:
        self.shows += 1
        if self.on_show:
            raise self.on_show.popleft()
        if pictures and self.on_picture:
            raise self.on_picture.popleft()
        self._call(view.card)
        if slow := self.slow_pictures if pictures else self.slow_edits:
            await slow.popleft().wait()
        if pictures and not await is_still_so():
            raise CourierUnavailable
        if pictures and view.card.id in self.hanging:
            await self.hanging[view.card.id].wait()
        message_id = view.card.message_id or MessageId(1)
        rung = Rung.TOKEN
        if pictures and self.new_messages:
            message_id, rung = self.new_messages.popleft(), Rung.MESSAGE
        self.messages[message_id] = view
        if not view.is_left:
            self.shown[view.card.id] = view
            self.states.setdefault(view.card.id, []).append([job.state for job in view.jobs])
        for job_id, picture in pictures.items():
            self.pictures.setdefault(job_id, []).append(picture)
        return Shown(
            message_id=message_id,
            channel_id=view.card.channel_id,
            rung=rung,
            attachment_ids={job_id: 9000 + job_id for job_id in pictures},
        )

    async def look(self, card: Card) -> None:
        self.looked_at.append(card)
        if self.on_look:
            raise self.on_look.popleft()

    async def fresh_url(self, location: PictureLocation) -> str | None:
        if self.on_fresh:
            raise self.on_fresh.popleft()
        return self.fresh.get(location)

    async def remove(self, card: Card) -> None:
        self._call(card)
        if self.on_remove:
            raise self.on_remove.popleft()
        self.removed.append(card)

    def _call(self, card: Card) -> None:
        if card.message_id is not None:
            self.calls[card.message_id] += 1
            if card.message_id in self.troubles:
                raise self.troubles[card.message_id]

    async def announce(self, card: Card, notice: Notice, *, is_again: bool) -> None:
        if self.on_announce:
            raise self.on_announce.popleft()
        self.announced.append((card, notice))

    async def find(self, card: Card) -> MessageId | None:
        return self.found.get(card.id)


class FakeModeratorChannel:
    """What moderators see in their channels. `on_post` holds what the next calls raise."""

    def __init__(self) -> None:
        #: By message, as they are shown now.
        self.shown: dict[MessageId, PostView] = {}
        self.pictures: dict[MessageId, Picture | None] = {}
        self.on_post: deque[Exception] = deque()
        #: The next posts arrive, yet raise: the answer is lost.
        self.lost_answers: deque[Exception] = deque()
        self.edits = 0
        #: The messages of the feeds, in order.
        self.feed: list[tuple[FeedBatch, dict[JobId, Picture]]] = []
        #: What is left of messages that were changed; of those deleted, nothing.
        self.feed_edits: list[tuple[MessageId, list[JobId]]] = []
        #: The small pictures that came with each of them.
        self.feed_copies: list[list[JobId]] = []

    async def post(self, view: PostView, picture: Picture | None) -> MessageId:
        if self.on_post:
            raise self.on_post.popleft()
        message_id = MessageId(70_000 + len(self.shown))
        self.shown[message_id], self.pictures[message_id] = view, picture
        if self.lost_answers:
            raise self.lost_answers.popleft()
        return message_id

    async def post_feed(self, batch: FeedBatch, pictures: Mapping[JobId, Picture]) -> MessageId:
        if self.on_post:
            raise self.on_post.popleft()
        self.feed.append((batch, dict(pictures)))
        if self.lost_answers:
            raise self.lost_answers.popleft()
        return MessageId(80_000 + len(self.feed))

    async def edit_feed(
        self, batch: FeedBatch, message_id: MessageId, pictures: Mapping[JobId, Picture]
    ) -> None:
        if self.on_post:
            raise self.on_post.popleft()
        self.feed_edits.append((message_id, batch.job_ids))
        self.feed_copies.append(sorted(pictures))

    async def find_feed(self, batch: FeedBatch) -> dict[JobId, MessageId]:
        shown = {id_ for posted, _ in self.feed for id_ in posted.job_ids}
        return {id_: MessageId(80_000) for id_ in batch.job_ids if id_ in shown}

    async def find(self, view: PostView) -> MessageId | None:
        found = [id_ for id_, shown in self.shown.items() if shown.post.id == view.post.id]
        return found[-1] if found else None

    async def edit(self, view: PostView) -> None:
        if self.on_post:
            raise self.on_post.popleft()
        assert view.post.message_id is not None
        self.edits += 1
        self.shown[view.post.message_id] = view


def without_url(inputs: Inputs) -> Inputs:
    return replace(inputs, image_url=None)

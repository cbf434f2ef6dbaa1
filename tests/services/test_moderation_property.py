"""In whatever order members and moderators act, whenever it crashes, and on both databases: who is blocked
gets nothing at any door, no picture is shown before it is approved, nothing is counted or given back twice,
and of a member who has deleted their data nothing is found anywhere, while limits and blocks hold.
"""

import asyncio
import io
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import redirect_stdout, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain.access import Actor
from bot.domain.administration import AuditTopic
from bot.domain.age import AgeOfPlace, AgeRefused
from bot.domain.approval import WAITS_FOR, ApprovalRules
from bot.domain.block import BlockedHere
from bot.domain.errors import LimitReached, NotPossibleNow, Refusal
from bot.domain.ids import ApplicationId, ChannelId, InteractionId, JobId, MemberId
from bot.domain.job import Job, JobState
from bot.domain.limits import OperatorLimits
from bot.domain.moderation import NothingToReport
from bot.domain.money import Month
from bot.domain.own_pictures import PictureFilter
from bot.domain.privacy import Erasure, ExportTooSoon
from bot.domain.request import Door
from bot.domain.strikes import StrikeRules, StrikeStep
from bot.services.making.admission import Ask
from bot.store.driver.database import open_database
from bot.store.upkeep.backup import backup
from tests.builders import CHANNEL, GUILD, a_new_card, a_request
from tests.databases import empty, migrate_once, migrated_file
from tests.services.house import House
from tests.services.test_erasures import everything, in_bytes

ADA, BEN = MemberId(1_330_000_000_000_000_001), MemberId(1_330_000_000_000_000_002)
MODERATOR, ADMIN = MemberId(1_330_000_000_000_000_003), MemberId(1_330_000_000_000_000_004)
POSTS = ChannelId(4242)
LIMIT = 8
SHOWN = (JobState.READY, JobState.DELIVERED)
STEPS = (StrikeStep(count=2, within=timedelta(days=1), block=timedelta(hours=1)),)
LENGTHS = (timedelta(hours=1), timedelta(days=2), None)


class Act(StrEnum):
    ASK = "Ada asks for a picture"
    ASK_TWO = "Ada asks for two"
    BEN_ASKS = "Ben asks for one"
    SWITCH = "switch the need for approval on or off"
    AGE = "switch on or off that channels have to be age-restricted"
    WAIT = "let a minute pass"
    HOUR = "let an hour pass"
    LONG = "let six days pass"
    BLOCK = "block Ada"
    UNBLOCK = "unblock Ada"
    STRIKE = "give Ada a strike"
    FORGIVE = "forgive her strikes"
    APPROVE = "approve"
    REJECT = "reject"
    REPORT = "Ben reports"
    ADA_REPORTS = "Ada reports"
    DISMISS = "dismiss reports"
    HIDE = "switch on or off that a report hides"
    GIVE_BACK = "give back"
    REMOVE = "remove"
    DELETE = "its member deletes it"
    DELETE_DATA = "Ada deletes her data"
    EXPORT = "Ada exports her data"
    RESTART = "the process is killed and started again"


#: What is done, and to which of the pictures.
acts = st.tuples(st.sampled_from(Act), st.integers(0, 5))
stories = st.lists(acts, min_size=3, max_size=14).map(
    lambda some: [(Act.ASK, 0), (Act.BEN_ASKS, 0), (Act.WAIT, 0), *some]
)


@dataclass
class Story:
    house: House
    folder: Path
    url: str
    needs_approval: bool = False
    needs_age: bool = False
    hides: bool = False
    #: Of what moderators have imposed: the time at which it is over; None: never.
    blocked: list[timedelta | None] = field(default_factory=list)
    approved: set[JobId] = field(default_factory=set)
    of_ada: list[JobId] = field(default_factory=list)
    of_ben: list[JobId] = field(default_factory=list)
    given_back: Counter[JobId] = field(default_factory=Counter)
    #: In all words of Ada since she last deleted them.
    marker: str = "marker-0-of-ada"
    deleted_markers: list[str] = field(default_factory=list)
    interactions: "count[int]" = field(default_factory=lambda: count(1))

    async def begin(self) -> None:
        self.house.provider.seconds = 20.0
        await self.house.open()
        administration = self.house.services.administration
        await administration.set_moderation_channel(GUILD, ADMIN, POSTS)
        await administration.set_feed_channel(GUILD, ADMIN, POSTS)
        await administration.set_strikes(GUILD, ADMIN, lambda _: StrikeRules(is_on=True, steps=STEPS))

    async def does(self, act: Act, which: int) -> None:
        simple: dict[Act, Callable[[], Awaitable[object]]] = {
            Act.ASK: lambda: self.asks(ADA),
            Act.ASK_TWO: lambda: self.asks(ADA, pictures=2),
            Act.BEN_ASKS: lambda: self.asks(BEN),
            Act.SWITCH: self.switches_approval,
            Act.AGE: self.switches_age,
            Act.HIDE: self.switches_hiding,
            Act.WAIT: lambda: self.house.advance(70),
            Act.HOUR: lambda: self.passes(timedelta(hours=1)),
            Act.LONG: lambda: self.passes(WAITS_FOR),
            Act.BLOCK: lambda: self.blocks(LENGTHS[which % len(LENGTHS)]),
            Act.STRIKE: self.strikes,
            Act.DELETE_DATA: self.deletes_data,
            Act.EXPORT: self.exports,
            Act.RESTART: self.restarts,
            Act.UNBLOCK: self.unblocks,
            Act.FORGIVE: self.forgives,
        }
        if act in simple:
            await simple[act]()
        elif pictures := self.of_ben if act is Act.ADA_REPORTS else self.of_ada:
            with suppress(Refusal):
                await self.acts_on(pictures[which % len(pictures)], act)

    async def acts_on(self, job_id: JobId, act: Act) -> None:
        services, by = self.house.services, (GUILD, MODERATOR)
        match act:
            case Act.APPROVE:
                await services.approvals.approve(job_id, *by)
                self.approved.add(job_id)
            case Act.REJECT:
                await services.approvals.reject(job_id, *by, "no", gives_back=False)
            case Act.REPORT:
                await services.complaints.report(job_id, GUILD, BEN, "it is ugly")
            case Act.ADA_REPORTS:
                await services.complaints.report(job_id, GUILD, ADA, f"it is ugly, {self.marker}")
            case Act.DISMISS:
                await services.complaints.dismiss(job_id, *by)
            case Act.GIVE_BACK:
                await services.moderation.give_back(job_id, *by)
                self.given_back[job_id] += 1
            case Act.REMOVE:
                await services.moderation.remove(job_id, *by, "it is ugly")
            case Act.DELETE:
                await services.gallery.delete([job_id], actor(ADA))

    # --- members ---

    async def asks(self, who: MemberId, *, pictures: int = 1) -> None:
        words = self.marker if who == ADA else "words of ben"
        with suppress(LimitReached, BlockedHere, AgeRefused):
            found = await self.admits(who, Door.IMAGINE, f"a fox, {words}", pictures)
            (self.of_ada if who == ADA else self.of_ben).extend(found)

    async def admits(self, who: MemberId, door: Door, prompt: str, pictures: int = 1) -> list[JobId]:
        ask = Ask(
            request=a_request(prompt, count=pictures),
            door=door,
            card=a_new_card(interaction_id=InteractionId(next(self.interactions)), member_id=who),
            age=AgeOfPlace(is_restricted=False),
        )
        view = (await self.house.services.admission.admit(ask)).view
        await self.house.answer(view)
        return [job.id for job in view.jobs]

    async def exports(self) -> None:
        with suppress(ExportTooSoon):
            found = await self.exported(ADA)
            assert "words of ben" not in found
            assert str(BEN) not in found
            assert str(MODERATOR) not in found

    async def exported(self, who: MemberId) -> str:
        own_data = self.house.services.own_data
        async with own_data.exporting(who):
            return "\n".join([str(found) async for found in own_data.pages(who)])

    async def deletes_data(self) -> None:
        answers = self.house.erasure_answers.shown
        answers.clear()
        erasure = Erasure(
            member_id=ADA,
            asked_at=self.house.clock.now(),
            takes_down=False,
            application_id=ApplicationId(1),
            sealed_token=b"sealed",
            token_expires_at=self.house.clock.now() + timedelta(minutes=15),
            language="en",
        )
        await self.house.services.erasures.begin(erasure)
        await self.house.until(lambda: bool(answers))
        await self.house.settle()
        self.deleted_markers.append(self.marker)
        await self.is_gone()
        self.marker = f"marker-{len(self.deleted_markers)}-of-ada"

    # --- moderators, admins and time ---

    async def switches_approval(self) -> None:
        self.needs_approval = not self.needs_approval
        rules = ApprovalRules(is_for_everyone=self.needs_approval)
        await self.house.services.administration.set_approval(GUILD, ADMIN, lambda _: rules)

    async def switches_age(self) -> None:
        self.needs_age = not self.needs_age
        await self.house.services.administration.set_age(GUILD, ADMIN, is_on=self.needs_age)

    async def switches_hiding(self) -> None:
        self.hides = not self.hides
        await self.house.services.administration.set_hiding(GUILD, ADMIN, 1 if self.hides else None)

    async def blocks(self, length: timedelta | None) -> None:
        await self.house.services.block_list.block(GUILD, MODERATOR, ADA, length, "spam")
        self.block_is_for(length)

    async def strikes(self) -> None:
        struck = await self.house.services.strike_list.add(GUILD, MODERATOR, ADA, "spam")
        if struck.block is not None:
            until = struck.block.until
            self.block_is_for(None if until is None else until - self.house.clock.now())

    def block_is_for(self, length: timedelta | None) -> None:
        now = timedelta(seconds=self.house.clock.monotonic())
        self.blocked = [None if length is None else now + length]

    async def unblocks(self) -> None:
        with suppress(Refusal):
            await self.house.services.block_list.unblock(GUILD, MODERATOR, ADA)
            self.blocked = []

    async def forgives(self) -> None:
        with suppress(Refusal):
            await self.house.services.strike_list.forgive(GUILD, MODERATOR, ADA)

    async def passes(self, time: timedelta) -> None:
        self.house.clock.pass_by(time.total_seconds())
        await self.house.advance(70)

    async def restarts(self) -> None:
        self.house = await self.house.restarted()

    # --- what has to hold at any time ---

    @property
    def is_blocked(self) -> bool:
        now = timedelta(seconds=self.house.clock.monotonic())
        return any(until is None or until > now for until in self.blocked)

    async def holds(self) -> None:
        gallery = self.house.services.gallery
        found = [await gallery.job(job_id, GUILD) for job_id in [*self.of_ada, *self.of_ben]]
        if self.is_blocked:
            await self.nothing_at_any_door(found)
        for job in found:
            await self.is_shown_only_approved(job)
        await self.counts_once(found)
        assert set(self.given_back.values()) <= {1}

    async def nothing_at_any_door(self, found: list[Job]) -> None:
        for door in Door:
            with pytest.raises(BlockedHere):
                await self.admits(ADA, door, "past the block")
        with pytest.raises(BlockedHere):
            await self.house.services.gallery.hold_post(actor(ADA), None)
        assert not [job for job in found if job.id in self.of_ada and job.state is JobState.QUEUED]

    async def is_shown_only_approved(self, job: Job) -> None:
        pictures = self.house.courier.pictures.get(job.id, [])
        assert len(pictures) <= 1
        if not job.needs_approval or job.id in self.approved:
            return
        services = self.house.services
        assert job.state not in SHOWN
        assert pictures == []
        assert job.id not in {id_ for _, shown in self.house.moderator_channel.feed for id_ in shown}
        assert await services.gallery.late_pictures([job]) == {}
        other = BEN if job.id in self.of_ada else ADA
        listed = await services.own_pictures.page(GUILD, other, PictureFilter(), 0)
        assert job.id not in [one.job.id for one in listed.pictures]
        assert job.id not in [one.id for one in await services.gallery.recent(GUILD, other, 100)]
        with pytest.raises(Refusal):
            await services.own_pictures.mark(job.id, actor(other))
        with pytest.raises(NothingToReport):
            await services.complaints.report(job.id, GUILD, other, "seen")
        with pytest.raises(NotPossibleNow):
            await services.moderation.remove(job.id, GUILD, MODERATOR)

    async def counts_once(self, found: list[Job]) -> None:
        """Also after she has deleted her data."""
        (usage,) = await self.house.services.gallery.usage(GUILD, ADA)
        assert usage.used == sum(job.counts for job in found if job.id in self.of_ada)
        assert usage.used <= LIMIT
        spending = (await self.house.services.administration.settings(GUILD)).spending
        of_month = [job for job in found if Month.of(job.created_at) == spending.month]
        assert spending.spent_microusd == sum(job.cost_microusd or 0 for job in of_month)
        assert spending.held_microusd == sum(job.held_microusd for job in of_month)
        entries = await self.house.services.administration.audit(GUILD, 500)
        back = Counter(one.after["picture"] for one in entries if one.topic is AuditTopic.GIVEN_BACK)
        assert set(back.values()) <= {1}

    async def is_gone(self) -> None:
        """Nothing of Ada is in any table, nor in the bytes of any file."""
        rows = await self.house.raw_database.read(everything)
        traces = (str(ADA), *self.deleted_markers)
        left = [(table, name) for table, name, value in rows if any(one in str(value) for one in traces)]
        assert left == []
        if self.url.startswith("sqlite"):
            assert in_bytes(self.folder, ADA, *self.deleted_markers) == []

    # --- and in the end ---

    async def ends(self) -> None:
        """Whatever has come of it, she deletes her data once more, and it is nowhere."""
        await self.house.advance(180)
        await self.deletes_data()
        await self.holds()
        later = self.folder / "later.backup"
        await asyncio.to_thread(backup, self.url, later)
        assert in_bytes(self.folder, ADA, *self.deleted_markers) == []
        with suppress(ExportTooSoon):
            found = await self.exported(BEN)
            assert not [one for one in (str(ADA), *self.deleted_markers) if one in found]


def actor(member_id: MemberId) -> Actor:
    return Actor(guild_id=GUILD, channel_id=CHANNEL, member_id=member_id, is_moderator=False)


async def tell(url: str, folder: Path, taken: list[tuple[Act, int]]) -> None:
    database = await open_database(url)
    house = House(database, folder / "data" / "sources", limits=OperatorLimits(per_month=LIMIT))
    story = Story(house, folder, url)
    logged = io.StringIO()
    try:
        with redirect_stdout(logged):
            await story.begin()
            for act, which in taken:
                await story.does(act, which)
                await story.house.settle()
                await story.holds()
            await story.ends()
    finally:
        await story.house.close()
        await database.close()
    assert not [one for one in (str(ADA), *story.deleted_markers) if one in logged.getvalue()]


@settings(max_examples=12, deadline=None)
@given(stories)
def test_all_acts_in_any_order_in_sqlite(taken: list[tuple[Act, int]]) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "bot.sqlite3"
        path.write_bytes(migrated_file())
        asyncio.run(tell(f"sqlite:///{path}", Path(folder), taken))


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(stories)
def test_all_acts_in_any_order_in_postgresql(postgres_url: str, taken: list[tuple[Act, int]]) -> None:
    migrate_once(postgres_url)
    empty(postgres_url)
    with TemporaryDirectory() as folder:
        asyncio.run(tell(postgres_url, Path(folder), taken))

"""In whatever order members and moderators act, and whenever it crashes: no picture is shown before it is
approved, each is decided on once, and none is counted or given back twice.
"""

import asyncio
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain.access import Actor
from bot.domain.administration import AuditTopic
from bot.domain.approval import WAITS_FOR, ApprovalRules
from bot.domain.errors import Refusal
from bot.domain.ids import ChannelId, InteractionId, JobId, MemberId
from bot.domain.job import Job, JobState
from bot.domain.limits import WINDOWS, LimitField, OperatorLimits
from bot.domain.money import Month
from bot.store.driver.database import open_database
from tests.builders import CHANNEL, GUILD, MEMBER, a_request
from tests.databases import empty, migrate_once, migrated_file
from tests.services.house import House

MODERATORS, MODERATOR = ChannelId(4242), MemberId(77)
LIMIT = 1000
SHOWN = (JobState.READY, JobState.DELIVERED)
DECIDED = (AuditTopic.APPROVED, AuditTopic.REJECTED)


class Act(StrEnum):
    ASK = "ask for a picture"
    ASK_TWO = "ask for two"
    SWITCH = "switch the need for approval on or off"
    WAIT = "let a minute pass"
    APPROVE = "approve"
    REJECT = "reject"
    GIVE_BACK = "give back"
    REJECT_AND_GIVE_BACK = "reject and give back"
    BOTH = "two moderators decide at the same time"
    DELETE = "its member deletes it"
    LOSE = "its channel is deleted"
    RESTART = "the process is killed and started again"
    LONG = "let six days pass"


#: What is done, and to which of the pictures.
acts = st.tuples(st.sampled_from(Act), st.integers(0, 5))
stories = st.lists(acts, min_size=1, max_size=10).map(lambda some: [(Act.ASK, 0), (Act.WAIT, 0), *some])


@dataclass
class Story:
    house: House
    is_on: bool = True
    #: What the answers to the moderators said.
    approved: set[JobId] = field(default_factory=set)
    asked: list[JobId] = field(default_factory=list)
    requests: int = 0

    async def begin(self) -> None:
        self.house.provider.seconds = 20.0
        await self.house.open()
        await self._set()
        await self.house.services.administration.set_moderation_channel(GUILD, MODERATOR, MODERATORS)

    async def _set(self) -> None:
        rules = ApprovalRules(is_for_everyone=self.is_on)
        await self.house.services.administration.set_approval(GUILD, MODERATOR, lambda _: rules)

    async def does(self, act: Act, which: int) -> None:
        match act:
            case Act.ASK | Act.ASK_TWO:
                self.requests += 1  # a process that is started again would begin anew
                request = a_request(count=1 if act is Act.ASK else 2)
                view = await self.house.ask(request, interaction_id=InteractionId(self.requests))
                self.asked += [job.id for job in view.jobs]
            case Act.SWITCH:
                self.is_on = not self.is_on
                await self._set()
            case Act.WAIT:
                await self.house.advance(70)
            case Act.LONG:
                self.house.clock.pass_by(WAITS_FOR.total_seconds())
                await self.house.advance(70)
            case Act.RESTART:
                self.house = await self.house.restarted()
            case _:
                if self.asked:
                    await self.acts_on(self.asked[which % len(self.asked)], act)

    async def acts_on(self, job_id: JobId, act: Act) -> None:
        services = self.house.services
        match act:
            case Act.APPROVE:
                await self.approves(job_id)
            case Act.REJECT | Act.REJECT_AND_GIVE_BACK:
                await self.rejects(job_id, gives_back=act is Act.REJECT_AND_GIVE_BACK)
            case Act.BOTH:
                outcomes = await asyncio.gather(self.approves(job_id), self.rejects(job_id))
                assert sum(outcomes) <= 1
            case Act.GIVE_BACK:
                with suppress(Refusal):
                    await services.moderation.give_back(job_id, GUILD, MODERATOR)
            case Act.DELETE:
                actor = Actor(guild_id=GUILD, channel_id=CHANNEL, member_id=MEMBER, is_moderator=False)
                with suppress(Refusal):
                    await services.gallery.delete([job_id], actor)
            case Act.LOSE:
                await services.gone.channel_deleted(CHANNEL)

    async def approves(self, job_id: JobId) -> bool:
        try:
            await self.house.services.approvals.approve(job_id, GUILD, MODERATOR)
        except Refusal:
            return False
        self.approved.add(job_id)
        return True

    async def rejects(self, job_id: JobId, *, gives_back: bool = False) -> bool:
        try:
            await self.house.services.approvals.reject(job_id, GUILD, MODERATOR, "no", gives_back=gives_back)
        except Refusal:
            return False
        return True

    # --- what has to hold at any time ---

    async def holds(self) -> list[Job]:
        found = [await self.house.services.gallery.job(job_id, GUILD) for job_id in self.asked]
        for job in found:
            pictures = self.house.courier.pictures.get(job.id, [])
            assert len(pictures) <= 1
            if job.needs_approval and job.id not in self.approved:
                assert job.state not in SHOWN
                assert pictures == []
        await self.counts_once(found)
        await self.is_decided_once()
        return found

    async def counts_once(self, found: list[Job]) -> None:
        (usage,) = await self.house.services.gallery.usage(GUILD, MEMBER)
        since = self.house.clock.now() - WINDOWS[LimitField.PER_MONTH]
        assert usage.used == sum(job.counts and job.created_at > since for job in found)
        spending = (await self.house.services.administration.settings(GUILD)).spending
        of_month = [job for job in found if Month.of(job.created_at) == spending.month]
        assert spending.spent_microusd == sum(job.cost_microusd or 0 for job in of_month)
        assert spending.held_microusd == sum(job.held_microusd for job in of_month)

    async def is_decided_once(self) -> None:
        entries = await self.house.services.administration.audit(GUILD, 500)
        decided = Counter(entry.after["picture"] for entry in entries if entry.topic in DECIDED)
        given_back = Counter(
            entry.after["picture"] for entry in entries if entry.topic is AuditTopic.GIVEN_BACK
        )
        assert {*decided.values(), *given_back.values()} <= {1}

    # --- and in the end ---

    async def ends(self) -> None:
        """What was approved has come or is kept; what no one has decided on is rejected; no post is open."""
        await self.house.advance(180)
        self.house.clock.pass_by(WAITS_FOR.total_seconds())
        await self.house.advance(130)
        for job in await self.holds():
            assert job.is_over
            if job.id in self.approved:
                assert job.state in (*SHOWN, JobState.FAILED)
        assert (await self.house.services.approvals.page(GUILD, 0)).total == 0
        views = self.house.moderator_channel.shown.values()
        assert all(view.post.is_over for view in views)
        assert max(Counter(view.post.id for view in views).values(), default=1) == 1


async def tell(url: str, folder: Path, taken: list[tuple[Act, int]]) -> None:
    database = await open_database(url)
    story = Story(House(database, folder, limits=OperatorLimits(per_month=LIMIT)))
    try:
        await story.begin()
        for act, which in taken:
            await story.does(act, which)
            await story.house.settle()
            await story.holds()
        await story.ends()
    finally:
        await story.house.close()
        await database.close()


@settings(max_examples=12, deadline=None)
@given(stories)
def test_no_picture_is_shown_before_its_approval_in_sqlite(taken: list[tuple[Act, int]]) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "bot.sqlite3"
        path.write_bytes(migrated_file())
        asyncio.run(tell(f"sqlite:///{path}", Path(folder), taken))


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(stories)
def test_no_picture_is_shown_before_its_approval_in_postgresql(
    postgres_url: str, tmp_path: Path, taken: list[tuple[Act, int]]
) -> None:
    migrate_once(postgres_url)
    empty(postgres_url)
    asyncio.run(tell(postgres_url, tmp_path, taken))

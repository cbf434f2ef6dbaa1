"""A picture that needs approval is shown to nobody before a moderator has approved it, and is never lost."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.access import Actor
from bot.domain.administration import AuditTopic
from bot.domain.approval import WAITS_FOR, ApprovalRules
from bot.domain.block import THE_BOT
from bot.domain.errors import CardTakenAway, FileRefused, JobUnknown, NotPossibleNow, NotYours
from bot.domain.failure import SourceProblem
from bot.domain.ids import ApplicationId, ChannelId, GuildId, MemberId, RoleId
from bot.domain.job import Job, JobState
from bot.domain.limits import LimitField, OperatorLimits
from bot.domain.moderation import DecidedBefore, Decision, PostView
from bot.domain.own_pictures import ALL
from bot.domain.privacy import Erasure
from bot.services.making.sweep import EVERY_SECONDS
from bot.store.pictures import favourites
from bot.store.privacy import personal_data
from tests.builders import CHANNEL, GUILD, MEMBER, a_request
from tests.services.conftest import BuildHouse
from tests.services.house import House

ADMIN, MODERATOR, OTHER = MemberId(77), MemberId(78), MemberId(79)
MODERATORS = ChannelId(4242)
ELSEWHERE = GuildId(999)
LIMITS = OperatorLimits(per_day=3)


@pytest.fixture
async def house(build_house: BuildHouse) -> House:
    house = await build_house(limits=LIMITS)
    await needs(house, is_for_everyone=True)
    await house.services.administration.set_moderation_channel(GUILD, ADMIN, MODERATORS)
    return house


async def needs(house: House, **rules: object) -> None:
    await house.services.administration.set_approval(
        GUILD,
        ADMIN,
        lambda _: ApprovalRules(**rules),  # type: ignore[arg-type]  # fields of the rules
    )


async def in_state(house: House, job: Job, state: JobState) -> Job:
    while (now := await house.job(job.id)).state is not state:
        assert not now.state.is_end, now.state
        assert house.clock.wake_next(house.clock.monotonic() + 3600), now.state
        await house.settle()
    return now


async def held(house: House, **fields: object) -> Job:
    view = await house.ask(a_request(), **fields)
    return await in_state(house, view.jobs[0], JobState.HELD)


async def approve(house: House, job: Job, by: MemberId = MODERATOR) -> None:
    await house.services.approvals.approve(job.id, GUILD, by)
    await house.settle()


async def reject(house: House, job: Job, reason: str = "no faces", **how: object) -> Job:
    done = await house.services.approvals.reject(job.id, GUILD, MODERATOR, reason, **how)  # type: ignore[arg-type]  # how it is rejected
    await house.settle()
    return done


def post(house: House) -> PostView:
    (view,) = house.moderator_channel.shown.values()
    return view


def on_card(house: House, job: Job) -> Job:
    return next(other for other in house.courier.shown[job.card_id].jobs if other.id == job.id)


async def audited(house: House, topic: AuditTopic) -> list[tuple[MemberId, dict[str, object]]]:
    entries = await house.services.administration.audit(GUILD, 50)
    return [(entry.actor_id, dict(entry.after)) for entry in entries if entry.topic is topic]


async def left(house: House) -> int:
    (usage,) = [
        usage
        for usage in await house.services.gallery.usage(GUILD, MEMBER)
        if usage.rule.field is LimitField.PER_DAY
    ]
    return usage.left


# --- held ---------------------------------------------------------------------------------------------


async def test_a_finished_picture_is_held_and_in_no_message(house: House) -> None:
    job = await held(house)
    await house.until(lambda: on_card(house, job).state is JobState.HELD)
    await house.advance(3600)
    assert (await house.job(job.id)).state is JobState.HELD
    assert house.courier.pictures == {}


async def test_the_moderators_see_it_small_in_their_channel(house: House) -> None:
    job = await held(house)
    await house.settle()
    assert post(house).post.channel_id == MODERATORS
    assert [view.job.id for view in house.moderator_channel.shown.values() if view.job] == [job.id]
    assert [picture is not None for picture in house.moderator_channel.pictures.values()] == [True]


async def test_a_held_picture_is_not_driven_again_by_the_sweep(house: House) -> None:
    job = await held(house)
    fence = job.fence
    await house.advance(10 * EVERY_SECONDS)
    assert (await house.job(job.id)).fence == fence


async def test_the_rules_are_those_of_the_time_of_the_request(house: House) -> None:
    view = await house.ask(a_request())
    await needs(house, is_for_everyone=False)
    await in_state(house, view.jobs[0], JobState.HELD)
    (later,) = await house.until_ended(await house.ask(a_request()))
    assert later.state is JobState.DELIVERED


@pytest.mark.parametrize(
    ("rules", "fields", "is_held"),
    [
        ({"roles": frozenset({RoleId(5)})}, {"roles": (4, 5)}, True),
        ({"roles": frozenset({RoleId(5)})}, {"roles": (4,)}, False),
        ({"channels": frozenset({CHANNEL})}, {}, True),
        ({"channels": frozenset({ChannelId(1)})}, {"parent": ChannelId(1)}, True),
        ({"channels": frozenset({ChannelId(1)})}, {}, False),
    ],
)
async def test_roles_and_channels(
    house: House, rules: dict[str, object], fields: dict[str, object], *, is_held: bool
) -> None:
    await needs(house, **rules)
    view = await house.ask(a_request(), **fields)
    assert view.jobs[0].needs_approval is is_held


async def test_a_restart_keeps_it_held_and_posted_once(house: House) -> None:
    job = await held(house)
    after = await house.restarted()
    await after.advance(300)
    assert (await after.job(job.id)).state is JobState.HELD
    assert len(after.moderator_channel.shown) == 1
    await approve(after, job)
    await in_state(after, job, JobState.DELIVERED)
    await after.close()


# --- approved -----------------------------------------------------------------------------------------


async def test_approved_it_is_delivered_once_and_the_post_says_by_whom(house: House) -> None:
    job = await held(house)
    await approve(house, job)
    delivered = await in_state(house, job, JobState.DELIVERED)
    await house.advance(120)
    assert len(house.courier.pictures[job.id]) == 1
    assert delivered.is_posted
    assert (post(house).post.decision, post(house).post.decided_by) == (Decision.APPROVED, MODERATOR)
    assert await audited(house, AuditTopic.APPROVED) == [
        (MODERATOR, {"picture": job.number, "member_id": MEMBER})
    ]


async def test_of_two_moderators_the_first_wins(house: House) -> None:
    job = await held(house)
    await approve(house, job)
    with pytest.raises(DecidedBefore) as refused:
        await reject(house, job)
    assert (refused.value.decision, refused.value.decided_by) == (Decision.APPROVED, MODERATOR)
    assert await audited(house, AuditTopic.REJECTED) == []


async def test_another_servers_moderators_do_not_know_it(house: House) -> None:
    job = await held(house)
    for act in (
        lambda: house.services.approvals.approve(job.id, ELSEWHERE, OTHER),
        lambda: house.services.approvals.reject(job.id, ELSEWHERE, OTHER, ""),
        lambda: house.services.approvals.of(job.id, ELSEWHERE),
    ):
        with pytest.raises(JobUnknown):
            await act()
    assert (await house.services.approvals.page(ELSEWHERE, 0)).total == 0


async def test_a_picture_that_needs_none_cannot_be_approved(house: House) -> None:
    await needs(house)
    (job,) = await house.until_ended(await house.ask(a_request()))
    with pytest.raises(JobUnknown):
        await approve(house, job)


async def test_approved_days_later_a_file_that_is_late_is_tried_again(house: House) -> None:
    job = await held(house)
    house.clock.pass_by(timedelta(days=5).total_seconds())
    house.provider.on_download.append(FileRefused(SourceProblem.GONE))
    await approve(house, job)
    await in_state(house, job, JobState.DELIVERED)


async def test_approved_after_its_place_is_gone_it_is_kept_for_its_member(house: House) -> None:
    job = await held(house)
    await house.services.gone.channel_deleted(CHANNEL)
    await house.settle()
    assert (await house.services.approvals.page(GUILD, 0)).total == 1
    await approve(house, job)
    await house.advance(60)
    kept = await house.job(job.id)
    assert kept.state is JobState.READY
    assert kept.parked_at is not None


async def test_its_card_is_taken_away_when_it_is_approved(house: House) -> None:
    job = await held(house)
    house.courier.on_picture.append(CardTakenAway())
    await approve(house, job)
    await house.advance(60)
    assert (await house.job(job.id)).parked_at is not None


async def test_a_restart_right_after_the_approval_delivers_it(house: House) -> None:
    job = await held(house)
    await house.services.approvals.approve(job.id, GUILD, MODERATOR)
    after = await house.restarted()
    await in_state(after, job, JobState.DELIVERED)
    assert len(after.courier.pictures[job.id]) == 1
    await after.close()


# --- rejected -----------------------------------------------------------------------------------------


async def test_rejected_its_member_reads_why_and_it_counts(house: House) -> None:
    job = await held(house)
    await reject(house, job)
    await house.until(lambda: on_card(house, job).state is JobState.REJECTED)
    assert on_card(house, job).moderation_reason == "no faces"
    assert on_card(house, job).output_url is None
    assert await left(house) == 2
    assert house.courier.pictures == {}
    assert (post(house).post.decision, post(house).post.reason) == (Decision.REJECTED, "no faces")


async def test_rejected_and_given_back_it_does_not_count(house: House) -> None:
    job = await held(house)
    assert (await reject(house, job, gives_back=True)).is_given_back
    assert await left(house) == 3
    assert len(await audited(house, AuditTopic.GIVEN_BACK)) == 1


async def test_given_back_later_it_counts_no_more_and_once(house: House) -> None:
    job = await held(house)
    await reject(house, job)
    await house.services.moderation.give_back(job.id, GUILD, MODERATOR)
    with pytest.raises(NotPossibleNow):
        await house.services.moderation.give_back(job.id, GUILD, MODERATOR)
    assert await left(house) == 3


async def test_its_money_stays_spent(house: House) -> None:
    job = await held(house)
    await reject(house, job, gives_back=True)
    spending = (await house.services.administration.settings(GUILD)).spending
    assert (spending.held_microusd, spending.spent_microusd) == (0, job.cost_microusd)


async def test_rejected_and_blocked_in_one_step(house: House) -> None:
    job = await held(house)
    block = house.services.block_list.drawn_up(GUILD, MODERATOR, MEMBER, timedelta(days=1), "no faces")
    await reject(house, job, block=block)
    blocked = await house.services.block_list.of(GUILD, MEMBER)
    assert blocked is not None
    assert blocked.reason == "no faces"
    with pytest.raises(DecidedBefore):
        await reject(house, job, block=replace(block, reason="again"))
    assert await house.services.block_list.of(GUILD, MEMBER) == blocked


# --- nobody looks -------------------------------------------------------------------------------------


async def test_after_six_days_it_is_rejected_by_itself_and_said_so(house: House) -> None:
    job = await held(house)
    house.clock.pass_by(WAITS_FOR.total_seconds() - 600)
    await house.advance(2 * EVERY_SECONDS)
    assert (await house.job(job.id)).state is JobState.HELD
    await house.advance(600)
    expired = await house.job(job.id)
    assert (expired.state, expired.moderation_reason) == (JobState.REJECTED, None)
    assert post(house).post.decision is Decision.EXPIRED
    assert await audited(house, AuditTopic.REJECTED) == [
        (THE_BOT, {"picture": job.number, "member_id": MEMBER})
    ]


async def test_without_a_channel_it_waits_in_the_list_oldest_first(house: House) -> None:
    await house.services.administration.set_moderation_channel(GUILD, ADMIN, None)
    first, second = await held(house), await held(house)
    page = await house.services.approvals.page(GUILD, 0)
    assert [view.job.id for view in page.views if view.job] == [first.id, second.id]
    assert house.moderator_channel.shown == {}
    await house.services.administration.set_moderation_channel(GUILD, ADMIN, MODERATORS)
    await house.settle()
    assert len(house.moderator_channel.shown) == 2


# --- nobody sees it -----------------------------------------------------------------------------------


async def test_no_list_and_no_button_leads_to_a_held_picture(house: House) -> None:
    job = await held(house)
    listed = (await house.services.own_pictures.page(GUILD, MEMBER, ALL, 0)).pictures
    assert [one.job.state for one in listed] == [JobState.HELD]
    assert not any(one.has_small_copy_for(MEMBER) for one in listed)
    with pytest.raises(NotPossibleNow):
        await house.services.own_pictures.mark(job.id, actor(OTHER))
    assert await house.raw_database.read(favourites.among, OTHER, [job.id]) == frozenset()
    assert house.moderator_channel.feed == []


async def test_the_export_of_its_member_has_no_address_of_it(house: House) -> None:
    job = await held(house)
    assert (await house.job(job.id)).output_url is not None
    assert await exported_urls(house, job) == [None]
    await approve(house, job)
    await in_state(house, job, JobState.DELIVERED)
    assert await exported_urls(house, job) == [(await house.job(job.id)).output_url]


async def exported_urls(house: House, job: Job) -> list[object]:
    found = await house.raw_database.read(personal_data.of_requests, [job.card_id])
    (images,) = [part for part in found if part.table == "images"]
    at = list(images.columns).index("output_url")
    return [row[at] for row in images.rows]


# --- deleted ------------------------------------------------------------------------------------------


def actor(member_id: MemberId, *, is_moderator: bool = False) -> Actor:
    return Actor(guild_id=GUILD, channel_id=CHANNEL, member_id=member_id, is_moderator=is_moderator)


async def test_its_member_deletes_it_and_nobody_approves_it_any_more(house: House) -> None:
    job = await held(house)
    await house.services.gallery.delete([job.id], actor(MEMBER))
    await house.settle()
    gone = await house.job(job.id)
    assert (gone.state, gone.output_url) == (JobState.REJECTED, None)
    assert gone.deleted_at is not None
    assert gone.counts
    assert post(house).post.decision is Decision.REMOVED
    with pytest.raises(DecidedBefore):
        await approve(house, job)


async def test_nobody_else_deletes_it(house: House) -> None:
    job = await held(house)
    with pytest.raises(NotYours):
        await house.services.gallery.delete([job.id], actor(OTHER))
    assert (await house.job(job.id)).state is JobState.HELD


async def test_deleting_all_data_takes_it_out_of_the_queue(house: House) -> None:
    job = await held(house)
    erasure = Erasure(
        member_id=MEMBER,
        asked_at=house.clock.now(),
        takes_down=False,
        application_id=ApplicationId(1),
        sealed_token=None,
        token_expires_at=None,
        language="en",
    )
    await house.services.erasures.begin(erasure)
    await house.settle()
    assert (await house.services.approvals.page(GUILD, 0)).total == 0
    assert post(house).post.decision is Decision.REMOVED
    await house.advance(900)
    erased = await house.job(job.id)
    assert erased.member_id != MEMBER
    assert erased.state is JobState.REJECTED

"""Who waited long is told once that the pictures are over, and nobody else is."""

import pytest

from bot.domain.approval import WAITS_FOR
from bot.domain.card import CardView
from bot.domain.errors import CardGone, CourierUnavailable
from bot.domain.failure import Failure, FailureKind
from bot.domain.ids import MemberId, MessageId
from bot.domain.job import Job, JobState
from bot.domain.notice import Notice, Notify
from bot.domain.provider import Failed
from bot.domain.word_list import WordAction
from bot.services.cards.announcements import GIVEN_UP_AFTER_SECONDS
from bot.services.members.approvals import EVERY_SECONDS
from bot.store.moderation import approvals
from bot.store.pictures import owed_notices
from tests.builders import GUILD, MEMBER, a_request
from tests.services.conftest import BuildHouse
from tests.services.house import House
from tests.services.test_approvals import in_state
from tests.services.test_gallery import OWNER

AFTER_SECONDS = 20.0
LONG_SECONDS = 60.0
ONE = Notice(ready=1, failed=0)


@pytest.fixture
async def house(build_house: BuildHouse) -> House:
    house = await build_house(announced_after_seconds=AFTER_SECONDS)
    house.provider.seconds = LONG_SECONDS
    return house


async def ended(house: House, count: int = 1) -> CardView:
    view = await house.ask(a_request(count=count))
    await house.until_ended(view)
    await house.advance(120)
    return view


def notices(house: House) -> list[Notice]:
    return [notice for _, notice in house.courier.announced]


async def test_a_picture_that_took_long_is_announced(house: House) -> None:
    view = await ended(house)
    ((card, notice),) = house.courier.announced
    assert (card.id, notice) == (view.card.id, ONE)


async def test_a_picture_that_came_soon_is_not(house: House) -> None:
    house.provider.seconds = AFTER_SECONDS / 2
    await ended(house)
    assert notices(house) == []


async def test_nothing_is_announced_where_the_operator_does_not_want_it(build_house: BuildHouse) -> None:
    house = await build_house(announced_after_seconds=None)
    house.provider.seconds = LONG_SECONDS
    await ended(house)
    assert notices(house) == []


async def test_four_pictures_are_announced_once_when_all_are_over(house: House) -> None:
    await ended(house, count=4)
    assert notices(house) == [Notice(ready=4, failed=0)]


async def test_a_failure_after_a_long_wait_is_told_too(house: House) -> None:
    house.provider.on_status.append(Failed(Failure(FailureKind.BLOCKED)))
    house.services.account.pacer.pause(LONG_SECONDS)
    await ended(house)
    assert notices(house) == [Notice(ready=0, failed=1)]


async def test_who_cancelled_is_told_nothing(house: House) -> None:
    house.services.account.pacer.pause(LONG_SECONDS)
    view = await house.ask()
    await house.advance(LONG_SECONDS / 2)
    await house.services.gallery.cancel(view.card.id, OWNER)
    await house.advance(120)
    assert notices(house) == []


async def test_a_new_message_that_mentions_the_member_is_not_announced(house: House) -> None:
    house.courier.new_messages.append(MessageId(9001))
    await ended(house)
    assert notices(house) == []


async def test_a_card_that_is_gone_is_not_announced(house: House) -> None:
    view = await house.ask()
    await house.until(lambda: house.provider.submits == 1)
    await house.services.gone.messages_deleted(view.card.channel_id, [MessageId(view.card.id + 500)])
    await house.advance(300)
    assert notices(house) == []


async def test_a_refused_notice_is_not_repeated(house: House) -> None:
    house.courier.on_announce.append(CardGone())
    await ended(house)
    assert notices(house) == []
    assert not house.courier.on_announce


async def test_an_outage_is_waited_for(house: House) -> None:
    house.courier.on_announce.extend([CourierUnavailable()] * 3)
    await ended(house)
    await house.advance(GIVEN_UP_AFTER_SECONDS)
    assert notices(house) == [ONE]


async def test_a_long_outage_is_not(house: House) -> None:
    house.courier.on_announce.extend([CourierUnavailable()] * 50)
    await ended(house)
    await house.advance(2 * GIVEN_UP_AFTER_SECONDS)
    assert notices(house) == []
    assert 0 < len(house.courier.on_announce) < 50


async def test_a_picture_deleted_meanwhile_is_not_announced(house: House) -> None:
    house.courier.on_announce.append(CourierUnavailable())
    view = await house.ask()
    (job,) = await house.until_ended(view)
    await house.settle()
    await house.services.gallery.delete([job.id], OWNER)
    await house.advance(300)
    assert notices(house) == []


async def test_a_card_from_before_announcements_is_not_announced(house: House) -> None:
    view = await house.ask()
    await house.raw_database.write(owed_notices.take, view.card.id)
    await house.until_ended(view)
    await house.advance(120)
    assert notices(house) == []


@pytest.mark.parametrize(
    ("notify", "seconds", "expected"),
    [
        (Notify.ALWAYS, AFTER_SECONDS / 2, [ONE]),
        (Notify.WHEN_LONG, AFTER_SECONDS / 2, []),
        (Notify.NEVER, LONG_SECONDS, []),
    ],
)
async def test_a_member_chooses(house: House, notify: Notify, seconds: float, expected: list[Notice]) -> None:
    await house.services.gallery.set_notify(OWNER.member_id, notify)
    house.provider.seconds = seconds
    await ended(house)
    assert notices(house) == expected


@pytest.mark.parametrize(("chosen", "expected"), [(10, [ONE]), (300, []), (0, []), (None, [ONE])])
async def test_a_server_chooses(house: House, chosen: int | None, expected: list[Notice]) -> None:
    await house.services.administration.set_notices(OWNER.guild_id, OWNER.member_id, chosen)
    await ended(house)
    assert notices(house) == expected


async def test_a_member_who_always_wants_it_gets_it_where_the_server_has_none(house: House) -> None:
    await house.services.administration.set_notices(OWNER.guild_id, OWNER.member_id, 0)
    await house.services.gallery.set_notify(OWNER.member_id, Notify.ALWAYS)
    await ended(house)
    assert notices(house) == [ONE]


MODERATOR = MemberId(MEMBER + 7)


async def held(house: House, count: int = 1) -> list[Job]:
    """Pictures that wait for a moderator, made long before they are decided on."""
    await house.services.word_lists.add(GUILD, MODERATOR, "fox", WordAction.HOLD)
    view = await house.ask(a_request(prompt="a fox", count=count))
    return [await in_state(house, job, JobState.HELD) for job in view.jobs]


@pytest.mark.parametrize("gives_back", [False, True])
async def test_a_rejection_is_announced_however_soon_it_comes(house: House, *, gives_back: bool) -> None:
    house.provider.seconds = AFTER_SECONDS / 4
    (job,) = await held(house)
    assert notices(house) == []
    await house.services.approvals.reject(job.id, GUILD, MODERATOR, "no foxes", gives_back=gives_back)
    await house.advance(60)
    (notice,) = notices(house)
    (rejected,) = notice.rejected
    assert (notice.ready, notice.failed) == (0, 0)
    assert (rejected.moderation_reason, rejected.is_given_back) == ("no foxes", gives_back)


async def test_a_rejection_is_announced_with_the_pictures_that_were_approved(house: House) -> None:
    first, second = await held(house, 2)
    await house.services.approvals.approve(first.id, GUILD, MODERATOR)
    await house.advance(120)
    assert notices(house) == []
    await house.services.approvals.reject(second.id, GUILD, MODERATOR, "")
    await house.advance(60)
    (notice,) = notices(house)
    assert (notice.ready, [job.id for job in notice.rejected]) == (1, [second.id])


async def test_what_nobody_looked_at_in_time_is_announced(house: House) -> None:
    (job,) = await held(house)
    house.clock.pass_by(WAITS_FOR.total_seconds())
    await house.advance(2 * EVERY_SECONDS)
    assert (await house.job(job.id)).state is JobState.REJECTED
    (notice,) = notices(house)
    assert [job.moderation_reason for job in notice.rejected] == [None]


async def test_who_deletes_what_waits_is_told_nothing(house: House) -> None:
    (job,) = await held(house)
    await house.services.gallery.delete([job.id], OWNER)
    await house.advance(120)
    assert notices(house) == []


async def test_who_wants_no_notices_gets_none_of_a_rejection_either(house: House) -> None:
    await house.services.gallery.set_notify(OWNER.member_id, Notify.NEVER)
    (job,) = await held(house)
    await house.services.approvals.reject(job.id, GUILD, MODERATOR, "no foxes")
    await house.advance(120)
    assert notices(house) == []


async def test_a_rejection_right_before_the_end_of_the_process_is_announced_by_the_next(house: House) -> None:
    (job,) = await held(house)
    await house.tasks.close()
    at = house.clock.now()
    await house.raw_database.write(
        approvals.reject, job, by=MODERATOR, at=at, reason="no foxes", gives_back=False
    )
    after = await house.joined()
    await after.advance(120)
    assert [len(notice.rejected) for notice in notices(after)] == [1]
    await after.close()

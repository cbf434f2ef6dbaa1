"""A picture that many have reported is hidden until a moderator decides, and its file is never lost."""

from pathlib import Path

import pytest

from bot.domain.errors import CardTakenAway, CourierUnavailable, FileRefused
from bot.domain.failure import SourceProblem
from bot.domain.ids import ChannelId, MemberId
from bot.domain.job import Job
from bot.domain.moderation import Decision, ModerationTopic
from bot.domain.request import PictureLocation
from bot.store.privacy import retention
from tests.builders import GUILD, MEMBER, a_request
from tests.services.conftest import BuildHouse
from tests.services.house import House
from tests.services.outsides import png

ADMIN, LOG_CHANNEL = MemberId(77), ChannelId(4343)
REPORTS = 3


@pytest.fixture
async def house(build_house: BuildHouse) -> House:
    house = await build_house()
    await house.services.administration.set_hiding(GUILD, ADMIN, REPORTS)
    return house


async def delivered(house: House) -> Job:
    (job,) = await house.until_ended(await house.ask(a_request()))
    await house.settle()
    return job


async def report(house: House, job: Job, count: int = REPORTS) -> None:
    for at in range(count):
        await house.services.complaints.report(job.id, GUILD, MemberId(MEMBER + 100 + at), "ugly")
    await house.settle()


async def dismiss(house: House, job: Job) -> None:
    await house.services.complaints.dismiss(job.id, GUILD, ADMIN)
    await house.settle()


def nothing_to_be_had(house: House) -> None:
    """Each report makes the bot look again, so that it tries more often than once."""
    house.provider.on_download.extend([FileRefused(SourceProblem.GONE)] * 100)
    house.courier.on_fresh.extend([CourierUnavailable()] * 100)


def shown(house: House, job: Job) -> Job:
    return house.courier.shown[job.card_id].jobs[0]


def kept(house: House) -> list[Path]:
    return list((house.folder.parent / "hidden").glob("*"))


async def hidden(house: House) -> Job:
    job = await delivered(house)
    await report(house, job)
    await house.until(lambda: shown(house, job).is_hidden)
    return await house.job(job.id)


async def test_off_reports_hide_nothing(house: House) -> None:
    await house.services.administration.set_hiding(GUILD, ADMIN, None)
    job = await delivered(house)
    await report(house, job, 5)
    await house.advance(120)
    assert (await house.job(job.id)).hiding is None


async def test_one_report_too_few_hides_nothing(house: House) -> None:
    job = await delivered(house)
    await report(house, job, REPORTS - 1)
    await house.advance(120)
    assert (await house.job(job.id)).hiding is None


async def test_enough_reports_take_the_picture_off_its_card_and_keep_its_file(house: House) -> None:
    job = await hidden(house)
    assert not job.is_posted
    assert [path.read_bytes() for path in kept(house)] == [house.provider.picture]


async def test_dismissed_the_picture_is_back_on_its_card_once(house: House) -> None:
    job = await hidden(house)
    await dismiss(house, job)
    await house.until(lambda: not shown(house, job).is_hidden)
    await house.advance(120)
    back = await house.job(job.id)
    assert back.is_posted
    assert back.hiding is None
    assert len(house.courier.pictures[job.id]) == 2
    assert kept(house) == []


async def test_it_comes_back_although_the_provider_has_deleted_its_file(house: House) -> None:
    job = await hidden(house)
    await house.raw_database.write(retention.forget_files, [job.id])
    await dismiss(house, job)
    await house.until(lambda: not shown(house, job).is_hidden)


async def test_an_old_picture_is_kept_from_discord(house: House) -> None:
    job = await delivered(house)
    await house.raw_database.write(retention.forget_files, [job.id])
    card = await house.services.gallery.card_of(job)
    assert card.message_id is not None
    place = PictureLocation(card.channel_id, card.message_id, job.attachment_id)
    house.courier.fresh[place] = "https://cdn.test/old.png"
    house.fetcher.files["https://cdn.test/old.png"] = png(300, 200)
    await report(house, job)
    await house.until(lambda: shown(house, job).is_hidden)
    assert [path.read_bytes() for path in kept(house)] == [png(300, 200)]


async def test_a_picture_whose_file_cannot_be_kept_now_stays_until_it_is(house: House) -> None:
    job = await delivered(house)
    nothing_to_be_had(house)
    await report(house, job)
    assert not shown(house, job).is_hidden
    house.provider.on_download.clear()
    house.courier.on_fresh.clear()
    await house.until(lambda: shown(house, job).is_hidden)


async def test_dismissed_before_it_is_hidden_it_stays(house: House) -> None:
    job = await delivered(house)
    nothing_to_be_had(house)
    await report(house, job)
    await dismiss(house, job)
    await house.advance(120)
    assert (await house.job(job.id)).is_posted
    assert kept(house) == []


async def test_removed_while_it_is_hidden_its_file_is_deleted(house: House) -> None:
    job = await hidden(house)
    await house.services.moderation.remove(job.id, GUILD, ADMIN, "no", only_open=True)
    await house.advance(120)
    gone = await house.job(job.id)
    assert gone.is_removed
    assert gone.hiding is None
    assert kept(house) == []


async def test_a_restart_finishes_what_was_begun(house: House) -> None:
    job = await delivered(house)
    house.provider.on_download.append(FileRefused(SourceProblem.GONE))
    house.courier.on_fresh.append(CourierUnavailable())
    await report(house, job)
    after = await house.restarted()
    await after.until(lambda: shown(after, job).is_hidden)
    after.courier.on_picture.append(CourierUnavailable())
    await dismiss(after, job)
    assert shown(after, job).is_hidden
    last = await after.restarted()
    try:
        await last.until(lambda: not shown(last, job).is_hidden)
    finally:
        await last.close()


async def test_its_place_is_gone_when_it_comes_back(house: House) -> None:
    job = await hidden(house)
    house.courier.on_picture.append(CardTakenAway())
    await dismiss(house, job)
    await house.advance(120)
    assert (await house.job(job.id)).deleted_at is not None


async def test_the_log_channel_hears_of_it_once(house: House) -> None:
    await house.services.administration.set_log_channel(GUILD, ADMIN, LOG_CHANNEL)
    job = await hidden(house)
    await house.settle()
    logged = [
        view for view in house.moderator_channel.shown.values() if view.post.topic is ModerationTopic.HIDDEN
    ]
    assert [view.post.channel_id for view in logged] == [LOG_CHANNEL]
    await dismiss(house, job)
    await house.advance(120)
    (view,) = house.moderator_channel.shown.values()
    assert view.post.decision is Decision.DISMISSED


async def test_dismissed_and_reported_again_it_takes_as_many_new_reports(house: House) -> None:
    job = await hidden(house)
    await dismiss(house, job)
    await house.until(lambda: not shown(house, job).is_hidden)
    await house.services.complaints.report(job.id, GUILD, MemberId(MEMBER + 500), "ugly")
    await house.advance(120)
    assert (await house.job(job.id)).hiding is None

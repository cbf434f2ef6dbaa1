"""Words that let pictures wait for approval, or of which moderators learn; a stricter word goes first."""

import pytest

from bot.domain.errors import CardBarred
from bot.domain.ids import ChannelId, MemberId
from bot.domain.job import JobState
from bot.domain.moderation import ModerationTopic, PostView
from bot.domain.word_list import WordAction, WordRefused
from bot.services.cards.retry_times import PATIENCE
from tests.builders import GUILD, a_request
from tests.services.conftest import BuildHouse
from tests.services.house import House
from tests.services.test_approvals import in_state

ADMIN, MODERATORS = MemberId(77), ChannelId(4242)


@pytest.fixture
async def house(build_house: BuildHouse) -> House:
    house = await build_house()
    await house.services.administration.set_moderation_channel(GUILD, ADMIN, MODERATORS)
    await house.services.word_lists.add(
        GUILD, ADMIN, "[refuse]\ngrape\n[hold]\nfox\n[tell]\nowl", WordAction.REFUSE
    )
    return house


def told(house: House) -> list[PostView]:
    shown = house.moderator_channel.shown.values()
    return [view for view in shown if view.post.topic is ModerationTopic.WORDS]


async def test_a_word_on_hold_lets_the_picture_wait_and_the_moderators_read_which(house: House) -> None:
    view = await house.ask(a_request(prompt="a fox with an owl"))
    job = await in_state(house, view.jobs[0], JobState.HELD)
    assert job.listed_word == "fox"
    await house.settle()
    (post,) = house.moderator_channel.shown.values()
    assert post.post.topic is ModerationTopic.APPROVAL
    assert post.job is not None
    assert post.job.listed_word == "fox"
    await house.services.approvals.approve(job.id, GUILD, ADMIN)
    await in_state(house, job, JobState.DELIVERED)


async def test_the_decision_is_that_of_the_list_at_the_request(house: House) -> None:
    view = await house.ask(a_request(prompt="a fox"))
    listed = await house.services.word_lists.listed(GUILD)
    await house.services.word_lists.remove(GUILD, ADMIN, [id_ for id_, _ in listed.found])
    await in_state(house, view.jobs[0], JobState.HELD)


async def test_of_a_word_to_tell_the_moderators_learn_once_for_each_request(house: House) -> None:
    jobs = await house.until_ended(await house.ask(a_request(prompt="an owl", count=2)))
    await house.settle()
    assert [job.state for job in jobs] == [JobState.DELIVERED] * 2
    (view,) = told(house)
    assert view.job is not None
    assert (view.job.id, view.job.listed_word) == (jobs[0].id, "owl")
    after = await house.restarted()
    await after.advance(300)
    assert len(told(after)) == 1
    await after.close()


async def test_the_strictest_word_counts(house: House) -> None:
    with pytest.raises(WordRefused):
        await house.ask(a_request(prompt="an owl, a fox, a grape"))
    assert told(house) == []


async def test_without_a_channel_nobody_is_told_later(house: House) -> None:
    await house.services.administration.set_moderation_channel(GUILD, ADMIN, None)
    await house.until_ended(await house.ask(a_request(prompt="an owl")))
    await house.services.administration.set_moderation_channel(GUILD, ADMIN, MODERATORS)
    await house.advance(120)
    assert told(house) == []


async def test_a_post_that_is_given_up_is_over(house: House) -> None:
    house.moderator_channel.on_post.extend([CardBarred()] * 200)
    await house.until_ended(await house.ask(a_request(prompt="an owl")))
    await house.settle()
    assert (await house.services.complaints.page(GUILD, 0)).is_refused
    for _ in range(200):
        house.clock.pass_by(PATIENCE.total_seconds() / 4)
        await house.advance(120)
        if not (await house.services.complaints.page(GUILD, 0)).is_refused:
            break
    assert not (await house.services.complaints.page(GUILD, 0)).is_refused
    house.moderator_channel.on_post.clear()
    await house.advance(120)
    assert told(house) == []


async def test_an_entry_that_gets_another_action_is_listed_once_with_it(house: House) -> None:
    added = await house.services.word_lists.add(GUILD, ADMIN, "fox", WordAction.TELL)
    assert (added.added, added.changed) == (0, 1)
    entries = {entry.text: entry.action for entry in await house.services.word_lists.entries(GUILD)}
    assert entries == {"grape": WordAction.REFUSE, "fox": WordAction.TELL, "owl": WordAction.TELL}
    (job,) = await house.until_ended(await house.ask(a_request(prompt="a fox")))
    assert job.state is JobState.DELIVERED

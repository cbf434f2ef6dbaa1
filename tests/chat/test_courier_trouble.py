"""The courier when Discord does not answer, or does not like what it gets; and its smaller errands."""

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from bot.chat.rest.invalid_request_limit import LONGEST_PAUSE_SECONDS
from bot.domain.card import Rung
from bot.domain.errors import CourierUnavailable, PictureTooLarge
from bot.domain.ids import AttachmentId, MessageId
from bot.domain.provider import Picture
from bot.domain.request import PictureLocation
from bot.store.driver.database import Database
from standins.fake_discord.faults import Fault
from standins.fake_discord.server import FakeDiscord
from tests.chat.counter import BY_BOT, BY_TOKEN, Counter, always, counter_at
from tests.chat.studio import Studio, opened, text_of


@pytest.fixture
async def studio(fake: FakeDiscord, database: Database, tmp_path: Path) -> AsyncIterator[Studio]:
    async with opened(Studio(fake, database, tmp_path, call_seconds=0.5)) as studio:
        yield studio


# --- not now ---


@pytest.mark.parametrize("expired", [False, True])
async def test_an_outage_passes(counter: Counter, expired: bool) -> None:  # noqa: FBT001  a parameter of pytest's
    faults = counter.studio.discord.faults
    if expired:
        faults.expire_tokens()
        await counter.show()
    faults.start_outage()
    with pytest.raises(CourierUnavailable):
        await counter.deliver()
    faults.end_outage()
    await counter.deliver()
    assert len(counter.message.attachments) == 1


@pytest.mark.parametrize("route", [BY_TOKEN, BY_BOT])
async def test_no_answer_no_connection_and_a_ban_are_for_later(counter: Counter, route: str) -> None:
    faults = counter.studio.discord.faults
    if route == BY_BOT:
        counter.studio.clock.pass_by(15 * 60)
    spoilings: list[Callable[[], Fault]] = [
        lambda: faults.lose_request(route),
        lambda: faults.lose_answer(route),
        lambda: faults.slow(route, seconds=2, times=1),
        lambda: faults.rate_limit(route, has_via=False),
        lambda: faults.add(route, status=401, times=1),
        lambda: faults.add(route, status=403, times=1),
    ]
    for spoil in spoilings:
        spoil()
        with pytest.raises(CourierUnavailable):
            await counter.deliver()
        counter.studio.clock.pass_by(LONGEST_PAUSE_SECONDS)
    await counter.deliver()
    assert len(counter.message.attachments) == 1
    assert len(counter.by_bot()) == 1


async def test_a_rate_limit_is_waited_for(counter: Counter) -> None:
    counter.studio.discord.faults.rate_limit(BY_TOKEN, retry_after_seconds=0.1)
    assert (await counter.deliver()).rung is Rung.TOKEN


# --- what Discord does not like about it ---


async def test_words_that_automod_refuses_are_left_out(counter: Counter) -> None:
    counter.studio.discord.faults.forbid_word("fox")
    await counter.deliver()
    assert "fox" not in text_of(counter.message)
    assert [one.description for one in counter.message.attachments] == ["An image."]
    before = counter.asked(BY_TOKEN)
    await counter.show()
    assert counter.asked(BY_TOKEN) == before + 1


@pytest.mark.parametrize("is_locked", [False, True])
async def test_a_picture_over_the_limit_says_so(
    counter: Counter,
    is_locked: bool,  # noqa: FBT001  a parameter of pytest's
) -> None:
    if is_locked:
        counter.lock()
    huge = Picture(bytes(11 * 1024 * 1024), "image/png")
    with pytest.raises(PictureTooLarge):
        await counter.courier.show(counter.view, {counter.job_ids[0]: huge}, always)


# --- looking, removing, finding ---


async def test_a_fresh_address_of_a_picture(counter: Counter) -> None:
    shown = await counter.deliver()
    place = PictureLocation(
        shown.channel_id, shown.message_id, AttachmentId(shown.attachment_ids[counter.job_ids[0]])
    )
    url = await counter.courier.fresh_url(place)
    assert url is not None
    assert f"/{shown.attachment_ids[counter.job_ids[0]]}/picture-1-" in url
    same = await counter.courier.fresh_url(replace(place, attachment_id=None))
    assert same is not None
    assert same.partition("?")[0] == url.partition("?")[0]  # the rest is how long it lives
    assert await counter.courier.fresh_url(replace(place, attachment_id=AttachmentId(5))) is None
    assert await counter.courier.fresh_url(replace(place, message_id=MessageId(5))) is None
    counter.studio.discord.faults.start_outage()
    with pytest.raises(CourierUnavailable):
        await counter.courier.fresh_url(place)


@pytest.mark.parametrize("expired", [False, True])
async def test_a_card_is_removed_once_and_for_all(counter: Counter, expired: bool) -> None:  # noqa: FBT001  a parameter of pytest's
    if expired:
        counter.studio.discord.faults.expire_tokens()
    await counter.courier.remove(counter.card)
    assert counter.message.is_deleted
    await counter.courier.remove(counter.card)


async def test_a_card_is_not_removed_while_discord_is_out(counter: Counter) -> None:
    counter.studio.discord.faults.start_outage()
    with pytest.raises(CourierUnavailable):
        await counter.courier.remove(counter.card)


async def test_a_private_card_is_removed_by_its_token(studio: Studio) -> None:
    counter = await counter_at(studio, private=True)
    await counter.courier.remove(counter.card)
    assert counter.message.is_deleted


@pytest.mark.parametrize("token", ["alive", "expired", "refused"])
async def test_the_answer_to_an_interaction_is_found(counter: Counter, token: str) -> None:
    if token == "expired":
        counter.studio.clock.pass_by(15 * 60)
    elif token == "refused":
        counter.studio.discord.faults.expire_tokens()
    unanswered = replace(counter.card, message_id=None)
    assert await counter.courier.find(unanswered) == counter.message.id


async def test_the_reply_to_a_message_is_found(counter: Counter) -> None:
    said = counter.studio.person("ada").say("pictures", "@lantern", reply_to=counter.message)
    await counter.studio.until(lambda: len(counter.by_bot()) == 2)
    reply = counter.by_bot()[1]
    card = replace(
        counter.card,
        message_id=None,
        sealed_token=None,
        interaction_id=said.id,  # type: ignore[arg-type]  # an id
    )
    assert await counter.courier.find(card) == reply.id


async def test_an_answer_that_never_left_is_not_found(counter: Counter) -> None:
    ask = counter.studio.person("ada").slash("pictures", "help")
    unanswered = replace(
        counter.card,
        message_id=None,
        interaction_id=ask.interaction.id,  # type: ignore[arg-type]  # an id
        sealed_token=counter.studio.token_cipher.encrypt("no such token"),
    )
    assert await counter.courier.find(unanswered) is None
    assert await counter.courier.find(replace(unanswered, is_private=True)) is None


async def test_while_discord_is_out_nothing_is_found_out(counter: Counter) -> None:
    counter.studio.discord.faults.start_outage()
    with pytest.raises(CourierUnavailable):
        await counter.courier.find(replace(counter.card, message_id=None))

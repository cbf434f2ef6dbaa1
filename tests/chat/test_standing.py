"""Whether a card still stands: told by a look and by the picture itself, and never by lost permissions."""

from collections.abc import Callable

import pytest

from bot.domain.errors import CardTakenAway, CourierUnavailable
from standins.fake_discord.permissions import Permissions
from tests.chat.counter import POST, Counter, counter_at
from tests.chat.studio import Studio

Happens = Callable[[Counter], None]


def by_each(*happenings: Happens) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("happens", happenings, ids=lambda one: str(one.__name__))


def deleted(counter: Counter) -> None:
    counter.studio.world.delete_message(counter.message)


def purged(counter: Counter) -> None:
    world = counter.studio.world
    world.delete_messages([counter.studio.person("ben").say("pictures", "x"), counter.message])


def without_its_channel(counter: Counter) -> None:
    counter.studio.world.delete_channel(counter.message.channel)


def thrown_out(counter: Counter) -> None:
    counter.studio.world.remove_app(counter.message.channel.guild)


GONE = [deleted, purged, without_its_channel, thrown_out]


def untouched(counter: Counter) -> None:
    pass


def without_history(counter: Counter) -> None:
    counter.shut(Permissions.READ_MESSAGE_HISTORY)


def unseen(counter: Counter) -> None:
    counter.shut(Permissions.VIEW_CHANNEL)


def without_a_bot_user(counter: Counter) -> None:
    """The server has the application, without the scope `bot`."""
    counter.studio.world.remove_bot(counter.message.channel.guild)


def silenced(counter: Counter) -> None:
    counter.shut(Permissions.SEND_MESSAGES | Permissions.ATTACH_FILES | Permissions.EMBED_LINKS)


STANDING = [untouched, without_history, unseen, without_a_bot_user, silenced]


@by_each(*GONE)
async def test_a_card_whose_place_is_gone_does_not_stand(counter: Counter, happens: Happens) -> None:
    happens(counter)
    with pytest.raises(CardTakenAway):
        await counter.courier.look(counter.card)


@by_each(*GONE)
async def test_a_picture_finds_out_that_its_place_is_gone(counter: Counter, happens: Happens) -> None:
    counter.studio.discord.faults.expire_tokens()
    happens(counter)
    with pytest.raises(CardTakenAway):
        await counter.deliver()
    assert counter.asked(POST) == 0


@by_each(*STANDING)
async def test_a_card_that_the_bot_may_do_less_about_stands(counter: Counter, happens: Happens) -> None:
    happens(counter)
    await counter.courier.look(counter.card)


@pytest.mark.parametrize("is_locked", [False, True])
async def test_a_card_in_an_archived_thread_stands(
    studio: Studio,
    is_locked: bool,  # noqa: FBT001  a parameter of pytest's
) -> None:
    counter = await counter_at(studio, channel="night scenes")
    studio.discord.faults.expire_tokens()
    studio.world.set_archived(counter.message.channel, archived=True, locked=is_locked)
    await counter.courier.look(counter.card)


@by_each(without_its_channel, thrown_out)
async def test_a_private_card_goes_with_its_channel(studio: Studio, happens: Happens) -> None:
    counter = await counter_at(studio, private=True)
    happens(counter)
    with pytest.raises(CardTakenAway):
        await counter.courier.look(counter.card)


async def test_a_dismissed_private_card_says_nothing(studio: Studio) -> None:
    counter = await counter_at(studio, private=True)
    studio.person("ada").delete(counter.message)
    await counter.courier.look(counter.card)


async def test_while_discord_is_away_nobody_knows(counter: Counter) -> None:
    counter.studio.discord.faults.add("GET /*", status=503)
    with pytest.raises(CourierUnavailable):
        await counter.courier.look(counter.card)

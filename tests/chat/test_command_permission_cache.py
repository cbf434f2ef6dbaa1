"""The server's own choice of who may use a command, read of Discord and held against each press."""

from collections.abc import Awaitable, Callable

import pytest

from bot.chat.access.command_permission_cache import REMEMBERED_SECONDS, RETRY_SECONDS
from standins.fake_discord.commands import choose_access
from standins.fake_discord.faults import Fault
from standins.fake_discord.model import Guild, Message
from tests.chat.onlookers import ADMIN, MEMBER, MODERATOR, Word, heard, word_of
from tests.chat.presses import press_forged, submit_forged
from tests.chat.studio import Studio, text_of
from tests.chat.test_permission_checks import AUDIT, READS, let_in, told_of_choices, word


@pytest.fixture
def guild(studio: Studio) -> Guild:
    return studio.world.guild("Lantern Studio")


def hello(studio: Studio, who: str, channel: str = "pictures") -> Message:
    return studio.person(who).say(channel, "hello")


def reads(studio: Studio) -> int:
    return len(studio.discord.requests.matching(READS))


def choose(guild: Guild, name: str | None, chosen: dict[int, bool]) -> None:
    """Without telling the bot of it: it may have been off."""
    guild.command_access[name] = chosen


async def test_who_was_denied_the_command_before_the_bot_started_may_not_press(
    studio: Studio, guild: Guild
) -> None:
    choose(guild, "review", {studio.world.user(MODERATOR).id: False})
    assert await word(studio, hello(studio, MODERATOR), MODERATOR, AUDIT) is Word.MODERATORS_ONLY


async def test_who_was_denied_the_whole_application_may_not_press(studio: Studio, guild: Guild) -> None:
    choose(guild, None, {studio.world.user(MODERATOR).id: False})
    assert await word(studio, hello(studio, MODERATOR), MODERATOR, AUDIT) is Word.MODERATORS_ONLY


async def test_a_command_that_is_off_in_a_channel_is_off_there_and_in_its_threads(
    studio: Studio, guild: Guild
) -> None:
    choose(guild, "review", {studio.world.channel("pictures").id: False})
    for place, expected in (
        ("pictures", Word.MODERATORS_ONLY),
        ("night scenes", Word.MODERATORS_ONLY),
        ("general", Word.YES),
    ):
        assert await word(studio, hello(studio, MODERATOR, place), MODERATOR, AUDIT) is expected, place


async def test_whom_the_server_lets_use_the_command_may_press_without_using_it_first(
    studio: Studio, guild: Guild
) -> None:
    choose(guild, "config", {studio.world.user(MEMBER).id: True})
    assert await word(studio, hello(studio, MEMBER), MEMBER) is Word.YES
    assert await word(studio, hello(studio, MEMBER), MEMBER, AUDIT) is Word.MODERATORS_ONLY


async def test_a_choice_is_read_once_and_again_after_it_has_changed(studio: Studio, guild: Guild) -> None:
    here = hello(studio, MODERATOR)
    for _ in range(3):
        assert await word(studio, here, MODERATOR, AUDIT) is Word.YES
    assert reads(studio) == 1
    choose_access(studio.world, guild, "review", {studio.world.user(MODERATOR).id: False})
    await told_of_choices(studio)
    assert await word(studio, here, MODERATOR, AUDIT) is Word.MODERATORS_ONLY
    assert reads(studio) == 2


async def test_a_change_that_nobody_told_of_holds_after_a_while(studio: Studio, guild: Guild) -> None:
    here = hello(studio, MODERATOR)
    assert await word(studio, here, MODERATOR, AUDIT) is Word.YES
    choose(guild, "review", {studio.world.user(MODERATOR).id: False})
    studio.clock.pass_by(REMEMBERED_SECONDS)
    assert await word(studio, here, MODERATOR, AUDIT) is Word.MODERATORS_ONLY


@pytest.mark.parametrize("is_told", [False, True])
async def test_a_change_during_a_lost_connection_holds_afterwards(
    studio: Studio, guild: Guild, *, is_told: bool
) -> None:
    """A session that is resumed is told of it; a new one is not, and also forgets whom it had let in."""
    panel = await let_in(studio)
    assert await word(studio, panel, MEMBER) is Word.YES
    assert await word(studio, panel, MODERATOR, AUDIT) is Word.YES
    chosen: dict[str, dict[int, bool]] = {"config": {}, "review": {studio.world.user(MODERATOR).id: False}}
    if is_told:
        studio.discord.faults.gateway.cut()
    else:
        studio.discord.faults.gateway.invalidate_sessions()
    for name, entries in chosen.items():
        if is_told:
            choose_access(studio.world, guild, name, entries)
        else:
            choose(guild, name, entries)
    await studio.world.until(lambda _: not studio.discord.is_connected)
    await studio.discord.connected()
    await told_of_choices(studio)
    assert await word(studio, panel, MEMBER) is Word.ADMINS_ONLY
    assert await word(studio, panel, MODERATOR, AUDIT) is Word.MODERATORS_ONLY


BROKEN = [
    {"status": 403},
    {"status": 404},
    {"drops_connection": True},
    {"delay_seconds": 2.5},
]


@pytest.mark.parametrize("how", BROKEN, ids=str)
async def test_what_cannot_be_read_leaves_the_permission_by_default(
    studio: Studio, guild: Guild, how: dict[str, float]
) -> None:
    studio.discord.faults.add(READS, **how)  # type: ignore[arg-type]  # one of its options
    choose(guild, "config", {studio.world.user(MEMBER).id: True})
    assert await word(studio, hello(studio, MODERATOR), MODERATOR, AUDIT) is Word.YES
    assert await word(studio, hello(studio, MEMBER), MEMBER) is Word.ADMINS_ONLY


async def test_another_choice_leaves_those_alone_whom_it_is_not_about(studio: Studio, guild: Guild) -> None:
    choose_access(studio.world, guild, "review", {studio.world.user(MEMBER).id: True})
    await told_of_choices(studio)
    here = studio.person(MODERATOR).say("pictures", "hello")
    assert await word(studio, here, MODERATOR, AUDIT) is Word.YES


async def test_what_cannot_be_read_is_not_asked_for_at_every_press(studio: Studio, guild: Guild) -> None:
    fault: Fault = studio.discord.faults.add(READS, status=403)
    here = hello(studio, MEMBER)
    for _ in range(5):
        assert await word(studio, here, MEMBER, AUDIT) is Word.MODERATORS_ONLY
    assert fault.hits == 1
    studio.discord.faults.clear()
    choose(guild, "review", {studio.world.user(MEMBER).id: True})
    studio.clock.pass_by(RETRY_SECONDS)
    assert await word(studio, here, MEMBER, AUDIT) is Word.YES


async def test_many_presses_at_once_share_one_reading(studio: Studio) -> None:
    studio.discord.faults.slow(READS, seconds=0.2)
    here = hello(studio, MODERATOR)
    asks = [press_forged(studio, here, AUDIT, MODERATOR) for _ in range(8)]
    assert {word_of(await heard(studio, ask)) for ask in asks} == {Word.YES}
    assert reads(studio) == 1


async def test_an_administrator_is_let_in_without_reading(studio: Studio) -> None:
    studio.discord.faults.add(READS, status=403)
    assert await word(studio, hello(studio, ADMIN), ADMIN) is Word.YES
    assert reads(studio) == 0


# --- asking for pictures by other ways than the command ---


async def by_again(studio: Studio, picture: Message) -> Message:
    return await studio.person(MEMBER).press(picture, "Rerun").message()


async def by_edit(studio: Studio, picture: Message) -> Message:
    modal = await studio.person(MEMBER).press(picture, "Edit").modal()
    return await studio.person(MEMBER).submit(modal, {"What should change?": "a hat"}).message()


async def by_menu(studio: Studio, picture: Message) -> Message:
    ask = submit_forged(studio, picture, f"menu-form:{picture.id}::77", MEMBER)
    return await ask.message()


async def by_reply(studio: Studio, picture: Message) -> Message:
    said = studio.person(MEMBER).say("pictures", "@lantern a hat", reply_to=picture)
    await studio.until(lambda: any(one.reply_to_id == said.id for one in studio.sent_by_bot()))
    return next(one for one in studio.sent_by_bot() if one.reply_to_id == said.id)


WAYS: dict[Callable[[Studio, Message], Awaitable[Message]], str] = {
    by_again: "imagine",
    by_edit: "edit",
    by_menu: "Edit image",
    by_reply: "edit",
}


@pytest.mark.parametrize("way", WAYS, ids=lambda way: str(way.__name__))
async def test_who_is_denied_a_command_finds_no_other_way_to_it(
    studio: Studio, guild: Guild, way: Callable[[Studio, Message], Awaitable[Message]]
) -> None:
    picture = await studio.imagine()
    choose_access(studio.world, guild, WAYS[way], {studio.world.user(MEMBER).id: False})
    await told_of_choices(studio)
    refusal = await way(studio, picture)
    assert f"This server doesn't let you use **{WAYS[way]}** here" in text_of(refusal)
    assert len(studio.asked) == 1
    choose_access(studio.world, guild, WAYS[way], {})
    await told_of_choices(studio)
    studio.clock.pass_by(60)
    await studio.picture(await way(studio, picture))


async def test_a_slow_reading_keeps_no_request_waiting(studio: Studio, guild: Guild) -> None:
    """Nor lets it die: Discord has to be answered within three seconds."""
    picture = await studio.imagine()
    studio.discord.faults.add(READS, delay_seconds=2.0)
    await studio.picture(await by_again(studio, picture))

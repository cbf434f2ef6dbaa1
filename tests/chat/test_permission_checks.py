"""Who may press the buttons of moderators and admins while the server's choice cannot be read.

What holds when it can be read is in test_server_choices.py.
"""

import pytest

from standins.fake_discord.commands import choose_access
from standins.fake_discord.model import Guild, Message
from standins.fake_discord.permissions import Permissions
from tests.chat.onlookers import ADMIN, MEMBER, MODERATOR, Word, heard, word_of
from tests.chat.presses import press_forged
from tests.chat.studio import Studio

PANEL = "settings:budget"
AUDIT = "review-audit:0"


READS = "GET /applications/*/guilds/*/commands/permissions"


@pytest.fixture(autouse=True)
def unreadable(studio: Studio) -> None:
    studio.discord.faults.add(READS, status=403)


@pytest.fixture
def guild(studio: Studio) -> Guild:
    return studio.world.guild("Lantern Studio")


async def let_in(studio: Studio, who: str = MEMBER, command: str = "config") -> Message:
    """By the server's choice; returns the panel that they have open."""
    guild = studio.world.guild("Lantern Studio")
    choose_access(studio.world, guild, command, {studio.world.user(who).id: True})
    await told_of_choices(studio)
    return await studio.person(who).slash("pictures", f"{command} show").message()


async def told_of_choices(studio: Studio) -> None:
    """The bot hears the events of one connection in their order: this one comes after all before it."""
    await heard(studio, studio.person(ADMIN).slash("pictures", "help"))


async def word(studio: Studio, message: Message, who: str, custom_id: str = PANEL) -> Word:
    return word_of(await heard(studio, press_forged(studio, message, custom_id, who)))


async def test_whom_the_server_lets_use_the_command_may_press_its_buttons(studio: Studio) -> None:
    panel = await let_in(studio)
    assert await word(studio, panel, MEMBER) is Word.YES


async def test_not_once_the_answer_has_had_its_time(studio: Studio) -> None:
    panel = await let_in(studio)
    studio.clock.pass_by(16 * 60)
    assert await word(studio, panel, MEMBER) is Word.ADMINS_ONLY


async def test_not_once_the_server_has_chosen_otherwise(studio: Studio, guild: Guild) -> None:
    panel = await let_in(studio)
    choose_access(studio.world, guild, "config", {})
    await told_of_choices(studio)
    assert await word(studio, panel, MEMBER) is Word.ADMINS_ONLY


async def test_not_once_the_member_has_other_roles(studio: Studio, guild: Guild) -> None:
    panel = await let_in(studio)
    studio.world.set_roles(guild.members[studio.world.user(MEMBER).id])
    assert await word(studio, panel, MEMBER) is Word.ADMINS_ONLY


async def test_not_once_the_member_has_other_permissions(studio: Studio) -> None:
    panel = await let_in(studio)
    pictures = studio.world.channel("pictures")
    studio.world.set_overwrite(pictures, studio.world.user(MEMBER), deny=Permissions.ATTACH_FILES)
    assert await word(studio, panel, MEMBER) is Word.ADMINS_ONLY


async def test_not_in_another_channel(studio: Studio) -> None:
    """The server may have let them use the command in this one only."""
    await let_in(studio)
    elsewhere = studio.person(MEMBER).say("general", "hello")
    assert await word(studio, elsewhere, MEMBER) is Word.ADMINS_ONLY


async def test_not_on_another_server(studio: Studio) -> None:
    await let_in(studio)
    harbour = studio.world.guild("Harbour Club")
    studio.world.add_member(harbour, studio.world.user(MEMBER))
    there = studio.person(MEMBER).say("lounge", "hello")
    assert await word(studio, there, MEMBER) is Word.ADMINS_ONLY


async def test_not_for_another_duty(studio: Studio) -> None:
    panel = await let_in(studio)
    assert await word(studio, panel, MEMBER, AUDIT) is Word.MODERATORS_ONLY


async def test_a_moderator_whose_role_is_taken_away_may_not_go_on(studio: Studio, guild: Guild) -> None:
    answer = await studio.person(MODERATOR).slash("pictures", "review audit").message()
    assert await word(studio, answer, MODERATOR, AUDIT) is Word.YES
    studio.world.set_roles(guild.members[studio.world.user(MODERATOR).id])
    assert await word(studio, answer, MODERATOR, AUDIT) is Word.MODERATORS_ONLY


async def test_a_moderator_who_is_denied_the_command_may_not_go_on_with_an_open_page(
    studio: Studio, guild: Guild
) -> None:
    """They still have Manage Messages: only the server's choice says that this is not enough here."""
    answer = await studio.person(MODERATOR).slash("pictures", "review audit").message()
    choose_access(studio.world, guild, "review", {studio.world.user(MODERATOR).id: False})
    await told_of_choices(studio)
    assert await word(studio, answer, MODERATOR, AUDIT) is Word.MODERATORS_ONLY


async def test_after_another_choice_the_others_go_on_by_using_the_command_again(
    studio: Studio, guild: Guild
) -> None:
    choose_access(studio.world, guild, "review", {studio.world.user(MEMBER).id: True})
    await told_of_choices(studio)
    here = studio.person(MODERATOR).say("pictures", "hello")
    assert await word(studio, here, MODERATOR, AUDIT) is Word.MODERATORS_ONLY
    answer = await studio.person(MODERATOR).slash("pictures", "review audit").message()
    assert await word(studio, answer, MODERATOR, AUDIT) is Word.YES


async def test_an_administrator_is_never_kept_out(studio: Studio, guild: Guild) -> None:
    choose_access(studio.world, guild, "config", {guild.id: False})
    await told_of_choices(studio)
    here = studio.person(ADMIN).say("pictures", "hello")
    assert await word(studio, here, ADMIN) is Word.YES

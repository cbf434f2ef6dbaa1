"""Every command, menu and list of suggestions, by who uses it: who is offered what, and what they see.

A command without a row fails.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import pytest

from bot.domain.administration import RuleSubject
from bot.domain.errors import ServicePaused
from bot.domain.limits import LimitField
from standins.fake_discord.asks import Ask, ClientRefusedError
from standins.fake_discord.model import Command, CommandKind, Message
from tests.chat.onlookers import (
    ADMIN,
    BLOCKED,
    ELSEWHERE,
    EVERYBODY,
    FOREIGN_ADMIN,
    HERE,
    MEMBER,
    MODERATOR,
    OPEN,
    OWNER,
    SECRET,
    STRANGER,
    Word,
    block,
    heard,
    remembered,
    word_of,
)
from tests.chat.studio import Studio, number_of
from tests.chat.test_every_door import filled_in, subcommands

MEMBERS = frozenset(EVERYBODY)
MODERATORS = frozenset({MODERATOR, ADMIN, FOREIGN_ADMIN})
ADMINS = frozenset({ADMIN, FOREIGN_ADMIN})
ASKED = "Image generation is paused"


@dataclass(frozen=True)
class Row:
    """Who is offered it, what they read on the picture's server, and what on another one."""

    offered_to: frozenset[str]
    proof: str
    proof_elsewhere: str = ""


SLASH: Mapping[str, Row] = {
    "imagine": Row(MEMBERS, ASKED),
    "edit": Row(MEMBERS, ASKED),
    "usage": Row(MEMBERS, "Your usage"),
    "jobs": Row(MEMBERS, "Your images"),
    "help": Row(MEMBERS, "/imagine"),
    "privacy export": Row(MEMBERS, "everything that I keep about you"),
    "privacy delete": Row(MEMBERS, "Delete your data?"),
    "privacy about": Row(MEMBERS, "Segmind"),
    "review usage": Row(MODERATORS, f"<@{{{OWNER}}}>", "No images in this period"),
    "review member": Row(MODERATORS, OPEN, "0 images requested"),
    "review reports": Row(MODERATORS, "No reports are open", "No reports are open"),
    "review block": Row(MODERATORS, "isn't a length of time", "isn't a length of time"),
    "review unblock": Row(MODERATORS, "isn't blocked here", "isn't blocked here"),
    "review strikes": Row(MODERATORS, "Strikes are off", "Strikes are off"),
    "review approvals": Row(MODERATORS, "No image waits", "No image waits"),
    "config approval": Row(ADMINS, "No images need approval"),
    "config strikes": Row(ADMINS, "Strikes are **off**"),
    "review blocked": Row(MODERATORS, f"<@{{{BLOCKED}}}> · permanently", "No one is blocked here"),
    "review audit": Row(MODERATORS, f"<@{{{ADMIN}}}>", "No settings have been changed"),
    "config show": Row(ADMINS, "What a member can generate"),
    "config limits": Row(ADMINS, "Saved"),
    "config budget": Row(ADMINS, "isn't an amount"),
    "config channels": Row(ADMINS, "need not be age-restricted"),
    "config language": Row(ADMINS, "Saved"),
    "config log": Row(ADMINS, "Saved"),
    "config retention": Row(ADMINS, "Saved"),
    "config feed": Row(ADMINS, "Saved"),
    "config words": Row(ADMINS, "No words in the list"),
    "config check": Row(ADMINS, "Permissions of the bot"),
}
MENUS: Mapping[str, Row] = {
    "Edit image": Row(MEMBERS, "menu-form:", Word.NO_PICTURE.value),
    "Image details": Row(MEMBERS, "**Requested by:**", Word.UNKNOWN.value),
}
#: Tried in test_complaints.py: who asked for the picture, of all, may not report it.
REPORT = "Report image"
#: Options whose values are suggested, and may be typed by hand as well.
SUGGESTED = {"edit source", "edit preset", "imagine preset", "review block duration"}


def of_kind(studio: Studio, kind: CommandKind) -> list[Command]:
    return [one for one in studio.world.commands.values() if one.kind is kind]


def place_of(who: str) -> str:
    return "lounge" if who in ELSEWHERE else "pictures"


@pytest.fixture
async def adas_picture(studio: Studio) -> Message:
    """Ada's, on a server that has set something and blocked somebody; now, admission lets nobody in."""
    message = await studio.imagine(OWNER, OPEN)
    ada = RuleSubject.member(studio.member_id(OWNER))
    by_admin = studio.guild_id(), studio.member_id(ADMIN)
    await studio.services.administration.set_limits(*by_admin, ada, {LimitField.PER_DAY: 50})
    await block(studio)
    studio.admission.error = ServicePaused()
    return message


async def test_every_command_has_a_row(studio: Studio) -> None:
    slash = [name for one in of_kind(studio, CommandKind.SLASH) for name, _ in subcommands(one)]
    assert sorted(slash) == sorted(SLASH)
    assert sorted(one.name for one in of_kind(studio, CommandKind.MESSAGE_MENU)) == sorted([*MENUS, REPORT])
    assert len(studio.world.commands) == len({name.split()[0] for name in SLASH}) + len([*MENUS, REPORT])
    suggested = {
        f"{name} {option['name']}"
        for one in of_kind(studio, CommandKind.SLASH)
        for name, options in subcommands(one)
        for option in options
        if option.get("autocomplete")
    }
    assert suggested == SUGGESTED


@pytest.mark.parametrize("name", SLASH)
async def test_who_may_use_a_command(studio: Studio, adas_picture: Message, name: str) -> None:
    row = SLASH[name]
    command = next(one for one in of_kind(studio, CommandKind.SLASH) if one.name == name.split(maxsplit=1)[0])
    for who in EVERYBODY:
        options = filled_in(studio, dict(subcommands(command))[name], who)
        if who not in row.offered_to:
            with pytest.raises(ClientRefusedError):
                studio.person(who).slash(place_of(who), name, **options)
            continue
        theirs = await remembered(studio, but=studio.guild_id("Harbour Club"))
        studio.admission.error = None if who == BLOCKED else ServicePaused()
        await check(studio, row, who, studio.person(who).slash(place_of(who), name, **options))
        if who in ELSEWHERE:
            assert await remembered(studio, but=studio.guild_id("Harbour Club")) == theirs


@pytest.mark.parametrize("name", MENUS)
async def test_who_may_use_a_menu(studio: Studio, adas_picture: Message, name: str) -> None:
    for who in EVERYBODY:
        person = studio.person(who)
        message = person.say("lounge", "hello") if who in ELSEWHERE else adas_picture
        await check(studio, MENUS[name], who, person.menu(message, name))


async def check(studio: Studio, row: Row, who: str, ask: Ask) -> None:
    told = await heard(studio, ask)
    if who == BLOCKED and row.proof == ASKED:
        assert word_of(told) is Word.BARRED, told
        return
    names = {user.username: user.id for user in studio.world.users.values()}
    proof = row.proof_elsewhere if who in ELSEWHERE else ""
    assert (proof or row.proof).format(**names) in told, (who, told)
    if who in ELSEWHERE:
        assert OPEN not in told


@pytest.mark.parametrize("is_private", [False, True])
async def test_only_its_owner_is_offered_a_picture_and_may_name_it(
    studio: Studio, *, is_private: bool
) -> None:
    number = number_of(await studio.imagine(OWNER, SECRET, private=is_private))
    studio.admission.error = ServicePaused()
    for who in EVERYBODY:
        person, place = studio.person(who), place_of(who)
        offered = [one.name for one in await person.autocomplete(place, "edit", "source", "")]
        assert [SECRET in name for name in offered] == ([True] if who == OWNER else []), who
        told = await heard(studio, person.slash(place, "edit", prompt="a hat", source=str(number)))
        if who == OWNER:
            assert ASKED in told
        else:
            assert word_of(told) is Word.UNKNOWN, who
            assert SECRET not in told


@pytest.mark.parametrize(
    "typed", ["-1", "0", "٣", "1.0", "1e3", " 2", "9" * 19, "9" * 6000, "1; drop table jobs"]
)
async def test_what_is_typed_for_a_source_is_a_picture_of_ones_own_or_unknown(
    studio: Studio, adas_picture: Message, typed: str
) -> None:
    studio.admission.error = None
    before = await remembered(studio)
    told = await heard(studio, studio.person(OWNER).slash("pictures", "edit", prompt="a hat", source=typed))
    assert word_of(told) is Word.UNKNOWN
    assert await remembered(studio) == before


async def test_moderators_read_prompts_of_private_pictures_but_see_none(studio: Studio) -> None:
    """They answer for what is made on their server; docs/commands.md says so to members."""
    await studio.imagine(OWNER, SECRET, private=True)
    ask = studio.person(MODERATOR).slash("pictures", "review member", who=studio.world.user(OWNER))
    told = await heard(studio, ask)
    assert SECRET in told
    assert "private" in told
    message = await ask.message()
    assert all("thumbnail" not in embed for embed in message.embeds)


def test_everybody_is_on_one_of_the_two_servers() -> None:
    assert (
        {*HERE, *ELSEWHERE}
        == {OWNER, MEMBER, BLOCKED, MODERATOR, ADMIN, STRANGER, FOREIGN_ADMIN}
        == set(EVERYBODY)
    )

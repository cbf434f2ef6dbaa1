"""Who may use a command by a server's choice, and that the stand-in works it out in the same way."""

import random
from collections.abc import Mapping

import discord
import pytest

from bot.chat.access.command_permissions import CommandPermissions, CommandUser, EntryKind
from standins.clock import VirtualClock
from standins.fake_discord.commands import offered, replace_commands
from standins.fake_discord.demo import demo_world
from standins.fake_discord.model import Guild
from standins.fake_discord.permission_rules import channel_permissions
from standins.fake_discord.wire_interactions import all_command_access_json
from standins.fake_discord.world import World

GUILD, APP, COMMAND, MEMBER, ROLE, OTHER_ROLE, CHANNEL = 1000, 1, 2, 3, 4, 5, 6
ME, ANY_OF_US, HERE, EVERYWHERE = (
    (EntryKind.MEMBER, MEMBER),
    (EntryKind.ROLE, GUILD),
    (EntryKind.CHANNEL, CHANNEL),
    (EntryKind.CHANNEL, GUILD - 1),
)
MINE, MINE_TOO, FOREIGN = (EntryKind.ROLE, ROLE), (EntryKind.ROLE, OTHER_ROLE), (EntryKind.ROLE, 99)
BY_DEFAULT = discord.Permissions(manage_messages=True)
MAY = discord.Permissions(use_application_commands=True)

Entries = Mapping[tuple[EntryKind, int], bool]


def lets(own: Entries, for_all: Entries = {}, *, permissions: discord.Permissions) -> bool:  # noqa: B006  never changed
    visitor = CommandUser(
        guild_id=GUILD,
        member_id=MEMBER,
        role_ids=frozenset({ROLE, OTHER_ROLE}),
        channel_id=CHANNEL,
        permissions=permissions,
    )
    return CommandPermissions(for_all, {COMMAND: own}).lets(visitor, COMMAND, BY_DEFAULT)


@pytest.mark.parametrize(
    ("own", "for_all", "moderator", "member"),
    [
        ({}, {}, True, False),
        ({ME: False}, {}, False, False),
        ({ME: True}, {}, True, True),
        ({MINE: False}, {}, False, False),
        ({MINE: False, MINE_TOO: True}, {}, True, True),
        ({ME: False, MINE: True}, {}, False, False),
        ({ME: True, MINE: False}, {}, True, True),
        ({FOREIGN: False}, {}, True, False),
        ({ANY_OF_US: False}, {}, False, False),
        ({ANY_OF_US: True}, {}, True, False),
        ({ANY_OF_US: False, MINE: True}, {}, True, True),
        ({HERE: False, ME: True}, {}, False, False),
        ({EVERYWHERE: False}, {}, False, False),
        ({EVERYWHERE: False, HERE: True}, {}, True, False),
        ({}, {ME: False}, False, False),
        ({ME: True}, {ME: False}, True, True),
        ({ANY_OF_US: True}, {MINE: False}, False, False),
        ({ANY_OF_US: True}, {ANY_OF_US: False}, True, False),
        ({}, {ANY_OF_US: False}, False, False),
        ({}, {ANY_OF_US: False, MINE: True}, True, False),
        ({}, {EVERYWHERE: False}, False, False),
        ({EVERYWHERE: True}, {HERE: False}, False, False),
        ({HERE: True}, {HERE: False}, True, False),
    ],
)
def test_what_a_server_has_chosen(own: Entries, for_all: Entries, *, moderator: bool, member: bool) -> None:
    assert lets(own, for_all, permissions=MAY | BY_DEFAULT) is moderator
    assert lets(own, for_all, permissions=MAY) is member
    assert lets(own, for_all, permissions=discord.Permissions(administrator=True))


def test_without_use_application_commands_nothing_helps() -> None:
    assert not lets({ME: True}, permissions=BY_DEFAULT)


@pytest.mark.parametrize("told", [[{}], [None], [{"id": "1", "permissions": [{"id": "1", "type": 7}]}], [[]]])
def test_what_is_not_of_discords_form_is_no_choice(told: list[object]) -> None:
    with pytest.raises((KeyError, TypeError, ValueError)):
        CommandPermissions.read(told, APP)


def test_the_stand_in_offers_what_the_bot_would_let_be_pressed() -> None:
    """Except where Discord's documentation is silent: there, the bot is the stricter one."""
    rng = random.Random(7)
    world = demo_world(VirtualClock())
    review = {"name": "review", "description": "x", "default_member_permissions": str(1 << 13)}
    replace_commands(world, None, [review])
    answers = [_compare(rng, world, world.guild("Lantern Studio")) for _ in range(400)]
    assert {True, False} == set(answers)


def _compare(rng: random.Random, world: World, guild: Guild) -> bool:
    member = rng.choice([*guild.members.values()])
    channel = rng.choice([*guild.channels.values()])
    permissions = int(channel_permissions(member, channel))
    ids = [*guild.roles, *guild.members, *guild.channels, guild.id - 1]
    for name in ("review", None):
        guild.command_access[name] = {one: rng.random() < 0.5 for one in rng.sample(ids, rng.randint(0, 6))}
    visitor = CommandUser(
        guild_id=guild.id,
        member_id=member.user.id,
        role_ids=frozenset(role.id for role in member.roles),
        channel_id=(channel.parent or channel).id,
        permissions=discord.Permissions(permissions),
    )
    command = next(iter(world.commands.values()))
    chosen = CommandPermissions.read(all_command_access_json(world, guild), world.app.id)
    answer = chosen.lets(visitor, command.id, BY_DEFAULT)
    is_offered = command in offered(world, member, channel)
    stricter = is_offered and not answer and any(guild.command_access[None].values())
    assert answer == is_offered or stricter, (member, channel, guild.command_access)
    return answer

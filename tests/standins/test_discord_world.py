"""The state behind the stand-in: ids, permissions, and the news of each change."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import discord
import pytest

from standins.clock import VirtualClock
from standins.fake_discord.demo import demo_world
from standins.fake_discord.events import MessageCreated, MessageDeleted, concerns
from standins.fake_discord.ids import Snowflakes, made_at
from standins.fake_discord.model import Message, Role
from standins.fake_discord.names import NameNotFoundError
from standins.fake_discord.permissions import EVERYONE, Permissions
from standins.fake_discord.person import Person
from standins.fake_discord.world import World

NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)


@pytest.fixture
def world() -> World:
    return demo_world(VirtualClock(NOON, speed=0))


def role(world: World, name: str) -> Role:
    return next(one for one in world.guild("Lantern Studio").roles.values() if one.name == name)


def test_snowflakes_carry_their_time_and_grow() -> None:
    clock = VirtualClock(NOON, speed=0)
    snowflakes = Snowflakes(clock)
    ids = [snowflakes.next() for _ in range(3)]
    clock.pass_by(1)
    ids.append(snowflakes.next())
    assert ids == sorted(set(ids))
    assert discord.utils.snowflake_time(ids[0]) == NOON
    assert (made_at(ids[0]), made_at(ids[-1])) == (NOON, NOON + timedelta(seconds=1))


def test_time_does_not_run_backwards() -> None:
    with pytest.raises(ValueError, match="backwards"):
        VirtualClock(NOON, speed=0).pass_by(-1)


def test_permissions_add_up_as_on_discord(world: World) -> None:
    channel, ben = world.channel("pictures"), world.user("ben")
    everyone, artist = role(world, "@everyone"), role(world, "Artist")
    assert world.permissions(ben, channel) == EVERYONE
    world.set_overwrite(channel, everyone, deny=Permissions.SEND_MESSAGES | Permissions.ATTACH_FILES)
    assert Permissions.SEND_MESSAGES not in world.permissions(ben, channel)
    world.set_overwrite(channel, artist, allow=Permissions.SEND_MESSAGES)
    assert Permissions.SEND_MESSAGES in world.permissions(ben, channel)
    assert Permissions.SEND_MESSAGES not in world.permissions(world.user("ada"), channel)
    world.set_overwrite(channel, ben, deny=Permissions.SEND_MESSAGES)
    assert Permissions.SEND_MESSAGES not in world.permissions(ben, channel)
    thread = world.channel("night scenes")
    assert Permissions.ATTACH_FILES not in world.permissions(ben, thread)
    world.set_overwrite(channel, ben)
    assert Permissions.SEND_MESSAGES in world.permissions(ben, channel)


def test_the_bits_are_discords() -> None:
    named = {one.name: int(one) for one in Permissions if one.name}
    renamed = {"USE_EXTERNAL_EMOJIS": "external_emojis"}
    theirs = discord.Permissions.VALID_FLAGS
    assert named == {name: theirs[renamed.get(name, name.lower())] for name in named}


def test_nobody_takes_anything_from_owners_and_administrators(world: World) -> None:
    channel = world.channel("pictures")
    world.set_overwrite(channel, role(world, "@everyone"), deny=Permissions.VIEW_CHANNEL)
    assert world.permissions(world.user("ada"), channel) == Permissions.NONE
    assert world.permissions(world.user("otto"), channel) == Permissions.ALL
    ada = channel.guild.members[world.user("ada").id]
    world.set_roles(ada, role(world, "Admin"))
    assert world.permissions(ada.user, channel) == Permissions.ALL
    assert world.permissions(world.user("zoe"), channel) == Permissions.NONE


def test_names_must_be_clear(world: World) -> None:
    world.add_channel(world.guild("Harbour Club"), "pictures")
    with pytest.raises(NameNotFoundError):
        world.channel("pictures")
    assert world.channel("Harbour Club/#pictures").guild.name == "Harbour Club"
    assert Person(world, "zoe").messages("#pictures") == []
    with pytest.raises(NameNotFoundError):
        world.user("nobody")


def test_listeners_hear_of_each_change_until_they_leave(world: World) -> None:
    heard: list[object] = []
    leave = world.subscribe(heard.append)
    ada = Person(world, "ada")
    said = ada.say("pictures", "x")
    ada.delete(said)
    leave()
    ada.say("pictures", "y")
    assert heard == [MessageCreated(said), MessageDeleted(said)]


def test_an_ephemeral_message_concerns_one_person(world: World) -> None:
    ada, ben = world.user("ada"), world.user("ben")
    channel = world.channel("pictures")
    message = Message(world.snowflakes.next(), channel, world.app.user, NOON, viewer=ada)
    assert (concerns(MessageCreated(message), ada), concerns(MessageCreated(message), ben)) == (True, False)
    assert (world.can_see(ada, message), world.can_see(ben, message)) == (True, False)

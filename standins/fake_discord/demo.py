"""The world that the sandbox opens with: two servers, eight people, one application."""

from __future__ import annotations

from datetime import datetime

from standins.clock import Clock
from standins.fake_discord.model import Guild
from standins.fake_discord.permissions import Permissions
from standins.fake_discord.world import DEFAULT_TOKEN, World

_MODERATOR = Permissions.MANAGE_MESSAGES | Permissions.MODERATE_MEMBERS


def demo_world(
    clock: Clock, *, token: str = DEFAULT_TOKEN, began_at: datetime | None = None, after: int = 0
) -> World:
    """Build "Lantern Studio" and "Harbour Club".

    Lantern Studio: #pictures with the thread "night scenes", #general, #after-dark (age-restricted);
    ada (member), ben (Artist), mia (Moderator), otto (Admin and owner), and with no permissions of their own
    rex (Troublemaker) and nora (Reporter). Harbour Club: #lounge; zoe (member), max (Moderator and owner).

    Worlds with the same `began_at` have the same ids; whatever comes later gets ids above `after`.
    """
    world = World(clock, token=token, began_at=began_at)
    studio = _lantern_studio(world)
    _harbour_club(world)
    _who_tries_moderation(world, studio)  # last, so that all others keep their ids
    world.snowflakes.go_on(after)
    return world


def _lantern_studio(world: World) -> Guild:
    otto = world.add_user("otto", "Otto")
    guild = world.add_guild("Lantern Studio", otto)
    pictures = world.add_channel(guild, "pictures", topic="Ask for a picture with /imagine")
    world.add_channel(guild, "general")
    world.add_channel(guild, "after-dark", age_restricted=True)
    world.add_thread(pictures, "night scenes")
    artist = world.add_role(guild, "Artist", Permissions.NONE, color=0xE67E22)
    moderator = world.add_role(guild, "Moderator", _MODERATOR, color=0x3498DB)
    admin = world.add_role(guild, "Admin", Permissions.ADMINISTRATOR, color=0xE74C3C)
    world.add_member(guild, world.add_user("ada", "Ada"))
    world.add_member(guild, world.add_user("ben", "Ben"), artist)
    world.add_member(guild, world.add_user("mia", "Mia"), moderator)
    world.add_member(guild, otto, admin)
    return guild


def _who_tries_moderation(world: World, guild: Guild) -> None:
    """Add one who asks for what is not allowed, and one who reports it."""
    for name, role_name, color in (("rex", "Troublemaker", 0x7F8C8D), ("nora", "Reporter", 0x9B59B6)):
        role = world.add_role(guild, role_name, Permissions.NONE, color=color)
        world.add_member(guild, world.add_user(name, name.capitalize()), role)


def _harbour_club(world: World) -> None:
    harbour_master = world.add_user("max", "Max")
    guild = world.add_guild("Harbour Club", harbour_master)
    world.add_channel(guild, "lounge")
    moderator = world.add_role(guild, "Moderator", _MODERATOR, color=0x1ABC9C)
    world.add_member(guild, harbour_master, moderator)
    world.add_member(guild, world.add_user("zoe", "Zoe"))

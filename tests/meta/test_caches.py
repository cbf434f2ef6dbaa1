"""Nothing that decides at a door comes from discord.py's caches, which may be empty."""

import ast
from collections.abc import Iterator

import pytest

from tests.meta.checkout import place, python_files, tree

#: Attributes that discord.py fills from its caches, and what to read in their place.
CACHED = {
    **dict.fromkeys(("roles", "top_role", "get_role", "default_role"), "payload.roles_of, or servers"),
    **dict.fromkeys(("guild_permissions", "permissions_for", "resolved_permissions"), "servers"),
    **dict.fromkeys(("get_channel", "get_channel_or_thread", "get_thread", "category"), "servers"),
    **dict.fromkeys(("TextChannel", "VoiceChannel", "ForumChannel", "StageChannel"), "offered, or servers"),
    **dict.fromkeys(("get_guild", "guilds", "get_member", "me", "premium_tier"), "servers"),
}
#: The one module that reads an interaction's own channel.
PAYLOAD = "bot/chat/incoming/payload.py"
#: Looks up nothing but names for the words of a prompt; what is not in the cache stays without one.
NAMES_ONLY = "bot/chat/incoming/mentions.py"
#: Looks through the servers for commands that are there twice; nothing is decided at a door.
REGISTRATION = "bot/chat/commands/registration.py"
#: Knows categories of characters, and nothing of Discord.
TEXT = "bot/chat/incoming/text.py"


def cached_uses(module: ast.Module, *, is_payload: bool = False) -> Iterator[str]:
    """Uses of what may be missing: of a guild, no more than its id; of an interaction, not its channel."""
    inner = {node.value: node for node in ast.walk(module) if isinstance(node, ast.Attribute)}
    for node in ast.walk(module):
        if not isinstance(node, ast.Attribute):
            continue
        owner = ast.unparse(node.value)
        if node.attr in CACHED and owner.rpartition(".")[2] != "http":
            yield f"{owner}.{node.attr}: read {CACHED[node.attr]}"
        if node.attr == "guild" and not _is_only_its_id(inner.get(node)) and not is_payload:
            yield f"{owner}.guild: read guild_id, or servers"
        if node.attr == "parent" and owner.rpartition(".")[2] in ("channel", "thread"):
            yield f"{owner}.parent: read parent_id"
        if node.attr == "channel" and owner.endswith("interaction") and not is_payload:
            yield f"{owner}.channel: read channel_id, or payload"


def _is_only_its_id(outer: ast.Attribute | None) -> bool:
    return outer is not None and outer.attr == "id"


def test_no_door_asks_discord_pys_caches() -> None:
    found = [
        f"{place(path)}: {use}"
        for path in python_files("bot/chat")
        if "presenter" not in path.parts and place(path) not in (NAMES_ONLY, REGISTRATION, TEXT)
        for use in cached_uses(tree(path), is_payload=place(path) == PAYLOAD)
    ]
    assert found == []


@pytest.mark.parametrize(
    "source",
    [
        "ids = [role.id for role in interaction.user.roles]",
        "guild = interaction.guild",
        "limit = message.guild.filesize_limit",
        "allowed = channel.permissions_for(member)",
        "me = guild.me",
        "channel = client.get_channel(7)",
        "kind = interaction.channel",
        "above = thread.parent",
        "async def log(interaction, channel: discord.TextChannel): ...",
    ],
)
def test_a_look_into_a_cache_is_found(source: str) -> None:
    assert len(list(cached_uses(ast.parse(source)))) == 1


def test_what_comes_with_the_payload_is_left_alone() -> None:
    source = """
guild_id = message.guild.id
allowed = interaction.permissions
told = await client.http.get_member(guild_id, member_id)
place = interaction.channel_id, message.channel.id
"""
    assert list(cached_uses(ast.parse(source))) == []

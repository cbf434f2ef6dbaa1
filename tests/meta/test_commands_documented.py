"""docs/commands.md describes every command that is registered, with every option, and no others."""

import re
from typing import Any, cast

import discord
import pytest
from discord import app_commands

from bot.chat.access.permission_checks import RestrictedCommand
from bot.chat.commands.command_list import add_commands
from bot.chat.commands.restricted_group import RestrictedGroup
from bot.chat.responses.context import Context
from tests.meta.checkout import ROOT

COMMANDS = ROOT / "docs" / "commands.md"
#: Discord's number for a subcommand.
SUB_COMMAND = 1


def registered() -> dict[str, dict[str, bool]]:
    """Each command's options by its full name, with whether they are required; nothing asks the network."""
    tree = app_commands.CommandTree(discord.Client(intents=discord.Intents.none()))
    add_commands(
        tree, cast("Context", None), offers_max=True
    )  # commands are built without it, and used with it
    found: dict[str, dict[str, bool]] = {}
    for command in tree.get_commands():
        add_options(found, command.to_dict(tree))
    return found


def add_options(found: dict[str, dict[str, bool]], definition: dict[str, Any]) -> None:
    options = definition.get("options", [])
    subcommands = [one for one in options if one["type"] == SUB_COMMAND]
    for one in subcommands:
        found[f"/{definition['name']} {one['name']}"] = required(one)
    if not subcommands:
        is_menu = definition["type"] != 1
        found[definition["name"] if is_menu else f"/{definition['name']}"] = required(definition)


def required(definition: dict[str, Any]) -> dict[str, bool]:
    return {one["name"]: bool(one.get("required")) for one in definition.get("options", [])}


def documented() -> dict[str, dict[str, bool]]:
    """The same, by the headings and tables of the document."""
    found: dict[str, dict[str, bool]] = {}
    for section in re.split(r"^### ", COMMANDS.read_text(), flags=re.MULTILINE)[1:]:
        (name,) = re.findall(r"\A`(.+)`$", section, re.MULTILINE)
        rows = re.findall(r"^\| `(\w+)` \| (.+) \|$", section, re.MULTILINE)
        found[name] = {option: "Required" in words for option, words in rows}
    return found


def test_every_command_is_documented_with_its_options() -> None:
    assert documented() == registered()


@pytest.mark.parametrize(
    ("heading", "restricted"),
    [("moderators", RestrictedCommand.REVIEW), ("admins", RestrictedCommand.CONFIG)],
)
def test_the_default_permissions_are_documented(heading: str, restricted: RestrictedCommand) -> None:
    section = COMMANDS.read_text().partition(f"## For {heading}")[2]
    (name,) = re.findall(r"^Default permission: \*\*(.+)\*\*", section, re.MULTILINE)[:1]
    assert name.replace("Server", "Guild").lower().replace(" ", "_") == restricted.value


def test_every_command_that_not_everyone_may_use_notes_its_uses() -> None:
    """Its users may then press the buttons of its answers, even where the server's choice cannot be read."""
    tree = app_commands.CommandTree(discord.Client(intents=discord.Intents.none()))
    add_commands(tree, cast("Context", None), offers_max=True)
    restricted = [one for one in tree.get_commands() if getattr(one, "default_permissions", None) is not None]
    assert all(isinstance(one, RestrictedGroup) for one in restricted)
    assert {one.name for one in restricted} == {one.command for one in RestrictedCommand}


def test_every_example_uses_options_that_exist() -> None:
    options = registered()
    examples = re.findall(r"`(/[a-z]+(?: [a-z]+)?) ([a-z_]+:[^`]+)`", COMMANDS.read_text())
    assert len(examples) >= 6
    for name, written in examples:
        used = re.findall(r"(?:^|\s)([a-z_]+):(?=\S)", written)
        assert set(used) <= options[name].keys(), name

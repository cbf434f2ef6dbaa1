"""Texts of commands that are empty or blank, as only tampered clients send them: each is answered at once."""

from collections.abc import Iterable, Mapping
from typing import Any

import pytest

from standins.fake_discord.asks import Ask
from standins.fake_discord.interactions import open_interaction
from standins.fake_discord.model import Command, CommandKind, InteractionKind, Json
from standins.fake_discord.options import command_data
from standins.fake_discord.resolved import Resolved
from tests.chat.onlookers import ADMIN, heard
from tests.chat.studio import Studio
from tests.chat.test_every_door import STRING, filled_in, subcommands
from tests.chat.test_forged_ids import unforeseen

Options = list[dict[str, Any]]


def use(studio: Studio, command: Command, name: str, given: Mapping[str, Any], blank: str) -> Ask:
    """Use the command with the text "x" left blank."""
    user, place = studio.world.user(ADMIN), studio.world.channel("pictures")
    data = command_data(command, name.split()[1:], given, Resolved(studio.world, place, user))
    _leave_blank(data.get("options") or [], blank)
    kind = InteractionKind.COMMAND
    return Ask(studio.world, open_interaction(studio.world, kind, place, user, data, command_name=name))


def _leave_blank(options: Iterable[Json], blank: str) -> None:
    for option in options:
        if option.get("value") == "x":
            option["value"] = blank
        _leave_blank(option.get("options") or [], blank)


def each_text(studio: Studio, options: Options) -> list[dict[str, Any]]:
    """For each text of a command that is not chosen from a list: what to fill in, with "x" for the text."""
    filled = filled_in(studio, options)
    if "duration" in filled:
        filled["duration"] = "1 day"
    texts = [one["name"] for one in options if one["type"] == STRING and not one.get("choices")]
    return [filled | {text: "x"} for text in texts]


@pytest.mark.parametrize("blank", ["", " \n", "\u200b", "\u3164"])
async def test_each_command_is_answered_whatever_text_is_blank(studio: Studio, blank: str) -> None:
    asked = 0
    for command in [one for one in studio.world.commands.values() if one.kind is CommandKind.SLASH]:
        for name, options in subcommands(command):
            for given in each_text(studio, options):
                told = await heard(studio, use(studio, command, name, given, blank))
                assert told.strip(), name
                asked += 1
    assert asked >= 10
    assert unforeseen(studio) == 0

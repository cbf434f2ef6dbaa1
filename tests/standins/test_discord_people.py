"""What Discord's client lets people do, and what it shows them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import discord
import pytest

from standins.changes import ConditionNotMetError
from standins.clock import VirtualClock
from standins.fake_discord.asks import Ask, ClientRefusedError
from standins.fake_discord.files import MIB
from standins.fake_discord.model import Command
from standins.fake_discord.names import NameNotFoundError
from standins.fake_discord.permissions import Permissions
from standins.fake_discord.person import Person, Upload
from tests.standins.little_bot import png
from tests.standins.raw_client import ECHO, RawClient

PAINT = {
    "name": "paint",
    "description": "Paint",
    "options": [
        {"name": "prompt", "description": "d", "type": 3, "required": True, "max_length": 10},
        {"name": "ratio", "description": "d", "type": 3, "choices": [{"name": "Square", "value": "1:1"}]},
        {"name": "count", "description": "d", "type": 4, "min_value": 1, "max_value": 4},
        {"name": "private", "description": "d", "type": 5},
        {"name": "image", "description": "d", "type": 11},
        {"name": "role", "description": "d", "type": 8},
        {"name": "source", "description": "d", "type": 3, "autocomplete": True},
    ],
}
REVIEW = {
    "name": "review",
    "description": "Review",
    "default_member_permissions": int(Permissions.MANAGE_MESSAGES),
    "options": [{"name": "usage", "description": "d", "type": 1}],
}
NOBODY = {"name": "secret", "description": "d", "default_member_permissions": 0}
LATE = {"name": "late", "description": "d", "nsfw": True}
DIRECT = {"name": "direct", "description": "d", "contexts": [1]}
MENU = {"name": "Edit image", "type": 3}
SELECT = {
    "type": 3,
    "custom_id": "s",
    "placeholder": "Style",
    "max_values": 2,
    "options": [
        {"label": "Auto", "value": "a"},
        {"label": "Manga", "value": "m"},
        {"label": "C", "value": "c"},
    ],
}
BUTTONS = [
    {
        "type": 1,
        "components": [
            {"type": 2, "style": 1, "label": "Go", "custom_id": "go"},
            {"type": 2, "style": 1, "label": "Off", "custom_id": "off", "disabled": True},
            {"type": 2, "style": 5, "label": "Link", "url": "https://example.invalid/"},
        ],
    },
    {"type": 1, "components": [SELECT]},
]
FIELDS = [
    {
        "type": 18,
        "label": "Prompt",
        "component": {"type": 4, "custom_id": "p", "style": 2, "max_length": 5, "min_length": 2},
    },
    {"type": 18, "label": "Note", "component": {"type": 4, "custom_id": "n", "style": 1, "required": False}},
    {"type": 18, "label": "Files", "component": {"type": 19, "custom_id": "f", "max_values": 2}},
    {"type": 18, "label": "Style", "component": SELECT | {"required": False}},
]


@pytest.fixture
async def ada(raw: RawClient) -> Person:
    """A member, with many commands registered."""
    answered = await raw.register(ECHO, PAINT, REVIEW, NOBODY, LATE, DIRECT, MENU)
    assert answered.status == 200, answered.body
    return Person(raw.fake.world, "ada")


def options(ask: Ask) -> dict[str, Any]:
    return {one["name"]: one["value"] for one in ask.interaction.data["options"]}


def named(commands: list[Command]) -> list[str]:
    return [one.name for one in commands]


async def test_options_are_sent_as_the_client_sends_them(raw: RawClient, ada: Person) -> None:
    artist = next(
        one for one in raw.fake.world.guild("Lantern Studio").roles.values() if one.name == "Artist"
    )
    image = Upload("cat.png", png())
    ask = ada.slash("pictures", "paint", prompt="a cat", ratio="Square", count=2, image=image, role=artist)
    sent = options(ask)
    assert (sent["ratio"], sent["count"], sent["role"]) == ("1:1", 2, str(artist.id))
    resolved = ask.interaction.data["resolved"]
    assert resolved["attachments"][sent["image"]]["filename"] == "cat.png"
    assert resolved["attachments"][sent["image"]]["ephemeral"] is True
    assert resolved["roles"][str(artist.id)]["name"] == "Artist"


@pytest.mark.parametrize(
    ("given", "what"),
    [
        ({}, "prompt"),
        ({"prompt": ""}, "prompt"),
        ({"prompt": "x" * 11}, "prompt"),
        ({"prompt": 5}, "prompt"),
        ({"prompt": "x", "ratio": "4:3"}, "ratio"),
        ({"prompt": "x", "count": 0}, "count"),
        ({"prompt": "x", "count": 5}, "count"),
        ({"prompt": "x", "count": True}, "count"),
        ({"prompt": "x", "private": "yes"}, "private"),
        ({"prompt": "x", "image": "cat.png"}, "image"),
        ({"prompt": "x", "image": Upload("large.png", bytes(10 * MIB + 1))}, "large.png"),
        ({"prompt": "x", "unknown": "y"}, "unknown"),
    ],
)
async def test_the_client_refuses_options_that_do_not_fit(
    raw: RawClient, ada: Person, given: dict[str, Any], what: str
) -> None:
    with pytest.raises(ClientRefusedError) as refused:
        ada.slash("pictures", "paint", **given)
    assert refused.value.what == what
    assert raw.fake.world.interactions == {}


async def test_only_options_with_autocomplete_have_it(ada: Person) -> None:
    with pytest.raises(ClientRefusedError):
        await ada.autocomplete("pictures", "paint", "prompt", "x")


async def test_a_subcommand_must_be_named_and_exist(raw: RawClient, ada: Person) -> None:
    mia = Person(raw.fake.world, "mia")
    assert mia.slash("pictures", "review usage").interaction.data["options"][0]["name"] == "usage"
    for name in ("review", "review other"):
        with pytest.raises(ClientRefusedError):
            mia.slash("pictures", name)


async def test_commands_are_offered_to_those_who_may_use_them(raw: RawClient, ada: Person) -> None:
    world = raw.fake.world
    everywhere = ["echo", "paint", "Edit image"]
    assert named(ada.commands("pictures")) == everywhere
    assert named(ada.commands("after-dark")) == ["echo", "paint", "late", "Edit image"]
    assert named(Person(world, "mia").commands("pictures")) == ["echo", "paint", "review", "Edit image"]
    otto = named(Person(world, "otto").commands("pictures"))
    assert otto == ["echo", "paint", "review", "secret", "Edit image"]
    with pytest.raises(ClientRefusedError):
        ada.slash("pictures", "review usage")


async def test_admins_choose_who_uses_a_command(raw: RawClient, ada: Person) -> None:
    guild = raw.fake.world.guild("Lantern Studio")
    artist = next(one for one in guild.roles.values() if one.name == "Artist")
    guild.command_access = {"review": {artist.id: True}, "echo": {guild.id: False, ada.user.id: True}}
    ben = Person(raw.fake.world, "ben")
    assert named(ben.commands("pictures")) == ["paint", "review", "Edit image"]
    assert named(ada.commands("pictures")) == ["echo", "paint", "Edit image"]


async def test_without_the_permission_there_are_no_commands(raw: RawClient, ada: Person) -> None:
    pictures = raw.fake.world.channel("pictures")
    raw.fake.world.set_overwrite(pictures, ada.user, deny=Permissions.USE_APPLICATION_COMMANDS)
    assert ada.commands(pictures) == []


async def test_people_see_their_own_guilds_and_channels(raw: RawClient) -> None:
    world = raw.fake.world
    ada, zoe = Person(world, "ada"), Person(world, "zoe")
    assert [one.name for one in ada.channels()] == ["pictures", "night scenes", "general", "after-dark"]
    assert [one.name for one in zoe.channels()] == ["lounge"]
    with pytest.raises(ClientRefusedError):
        zoe.say(world.channel("pictures"), "hello")
    with pytest.raises(NameNotFoundError):
        zoe.say("pictures", "hello")
    world.set_overwrite(world.channel("general"), ada.user, deny=Permissions.VIEW_CHANNEL)
    assert "general" not in [one.name for one in ada.channels()]


async def test_messages_are_paged_and_ephemeral_ones_are_for_one_person(raw: RawClient) -> None:
    world = raw.fake.world
    ada, ben = Person(world, "ada"), Person(world, "ben")
    said = [ada.say("pictures", str(number)) for number in range(4)]
    ask = ada.slash("pictures", "echo")
    await raw.callback(ask, 4, {"content": "for ada", "flags": 64})
    secret = await ask.message()
    assert ada.messages("pictures", limit=3) == [*said[2:], secret]
    assert ben.messages("pictures", limit=3) == said[1:]
    assert ben.messages("pictures", limit=2, before=said[2]) == said[:2]
    ada.delete(secret)
    assert ada.messages("pictures", limit=1) == said[3:]
    assert (await raw.edit_by_token(ask.interaction, {"content": "gone"})).code == 10008


async def test_people_write_mention_reply_edit_and_delete(raw: RawClient) -> None:
    world = raw.fake.world
    ada, ben, mia = (Person(world, name) for name in ("ada", "ben", "mia"))
    said = ada.say("pictures", "@ben and @Lantern, mail me@ben.invalid")
    assert said.content == f"{ben.user.mention} and {world.app.user.mention}, mail me@ben.invalid"
    assert {one.username for one in said.mentions} == {"ben", "lantern"}
    assert ben.say("pictures", "yes", reply_to=said).mentions == [ada.user]
    assert ben.say("pictures", "yes", reply_to=said, pings_author=False).mentions == []
    ada.edit(said, "never mind")
    assert (said.content, said.edited_at is None) == ("never mind", False)
    with pytest.raises(ClientRefusedError):
        ben.edit(said, "x")
    with pytest.raises(ClientRefusedError):
        ben.delete(said)
    mia.delete(said)
    assert said.is_deleted


async def test_a_reply_to_the_answer_of_a_command_mentions_nobody(raw: RawClient) -> None:
    ada = Person(raw.fake.world, "ada")
    ask = ada.slash("pictures", "echo")
    await raw.callback(ask, 4, {"content": "result"})
    assert ada.say("pictures", "nice", reply_to=await ask.message()).mentions == []


@pytest.mark.parametrize(
    "act",
    [
        lambda ada: ada.say("pictures", "  "),
        lambda ada: ada.say("pictures", "x" * 2001),
        lambda ada: ada.say("pictures", "x", files=[Upload("a.png", b"x")] * 11),
        lambda ada: ada.say("pictures", "x", files=[Upload("a.png", bytes(10 * MIB + 1))]),
    ],
)
async def test_the_client_refuses_messages_that_do_not_fit(
    raw: RawClient, act: Callable[[Person], object]
) -> None:
    with pytest.raises(ClientRefusedError):
        act(Person(raw.fake.world, "ada"))


async def test_writing_takes_permissions(raw: RawClient) -> None:
    world = raw.fake.world
    ada, pictures = Person(world, "ada"), world.channel("pictures")
    world.set_overwrite(pictures, ada.user, deny=Permissions.ATTACH_FILES)
    with pytest.raises(ClientRefusedError):
        ada.say(pictures, "x", files=[Upload("a.png", b"x")])
    world.set_overwrite(pictures, ada.user, deny=Permissions.SEND_MESSAGES)
    with pytest.raises(ClientRefusedError):
        ada.say(pictures, "x")
    assert ada.say("night scenes", "x").channel.parent is pictures


async def test_buttons_and_menus_work_as_far_as_they_are_there(raw: RawClient) -> None:
    ada = Person(raw.fake.world, "ada")
    ask = ada.slash("pictures", "echo")
    await raw.callback(ask, 4, {"content": "x", "components": BUTTONS})
    message = await ask.message()
    assert ada.press(message, "Go").interaction.data["custom_id"] == "go"
    assert ada.choose(message, "s", ["Manga", "c"]).interaction.data["values"] == ["m", "c"]
    for button in ("off", "Link", "none", "Style"):
        with pytest.raises(ClientRefusedError):
            ada.press(message, button)
    for values in ([], ["Auto", "Manga", "C"], ["unknown"]):
        with pytest.raises(ClientRefusedError):
            ada.choose(message, "Style", values)
    raw.fake.world.delete_message(message)
    with pytest.raises(ClientRefusedError):
        ada.press(message, "Go")


async def test_ephemeral_messages_have_no_menu_and_nobody_else_presses_their_buttons(raw: RawClient) -> None:
    world = raw.fake.world
    ask = Person(world, "ada").slash("pictures", "echo")
    await raw.callback(ask, 4, {"content": "x", "components": BUTTONS, "flags": 64})
    message = await ask.message()
    with pytest.raises(ClientRefusedError):
        Person(world, "ada").menu(message, "Edit image")
    with pytest.raises(ClientRefusedError):
        Person(world, "ben").press(message, "Go")


async def test_a_modal_is_filled_in_by_labels_and_ids(raw: RawClient) -> None:
    ada = Person(raw.fake.world, "ada")
    ask = ada.slash("pictures", "echo")
    opened = await raw.callback(ask, 9, {"custom_id": "m", "title": "T", "components": FIELDS})
    assert opened.status == 200, opened.body
    modal = await ask.modal()
    assert [(one.label, one.custom_id) for one in modal.fields()][:2] == [("Prompt", "p"), ("Note", "n")]
    files = [Upload("a.png", png()), Upload("b.png", png())]
    data = ada.submit(modal, {"p": "night", "Files": files, "Style": ["Manga"]}).interaction.data
    parts = [one["component"] for one in data["components"]]
    assert [parts[0]["value"], parts[1]["value"], parts[3]["values"]] == ["night", "", ["m"]]
    uploaded = [data["resolved"]["attachments"][one]["filename"] for one in parts[2]["values"]]
    assert uploaded == ["a.png", "b.png"]


async def test_choices_in_a_modal_are_sent_by_value(raw: RawClient) -> None:
    two = [{"label": "Day", "value": "d"}, {"label": "Night", "value": "n"}]
    kinds = discord.ComponentType
    inputs = [
        {"type": kinds.radio_group.value, "custom_id": "when", "options": two},
        {"type": kinds.checkbox_group.value, "custom_id": "both", "options": two, "required": False},
        {"type": kinds.checkbox.value, "custom_id": "sure"},
    ]
    rows: list[dict[str, Any]] = [{"type": 10, "content": "Choose"}]
    rows += [{"type": 18, "label": one["custom_id"], "component": one} for one in inputs]
    ada = Person(raw.fake.world, "ada")
    ask = ada.slash("pictures", "echo")
    await raw.callback(ask, 9, {"custom_id": "m", "title": "T", "components": rows})
    modal = await ask.modal()
    sent = ada.submit(modal, {"when": "Night", "both": ["Day", "n"], "sure": True}).interaction.data
    parts = [row["component"] for row in sent["components"][1:]]
    assert [parts[0]["value"], parts[1]["values"], parts[2]["value"]] == ["n", ["d", "n"], True]
    with pytest.raises(ClientRefusedError):
        ada.submit(modal, {"sure": True})


@pytest.mark.parametrize(
    ("values", "what"),
    [
        ({"Files": Upload("a.png", b"x")}, "Prompt"),
        ({"Prompt": "x" * 6, "Files": Upload("a.png", b"x")}, "Prompt"),
        ({"Prompt": "x", "Files": Upload("a.png", b"x")}, "Prompt"),
        ({"Prompt": "xy"}, "Files"),
        ({"Prompt": "xy", "Files": [Upload("a.png", b"x")] * 3}, "Files"),
        ({"Prompt": "xxxxx", "Files": Upload("a.png", b"x"), "Style": ["Unknown"]}, "Style"),
        ({"Prompt": "xxxxx", "Files": Upload("a.png", b"x"), "Other": "x"}, "Other"),
    ],
)
async def test_the_client_refuses_a_modal_that_is_not_filled_in(
    raw: RawClient, values: dict[str, Any], what: str
) -> None:
    ada = Person(raw.fake.world, "ada")
    ask = ada.slash("pictures", "echo")
    await raw.callback(ask, 9, {"custom_id": "m", "title": "T", "components": FIELDS})
    with pytest.raises(ClientRefusedError) as refused:
        ada.submit(await ask.modal(), values)
    assert refused.value.what == what


async def test_waiting_ends_with_the_condition_or_the_time_or_an_error(raw: RawClient) -> None:
    world = raw.fake.world
    with pytest.raises(ConditionNotMetError):
        await world.until(lambda _: None, within_seconds=0.01)
    with pytest.raises(ZeroDivisionError):
        await world.until(lambda w: len(w.users) // 0)
    assert await world.until(lambda w: w.guilds) is world.guilds


async def test_a_fast_clock_does_not_jump_when_its_speed_changes() -> None:
    clock = VirtualClock(speed=1000)
    started = clock.now()
    while (clock.now() - started).total_seconds() < 1:
        pass
    fast = clock.now()
    clock.speed = 1
    assert 0 <= (clock.now() - fast).total_seconds() < 1
    with pytest.raises(ValueError, match="speed"):
        clock.speed = 0

"""What Discord refuses although its description is blind to it: 400, code 50035, field by field."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from standins.fake_discord.asks import Ask, NoResponseError
from standins.fake_discord.person import Person
from tests.standins.raw_client import RawClient

EM = {"title": "t"}


def button(custom_id: str | None = "b", **more: Any) -> dict[str, Any]:
    return {"type": 2, "style": 1, "label": "Go", "custom_id": custom_id} | more


def row(*parts: dict[str, Any]) -> dict[str, Any]:
    return {"type": 1, "components": list(parts)}


def select(*values: str, **more: Any) -> dict[str, Any]:
    options = [{"label": value, "value": value} for value in values]
    return {"type": 3, "custom_id": "s", "options": options} | more


def label(component: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": 18, "label": "Label", "component": component} | more


def text_input(custom_id: str = "t", **more: Any) -> dict[str, Any]:
    return {"type": 4, "custom_id": custom_id, "style": 1} | more


def option(name: str = "one", **more: Any) -> dict[str, Any]:
    return {"name": name, "description": "d", "type": 3} | more


def command(*options: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"name": "paint", "description": "d", "options": list(options)} | more


LONG_CHOICES = [{"name": "x" * 100, "value": "x" * 100}] * 4
LARGE_EMBED = {"description": "x" * 3001}
FIVE = [row(*(button(f"{y}{x}") for x in range(5))) for y in range(5)]

GOOD_MESSAGES: list[dict[str, Any]] = [
    {"content": "x" * 2000},
    {"embeds": [{"description": "x" * 4096}, {"description": "x" * 1904}]},
    {"embeds": [EM] * 10},
    {"content": "x", "components": FIVE},
    {"content": "x", "components": [row({"type": 2, "style": 5, "label": "x", "url": "https://x.invalid/"})]},
    {"content": "x", "components": [row(button(label=None, emoji={"name": "x"})), row(select("a", "b"))]},
    {"content": "x", "flags": 4, "nonce": 12},
]

BAD_MESSAGES: list[tuple[dict[str, Any], tuple[str | int, ...], str]] = [
    ({"content": "x" * 2001}, ("content",), "BASE_TYPE_MAX_LENGTH"),
    ({"content": 5}, ("content",), "STRING_TYPE_CONVERT"),
    ({"content": "x", "nonce": "x" * 26}, ("nonce",), "BASE_TYPE_MAX_LENGTH"),
    ({"content": "x", "flags": 64 | 1 << 20}, ("flags",), "MESSAGE_FLAGS_INVALID"),
    ({"content": "x", "flags": 1 << 15}, ("flags",), "UNSUPPORTED"),
    ({"embeds": [LARGE_EMBED, LARGE_EMBED]}, ("embeds",), "MAX_EMBED_SIZE_EXCEEDED"),
    ({"embeds": [EM] * 11}, ("embeds",), "BASE_TYPE_MAX_LENGTH"),
    ({"embeds": [5]}, ("embeds", 0), "DICT_TYPE_CONVERT"),
    (
        {"embeds": [{"title": "t", "footer": "x", "fields": [5]}]},
        ("embeds", 0, "footer"),
        "DICT_TYPE_CONVERT",
    ),
    ({"embeds": [{}]}, ("embeds", 0, "description"), "BASE_TYPE_REQUIRED"),
    ({"embeds": [{"title": "x" * 257}]}, ("embeds", 0, "title"), "BASE_TYPE_MAX_LENGTH"),
    ({"embeds": [{"description": "x" * 4097}]}, ("embeds", 0, "description"), "BASE_TYPE_MAX_LENGTH"),
    ({"embeds": [{"footer": {"text": "x" * 2049}}]}, ("embeds", 0, "footer", "text"), "BASE_TYPE_MAX_LENGTH"),
    (
        {"embeds": [{"fields": [{"name": "n", "value": ""}]}]},
        ("embeds", 0, "fields", 0, "value"),
        "BASE_TYPE_REQUIRED",
    ),
    (
        {"embeds": [{"fields": [{"name": "n", "value": "x" * 1025}]}]},
        ("embeds", 0, "fields", 0, "value"),
        "BASE_TYPE_MAX_LENGTH",
    ),
    (
        {"embeds": [{"image": {"url": "file:///x"}}]},
        ("embeds", 0, "image", "url"),
        "URL_TYPE_INVALID_SCHEME",
    ),
    ({"content": "x", "components": [*FIVE, row(button())]}, ("components",), "BASE_TYPE_MAX_LENGTH"),
    (
        {"content": "x", "components": [row(*(button(str(n)) for n in range(6)))]},
        ("components", 0, "components"),
        "BASE_TYPE_BAD_LENGTH",
    ),
    ({"content": "x", "components": [row()]}, ("components", 0, "components"), "BASE_TYPE_BAD_LENGTH"),
    (
        {"content": "x", "components": [row(button(), select("a"))]},
        ("components", 0, "components", 1),
        "COMPONENT_LAYOUT_WIDTH_EXCEEDED",
    ),
    (
        {"content": "x", "components": [row(button("a")), row(button("a"))]},
        ("components", 1, "components", 0, "custom_id"),
        "COMPONENT_CUSTOM_ID_DUPLICATED",
    ),
    (
        {"content": "x", "components": [row(button(None))]},
        ("components", 0, "components", 0, "custom_id"),
        "BASE_TYPE_REQUIRED",
    ),
    (
        {"content": "x", "components": [row(button("x" * 101))]},
        ("components", 0, "components", 0, "custom_id"),
        "BASE_TYPE_BAD_LENGTH",
    ),
    (
        {"content": "x", "components": [row(button(label="x" * 81))]},
        ("components", 0, "components", 0, "label"),
        "BASE_TYPE_MAX_LENGTH",
    ),
    (
        {"content": "x", "components": [row(button(label=None))]},
        ("components", 0, "components", 0, "label"),
        "BASE_TYPE_REQUIRED",
    ),
    (
        {"content": "x", "components": [row({"type": 2, "style": 5, "label": "x"})]},
        ("components", 0, "components", 0, "url"),
        "BASE_TYPE_REQUIRED",
    ),
    (
        {"content": "x", "components": [row(select("a", "a"))]},
        ("components", 0, "components", 0, "options", 1, "value"),
        "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED",
    ),
    (
        {"content": "x", "components": [row(select("a", placeholder="x" * 151))]},
        ("components", 0, "components", 0, "placeholder"),
        "BASE_TYPE_MAX_LENGTH",
    ),
    (
        {"content": "x", "components": [row(select("x" * 101))]},
        ("components", 0, "components", 0, "options", 0, "label"),
        "BASE_TYPE_BAD_LENGTH",
    ),
    (
        {"content": "x", "components": [row(select("a", min_values=2))]},
        ("components", 0, "components", 0, "min_values"),
        "SELECT_COMPONENT_MIN_VALUES",
    ),
    (
        {"content": "x", "components": [row(select())]},
        ("components", 0, "components", 0, "options"),
        "BASE_TYPE_BAD_LENGTH",
    ),
    (
        {"content": "x", "components": [row({"type": 2, "style": 5, "label": "x", "custom_id": "x"})]},
        ("components", 0, "components", 0, "custom_id"),
        "BUTTON_COMPONENT_CUSTOM_ID_INVALID",
    ),
    ({"content": "x", "components": [{"type": 17}]}, ("components", 0, "type"), "BASE_TYPE_CHOICES"),
]

GOOD_MODALS: list[list[dict[str, Any]]] = [
    [label(text_input(min_length=1, max_length=4000, value="x"))],
    [row(text_input(label="Prompt"))],
    [label(text_input()), label({"type": 19, "custom_id": "f", "min_values": 0, "max_values": 10})],
    [{"type": 10, "content": "Read this"}, label(select("a"), description="d")],
]

BAD_MODALS: list[tuple[dict[str, Any], tuple[str | int, ...], str]] = [
    ({"title": "x" * 46}, ("title",), "BASE_TYPE_BAD_LENGTH"),
    ({"custom_id": "x" * 101}, ("custom_id",), "BASE_TYPE_BAD_LENGTH"),
    ({"components": []}, ("components",), "BASE_TYPE_BAD_LENGTH"),
    ({"components": [label(text_input(str(n))) for n in range(6)]}, ("components",), "BASE_TYPE_BAD_LENGTH"),
    (
        {"components": [label(text_input(), label="x" * 46)]},
        ("components", 0, "label"),
        "BASE_TYPE_BAD_LENGTH",
    ),
    (
        {"components": [label(text_input(max_length=4001))]},
        ("components", 0, "component", "max_length"),
        "NUMBER_TYPE_MAX",
    ),
    (
        {"components": [label(text_input(value="xyz", max_length=2))]},
        ("components", 0, "component", "value"),
        "BASE_TYPE_MAX_LENGTH",
    ),
    (
        {"components": [label(text_input()), label(text_input())]},
        ("components", 1, "component", "custom_id"),
        "COMPONENT_CUSTOM_ID_DUPLICATED",
    ),
    (
        {"components": [label({"type": 19, "custom_id": "f", "max_values": 11})]},
        ("components", 0, "component", "max_values"),
        "NUMBER_TYPE_MAX",
    ),
    ({"components": [{"type": 10, "content": ""}]}, ("components", 0, "content"), "BASE_TYPE_REQUIRED"),
    ({"components": [label(button())]}, ("components", 0, "component", "type"), "BASE_TYPE_CHOICES"),
    ({"components": [row(text_input())]}, ("components", 0, "components", 0, "label"), "BASE_TYPE_REQUIRED"),
]

GOOD_COMMANDS: list[dict[str, Any]] = [
    command(),
    command(option(required=True), option("two")),
    command(option(choices=[{"name": "A", "value": "a"}])),
    {"name": "Edit image", "type": 3},
    {"name": "bild-malen_2", "description": "d"},
    command({"name": "about", "description": "d", "type": 1, "options": [option()]}),
]

BAD_COMMANDS: list[tuple[dict[str, Any], tuple[str | int, ...], str]] = [
    (command(name="Paint"), (0, "name"), "APPLICATION_COMMAND_INVALID_NAME"),
    (command(name="paint it"), (0, "name"), "APPLICATION_COMMAND_INVALID_NAME"),
    (command(name="x" * 33), (0, "name"), "BASE_TYPE_BAD_LENGTH"),
    (command(option(type=12)), (0, "options", 0, "type"), "BASE_TYPE_CHOICES"),
    (command(description=""), (0, "description"), "BASE_TYPE_REQUIRED"),
    (command(option(description="")), (0, "options", 0, "description"), "BASE_TYPE_REQUIRED"),
    (command(option(description="x" * 101)), (0, "options", 0, "description"), "BASE_TYPE_BAD_LENGTH"),
    (command(default_member_permissions="many"), (0, "default_member_permissions"), "NUMBER_TYPE_COERCE"),
    (
        command(option(), option("two", required=True)),
        (0, "options", 1),
        "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID",
    ),
    (
        command(option(), option()),
        (0, "options", 1, "name"),
        "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS",
    ),
    (
        command(option(autocomplete=True, choices=[{"name": "A", "value": "a"}])),
        (0, "options", 0, "autocomplete"),
        "APPLICATION_COMMAND_OPTIONS_AUTOCOMPLETE_INVALID",
    ),
    (command(*(option(f"o{n}") for n in range(26))), (0, "options"), "BASE_TYPE_MAX_LENGTH"),
    (
        command(option(choices=[{"name": str(n), "value": "v"} for n in range(26)])),
        (0, "options", 0, "choices"),
        "BASE_TYPE_MAX_LENGTH",
    ),
    (
        command({"name": "about", "description": "d", "type": 1}, option()),
        (0, "options"),
        "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID",
    ),
    (
        command(*(option(f"o{n}", description="x" * 100, choices=LONG_CHOICES) for n in range(25))),
        (0,),
        "APPLICATION_COMMAND_TOO_LARGE",
    ),
    (
        {"name": "Edit image", "type": 3, "description": "d"},
        (0, "description"),
        "APPLICATION_COMMAND_CONTEXT_MENU_DESCRIPTION_NOT_ALLOWED",
    ),
]


@pytest.mark.parametrize("body", GOOD_MESSAGES)
async def test_a_message_that_keeps_the_rules_is_taken(raw: RawClient, body: dict[str, Any]) -> None:
    assert (await raw.post(raw.fake.world.channel("pictures"), body)).status == 200


@pytest.mark.parametrize(("body", "path", "code"), BAD_MESSAGES)
async def test_a_message_that_breaks_a_rule_is_refused(
    raw: RawClient, body: dict[str, Any], path: tuple[str | int, ...], code: str
) -> None:
    answered = await raw.post(raw.fake.world.channel("pictures"), body)
    assert answered.status == 400
    assert code in answered.wrong(*path)
    ask = Person(raw.fake.world, "ada").slash("pictures", "echo")
    assert code in (await raw.callback(ask, 4, body)).wrong("data", *path)


@pytest.mark.parametrize("body", [{}, {"content": "  \n "}, {"content": None, "embeds": []}])
async def test_an_empty_message_is_refused(raw: RawClient, body: dict[str, Any]) -> None:
    answered = await raw.post(raw.fake.world.channel("pictures"), body)
    assert (answered.status, answered.code) == (400, 50006)


@pytest.mark.parametrize("components", GOOD_MODALS)
async def test_a_modal_that_keeps_the_rules_opens(raw: RawClient, components: list[dict[str, Any]]) -> None:
    ask = Person(raw.fake.world, "ada").slash("pictures", "echo")
    answered = await raw.callback(ask, 9, {"custom_id": "m", "title": "T", "components": components})
    assert answered.status == 200, answered.body


@pytest.mark.parametrize(("changes", "path", "code"), BAD_MODALS)
async def test_a_modal_that_breaks_a_rule_is_refused(
    raw: RawClient, changes: dict[str, Any], path: tuple[str | int, ...], code: str
) -> None:
    ask = Person(raw.fake.world, "ada").slash("pictures", "echo")
    body = {"custom_id": "m", "title": "T", "components": [label(text_input())]} | changes
    assert code in (await raw.callback(ask, 9, body)).wrong("data", *path)


@pytest.mark.parametrize("body", GOOD_COMMANDS)
async def test_a_command_that_keeps_the_rules_is_registered(raw: RawClient, body: dict[str, Any]) -> None:
    answered = await raw.register(body)
    assert [one["name"] for one in answered.body] == [body["name"]]


@pytest.mark.parametrize(("body", "path", "code"), BAD_COMMANDS)
async def test_a_command_that_breaks_a_rule_is_refused(
    raw: RawClient, body: dict[str, Any], path: tuple[str | int, ...], code: str
) -> None:
    before = [one.name for one in raw.fake.world.commands.values()]
    assert code in (await raw.register(body)).wrong(*path)
    assert [one.name for one in raw.fake.world.commands.values()] == before


@pytest.mark.parametrize("body", [[], "x", 5])
async def test_a_body_that_is_no_object_is_refused(raw: RawClient, body: Any) -> None:
    assert (await raw.post(raw.fake.world.channel("pictures"), body)).wrong() == ["DICT_TYPE_CONVERT"]
    ask = Person(raw.fake.world, "ada").slash("pictures", "echo")
    callback = f"/interactions/{ask.interaction.id}/{ask.interaction.token}/callback"
    assert (await raw.ask("POST", callback, body)).wrong() == ["DICT_TYPE_CONVERT"]
    assert (await raw.register(body)).wrong(0) == ["DICT_TYPE_CONVERT"]


async def test_names_are_unique_and_menus_are_fifteen(raw: RawClient) -> None:
    assert (await raw.register(command(), command())).wrong(1, "name")
    too_many = await raw.register(*({"name": f"Menu {n}", "type": 3} for n in range(16)))
    assert (too_many.status, too_many.code) == (400, 30032)


async def test_a_command_keeps_its_id_and_changes_its_version_with_its_definition(raw: RawClient) -> None:
    (first,) = (await raw.register(command())).body
    (same,) = (await raw.register(command())).body
    (changed,) = (await raw.register(command(description="other"))).body
    assert (first["id"], first["version"]) == (same["id"], same["version"])
    assert (changed["id"], changed["version"] != first["version"]) == (first["id"], True)


async def test_too_many_choices_are_refused(raw: RawClient) -> None:
    await raw.register(command(option(autocomplete=True)))
    raw.fake.world.answer_within_seconds = 0.1
    typing = asyncio.create_task(Person(raw.fake.world, "ada").autocomplete("pictures", "paint", "one", "x"))
    interaction = await raw.fake.world.until(lambda w: next(iter(w.interactions.values()), None))
    choices = [{"name": str(number), "value": "v"} for number in range(26)]
    answered = await raw.callback(Ask(raw.fake.world, interaction), 8, {"choices": choices})
    assert answered.wrong("data", "choices") == ["BASE_TYPE_MAX_LENGTH"]
    with pytest.raises(NoResponseError):
        await typing

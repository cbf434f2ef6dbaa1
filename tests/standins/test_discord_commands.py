"""Single commands, what a day's creations are, and which names and values Discord takes, in any language."""

from __future__ import annotations

from typing import Any

import pytest

from standins.clock import VirtualClock
from standins.fake_discord.creations import MOST_A_DAY, Creations
from standins.fake_discord.errors import ApiError
from standins.fake_discord.rules_names import LOCALES
from standins.fake_discord.server import FakeDiscord
from tests.builders import NOON
from tests.standins.raw_client import ECHO, MENU, Answered, RawClient
from tests.standins.test_discord_rules import BAD_COMMANDS, command, option

DAY = 86_400.0


class Place:
    """Where commands are registered: for all guilds, or in one."""

    def __init__(self, raw: RawClient, guild_id: int | None) -> None:
        self.raw = raw
        self.guild_id = guild_id
        guild = "" if guild_id is None else f"/guilds/{guild_id}"
        self.path = f"/applications/{raw.fake.world.app.id}{guild}/commands"

    async def ask(self, method: str, command_id: object = None, body: Any = None) -> Answered:
        return await self.raw.ask(method, self.path + (f"/{command_id}" if command_id else ""), body)

    async def names(self) -> list[str]:
        return [one["name"] for one in (await self.ask("GET")).body]

    async def ids(self) -> dict[str, str]:
        return {one["name"]: one["id"] for one in (await self.ask("GET")).body}


@pytest.fixture(params=["of all guilds", "of one"])
def place(request: pytest.FixtureRequest, raw: RawClient) -> Place:
    is_of_all = request.param == "of all guilds"
    return Place(raw, None if is_of_all else raw.fake.world.guild("Lantern Studio").id)


@pytest.fixture
def elsewhere(place: Place) -> Place:
    other = place.raw.fake.world.guild("Lantern Studio").id if place.guild_id is None else None
    return Place(place.raw, other)


# --- one command ---


async def test_a_command_is_got_by_its_id(place: Place) -> None:
    made = (await place.ask("POST", None, command())).body
    got = await place.ask("GET", made["id"])
    assert (got.status, got.body) == (200, made)


async def test_an_edit_changes_what_it_names_and_only_that(place: Place) -> None:
    made = (await place.ask("POST", None, command(option(), nsfw=True))).body
    edited = await place.ask("PATCH", made["id"], {"description": "other"})
    assert edited.status == 200
    assert edited.body == made | {"description": "other", "version": edited.body["version"]}
    assert edited.body["version"] != made["version"]
    assert (await place.ask("GET", made["id"])).body == edited.body


async def test_a_renamed_command_keeps_its_id_and_its_place(place: Place) -> None:
    await place.ask("PUT", None, [command(), ECHO])
    ids = await place.ids()
    await place.ask("PATCH", ids["paint"], {"name": "draw"})
    assert await place.ids() == {"draw": ids["paint"], "echo": ids["echo"]}


async def test_a_command_takes_no_name_that_another_one_has(place: Place) -> None:
    await place.ask("PUT", None, [command(), ECHO, MENU | {"name": "free"}])
    ids = await place.ids()
    taken = await place.ask("PATCH", ids["paint"], {"name": "echo"})
    assert (taken.status, taken.wrong("name")) == (400, ["APPLICATION_COMMANDS_DUPLICATE_NAME"])
    for name in ("free", "paint"):  # a menu's name, and its own
        assert (await place.ask("PATCH", ids["paint"], {"name": name})).status == 200


async def test_a_commands_kind_never_changes(place: Place) -> None:
    made = (await place.ask("POST", None, MENU)).body
    edited = await place.ask("PATCH", made["id"], {"type": 1, "name": "Other words"})
    assert (edited.status, edited.body["type"], edited.body["name"]) == (200, 3, "Other words")


@pytest.mark.parametrize(("body", "path", "code"), BAD_COMMANDS)
async def test_an_edit_keeps_the_same_rules(
    place: Place, body: dict[str, Any], path: tuple[str | int, ...], code: str
) -> None:
    before = {"name": "a", "type": body.get("type", 1)} | ({} if "type" in body else {"description": "d"})
    made = (await place.ask("POST", None, before)).body
    assert code in (await place.ask("PATCH", made["id"], body)).wrong(*path[1:])
    assert (await place.ask("GET", made["id"])).body == made


async def test_a_deleted_command_is_gone(place: Place) -> None:
    await place.ask("PUT", None, [command(), ECHO])
    ids = await place.ids()
    deleted = await place.ask("DELETE", ids["echo"])
    assert (deleted.status, deleted.body) == (204, b"")
    assert await place.names() == ["paint"]
    again = await place.ask("DELETE", ids["echo"])
    assert (again.status, again.code) == (404, 10063)


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
async def test_a_command_of_elsewhere_is_unknown_here(place: Place, elsewhere: Place, method: str) -> None:
    made = (await elsewhere.ask("POST", None, command())).body
    body = {"description": "other"} if method == "PATCH" else None
    for command_id in (made["id"], "1"):
        answered = await place.ask(method, command_id, body)
        assert (answered.status, answered.code) == (404, 10063)
    assert (await elsewhere.ask("GET", made["id"])).body == made


async def test_an_id_is_a_number(place: Place) -> None:
    assert (await place.ask("GET", "echo")).wrong("command_id") == ["NUMBER_TYPE_COERCE"]


async def test_many_at_once_may_name_the_commands_that_they_change(place: Place) -> None:
    """A known id keeps a command what it is under another name."""
    await place.ask("PUT", None, [command(), ECHO])
    ids = await place.ids()
    await place.ask("PUT", None, [command(name="draw", id=ids["paint"]), command()])
    after = await place.ids()
    assert after["draw"] == ids["paint"]
    assert after["paint"] not in ids.values()


async def test_what_admins_chose_for_a_command_can_be_read_and_not_changed(raw: RawClient) -> None:
    world = raw.fake.world
    guild = world.guild("Lantern Studio")
    place = Place(raw, guild.id)
    made = (await Place(raw, None).ask("POST", None, command())).body
    unknown = await place.ask("GET", f"{made['id']}/permissions")
    assert (unknown.status, unknown.code) == (404, 10066)
    guild.command_access["paint"] = {guild.id: False}
    known = await place.ask("GET", f"{made['id']}/permissions")
    assert known.body["permissions"] == [{"id": str(guild.id), "type": 1, "permission": False}]
    refused = await place.ask("PUT", f"{made['id']}/permissions", {"permissions": []})
    assert (refused.status, refused.code) == (403, 20001)


async def test_lists_show_localizations_to_who_asks_for_them(place: Place) -> None:
    german = {"de": "malt"}
    described = option(description_localizations=german)
    (made,) = (await place.ask("PUT", None, [command(described, description_localizations=german)])).body
    (plain,) = (await place.ask("GET")).body
    (whole,) = (await place.raw.ask("GET", place.path + "?with_localizations=true")).body
    assert "description_localizations" not in plain | plain["options"][0]
    assert whole == made
    assert whole["options"][0]["description_localizations"] == german


async def test_every_answer_about_a_command_is_described(checked: FakeDiscord, place: Place) -> None:
    made = (await place.ask("POST", None, command())).body
    await place.ask("GET", made["id"])
    await place.ask("PATCH", made["id"], {"name": "other"})
    await place.ask("DELETE", made["id"])
    assert [one.status for one in checked.requests][-4:] == [201, 200, 200, 204]


# --- a day's creations ---


def creations_left(place: Place) -> int:
    return place.raw.fake.world.creations.left(place.guild_id)


async def test_only_new_commands_are_creations(place: Place) -> None:
    left = creations_left(place)
    await place.ask("PUT", None, [command(name="one"), command(name="two")])
    assert creations_left(place) == left - 2
    await place.ask("PUT", None, [command(name="one", description="other"), command(name="two")])
    await place.ask("POST", None, command(name="one"))
    await place.ask("PATCH", (await place.ids())["one"], {"name": "three"})
    assert creations_left(place) == left - 2
    await place.ask("DELETE", (await place.ids())["three"])
    await place.ask("POST", None, command(name="three"))
    assert creations_left(place) == left - 3


async def test_when_they_are_spent_nothing_new_is_taken_and_nothing_lost(place: Place) -> None:
    await place.ask("PUT", None, [command()])
    place.raw.fake.world.creations.leave(1, place.guild_id)
    refused = await place.ask("PUT", None, [command(name="one"), command(name="two")])
    assert (refused.status, refused.body) == (
        400,
        {"message": "Max number of daily application command creates has been reached (200)", "code": 30034},
    )
    assert await place.names() == ["paint"]
    assert (await place.ask("POST", None, command(name="one"))).status == 201
    assert (await place.ask("POST", None, command(name="two"))).code == 30034
    assert (await place.ask("POST", None, command(description="other"))).status == 200
    assert (await place.ask("PUT", None, [command(), command(name="one")])).status == 200


async def test_each_guild_and_all_guilds_have_their_own(place: Place, elsewhere: Place) -> None:
    place.raw.fake.world.creations.leave(0, place.guild_id)
    assert (await place.ask("POST", None, command())).code == 30034
    assert (await elsewhere.ask("POST", None, command())).status == 201


def test_a_day_after_the_first_one_there_are_all_again() -> None:
    clock = VirtualClock(NOON, speed=0)
    creations = Creations(clock)
    creations.spend(1, None)
    clock.pass_by(DAY - 1)
    creations.spend(MOST_A_DAY - 1, None)
    with pytest.raises(ApiError) as refused:
        creations.spend(1, None)
    assert refused.value.code == 30034
    clock.pass_by(1)
    assert creations.left() == MOST_A_DAY
    creations.spend(MOST_A_DAY, None)


# --- names, texts and values ---

DE = {"de": "x"}
LONG = {"de": "x" * 101}
INVALID, LENGTH, REQUIRED = "APPLICATION_COMMAND_INVALID_NAME", "BASE_TYPE_BAD_LENGTH", "BASE_TYPE_REQUIRED"


def choice(name: str = "A", value: Any = "a", **more: Any) -> dict[str, Any]:
    return {"name": name, "value": value} | more


def picking(*choices: dict[str, Any], kind: int = 3) -> dict[str, Any]:
    return command(option(type=kind, choices=list(choices)))


OPTION: tuple[str | int, ...] = ("options", 0)
CHOICE: tuple[str | int, ...] = (*OPTION, "choices", 0)

BAD: list[tuple[dict[str, Any], tuple[str | int, ...], list[str]]] = [
    (command(name_localizations={"en": "x"}), ("name_localizations", "en"), ["BASE_TYPE_CHOICES"]),
    (command(name_localizations={"pt_BR": "x"}), ("name_localizations", "pt_BR"), ["BASE_TYPE_CHOICES"]),
    (command(name_localizations={"de": "Malen"}), ("name_localizations",), [INVALID]),
    (command(name_localizations={"de": "male es"}), ("name_localizations",), [INVALID]),
    (command(name_localizations={"de": ""}), ("name_localizations", "de"), [REQUIRED]),
    (command(name_localizations={"de": None}), ("name_localizations", "de"), [REQUIRED]),
    (command(name_localizations={"de": 5}), ("name_localizations", "de"), ["STRING_TYPE_CONVERT"]),
    (command(name_localizations=["de"]), ("name_localizations",), ["DICT_TYPE_CONVERT"]),
    (command(name_localizations={"de": "x" * 33}), ("name_localizations", "de"), [LENGTH]),
    (MENU | {"name_localizations": {"de": "x" * 33}}, ("name_localizations", "de"), [LENGTH]),
    (MENU | {"name_localizations": {"german": "x"}}, ("name_localizations", "german"), ["BASE_TYPE_CHOICES"]),
    (MENU | {"options": [option()]}, ("options",), ["APPLICATION_COMMAND_CONTEXT_MENU_OPTIONS_NOT_ALLOWED"]),
    (command(description_localizations=LONG), ("description_localizations", "de"), [LENGTH]),
    (
        command(description_localizations={"xx": "x"}),
        ("description_localizations", "xx"),
        ["BASE_TYPE_CHOICES"],
    ),
    (command(option("Two words")), (*OPTION, "name"), ["STRING_TYPE_REGEX", INVALID]),
    (command(option("Big")), (*OPTION, "name"), [INVALID]),
    (command(option("x" * 33)), (*OPTION, "name"), [LENGTH, "STRING_TYPE_REGEX", INVALID]),
    (command(option(name_localizations={"de": "Groß"})), (*OPTION, "name_localizations", "de"), [INVALID]),
    (command(option(description_localizations=LONG)), (*OPTION, "description_localizations", "de"), [LENGTH]),
    (picking(choice("")), (*CHOICE, "name"), [REQUIRED]),
    (picking(choice("x" * 101)), (*CHOICE, "name"), [LENGTH]),
    (picking(choice(name_localizations=LONG)), (*CHOICE, "name_localizations", "de"), [LENGTH]),
    (
        picking(choice(name_localizations={"": "x"})),
        (*CHOICE, "name_localizations", ""),
        ["BASE_TYPE_CHOICES"],
    ),
    (picking(choice(value="x" * 101)), (*CHOICE, "value"), ["BASE_TYPE_MAX_LENGTH"]),
    (picking(choice(value=None)), (*CHOICE, "value"), [REQUIRED]),
    (picking(choice(value=5)), (*CHOICE, "value"), ["STRING_TYPE_CONVERT"]),
    (picking(choice(value="5"), kind=4), (*CHOICE, "value"), ["NUMBER_TYPE_COERCE"]),
    (picking(choice(value=5.5), kind=4), (*CHOICE, "value"), ["NUMBER_TYPE_COERCE"]),
    (picking(choice(value=True), kind=4), (*CHOICE, "value"), ["NUMBER_TYPE_COERCE"]),
    (picking(choice(value=1 << 54), kind=4), (*CHOICE, "value"), ["NUMBER_TYPE_MAX"]),
    (picking(choice(value=-1e17), kind=10), (*CHOICE, "value"), ["NUMBER_TYPE_MIN"]),
    (command(option(type=4, min_value="1")), (*OPTION, "min_value"), ["NUMBER_TYPE_COERCE"]),
    (command(option(type=10, max_value=1e17)), (*OPTION, "max_value"), ["NUMBER_TYPE_MAX"]),
    (
        command({"name": "more", "description": "d", "type": 2, "options": [option()]}),
        (*OPTION, "options"),
        ["APPLICATION_COMMAND_OPTIONS_TYPE_INVALID"],
    ),
]

GOOD: list[dict[str, Any]] = [
    command(name_localizations=dict.fromkeys(LOCALES, "x" * 32), description_localizations=None),
    command(name="रंग-भरो", name_localizations={"th": "วาดรูป", "hi": "चित्र_बनाओ", "ja": "描く"}),
    MENU | {"name_localizations": {"de": "Bild ändern"}},
    picking(choice("x" * 100, "x" * 100, name_localizations={"de": "Sehr groß!"})),
    picking(*(choice(str(number), number) for number in range(25)), kind=4),
    picking(choice(value=0.5), choice("B", -(1 << 53)), kind=10),
    command(option(type=4, min_value=-5, max_value=5), option("two", type=10, min_value=0.5)),
]


@pytest.mark.parametrize(("body", "path", "codes"), BAD)
async def test_what_breaks_a_rule_is_refused_where_it_stands(
    raw: RawClient, body: dict[str, Any], path: tuple[str | int, ...], codes: list[str]
) -> None:
    refused = await raw.register(body)
    assert (refused.status, refused.body["message"]) == (400, "Invalid Form Body")
    assert refused.wrong(0, *path) == codes


@pytest.mark.parametrize("body", GOOD)
async def test_what_keeps_the_rules_is_taken(
    checked: FakeDiscord, raw: RawClient, body: dict[str, Any]
) -> None:
    assert (await raw.register(body)).status == 200
    assert checked.world.commands


async def test_of_each_text_its_longest_language_is_counted(raw: RawClient) -> None:
    """8,000 characters, with the values of choices."""
    texts = {"description": "d", "description_localizations": {"de": "x" * 100, "fr": "x" * 99}}
    choices = [choice("x" * 90, "x" * 9, name_localizations={"de": "x" * 100})] * 2
    options = [option(f"o{number:02}", choices=choices, **texts) for number in range(24)]
    used = 24 * (3 + 100 + 2 * 109)
    rest = [option("rest", **(texts | {"choices": [choice("x" * 100, "x" * 50)]}))]
    fits = 8000 - used - (4 + 100 + 150)
    assert fits < 132
    exact = command(*options, *rest, name="n" * 30, description="x" * (fits - 30))
    assert (await raw.register(exact)).status == 200
    one_more = exact | {"description_localizations": {"de": "x" * (fits - 29)}}
    assert (await raw.register(one_more)).wrong(0) == ["APPLICATION_COMMAND_TOO_LARGE"]

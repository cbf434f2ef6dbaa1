"""Who may know whom."""

import ast
from pathlib import PurePosixPath

import pytest

from tests.meta import draw_rooms
from tests.meta.checkout import ROOT, place, python_files, tree
from tests.meta.rooms import BESIDE, INNER, ROOMS, broken_rules, imported


def test_no_module_knows_what_its_room_must_not() -> None:
    broken = [
        rule
        for path in python_files("bot")
        for rule in broken_rules(PurePosixPath(path.relative_to(ROOT / "bot").as_posix()), tree(path))
    ]
    assert broken == []


def test_every_room_of_the_table_may_only_name_rooms() -> None:
    assert {name for room in ROOMS.values() for name in room.may_import} <= ROOMS.keys()


def test_of_what_lies_beside_the_bot_only_its_command_line_knows_the_sandbox() -> None:
    found = {
        (place(path), name.split(".")[0])
        for path in python_files("bot")
        for name, _ in imported(tree(path))
        if name.split(".")[0] in BESIDE
    }
    assert found == {("bot/__main__.py", "sandbox")}


def test_the_stand_ins_know_neither_the_bot_nor_the_sandbox() -> None:
    found = {
        (place(path), name.split(".")[0])
        for path in python_files("standins")
        for name, _ in imported(tree(path))
        if name.split(".")[0] in {"bot", "sandbox", "tests", "benchmarks"}
    }
    assert found == set()


@pytest.mark.parametrize("outer", sorted(INNER))
def test_the_table_of_inner_rooms_has_each_of_them_and_leads_one_way(outer: str) -> None:
    inner = INNER[outer]
    assert inner.keys() == {path.parent.name for path in (ROOT / "bot" / outer).glob("*/__init__.py")}
    above: set[str] = set()
    for name in reversed(inner):
        assert not inner[name] & above, f"{name} imports a room that stands above it, or beside it"
        above.add(name)


@pytest.mark.parametrize("outer", sorted(INNER))
def test_the_table_of_inner_rooms_allows_nothing_that_is_not_needed(outer: str) -> None:
    needed: dict[str, set[str]] = {name: set() for name in INNER[outer]}
    for path in python_files(f"bot/{outer}"):
        room, *rest = path.relative_to(ROOT / "bot" / outer).parts
        for name, _ in imported(tree(path)):
            if rest and name.startswith(f"bot.{outer}.") and name.split(".")[2] != room:
                needed[room].add(name.split(".")[2])
    assert needed == INNER[outer]


def test_the_pictures_of_the_rooms_are_what_the_code_gives() -> None:
    document = draw_rooms.DOCUMENT.read_text(encoding="utf-8")
    assert document == draw_rooms.redrawn(document), "run `make rooms`"


def test_only_detours_are_left_out_of_a_picture() -> None:
    arrows = {
        "a": frozenset({"b", "c", "d"}),
        "b": frozenset({"c"}),
        "c": frozenset({"d"}),
        "d": frozenset[str](),
    }
    assert draw_rooms.without_detours(arrows) == {
        "a": {"b"},
        "b": {"c"},
        "c": {"d"},
        "d": set(),
    }


@pytest.mark.parametrize(
    ("path", "source", "complaint"),
    [
        ("domain/job.py", "import discord", "must never know discord"),
        ("domain/job.py", "from sqlalchemy.engine import Engine", "must never know sqlalchemy"),
        ("domain/job.py", "from bot.ops.metrics import Metrics", "may not import bot.ops"),
        ("services/making/engine.py", "from bot.chat import chat", "may not import bot.chat"),
        ("services/making/engine.py", "def f():\n    import aiohttp", "must never know aiohttp"),
        ("store/pictures/jobs.py", "from bot import settings", "may not import bot.settings"),
        ("chat/bot.py", "import bot.store.pictures.jobs as jobs", "may not import bot.store"),
        ("app.py", "from sandbox import launcher", "must never know sandbox"),
        (
            "chat/rest/ladder.py",
            "from bot.chat.presenter import card",
            "chat/rest may not import bot.chat.presenter",
        ),
        ("services/limits/allowance.py", "import bot.services.wiring", "may not import bot.services.wiring"),
        ("helpers.py", "", "no such room"),
        ("store/pictures/jobs.py", "from . import cards", "imports relatively"),
    ],
)
def test_a_forbidden_import_is_found(path: str, source: str, complaint: str) -> None:
    (rule,) = broken_rules(PurePosixPath(path), ast.parse(source))
    assert complaint in rule


def test_allowed_imports_are_left_alone() -> None:
    source = """
import discord
from bot import __version__
from bot.services.making.admission import admit
from bot.chat.card import Card
"""
    assert list(broken_rules(PurePosixPath("chat/bot.py"), ast.parse(source))) == []


#: What a job is doing, and two words that are nouns.
GERUNDS = {"submitting", "resolving", "polling", "delivering", "making", "timing", "wiring"}


def test_only_the_steps_of_a_job_are_named_by_gerunds() -> None:
    names = {part.stem for path in python_files("bot/services") for part in (path, path.parent)}
    assert {name for name in names if name.endswith("ing")} == GERUNDS

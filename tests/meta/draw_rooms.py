"""Draws the rooms and their imports into docs/architecture.md, as Mermaid diagrams: `make rooms`.

An arrow means "imports". One that a longer way already implies is left out: all of them together are a knot.
"""

import ast
import re
from collections.abc import Mapping
from pathlib import Path

from tests.meta.checkout import ROOT, python_files, tree
from tests.meta.rooms import BESIDE, EVERYBODYS, INNER, imported

DOCUMENT = ROOT / "docs" / "architecture.md"
BOT = "bot"
#: What is drawn, each in a picture of its own.
FOLDERS = (BOT, *(f"{BOT}/{name}" for name in INNER))
#: Each uses the other, so they are one box.
TESTS = "tests, benchmarks"
#: As wide as a page on GitHub, so that its text is not made small.
NARROW = '%%{init: {"flowchart": {"nodeSpacing": 15, "rankSpacing": 35, "wrappingWidth": 130}}}%%'

Arrows = Mapping[str, frozenset[str]]


def arrows_of(folder: str) -> Arrows:
    """What each of the folder's rooms imports of the others; for the bot, also what lies beside it."""
    rooms = _rooms(folder)
    if folder == BOT:
        rooms |= {name: [ROOT / name] for name in BESIDE - {"tests", "benchmarks"}}
        rooms |= {TESTS: [ROOT / "tests", ROOT / "benchmarks"]}
    return {room: frozenset(_ends(paths, folder) & rooms.keys() - {room}) for room, paths in rooms.items()}


def _rooms(folder: str) -> dict[str, list[Path]]:
    paths = sorted((ROOT / folder).iterdir())
    return {path.stem: [path] for path in paths if _is_room(path)}


def _is_room(path: Path) -> bool:
    return (path / "__init__.py").exists() or (path.suffix == ".py" and path.stem != "__init__")


def _ends(paths: list[Path], folder: str) -> set[str]:
    """Names of rooms in the folder, and of packages, that the modules in these paths import."""
    modules = [module for path in paths for module in _modules(path)]
    names = {name for module in modules for name, _ in imported(tree(module))}
    prefix = folder.replace("/", ".") + "."
    inside = {name.removeprefix(prefix).split(".")[0] for name in names if name.startswith(prefix)}
    if folder == BOT and not any(path.is_relative_to(ROOT / BOT) for path in paths):
        inside |= {name.split(".")[0] for name in names}
    return inside - EVERYBODYS


def _modules(path: Path) -> list[Path]:
    return [path] if path.is_file() else python_files(str(path.relative_to(ROOT)))


def without_detours(arrows: Arrows) -> Arrows:
    """Leave out each arrow to a room that another arrow from the same room leads to as well."""
    reached = {room: _reached(arrows, room) for room in arrows}
    return {
        room: frozenset(end for end in ends if not any(end in reached[other] for other in ends - {end}))
        for room, ends in arrows.items()
    }


def _reached(arrows: Arrows, start: str) -> set[str]:
    found: set[str] = set()
    waiting = [start]
    while waiting:
        new = arrows[waiting.pop()] - found
        found |= new
        waiting += new
    return found


def purpose(path: Path) -> str:
    """The docstring up to its first stop, colon or semicolon."""
    module = path if path.is_file() else path / "__init__.py"
    docstring = ast.get_docstring(tree(module)) if module.exists() else None
    return re.split(r"[.:;](?:\s|$)", docstring or "", maxsplit=1)[0].replace("`", "")


def drawn(folder: str) -> str:
    """The picture of a folder, in the language of Mermaid."""
    arrows = without_detours(arrows_of(folder))
    inside = _rooms(folder)
    boxes = [_box(path.name, path) for (path,) in inside.values()]
    if folder == BOT:  # a frame, since this picture shows also what lies outside
        boxes = ['subgraph frame["bot"]', *(f"    {box}" for box in boxes), "end"]
    boxes += [_box(room, ROOT / room) for room in sorted(arrows.keys() - inside.keys())]
    lines = [f"{_id(room)} --> {_id(end)}" for room in arrows for end in sorted(arrows[room])]
    return "\n".join([NARROW, "flowchart TD", *(f"    {line}" for line in [*boxes, *lines])])


def _box(name: str, path: Path) -> str:
    return f'{_id(path.stem)}["<b>{name}</b><br/>{purpose(path)}"]'


def _id(room: str) -> str:
    """Mermaid takes no dots, commas or leading underscores."""
    return re.sub(r"\W+", "_", room.strip("_"))


def fences(folder: str) -> re.Pattern[str]:
    """Finds a folder's picture in the document: the block below the comment that names the folder."""
    return re.compile(rf"(<!-- `make rooms` draws {folder} -->\n```mermaid\n)(.*?)(\n```\n)", re.DOTALL)


def redrawn(document: str) -> str:
    """The document with its pictures as the code gives them."""
    for folder in FOLDERS:
        document, count = fences(folder).subn(rf"\g<1>{drawn(folder)}\g<3>", document)
        if count != 1:
            raise ValueError(f"the document has {count} places for the rooms of {folder}")
    return document


if __name__ == "__main__":
    DOCUMENT.write_text(redrawn(DOCUMENT.read_text(encoding="utf-8")), encoding="utf-8")

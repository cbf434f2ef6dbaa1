"""The page about a job's life names functions that exist, and every step that the runner takes."""

import ast
import re
from pathlib import Path

from tests.meta.checkout import ROOT

PAGE = ROOT / "docs" / "life-of-a-job.md"
NAMED = re.compile(r"\[`([\w.]+)`\]\((\.\./bot/[\w/]+\.py)\)")


def functions(path: Path) -> set[str]:
    """Return the names of the module's functions, and of its classes' methods as `Class.method`."""
    found = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            found.add(node.name)
        elif isinstance(node, ast.ClassDef):
            methods = (part for part in node.body if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef))
            found |= {f"{node.name}.{method.name}" for method in methods}
    return found


def named() -> list[tuple[str, Path]]:
    return [(name, (PAGE.parent / path).resolve()) for name, path in NAMED.findall(PAGE.read_text())]


def test_every_function_that_the_page_names_exists() -> None:
    assert len(named()) > 30
    assert [name for name, path in named() if name not in functions(path)] == []


def test_the_page_names_every_step_of_the_runner() -> None:
    runner = (ROOT / "bot/services/making/runner.py").read_text()
    steps = re.findall(r"JobState\.\w+: self\.(\w+)\.(\w+),", runner)
    assert len(steps) == 5
    names = {name.lower() for name, _ in named()}
    assert [step for step in steps if ".".join(step) not in names] == []

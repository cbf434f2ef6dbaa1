"""Rules about the code that no linter knows, and that the linters' own settings stay strict."""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

from tests.meta.checkout import ROOT, place, python_files, tracked_files, tree

SILENCED = re.compile(r"#\s*(?:noqa|type:\s*ignore|pragma|mypy:|ruff:)")
SILENCED_WITH_REASON = re.compile(
    r"#\s*(?:noqa:\s*[A-Z]+\d+(?:,\s*[A-Z]+\d+)*|type:\s*ignore\[[\w,\s-]+\])\W+\w+(?:\W+\w+)+"
)
MACHINE_PATHS = re.compile(r"(?<![\w.])/(?:work|root|home/\w+|Users/\w+)/")
LOCK_FILES = ("requirements.lock", "requirements-queue.lock", "requirements-dev.lock")


def test_linters_types_and_warnings_stay_strict() -> None:
    tools = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]
    lint = tools["ruff"]["lint"]
    ignored = {rule for rules in (lint["ignore"], *lint["per-file-ignores"].values()) for rule in rules}
    assert lint["select"] == ["ALL"]
    assert [rule for rule in ignored if re.fullmatch(r"(?:ASYNC|BLE|F|RUF)\d*", rule)] == []
    assert tools["mypy"]["strict"] is True
    assert tools["pytest"]["ini_options"]["filterwarnings"][0] == "error"


def test_what_is_silenced_says_why() -> None:
    unexplained = [
        place(path, number)
        for path in python_files("bot", "standins", "sandbox", "tests", "benchmarks")
        if path != Path(__file__)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if SILENCED.search(line) and not SILENCED_WITH_REASON.search(line)
    ]
    assert unexplained == []


def skips_without_reason(module: ast.Module) -> Iterator[int]:
    """Lines of `pytest.skip()`, `mark.skip`, `mark.skipif(…)` and `mark.xfail` that say no reason."""
    called = {id(node.func): node for node in ast.walk(module) if isinstance(node, ast.Call)}
    for node in ast.walk(module):
        if not isinstance(node, ast.Attribute) or node.attr not in {"skip", "skipif", "xfail"}:
            continue
        call = called.get(id(node))
        named = {keyword.arg for keyword in call.keywords} if call else set()
        is_told = bool(call and call.args) and node.attr == "skip"
        if not is_told and "reason" not in named:
            yield node.lineno


def test_no_test_is_skipped_without_a_reason() -> None:
    found = [place(path, line) for path in python_files("tests") for line in skips_without_reason(tree(path))]
    assert found == []


def test_a_skip_without_a_reason_is_found() -> None:
    source = """
pytest.skip()
pytest.mark.skip
pytest.mark.skipif(True)
pytest.mark.xfail(strict=True)
pytest.skip("why")
pytest.mark.skip(reason="why")
pytest.mark.skipif(True, reason="why")
"""
    assert sorted(skips_without_reason(ast.parse(source))) == [2, 3, 4, 5]


def test_no_file_names_a_place_on_somebodys_machine() -> None:
    texts = [
        path for path in tracked_files() if path.suffix not in {".png", ".webp", ".ico", ".woff2", ".mo"}
    ]
    named = [
        place(path, number)
        for path in texts
        if path != Path(__file__)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if MACHINE_PATHS.search(line)
    ]
    assert named == []


def test_lock_files_hold_hashes_and_no_addresses() -> None:
    for name in LOCK_FILES:
        text = (ROOT / name).read_text()
        assert "://" not in text
        assert text.count("==") <= text.count("--hash=sha256:")


def test_the_lock_files_agree() -> None:
    def pins(name: str) -> dict[str, str]:
        return dict(re.findall(r"^([\w.-]+)==(\S+)", (ROOT / name).read_text(), re.MULTILINE))

    runtime, queue, development = map(pins, LOCK_FILES)
    assert runtime.items() <= queue.items() <= development.items()

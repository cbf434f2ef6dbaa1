"""What the documents say is so: links, commands, names."""

import re
from pathlib import Path

import discord

from bot.__main__ import parser
from bot.domain.job import JobState
from bot.ops.metrics import Metrics
from tests.meta.checkout import ROOT, place, python_files, tracked_files
from tests.meta.rooms import ROOMS

DOCUMENTS = [path for path in tracked_files() if path.suffix == ".md"]
FOLDERS = {path.relative_to(ROOT).parts[0] for path in tracked_files() if path.parent != ROOT}
INVITED_WITH = discord.Permissions(
    view_channel=True,
    send_messages=True,
    send_messages_in_threads=True,
    embed_links=True,
    attach_files=True,
    read_message_history=True,
    add_reactions=True,
)


def anchors(path: Path) -> set[str]:
    """Names of a document's headings, as GitHub links to them."""
    headings = re.findall(r"^#+ (.*)$", path.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading).lower().replace(" ", "-") for heading in headings}


def test_links_between_documents_lead_somewhere() -> None:
    broken = []
    for path in DOCUMENTS:
        for target in re.findall(r"\]\((?!https?://)([^)\s]+)\)", path.read_text()):
            name, _, anchor = target.partition("#")
            linked = path.parent / name if name else path
            if not linked.exists() or (anchor and anchor not in anchors(linked)):
                broken.append(f"{place(path)} → {target}")
    assert broken == []


def named_paths(text: str) -> list[str]:
    """What a document names in backticks that can only be a path of the repository."""
    prose = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    words = re.findall(r"`([\w.-]+(?:/[\w.-]+)*/?)`", prose)
    return [word for word in words if re.search(r"\.(?:py|md)$", word) or word.split("/")[0] in starts(word)]


def starts(word: str) -> set[str]:
    """With which folders a path may begin; a word without a slash is none."""
    return FOLDERS | ROOMS.keys() if "/" in word else set()


def exists(path: str) -> bool:
    """Paths of documents begin at the top of the repository, or below bot/."""
    return any((ROOT / start / path).exists() for start in ("", "bot"))


def test_paths_that_documents_name_exist() -> None:
    missing = [
        f"{place(document)} names {path}"
        for document in DOCUMENTS
        if document.name != "CHANGELOG.md"  # names things as they were
        for path in named_paths(document.read_text())
        if not exists(path)
    ]
    assert missing == []


def test_paths_that_the_code_names_exist() -> None:
    named = re.compile(rf"\b(?:{'|'.join(FOLDERS)})/[\w/]+\.(?:py|md)\b")
    missing = [
        f"{place(path)} names {word}"
        for path in python_files(*FOLDERS)
        for word in named.findall(path.read_text())
        if not (ROOT / word).exists()
    ]
    assert missing == []


def test_a_path_is_told_from_other_words() -> None:
    text = "`bot/app.py` `domain/job.py` `chat/` `image/png` `standins` `/jobs` `gone.md`\n```\n`a.md`\n```"
    assert named_paths(text) == ["bot/app.py", "domain/job.py", "chat/", "gone.md"]
    assert [path for path in named_paths(text) if not exists(path)] == ["gone.md"]


def test_the_invite_link_asks_for_what_it_says() -> None:
    readme = (ROOT / "README.md").read_text()
    (number,) = re.findall(r"&permissions=(\d+)", readme)
    assert discord.Permissions(int(number)) == INVITED_WITH


def test_every_make_target_that_is_named_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = {
        target
        for path in DOCUMENTS
        for target in re.findall(r"(?:^|`)make ([a-z]+)", path.read_text(), re.MULTILINE)
    }
    assert {"sandbox", "test"} <= named <= targets


def test_every_command_of_the_command_line_is_in_the_handbook() -> None:
    handbook = (ROOT / "docs" / "operating.md").read_text()
    commands = set(re.findall(r"^    ([a-z]+)  ", parser().format_help(), re.MULTILINE))
    assert set(re.findall(r"^\| `python -m bot ([a-z]+)", handbook, re.MULTILINE)) == commands


def test_every_metric_is_in_the_handbook() -> None:
    exposed = set(re.findall(r"^# TYPE (bot_\w+)(?<!_created) ", Metrics().as_text().decode(), re.MULTILINE))
    handbook = (ROOT / "docs" / "operating.md").read_text()
    assert set(re.findall(r"^\| `(bot_\w+)` \|", handbook, re.MULTILINE)) == exposed


def test_the_rooms_are_described_as_they_are_held() -> None:
    rows = re.findall(
        r"^\| `bot/(\w+)(?:/|\.py)` \| .* \| (.*) \| .*\|$",
        (ROOT / "docs" / "architecture.md").read_text(),
        re.MULTILINE,
    )
    described = {name: words for name, words in rows if words not in {"nothing", "all"}}
    assert {name: frozenset(words.split(", ")) for name, words in described.items()} == {
        name: ROOMS[name].may_import for name in described
    }
    assert {name for name, _ in rows} == ROOMS.keys() - {"__main__", "__init__", "setting_types"}


def test_every_state_of_a_job_is_described() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text()
    assert [state for state in JobState if f"`{state}`" not in text] == []

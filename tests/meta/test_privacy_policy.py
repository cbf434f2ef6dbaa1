"""docs/privacy-policy.md is true of the schema: its table names every column that is about a person."""

import re

from bot.settings import known_settings
from bot.store.privacy.personal_data import EXPORTED_TABLES
from bot.store.schema.tables import erasures, feed_entries, metadata
from tests.meta.checkout import ROOT

POLICY = (ROOT / "docs" / "privacy-policy.md").read_text()
#: The names that an operator fills in.
NAMES = {"OPERATOR", "CONTACT", "COUNTRY"}
#: Tables with something about a person that an export does not have: it is about messages, or about itself.
BESIDE = (erasures, feed_entries)
PERSONAL = sorted({table.name for table in (*EXPORTED_TABLES, *BESIDE)})
#: Columns that count or order, and say nothing about anybody.
TECHNICAL = {
    "audits": {"id"},
    "cards": {
        "id",
        "upload_limit",
        "revision",
        "shown_revision",
        "behind_since",
        "try_at",
        "owes_notice",
    },
    "complaints": {"id"},
    "dismissed": {"id"},
    "events": {"id"},
    "feed_entries": {"is_stale"},
    "jobs": {"id", "position", "fence", "polls"},
    "left_messages": {"id", "behind_since", "try_at"},
    "member_blocks": {"owes_notice"},
    "moderation_posts": {"id", "revision", "shown_revision", "behind_since", "try_at", "is_refused"},
    "posts": {"id"},
    "strikes": {"id"},
}


def rows() -> list[list[str]]:
    """The table of what is kept: what, why, how long, and the columns."""
    after = POLICY.split("| what | why | how long | columns |\n")[1].split("\n\n")[0]
    lines = after.splitlines()[1:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def told() -> dict[str, set[str]]:
    """The columns that the table names, by the tables of the database."""
    found: dict[str, set[str]] = {}
    for row in rows():
        for table, columns in re.findall(r"`(\w+)\(([^)]*)\)`", row[3]):
            found.setdefault(table, set()).update(name.strip() for name in columns.split(","))
    return found


def test_every_column_about_a_person_is_in_the_table_of_what_is_kept() -> None:
    columns = {name: set(metadata.tables[name].c.keys()) for name in PERSONAL}
    missing = {
        name: sorted(columns[name] - told().get(name, set()) - TECHNICAL.get(name, set()))
        for name in PERSONAL
    }
    assert {name: left for name, left in missing.items() if left} == {}


def test_the_table_names_nothing_that_is_not_kept() -> None:
    for name, named in told().items():
        assert named <= set(metadata.tables[name].c.keys()), name
    for name, columns in TECHNICAL.items():
        assert columns <= set(metadata.tables[name].c.keys()) - told()[name], name


def test_each_row_says_what_why_and_how_long() -> None:
    assert len(rows()) > 15
    assert all(len(row) == 4 and all(row) for row in rows())


def test_an_operator_fills_in_three_names() -> None:
    assert set(re.findall(r"\[([A-Z]+)\]", POLICY)) == NAMES


def test_the_days_are_those_of_the_settings() -> None:
    days = {name: known_settings()[name].default for name in ("RETENTION_DAYS", "FORGET_SERVERS_AFTER_DAYS")}
    for name, default in days.items():
        (said,) = re.findall(
            rf"(\d+),\s+unless\s+the\s+operator\s+has\s+chosen\s+otherwise\s+\(`{name}`\)", POLICY
        )
        assert int(said) == default

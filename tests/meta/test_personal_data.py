"""bot/store/privacy/personal_data.py names every table that has something about members."""

from bot.chat.presenter.members.privacy import TABLES
from bot.store.privacy.personal_data import EXPORTED_TABLES, NAMES
from bot.store.schema.tables import metadata

#: Tables that have nothing about a person, or only as long as their data are being deleted.
ABOUT_NOBODY = {
    "account",
    "card_locks",
    "departures",
    "erasures",
    "feed_entries",
    "guilds",
    "landings",
    "line",
    "listed_words",
    "losses",
    "money",
    "presets",
    "processes",
    "session_starts",
    "standbys",
    "taken_events",
    "turns",
    "welcomes",
}


def test_every_table_is_in_the_export_or_about_nobody() -> None:
    exported = {table.name for table in EXPORTED_TABLES}
    assert exported | ABOUT_NOBODY == set(metadata.tables)
    assert not exported & ABOUT_NOBODY


def test_the_file_says_what_each_of_its_tables_is() -> None:
    assert set(NAMES) == set(TABLES)

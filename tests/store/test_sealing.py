"""What people wrote is encrypted in both databases, and encrypted again after a change of keys."""

from collections.abc import Iterator
from functools import partial

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import Text, select, type_coerce

from bot.chat.presenter.settings.audit import audit
from bot.domain.administration import AuditTopic
from bot.domain.ids import AttachmentId, ChannelId, JobId, MessageId
from bot.domain.request import PictureLocation, Source
from bot.ops.text_cipher import KeyedTextCipher
from bot.services.upkeep.key_rotation import FIRST_AFTER_SECONDS, KeyRotation
from bot.store.admission import blocks
from bot.store.driver.column_types import OutsideText, SealedText
from bot.store.driver.connection import Connection
from bot.store.driver.database import open_database
from bot.store.pictures import jobs
from bot.store.schema.tables import metadata
from bot.store.servers import server_settings
from bot.store.upkeep import key_rotation
from standins.clock import VirtualClock
from tests.builders import GUILD, MEMBER, NOON, a_request, a_runtime
from tests.databases import admit, beside

OLD, NEW = (Fernet.generate_key().decode() for _ in range(2))
MARKER = "zanzibar"
SOURCE = Source(
    url=f"https://cdn.discordapp.com/{MARKER}.png",
    location=PictureLocation(ChannelId(1), MessageId(2), AttachmentId(3)),
)


def fill(connection: Connection) -> None:
    """Write the marker into all columns of texts that a request and a block fill."""
    (job,) = admit(connection, request=a_request(prompt=f"{MARKER}, by <@1>", source=SOURCE))
    jobs.note(connection, job, sent_prompt=f"{MARKER}, by", asset_url=f"https://{MARKER}/")
    blocks.put(connection, 1, reason=MARKER, at=NOON)


def stored(connection: Connection) -> Iterator[str]:
    """Yield the texts of all sealed columns as the database has them."""
    for table in metadata.sorted_tables:
        columns = [type_coerce(it, Text) for it in table.columns if isinstance(it.type, SealedText)]
        if columns:
            for row in connection.execute(select(*columns)):
                yield from (text for text in row if text)


async def test_the_database_has_no_word_in_clear(database_url: str) -> None:
    database = await open_database(database_url, KeyedTextCipher([OLD]))
    await database.write(fill)
    with beside(database_url) as connection:
        found = list(stored(connection))
    job = await database.read(jobs.get, JobId(1))
    block = await database.read(blocks.of, [1], at=NOON)
    await database.close()
    assert len(found) == 5
    assert all(text.startswith(KeyedTextCipher([OLD]).prefix) and MARKER not in text for text in found)
    assert job is not None
    assert (job.prompt, job.words, job.asset_url) == (
        f"{MARKER}, by <@1>",
        f"{MARKER}, by",
        f"https://{MARKER}/",
    )
    assert job.source is not None
    assert job.source.url == SOURCE.url
    assert block is not None
    assert block.reason == MARKER


@pytest.mark.parametrize("before", [None, OLD], ids=["from an older version", "from an old key"])
async def test_all_texts_are_sealed_with_the_newest_key(database_url: str, before: str | None) -> None:
    filling = await open_database(database_url, *([] if before is None else [KeyedTextCipher([before])]))
    await filling.write(fill)
    await filling.close()
    cipher = KeyedTextCipher([NEW, OLD])
    database = await open_database(database_url, cipher)
    clock = VirtualClock(NOON, auto_advance=True)
    await KeyRotation(runtime=a_runtime(database, clock), prefix=cipher.prefix).run()
    assert (clock.now() - NOON).total_seconds() >= FIRST_AFTER_SECONDS
    await database.close()
    only_new = await open_database(database_url, KeyedTextCipher([NEW]))
    job = await only_new.read(jobs.get, JobId(1))
    left = [
        await only_new.read(key_rotation.outdated, name, prefix=cipher.prefix, after=None, limit=10)
        for name in key_rotation.TABLES
    ]
    await only_new.close()
    assert job is not None
    assert job.prompt == f"{MARKER}, by <@1>"
    assert not any(left)


async def test_more_rows_than_are_sealed_at_once(database_url: str) -> None:
    filling = await open_database(database_url)
    for number in range(5):
        await filling.write(blocks.put, number, reason=MARKER, at=NOON)
    prefix = KeyedTextCipher([NEW]).prefix
    pages = []
    after = None
    while page := await filling.read(key_rotation.outdated, "blocks", prefix=prefix, after=after, limit=2):
        pages.append(page)
        after = page[-1]
    await filling.close()
    assert pages == [[(0,), (1,)], [(2,), (3,)], [(4,)]]


async def test_a_text_whose_key_is_missing_is_not_lost(database_url: str) -> None:
    filling = await open_database(database_url, KeyedTextCipher([OLD]))
    await filling.write(fill)
    await filling.close()
    without = await open_database(database_url, KeyedTextCipher([NEW]))
    unreadable = await without.read(jobs.get, JobId(1))
    for name in key_rotation.TABLES:
        prefix = KeyedTextCipher([NEW]).prefix
        keys = await without.read(key_rotation.outdated, name, prefix=prefix, after=None, limit=10)
        await without.write(key_rotation.seal_again, name, keys)
    await without.close()
    again = await open_database(database_url, KeyedTextCipher([NEW, OLD]))
    found = await again.read(jobs.get, JobId(1))
    await again.close()
    assert unreadable is not None
    assert unreadable.prompt == ""
    assert found is not None
    assert found.prompt == f"{MARKER}, by <@1>"


async def test_an_entry_of_the_log_whose_key_is_missing_can_still_be_listed(database_url: str) -> None:
    """Else one of them would hide all others from the moderators."""
    filling = await open_database(database_url, KeyedTextCipher([OLD]))
    record = partial(
        server_settings.record, guild_id=GUILD, actor_id=MEMBER, at=NOON, topic=AuditTopic.BLOCKED
    )
    await filling.write(record, after={"member_id": 1, "reason": MARKER})
    await filling.close()
    without = await open_database(database_url, KeyedTextCipher([NEW]))
    await without.write(record, after={"member_id": 2})
    found = await without.read(server_settings.audit, GUILD, limit=10)
    await without.close()
    assert [(entry.is_readable, entry.after) for entry in found] == [(True, {"member_id": 2}), (False, {})]
    assert "can't be read" in str(audit(found, has_older=False, is_newest=True).body)


def test_only_these_texts_from_outside_stay_in_clear() -> None:
    """A new column is sealed, or stands here: it says nothing about a person, or has to be found by SQL."""
    in_clear = {
        f"{table.name}.{column.name}"
        for table in metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, OutsideText) and not isinstance(column.type, SealedText)
    }
    assert in_clear == {
        "jobs.model",
        "jobs.source_hash",
        "jobs.source_type",
        "jobs.request_id",
        "jobs.output_url",
        "jobs.failure_detail",
        "events.why",
        "dismissed.request_id",
        "dismissed.output_url",
        "listed_words.text",
        "listed_words.pattern",
        "presets.name_key",
        "presets.name",
        "presets.words",
    }

"""The shelf of messages that cards have left for another one."""

from datetime import timedelta

from bot.domain.card import Card, LeftMessage
from bot.domain.ids import CardId, ChannelId, InteractionId, JobId, MessageId
from bot.domain.request import PictureLocation
from bot.store.driver.connection import Connection
from bot.store.driver.database import Database
from bot.store.pictures import cards, jobs, left_messages
from tests.builders import CHANNEL, MESSAGE, NOON, a_new_card, a_request
from tests.databases import admit

SOON = NOON + timedelta(minutes=5)
LATER = NOON + timedelta(minutes=20)
ELSEWHERE = MessageId(6)


def admitted(connection: Connection, *, is_answered: bool = True) -> Card:
    card = cards.get(connection, admit(connection, is_answered=is_answered)[0].card_id)
    assert card is not None
    return card


def posted_anew(connection: Connection) -> Card:
    """A card whose picture came as a new message, as it was before."""
    before = admitted(connection)
    cards.shown(connection, before, revision=1, message_id=ELSEWHERE, channel_id=CHANNEL, at=NOON)
    return before


async def lefts(database: Database, card_id: CardId) -> list[LeftMessage]:
    return await database.read(left_messages.of_card, card_id)


async def test_a_message_that_a_card_leaves_for_a_new_one_is_behind(database: Database) -> None:
    before = await database.write(posted_anew)
    (left,) = await lefts(database, before.id)
    assert (left.message_id, left.channel_id, left.is_private) == (before.message_id, CHANNEL, False)
    assert (left.sealed_token, left.token_expires_at) == (before.sealed_token, before.token_expires_at)
    assert left.behind_since == NOON
    assert await database.read(left_messages.due, at=NOON) == [left]


async def test_a_card_that_moves_to_another_answer_leaves_its_message_behind(database: Database) -> None:
    before = await database.write(admitted)
    to = a_new_card(interaction_id=InteractionId(9), channel_id=ChannelId(8))
    await database.write(cards.move, before, to, message_id=ELSEWHERE, at=NOON)
    assert [left.message_id for left in await lefts(database, before.id)] == [before.message_id]


async def test_a_card_that_stays_leaves_nothing(database: Database) -> None:
    card = await database.write(admitted)
    assert card.message_id is not None
    await database.write(
        cards.shown, card, revision=1, message_id=card.message_id, channel_id=CHANNEL, at=NOON
    )
    assert await lefts(database, card.id) == []


async def test_a_message_that_was_never_answered_is_not_left(database: Database) -> None:
    card = await database.write(admitted, is_answered=False)
    await database.write(cards.shown, card, revision=1, message_id=MESSAGE, channel_id=CHANNEL, at=NOON)
    assert await lefts(database, card.id) == []


async def test_a_message_is_left_once(database: Database) -> None:
    before = await database.write(posted_anew)
    await database.write(left_messages.keep, before, at=LATER)
    assert len(await lefts(database, before.id)) == 1


async def test_one_that_is_put_off_is_due_at_its_time(database: Database) -> None:
    before = await database.write(posted_anew)
    (left,) = await lefts(database, before.id)
    await database.write(left_messages.put_off, left.id, try_at=SOON)
    assert await database.read(left_messages.due, at=NOON) == []
    assert await database.read(left_messages.due, at=SOON) == [left]


async def test_one_that_is_up_to_date_is_due_once_something_is_taken_down(database: Database) -> None:
    before = await database.write(posted_anew)
    (left,) = await lefts(database, before.id)
    await database.write(left_messages.put_off, left.id, try_at=None)
    assert await database.read(left_messages.due, at=LATER) == []
    await database.write(left_messages.touch, before.id, at=SOON)
    (again,) = await database.read(left_messages.due, at=LATER)
    assert (again.id, again.behind_since) == (left.id, SOON)


async def test_one_that_is_gone_is_forgotten(database: Database) -> None:
    before = await database.write(posted_anew)
    (left,) = await lefts(database, before.id)
    await database.write(left_messages.forget, left.id)
    assert await lefts(database, before.id) == []


async def test_its_token_is_forgotten_as_a_cards_is(database: Database) -> None:
    before = await database.write(posted_anew)
    assert before.token_expires_at is not None
    await database.write(left_messages.forget_tokens, before=before.token_expires_at)
    assert (await lefts(database, before.id))[0].sealed_token is not None
    await database.write(left_messages.forget_tokens, before=before.token_expires_at + timedelta(seconds=1))
    assert (await lefts(database, before.id))[0].sealed_token is None


# --- copies ---


def a_copy(connection: Connection) -> tuple[Card, JobId]:
    """The first of a card's two pictures was posted again."""
    jobs_on_it = admit(connection, request=a_request(count=2))
    card = cards.get(connection, jobs_on_it[0].card_id)
    assert card is not None
    there = a_new_card(interaction_id=InteractionId(9))
    copy_id = left_messages.keep_copy(connection, jobs_on_it[0], there, ELSEWHERE, at=NOON)
    left_messages.settle_copy(connection, copy_id)
    return card, jobs_on_it[0].id


def take_down(connection: Connection, card_id: CardId, position: int) -> None:
    job = jobs.of_card(connection, card_id)[position]
    jobs.note(connection, job, deleted_at=NOON)
    left_messages.touch(connection, card_id, at=SOON)


async def test_a_copy_is_due_with_its_own_picture_and_with_no_other(database: Database) -> None:
    card, _ = await database.write(a_copy)
    assert await database.read(left_messages.due, at=LATER) == []
    await database.write(take_down, card.id, 1)
    assert await database.read(left_messages.due, at=LATER) == []
    await database.write(take_down, card.id, 0)
    assert len(await database.read(left_messages.due, at=LATER)) == 1


async def test_what_is_taken_down_while_it_is_copied_stays_due(database: Database) -> None:
    card, _ = await database.write(a_copy)
    (copy,) = await lefts(database, card.id)
    await database.write(take_down, card.id, 0)
    await database.write(left_messages.settle_copy, copy.id)
    assert len(await database.read(left_messages.due, at=LATER)) == 1


async def test_a_copy_is_found_by_its_message_and_its_picture_until_it_is_forgotten(
    database: Database,
) -> None:
    _, job_id = await database.write(a_copy)
    assert await database.read(left_messages.copied_on, CHANNEL, [ELSEWHERE]) == [job_id]
    assert await database.read(left_messages.copied_on, ChannelId(8), [ELSEWHERE]) == []
    assert await database.read(left_messages.copy_of, job_id) == PictureLocation(CHANNEL, ELSEWHERE)
    await database.write(left_messages.forget_copies, CHANNEL, [ELSEWHERE])
    assert await database.read(left_messages.copied_on, CHANNEL, [ELSEWHERE]) == []
    assert await database.read(left_messages.copy_of, job_id) is None

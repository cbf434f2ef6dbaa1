"""The shelf of cards: one for each interaction, and which of them show less than is known."""

from datetime import timedelta

import pytest

from bot.domain.card import LAST_WORD, Card
from bot.domain.ids import CardId, ChannelId, GuildId, InteractionId, MemberId, MessageId
from bot.store.driver.connection import Connection
from bot.store.driver.database import Database
from bot.store.pictures import cards, jobs
from tests.builders import CHANNEL, MESSAGE, NOON, a_card, a_new_card, a_request
from tests.databases import admit, admit_card, facts_about

LATER = NOON + timedelta(minutes=20)
SECOND = timedelta(seconds=1)


async def card(database: Database, card_id: CardId) -> Card:
    found = await database.read(cards.get, card_id)
    assert found is not None
    return found


async def admitted(database: Database, *, is_answered: bool = True) -> CardId:
    (job,) = await database.write(admit, is_answered=is_answered)
    return job.card_id


async def test_a_card_is_kept_as_it_was_given(database: Database) -> None:
    kept = await database.write(admit_card, a_new_card(is_private=True))
    assert kept == a_card(id=kept.id, is_private=True, message_id=None)
    assert await card(database, kept.id) == kept


async def test_a_reply_has_no_token(database: Database) -> None:
    new = a_new_card(sealed_token=None, token_expires_at=None)
    card_id = (await database.write(admit_card, new)).id
    kept = await card(database, card_id)
    assert (kept.sealed_token, kept.token_expires_at) == (None, None)


async def test_the_second_arrival_of_an_interaction_finds_the_first(database: Database) -> None:
    new = a_new_card()
    assert (await database.write(facts_about, new)).card_id is None
    first = await database.write(admit_card, new)
    again = a_new_card(member_id=MemberId(9), guild_id=GuildId(9), sealed_token=b"other")
    assert (await database.write(facts_about, again)).card_id == first.id


async def test_an_unknown_card_is_none(database: Database) -> None:
    assert await database.read(cards.get, CardId(404)) is None
    assert await database.read(cards.with_jobs, CardId(404)) is None


async def test_a_card_is_read_with_its_jobs_as_each_is_by_itself(database: Database) -> None:
    """Though the tables have columns of the same names."""
    card_id = (await database.write(admit, request=a_request(count=3), channel_id=ChannelId(5)))[0].card_id
    await database.write(admit)
    on_it = await database.read(jobs.of_card, card_id)
    assert [job.position for job in on_it] == [0, 1, 2]
    assert await database.read(cards.with_jobs, card_id) == (await card(database, card_id), on_it)


async def test_the_first_answer_says_where_the_card_stands(database: Database) -> None:
    card_id = await admitted(database, is_answered=False)
    answered = await database.write(cards.answered, card_id, message_id=MESSAGE, channel_id=ChannelId(5))
    assert (answered.message_id, answered.channel_id) == (MESSAGE, ChannelId(5))
    assert answered == await card(database, card_id)

    again = await database.write(cards.answered, card_id, message_id=MessageId(6))
    assert (again.message_id, again.channel_id) == (MessageId(6), ChannelId(5))


async def test_cards_are_due_until_shown_as_they_are(database: Database) -> None:
    shown, touched, fresh, lost = [await admitted(database) for _ in range(4)]
    await admitted(database, is_answered=False)

    def prepare(connection: Connection) -> None:
        for card_id in (shown, touched):
            cards.touch(connection, card_id)
            told_of(connection, a_card(id=card_id), 1)
        cards.touch(connection, touched)
        cards.lost(connection, lost)

    await database.write(prepare)
    assert await database.read(cards.due) == [touched, fresh]
    assert (await card(database, touched)).revision == 2
    assert (await card(database, lost)).is_lost


def told_of(connection: Connection, seen: Card, revision: int) -> bool:
    return cards.shown(connection, seen, revision=revision, message_id=MESSAGE, channel_id=CHANNEL, at=NOON)


async def test_what_is_shown_may_have_been_posted_anew(database: Database) -> None:
    seen = await card(database, await admitted(database))
    await database.write(cards.lost, seen.id)
    assert await database.write(
        cards.shown, seen, revision=0, message_id=MessageId(5), channel_id=ChannelId(50), at=NOON
    )
    found = await card(database, seen.id)
    assert (found.shown_revision, found.message_id, found.channel_id) == (0, 5, 50)
    assert not found.is_lost


@pytest.mark.parametrize("order", [(1, 3), (3, 1), (3, 1, 2), (1, 3, 2), (2, 3, 1)])
async def test_after_two_processes_showed_different_looks_the_card_is_due_again(
    database: Database, order: tuple[int, ...]
) -> None:
    seen = await card(database, await admitted(database))
    for _ in range(3):
        await database.write(cards.touch, seen.id)
    told = [await database.write(told_of, seen, revision) for revision in order]
    assert told == [True, *(False for _ in order[1:])]
    assert await database.read(cards.due) == [seen.id]

    again = await card(database, seen.id)
    assert again.shown_revision == min(order)
    assert await database.write(told_of, again, 3)
    assert await database.read(cards.due) == []


async def test_two_processes_that_showed_the_same_look_are_content(database: Database) -> None:
    seen = await card(database, await admitted(database))
    await database.write(cards.touch, seen.id)
    assert await database.write(told_of, seen, 1)
    assert await database.write(told_of, seen, 1)
    assert await database.read(cards.due) == []


async def test_a_late_look_at_a_message_that_the_card_has_left_is_nothing(database: Database) -> None:
    seen = await card(database, await admitted(database))
    await database.write(cards.touch, seen.id)
    assert await database.write(
        cards.shown, seen, revision=1, message_id=MessageId(5), channel_id=CHANNEL, at=NOON
    )
    assert await database.write(told_of, seen, 0)
    found = await card(database, seen.id)
    assert (found.shown_revision, found.message_id) == (1, 5)


@pytest.mark.parametrize(
    ("left", "is_private", "is_touched"),
    [
        (LAST_WORD, True, True),
        (SECOND, True, True),
        (LAST_WORD + SECOND, True, False),
        (-SECOND, True, False),
        (LAST_WORD, False, False),
    ],
)
async def test_a_private_card_is_due_once_more_before_its_token_ends(
    database: Database,
    left: timedelta,
    is_private: bool,  # noqa: FBT001  a parameter of pytest's
    is_touched: bool,  # noqa: FBT001  a parameter of pytest's
) -> None:
    card_id = await admitted(database)
    before = await card(database, card_id)
    to = a_new_card(is_private=is_private, token_expires_at=NOON + left)
    await database.write(cards.move, before, to, message_id=MessageId(6), at=NOON)
    await database.write(cards.touch_fading, at=NOON)
    assert ((await card(database, card_id)).revision > before.revision) is is_touched


async def test_a_card_that_is_put_off_is_due_at_its_time(database: Database) -> None:
    card_id = await admitted(database)
    await database.write(cards.touch, card_id)
    await database.write(cards.put_off, card_id, behind_since=NOON, try_at=LATER)
    assert await database.read(cards.due, at=LATER - SECOND) == []
    assert await database.read(cards.due, at=LATER) == await database.read(cards.due) == [card_id]
    seen = await card(database, card_id)
    assert (seen.behind_since, seen.try_at) == (NOON, LATER)


async def test_a_card_that_is_shown_is_behind_no_more(database: Database) -> None:
    card_id = await admitted(database)
    await database.write(cards.put_off, card_id, behind_since=NOON, try_at=LATER)
    await database.write(told_of, await card(database, card_id), 1)
    seen = await card(database, card_id)
    assert (seen.behind_since, seen.try_at) == (None, None)


async def test_a_card_moves_to_another_answer(database: Database) -> None:
    card_id = await admitted(database)
    await database.write(cards.lost, card_id)
    before = await card(database, card_id)
    to = a_new_card(
        interaction_id=InteractionId(9),
        channel_id=ChannelId(8),
        sealed_token=b"new",
        token_expires_at=LATER,
        is_private=True,
        upload_limit=7,
    )
    await database.write(cards.move, before, to, message_id=MessageId(6), at=NOON)

    moved = await card(database, card_id)
    assert (moved.channel_id, moved.message_id, moved.is_lost) == (8, 6, False)
    assert (moved.sealed_token, moved.token_expires_at) == (b"new", LATER)
    assert (moved.is_private, moved.upload_limit) == (True, 7)
    assert moved.interaction_id == before.interaction_id


async def test_unanswered_cards_are_found_once_they_are_old(database: Database) -> None:
    old = await admitted(database, is_answered=False)
    given_up = await admitted(database, is_answered=False)
    await database.write(cards.lost, given_up)
    await admitted(database)

    assert await database.read(cards.unanswered, before=NOON) == []
    found = await database.read(cards.unanswered, before=LATER)
    assert [card.id for card in found] == [old]


async def test_tokens_are_forgotten_once_they_have_expired(database: Database) -> None:
    expired = await admitted(database)
    (job,) = await database.write(admit, token_expires_at=LATER)
    await database.write(admit, sealed_token=None, token_expires_at=None)

    assert await database.write(cards.forget_tokens, before=LATER) == 1
    assert (await card(database, expired)).sealed_token is None
    assert (await card(database, job.card_id)).sealed_token == b"sealed"
    assert await database.write(cards.forget_tokens, before=LATER) == 0

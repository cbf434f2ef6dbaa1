"""The deletion of a member's data, table by table. `bot.store.privacy.personal_data` lists the tables.

What has to outlive it is kept under another id (`bot.domain.pseudonyms`): jobs as long as a limit may count
them, blocks, strikes, limits that admins have set, and the times of posts, reports and exports.
"""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    BindParameter,
    Executable,
    Table,
    and_,
    bindparam,
    case,
    delete,
    exists,
    false,
    func,
    not_,
    or_,
    select,
    update,
)

from bot.domain.administration import RuleScope
from bot.domain.card import Card
from bot.domain.failure import Failure, FailureKind
from bot.domain.ids import CardId, MemberId
from bot.domain.job import ENDS, Job, JobState
from bot.domain.limits import WINDOWS
from bot.domain.moderation import ModerationTopic
from bot.domain.pseudonyms import NAMELESS
from bot.store.driver.column_types import UtcMicroseconds
from bot.store.driver.connection import Connection, Row
from bot.store.moderation import approvals
from bot.store.pictures import accounts, cards, jobs
from bot.store.pictures.job_rows import JOB, job_from
from bot.store.privacy import personal_data
from bot.store.schema.conditions import IS_OPEN, IS_PARKED, IS_UNDECIDED
from bot.store.schema.tables import (
    audits,
    blocks,
    complaints,
    dismissed,
    events,
    exports,
    favourites,
    feed_entries,
    left_messages,
    member_blocks,
    members,
    moderation_posts,
    posts,
    rules,
    strikes,
)
from bot.store.schema.tables import cards as card_table
from bot.store.schema.tables import jobs as job_table

WHY = "its member deleted their data"
#: From then on, no limit counts a picture any more.
COUNTED_FOR = max(WINDOWS.values()) + timedelta(days=1)
#: A message that is out of date is brought up to date before the bot forgets it, if this takes no longer.
SHOWN_WITHIN = timedelta(minutes=10)
#: An edit that is under way must not save its place again: it is older than this revision.
LAST_REVISION = 2_000_000_000
ENGLISH = "en"
_SIDES = ("before", "after")
_FORGOTTEN_OF_CARDS = ("sealed_token", "token_expires_at", "message_id", "behind_since", "try_at")
_FORGOTTEN_OF_JOBS = (
    "source_url",
    "source_channel_id",
    "source_message_id",
    "source_attachment_id",
    "source_job_id",
    "source_hash",
    "source_type",
    "asset_url",
    "output_url",
    "attachment_id",
    "failure_detail",
    "failure_note",
    "rules",
    "sent_prompt",
    "moderation_reason",
    "hiding",
    "preset_name",
    "preset_words",
    "listed_word",
)

# --- what is left ---------------------------------------------------------------------------------------


def cancel_waiting(connection: Connection, member_id: MemberId, *, at: datetime) -> list[Job]:
    """End the jobs of the member that would otherwise wait: in line, kept for them, or for a moderator."""
    return [ended for job in _waiting(connection, member_id) if (ended := _end(connection, job, at=at))]


def _waiting(connection: Connection, member_id: MemberId) -> list[Job]:
    rows = connection.execute(_WAITING, {"member": member_id})
    return [job_from(row) for row in rows]


def _end(connection: Connection, job: Job, *, at: datetime) -> Job | None:
    """A job that changes at this moment is left alone: it may finish."""
    match job.state:
        case JobState.QUEUED:
            return jobs.step(connection, job, JobState.CANCELLED, at=at, why=WHY)
        case JobState.HELD:
            return approvals.withdraw(connection, job, by=None, at=at, why=WHY)
    failure = Failure(FailureKind.DISCORD)
    claimed = jobs.claim(connection, job.id)
    return claimed and jobs.step(connection, claimed, JobState.FAILED, at=at, why=WHY, failure=failure)


def count_left(connection: Connection, member_id: MemberId, *, asked_before: datetime) -> int:
    """Count the requests up to this time that are still the member's."""
    return int(connection.scalar(_COUNT, {"member": member_id, "before": asked_before}))


def ready(
    connection: Connection, member_id: MemberId, *, asked_before: datetime, at: datetime, limit: int
) -> list[Card]:
    """Return cards of the member that can be erased, the oldest first.

    All of their jobs have ended, their costs are known, and nothing has to be looked for in the provider's
    history by their words. Their messages in Discord say how it ended.
    """
    asked = {"member": member_id, "before": asked_before, "most": limit, "shown_by": at - SHOWN_WITHIN}
    found = (cards.get(connection, CardId(id_)) for id_ in connection.scalars(_READY, asked))
    return [card for card in found if card is not None]


def reported(connection: Connection, found: Sequence[Card]) -> list[Card]:
    """Return those of the cards with pictures that are hidden, or on whose reports no one has decided."""
    card_ids = set(connection.scalars(_REPORTED, {"cards": [card.id for card in found]}))
    return [card for card in found if card.id in card_ids]


def count_ready(connection: Connection, member_id: MemberId, *, asked_before: datetime, at: datetime) -> int:
    asked = {"member": member_id, "before": asked_before, "shown_by": at - SHOWN_WITHIN}
    return int(connection.scalar(_COUNT_READY, asked))


# --- requests -------------------------------------------------------------------------------------------


def erase_cards(
    connection: Connection, card_ids: Sequence[CardId], pseudonym: MemberId, *, at: datetime
) -> None:
    """Delete everything of these requests but what is counted: times, costs, and outcomes."""
    asked = {"cards": list(card_ids)}
    for delete_with_cards in _DELETED_WITH_CARDS:
        connection.execute(delete_with_cards, asked)
    connection.execute(_FORGET_SOURCES, asked)
    connection.execute(_FORGET_BILLS, asked)
    named = asked | {"pseudonym": pseudonym, "counted": at - COUNTED_FOR, "erased": at}
    connection.execute(_ERASE_JOBS, named)
    connection.execute(_ERASE_CARDS, named)


def forget_pseudonyms(connection: Connection, *, at: datetime) -> int:
    """Take the ids from jobs that no limit counts any more; return of how many."""
    asked = {"counted": at - COUNTED_FOR}
    connection.execute(_NAMELESS_CARDS, asked)
    return connection.execute(_NAMELESS_JOBS, asked).rowcount


# --- everything else ------------------------------------------------------------------------------------


def erase_choices(connection: Connection, member_id: MemberId) -> None:
    """Delete what the member has chosen."""
    for table in (favourites, members):
        connection.execute(delete(table).where(table.c.member_id == member_id))


def keep_under(connection: Connection, member_id: MemberId, pseudonym: MemberId) -> None:
    """Keep under the other id what has to outlive the member's data, without what they wrote."""
    ids = {"member": member_id, "pseudonym": pseudonym}
    for remove_older, rename in _KEPT:
        connection.execute(remove_older, ids)
        connection.execute(rename, ids)
    connection.execute(_FORGET_REASONS, ids)
    connection.execute(_FORGET_POSTS, ids)
    for acted in _ACTED:
        connection.execute(acted, ids)


def erase_log(connection: Connection, rows: Sequence[Row], member_id: MemberId) -> None:
    """Take the member's id and the words about them from these entries of the log of changes."""
    for row in rows:
        values: dict[str, Any] = {}
        if row.actor_id == member_id:
            values["actor_id"] = NAMELESS
        if personal_data.is_about(row, member_id):
            values |= {"about_id": NAMELESS, **{side: _wordless(getattr(row, side)) for side in _SIDES}}
            if row.scope is RuleScope.MEMBER:
                values["subject_id"] = NAMELESS
        connection.execute(update(audits).where(audits.c.id == row.id).values(values))


def _wordless(text: str) -> str:
    """Return the values of an entry without whom they are about, and without what anybody wrote."""
    values = json.loads(text or "{}")
    kept = {name: value for name, value in values.items() if not isinstance(value, str)}
    return json.dumps(kept | ({"member_id": NAMELESS} if "member_id" in kept else {}))


def erase_totals(connection: Connection, member_id: MemberId, pseudonym: MemberId) -> None:
    """Delete the member's share of the totals, but for what they have asked for since; all others stay."""
    servers = connection.scalars(_SERVERS, {"members": [member_id, pseudonym]})
    left = connection.execute(_JOBS_OF, {"member": member_id})
    accounts.forget_member(connection, member_id, servers, [job_from(row) for row in left])


# --- statements -----------------------------------------------------------------------------------------

_MEMBER: BindParameter[Any] = bindparam("member")
_PSEUDONYM: BindParameter[Any] = bindparam("pseudonym")
_CARDS: BindParameter[Any] = bindparam("cards", expanding=True)
_IS_THEIRS = job_table.c.member_id == _MEMBER
_ARE_ASKED = (_IS_THEIRS, job_table.c.created_at <= bindparam("before"))
_WAITS = or_(and_(IS_OPEN, job_table.c.state.in_([JobState.QUEUED, JobState.HELD])), IS_PARKED)
_WAITING = select(*JOB).where(_IS_THEIRS, _WAITS).order_by(job_table.c.id)
_JOBS_OF = select(*JOB).where(_IS_THEIRS)
_COUNT = select(func.count(job_table.c.card_id.distinct())).where(*_ARE_ASKED)
_SERVERS = (
    select(job_table.c.guild_id)
    .where(job_table.c.member_id.in_(bindparam("members", expanding=True)))
    .distinct()
)

_ON_CARD = job_table.alias("on_card")
#: One of the card's jobs has not ended, or its cost is not known.
IS_UNSETTLED = exists().where(
    _ON_CARD.c.card_id == card_table.c.id,
    or_(_ON_CARD.c.state.not_in(ENDS), _ON_CARD.c.held_microusd != 0),
)
#: Something has to be looked for in the provider's history by its words.
IS_LOOKED_FOR = (
    exists()
    .select_from(dismissed.join(_ON_CARD, _ON_CARD.c.id == dismissed.c.job_id))
    .where(_ON_CARD.c.card_id == card_table.c.id, dismissed.c.request_id.is_(None))
)
_IS_ANSWERED = or_(card_table.c.message_id.is_not(None), card_table.c.is_lost)
#: The latest of the times at which its jobs have ended.
_ENDED_LATELY = exists().where(
    _ON_CARD.c.card_id == card_table.c.id, _ON_CARD.c.state_at > bindparam("shown_by")
)
_IS_SHOWN = or_(
    card_table.c.revision <= card_table.c.shown_revision, card_table.c.is_lost, not_(_ENDED_LATELY)
)
#: A message for moderators still shows a picture that waited for them.
_IS_WAITING_ELSEWHERE = (
    exists()
    .select_from(moderation_posts.join(_ON_CARD, _ON_CARD.c.id == moderation_posts.c.job_id))
    .where(
        _ON_CARD.c.card_id == card_table.c.id,
        moderation_posts.c.topic == ModerationTopic.APPROVAL,
        moderation_posts.c.try_at.is_not(None),
    )
)
_ARE_READY = (
    card_table.c.id.in_(select(job_table.c.card_id).where(*_ARE_ASKED)),
    not_(IS_UNSETTLED),
    not_(IS_LOOKED_FOR),
    _IS_ANSWERED,
    _IS_SHOWN,
    or_(not_(_IS_WAITING_ELSEWHERE), not_(_ENDED_LATELY)),
)
_READY = select(card_table.c.id).where(*_ARE_READY).order_by(card_table.c.id).limit(bindparam("most"))
_COUNT_READY = select(func.count()).select_from(card_table).where(*_ARE_READY)

_REPORTED = (
    select(job_table.c.card_id)
    .outerjoin(
        moderation_posts,
        and_(
            moderation_posts.c.job_id == job_table.c.id,
            moderation_posts.c.topic == ModerationTopic.REPORT,
            IS_UNDECIDED,
        ),
    )
    .where(
        job_table.c.card_id.in_(_CARDS),
        or_(moderation_posts.c.id.is_not(None), job_table.c.hiding.is_not(None)),
    )
)

_JOB_IDS = select(job_table.c.id).where(job_table.c.card_id.in_(_CARDS))
_DELETED_WITH_CARDS = (
    delete(left_messages).where(left_messages.c.card_id.in_(_CARDS)),
    *(
        delete(table).where(table.c.job_id.in_(_JOB_IDS))
        for table in (events, favourites, feed_entries, complaints, moderation_posts)
    ),
)
#: Edits by others, which lead to the message with the picture that they edit.
_FORGET_SOURCES = (
    update(job_table)
    .where(job_table.c.source_job_id.in_(_JOB_IDS))
    .values(source_job_id=None, source_channel_id=None, source_message_id=None, source_attachment_id=None)
)
_FORGET_BILLS = (
    update(dismissed).where(dismissed.c.job_id.in_(_JOB_IDS)).values(image_url=None, output_url=None)
)
_ERASED_AT = bindparam("erased", type_=UtcMicroseconds)
_KEPT_ID = case((job_table.c.created_at > bindparam("counted"), _PSEUDONYM), else_=NAMELESS)
_ERASE_JOBS = (
    update(job_table)
    .where(job_table.c.card_id.in_(_CARDS))
    .values(
        member_id=_KEPT_ID,
        deleted_at=case(
            (job_table.c.state == JobState.DELIVERED, func.coalesce(job_table.c.deleted_at, _ERASED_AT)),
            else_=job_table.c.deleted_at,
        ),
        **dict.fromkeys(_FORGOTTEN_OF_JOBS),
    )
)
_ERASE_CARDS = (
    update(card_table)
    .where(card_table.c.id.in_(_CARDS))
    .values(
        member_id=case((card_table.c.created_at > bindparam("counted"), _PSEUDONYM), else_=NAMELESS),
        interaction_id=-card_table.c.id,
        prompt="",
        language=ENGLISH,
        is_lost=True,
        is_gone=True,
        owes_notice=False,
        revision=LAST_REVISION,
        shown_revision=LAST_REVISION,
        **dict.fromkeys(_FORGOTTEN_OF_CARDS),
    )
)
_NAMELESS_JOBS, _NAMELESS_CARDS = (
    update(table)
    .where(table.c.member_id < NAMELESS, table.c.created_at <= bindparam("counted"))
    .values(member_id=NAMELESS)
    for table in (job_table, card_table)
)


def _keeping(table: Table, column: str) -> tuple[Executable, Executable]:
    """Return the removal of what an earlier erasure has kept in the same place, and the renaming."""
    mine, others = table.alias("mine"), [key.name for key in table.primary_key if key.name != column]
    is_part_of_key = column in table.primary_key.columns
    same_place = (mine.c[name] == table.c[name] for name in others)
    is_replaced = exists().where(mine.c[column] == _MEMBER, *same_place) if is_part_of_key else false()
    older = delete(table).where(table.c[column] == _PSEUDONYM, is_replaced)
    renamed = update(table).where(table.c[column] == _MEMBER).values({column: _PSEUDONYM})
    return older, renamed


_KEPT = [
    _keeping(posts, "member_id"),
    _keeping(exports, "member_id"),
    _keeping(complaints, "member_id"),
    _keeping(rules, "subject_id"),
    _keeping(blocks, "id"),
    _keeping(member_blocks, "member_id"),
    _keeping(strikes, "member_id"),
]
_FORGET_REASONS = update(complaints).where(complaints.c.member_id == _PSEUDONYM).values(reason="")
#: Those about no picture; the others are deleted with their requests.
_FORGET_POSTS = delete(moderation_posts).where(
    moderation_posts.c.member_id == _MEMBER, moderation_posts.c.job_id.is_(None)
)
_ACTED = (
    update(moderation_posts).where(moderation_posts.c.decided_by == _MEMBER).values(decided_by=NAMELESS),
    update(member_blocks).where(member_blocks.c.actor_id == _MEMBER).values(actor_id=NAMELESS),
    update(strikes).where(strikes.c.actor_id == _MEMBER).values(actor_id=NAMELESS),
)

"""The news for moderators: a row for each thing, and the message in their channel that shows it.

A row whose message is out of date is due. It is not due while its server has no channel for moderators: then
only `/review` shows it.
"""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import bindparam, case, func, null, select, update

from bot.domain.ids import ChannelId, GuildId, JobId, MemberId, MessageId, ModerationPostId
from bot.domain.moderation import LOGGED, OF_SHOWN, Decision, ModerationPost, ModerationTopic
from bot.store.driver.column_types import UtcMicroseconds
from bot.store.driver.connection import Connection, Row
from bot.store.driver.upsert import in_each_dialect
from bot.store.schema.conditions import HAS_NEXT_TRY, IS_UNDECIDED
from bot.store.schema.tables import complaints, guilds, moderation_posts

#: Posts that are taken up at once.
MOST_DUE = 50

# --- what is owed ----------------------------------------------------------------------------


def owe(
    connection: Connection,
    *,
    guild_id: GuildId,
    topic: ModerationTopic,
    member_id: MemberId,
    at: datetime,
    job_id: JobId | None = None,
    subject_id: int | None = None,
) -> ModerationPostId:
    """Owe the server's moderators a post about a member, and return it.

    Each job has one post of a topic: it is brought up to date if it is open, and opened again if it is over.
    """
    due_at = at if channel_of(connection, guild_id, topic) is not None else None
    of_job = {"job": job_id, "post_topic": topic}
    values = {
        "guild_id": guild_id,
        "topic": topic,
        "job_id": job_id,
        "member_id": member_id,
        "subject_id": subject_id,
        "at": at,
        "try_at": due_at,
        **_NEW,
    }
    inserted = connection.scalars(_INSERT[connection.dialect.name], values)
    if inserted:
        return ModerationPostId(inserted.one())
    again = connection.scalars(_TOUCH, {**of_job, "touched_at": at, "due_at": due_at})
    again = again or connection.scalars(_REOPEN, {**of_job, "opened_at": at, "due_at": due_at})
    return ModerationPostId(again.one())


def end(
    connection: Connection,
    job_id: JobId,
    decision: Decision,
    *,
    by: MemberId | None,
    at: datetime,
    reason: str = "",
    topics: Collection[ModerationTopic] = OF_SHOWN,
) -> list[ModerationPostId]:
    """Decide the open posts of these topics about the job, and the reports of it; return the posts."""
    values = {
        "job": job_id,
        "post_topics": list(topics),
        "taken": decision,
        "by": by,
        "ended_at": at,
        "why": reason,
    }
    ended = [ModerationPostId(id_) for id_ in connection.scalars(_END, values)]
    connection.execute(_END_COMPLAINTS, {"job": job_id})
    return ended


def touch(connection: Connection, job_id: JobId, *, at: datetime) -> None:
    """Bring the open posts about the job up to date."""
    connection.execute(_TOUCH_JOB, {"job": job_id, "touched_at": at})


def channel_of(connection: Connection, guild_id: GuildId, topic: ModerationTopic) -> ChannelId | None:
    """Return the channel of the server for this topic, if it is set: the moderators', or the log channel."""
    found = connection.scalar(_LOG_CHANNEL if topic in LOGGED else _CHANNEL, {"guild": guild_id})
    return None if found is None else ChannelId(found)


def channel_changed(
    connection: Connection, guild_id: GuildId, channel_id: ChannelId | None, *, at: datetime
) -> None:
    """Post what is open and not posted yet in the new channel.

    What was posted elsewhere is edited there once more, which shows whether that message is gone with its
    channel: then it is posted again, in the new one.
    """
    due_at = at if channel_id is not None else None
    connection.execute(_CHANNEL_CHANGED, {"guild": guild_id, "due_at": due_at})
    if channel_id is not None:
        connection.execute(_LOOK_ELSEWHERE, {"guild": guild_id, "channel": channel_id, "look_at": at})


# --- reading ------------------------------------------------------------------------------------------


def get(connection: Connection, post_id: ModerationPostId) -> ModerationPost | None:
    row = connection.execute(_GET, {"post": post_id}).one_or_none()
    return None if row is None else _post(row)


def of_job(connection: Connection, job_id: JobId, topic: ModerationTopic) -> ModerationPost | None:
    row = connection.execute(_OF_JOB, {"job": job_id, "post_topic": topic}).one_or_none()
    return None if row is None else _post(row)


def count_open(connection: Connection, guild_id: GuildId, topic: ModerationTopic) -> int:
    return int(connection.scalar(_COUNT_OPEN, {"guild": guild_id, "post_topic": topic}))


def all_open(
    connection: Connection, guild_id: GuildId, topic: ModerationTopic, *, limit: int, offset: int
) -> list[ModerationPost]:
    """Return what no one has decided yet, the longest known first."""
    asked = {"guild": guild_id, "post_topic": topic, "most": limit, "after": offset}
    return [_post(row) for row in connection.execute(_OPEN, asked)]


def is_refused(connection: Connection, guild_id: GuildId) -> bool:
    """Return whether the bot could not write an open post to the moderators' channel."""
    return bool(connection.scalar(_REFUSED, {"guild": guild_id}))


# --- the message --------------------------------------------------------------------------------------


def due(connection: Connection, *, at: datetime) -> list[ModerationPostId]:
    """Return the posts to be sent or edited by this time, the longest due first."""
    return [ModerationPostId(id_) for id_ in connection.scalars(_DUE, {"by_now": at})]


def begin(connection: Connection, post_id: ModerationPostId, channel_id: ChannelId) -> bool:
    """Save where the post is about to be sent, so that it is looked for there if the answer is lost.

    Return False if it was deleted meanwhile.
    """
    return bool(connection.execute(_BEGIN, {"post": post_id, "channel": channel_id}).rowcount)


def shown(
    connection: Connection,
    post_id: ModerationPostId,
    *,
    revision: int,
    message_id: MessageId | None,
    at: datetime,
) -> bool:
    """Save what the message shows; None: it was deleted. Return False if it is out of date again.

    Then it is due, also if the decision came before its place was saved, when nothing was to be edited.
    """
    values = {"post": post_id, "number": revision, "message": message_id, "again_at": at}
    return not connection.scalar(_SHOWN, values)


def close(connection: Connection, post_id: ModerationPostId) -> None:
    """End a post on which nothing is to be decided."""
    connection.execute(_CLOSE, {"post": post_id})


def message_gone(connection: Connection, post_id: ModerationPostId, *, at: datetime) -> None:
    """Forget a message that was deleted in Discord. If the post is open, it is due again."""
    connection.execute(_MESSAGE_GONE, {"post": post_id, "again_at": at})


def put_off(
    connection: Connection,
    post_id: ModerationPostId,
    *,
    try_at: datetime | None,
    behind_since: datetime,
    is_refused: bool,
) -> None:
    """Save when the post is tried again; None: never, unless something changes."""
    values = {"post": post_id, "next_at": try_at, "since": behind_since, "refused": is_refused}
    connection.execute(_PUT_OFF, values)


# --- statements ---------------------------------------------------------------------------------------

_NEW = {
    "revision": 0,
    "shown_revision": -1,
    "is_refused": False,
    "is_over": False,
    "reason": "",
}
_it = moderation_posts.c
_IS_IT = _it.id == bindparam("post")
_IS_OF_JOB = (_it.job_id == bindparam("job"), _it.topic == bindparam("post_topic"))
_DUE_AT = bindparam("due_at", type_=UtcMicroseconds)
_INSERT = in_each_dialect(
    moderation_posts,
    lambda insert: insert.on_conflict_do_nothing(index_elements=["job_id", "topic"]).returning(_it.id),
)
_TOUCH = (
    update(moderation_posts)
    .where(*_IS_OF_JOB, IS_UNDECIDED)
    .values(
        revision=_it.revision + 1,
        try_at=case(
            (_it.message_id.is_not(None), bindparam("touched_at", type_=UtcMicroseconds)), else_=_DUE_AT
        ),
    )
    .returning(_it.id)
)
_TOUCH_JOB = (
    update(moderation_posts)
    .where(_it.job_id == bindparam("job"), IS_UNDECIDED, _it.message_id.is_not(None))
    .values(revision=_it.revision + 1, try_at=bindparam("touched_at"))
)
_REOPEN = (
    update(moderation_posts)
    .where(*_IS_OF_JOB)
    .values(
        is_over=False,
        is_refused=False,
        revision=_it.revision + 1,
        at=bindparam("opened_at"),
        try_at=_DUE_AT,
        reason="",
        **dict.fromkeys(
            ("channel_id", "message_id", "behind_since", "decision", "decided_by", "decided_at"), null()
        ),
    )
    .returning(_it.id)
)
_END = (
    update(moderation_posts)
    .where(
        _it.job_id == bindparam("job"),
        _it.topic.in_(bindparam("post_topics", expanding=True)),
        IS_UNDECIDED,
    )
    .values(
        is_over=True,
        decision=bindparam("taken"),
        decided_by=bindparam("by"),
        decided_at=bindparam("ended_at"),
        reason=bindparam("why"),
        revision=_it.revision + 1,
        try_at=case(
            (_it.channel_id.is_not(None), bindparam("ended_at", type_=UtcMicroseconds)), else_=null()
        ),
    )
    .returning(_it.id)
)
_END_COMPLAINTS = update(complaints).where(complaints.c.job_id == bindparam("job")).values(is_over=True)
_LOG_CHANNEL = select(guilds.c.log_channel_id).where(guilds.c.guild_id == bindparam("guild"))
_CHANNEL = select(guilds.c.moderation_channel_id).where(guilds.c.guild_id == bindparam("guild"))
_ARE_OPEN = (_it.guild_id == bindparam("guild"), _it.topic.not_in(LOGGED), IS_UNDECIDED)
_CHANNEL_CHANGED = (
    update(moderation_posts)
    .where(*_ARE_OPEN, _it.message_id.is_(None))
    .values(try_at=_DUE_AT, behind_since=null(), is_refused=False)
)
_LOOK_ELSEWHERE = (
    update(moderation_posts)
    .where(*_ARE_OPEN, _it.message_id.is_not(None), _it.channel_id != bindparam("channel"))
    .values(try_at=bindparam("look_at", type_=UtcMicroseconds))
)
_GET = select(moderation_posts).where(_IS_IT)
_OF_JOB = select(moderation_posts).where(*_IS_OF_JOB)
_IS_OPEN_HERE = (_it.guild_id == bindparam("guild"), _it.topic == bindparam("post_topic"), IS_UNDECIDED)
_COUNT_OPEN = select(func.count()).select_from(moderation_posts).where(*_IS_OPEN_HERE)
_OPEN = (
    select(moderation_posts)
    .where(*_IS_OPEN_HERE)
    .order_by(_it.at, _it.id)
    .limit(bindparam("most"))
    .offset(bindparam("after"))
)
_REFUSED = select(_it.id).where(_it.guild_id == bindparam("guild"), IS_UNDECIDED, _it.is_refused).limit(1)
_DUE = (
    select(_it.id)
    .where(HAS_NEXT_TRY, _it.try_at <= bindparam("by_now"))
    .order_by(_it.try_at, _it.id)
    .limit(MOST_DUE)
)
_BEGIN = update(moderation_posts).where(_IS_IT).values(channel_id=bindparam("channel"))
_IS_NEWEST = _it.revision == bindparam("number")
_SHOWN = (
    update(moderation_posts)
    .where(_IS_IT)
    .values(
        message_id=bindparam("message"),
        shown_revision=bindparam("number"),
        behind_since=null(),
        is_refused=False,
        try_at=case(
            (_IS_NEWEST, null()),
            else_=func.coalesce(_it.try_at, bindparam("again_at", type_=UtcMicroseconds)),
        ),
    )
    .returning(_it.revision != _it.shown_revision)
)
_CLOSE = update(moderation_posts).where(_IS_IT).values(is_over=True)
_MESSAGE_GONE = (
    update(moderation_posts)
    .where(_IS_IT)
    .values(
        message_id=null(),
        channel_id=null(),
        try_at=case((_it.is_over, null()), else_=bindparam("again_at", type_=UtcMicroseconds)),
    )
)
_PUT_OFF = (
    update(moderation_posts)
    .where(_IS_IT)
    .values(try_at=bindparam("next_at"), behind_since=bindparam("since"), is_refused=bindparam("refused"))
)


def _post(row: Row) -> ModerationPost:
    return ModerationPost(
        id=ModerationPostId(row.id),
        guild_id=GuildId(row.guild_id),
        topic=row.topic,
        job_id=None if row.job_id is None else JobId(row.job_id),
        member_id=MemberId(row.member_id),
        subject_id=row.subject_id,
        at=row.at,
        channel_id=None if row.channel_id is None else ChannelId(row.channel_id),
        message_id=None if row.message_id is None else MessageId(row.message_id),
        revision=row.revision,
        shown_revision=row.shown_revision,
        behind_since=row.behind_since,
        is_refused=row.is_refused,
        is_over=row.is_over,
        decision=row.decision,
        decided_by=None if row.decided_by is None else MemberId(row.decided_by),
        decided_at=row.decided_at,
        reason=row.reason,
    )

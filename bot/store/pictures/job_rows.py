"""The conversion of a job to and from its row: sources and failures are flat columns, rules are JSON."""

import json
from collections.abc import Sequence
from functools import lru_cache
from operator import attrgetter
from typing import Any, TypedDict

from sqlalchemy import literal_column

from bot.domain.failure import Failure
from bot.domain.ids import AttachmentId, ChannelId, JobId, MessageId
from bot.domain.job import Job
from bot.domain.limits import LimitField, LimitOrigin, Overruled, Rule
from bot.domain.presets import Preset
from bot.domain.request import PictureLocation, Source
from bot.store.driver.connection import Row
from bot.store.schema.tables import cards, jobs

AnyRow = Row


class SourceColumns(TypedDict):
    is_edit: bool
    source_url: str | None
    source_channel_id: ChannelId | None
    source_message_id: MessageId | None
    source_attachment_id: AttachmentId | None
    source_job_id: JobId | None


def source_columns(source: Source | None) -> SourceColumns:
    location = source.location if source else None
    return {
        "is_edit": source is not None,
        "source_url": source.url if source else None,
        "source_channel_id": location.channel_id if location else None,
        "source_message_id": location.message_id if location else None,
        "source_attachment_id": location.attachment_id if location else None,
        "source_job_id": source.job_id if source else None,
    }


def failure_columns(failure: Failure) -> dict[str, object]:
    return {
        "failure_kind": failure.kind,
        "failure_detail": failure.detail,
        "failure_note": failure.note,
    }


def rules_text(rules: Sequence[Rule]) -> str:
    """Return the rules as short JSON that people can read in the database."""
    return _rules_text(tuple(rules))


@lru_cache(maxsize=1000)  # many jobs have the same rules
def _rules_text(rules: tuple[Rule, ...]) -> str:
    return json.dumps([_rule_values(rule) for rule in rules], separators=(",", ":"))


@lru_cache(maxsize=1000)  # many jobs have the same rules
def rules_from(text: str) -> tuple[Rule, ...]:
    return tuple(
        Rule(
            LimitField(values["field"]),
            values["limit"],
            LimitOrigin(values["origin"]),
            everywhere="everywhere" in values,
            role_id=values.get("role_id"),
            over=_overruled(values["over"]) if "over" in values else None,
            channel_id=values.get("channel_id"),
        )
        for values in json.loads(text)
    )


def _rule_values(rule: Rule) -> dict[str, object]:
    values: dict[str, object] = {"field": rule.field, **_setter_values(rule)}
    if rule.everywhere:
        values["everywhere"] = True
    if rule.channel_id is not None:
        values["channel_id"] = rule.channel_id
    if rule.over is not None:
        values["over"] = _setter_values(rule.over)
    return values


def _setter_values(setter: Rule | Overruled) -> dict[str, object]:
    role = {} if setter.role_id is None else {"role_id": setter.role_id}
    return {"limit": setter.limit, "origin": setter.origin, **role}


def _overruled(values: dict[str, Any]) -> Overruled:
    return Overruled(values["limit"], LimitOrigin(values["origin"]), values.get("role_id"))


#: The columns of a new job that have the same name in its value.
_SAME = (
    "id",
    "number",
    "card_id",
    "position",
    "state",
    "fence",
    "guild_id",
    "channel_id",
    "member_id",
    "door",
    "model",
    "aspect_ratio",
    "style",
    "created_at",
    "state_at",
    "held_microusd",
    "weight",
    "polls",
    "is_spoiler",
    "sent_prompt",
    "needs_approval",
    "listed_word",
)
_SAME_VALUES = attrgetter(*_SAME)


def columns_of(job: Job) -> dict[str, object]:
    """Return the row of a new job, without what happens to it later."""
    return {
        **dict(zip(_SAME, _SAME_VALUES(job), strict=True)),
        **source_columns(job.source),
        "counts": int(job.counts),
        "rules": rules_text(job.rules),
        "preset_name": job.preset.name if job.preset else None,
        "preset_words": job.preset.words if job.preset else None,
    }


#: The columns for `job_from`. A prompt may be long, so it is stored once, in the row of the card.
JOB = (
    *jobs.c,
    # As text: SQLAlchemy does not correlate a subquery with the table of a RETURNING clause.
    literal_column(
        "(SELECT request.prompt FROM cards AS request WHERE request.id = jobs.card_id)", cards.c.prompt.type
    ).label("prompt"),
)


def job_from(row: AnyRow) -> Job:
    """Convert a row of `JOB`."""
    return Job(
        id=row.id,
        number=row.number,
        card_id=row.card_id,
        position=row.position,
        state=row.state,
        fence=row.fence,
        guild_id=row.guild_id,
        channel_id=row.channel_id,
        member_id=row.member_id,
        door=row.door,
        model=row.model,
        prompt=row.prompt,
        aspect_ratio=row.aspect_ratio,
        style=row.style,
        source=_source(row) if row.is_edit else None,
        created_at=row.created_at,
        state_at=row.state_at,
        submitted_at=row.submitted_at,
        finished_at=row.finished_at,
        delivered_at=row.delivered_at,
        parked_at=row.parked_at,
        deleted_at=row.deleted_at,
        moderation_reason=row.moderation_reason,
        hiding=row.hiding,
        source_hash=row.source_hash,
        source_type=row.source_type,
        asset_url=row.asset_url,
        request_id=row.request_id,
        found_request_at=row.found_request_at,
        output_url=row.output_url,
        cost_microusd=row.cost_microusd,
        held_microusd=row.held_microusd,
        weight=row.weight,
        rules=() if row.rules is None else rules_from(row.rules),
        provider_seconds=row.provider_seconds,
        polls=row.polls,
        attachment_id=row.attachment_id,
        is_spoiler=row.is_spoiler,
        failure=_failure(row),
        sent_prompt=row.sent_prompt,
        preset=None if row.preset_name is None else Preset(row.preset_name, row.preset_words),
        needs_approval=row.needs_approval,
        listed_word=row.listed_word,
        is_given_back=row.state.counts and not row.counts,
    )


def _source(row: AnyRow) -> Source:
    location = None
    if row.source_channel_id is not None and row.source_message_id is not None:
        location = PictureLocation(row.source_channel_id, row.source_message_id, row.source_attachment_id)
    return Source(url=row.source_url, location=location, job_id=row.source_job_id)


def _failure(row: AnyRow) -> Failure | None:
    if row.failure_kind is None:
        return None
    return Failure(row.failure_kind, row.failure_detail, row.failure_note)

"""The rows of a request that is admitted: its card, its jobs with their first events, and its money."""

from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import datetime
from operator import attrgetter

from bot.domain.card import Card, NewCard
from bot.domain.ids import ChannelId, PictureNumber
from bot.domain.job import Job, JobState
from bot.domain.limits import Rule
from bot.domain.money import Month
from bot.domain.presets import Preset
from bot.domain.request import Door, ImageRequest
from bot.store.admission.facts import Facts
from bot.store.driver.connection import Connection
from bot.store.pictures import accounts, cards, events, jobs
from bot.store.pictures.events import Event

_GIVEN = [field.name for field in fields(NewCard)]
_GIVEN_VALUES = attrgetter(*_GIVEN)


def insert(
    connection: Connection,
    facts: Facts,
    new: NewCard,
    request: ImageRequest,
    *,
    door: Door,
    model: str,
    at: datetime,
    channel_id: ChannelId | None = None,
    price_microusd: int = 0,
    rules: Sequence[Rule] = (),
    weight: int = 1,
    needs_approval: bool = False,
    listed_word: str | None = None,
) -> tuple[Card, list[Job]]:
    """Queue every picture of the request on its card, in order of position, and hold the price of each.

    The `facts` were found in this transaction. `channel_id` is the channel for reports, if it is not the
    card's. In the limits, each picture counts as `weight` pictures. Raises `ConstraintViolated` if the
    interaction has a card since then.
    """
    card = Card(id=facts.next_card_id, created_at=at, **dict(zip(_GIVEN, _GIVEN_VALUES(new), strict=True)))
    first = Job(
        id=facts.next_job_ids[0],
        number=PictureNumber(facts.last_number + 1),
        card_id=card.id,
        position=0,
        state=JobState.QUEUED,
        fence=0,
        guild_id=card.guild_id,
        channel_id=card.channel_id if channel_id is None else channel_id,
        member_id=card.member_id,
        door=door,
        model=model,
        prompt=request.prompt,
        aspect_ratio=request.aspect_ratio,
        style=request.style,
        source=request.source and replace(request.source, is_spoiler=False),
        created_at=at,
        state_at=at,
        held_microusd=price_microusd,
        weight=weight,
        rules=tuple(rules),
        is_spoiler=request.is_spoiler,
        sent_prompt=None if request.sent_prompt == request.prompt else request.sent_prompt,
        preset=request.preset and Preset(request.preset.name, request.preset.words),
        needs_approval=needs_approval,
        listed_word=listed_word,
    )
    others = enumerate(facts.next_job_ids[1:], start=1)
    queued = [
        first,
        *(replace(first, id=id_, number=PictureNumber(first.number + n), position=n) for n, id_ in others),
    ]
    amount = price_microusd * len(queued)
    connection.execute_all(
        [
            cards.inserting(card, prompt=request.prompt),
            *(jobs.inserting(job) for job in queued),
            *(events.recording(_admitted(job)) for job in queued),
            accounts.holding(connection, guild_id=card.guild_id, month=Month.of(at), amount=amount),
        ]
    )
    return card, queued


def _admitted(job: Job) -> Event:
    why = f"admitted by {job.door}"
    return Event(job_id=job.id, from_state=None, to_state=job.state, at=job.created_at, why=why)

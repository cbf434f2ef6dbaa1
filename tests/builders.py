"""Values to start a test from: every field has a plain default, and a test names those that matter to it."""

from dataclasses import fields as dataclass_fields
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from cryptography.fernet import Fernet

from bot.domain.card import Card, NewCard
from bot.domain.clock import Clock
from bot.domain.ids import (
    ApplicationId,
    CardId,
    ChannelId,
    GuildId,
    InteractionId,
    JobId,
    MemberId,
    MessageId,
    PictureNumber,
)
from bot.domain.job import Job, JobState
from bot.domain.limits import OperatorLimits
from bot.domain.luma import Style
from bot.domain.pseudonyms import Pseudonyms
from bot.domain.request import Door, ImageRequest
from bot.ops.metrics import Metrics
from bot.ops.tasks import TaskOwner
from bot.services.choices import OperatorChoices
from bot.services.concurrency.outages import Outages
from bot.services.runtime import Runtime
from bot.store.driver.database import Database
from standins.clock import VirtualClock

#: The moment at which a test's time stands unless it says otherwise.
NOON = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)

GUILD = GuildId(1_100_000_000_000_000_001)
CHANNEL = ChannelId(1_200_000_000_000_000_001)
MEMBER = MemberId(1_300_000_000_000_000_001)
MESSAGE = MessageId(1_400_000_000_000_000_001)
INTERACTION = InteractionId(1_500_000_000_000_000_001)
APPLICATION = ApplicationId(1_600_000_000_000_000_001)


def stepped_clock() -> VirtualClock:
    """A clock that stands at noon until a test moves it."""
    return VirtualClock(NOON, speed=0)


def a_request(prompt: str = "a lighthouse at dawn", **fields: Any) -> ImageRequest:
    return ImageRequest.checked(prompt=prompt, **fields)


def a_new_card(**fields: Any) -> NewCard:
    card = NewCard(
        interaction_id=INTERACTION,
        application_id=APPLICATION,
        guild_id=GUILD,
        channel_id=CHANNEL,
        member_id=MEMBER,
        sealed_token=b"sealed",
        token_expires_at=NOON + timedelta(minutes=15),
        is_private=False,
        upload_limit=10 * 1024 * 1024,
        language="en",
    )
    return replace(card, **fields)


def a_card(**fields: Any) -> Card:
    """As `cards` would give it once its first answer stands."""
    new = {field.name: getattr(a_new_card(), field.name) for field in dataclass_fields(NewCard)}
    card = Card(**new, id=CardId(1), created_at=NOON, message_id=MESSAGE)
    return replace(card, **fields)


def a_job(**fields: Any) -> Job:
    """As `jobs` would give it, just admitted."""
    job = Job(
        id=JobId(1),
        number=PictureNumber(1),
        card_id=CardId(1),
        position=0,
        state=JobState.QUEUED,
        fence=0,
        guild_id=GUILD,
        channel_id=CHANNEL,
        member_id=MEMBER,
        door=Door.IMAGINE,
        model="luma-uni-1",
        prompt="a lighthouse at dawn",
        aspect_ratio=None,
        style=Style.AUTO,
        source=None,
        created_at=NOON,
        state_at=NOON,
    )
    return replace(job, **{"number": PictureNumber(fields.get("id", job.id)), **fields})


#: Made with a key that no test changes.
PSEUDONYMS = Pseudonyms([Fernet.generate_key().decode()])


def a_runtime(database: Database, clock: Clock) -> Runtime:
    metrics = Metrics()
    return Runtime(
        database=database,
        clock=clock,
        metrics=metrics,
        tasks=TaskOwner(metrics),
        rng=Random(0),
        outages=Outages(clock, metrics),
        pseudonyms=PSEUDONYMS,
    )


def operator_choices(sources_folder: Path, **fields: Any) -> OperatorChoices:
    choices = OperatorChoices(
        limits=OperatorLimits(),
        budget_microusd=None,
        unit_price_microusd=60_000,
        model="luma-uni-1",
        requests_per_minute=50,
        polls_count=True,
        sources_folder=sources_folder,
    )
    return replace(choices, **fields)

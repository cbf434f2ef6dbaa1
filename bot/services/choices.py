"""The connections, choices and role that the services are given."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from bot.domain.ids import GuildId
from bot.domain.limits import OperatorLimits
from bot.domain.luma import MAX_MODEL
from bot.domain.money import MICROUSD
from bot.domain.quality import Models
from bot.services.making.handover import CardQueue
from bot.services.protocols import (
    Courier,
    ErasureAnswers,
    ImageProvider,
    Imaging,
    ModeratorChannel,
    Notices,
    OperatorPost,
    SourceFetcher,
)
from bot.services.provider.account import AccountFacts
from bot.services.upkeep.operator_notices import Watch


class Role(StrEnum):
    """The part of the work that the process does."""

    ALONE = "alone"  # everything
    GATEWAY = "gateway"  # hears Discord, admits and answers
    WORKER = "worker"  # makes and delivers the pictures


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """The share of this process in the work of several."""

    role: Role
    #: Of this process alone, also after a restart.
    process_id: int
    queue: CardQueue
    #: Cards that a worker drives at the same time.
    most_cards: int
    #: After this time without a sign of life, a process has no locks.
    stalled_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Adapters:
    """The connections to everything outside of this process."""

    provider: ImageProvider
    courier: Courier
    notices: Notices
    erasure_answers: ErasureAnswers
    moderator_channel: ModeratorChannel
    fetcher: SourceFetcher
    imaging: Imaging
    #: None if the operator has named no place to be notified of troubles.
    operator_post: OperatorPost | None = None
    #: Those of the services are added.
    watches: Sequence[Watch] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatorChoices:
    limits: OperatorLimits
    #: For all servers together in a calendar month; None: no budget.
    budget_microusd: int | None
    #: What a picture is expected to cost until costs have been seen.
    unit_price_microusd: int
    #: The same for pictures of the highest quality; None: it is not offered.
    max_unit_price_microusd: int | None = None
    model: str
    requests_per_minute: int
    polls_count: bool
    sources_folder: Path
    #: The servers that may use the bot; empty: all.
    served_guilds: frozenset[GuildId] = frozenset()
    #: Pictures that take longer are announced to their member; None: none is.
    announced_after_seconds: float | None = None
    #: Days after which prompts are deleted; servers may choose fewer.
    prompt_days: int = 90

    @property
    def results_folder(self) -> Path:
        """Apart from the sources: a picture that is paid comes although no source can be kept."""
        return self.sources_folder.with_name("results")

    @property
    def data_folder(self) -> Path:
        return self.sources_folder.parent

    @property
    def models(self) -> Models:
        return Models(self.model, offers_max=self.max_unit_price_microusd is not None)

    @property
    def account(self) -> AccountFacts:
        return AccountFacts(
            models=self.models,
            requests_per_minute=self.requests_per_minute,
            polls_count=self.polls_count,
            least_credits=self.least_credits,
        )

    @property
    def unit_prices_microusd(self) -> dict[str, int]:
        """Return the expected price of a picture by each model."""
        prices = {self.model: self.unit_price_microusd}
        return (
            prices
            if self.max_unit_price_microusd is None
            else {MAX_MODEL: self.max_unit_price_microusd} | prices
        )

    @property
    def least_credits(self) -> float:
        """The account counts as empty if less is left, in USD, than the dearest picture costs."""
        return max(self.unit_prices_microusd.values()) / MICROUSD

"""The qualities that members can choose, and the models that make them."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from bot.domain.errors import Refusal
from bot.domain.ids import RoleId
from bot.domain.luma import MAX_MODEL, USUAL_SECONDS


class Quality(StrEnum):
    """The choice that members have: the operator's usual model, or the finer, slower, more expensive one."""

    STANDARD = "standard"
    MAX = "max"


def quality_of(model: str) -> Quality:
    return Quality.MAX if model == MAX_MODEL else Quality.STANDARD


@dataclass(frozen=True, slots=True)
class Models:
    """The operator's usual model, and whether members may ask for `Quality.MAX`, too."""

    standard: str
    offers_max: bool = False

    def of(self, quality: Quality) -> str:
        return MAX_MODEL if quality is Quality.MAX else self.standard

    @property
    def in_use(self) -> list[str]:
        """Return the models of new pictures."""
        return list(dict.fromkeys([self.standard, *([MAX_MODEL] if self.offers_max else [])]))

    @property
    def ever_used(self) -> list[str]:
        """Return also the models that open jobs and late bills may have, after the operator chose others."""
        return list(dict.fromkeys([self.standard, *USUAL_SECONDS]))


class QualityDenied(Refusal):
    """The operator does not offer this quality, or the server only for the `allowed` roles, if for any."""

    def __init__(self, allowed: Collection[RoleId] = (), *, is_offered: bool = True) -> None:
        super().__init__(allowed, is_offered)
        self.allowed, self.is_offered = allowed, is_offered

"""The money that the settings let members spend: the model with its price, the limits, and the budget."""

from collections.abc import Iterator
from decimal import Decimal

import structlog

from bot.domain.luma import USUAL_PRICES_USD
from bot.settings import Settings

log = structlog.stdlib.get_logger(__name__)

_LIMITS = ("per_hour", "per_day", "running")
#: Limits that few operators set; nothing is said of those that are empty.
_LONGER_LIMITS = ("per_week", "per_month")
_WORDS = {
    "per_hour": "per hour",
    "per_day": "per day",
    "running": "at once",
    "per_week": "per week",
    "per_month": "per month",
}


def model_problem(settings: Settings) -> str | None:
    """Return a line if no such model is known. Segmind has no free call that tells."""
    model = settings.segmind.model
    if model in USUAL_PRICES_USD:
        return None
    known = ", ".join(USUAL_PRICES_USD)
    return f"SEGMIND_MODEL={model} is not known to exist: use one of {known}, unless Segmind lists it"


def price_problem(settings: Settings) -> str | None:
    """Return a line if less is held for a picture than it usually costs: the budget could be passed."""
    usual = USUAL_PRICES_USD.get(settings.segmind.model)
    if usual is None or settings.segmind.unit_price_usd >= usual:
        return None
    price = settings.segmind.unit_price_usd
    return f"SEGMIND_UNIT_PRICE_USD is {price}, but {settings.segmind.model} costs about {usual}: set it"


def limits_line(settings: Settings) -> str:
    """Return "20 per hour, 60 per day, 8 at once": the limits of a member without a rule of the server."""
    limits = settings.limits.model_dump()
    longer = [name for name in _LONGER_LIMITS if limits[name] is not None]
    return ", ".join(f"{_amount(limits[name])} {_WORDS[name]}" for name in (*_LIMITS, *longer))


def budget_line(settings: Settings) -> str:
    """Return the budget, and what one member without a rule of the server can cost a day."""
    cap, a_day = settings.budget.monthly_usd, _a_day(settings)
    whole = "no limit" if cap is None else f"{cap} USD a month, over all servers"
    if cap == 0:
        return "0 USD: no pictures are made"
    each = "as much as that" if a_day is None else f"up to {a_day:.2f} USD a day"
    return f"{whole}; each member can cost {each}"


def empty_limits(settings: Settings) -> Iterator[str]:
    """Yield the names of the settings that are set to nothing, which means no limit."""
    for name in _LIMITS:
        if name in settings.limits.model_fields_set and getattr(settings.limits, name) is None:
            yield f"LIMITS_{name.upper()}"
    if "monthly_usd" in settings.budget.model_fields_set and settings.budget.monthly_usd is None:
        yield "BUDGET_MONTHLY_USD"


def log_at_start(settings: Settings) -> None:
    """Log what is in force, and warn about what may cost more than was meant."""
    model, limits, budget = settings.segmind.model, limits_line(settings), budget_line(settings)
    log.info("in force", model=model, limits=limits, budget=budget)
    for name in empty_limits(settings):
        log.warning("a limit is set to nothing, which means no limit", setting=name)
    for problem in filter(None, (model_problem(settings), price_problem(settings))):
        log.warning("check your settings", why=problem)


def _amount(limit: int | None) -> str:
    return "no limit" if limit is None else str(limit)


def _a_day(settings: Settings) -> Decimal | None:
    price = max(settings.segmind.unit_price_usd, USUAL_PRICES_USD.get(settings.segmind.model, Decimal(0)))
    limits = settings.limits
    most = [limit for limit in (limits.per_day, _over_a_day(limits.per_hour)) if limit is not None]
    return min(most) * price if most else None


def _over_a_day(per_hour: int | None) -> int | None:
    return None if per_hour is None else 24 * per_hour

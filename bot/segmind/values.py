"""The parsing of single values: numbers that may be strings, money, times, words."""

from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from bot.domain.money import MICROUSD

#: More than any picture costs or any account has: larger values are not believed.
MOST_USD = Decimal(1_000_000_000)
MOST_SECONDS = 10_000_000
#: The year 5138 in seconds, 1973 in milliseconds. A larger number is milliseconds.
MILLISECONDS_FROM = 100_000_000_000


def number(value: object) -> Decimal | None:
    """Parse a finite number, also from a string such as "0.0543" or "$0.05"; None for anything else."""
    if not isinstance(value, int | float | str | Decimal):
        return None
    try:
        exact = Decimal(value.strip().removeprefix("$") if isinstance(value, str) else str(value))
    except (InvalidOperation, ValueError):
        return None
    return exact if exact.is_finite() else None


def microusd(value: object) -> int | None:
    """Parse an amount, exact to the micro-dollar; None = unknown, which is not 0."""
    usd = number(value)
    if usd is None or not 0 <= usd <= MOST_USD:
        return None
    return int((usd * MICROUSD).to_integral_value(ROUND_HALF_UP))


def usd(value: object) -> float | None:
    """Parse the balance of an account, which may be negative."""
    amount = number(value)
    return float(amount) if amount is not None and abs(amount) <= MOST_USD else None


def seconds(value: object) -> float | None:
    amount = number(value)
    return float(amount) if amount is not None and 0 <= amount <= MOST_SECONDS else None


def milliseconds(value: object) -> float | None:
    amount = seconds(value)
    return None if amount is None else amount / 1000


def moment(value: object) -> datetime | None:
    """Parse epoch seconds or milliseconds, ISO, or `YYYY-MM-DD HH:MM:SS`; UTC if there is no time zone."""
    amount = number(value)
    if amount is not None:
        return _moment_of_epoch(amount)
    if not isinstance(value, str):
        return None
    try:
        at = datetime.fromisoformat(value.strip())
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _moment_of_epoch(amount: Decimal) -> datetime | None:
    if not 0 < amount < MILLISECONDS_FROM * 1000:
        return None
    epoch = float(amount) / 1000 if amount >= MILLISECONDS_FROM else float(amount)
    try:
        return datetime.fromtimestamp(epoch, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def first_text(values: Iterable[object]) -> str | None:
    return next((value for value in values if isinstance(value, str) and value.strip()), None)

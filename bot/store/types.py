"""Column types that keep our values exact on both databases."""

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Generic, TypeVar

from sqlalchemy import BigInteger, Dialect, Text
from sqlalchemy.types import TypeDecorator

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)

E = TypeVar("E", bound=StrEnum)


class UtcMicroseconds(TypeDecorator[datetime]):
    """An aware datetime, kept as whole microseconds since 1970; comes back in UTC. Naive ones are refused."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:  # noqa: ARG002  SQLAlchemy passes it
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a time without a zone: {value}")
        return (value - EPOCH) // MICROSECOND

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002  SQLAlchemy passes it
        return None if value is None else EPOCH + value * MICROSECOND


class Word(TypeDecorator[E], Generic[E]):
    """A member of a `StrEnum`, kept as its value."""

    impl = Text
    cache_ok = True

    def __init__(self, words: type[E]) -> None:
        super().__init__()
        self.words = words

    def process_bind_param(self, value: E | None, dialect: Dialect) -> str | None:  # noqa: ARG002  SQLAlchemy passes it
        return None if value is None else self.words(value).value

    def process_result_value(self, value: str | None, dialect: Dialect) -> E | None:  # noqa: ARG002  SQLAlchemy passes it
        return None if value is None else self.words(value)


class OutsideText(TypeDecorator[str]):
    """Text that others wrote: without what databases cannot hold, which is NUL and lone surrogates."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002  SQLAlchemy passes it
        return None if value is None else value.replace("\x00", "").encode(errors="ignore").decode()

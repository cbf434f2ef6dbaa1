"""Column types that store our values exactly in both databases."""

from collections.abc import Callable, Collection
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Any, Generic, TypeVar

from sqlalchemy import BigInteger, Dialect, Integer, Text
from sqlalchemy.types import TypeDecorator

from bot.domain.money import Month

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)

E = TypeVar("E", bound=StrEnum)
#: The conversion of a value. Those that run for every row are without SQLAlchemy's call around each.
Convert = Callable[[Any], Any]


class UtcMicroseconds(TypeDecorator[datetime]):
    """An aware datetime, stored as microseconds since 1970, and returned in UTC. Naive ones are refused."""

    impl = BigInteger
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Convert:  # noqa: ARG002  SQLAlchemy passes it
        return _to_microseconds

    def result_processor(self, dialect: Dialect, coltype: object) -> Convert:  # noqa: ARG002  as above
        return _from_microseconds


def _to_microseconds(value: datetime | None) -> int | None:
    if value is None:
        return None
    if value.tzinfo is None:
        raise ValueError(f"a time without a zone: {value}")
    return (value - EPOCH) // MICROSECOND


def _from_microseconds(value: int | None) -> datetime | None:
    return None if value is None else EPOCH + timedelta(microseconds=value)


class UtcDay(TypeDecorator[date]):
    """A day in UTC, stored as whole days since 1970."""

    impl = Integer
    cache_ok = True

    def process_bind_param(self, value: date | None, dialect: Dialect) -> int | None:  # noqa: ARG002  SQLAlchemy passes it
        return None if value is None else (value - EPOCH.date()).days

    def process_result_value(self, value: int | None, dialect: Dialect) -> date | None:  # noqa: ARG002  SQLAlchemy passes it
        return None if value is None else EPOCH.date() + timedelta(days=value)


class MonthText(TypeDecorator[Month]):
    """A month, stored as YYYY-MM, which sorts by time."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Month | None, dialect: Dialect) -> str | None:  # noqa: ARG002  SQLAlchemy passes it
        return None if value is None else str(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Month | None:  # noqa: ARG002  SQLAlchemy passes it
        return None if value is None else Month.parse(value)


class Ids(TypeDecorator[Collection[int]]):
    """A few ids, stored as text with commas between them, and returned as a frozenset."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Collection[int] | None, dialect: Dialect) -> str | None:  # noqa: ARG002  SQLAlchemy passes it
        return None if value is None else ",".join(map(str, sorted(value)))

    def process_result_value(self, value: str | None, dialect: Dialect) -> frozenset[int] | None:  # noqa: ARG002  SQLAlchemy passes it
        return None if value is None else frozenset(map(int, value.split(","))) if value else frozenset()


class Word(TypeDecorator[E], Generic[E]):
    """A member of a `StrEnum`, stored as its value."""

    impl = Text
    cache_ok = True

    def __init__(self, words: type[E]) -> None:
        super().__init__()
        self.words = words

    def bind_processor(self, dialect: Dialect) -> Convert:  # noqa: ARG002  SQLAlchemy passes it
        texts: dict[E | None, str | None] = {word: word.value for word in self.words}
        return (texts | {None: None}).__getitem__

    def result_processor(self, dialect: Dialect, coltype: object) -> Convert:  # noqa: ARG002  as above
        words: dict[str | None, E | None] = {word.value: word for word in self.words}
        return (words | {None: None}).__getitem__


class OutsideText(TypeDecorator[str]):
    """Text from outside, without what databases cannot store: NUL and lone surrogates."""

    impl = Text
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Convert:  # noqa: ARG002  SQLAlchemy passes it
        return _storable


def _storable(value: str | None) -> str | None:
    if value is None or (value.isascii() and "\x00" not in value):
        return value
    return value.replace("\x00", "").encode(errors="ignore").decode()


class SealedText(OutsideText):
    """The words of people, and links to their sources: encrypted in the database by the connection's cipher.

    SQL can only tell it from NULL and from the empty text.
    """

    cache_ok = True

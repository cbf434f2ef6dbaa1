"""Long lists in pages, which count from 0: what a page shows, and the buttons that turn it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from bot.chat.presenter.custom_ids import Action, custom_id
from bot.chat.presenter.message import Button

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    shown: Sequence[T]
    number: int
    #: Of all pages; an empty list has one.
    pages: int

    @classmethod
    def of(cls, whole: Sequence[T], number: int, length: int) -> "Page[T]":
        """The last page if there are fewer, as when entries were removed meanwhile."""
        pages = max(1, -(-len(whole) // length))
        number = min(number, pages - 1)
        return cls(whole[number * length : (number + 1) * length], number, pages)

    @property
    def words(self) -> str:
        return page_words(self.number, self.pages)


def page_words(page: int, pages: int) -> str:
    """Nothing where there is one page only."""
    return f"-# Page {page + 1:,} of {pages:,}" if pages > 1 else ""


def turning(
    action: Action, *args: object, page: int, pages: int, labels: tuple[str, str] = ("Newer", "Older")
) -> list[Button]:
    """None where there is one page only. `args` come before the page in the custom ids."""
    if pages <= 1:
        return []
    back, on = labels
    return [
        Button(back, custom_id(action, *args, max(0, page - 1), back.lower()), is_disabled=page == 0),
        Button(on, custom_id(action, *args, page + 1, on.lower()), is_disabled=page + 1 >= pages),
    ]

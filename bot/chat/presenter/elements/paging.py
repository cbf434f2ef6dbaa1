"""Long lists in pages, which count from 0: what a page shows, and the buttons that turn pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from bot.chat.presenter.elements.custom_ids import Action, custom_id
from bot.chat.presenter.elements.message import Button
from bot.domain.paging import bounded
from bot.words.catalogs import gettext as _
from bot.words.formats import number

T = TypeVar("T")
#: The ends of custom ids, so that the two buttons never have the same id.
_BACK, _ON = "newer", "older"


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    shown: Sequence[T]
    number: int
    #: The number of all pages; an empty list has one.
    pages: int

    @classmethod
    def of(cls, whole: Sequence[T], number: int, length: int) -> "Page[T]":
        """Return a page, or the last page if there are fewer, such as after entries were removed."""
        number, pages = bounded(number, len(whole), length)
        return cls(whole[number * length : (number + 1) * length], number, pages)

    @property
    def words(self) -> str:
        return page_words(self.number, self.pages)


def page_words(page: int, pages: int) -> str:
    """Return no words if there is only one page."""
    if pages <= 1:
        return ""
    words = _("Page {page} of {pages}", page=number(page + 1), pages=number(pages))
    return f"-# {words}"


def turning(
    action: Action,
    *args: object,
    page: int,
    pages: int,
    labels: tuple[str, str] | None = None,
    more: Sequence[object] = (),
) -> list[Button]:
    """Return no buttons if there is only one page. In the custom ids, `args` stand first and `more` last."""
    if pages <= 1:
        return []
    back, on = labels or (_("Newer"), _("Older"))
    return [
        Button(back, custom_id(action, *args, max(0, page - 1), _BACK, *more), is_disabled=page == 0),
        Button(on, custom_id(action, *args, page + 1, _ON, *more), is_disabled=page + 1 >= pages),
    ]

"""A place in the list of /jobs, as custom ids carry it: the page, and what the list is narrowed to.

Ids from before the list could be narrowed have no such part, and mean the whole list.
"""

import base64
import binascii
from dataclasses import dataclass

from bot.chat.presenter.custom_ids import Action, CustomId, custom_id
from bot.chat.presenter.message import Button
from bot.domain.errors import JobUnknown
from bot.domain.own_pictures import ALL, MOST_SEARCH_BYTES, PictureFilter
from bot.words.catalogs import gettext as _

#: Custom ids take these two beside letters and digits.
_ALPHABET = b"-."
_OWN = "a"


@dataclass(frozen=True, slots=True)
class ListPosition:
    page: int = 0
    narrowed: PictureFilter = ALL

    @classmethod
    def read(cls, pressed: CustomId, page_at: int, filter_at: int) -> "ListPosition":
        """Read the parts of an id; raise `JobUnknown` for a filter that no button of ours has."""
        page = pressed.number(page_at) if len(pressed.args) > page_at else 0
        part = pressed.args[filter_at] if len(pressed.args) > filter_at else ""
        return cls(page, _filter(part))

    @property
    def filter_part(self) -> str:
        words = base64.b64encode(self.narrowed.words.encode(), _ALPHABET).decode().rstrip("=")
        return f"{_OWN}{words}"

    @property
    def parts(self) -> tuple[int, str]:
        """Return the page and the filter, in the order of ids that have both side by side."""
        return self.page, self.filter_part


def back_button(position: ListPosition) -> Button:
    return Button(_("Back"), custom_id(Action.JOBS, position.page, "back", position.filter_part))


def _filter(part: str) -> PictureFilter:
    if not part:
        return ALL
    kind, coded = part[0], part[1:]
    try:
        words = base64.b64decode(coded + "=" * (-len(coded) % 4), _ALPHABET, validate=True)
        narrowed = PictureFilter.of(words.decode())
    except (binascii.Error, ValueError) as error:
        raise JobUnknown from error
    if kind != _OWN or len(words) > MOST_SEARCH_BYTES:
        raise JobUnknown
    return narrowed

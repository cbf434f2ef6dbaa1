"""A place in the list of /jobs, as custom ids carry it: the page, and what the list is narrowed to.

Ids from before the list could be narrowed have no such part, and mean the whole list.
"""

from dataclasses import dataclass

from bot.chat.presenter.elements.custom_ids import Action, CustomId, custom_id, read_text_part, text_part
from bot.chat.presenter.elements.message import Button
from bot.domain.errors import JobUnknown
from bot.domain.job import Job
from bot.domain.own_pictures import ALL, PictureFilter
from bot.words.catalogs import gettext as _

_KINDS = {"a": False, "f": True}
_KIND_OF = {only_favourites: kind for kind, only_favourites in _KINDS.items()}


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
        return f"{_KIND_OF[self.narrowed.only_favourites]}{text_part(self.narrowed.words)}"

    @property
    def parts(self) -> tuple[int, str]:
        """Return the page and the filter, in the order of ids that have both side by side."""
        return self.page, self.filter_part


def back_button(position: ListPosition) -> Button:
    return Button(_("Back"), custom_id(Action.JOBS, position.page, "back", position.filter_part))


def star_button(job: Job, position: ListPosition | None = None, *, is_favourite: bool) -> Button | None:
    """Return the button that marks a picture, or takes the mark away; with `position`, in the list of /jobs.

    Return None for a picture that can be no favourite.
    """
    parts = position.parts if position is not None else ()
    if is_favourite:
        return Button(_("Remove from favourites"), custom_id(Action.STAR, job.id, 0, *parts))
    if not job.is_posted:
        return None
    return Button(_("⭐ Add to favourites"), custom_id(Action.STAR, job.id, 1, *parts))


def _filter(part: str) -> PictureFilter:
    if not part:
        return ALL
    only_favourites = _KINDS.get(part[0])
    if only_favourites is None:
        raise JobUnknown
    return PictureFilter.of(read_text_part(part[1:]), only_favourites=only_favourites)

"""The mention of a member, and words for those of whom nothing but a code is kept."""

from bot.domain.pseudonyms import is_pseudonym
from bot.words.catalogs import gettext as _


def mention(member_id: object) -> str:
    """Return words for an id that stands for someone who has deleted their data: it is none of Discord's."""
    is_code = isinstance(member_id, int) and is_pseudonym(member_id)
    return erased() if is_code else f"<@{member_id}>"


def erased() -> str:
    return _("someone who has deleted their data")

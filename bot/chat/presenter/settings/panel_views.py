"""The views of /config show, and the buttons that lead from one to another."""

from enum import StrEnum

from bot.chat.presenter.elements.custom_ids import Action, custom_id
from bot.chat.presenter.elements.message import Button
from bot.chat.presenter.elements.paging import turning
from bot.words.catalogs import gettext as _

#: The most roles with limits, members with limits, or channels on one page.
PAGE_LENGTH = 15


class View(StrEnum):
    """The views of the panel. They are parts of its buttons' custom ids."""

    ALL = "all"
    EVERYONE = "everyone"
    ROLES = "roles"
    MEMBERS = "members"
    CHANNEL_LIMITS = "channel-limits"
    BUDGET = "budget"
    CHANNELS = "channels"
    LOG = "log"
    LANGUAGE = "language"
    QUALITY = "quality"
    NOTICES = "notices"
    MODERATION = "moderation"
    PRESETS = "presets"
    RETENTION = "retention"
    APPROVAL = "approval"


def open_view(label: str, view: View) -> Button:
    return Button(label, custom_id(Action.SETTINGS, view))


def back_to(view: View, page: int = 0) -> Button:
    return Button(_("Back"), custom_id(Action.SETTINGS, view, *([page] if page else [])))


def turning_in(view: View, page: int, pages: int) -> list[Button]:
    return turning(Action.SETTINGS, view, page=page, pages=pages, labels=(_("Previous"), _("Next")))

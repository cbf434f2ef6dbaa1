"""The ids of buttons, selects and modals: an action and its arguments. They work after any restart.

All that an action needs is in the id or in the store; nothing is remembered in this process.
"""

import base64
import binascii
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from bot.domain.errors import JobUnknown
from bot.domain.ids import MemberId

C = TypeVar("C", bound=StrEnum)

MOST_CHARACTERS = 100
#: Of UTF-8, in a part that is a text: a custom id has 100 characters.
MOST_TEXT_BYTES = 42
#: The two characters that parts of ids take beside letters and digits.
_ALPHABET = b"-."
_SHAPE = re.compile(r"(?P<action>[a-z-]{1,20})(?P<args>(:[A-Za-z0-9.-]{0,64})*)")


class Action(StrEnum):
    """The first part of a custom id; the comment names the parts that follow."""

    CANCEL = "cancel"  # card
    AGAIN = "again"  # card
    REWORD = "reword"  # card
    VARY = "vary"  # card
    PROMPT = "prompt"  # card
    DETAILS = "details"  # card
    DETAILS_OF = "details-of"  # (select; values are jobs)
    EDIT = "edit"  # jobs of a card, in the order in which Discord shows their pictures
    DISMISS = "dismiss"  # card
    DELETE = "delete"  # card
    DELETE_ONE = "delete-one"  # job
    DELETE_THESE = "delete-these"  # (select; values are jobs)
    JOBS = "jobs"  # page, which button, filter or nothing
    JOBS_PICK = "jobs-pick"  # page, filter or nothing (select; values are jobs)
    JOBS_CANCEL = "jobs-cancel"  # job, page, filter or nothing
    STAR = "star"  # job, 1 to mark it or 0, page or nothing, filter or nothing
    SHOW = "show"  # job
    POST = "post"  # job, page or nothing, filter or nothing (asks first)
    POST_PUBLICLY = "post-publicly"  # job
    LATE = "late"  # job, which of its late pictures (from 0)
    REMOVE_COPY = "remove-copy"  # job
    EDIT_FORM = "edit-form"  # job (which another may replace, chosen in its list), opening
    REWORD_FORM = "reword-form"  # card, opening
    VARY_FORM = "vary-form"  # card, opening
    MENU_FORM = "menu-form"  # message, picture or nothing, opening
    UPLOAD_FORM = "upload-form"  # style, count, private, opening, then spoiler, quality, preset, or nothing
    NOTIFY = "notify"  # (select; value is when the member wants a notice)
    PRIVACY_DELETE = "privacy-delete"  # 1 to take messages down as well, or 0
    SETTINGS = "settings"  # which view of /config show, page or nothing
    SETTINGS_PICK = "settings-pick"  # scope (select; value is a role, member or channel)
    SETTINGS_KNOWN = "settings-known"  # (select; values are scope and id, joined by a dot)
    SETTINGS_MEMBER = "settings-member"  # channel or 0, member (or a select without it; value is a member)
    SETTINGS_LIMITS = "settings-limits"  # scope, id
    SETTINGS_CLEAR = "settings-clear"  # scope, id
    SETTINGS_BUDGET = "settings-budget"  # (opens the dialogue)
    SETTINGS_NO_BUDGET = "settings-no-budget"  # (nothing)
    SETTINGS_CHANNELS = "settings-channels"  # (select; values are channels to add; a button: everywhere)
    SETTINGS_REMOVE = "settings-remove"  # page (select; values are channels)
    SETTINGS_AGE = "settings-age"  # 1 to allow only age-restricted channels, or 0
    SETTINGS_LOG = "settings-log"  # (select; value is a channel; a button: none)
    SETTINGS_SUMMARY = "settings-summary"  # 1 to post weekly summaries, or 0
    SETTINGS_LANGUAGE = "settings-language"  # (select; value is a language, or "discord")
    SETTINGS_QUALITY = "settings-quality"  # (select; values are roles; a button: everyone, or no one)
    SETTINGS_COUNTS_AS = "settings-counts-as"  # (select; value is a number of pictures)
    SETTINGS_MODERATORS = "settings-moderators"  # (select; value is a channel; a button: none)
    SETTINGS_FEED = "settings-feed"  # (the same)
    SETTINGS_HIDING = "settings-hiding"  # (select; value is a number of reports, or "never")
    SETTINGS_RETENTION = "settings-retention"  # (select; value is days, or "default")
    SETTINGS_NOTICES = "settings-notices"  # (select; value is seconds, or "default")
    REPORT_FORM = "report-form"  # message, opening
    WORDS = "words"  # page, which button, search or nothing
    WORDS_ADD = "words-add"  # (opens the dialogue)
    WORDS_ADD_FORM = "words-add-form"  # opening
    WORDS_REMOVE = "words-remove"  # page, search or nothing (select; values are entries)
    WORDS_SEARCH = "words-search"  # (opens the dialogue)
    WORDS_FIND_FORM = "words-find-form"  # opening
    WORDS_TRY = "words-try"  # (opens the dialogue)
    WORDS_TRY_FORM = "words-try-form"  # opening
    WORDS_EXPORT = "words-export"  # (nothing)
    WORDS_NAMED = "words-named"  # 1: refusals say the word; 0: they do not
    SETTINGS_PRESET = "settings-preset"  # (select; value is a preset)
    PRESET_OPEN = "preset-open"  # preset, or nothing for a new one
    PRESET_REMOVE = "preset-remove"  # preset
    PRESET_FORM = "preset-form"  # preset or 0, opening
    LIMITS_FORM = "limits-form"  # scope, id, opening
    BUDGET_FORM = "budget-form"  # opening
    REVIEW = "review"  # first day, last day, member, channel, page
    REVIEW_EXPORT = "review-export"  # first day, last day, member, channel
    REVIEW_PERIOD = "review-period"  # first day, last day, member, channel (select; value is a period)
    REVIEW_OF_MEMBER = "review-of-member"  # the same (select; value is a member, or none for all)
    REVIEW_IN_CHANNEL = "review-in-channel"  # the same (select; value is a channel, or none for all)
    REVIEW_MEMBER = "review-member"  # member, page
    REVIEW_PICK = "review-pick"  # page (select; value is a job)
    REVIEW_REMOVE = "review-remove"  # job, page or nothing, "reports" or "post" or nothing
    REVIEW_GIVE_BACK = "review-give-back"  # the same
    REMOVE_FORM = "remove-form"  # job, page or nothing, "reports" or "post" or nothing, opening
    GIVE_BACK_FORM = "give-back-form"  # the same
    REVIEW_DISMISS = "review-dismiss"  # job, page, "reports" or "post"
    REVIEW_REASONS = "review-reasons"  # job
    REVIEW_REPORTS = "review-reports"  # page
    REVIEW_REPORTS_PICK = "review-reports-pick"  # page (select; value is a job)
    REVIEW_BLOCK = "review-block"  # member, page (opens the dialogue)
    REVIEW_BLOCK_FORM = "review-block-form"  # member, page, opening
    REVIEW_UNBLOCK = "review-unblock"  # member, page
    REVIEW_BLOCKED = "review-blocked"  # page
    REVIEW_STRIKES = "review-strikes"  # member, page
    REVIEW_FORGIVE = "review-forgive"  # member, page (select; value is a strike)
    REVIEW_FORGIVE_ALL = "review-forgive-all"  # member, page
    REVIEW_STRIKE = "review-strike"  # member, page (opens the dialogue)
    REVIEW_STRIKE_FORM = "review-strike-form"  # member, page, opening
    STRIKES = "strikes"  # (nothing)
    STRIKES_ON = "strikes-on"  # 1 to turn them on or 0
    STRIKES_CAUSES = "strikes-causes"  # (select; values are causes)
    STRIKES_STEPS = "strikes-steps"  # (opens the dialogue)
    STRIKES_FORM = "strikes-form"  # opening
    REVIEW_UNBLOCK_ONE = "review-unblock-one"  # page (select; value is a member)
    FEED_PICK = "feed-pick"  # (select; value is a job)
    REVIEW_AUDIT = "review-audit"  # page
    REVIEW_IMAGE = "review-image"  # job, page
    REVIEW_APPROVALS = "review-approvals"  # page
    APPROVALS_PICK = "approvals-pick"  # page (select; value is a job)
    REVIEW_APPROVE = "review-approve"  # job, page, "list" or "post"
    REVIEW_REJECT = "review-reject"  # the same (opens the dialogue)
    REVIEW_REJECT_BLOCK = "review-reject-block"  # the same
    REJECT_FORM = "reject-form"  # job, page, "list" or "post", opening
    REJECT_BLOCK_FORM = "reject-block-form"  # the same
    APPROVAL_ALL = "approval-all"  # 1 for everyone's images, or 0
    APPROVAL_ROLES = "approval-roles"  # (select; values are roles; a button: none)
    APPROVAL_CHANNELS = "approval-channels"  # (select; values are channels; a button: none)


_ACTIONS = {action.value: action for action in Action}


@dataclass(frozen=True, slots=True)
class CustomId:
    action: Action
    args: tuple[str, ...]

    @classmethod
    def read(cls, text: str) -> "CustomId":
        """Read an id; raise `JobUnknown` for text that is not, or no longer, an id of ours."""
        match = _SHAPE.fullmatch(text)
        action = _ACTIONS.get(match["action"]) if match else None
        if match is None or action is None:
            raise JobUnknown
        return cls(action, tuple(match["args"].split(":")[1:]))

    def number(self, at: int) -> int:
        """Return the part as a number; raise `JobUnknown` if it is not one."""
        if at >= len(self.args):
            raise JobUnknown
        return as_number(self.args[at])

    def member(self, at: int) -> MemberId:
        """Return the part as the id of a member, also of one who has deleted their data."""
        return as_member(self.text(at))

    def flag(self, at: int) -> bool:
        """Return whether the part says yes; raise `JobUnknown` if it is missing."""
        return self.text(at) == "1"

    @property
    def clears(self) -> bool:
        return CLEARS in self.args

    def text(self, at: int) -> str:
        if at >= len(self.args):
            raise JobUnknown
        return self.args[at]


#: A part that removes a choice instead of making one. Old messages have it, so it must not change.
CLEARS = "none"
#: A part that allows something to no one.
NONE_AT_ALL = "no-one"


def text_part(text: str) -> str:
    """Return a short text that somebody typed, in the characters that ids may have."""
    whole_characters = text.encode(errors="ignore")[:MOST_TEXT_BYTES].decode(errors="ignore")
    return base64.b64encode(whole_characters.encode(), _ALPHABET).decode().rstrip("=")


def read_text_part(part: str) -> str:
    """Read what `text_part` has made. Raises `JobUnknown`."""
    try:
        coded = base64.b64decode(part + "=" * (-len(part) % 4), _ALPHABET, validate=True)
        text = coded.decode()
    except (binascii.Error, ValueError) as error:
        raise JobUnknown from error
    if len(coded) > MOST_TEXT_BYTES:
        raise JobUnknown
    return text


def as_choice(kind: type[C], text: str) -> C:
    """Read a value of the enum; raise `JobUnknown` for a value that only a tampered client can send."""
    try:
        return kind(text)
    except ValueError:
        raise JobUnknown from None


def as_number(text: str) -> int:
    """Read a number that a member can send; raise `JobUnknown` for anything that no database would take."""
    if not re.fullmatch(r"[0-9]{1,19}", text) or int(text) >= 2**63:
        raise JobUnknown
    return int(text)


def as_member(text: str) -> MemberId:
    """Read the id of a member, also the code of one who has deleted their data. Raises `JobUnknown`."""
    number = as_number(text.removeprefix("-"))
    return MemberId(-number if text.startswith("-") else number)


def custom_id(action: Action, *args: object) -> str:
    return ":".join((action, *map(str, args)))

"""The words for reports that are not taken, and for decisions that somebody else has made."""

from bot.chat.presenter.elements.numbers import relative
from bot.chat.presenter.wording.decisions import decision_words
from bot.domain.moderation import (
    ComplaintRefused,
    DecidedBefore,
    NothingToReport,
    OwnPicture,
    ReportedBefore,
    TooManyComplaints,
)
from bot.words.catalogs import gettext as _
from bot.words.catalogs import ngettext


def complaint_refusal(refused: ComplaintRefused) -> str:  # noqa: PLR0911  one flat list
    match refused:
        case NothingToReport() if refused.is_deleted:
            return _("This image is already deleted, so there is nothing to report.")
        case NothingToReport():
            return _(
                "I can only take reports of images that I made, in the message that shows them. For "
                "anything else, use Discord's own **Report Message**."
            )
        case OwnPicture():
            return _(
                "This is your own image. You can delete it with the **{button}** button.", button=_("Delete")
            )
        case ReportedBefore():
            return _("You have already reported this image. The moderators of this server know of it.")
        case TooManyComplaints():
            return ngettext(
                "You can report {count} image per hour. You can report the next one {when}.",
                "You can report {count} images per hour. You can report the next one {when}.",
                refused.most,
                when=relative(refused.again_at),
            )
        case DecidedBefore():
            what = decision_words(refused.decision, refused.decided_by)
            return _("Somebody was faster: {decision}.", decision=what)
    return _("Write a few words about what is wrong with the image.")

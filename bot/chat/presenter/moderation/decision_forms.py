"""The dialogues in which moderators say why they remove a picture or give it back."""

from bot.chat.incoming.text import clip
from bot.chat.presenter.cards.details import image_name
from bot.chat.presenter.elements.custom_ids import Action, CustomId, custom_id
from bot.chat.presenter.elements.message import MOST_MODAL_TEXT, Form, TextField
from bot.domain.job import Job
from bot.domain.moderation import REASON_MOST_CHARACTERS
from bot.words.catalogs import gettext as _

REASON = "reason"


def remove_form(job: Job, pressed: CustomId, opening: int) -> Form:
    title = _("Remove {image}", image=image_name(job.number))
    hint = _("Everyone can read this on its card. Leave empty for no reason.")
    return _form(Action.REMOVE_FORM, title, hint, pressed, opening)


def give_back_form(job: Job, pressed: CustomId, opening: int) -> Form:
    title = _("Give back {image}", image=image_name(job.number))
    hint = _("Only moderators read this, in the audit. Leave empty for no reason.")
    return _form(Action.GIVE_BACK_FORM, title, hint, pressed, opening)


def _form(action: Action, title: str, hint: str, pressed: CustomId, opening: int) -> Form:
    """Carry over on which page the button was, so that the page can be drawn again."""
    job, page, origin = (*pressed.args, "", "")[:3]
    reason = TextField(
        REASON, _("Why?"), placeholder=hint, is_required=False, most_characters=REASON_MOST_CHARACTERS
    )
    return Form(clip(title, MOST_MODAL_TEXT), custom_id(action, job, page, origin, opening), [reason])

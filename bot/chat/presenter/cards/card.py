"""The card: one message for one request, in every state of its pictures."""

from collections.abc import Collection
from datetime import datetime

from bot.chat.incoming.text import clip, fits_one_line, one_line, plain
from bot.chat.presenter.cards.phases import Moment, Phase, reason_lines, status_lines
from bot.chat.presenter.elements.custom_ids import Action, custom_id
from bot.chat.presenter.elements.message import (
    MOST_ALT_TEXT,
    Button,
    Color,
    Link,
    Look,
    Message,
    Row,
    with_and_without_words,
)
from bot.chat.presenter.elements.numbers import exactly
from bot.chat.presenter.elements.people import mention
from bot.chat.presenter.wording.allowance import is_little_left, lasting_price_line, price_line
from bot.chat.presenter.wording.preset_panel import preset_name
from bot.chat.presenter.wording.strike_words import standing_words
from bot.domain.card import CardView
from bot.domain.ids import GuildId, JobId
from bot.domain.job import Job, JobState
from bot.domain.limits import Usage
from bot.domain.luma import Style
from bot.domain.quality import Quality
from bot.domain.request import PictureLocation, Source
from bot.words.catalogs import deferred
from bot.words.catalogs import gettext as _
from bot.words.language import speaking

#: The most characters of the prompt on the card; a button shows the whole prompt.
MOST_PROMPT = 300
#: The most buttons that a phone shows side by side.
MOST_ON_PHONE = 4
#: Stands in place of a prompt that consists of invisible characters.
NOTHING_TO_SEE = deferred("*(nothing visible)*")


def card(
    view: CardView, now: datetime, *, arriving: Collection[JobId] = (), with_words: bool = True
) -> Message:
    """Draw the card in its own language, no matter whose action redraws it.

    `arriving` are the pictures attached to this very message; `with_words` shows the member's own text.
    """
    with speaking(view.card.language):
        if view.is_left:
            return _left(view)
        if not with_words:
            return _card(view, now, arriving, with_words=False)
        return with_and_without_words(lambda shown: _card(view, now, arriving, with_words=shown))


def _card(view: CardView, now: datetime, arriving: Collection[JobId], *, with_words: bool) -> Message:
    moment = Moment(view, now, arriving)
    paragraphs = [
        _prompt(view, with_words=with_words),
        *status_lines(moment),
        standing_words(view.standing),
        "\n".join(reason_lines(view.jobs)) if with_words else "",
        _last_word(moment),
        _small_print(moment, with_words=with_words),
    ]
    return Message(
        body="\n\n".join(paragraph for paragraph in paragraphs if paragraph),
        color=_color(moment),
        rows=_rows(moment, with_words=with_words),
        names={job.id: picture_name(job) for job in view.jobs},
        alt_texts={job.id: alt_text(job, with_words=with_words) for job in view.jobs if job.id in arriving},
        spoilers=[job.id for job in view.jobs if job.is_spoiler],
    )


def _left(view: CardView) -> Message:
    """Draw the old message of a card that has moved to another message."""
    job, there = view.jobs[0], view.moved_to
    if there is None:
        body, rows = _("↪️ **Continued elsewhere** · its member finds it with `/jobs`"), []
    else:
        body = _("↪️ **Continued in another message**")
        rows = [[Link(_("Go there"), jump_url(job.guild_id, there))]]
    return with_and_without_words(
        lambda shown: Message(
            body=f"{quoted_prompt(job, with_words=shown)}\n\n{body}", color=Color.WAITING, rows=rows
        )
    )


def quoted_prompt(job: Job, *, with_words: bool = True) -> str:
    if not with_words:
        return _("(The prompt is hidden: a rule of this server blocks its words.)")
    return f"> {plain(one_line(job.prompt, MOST_PROMPT)) or _(NOTHING_TO_SEE)}"


def hidden_prompt(*, is_removed: bool = False, is_undecided: bool = False, is_rejected: bool = False) -> str:
    if is_rejected:
        return _("(The prompt is hidden: no moderator approved what it made.)")
    if is_undecided:
        return _("(The prompt is hidden until a moderator decides.)")
    if is_removed:
        return _("(The prompt is hidden: a moderator removed what it made.)")
    return _("(The prompt is hidden: the content filter blocked it.)")


def may_be_approved(job: Job) -> bool:
    """Return whether a moderator may still approve the picture."""
    return job.is_unapproved and not job.state.is_end


def _prompt(view: CardView, *, with_words: bool) -> str:
    if view.hides_prompt and not view.card.is_private:
        return hidden_prompt(
            is_removed=view.is_removed,
            is_undecided=view.is_hidden or any(may_be_approved(job) for job in view.jobs),
            is_rejected=any(job.state is JobState.REJECTED for job in view.jobs),
        )
    return quoted_prompt(view.jobs[0], with_words=with_words)


def picture_name(job: Job) -> str:
    """Name the picture's file, without the ending. No other picture of the server ever has this name.

    After a restore from a backup, a number may be given again, but not with the same time.
    """
    return f"picture-{job.number}-{job.created_at:%Y%m%d-%H%M%S}"


def alt_text(job: Job, *, with_words: bool = True) -> str:
    prompt = one_line(job.prompt, MOST_ALT_TEXT) if with_words else ""
    if not prompt:
        return _("An edited image.") if job.is_edit else _("An image.")
    return clip(_("Edit of an image: {prompt}", prompt=prompt), MOST_ALT_TEXT) if job.is_edit else prompt


def can_be_used_again(source: Source) -> bool:
    """Return whether the source still exists. An uploaded file is in no message: it ends with its job."""
    return source.location is not None or source.job_id is not None


def jump_url(guild_id: GuildId, location: PictureLocation) -> str:
    return f"https://discord.com/channels/{guild_id}/{location.channel_id}/{location.message_id}"


def traits(job: Job, *, with_words: bool = True) -> list[str]:
    """Return what was requested besides the prompt; `with_words` shows also the name of a preset."""
    kind = _("variation") if job.is_variation else _("edit") if job.is_edit else None
    style = _("manga") if job.style is Style.MANGA else None
    ratio = None if job.is_edit else job.aspect_ratio
    spoiler = _("spoiler") if job.is_spoiler else None
    quality = _("max quality") if job.quality is Quality.MAX else None
    preset = None
    if with_words and job.preset is not None:
        preset = _("style “{name}”", name=preset_name(job.preset))
    return [trait for trait in (kind, ratio, style, preset, quality, spoiler) if trait]


def _last_word(moment: Moment) -> str:
    if moment.is_over or not moment.view.card.has_last_word(moment.now):
        return ""
    return _("⌛ This message can no longer be updated: use `/jobs` to see what happens next.")


def _small_print(moment: Moment, *, with_words: bool) -> str:
    shown = moment.jobs(Phase.SHOWN)
    card = moment.view.card
    parts: list[str] = traits(moment.view.jobs[0], with_words=with_words)
    if not card.is_private:
        member = mention(card.member_id)
        # Translators: {member} becomes the name of who requested the image.
        parts.insert(0, _("by {member}", member=member))
    if len(moment.view.jobs) == 1 and shown and shown[0].provider_seconds:
        parts.append(_("generated in {duration}", duration=exactly(shown[0].provider_seconds)))
    if moment.view.usage is not None:
        parts += _price(moment, moment.view.usage)
    return f"-# {' · '.join(parts)}" if parts else ""


def _price(moment: Moment, usage: Usage) -> list[str]:
    """Return nothing for a finished card with enough left: the words would be out of date soon."""
    if not moment.is_over:
        return [price_line(usage)]
    return [lasting_price_line(usage)] if is_little_left(usage) else []


def _color(moment: Moment) -> Color:
    if moment.is_over:
        bad = bool(moment.jobs(Phase.FAILED, Phase.REJECTED, Phase.EXPIRED, Phase.REMOVED))
        if not moment.jobs(Phase.SHOWN, Phase.KEPT):
            return Color.FAILED if bad else Color.WAITING
        return Color.PARTLY if bad or moment.jobs(Phase.KEPT) else Color.DONE
    is_working = moment.jobs(Phase.MAKING, Phase.LATE, Phase.CHECKING, Phase.ON_ITS_WAY, Phase.SHOWN)
    return Color.WORKING if is_working else Color.WAITING


def _rows(moment: Moment, *, with_words: bool) -> list[Row]:
    """Return a row of what makes new pictures, and one about these: on a phone, four buttons fit in a row."""
    rows = [_making_buttons(moment), _other_buttons(moment, with_words=with_words)]
    if sum(map(len, rows)) <= MOST_ON_PHONE:
        rows = [[*rows[0], *rows[1]]]
    return [row for row in rows if row]


def _making_buttons(moment: Moment) -> list[Button | Link]:
    card_id, job, shown = moment.view.card.id, moment.view.jobs[0], moment.shown()
    buttons: list[Button | Link] = []
    if shown:
        edit = custom_id(Action.EDIT, *(drawn.id for drawn in shown))
        buttons.append(Button(_("Edit"), edit, Look.PRIMARY))
    if not moment.is_over or _is_deleted(moment):
        return buttons
    if job.source is None or can_be_used_again(job.source):
        buttons.append(Button(_("Rerun"), custom_id(Action.AGAIN, card_id)))
    reword = _("Reword") if shown else _("Change the words")
    buttons.append(Button(reword, custom_id(Action.REWORD, card_id)))
    if shown:
        buttons.append(Button(_("Vary"), custom_id(Action.VARY, card_id)))
    return buttons


def _is_deleted(moment: Moment) -> bool:
    return len(moment.jobs(Phase.DELETED, Phase.REMOVED, Phase.HIDDEN)) == len(moment.view.jobs)


def _other_buttons(moment: Moment, *, with_words: bool) -> list[Button | Link]:
    card_id, job, is_deleted = moment.view.card.id, moment.view.jobs[0], _is_deleted(moment)
    buttons: list[Button | Link] = []
    if any(waiting.state is JobState.QUEUED for waiting in moment.jobs(Phase.WAITING)):
        buttons.append(Button(_("Cancel"), custom_id(Action.CANCEL, card_id)))
    if moment.is_over and not is_deleted:
        buttons.append(Button(_("Details"), custom_id(Action.DETAILS, card_id)))
    if moment.jobs(Phase.SHOWN, Phase.HELD):
        buttons.append(Button(_("Delete"), custom_id(Action.DELETE, card_id)))
    if moment.view.before is not None:
        buttons.append(Link(_("Original"), jump_url(job.guild_id, moment.view.before)))
    if moment.view.is_without_pictures and not moment.view.card.is_private:
        buttons.append(Button(_("Dismiss"), custom_id(Action.DISMISS, card_id)))
    is_whole = fits_one_line(job.prompt, MOST_PROMPT) and not moment.view.hides_prompt
    if with_words and not is_deleted and not is_whole:
        buttons.append(Button(_("Full prompt"), custom_id(Action.PROMPT, card_id)))
    return buttons

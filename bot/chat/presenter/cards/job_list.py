"""/jobs: a member's own pictures, running and recent, and what can be done with each."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from bot.chat.incoming.text import one_line, plain, units
from bot.chat.presenter.cards.card import NOTHING_TO_SEE, jump_url
from bot.chat.presenter.cards.details import details, image_name, late_words, link_to_image, state_words
from bot.chat.presenter.cards.phases import place_on_card, share
from bot.chat.presenter.elements.custom_ids import Action, custom_id
from bot.chat.presenter.elements.list_position import ListPosition, back_button, star_button
from bot.chat.presenter.elements.message import (
    MOST_OPTION,
    Button,
    Color,
    Item,
    Link,
    Look,
    Message,
    Option,
    Row,
    Select,
    with_and_without_words,
)
from bot.chat.presenter.elements.numbers import since
from bot.chat.presenter.elements.paging import page_words, turning
from bot.chat.presenter.elements.people import mention
from bot.chat.presenter.wording.allowance import price_line
from bot.domain.card import Card
from bot.domain.ids import JobId
from bot.domain.job import Job, JobState
from bot.domain.limits import Usage
from bot.domain.own_pictures import ALL, ListedPicture, PictureFilter, PicturePage
from bot.domain.request import PictureLocation
from bot.words.catalogs import gettext as _
from bot.words.catalogs import ngettext
from bot.words.formats import ago

_MOST_PROMPT = 80

_EMOJI = {
    JobState.QUEUED: "⏳",
    JobState.SUBMITTING: "🎨",
    JobState.UNRESOLVED: "🔎",
    JobState.RUNNING: "🎨",
    JobState.READY: "📦",
    JobState.HELD: "🛡️",
    JobState.DELIVERED: "🖼️",
    JobState.REJECTED: "🛡️",
    JobState.FAILED: "✖️",
    JobState.CANCELLED: "🚫",
}


def job_list(
    listed: PicturePage,
    narrowed: PictureFilter,
    usage: Sequence[Usage],
    thumbnails: Mapping[JobId, str],
    late: Mapping[JobId, int] | None = None,
) -> Message:
    """Draw one page of the list. `thumbnails` are URLs of pictures, or of files that come with the message.

    `late` is how many pictures of each job are not on its card.
    """
    return with_and_without_words(
        lambda shown: _list(listed, narrowed, usage, thumbnails, late or {}, with_words=shown)
    )


def _list(
    listed: PicturePage,
    narrowed: PictureFilter,
    usage: Sequence[Usage],
    thumbnails: Mapping[JobId, str],
    late: Mapping[JobId, int],
    *,
    with_words: bool,
) -> Message:
    return Message(
        text="\n".join(_heading(listed, narrowed, usage, with_words=with_words)),
        body="" if listed.pictures else _nothing(narrowed),
        color=Color.WORKING,
        items=[
            Item(
                _entry(picture, listed, narrowed, late.get(picture.job.id, 0), with_words=with_words),
                thumbnails.get(picture.job.id),
            )
            for picture in listed.pictures
        ],
        rows=_rows(listed, ListPosition(listed.page, narrowed), with_words=with_words),
        names={picture.job.id: thumbnail_name(picture.job) for picture in listed.pictures},
    )


def thumbnail_name(job: Job) -> str:
    """Name the file of a thumbnail that comes with the list, without the ending.

    It is no name of a picture: a message with such a file does not show the picture itself.
    """
    return f"thumbnail-{job.number}"


def _heading(
    listed: PicturePage, narrowed: PictureFilter, usage: Sequence[Usage], *, with_words: bool
) -> list[str]:
    heading = _("Your favourites") if narrowed.only_favourites else _("Your images")
    lines = [f"### {heading}"]
    if narrowed.words and with_words:
        found = ngettext("{count} image", "{count} images", listed.total)
        search = _("Search: “{words}”", words=plain(narrowed.words))
        lines.append(f"{search} · {found}")
    if listed.searched_only is not None:
        searched = ngettext(
            "Only your newest {count} image was searched.",
            "Only your newest {count} images were searched.",
            listed.searched_only,
        )
        lines.append(f"-# {searched}")
    if not narrowed.only_favourites:
        lines += [f"-# {price_line(rule_usage)}" for rule_usage in usage]
    return [*lines, *filter(None, [page_words(listed.page, listed.pages)])]


def _nothing(narrowed: PictureFilter) -> str:
    if narrowed.words:
        return _("None of these images has all of these words in its prompt.")
    if narrowed.only_favourites:
        return _(
            "Nothing here yet. **{details}** below an image has the button **{star}**.",
            details=_("Details"),
            star=_("⭐ Add to favourites"),
        )
    return _("Nothing here yet. Create an image with `/imagine`.")


def job_panel(
    job: Job,
    card: Card,
    position: ListPosition,
    before: PictureLocation | None = None,
    late: int = 0,
    *,
    is_favourite: bool = False,
) -> Message:
    """Draw a member's own picture, with all that can be done with it."""
    star = star_button(job, position, is_favourite=is_favourite)
    shown = details(job, card, [], before, late, star=star)
    buttons: list[Button | Link] = []
    if job.state is JobState.QUEUED:
        buttons.append(Button(_("Cancel"), custom_id(Action.JOBS_CANCEL, job.id, *position.parts)))
    if can_be_posted(job):
        buttons.append(Button(_("Show me"), custom_id(Action.SHOW, job.id), Look.PRIMARY))
        label = _("Post here") if job.state is JobState.READY else _("Post again")
        buttons.append(Button(label, custom_id(Action.POST, job.id, *position.parts)))
    if job.is_posted:
        buttons.append(Button(_("Edit"), custom_id(Action.EDIT, job.id)))
    if job.can_be_deleted:
        buttons.append(Button(_("Delete"), custom_id(Action.DELETE_ONE, job.id), Look.DANGER))
    return _with_row(shown, [*buttons, back_button(position)])


def favourite_panel(
    job: Job, card: Card, position: ListPosition, before: PictureLocation | None = None
) -> Message:
    """Draw another member's picture, which the reader has marked."""
    star = star_button(job, position, is_favourite=True)
    return _with_row(details(job, card, [], before, star=star), [back_button(position)])


def _with_row(shown: Message, row: Row) -> Message:
    rows: list[Row] = [row, *shown.rows]
    return with_and_without_words(
        lambda has_words: replace(shown if has_words else shown.without_words(), rows=rows)
    )


def can_be_posted(job: Job) -> bool:
    """Return whether the picture exists and was either posted before or kept for lack of a place."""
    if job.is_away:
        return False
    return job.state is JobState.DELIVERED or (job.state is JobState.READY and job.parked_at is not None)


def choice_label(job: Job) -> str:
    """Return one line for a list of choices, which shows plain text. It is the same in every language."""
    return one_line(job.prompt, MOST_OPTION) or f"#{job.number}"


def source_label(job: Job, on_card: Sequence[Job], now: datetime) -> str:
    """Return a line that is unique to its picture: Discord sometimes sends it instead of the value.

    `on_card` are the pictures on the same card. The number comes last: it is read when the line is sent.
    """
    parts = [ago(round((now - job.created_at).total_seconds())), f"#{job.number}"]
    if len(on_card) > 1:
        parts.insert(0, place_on_card(job, on_card))
    end = "".join(f" · {part}" for part in parts)
    return f"{one_line(job.prompt, MOST_OPTION - units(end))}{end}"


def emoji(job: Job) -> str:
    """Return an emoji for the job's state."""
    return _EMOJI[job.state]


def _entry(
    picture: ListedPicture, listed: PicturePage, narrowed: PictureFilter, late: int, *, with_words: bool
) -> str:
    job = picture.job
    prompt = plain(one_line(job.prompt, _MOST_PROMPT)) or _(NOTHING_TO_SEE)
    if not with_words:
        prompt = image_name(job.number)
    mark = "⭐ " if job.id in listed.favourites and not narrowed.only_favourites else ""
    facts = [f"#{job.number}", *_of_card(picture), state_words(job), since(job.created_at)]
    if narrowed.only_favourites:
        member = mention(job.member_id)
        facts.append(_("by {member}", member=member))
    if job.is_spoiler:
        facts.append(_("spoiler"))
    if picture.is_private:
        facts.append(_("🔒 only you can see it"))
    elif picture.message_id is not None and not job.is_away:
        here = PictureLocation(picture.channel_id, picture.message_id)
        facts.append(link_to_image(jump_url(job.guild_id, here)))
    more = f"\n-# {late_words(job, late)}" if late else ""
    return f"{emoji(job)} {mark}{prompt}\n-# {' · '.join(facts)}{more}"


def _of_card(listed: ListedPicture) -> list[str]:
    return [share(listed.job.position + 1, listed.of_card)] if listed.of_card > 1 else []


def _rows(listed: PicturePage, position: ListPosition, *, with_words: bool) -> list[Row]:
    other = _other_list_button(position.narrowed)
    if not listed.pictures:
        return [[other]]
    select = Select(
        custom_id(Action.JOBS_PICK, *position.parts),
        _("Choose an image to cancel, post or edit …"),
        [_option(picture, with_words=with_words) for picture in listed.pictures],
    )
    buttons = turning(Action.JOBS, page=position.page, pages=listed.pages, more=[position.filter_part])
    return [[select], [*buttons, other]]


def _other_list_button(narrowed: PictureFilter) -> Button:
    if narrowed != ALL:
        return Button(_("All images"), custom_id(Action.JOBS, 0, "all", ListPosition().filter_part))
    part = ListPosition(0, PictureFilter(only_favourites=True)).filter_part
    return Button(_("⭐ Favourites"), custom_id(Action.JOBS, 0, "favourites", part))


def _option(listed: ListedPicture, *, with_words: bool) -> Option:
    job = listed.job
    label = choice_label(job) if with_words else image_name(job.number)
    return Option(label, str(job.id), " · ".join([f"#{job.number}", *_of_card(listed), state_words(job)]))

"""Members' reports of pictures: the dialogue, the post for moderators, and the list of what is open.

No text here says who has reported: also the author of a picture may be a moderator.
"""

from collections.abc import Mapping, Sequence

from bot.chat.incoming.text import fits_one_line, one_line, plain, tidy, units
from bot.chat.presenter.cards.card import alt_text, jump_url, quoted_prompt
from bot.chat.presenter.cards.details import image_name, location_of, state_words
from bot.chat.presenter.cards.forms import PICTURES
from bot.chat.presenter.elements.custom_ids import Action, custom_id
from bot.chat.presenter.elements.message import (
    MOST_DESCRIPTION,
    Button,
    ChoiceField,
    Color,
    Form,
    Item,
    Link,
    Look,
    Message,
    Option,
    Row,
    TextField,
    TextFile,
    with_and_without_words,
)
from bot.chat.presenter.elements.numbers import relative
from bot.chat.presenter.elements.paging import page_words
from bot.chat.presenter.elements.people import mention
from bot.chat.presenter.moderation.block_pages import block_button
from bot.chat.presenter.moderation.post_lists import list_rows, place_line
from bot.chat.presenter.wording.decisions import decided
from bot.domain.ids import JobId, MessageId
from bot.domain.job import Job
from bot.domain.moderation import REASON_MOST_CHARACTERS, Complaint, PostPage, PostView
from bot.domain.request import PictureLocation
from bot.words.catalogs import gettext as _
from bot.words.catalogs import ngettext

REASON = "reason"
#: In a custom id: the press is on a page of the list, which is drawn again.
FROM_LIST = "reports"
#: The same: the press is below a post in the moderators' channel.
FROM_POST = "post"
#: The same: the button is in the log channel.
LOG = "log"
_MOST_REASONS = 5
_MOST_REASON = 250
_MOST_PROMPT = 200

# --- for the member who reports -----------------------------------------------------------------------


def report_form(message_id: MessageId, shown: Sequence[Job], opening: int) -> Form:
    """Return the dialogue for a message with these pictures, in the order in which Discord shows them."""
    reason = TextField(
        REASON,
        _("What is wrong with it?"),
        placeholder=_("The moderators of this server read this"),
        most_characters=REASON_MOST_CHARACTERS,
    )
    return Form(
        _("Report an image"),
        custom_id(Action.REPORT_FORM, message_id, opening),
        [*_which(shown), reason],
    )


def _which(shown: Sequence[Job]) -> list[ChoiceField]:
    options = [Option(image_name(number), str(job.id)) for number, job in enumerate(shown, start=1)]
    return [ChoiceField(PICTURES[0], _("Which image?"), options)] if len(options) > 1 else []


def reported(job: Job) -> Message:
    image = image_name(job.number)
    body = _(
        "✅ Thank you. The moderators of this server will look at **{image}**. No one learns that the "
        "report is yours.",
        image=image,
    )
    return Message(body=body, color=Color.DONE)


# --- for moderators -----------------------------------------------------------------------------------


def complaint_post(view: PostView) -> Message:
    """Draw the reports of a picture for the moderators' channel."""
    return _complaint(view, (0, FROM_POST), [])


def hidden_post(view: PostView) -> Message:
    """Draw, for the log channel, that reports have hidden a picture. It shows nothing that members wrote."""
    job = view.job
    assert job is not None, "reports are about a picture"
    hint = _("Moderators decide on it with `/review reports`.")
    lines = [_("by {member}", member=mention(job.member_id)), *([] if view.post.is_over else [hint])]
    return Message(
        title=_("{image} is hidden after reports", image=image_name(job.number)),
        body="\n".join(lines),
        fields=_outcome(view, with_words=False),
        color=Color.WAITING if view.post.is_over else Color.PARTLY,
        rows=[[Button(_("All reasons"), custom_id(Action.REVIEW_REASONS, job.id, LOG))]],
    )


def complaint_review(view: PostView, page: int, thumbnail_url: str | None) -> Message:
    """Draw the same for one moderator, on the way from the list and back."""
    back = Button(_("Back"), custom_id(Action.REVIEW_REPORTS, page))
    return _complaint(view, (page, FROM_LIST), [back], thumbnail_url)


def _complaint(
    view: PostView, from_: Sequence[object], more: Sequence[Button], thumbnail_url: str | None = None
) -> Message:
    job = view.job
    assert job is not None, "reports are about a picture"

    def draw(with_words: bool) -> Message:  # noqa: FBT001  the shape that is asked for
        facts = [_about(view, job), _reasons(view.complaints, with_words=with_words)]
        return Message(
            title=_("{image} was reported", image=image_name(job.number)),
            body="\n\n".join(filter(None, [quoted_prompt(job, with_words=with_words), *facts])),
            fields=_outcome(view, with_words=with_words),
            color=Color.WAITING if view.post.is_over else Color.PARTLY,
            rows=_rows(view, job, from_, more, with_words=with_words),
            items=[Item(image_name(job.number), thumbnail_url)] if thumbnail_url else (),
            names={job.id: f"reported-{job.number}"},
            alt_texts={job.id: alt_text(job, with_words=with_words)},
            spoilers=[job.id] if job.is_spoiler else [],
        )

    return with_and_without_words(draw)


def _about(view: PostView, job: Job) -> str:
    here = _place_of(view, job)
    at_first = job.channel_id if view.card is None else view.card.channel_id
    channel_id = at_first if here is None else here.channel_id
    facts = [
        _("by {member}", member=mention(job.member_id)),
        _("in {channel}", channel=f"<#{channel_id}>"),
        state_words(job),
    ]
    if view.complaints:
        facts.append(_reports(len(view.complaints)))
    return " · ".join(facts)


def _place_of(view: PostView, job: Job) -> PictureLocation | None:
    """Return where members see the picture: on its card, or where it was posted again."""
    on_card = None if view.card is None else location_of(job, view.card)
    return on_card or (None if job.is_away else view.copy)


def _reports(count: int) -> str:
    return ngettext("**{count} report**", "**{count} reports**", count)


def _reasons(complaints: Sequence[Complaint], *, with_words: bool) -> str:
    """Return the first reasons, without who gave them."""
    if not with_words:
        return ""
    lines = [
        f"> {plain(one_line(complaint.reason, _MOST_REASON))} · {relative(complaint.at)}"
        for complaint in complaints[:_MOST_REASONS]
    ]
    if (more := len(complaints) - _MOST_REASONS) > 0:
        and_more = ngettext("and {count} more", "and {count} more", more)
        lines.append(f"-# {and_more}")
    return "\n".join(lines)


def _outcome(view: PostView, *, with_words: bool) -> list[tuple[str, str]]:
    words = decided(view.post, with_words=with_words)
    return [(_("Decision"), words)] if words else []


def _rows(
    view: PostView, job: Job, from_: Sequence[object], more: Sequence[Button], *, with_words: bool
) -> list[Row]:
    buttons: list[Button | Link] = []
    if not view.post.is_over:
        if view.can_be_removed:
            buttons.append(Button(_("Remove"), custom_id(Action.REVIEW_REMOVE, job.id, *from_), Look.DANGER))
        buttons.append(block_button(job.member_id))
        if view.can_be_given_back:
            buttons.append(Button(_("Give back"), custom_id(Action.REVIEW_GIVE_BACK, job.id, *from_)))
        buttons.append(Button(_("Dismiss"), custom_id(Action.REVIEW_DISMISS, job.id, *from_)))
    if with_words and not all(_is_whole(complaint) for complaint in view.complaints):
        buttons.append(Button(_("All reasons"), custom_id(Action.REVIEW_REASONS, job.id)))
    links: list[Button | Link] = []
    if (here := _place_of(view, job)) is not None:
        links.append(Link(_("Go to image"), jump_url(job.guild_id, here)))
    return [row for row in (buttons, [*links, *more]) if row]


def _is_whole(complaint: Complaint) -> bool:
    return fits_one_line(complaint.reason, _MOST_REASON)


def all_reasons(view: PostView) -> Message:
    """Return every reason in full: as text if that fits, else as a file."""
    texts = [tidy(complaint.reason).strip() for complaint in view.complaints]
    title = _("Why this image was reported")
    shown = "\n\n".join(map(plain, texts))
    as_file = Message(
        title=title,
        body=_("The full reasons are in this file."),
        file=TextFile("reasons.txt", "\n\n---\n\n".join(texts)),
    )
    if units(shown) > MOST_DESCRIPTION:
        return as_file
    return Message(title=title, body=shown or _("None yet."), wordless=lambda: as_file)


# --- the list -----------------------------------------------------------------------------------------


def complaint_list(page: PostPage, thumbnails: Mapping[JobId, str]) -> Message:
    """Draw a page of what is open. `thumbnails` are URLs of the pictures that Discord can show here."""

    def draw(with_words: bool) -> Message:  # noqa: FBT001  the shape that is asked for
        return Message(
            title=_("Reported images"),
            body="\n\n".join(
                filter(None, [_open_words(page), _place(page), page_words(page.page, page.pages)])
            ),
            color=Color.PARTLY if page.total else Color.DONE,
            rows=list_rows(page, Action.REVIEW_REPORTS_PICK, Action.REVIEW_REPORTS),
            items=[
                Item(_line(view, view.job, with_words=with_words), thumbnails.get(view.job.id))
                for view in page.views
                if view.job is not None
            ],
        )

    return with_and_without_words(draw)


def _open_words(page: PostPage) -> str:
    if not page.total:
        return _("No reports are open.")
    return ngettext("{count} reported image is open.", "{count} reported images are open.", page.total)


def _place(page: PostPage) -> str:
    return place_line(
        page,
        without=_(
            "No moderators' channel is set: reports are listed only here. Admins set it in `/config show`."
        ),
        posted=_("New reports are also posted in {channel}.", channel=f"<#{page.channel_id}>"),
    )


def _line(view: PostView, job: Job, *, with_words: bool) -> str:
    prompt = one_line(job.prompt, _MOST_PROMPT) if with_words else ""
    heading = f"**{image_name(job.number)}** {plain(prompt)}".strip()
    return f"{heading}\n-# {_about(view, job)} · {relative(view.post.at)}"


def dismissed(job: Job) -> Message:
    return Message(
        body=_("Dismissed: **{image}** stays as it is.", image=image_name(job.number)), color=Color.DONE
    )


def removed(job: Job) -> Message:
    return Message(
        body=_("Deleted for everyone: **{image}**", image=image_name(job.number)), color=Color.DONE
    )


def given_back(job: Job) -> Message:
    return Message(
        body=_("**{image}** no longer counts toward its member's limits.", image=image_name(job.number)),
        color=Color.DONE,
    )

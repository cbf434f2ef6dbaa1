"""Pictures that wait for a moderator's approval: the post for moderators, the list, and the dialogues."""

from collections.abc import Mapping, Sequence

from bot.chat.incoming.text import clip, one_line, plain
from bot.chat.presenter.cards.card import alt_text, jump_url, quoted_prompt, traits
from bot.chat.presenter.cards.details import image_name
from bot.chat.presenter.elements.custom_ids import Action, CustomId, custom_id
from bot.chat.presenter.elements.message import (
    MOST_MODAL_TEXT,
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
    with_and_without_words,
)
from bot.chat.presenter.elements.numbers import relative
from bot.chat.presenter.elements.paging import page_words
from bot.chat.presenter.elements.people import mention
from bot.chat.presenter.moderation.block_pages import length_fields
from bot.chat.presenter.moderation.post_lists import list_rows, place_line
from bot.chat.presenter.moderation.word_posts import listed_word
from bot.chat.presenter.wording.decisions import decided
from bot.domain.approval import WAITS_FOR
from bot.domain.block import MOST_REASON
from bot.domain.ids import JobId
from bot.domain.job import Job
from bot.domain.moderation import REASON_MOST_CHARACTERS, PostPage, PostView
from bot.words.catalogs import gettext as _
from bot.words.catalogs import ngettext

REASON, COUNTS = "reason", "counts"
#: The values of the choice whether a rejected picture counts.
YES, NO = "yes", "no"
#: In a custom id: the press is on a page of the list, which is drawn again.
FROM_LIST = "list"
#: The same: the press is below a post in the moderators' channel.
FROM_POST = "post"
_MOST_PROMPT = 200


def approval_post(view: PostView) -> Message:
    """Draw a picture that waits for the moderators' channel."""
    return _waiting(view, (0, FROM_POST), [])


def approval_review(view: PostView, page: int) -> Message:
    """Draw the same for one moderator, on the way from the list and back."""
    return _waiting(view, (page, FROM_LIST), [Button(_("Back"), custom_id(Action.REVIEW_APPROVALS, page))])


def _waiting(view: PostView, from_: Sequence[object], more: Sequence[Button]) -> Message:
    job = view.job
    assert job is not None, "approvals are about a picture"

    def draw(with_words: bool) -> Message:  # noqa: FBT001  the shape that is asked for
        words = decided(view.post, with_words=with_words)
        return Message(
            title=_("{image} waits for approval", image=image_name(job.number)),
            body="\n\n".join([quoted_prompt(job, with_words=with_words), _about(view, job, with_words)]),
            fields=[(_("Decision"), words)] if words else [],
            color=Color.WAITING if view.post.is_over else Color.PARTLY,
            rows=_rows(view, job, from_, more),
            names={job.id: _file_name(job)},
            alt_texts={job.id: alt_text(job, with_words=with_words)},
            spoilers=[job.id] if job.is_spoiler else [],
        )

    return with_and_without_words(draw)


def _file_name(job: Job) -> str:
    return f"waiting-{job.number}"


def _about(view: PostView, job: Job, with_words: bool) -> str:  # noqa: FBT001  as above
    channel_id = job.channel_id if view.card is None else view.card.channel_id
    facts = [
        _("by {member}", member=mention(job.member_id)),
        _("in {channel}", channel=f"<#{channel_id}>"),
        relative(view.post.at),
        *traits(job, with_words=with_words),
        *(listed_word(job) if with_words else []),
    ]
    if view.card is not None and view.card.is_private:
        facts.append(_("private"))
    return " · ".join([*facts, *_source(view, job)])


def _source(view: PostView, job: Job) -> list[str]:
    """Say what an edit is of: members may have uploaded it, or it may be private."""
    if job.is_edit and view.before is None:
        return [_("of an image that is in no message here")]
    return []


def _rows(view: PostView, job: Job, from_: Sequence[object], more: Sequence[Button]) -> list[Row]:
    args = (job.id, *from_)
    buttons: list[Button | Link] = []
    if not view.post.is_over:
        buttons = [
            Button(_("Approve"), custom_id(Action.REVIEW_APPROVE, *args), Look.PRIMARY),
            Button(_("Reject"), custom_id(Action.REVIEW_REJECT, *args), Look.DANGER),
            Button(_("Reject and block"), custom_id(Action.REVIEW_REJECT_BLOCK, *args), Look.DANGER),
        ]
    links: list[Button | Link] = []
    if view.before is not None:
        links.append(Link(_("Original"), jump_url(job.guild_id, view.before)))
    return [row for row in (buttons, [*links, *more]) if row]


# --- the list -----------------------------------------------------------------------------------------


def approval_list(page: PostPage, endings: Mapping[JobId, str]) -> Message:
    """Draw a page of what waits. `endings` are those of the small pictures that come with the message."""

    def draw(with_words: bool) -> Message:  # noqa: FBT001  the shape that is asked for
        body = [_open_words(page), _place(page), page_words(page.page, page.pages)]
        return Message(
            title=_("Images that wait for approval"),
            body="\n\n".join(filter(None, body)),
            color=Color.PARTLY if page.total else Color.DONE,
            rows=list_rows(page, Action.APPROVALS_PICK, Action.REVIEW_APPROVALS),
            items=[_item(view, view.job, endings, with_words) for view in page.views if view.job is not None],
            names={view.job.id: _file_name(view.job) for view in page.views if view.job is not None},
        )

    return with_and_without_words(draw)


def _open_words(page: PostPage) -> str:
    if not page.total:
        return _("No image waits for approval.")
    waiting = ngettext("{count} image waits.", "{count} images wait.", page.total)
    days = WAITS_FOR.days
    until = ngettext(
        "What no one has looked at after {count} day is rejected.",
        "What no one has looked at after {count} days is rejected.",
        days,
    )
    return f"{waiting} {until}"


def _place(page: PostPage) -> str:
    return place_line(
        page,
        without=_(
            "No moderators' channel is set: what waits is listed only here. Admins set it in `/config show`."
        ),
        posted=_("What waits is also posted in {channel}.", channel=f"<#{page.channel_id}>"),
    )


def _item(view: PostView, job: Job, endings: Mapping[JobId, str], with_words: bool) -> Item:  # noqa: FBT001  as above
    prompt = one_line(job.prompt, _MOST_PROMPT) if with_words else ""
    heading = f"**{image_name(job.number)}** {plain(prompt)}".strip()
    ending = endings.get(job.id)
    file = None if ending is None else f"attachment://{_file_name(job)}.{ending}"
    return Item(f"{heading}\n-# {_about(view, job, with_words)}", file)


# --- the decision -------------------------------------------------------------------------------------


def reject_form(job: Job, pressed: CustomId, opening: int, *, blocks: bool) -> Form:
    """Ask why, and whether it counts; with `blocks`, also for how long the member is blocked."""
    origin = (*pressed.args, "", "")[:3]
    options = [
        Option(_("Yes: it was generated"), YES, is_chosen=True),
        Option(_("No: give it back"), NO),
    ]
    reason = TextField(
        REASON,
        _("Why? The member reads it"),
        placeholder=_("Leave empty for no reason"),
        is_required=False,
        most_characters=MOST_REASON if blocks else REASON_MOST_CHARACTERS,
    )
    counts = ChoiceField(COUNTS, _("Does it count toward the limits?"), options)
    title = clip(_("Reject {image}", image=image_name(job.number)), MOST_MODAL_TEXT)
    if not blocks:
        return Form(title, custom_id(Action.REJECT_FORM, *origin, opening), [reason, counts])
    return Form(
        title, custom_id(Action.REJECT_BLOCK_FORM, *origin, opening), [*length_fields(), reason, counts]
    )


def approved(job: Job) -> Message:
    return Message(
        body=_("Approved: **{image}** is on its way to its member.", image=image_name(job.number)),
        color=Color.DONE,
    )


def rejected(job: Job) -> Message:
    return Message(
        body=_("Rejected: no one sees **{image}**.", image=image_name(job.number)), color=Color.DONE
    )

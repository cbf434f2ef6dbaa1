"""Short messages around the card: questions, confirmations, and the words of a delivery."""

from collections.abc import Sequence

from bot.chat.presenter.cards.card import alt_text, picture_name, quoted_prompt
from bot.chat.presenter.cards.details import numbered
from bot.chat.presenter.cards.phases import reason_lines
from bot.chat.presenter.elements.custom_ids import Action, custom_id
from bot.chat.presenter.elements.list_position import ListPosition, back_button
from bot.chat.presenter.elements.message import (
    Button,
    Color,
    Look,
    Message,
    Row,
    Select,
    with_and_without_words,
)
from bot.chat.presenter.elements.people import mention
from bot.domain.ids import ChannelId, MemberId
from bot.domain.job import Job
from bot.domain.notice import Notice
from bot.words.catalogs import gettext as _
from bot.words.catalogs import ngettext


def delete_question(jobs: Sequence[Job]) -> Message:
    """Ask before an image is deleted for everyone."""
    if len(jobs) == 1:
        button = Button(_("Delete image"), custom_id(Action.DELETE_ONE, jobs[0].id), Look.DANGER)
        body = _("Delete this image for everyone? It will still count toward the limit.")
        return Message(body=body, rows=[[button]])
    select = Select(custom_id(Action.DELETE_THESE), _("Which images?"), numbered(jobs), most=len(jobs))
    body = _("Which images do you want to delete for everyone? They will still count toward the limit.")
    return Message(body=body, rows=[[select]])


def deleted(count: int) -> Message:
    return Message(
        body=ngettext("Deleted {count} image.", "Deleted {count} images.", count), color=Color.DONE
    )


def being_posted(job: Job) -> Message:
    """Fill the message until the kept image comes; the process may be killed before the image is there."""
    headline = _("📦 **Generated** · on the way to this message")
    hint = _("If it doesn't appear within a few minutes, you can still find it with `/jobs`.")
    return with_and_without_words(
        lambda shown: Message(
            body=f"{quoted_prompt(job, with_words=shown)}\n\n{headline}\n-# {hint}", color=Color.WORKING
        )
    )


def post_question(
    jobs: Sequence[Job], channel_id: ChannelId, position: ListPosition, *, is_private: bool
) -> Message:
    """Ask before an image, or all images of its card that are kept, can be seen by everyone in a channel."""
    count, channel = len(jobs), f"<#{channel_id}>"
    question = ngettext(
        "Post this image in {channel}? Everyone there will see it, and your prompt.",
        "Post these {count} images in {channel}? Everyone there will see them, and your prompt.",
        count,
        channel=channel,
    )
    alone = ngettext("Only you can see it so far.", "Only you can see them so far.", count)
    post = Button(_("Post for everyone"), custom_id(Action.POST_PUBLICLY, jobs[0].id), Look.PRIMARY)
    back = back_button(position)
    return Message(
        body="\n".join([f"{quoted_prompt(jobs[0])}\n", question, *([f"-# {alone}"] if is_private else [])]),
        color=Color.PARTLY,
        rows=[[post, back]],
    )


def shown_again(job: Job) -> Message:
    """Show the image to its member alone."""
    edit = Button(_("Edit"), custom_id(Action.EDIT, job.id), Look.PRIMARY)
    return _copy(job, [edit])


def posted_again(job: Job) -> Message:
    """Show a copy beside the card, and whose it is. Deleting the copy leaves the picture on the card."""
    edit = Button(_("Edit"), custom_id(Action.EDIT, job.id), Look.PRIMARY)
    delete = Button(_("Delete"), custom_id(Action.REMOVE_COPY, job.id))
    by = _("by {member}", member=mention(job.member_id))
    return _copy(job, [edit, delete], f"\n-# {by}")


def late_picture(job: Job) -> Message:
    """Show a picture that is not on the card to its member alone."""
    return _copy(job, [])


def _copy(job: Job, buttons: Row, more: str = "") -> Message:
    return with_and_without_words(
        lambda shown: Message(
            body=f"{quoted_prompt(job, with_words=shown)}{more}",
            color=Color.DONE,
            rows=[buttons] if buttons else [],
            names={job.id: picture_name(job)},
            alt_texts={job.id: alt_text(job, with_words=shown)},
            spoilers=[job.id] if job.is_spoiler else [],
        )
    )


def delivery_text(member_id: MemberId) -> str:
    """Return the text above an image that comes in its own message, because the card cannot be reached."""
    member = mention(member_id)
    return _("{member}, here is the image you asked for.", member=member)


def announcement(member_id: MemberId, notice: Notice, *, with_words: bool = True) -> str:
    """Return the reply to a card whose images took long, or were not approved, for what reason."""
    lines = [_outcome(mention(member_id), notice)]
    if notice.rejected:
        lines += _rejection(notice, with_words=with_words)
    return "\n".join(lines)


def _outcome(member: str, notice: Notice) -> str:
    if notice.ready:
        return ngettext(
            "{member}, your image is ready.",
            "{member}, your {count} images are ready.",
            notice.ready,
            member=member,
        )
    if notice.rejected:
        return ngettext(
            "{member}, your image was not approved.",
            "{member}, {count} of your images were not approved.",
            len(notice.rejected),
            member=member,
        )
    return ngettext(
        "{member}, your image could not be created.",
        "{member}, your {count} images could not be created.",
        notice.failed,
        member=member,
    )


def _rejection(notice: Notice, *, with_words: bool) -> list[str]:
    """Return how many were not approved, if that is not said yet, why, and which do not count."""
    rejected = notice.rejected
    lines = []
    if notice.ready:
        lines.append(
            ngettext("{count} image was not approved.", "{count} images were not approved.", len(rejected))
        )
    if with_words:
        lines += reason_lines(rejected)
    if expired := sum(job.moderation_reason is None for job in rejected):
        lines.append(
            ngettext(
                "No moderator looked at {count} image in time.",
                "No moderator looked at {count} images in time.",
                expired,
            )
        )
    if given_back := sum(job.is_given_back for job in rejected):
        lines.append(
            ngettext(
                "{count} of them doesn't count toward your limit.",
                "{count} of them don't count toward your limit.",
                given_back,
            )
            if given_back < len(rejected)
            else ngettext(
                "It doesn't count toward your limit.", "They don't count toward your limit.", given_back
            )
        )
    return lines


def pressed_twice() -> Message:
    return Message(body=_("I already got that: it's on its way."))


def cannot_write() -> Message:
    """Say that the disk is full or the database cannot be reached."""
    return Message(
        body=_(
            "I can't save requests right now, so I'm not accepting new ones. This didn't count toward your "
            "limit. Please try again in a few minutes. The bot's owner can find the reason in the log."
        ),
        color=Color.FAILED,
    )


def out_of_date() -> Message:
    return Message(
        body=_("This command has just been updated. Please try again in a moment."), color=Color.PARTLY
    )


def file_gone() -> Message:
    return Message(body=_("The image service no longer has this image's file."), color=Color.PARTLY)


def later() -> Message:
    return Message(body=_("That didn't work right now. Please try again in a moment."), color=Color.PARTLY)


def not_posted() -> Message:
    """Say that Discord refused the first answer, so that nothing was spent."""
    return Message(
        body=_(
            "Discord doesn't let me post here, so I didn't start. This didn't count toward your limit. "
            "Please try again in a moment. If it keeps happening, a moderator can use `/config check` to see "
            "which permissions I'm missing."
        ),
        color=Color.FAILED,
    )


def how_to_reply(*, reads_messages: bool) -> Message:
    """Answer a member who mentions the bot without asking for anything that it can do."""
    if reads_messages:
        edit = _("To edit an image, reply to it, mention me, and describe the change.")
    else:
        edit = _("To edit one of my images, reply to it, mention me, and describe the change.")
    create = _("To create a new one, use `/imagine`.")
    return Message(body=f"{edit} {create}", color=Color.WORKING)


def how_to_imagine() -> Message:
    """Answer a member who describes a picture to the bot, where only a command can ask for it."""
    return Message(body=_("To create an image, use `/imagine`."), color=Color.WORKING)


def mention_me(user_id: int) -> Message:
    """Answer a message that mentions the bot's role: Discord does not show the bot the text of it."""
    bot = mention(user_id)
    body = _(
        "I can't read that message because it mentions my role. Please mention me instead: {bot}.", bot=bot
    )
    return Message(body=body, color=Color.PARTLY)


def one_subject() -> Message:
    words = _("Choose only one: a role, a member or a channel.")
    return Message(body=words, color=Color.PARTLY)

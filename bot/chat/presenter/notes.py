"""Short messages around the card: questions, confirmations, and the words of a delivery."""

from collections.abc import Sequence

from bot.chat.presenter.card import alt_text, picture_name, quoted_prompt
from bot.chat.presenter.custom_ids import Action, custom_id
from bot.chat.presenter.details import numbered
from bot.chat.presenter.message import (
    Button,
    Color,
    Look,
    Message,
    Row,
    Select,
    with_and_without_words,
)
from bot.chat.presenter.numbers import pictures
from bot.domain.ids import ChannelId, MemberId
from bot.domain.job import Job


def delete_question(jobs: Sequence[Job]) -> Message:
    """Before a picture is taken away from everybody."""
    if len(jobs) == 1:
        button = Button("Delete picture", custom_id(Action.DELETE_ONE, jobs[0].id), Look.DANGER)
        return Message(
            body="Delete this picture for everybody? It still counts: it was made.", rows=[[button]]
        )
    select = Select(custom_id(Action.DELETE_THESE), "Which pictures?", numbered(jobs), most=len(jobs))
    return Message(body="Which pictures shall be deleted for everybody? They still count.", rows=[[select]])


def deleted(count: int) -> Message:
    return Message(body=f"Deleted {pictures(count)}.", color=Color.DONE)


def being_posted(job: Job) -> Message:
    """What stands there until the kept picture comes; a process may be killed before it has moved."""
    return with_and_without_words(
        lambda shown: Message(
            body=f"{quoted_prompt(job, with_words=shown)}\n\n📦 **Made** · on the way to this message; "
            "if it does not come within minutes, `/jobs` still keeps it",
            color=Color.WORKING,
        )
    )


def post_question(jobs: Sequence[Job], channel_id: ChannelId, page: int, *, is_private: bool) -> Message:
    """Before a picture, or all that are kept of its card, is put before everybody in a channel."""
    what = f"these {pictures(len(jobs))}" if len(jobs) > 1 else "this picture"
    seen = "So far you alone see it. " if is_private else ""
    post = Button("Post for everybody", custom_id(Action.POST_PUBLICLY, jobs[0].id), Look.PRIMARY)
    back = Button("Back", custom_id(Action.JOBS, page))
    return Message(
        body=f"{quoted_prompt(jobs[0])}\n\nPost {what} in <#{channel_id}>? {seen}"
        "Everybody there will see what is posted, and the prompt.",
        color=Color.PARTLY,
        rows=[[post, back]],
    )


def shown_again(job: Job) -> Message:
    """For its member alone."""
    edit = Button("Edit", custom_id(Action.EDIT, job.id), Look.PRIMARY)
    return _copy(job, [edit])


def posted_again(job: Job) -> Message:
    """A copy beside the card; deleting it leaves the picture where it was first."""
    edit = Button("Edit", custom_id(Action.EDIT, job.id), Look.PRIMARY)
    delete = Button("Delete", custom_id(Action.REMOVE_COPY, job.id))
    return _copy(job, [edit, delete])


def late_picture(job: Job) -> Message:
    """A picture that was made beside the card, for its member alone."""
    return _copy(job, [])


def _copy(job: Job, buttons: Row) -> Message:
    return with_and_without_words(
        lambda shown: Message(
            body=quoted_prompt(job, with_words=shown),
            color=Color.DONE,
            rows=[buttons] if buttons else [],
            names={job.id: picture_name(job)},
            alt_texts={job.id: alt_text(job, with_words=shown)},
            spoilers=[job.id] if job.is_spoiler else [],
        )
    )


def delivery_text(member_id: MemberId) -> str:
    """Above a picture that comes in a message of its own, because the card cannot be reached."""
    return f"<@{member_id}>, here is the picture that you asked for."


def pressed_twice() -> Message:
    return Message(body="I have that one already: it is on its way.")


def cannot_write() -> Message:
    """The disk is full, or the database away."""
    return Message(
        body="I cannot write anything down just now, so I take no requests, and nothing was counted. "
        "Please try again in a few minutes; whoever runs me finds the reason in my log.",
        color=Color.FAILED,
    )


def out_of_date() -> Message:
    return Message(body="This command has just changed. Please try again in a moment.", color=Color.PARTLY)


def file_gone() -> Message:
    return Message(body="The provider no longer keeps this picture's file.", color=Color.PARTLY)


def later() -> Message:
    return Message(
        body="That does not go through right now. Please try again in a moment.", color=Color.PARTLY
    )


def not_posted() -> Message:
    """The first answer was refused, and so nothing was spent."""
    return Message(
        body="Discord does not let me post the picture's message here, so I did not begin, and nothing was "
        "counted. Please try again in a moment. If this stays so, a moderator finds what I lack with "
        "`/config check`.",
        color=Color.FAILED,
    )


def how_to_reply() -> Message:
    """For who speaks to the bot without asking for anything that it can do."""
    return Message(
        body="To change a picture, reply to it, mention me, and say what to change. "
        "For a new one use `/imagine`.",
        color=Color.WORKING,
    )


def mention_me(user_id: int) -> Message:
    """The bot's role was mentioned, and Discord does not show the bot what was written then."""
    return Message(
        body=f"I cannot read that: you mentioned my role. Please mention me myself: <@{user_id}>.",
        color=Color.PARTLY,
    )


def role_or_member() -> Message:
    return Message(
        body="Name a role or a member, not both: these limits are for one of them.", color=Color.PARTLY
    )

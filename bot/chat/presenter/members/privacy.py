"""/privacy: what the bot keeps of a member, and what they can do about it."""

from pathlib import Path

from bot.chat.presenter.elements.custom_ids import Action, custom_id
from bot.chat.presenter.elements.message import Button, Color, Link, Look, Message, Row, StoredFile
from bot.chat.presenter.elements.numbers import relative
from bot.domain.luma import FILE_LIVES
from bot.domain.privacy import Erasure, ErasureState, PrivacyFacts
from bot.words.catalogs import deferred, ngettext
from bot.words.catalogs import gettext as _
from bot.words.formats import number as number_

#: What the tables of an export hold.
TABLES = {
    "requests": deferred("your prompts, and where they were answered"),
    "images": deferred("each image, and what became of it"),
    "steps": deferred("how each image came about"),
    "late_images": deferred("images that the company that makes them reported late"),
    "earlier_messages": deferred("messages that showed an image before"),
    "favourites": deferred("what you have marked"),
    "choices": deferred("when you want to be mentioned"),
    "limits": deferred("limits that admins have set for you"),
    "blocks": deferred("whether the operator has blocked you"),
    "server_blocks": deferred("whether moderators of a server have blocked you there"),
    "strikes": deferred("your strikes on servers that count them"),
    "reports": deferred("images that you have reported"),
    "moderation": deferred("what moderators have decided about your images"),
    "decisions": deferred("what you have decided as a moderator"),
    "log": deferred("changes that you have made, or that were made to you"),
    "posts": deferred("when you have posted an image again"),
    "exports": deferred("when you have exported your data"),
    "totals": deferred("your images and their costs, by day"),
    "span_totals": deferred("your images and their costs, by spans of six days"),
    "durations": deferred("how long your images took, by day"),
}


def exported(file: Path, number: int, files: int) -> Message:
    """Send one of the files; `number` counts from 1."""
    words = _("This is everything that I keep about you, on all servers. Only you can see this message.")
    if files > 1:
        words = _(
            "File {number} of {count}: everything that I keep about you, on all servers. Discord doesn't "
            "take it as one file. Only you can see these messages.",
            number=number_(number),
            count=number_(files),
        )
    return Message(
        body=words,
        color=Color.DONE,
        file=StoredFile("your-data.zip" if files == 1 else f"your-data-{number}-of-{files}.zip", file),
    )


def note_in_file() -> str:
    """Return what the file says of itself."""
    return "\n\n".join(
        [
            _("This is everything that the bot keeps about you, on all servers."),
            _(
                "Each table comes twice: as JSON, for programs, and as CSV, for spreadsheets (UTF-16, with "
                "tabs between cells). Times are in UTC, costs in millionths of a US dollar."
            ),
            "\n".join(f"{name}: {_(meaning)}" for name, meaning in TABLES.items()),
            _(
                "Left out are only encrypted tokens, addresses that contain data of the bot's operator, and "
                "who else made a change."
            ),
        ]
    )


def delete_question(facts: PrivacyFacts, before: ErasureState | None) -> Message:
    """Ask before everything is deleted, and say what stays. `before` is an earlier deletion."""
    note = "" if before is None else f"{_done(before.erasure)}\n\n"
    question = _("I delete everything that I keep about you, on all servers. This can't be undone.")
    return Message(
        title=_("Delete your data?"),
        body=note + question,
        fields=[
            (_("What goes"), _what_goes()),
            (_("What stays"), f"{_what_stays()}\n{_backups(facts.backup_days)}"),
            (_("In Discord"), _in_discord()),
        ],
        color=Color.FAILED,
        rows=[
            [
                Button(_("Delete my data"), custom_id(Action.PRIVACY_DELETE, 0), Look.DANGER),
                Button(_("Delete my data and images"), custom_id(Action.PRIVACY_DELETE, 1), Look.DANGER),
            ]
        ],
    )


def _what_goes() -> str:
    return _(
        "Your prompts and source images, links, the IDs of your messages, favourites, choices, and what you "
        "wrote in reports. Images in line are cancelled. Images that are being generated are finished first, "
        "and then deleted here as well."
    )


def _what_stays() -> str:
    return _(
        "Sums without your name. What you have used of your limits, limits set for you, blocks, and strikes "
        "stay under a code that only this bot can match to you: so you get no new images by deleting your "
        "data, and no block ends. What limits count is kept for 31 days."
    )


def _backups(days: int | None) -> str:
    if days is None:
        return _("Backups that the operator has made keep it until they are replaced.")
    return ngettext("Backups keep it for up to {count} day.", "Backups keep it for up to {count} days.", days)


def _in_discord() -> str:
    stays = _(
        "Without **{button}**, your images stay in Discord, with their prompts. I then no longer know that "
        "they are yours, so only moderators can delete them. I can't reach private images that are older "
        "than 15 minutes, nor copies that you have posted again.",
        button=_("Delete my data and images"),
    )
    reported = _("Images with reports that no moderator has decided on are deleted in any case.")
    return f"{stays} {reported}"


def erasing(state: ErasureState) -> Message:
    """Say how the deletion goes, or how it has ended."""
    erasure = state.erasure
    if erasure.done_at is not None:
        return Message(title=_("Your data is deleted"), body=_done(erasure), color=Color.DONE)
    lines = [
        _("Started {time}. It goes on by itself.", time=relative(erasure.asked_at)),
        ngettext("{count} request is left.", "{count} requests are left.", state.left),
    ]
    if state.waiting:
        lines.append(
            ngettext(
                "{count} of them is still being generated, or its cost isn't known yet. It is deleted as "
                "soon as that is over, after three days at most.",
                "{count} of them are still being generated, or their cost isn't known yet. They are deleted "
                "as soon as that is over, after three days at most.",
                state.waiting,
            )
        )
    if erasure.takes_down:
        lines.append(_("Messages in Discord are deleted one by one."))
    lines.append(_("`/privacy delete` shows how far it is."))
    return Message(title=_("Your data is being deleted"), body="\n".join(lines), color=Color.WORKING)


def _done(erasure: Erasure) -> str:
    at = relative(erasure.done_at or erasure.asked_at)
    lines = [_("✅ Everything that I kept about you was deleted {time}.", time=at)]
    if erasure.takes_down:
        lines.append(
            ngettext(
                "{count} message was deleted in Discord.",
                "{count} messages were deleted in Discord.",
                erasure.taken_down,
            )
        )
    if erasure.not_taken_down:
        lines.append(
            ngettext(
                "{count} message could not be deleted: it is private, or I may not delete it there.",
                "{count} messages could not be deleted: they are private, or I may not delete them there.",
                erasure.not_taken_down,
            )
        )
    return "\n".join(lines)


def about(facts: PrivacyFacts, days_here: int) -> Message:
    """Say what is kept; `days_here` is for how long prompts are kept on the server of the question."""
    return Message(
        title=_("Your data"),
        body=_(
            "This is what I keep about you, over all servers. I keep nothing of your other messages, and no "
            "usernames or avatars."
        ),
        fields=[
            (_("Your requests"), f"{_requests()}\n{_prompt_time(facts.prompt_days, days_here)}"),
            (_("Your images"), f"{_images()}\n{_file_time(FILE_LIVES.days)}"),
            (_("Your choices, and rules about you"), _choices()),
            (_("Who else processes your data"), _processors()),
            (_("Who runs this bot"), _contact(facts.contact)),
            (_("What you can do"), _what_to_do()),
        ],
        color=Color.WORKING,
        rows=_links(facts.policy_url),
    )


def _requests() -> str:
    return _(
        "Your prompts, and the IDs of you, the server, the channel, and the message: to make the images, to "
        "find them again, and so that moderators can see what was made on their server. Times, costs, and "
        "outcomes: to count limits and budgets. All of this except the prompts stays for as long as the bot "
        "runs."
    )


def _prompt_time(days: int, days_here: int) -> str:
    words = ngettext(
        "Prompts are deleted after {count} day.", "Prompts are deleted after {count} days.", days
    )
    if days_here == days:
        return words
    here = ngettext("On this server, after {count} day.", "On this server, after {count} days.", days_here)
    return f"{words} {here}"


def _images() -> str:
    return _(
        "The images are in Discord until they are deleted. I keep a source image only until its edit is done."
    )


def _file_time(days: int) -> str:
    return ngettext(
        "The company that makes them keeps a copy for {count} day.",
        "The company that makes them keeps a copy for {count} days.",
        days,
    )


def _choices() -> str:
    return _(
        "Your favourites, and when I mention you: until you change them. Limits that admins set for you, "
        "blocks, and what moderators do with your images: for as long as the bot runs, so that rules hold."
    )


def _processors() -> str:
    return _(
        "Segmind (segmind.com) makes the images. It gets the words of your prompt and the source image, but "
        "no IDs and no usernames. If a prompt mentions someone, it gets their display name. Discord gets "
        "what you see there. No one else gets anything."
    )


def _what_to_do() -> str:
    return _("`/privacy export` gives you all of it as a file. `/privacy delete` deletes it.")


def _contact(contact: str | None) -> str:
    if contact is None:
        return _("The operator of this bot has named no contact. Ask the admins of this server.")
    return contact


def _links(policy_url: str | None) -> list[Row]:
    return [] if policy_url is None else [[Link(_("Privacy policy"), policy_url)]]

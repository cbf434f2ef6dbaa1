"""The acts of a person on the page, by name: each looks things up, and lets `Person` do it.

An act gets the JSON that the browser sent and returns JSON, or raises one of `REFUSALS`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field

from sandbox.page.uploads import UnknownFile, Uploads
from sandbox.page.view import View
from standins.fake_discord.model import AnswerKind, Channel, Json, Message, Modal
from standins.fake_discord.person import (
    Ask,
    ClientRefusedError,
    FieldValue,
    NoResponseError,
    OptionValue,
    Upload,
)
from standins.fake_discord.rules_names import LOCALES

FILE_UPLOAD = 19
USER, CHANNEL, ROLE, MENTIONABLE, ATTACHMENT = 6, 7, 8, 9, 11


class Gone(Exception):
    """The subject of the act does not exist (any more), or not for this person."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


REFUSALS = (ClientRefusedError, NoResponseError, UnknownFile, Gone)


def words_of(refusal: Exception) -> str:
    """The text that the person reads."""
    match refusal:
        case ClientRefusedError(what=what, why=why):
            return f"{what}: {why}"
        case NoResponseError():
            return "The application did not respond."
        case UnknownFile():
            return "The file is not there any more. Choose it again."
        case Gone(what=what):
            return f"This {what} does not exist any more."
        case _:
            raise TypeError(refusal)


@dataclass
class Seat:
    """One browser: its person, their uploaded files, and the dialogues that are open."""

    view: View
    uploads: Uploads
    modals: dict[str, Modal] = field(default_factory=dict)

    # -- looking up what the browser names by id

    def channel(self, sent: Json) -> Channel:
        found = self.view.world.channels.get(int(sent["channel_id"]))
        if found is None:
            raise Gone("channel")
        return found

    def message(self, message_id: object) -> Message:
        found = self.view.world.messages.get(int(str(message_id)))
        if found is None or not self.view.world.can_see(self.view.user, found):
            raise Gone("message")
        return found

    def uploaded(self, keys: Iterable[str]) -> list[Upload]:
        return [self.uploads.take(self.view.user.username, key) for key in keys]

    def options(self, sent: Json) -> dict[str, OptionValue]:
        channel = self.channel(sent)
        return {one["name"]: self._option(channel, one["type"], one["value"]) for one in sent["options"]}

    def _option(self, channel: Channel, kind: int, value: str | float | bool) -> OptionValue:  # noqa: FBT001  (a value of the wire)
        found: OptionValue | None = value
        if kind == ATTACHMENT:
            found = self.uploaded([str(value)])[0]
        elif kind == USER:
            found = self.view.world.users.get(int(value))
        elif kind == CHANNEL:
            found = channel.guild.channels.get(int(value))
        elif kind == ROLE:
            found = channel.guild.roles.get(int(value))
        elif kind == MENTIONABLE:
            found = channel.guild.roles.get(int(value)) or self.view.world.users.get(int(value))
        if found is None:
            raise Gone("choice")
        return found

    async def outcome(self, ask: Ask) -> Json:
        """Tell the browser what follows the first answer: open a dialogue, or say that there was none."""
        answer = await ask.answer()
        if answer.kind is AnswerKind.NONE:
            return {"has_failed": True}
        if answer.modal is None:
            return {}
        key = str(ask.interaction.id)
        self.modals[key] = answer.modal
        return {"modal": {"id": key} | self.view.modal(answer.modal)}


async def say(seat: Seat, sent: Json) -> Json:
    reply_to = seat.message(sent["reply_to"]) if sent.get("reply_to") else None
    seat.view.person.say(
        seat.channel(sent),
        sent["content"],
        reply_to=reply_to,
        pings_author=bool(sent.get("pings_author", True)),
        files=seat.uploaded(sent.get("files", [])),
    )
    return {}


async def edit(seat: Seat, sent: Json) -> Json:
    seat.view.person.edit(seat.message(sent["message_id"]), sent["content"])
    return {}


async def delete(seat: Seat, sent: Json) -> Json:
    seat.view.person.delete(seat.message(sent["message_id"]))
    return {}


async def history(seat: Seat, sent: Json) -> Json:
    before = seat.message(sent["before"]) if sent.get("before") else None
    return {"messages": seat.view.page(seat.channel(sent), before)}


async def slash(seat: Seat, sent: Json) -> Json:
    ask = seat.view.person.slash(seat.channel(sent), sent["command"], **seat.options(sent))
    return await seat.outcome(ask)


async def autocomplete(seat: Seat, sent: Json) -> Json:
    choices = await seat.view.person.autocomplete(
        seat.channel(sent), sent["command"], sent["option"], sent["text"], **seat.options(sent)
    )
    return {"choices": [{"name": one.name, "value": one.value} for one in choices]}


async def menu(seat: Seat, sent: Json) -> Json:
    return await seat.outcome(seat.view.person.menu(seat.message(sent["message_id"]), sent["command"]))


async def press(seat: Seat, sent: Json) -> Json:
    return await seat.outcome(seat.view.person.press(seat.message(sent["message_id"]), sent["custom_id"]))


async def choose(seat: Seat, sent: Json) -> Json:
    message = seat.message(sent["message_id"])
    return await seat.outcome(seat.view.person.choose(message, sent["custom_id"], sent["values"]))


async def submit(seat: Seat, sent: Json) -> Json:
    """A dialogue that the bot answered is over; one that it did not answer can be sent again."""
    modal = seat.modals.get(sent["modal_id"])
    if modal is None:
        raise Gone("dialogue")
    kinds = {one.custom_id: one.type for one in modal.fields()}
    values: dict[str, FieldValue] = {
        key: seat.uploaded(value) if kinds.get(key) == FILE_UPLOAD else value
        for key, value in sent["values"].items()
    }
    outcome = await seat.outcome(seat.view.person.submit(modal, values))
    if not outcome.get("has_failed"):
        seat.modals.pop(sent["modal_id"], None)
    return outcome


async def read_in(seat: Seat, sent: Json) -> Json:
    """Choose the language of one's own Discord."""
    if sent["locale"] not in LOCALES:
        raise Gone("language")
    seat.view.user.locale = sent["locale"]
    return {}


Act = Callable[[Seat, Json], Awaitable[Json]]
ACTS: dict[str, Act] = {
    act.__name__: act
    for act in (say, edit, delete, history, slash, autocomplete, menu, press, choose, submit, read_in)
}

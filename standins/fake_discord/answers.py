"""The six ways to answer an interaction first, and which of them fits which kind."""

from __future__ import annotations

from dataclasses import replace

from standins.fake_discord.drafts import Draft, create_message, edit_message, promise_message
from standins.fake_discord.errors import ApiError
from standins.fake_discord.forms import Form
from standins.fake_discord.interactions import acknowledge
from standins.fake_discord.model import (
    Answer,
    AnswerKind,
    Interaction,
    InteractionKind,
    Json,
    Message,
    MessageFlags,
    Modal,
    User,
)
from standins.fake_discord.rules_modals import check_modal
from standins.fake_discord.wire_messages import message_json
from standins.fake_discord.world import World

MESSAGE, THINKING, UPDATING, UPDATE, CHOICES, MODAL = 4, 5, 6, 7, 8, 9
KINDS = frozenset(range(MESSAGE, MODAL + 1))
_WITH_MESSAGE = frozenset({MESSAGE, THINKING})
_ON_MESSAGE = frozenset({UPDATING, UPDATE})


def answer(world: World, interaction: Interaction, kind: int, draft: Draft) -> None:
    """Do what the callback asks. Raises ApiError 50035 for a kind of answer that does not fit."""
    if kind not in _fitting(interaction):
        form = Form({"type": kind})
        form.complain("INTERACTION_CALLBACK_TYPE_INVALID", "This answer does not fit the interaction", "type")
        form.raise_complaints()
    answered = _METHODS[kind](world, interaction, draft)
    original = interaction.message if kind in _ON_MESSAGE else answered.message
    acknowledge(world, interaction, answered, original)


def callback_json(world: World, interaction: Interaction, kind: int) -> Json:
    """The answer of the callback route to `with_response`; deferred answers have no `resource`."""
    shown: Json = {
        "id": str(interaction.id),
        "type": int(interaction.kind),
        "channel_id": str(interaction.channel.id),
        "guild_id": str(interaction.channel.guild.id),
    }
    message = interaction.original
    if message is not None:
        shown |= {
            "response_message_id": str(message.id),
            "response_message_loading": message.is_thinking,
            "response_message_ephemeral": message.is_ephemeral,
        }
    if message is None or kind not in (MESSAGE, UPDATE):
        return {"interaction": shown}
    return {"interaction": shown, "resource": {"type": kind, "message": message_json(world, message)}}


def viewer_of(interaction: Interaction, body: Json) -> User | None:
    """The only person who sees a message with these flags."""
    flags = body.get("flags")
    is_ephemeral = isinstance(flags, int) and bool(MessageFlags.EPHEMERAL & flags)
    return interaction.user if is_ephemeral else None


def continue_with(world: World, interaction: Interaction, draft: Draft) -> Message:
    """A further message by the token; while "… is thinking" stands, it takes that place."""
    original = interaction.original
    if original is not None and original.is_thinking and not original.is_deleted:
        body = {key: value for key, value in draft.body.items() if key != "flags"}
        edit_message(world, original, replace(draft, body=body))
        return original
    viewer = viewer_of(interaction, draft.body)
    reply = replace(draft, referenced=original)
    message = create_message(world, interaction.channel, reply, interaction=interaction, viewer=viewer)
    interaction.followups[message.id] = message
    return message


def _fitting(interaction: Interaction) -> frozenset[int]:
    if interaction.kind is InteractionKind.AUTOCOMPLETE:
        return frozenset({CHOICES})
    fitting = _WITH_MESSAGE
    if interaction.message is not None:
        fitting |= _ON_MESSAGE
    return fitting if interaction.kind is InteractionKind.MODAL_SUBMIT else fitting | {MODAL}


def _post(world: World, interaction: Interaction, draft: Draft) -> Answer:
    viewer = viewer_of(interaction, draft.body)
    message = create_message(world, interaction.channel, draft, interaction=interaction, viewer=viewer)
    return Answer(AnswerKind.MESSAGE, message)


def _think(world: World, interaction: Interaction, draft: Draft) -> Answer:
    viewer = viewer_of(interaction, draft.body)
    return Answer(AnswerKind.THINKING, promise_message(world, interaction.channel, interaction, viewer))


def _stay_silent(_world: World, interaction: Interaction, _draft: Draft) -> Answer:
    return Answer(AnswerKind.UPDATING, interaction.message)


def _update(world: World, interaction: Interaction, draft: Draft) -> Answer:
    message = _message_of(interaction)
    edit_message(world, message, draft)
    return Answer(AnswerKind.UPDATED, message)


def _offer_choices(_world: World, _interaction: Interaction, draft: Draft) -> Answer:
    form = Form(draft.body, draft.path)
    for choice in form.listed("choices", 25):
        choice.text("name", 100, least=1, required=True)
        choice.require("value")
    form.raise_complaints()
    return Answer(AnswerKind.CHOICES, choices=tuple(draft.body.get("choices") or ()))


def _open_modal(_world: World, interaction: Interaction, draft: Draft) -> Answer:
    body = draft.body
    check_modal(body, draft.path)
    modal = Modal(interaction, body["custom_id"], body["title"], body["components"])
    return Answer(AnswerKind.MODAL, modal=modal)


_METHODS = {
    MESSAGE: _post,
    THINKING: _think,
    UPDATING: _stay_silent,
    UPDATE: _update,
    CHOICES: _offer_choices,
    MODAL: _open_modal,
}


def _message_of(interaction: Interaction) -> Message:
    if interaction.message is None:
        raise ApiError(400, 50035, "Invalid Form Body")
    return interaction.message

"""The life of an interaction: opened by a person, answered once within 3 s, dead after 15 minutes."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from datetime import timedelta

from standins.fake_discord.errors import (
    already_acknowledged,
    invalid_token,
    unknown_interaction,
    unknown_message,
    unknown_webhook,
)
from standins.fake_discord.events import (
    InteractionAnswered,
    InteractionCreated,
    InteractionFailed,
    ModalOpened,
)
from standins.fake_discord.model import (
    Answer,
    AnswerKind,
    Channel,
    Interaction,
    InteractionKind,
    Json,
    Message,
    User,
)
from standins.fake_discord.world import World


def open_interaction(
    world: World,
    kind: InteractionKind,
    channel: Channel,
    user: User,
    data: Json,
    *,
    message: Message | None = None,
    command_name: str = "",
    opener: Interaction | None = None,
) -> Interaction:
    """Send it to the application, and start the time limit for the first answer."""
    now = world.clock.now()
    interaction_id = world.snowflakes.next()
    interaction = Interaction(
        interaction_id,
        _token(world, interaction_id),
        kind,
        channel,
        user,
        data,
        created_at=now,
        expires_at=now + timedelta(seconds=world.token_life_seconds),
        message=message,
        command_name=command_name,
        opener=opener,
    )
    world.interactions[interaction.id] = world.tokens[interaction.token] = interaction
    loop = asyncio.get_running_loop()
    interaction.deadline = loop.call_later(world.answer_within_seconds, _give_up, world, interaction)
    world.publish(InteractionCreated(interaction))
    return interaction


def open_for_answer(world: World, interaction_id: int, token: str) -> Interaction:
    """The interaction that a callback is for. Raises 10062 if unknown or too late, 40060 if answered."""
    interaction = world.interactions.get(interaction_id)
    if interaction is None or interaction.token != token:
        raise unknown_interaction()
    if interaction.answer is not None:
        is_too_late = interaction.answer.kind is AnswerKind.NONE
        raise unknown_interaction() if is_too_late else already_acknowledged()
    return interaction


def acknowledge(world: World, interaction: Interaction, answer: Answer, original: Message | None) -> None:
    """Record the first answer; from now on, `@original` means `original`."""
    if interaction.deadline is not None:
        interaction.deadline.cancel()
    interaction.answer, interaction.original = answer, original
    world.publish(InteractionAnswered(interaction, answer))
    if answer.modal is not None:
        world.publish(ModalOpened(answer.modal))


def by_token(world: World, app_id: int, token: str) -> Interaction:
    """The answered interaction behind a token. Raises 10015 for an unknown one, 50027 for a dead one."""
    interaction = world.tokens.get(token)
    if interaction is None or app_id != world.app.id:
        raise unknown_webhook()
    if world.clock.now() >= interaction.expires_at:
        raise invalid_token()
    if interaction.answer is None or interaction.answer.kind is AnswerKind.NONE:
        raise unknown_webhook()
    return interaction


def message_of(interaction: Interaction, name: str) -> Message:
    """The message that `@original` or an id means to this token. Raises 10008 for any other."""
    message = interaction.original
    if name != "@original" and not (message and name == str(message.id)):
        message = interaction.followups.get(int(name)) if name.isdecimal() else None
    if message is None or message.is_deleted:
        raise unknown_message()
    return message


def expire_tokens(world: World) -> None:
    """Expire all tokens that exist now."""
    now = world.clock.now()
    for interaction in world.interactions.values():
        interaction.expires_at = min(interaction.expires_at, now)


def _give_up(world: World, interaction: Interaction) -> None:
    interaction.answer = Answer(AnswerKind.NONE)
    world.publish(InteractionFailed(interaction))


def _token(world: World, interaction_id: int) -> str:
    """A token as long as Discord's, and the same in every run for the same id."""
    parts = [
        hmac.new(world.signing_key, f"{interaction_id} {part}".encode(), hashlib.sha256) for part in range(3)
    ]
    return "".join(part.hexdigest() for part in parts)

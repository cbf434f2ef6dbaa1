"""Presses that no honest client makes."""

from bot.sandbox.fake_discord.asks import Ask, Upload
from bot.sandbox.fake_discord.interactions import open_interaction
from bot.sandbox.fake_discord.model import InteractionKind, Message
from bot.sandbox.fake_discord.resolved import Resolved
from tests.chat.studio import Studio
from tests.services.outsides import png


def press_forged(studio: Studio, message: Message, custom_id: str, who: str = "ada") -> Ask:
    """Press a button that the message does not have, as only a tampered client does."""
    data = {"component_type": 2, "custom_id": custom_id, "id": 99}
    user = studio.world.user(who)
    interaction = open_interaction(
        studio.world, InteractionKind.COMPONENT, message.channel, user, data, message=message
    )
    return Ask(studio.world, interaction)


def submit_forged(studio: Studio, message: Message, custom_id: str, who: str = "ada") -> Ask:
    """Send a dialogue that was never opened: a prompt, and a file, wherever one is wanted."""
    user = studio.world.user(who)
    resolved = Resolved(studio.world, message.channel, user)
    parts = [
        {"type": 4, "custom_id": "prompt", "value": "make it night"},
        {"type": 19, "custom_id": "file", "values": [resolved.upload(Upload("cat.png", png()))]},
    ]
    rows = [{"type": 18, "id": at, "component": part | {"id": at + 10}} for at, part in enumerate(parts, 1)]
    data = resolved.into({"custom_id": custom_id, "components": rows})
    interaction = open_interaction(
        studio.world,
        InteractionKind.MODAL_SUBMIT,
        message.channel,
        user,
        data,
        message=message,
        opener=message.interaction,
    )
    return Ask(studio.world, interaction)

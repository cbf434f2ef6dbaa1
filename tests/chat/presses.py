"""Presses that no honest client makes."""

from bot.sandbox.fake_discord.asks import Ask
from bot.sandbox.fake_discord.interactions import open_interaction
from bot.sandbox.fake_discord.model import InteractionKind, Message
from tests.chat.studio import Studio


def press_forged(studio: Studio, message: Message, custom_id: str, who: str = "ada") -> Ask:
    """Press a button that the message does not have, as only a tampered client does."""
    data = {"component_type": 2, "custom_id": custom_id, "id": 99}
    user = studio.world.user(who)
    interaction = open_interaction(
        studio.world, InteractionKind.COMPONENT, message.channel, user, data, message=message
    )
    return Ask(studio.world, interaction)

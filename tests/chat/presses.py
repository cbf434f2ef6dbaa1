"""Presses that no honest client makes."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from standins.fake_discord.asks import Ask, Upload
from standins.fake_discord.interactions import open_interaction
from standins.fake_discord.model import InteractionKind, Json, Message
from standins.fake_discord.resolved import Resolved
from standins.fake_discord.wire_guilds import channel_json, role_json
from tests.chat.studio import Studio
from tests.services.outsides import png

NIGHT = {"prompt": "make it night"}


def press_forged(
    studio: Studio, message: Message, custom_id: str, who: str = "ada", values: Sequence[str] = ()
) -> Ask:
    """Press a button that the message does not have, as only a tampered client does; or choose in a list."""
    data: Json = {"component_type": 3 if values else 2, "custom_id": custom_id, "id": 99}
    if values:
        data["values"] = list(values)
        data["resolved"] = {
            "channels": _channels_among(studio, message, values),
            "roles": _roles_among(message, values),
        }
    user = studio.world.user(who)
    interaction = open_interaction(
        studio.world, InteractionKind.COMPONENT, message.channel, user, data, message=message
    )
    return Ask(studio.world, interaction)


def _channels_among(studio: Studio, message: Message, values: Sequence[str]) -> Json:
    """Whatever was sent, Discord looks up what there is on the server."""
    here = message.channel.guild.channels.values()
    return {str(one.id): channel_json(studio.world, one) for one in here if str(one.id) in values}


def _roles_among(message: Message, values: Sequence[str]) -> Json:
    here = message.channel.guild.roles.values()
    return {str(one.id): role_json(one) for one in here if str(one.id) in values}


def submit_forged(
    studio: Studio,
    message: Message,
    custom_id: str,
    who: str = "ada",
    texts: Mapping[str, str] = NIGHT,
    values: Mapping[str, str] = MappingProxyType({}),
    *,
    has_file: bool = True,
) -> Ask:
    """Send a dialogue that was never opened: texts, and a picture, wherever a file is wanted.

    `values` are those chosen in lists.
    """
    user = studio.world.user(who)
    resolved = Resolved(studio.world, message.channel, user)
    parts = [
        *({"type": 4, "custom_id": field, "value": text} for field, text in texts.items()),
        *({"type": 3, "custom_id": field, "values": [value]} for field, value in values.items()),
    ]
    if has_file:
        file_id = resolved.upload(Upload("cat.png", png()))
        parts.append({"type": 19, "custom_id": "file", "values": [file_id]})
    rows = [{"type": 18, "id": at, "component": part | {"id": at + 10}} for at, part in enumerate(parts, 1)]
    data = resolved.into({"custom_id": custom_id, "components": rows})
    interaction = open_interaction(
        studio.world,
        InteractionKind.MODAL_SUBMIT,
        message.channel,
        user,
        data,
        message=message,
        opener=message.interaction or press_forged(studio, message, "nothing", who).interaction,
    )
    return Ask(studio.world, interaction)

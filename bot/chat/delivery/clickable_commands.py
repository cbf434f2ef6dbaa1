"""Makes the commands in a text clickable, once Discord has given them ids."""

import re
from collections.abc import Mapping
from dataclasses import replace

from bot.chat.presenter.elements.message import Message

#: Only the bot's own texts have commands in this form: what members write is escaped.
_COMMAND = re.compile(r"`/(?P<path>(?P<name>[a-z]+)(?: [a-z]+)?)`")


def clickable(message: Message, command_ids: Mapping[str, int]) -> Message:
    """Return the message with a mention for each command whose id is known; others stay as they are."""
    if not command_ids:
        return message

    def with_mentions(text: str) -> str:
        return _COMMAND.sub(lambda found: _mention(found, command_ids), text)

    wordless = message.wordless
    return replace(
        message,
        body=with_mentions(message.body),
        fields=[(name, with_mentions(value)) for name, value in message.fields],
        wordless=None if wordless is None else lambda: clickable(wordless(), command_ids),
    )


def _mention(command: re.Match[str], command_ids: Mapping[str, int]) -> str:
    command_id = command_ids.get(command["name"])
    return command[0] if command_id is None else f"</{command['path']}:{command_id}>"

"""Which pictures a message of the bot shows: by the numbers in its files' names, and by its buttons."""

import re

from standins.fake_discord.model import Message

PICTURE_NAME = re.compile(r"(?:SPOILER_)?picture-(\d+)-\d{8}-\d{6}\.\w+")


def number_of(message: Message, at: int = 0) -> int:
    """What members of the server know the picture by."""
    name = message.attachments[at].filename
    match = PICTURE_NAME.fullmatch(name)
    assert match, f"not the name of a picture: {name}"
    return int(match[1])


def numbers_of(message: Message) -> list[int]:
    """Of all its pictures, in their order."""
    return [number_of(message, at) for at in range(len(message.attachments))]


def job_ids_of(message: Message) -> list[int]:
    """The bot's own ids of its pictures: only the buttons have them, in the same order as the numbers."""
    edits = [str(part.get("custom_id")).split(":") for part in message.parts()]
    return sorted(int(arg) for action, *args in edits if action == "edit" for arg in args)


def job_id_of(message: Message, at: int = 0) -> int:
    return job_ids_of(message)[sorted(numbers_of(message)).index(number_of(message, at))]

"""Reads what a member chose or filled in from the interaction alone, so that it works after any restart."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import discord

from bot.chat.incoming.attachments import FoundPicture
from bot.domain.errors import JobUnknown, NoPicture

_LABEL = 18


def selected(interaction: discord.Interaction) -> Sequence[str]:
    """The values chosen in a select of a message; raises `JobUnknown` if there are none."""
    values = selected_if_any(interaction)
    if not values:
        raise JobUnknown
    return values


def selected_if_any(interaction: discord.Interaction) -> Sequence[str]:
    """The values chosen in a select of a message in which a choice can be taken back."""
    data: Mapping[str, Any] = interaction.data or {}
    return [str(value) for value in data.get("values") or ()]


@dataclass(frozen=True, slots=True)
class SubmittedModal:
    """A modal with the values that the member sent."""

    parts: Mapping[str, Mapping[str, Any]]
    attachments: Mapping[str, Mapping[str, Any]]

    @classmethod
    def of(cls, interaction: discord.Interaction) -> "SubmittedModal":
        data: Mapping[str, Any] = interaction.data or {}
        parts = [
            outer["component"] if outer["type"] == _LABEL else outer for outer in data.get("components", [])
        ]
        by_id = {part["custom_id"]: part for part in parts if "custom_id" in part}
        return cls(by_id, data.get("resolved", {}).get("attachments", {}))

    def has(self, field: str) -> bool:
        """Return whether the modal had this field: one that was opened before an update may lack it."""
        return field in self.parts

    def text(self, field: str) -> str:
        return str(self.parts.get(field, {}).get("value") or "")

    def choice(self, field: str) -> str | None:
        values = self.parts.get(field, {}).get("values")
        return str(values[0]) if values else None

    def has_file(self, field: str) -> bool:
        return self.choice(field) is not None

    def file(self, field: str) -> FoundPicture:
        """Raises `NoPicture`."""
        file = self.attachments.get(self.choice(field) or "")
        if file is None:
            raise NoPicture
        return FoundPicture.of_upload(file)

"""Who may moderate and who may set up: asked anew at every press, since Discord asks for commands only.

Which members may use a command is the server's choice (Server Settings ▸ Integrations). Whoever Discord let
use one may therefore also press the buttons of its answer, for as long as that answer can be used at all.
"""

from collections import OrderedDict
from enum import Enum

import discord

from bot.domain.clock import Clock
from bot.domain.errors import DutyNeeded

MOST_REMEMBERED = 2000
#: As long as an ephemeral answer can be changed by its token.
REMEMBERED_SECONDS = 15 * 60.0


class Duty(Enum):
    """Its value is Discord's name of the permission that it takes by default."""

    MODERATE = "manage_messages"
    SET_UP = "manage_guild"

    @property
    def permissions(self) -> discord.Permissions:
        return discord.Permissions(**{self.value: True})


class Duties:
    """Remembers for a while whom Discord let use which commands."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._let_in: OrderedDict[tuple[int | None, int, Duty], float] = OrderedDict()

    def let_in(self, interaction: discord.Interaction, duty: Duty) -> None:
        """Discord let this member use a command of that duty."""
        key = (interaction.guild_id, interaction.user.id, duty)
        self._let_in[key] = self._clock.monotonic()
        self._let_in.move_to_end(key)
        if len(self._let_in) > MOST_REMEMBERED:
            self._let_in.popitem(last=False)

    def require(self, interaction: discord.Interaction, duty: Duty) -> None:
        """Raises `DutyNeeded`."""
        if not self.has(interaction, duty):
            raise DutyNeeded(duty.value)

    def has(self, interaction: discord.Interaction, duty: Duty) -> bool:
        if duty.permissions <= interaction.permissions:
            return True
        at = self._let_in.get((interaction.guild_id, interaction.user.id, duty))
        return at is not None and self._clock.monotonic() - at < REMEMBERED_SECONDS

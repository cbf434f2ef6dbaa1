"""The one place where every exception of every door ends: the member is told, and the log knows."""

import discord
import structlog
from discord import app_commands

from bot.chat.ladder import ALREADY_ANSWERED, DISCORD_ERRORS, NO_ANSWER, reason
from bot.chat.presenter import notes
from bot.chat.presenter.message import Message
from bot.chat.presenter.refusals import mishap, refusal
from bot.chat.rendering import to_send
from bot.domain.errors import CourierUnavailable, FileRefused, ProviderError, Refusal, StoreUnavailable
from bot.ops.metrics import Metrics

#: In an interaction's extras: a promise was kept by Discord, though discord.py does not know.
PROMISED = "promised"

log = structlog.stdlib.get_logger(__name__)


class Mishaps:
    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics

    async def tell(self, interaction: discord.Interaction, error: Exception) -> None:
        """Answer the member, to them alone, whatever has been answered already."""
        if interaction.client.is_closed():
            log.info("hung up before the member could be told", error=type(error).__name__)
            return
        message = self.words(error)
        try:
            if interaction.type is discord.InteractionType.autocomplete:
                await interaction.response.autocomplete([])
            else:
                await tell_alone(interaction, message)
        except DISCORD_ERRORS as lost:
            log.info("the member could not be told", why=reason(lost))
        except Exception as lost:  # the end of the line: there is nobody left to answer
            self._metrics.loop_errors.labels(loop="chat").inc()
            log.error("the member could not be told", exc_info=lost)

    def words(self, error: Exception) -> Message:  # noqa: PLR0911  one flat list, to be read as one
        """What to say; and whatever is no refusal is logged and counted here, once."""
        if isinstance(error, app_commands.CommandInvokeError):
            error = error.original
        match error:
            case Refusal():
                log.info("refused", reason=type(error).__name__)
                return refusal(error)
            case FileRefused():
                return notes.file_gone()
            case ProviderError() | CourierUnavailable():
                return notes.later()
            case StoreUnavailable():
                self._metrics.loop_errors.labels(loop="chat").inc()
                log.error("the database does not answer; a member was refused", error=str(error))
                return notes.cannot_write()
            case app_commands.AppCommandError():
                # Its text may hold what the member wrote.
                log.warning("command not understood", error=type(error).__name__)
                return notes.out_of_date()
        if isinstance(error, (discord.HTTPException, discord.RateLimited, *NO_ANSWER)):
            log.warning("discord did not take it", why=reason(error))
            return mishap()
        self._metrics.loop_errors.labels(loop="chat").inc()
        log.error("a door failed", exc_info=error)
        return mishap()


async def promise(interaction: discord.Interaction, *, is_new: bool) -> None:
    """Say in time that an answer to them alone follows: a new one, or in place of their message.

    Discord may have taken it and yet answer with an error, which discord.py meets by sending it again.
    """
    try:
        await interaction.response.defer(ephemeral=is_new, thinking=is_new)
    except discord.HTTPException as error:
        if error.code != ALREADY_ANSWERED:
            raise
        interaction.extras[PROMISED] = True


async def tell_alone(interaction: discord.Interaction, message: Message) -> None:
    """Say something to the member alone; a promised public answer is taken back first."""
    response = interaction.response
    if not response.is_done() and PROMISED not in interaction.extras:
        await response.send_message(**to_send(message), ephemeral=True)
        return
    if response.is_done() and response.type is discord.InteractionResponseType.deferred_channel_message:
        await interaction.delete_original_response()
    await interaction.followup.send(**to_send(message), ephemeral=True)

"""The one place where every exception of every door ends: the member is told, and the log knows."""

import discord
import structlog
from discord import app_commands

from bot.chat.delivery.sender import tell_alone
from bot.chat.presenter import notes
from bot.chat.presenter.message import Message
from bot.chat.presenter.refusals import mishap, refusal
from bot.chat.rest.error_codes import DISCORD_ERRORS, NO_ANSWER, reason
from bot.domain.errors import CourierUnavailable, FileRefused, ProviderError, Refusal, StoreUnavailable
from bot.ops.metrics import Metrics

log = structlog.stdlib.get_logger(__name__)


class ErrorHandler:
    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics

    async def tell(self, interaction: discord.Interaction, error: Exception) -> None:
        """Answer the member, to them alone, whatever has been answered already."""
        if interaction.client.is_closed():
            log.info("closing; member not answered", error=type(error).__name__)
            return
        message = self.words(error)
        try:
            if interaction.type is discord.InteractionType.autocomplete:
                await interaction.response.autocomplete([])
            else:
                await tell_alone(interaction, message)
        except DISCORD_ERRORS as lost:
            log.info("member could not be answered", why=reason(lost))
        except Exception as lost:  # the end of the line: there is nobody left to answer
            self._metrics.loop_errors.labels(loop="chat").inc()
            log.error("member could not be answered", exc_info=lost)

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
            log.warning("Discord refused a message", why=reason(error))
            return mishap()
        self._metrics.loop_errors.labels(loop="chat").inc()
        log.error("unexpected error in a command, button or reply", exc_info=error)
        return mishap()

"""Handles every exception of commands, buttons, modals and replies: answers the member, and logs it."""

import discord
import structlog
from discord import app_commands

from bot.chat.delivery.sender import tell_alone
from bot.chat.presenter.cards import notes
from bot.chat.presenter.elements.message import Message
from bot.chat.presenter.wording.refusals import mishap, refusal
from bot.chat.rest.error_codes import DISCORD_ERRORS, NO_ANSWER, reason
from bot.domain.clock import Clock
from bot.domain.errors import CourierUnavailable, FileRefused, ProviderError, Refusal, StoreUnavailable
from bot.domain.quiet import Quieted, QuietRefusals
from bot.ops.metrics import Metrics

log = structlog.stdlib.get_logger(__name__)


class ErrorHandler:
    def __init__(self, metrics: Metrics, clock: Clock) -> None:
        self._metrics = metrics
        self._clock = clock
        self._quiet = QuietRefusals()

    def require_patience(self, member_id: int) -> None:
        """Raises `Quieted` for a member who was refused often and fast, before anything is looked up."""
        self._quiet.require_patience(member_id, self._clock.monotonic())

    async def handle(self, interaction: discord.Interaction, error: Exception) -> None:
        """Answer the member alone, even if something was answered before."""
        if interaction.client.is_closed():
            log.info("closing; member not answered", error=type(error).__name__)
            return
        is_suggesting = interaction.type is discord.InteractionType.autocomplete
        # A damaged interaction may name no user.
        member_id = None if is_suggesting else getattr(interaction.user, "id", None)
        self.report(error, member_id)
        try:
            if is_suggesting:
                await interaction.response.autocomplete([])
            else:
                await tell_alone(interaction, describe(error))
        except DISCORD_ERRORS as lost:
            log.info("member could not be answered", why=reason(lost))
        except Exception as lost:  # the last place to handle it: there is no other way to answer
            self._count()
            log.error("member could not be answered", exc_info=lost)

    def report(self, error: Exception, member_id: int | None = None) -> None:
        """Log the error, and count it unless it is expected; a refusal counts as one of the member."""
        error = _original(error)
        match error:
            case Quieted():
                pass  # as often as somebody presses
            case Refusal():
                log.info("refused", reason=type(error).__name__)
                if member_id is not None:
                    self._quiet.note(member_id, self._clock.monotonic())
            case FileRefused() | ProviderError() | CourierUnavailable():
                pass  # logged where it was raised
            case StoreUnavailable():
                self._count()
                log.error("the database does not answer; a member was refused", error=str(error))
            case app_commands.AppCommandError():
                # Its text may hold what the member wrote.
                log.warning("command not understood", error=type(error).__name__)
            case discord.HTTPException() | discord.RateLimited():
                log.warning("Discord refused a message", why=reason(error))
            case _ if isinstance(error, NO_ANSWER):
                log.warning("Discord refused a message", why=reason(error))
            case _:
                self._count()
                log.error("unexpected error in a command, button or reply", exc_info=error)

    def _count(self) -> None:
        self._metrics.loop_errors.labels(loop="chat").inc()


def describe(error: Exception) -> Message:
    """Return what the member reads about the error."""
    error = _original(error)
    match error:
        case Refusal():
            return refusal(error)
        case FileRefused():
            return notes.file_gone()
        case ProviderError() | CourierUnavailable():
            return notes.later()
        case StoreUnavailable():
            return notes.cannot_write()
        case app_commands.AppCommandError():
            return notes.out_of_date()
    return mishap()


def _original(error: Exception) -> Exception:
    """Return the exception that a command raised, without discord.py's wrapper."""
    return error.original if isinstance(error, app_commands.CommandInvokeError) else error

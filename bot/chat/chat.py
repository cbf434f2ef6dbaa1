"""The room as a whole: a client with every door opened, logged in, connected, and closed again."""

import asyncio
from contextlib import suppress
from typing import Any

import discord
import structlog
from discord import app_commands

from bot.chat import presses
from bot.chat.answers import Admitting, Answers, Patience
from bot.chat.client import ChatSettings
from bot.chat.commands.all import add_commands
from bot.chat.desk import Desk, Presses, require_served
from bot.chat.dispatches import leave_out_unreadable
from bot.chat.duties import Duties
from bot.chat.frames import connect_anew_after_unreadable
from bot.chat.ladder import DISCORD_ERRORS, reason
from bot.chat.mishaps import Mishaps
from bot.chat.registration import BY_SERVERS, IN_SERVERS, register
from bot.chat.replies import ReplyDoor
from bot.chat.sealing import Sealer
from bot.chat.server_choices import ServerChoices
from bot.chat.server_facts import Servers, forget_changed_servers
from bot.domain.clock import Clock
from bot.domain.errors import OperatorError
from bot.ops.metrics import Metrics
from bot.services.administration import Administration
from bot.services.gallery import Gallery
from bot.services.reports import Reports

log = structlog.stdlib.get_logger(__name__)

#: Two presses of one button by one member within this time are one press.
SECONDS_BETWEEN_PRESSES = 4.0
#: In addition to discord.py's own pause.
FIRST_CONNECTION_RETRY_SECONDS = 5.0
#: Discord is told good-bye, but not waited for.
CLOSE_SECONDS = 3.0


class Tree(app_commands.CommandTree[Any]):
    """The commands; whatever one of them raises ends in `Mishaps`."""

    def __init__(
        self, client: discord.Client, mishaps: Mishaps, served_guild_ids: frozenset[int] = frozenset()
    ) -> None:
        super().__init__(client, allowed_contexts=IN_SERVERS, allowed_installs=BY_SERVERS)
        self._mishaps = mishaps
        self._served_guild_ids = served_guild_ids

    async def interaction_check(self, interaction: discord.Interaction[Any]) -> bool:
        require_served(interaction, self._served_guild_ids)
        return True

    async def on_error(
        self, interaction: discord.Interaction[Any], error: app_commands.AppCommandError
    ) -> None:
        await self._mishaps.tell(interaction, error)

    async def _call(self, interaction: discord.Interaction[Any]) -> None:
        """What discord.py raises while it reads a command of an unheard-of shape would be lost otherwise."""
        try:
            await super()._call(interaction)
        except app_commands.AppCommandError:
            raise
        except Exception as error:  # noqa: BLE001  nobody else hears of it: told and logged there
            await self._mishaps.tell(interaction, error)


class Chat:
    """Open with `login` and `run`; the client comes from `make_client`, and the courier shares it."""

    def __init__(
        self,
        *,
        client: discord.Client,
        settings: ChatSettings,
        admission: Admitting,
        gallery: Gallery,
        administration: Administration,
        reports: Reports,
        sealer: Sealer,
        clock: Clock,
        metrics: Metrics,
        patience: Patience | None = None,
    ) -> None:
        self._client = client
        self._settings = settings
        #: discord.py itself calls a client ready while its connection is lost.
        self._hears = True
        self._answers = Answers(admission=admission, sealer=sealer, clock=clock, patience=patience)
        self._mishaps = Mishaps(metrics)
        self._tree = Tree(client, self._mishaps, settings.served_guild_ids)
        self.desk = Desk(
            answers=self._answers,
            gallery=gallery,
            administration=administration,
            reports=reports,
            duties=Duties(clock, ServerChoices(self._tree, clock, settings.dev_guild_id)),
            servers=Servers(client, clock),
            sealer=sealer,
            mishaps=self._mishaps,
            clock=clock,
            presses=Presses(clock, SECONDS_BETWEEN_PRESSES),
            has_reply_edits=settings.has_reply_edits,
            served_guild_ids=settings.served_guild_ids,
        )
        forget_changed_servers(client, self.desk.servers)
        leave_out_unreadable(client, metrics)
        connect_anew_after_unreadable(client, metrics)
        self._open_doors()

    async def login(self, token: str) -> None:
        """Prove the token and register the commands. Raises `OperatorError`."""
        try:
            await self._client.login(token)
            await register(
                self._tree,
                dev_guild_id=self._settings.dev_guild_id,
                commands_file=self._settings.commands_file,
            )
        except discord.LoginFailure as error:
            await self._client.close()
            raise OperatorError(
                "Discord refuses DISCORD_TOKEN: copy it anew from the developer portal (Bot ▸ Reset Token)"
            ) from error
        except DISCORD_ERRORS as error:
            await self._client.close()
            raise OperatorError(
                f"Discord does not answer as it should ({reason(error)}): check the network and "
                "DISCORD_API_URL, then start again"
            ) from error
        except OperatorError:
            await self._client.close()
            raise

    async def run(self) -> None:
        """Hear and answer until `close`. Raises `OperatorError` if Discord hangs up for good."""
        try:
            await self._connect()
        except discord.PrivilegedIntentsRequired as error:
            raise OperatorError(
                "Discord refuses the bot's intents: allow them in the developer portal (Bot ▸ Privileged "
                "Gateway Intents)"
            ) from error
        except discord.ConnectionClosed as error:
            raise OperatorError(
                f"Discord closed the connection for good (code {error.code}): check DISCORD_TOKEN and "
                "CHAT_SHARD_COUNT, then start again"
            ) from error

    async def _connect(self) -> None:
        """discord.py makes each connection anew but the first, over whose absence it stumbles."""
        while True:
            try:
                return await self._client.connect(reconnect=True)
            except AttributeError:
                if getattr(self._client, "ws", None) is not None:
                    raise
                log.warning("Discord's gateway cannot be reached yet; trying on")
            await asyncio.sleep(FIRST_CONNECTION_RETRY_SECONDS)

    async def ready(self) -> None:
        """Return once the servers are known."""
        await self._client.wait_until_ready()

    @property
    def is_ready(self) -> bool:
        return self._hears and self._client.is_ready() and not self._client.is_closed()

    async def close(self, grace_seconds: float = 3.0) -> None:
        """Let answers that are under way leave, then hang up."""
        await self._answers.settled(grace_seconds)
        with suppress(TimeoutError):
            async with asyncio.timeout(CLOSE_SECONDS):
                await self._client.close()

    def _open_doors(self) -> None:
        desk, replies = self.desk, ReplyDoor(self.desk, self._client)
        add_commands(self._tree, desk)

        async def on_interaction(interaction: discord.Interaction) -> None:
            await presses.handle(desk, interaction)

        async def on_message(message: discord.Message) -> None:
            await replies.handle(message)

        async def on_raw_app_command_permissions_update(
            event: discord.RawAppCommandPermissionsUpdateEvent,
        ) -> None:
            desk.duties.reassigned(event.guild.id)

        async def on_connect() -> None:
            """A new session, not one that is resumed: what happened before it is never told."""
            self._hears = True
            desk.duties.deafened()
            desk.servers.forget_all()

        async def on_resumed() -> None:
            self._hears = True

        async def on_disconnect() -> None:
            self._hears = False

        for hear in (
            on_interaction,
            on_raw_app_command_permissions_update,
            on_connect,
            on_resumed,
            on_disconnect,
        ):
            self._client.event(hear)
        if self._settings.has_reply_edits:
            self._client.event(on_message)

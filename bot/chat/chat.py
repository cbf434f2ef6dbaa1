"""The client with all commands and events: opened, logged in, connected, and closed again."""

import asyncio
import random
from contextlib import suppress
from typing import Any

import discord
import structlog
from discord import app_commands

from bot.chat.access.command_permission_cache import CommandPermissionCache
from bot.chat.access.permission_checks import PermissionChecks
from bot.chat.commands.command_list import add_commands
from bot.chat.commands.registration import BY_SERVERS, IN_SERVERS, Registration
from bot.chat.delivery.token_encryption import TokenCipher
from bot.chat.events import components
from bot.chat.events.arrivals import welcome_new_servers
from bot.chat.events.deletions import DeletionListener
from bot.chat.events.replies import ReplyListener
from bot.chat.gateway.client import GatewayClient
from bot.chat.gateway.client_setup import ChatSettings
from bot.chat.gateway.login import Login
from bot.chat.gateway.raw_events import leave_out_repeated, leave_out_unheard, leave_out_unreadable
from bot.chat.gateway.watchdog import end_when_deaf
from bot.chat.incoming.languages import language_of_member
from bot.chat.incoming.thumbnails import Thumbnails
from bot.chat.responses.context import Context, Cooldown, require_served
from bot.chat.responses.error_handler import ErrorHandler
from bot.chat.responses.image_requests import Admitting, ImageRequests, Patience
from bot.chat.servers.server_cache import ServerCache, forget_changed_servers
from bot.domain.clock import Clock
from bot.domain.errors import OperatorError
from bot.ops.metrics import Metrics
from bot.services.admins.administration import Administration
from bot.services.admins.presets import Presets
from bot.services.admins.reports import Reports
from bot.services.admins.welcomes import Welcomes
from bot.services.admins.word_lists import WordLists
from bot.services.cards.gone_cards import GoneCards
from bot.services.limits.qualities import Qualities
from bot.services.making.previews import Previews
from bot.services.making.small_copies import SmallCopies
from bot.services.members.approvals import Approvals
from bot.services.members.block_list import BlockList
from bot.services.members.complaints import Complaints
from bot.services.members.erasures import Erasures
from bot.services.members.gallery import Gallery
from bot.services.members.moderation import Moderation
from bot.services.members.own_data import OwnData
from bot.services.members.own_pictures import OwnPictures
from bot.services.members.strike_list import StrikeList
from bot.services.upkeep.departures import Departures
from bot.words.language import speaking

log = structlog.stdlib.get_logger(__name__)

#: Two presses of the same button by the same member within this time count as one.
SECONDS_BETWEEN_PRESSES = 4.0
#: The connection is closed properly, but for no longer than this.
CLOSE_SECONDS = 3.0


class Tree(app_commands.CommandTree[Any]):
    """The tree of commands. All their exceptions go to `ErrorHandler`."""

    def __init__(
        self,
        client: discord.Client,
        error_handler: ErrorHandler,
        served_guild_ids: frozenset[int] = frozenset(),
    ) -> None:
        super().__init__(client, allowed_contexts=IN_SERVERS, allowed_installs=BY_SERVERS)
        self._error_handler = error_handler
        self._served_guild_ids = served_guild_ids

    async def interaction_check(self, interaction: discord.Interaction[Any]) -> bool:
        require_served(interaction, self._served_guild_ids)
        self._error_handler.require_patience(interaction.user.id)
        return True

    def _from_interaction(self, interaction: discord.Interaction[Any]) -> None:
        """The task that discord.py starts here speaks the member's language, to its end."""
        with speaking(language_of_member(interaction)):
            super()._from_interaction(interaction)

    async def on_error(
        self, interaction: discord.Interaction[Any], error: app_commands.AppCommandError
    ) -> None:
        await self._error_handler.handle(interaction, error)

    async def _call(self, interaction: discord.Interaction[Any]) -> None:
        """Handle also the errors of a malformed command: discord.py would only log them."""
        try:
            await super()._call(interaction)
        except app_commands.AppCommandError:
            raise
        except Exception as error:  # noqa: BLE001  the last place to handle it: answered and logged there
            await self._error_handler.handle(interaction, error)


class Chat:
    """Open with `login` and `run`; the client comes from `make_client`, and the courier shares it."""

    def __init__(
        self,
        *,
        client: GatewayClient,
        settings: ChatSettings,
        admission: Admitting,
        gallery: Gallery,
        block_list: BlockList,
        strike_list: StrikeList,
        moderation: Moderation,
        complaints: Complaints,
        approvals: Approvals,
        administration: Administration,
        reports: Reports,
        welcomes: Welcomes,
        own_pictures: OwnPictures,
        own_data: OwnData,
        erasures: Erasures,
        small_copies: SmallCopies,
        qualities: Qualities,
        previews: Previews,
        word_lists: WordLists,
        presets: Presets,
        gone: GoneCards,
        departures: Departures,
        token_cipher: TokenCipher,
        clock: Clock,
        metrics: Metrics,
        patience: Patience | None = None,
    ) -> None:
        self._client = client
        self._settings = settings
        self._clock = clock
        servers = ServerCache(client, clock)
        self._image_requests = ImageRequests(
            admission=admission, servers=servers, token_cipher=token_cipher, clock=clock, patience=patience
        )
        self._error_handler = ErrorHandler(metrics, clock)
        self._tree = Tree(client, self._error_handler, settings.served_guild_ids)
        self._command_permissions = CommandPermissionCache(self._tree, clock, settings.dev_guild_id)
        self.context = Context(
            image_requests=self._image_requests,
            gallery=gallery,
            block_list=block_list,
            strike_list=strike_list,
            moderation=moderation,
            complaints=complaints,
            approvals=approvals,
            administration=administration,
            reports=reports,
            own_pictures=own_pictures,
            own_data=own_data,
            erasures=erasures,
            small_copies=small_copies,
            qualities=qualities,
            previews=previews,
            word_lists=word_lists,
            presets=presets,
            thumbnails=Thumbnails(client, clock),
            permission_checks=PermissionChecks(clock, self._command_permissions),
            servers=servers,
            token_cipher=token_cipher,
            error_handler=self._error_handler,
            clock=clock,
            cooldown=Cooldown(clock, SECONDS_BETWEEN_PRESSES),
            has_reply_edits=settings.has_reply_edits,
            served_guild_ids=settings.served_guild_ids,
            privacy_facts=settings.privacy_facts,
        )
        self._deletion_listener = DeletionListener(gone, departures, metrics)
        self._deletion_listener.listen(client)
        forget_changed_servers(client, self.context.servers)
        welcome_new_servers(client, welcomes)
        client.shared_interactions.leave_out_others(client, metrics)
        leave_out_repeated(client)
        leave_out_unheard(client)
        leave_out_unreadable(client, metrics)
        self._add_listeners()
        rng = random.Random()  # noqa: S311  spreads attempts, guards nothing
        self._login = Login(client, settings.login_file, clock, rng)
        self._registration = Registration(
            self._tree,
            client,
            dev_guild_id=settings.dev_guild_id,
            on_changed=self._command_permissions.forget_commands,
            clock=clock,
            metrics=metrics,
        )

    async def login(self, token: str) -> None:
        """Log in, however long it takes. Raises `OperatorError` if Discord refuses the token."""
        try:
            await self._login.run(token)
        except OperatorError:
            await self._client.close()
            raise

    async def register(self) -> None:
        """Register the commands, however long it takes."""
        await self._registration.run()

    async def register_for_all(self) -> None:
        """Register the commands for all processes, which learn of it with `follow_commands`."""
        await self._registration.register()

    async def follow_commands(self) -> None:
        await self._registration.follow()

    async def learn_commands(self) -> None:
        """Learn the ids of the commands that another process registers, so that texts can link to them."""
        await self._registration.learn()

    async def run(self) -> None:
        """Receive and answer until `close`. Raises `OperatorError` if that is not possible any more."""
        gateway = asyncio.create_task(self._client.connect(), name="gateway")
        tasks = {gateway}
        if self._settings.deaf_seconds:
            watch = end_when_deaf(self._client, self._clock, self._settings.deaf_seconds)
            tasks.add(asyncio.create_task(watch, name="deafness"))
        try:
            ended, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)
        for task in ended:
            task.result()

    async def hand_over_at(self, stop: asyncio.Event) -> None:
        """Wait for the stop, and go on until the gateways that wait for the shards of this one serve them."""
        await stop.wait()
        await self._client.sharing.hand_over()

    async def ready(self) -> None:
        """Wait until the servers are known."""
        await self._client.wait_until_ready()

    @property
    def is_ready(self) -> bool:
        """Return whether every shard of this process is connected, and their servers are known."""
        shard_status = self._client.shard_status
        return shard_status.is_complete and shard_status.knows_servers and not self._client.is_closed()

    @property
    def is_standby(self) -> bool:
        """Return whether other processes serve all shards, and this one is there to take over."""
        return self._client.logged_in.is_set() and not self._client.shard_status.expected

    def health(self) -> dict[str, str | int | bool]:
        """Return the state of the connection, with the reason if it is not good."""
        shard_status = self._client.shard_status
        health: dict[str, str | int | bool] = {
            "discord": self.is_ready,
            "shards": shard_status.expected,
            "shards_hearing": shard_status.connected,
            "silent_seconds": round(shard_status.silent_seconds),
        }
        if not self._client.logged_in.is_set():
            health["reason"] = "not logged in to Discord yet"
        elif not shard_status.is_complete:
            health["reason"] = "deaf: not every shard hears Discord"
        elif not self.is_ready:
            health["reason"] = "the servers are not known yet"
        return health

    async def close(self, grace_seconds: float = 3.0) -> None:
        """Let responses that are under way be sent, then disconnect."""
        await self._image_requests.settled(grace_seconds)
        with suppress(TimeoutError):
            async with asyncio.timeout(CLOSE_SECONDS):
                await self._client.close()

    def _add_listeners(self) -> None:
        context, replies, deletion_listener = (
            self.context,
            ReplyListener(self.context, self._client),
            self._deletion_listener,
        )
        add_commands(self._tree, context, offers_max=context.qualities.offers_max)

        async def on_interaction(interaction: discord.Interaction) -> None:
            await components.handle(context, interaction)

        async def on_message(message: discord.Message) -> None:
            await replies.handle(message)

        async def on_raw_app_command_permissions_update(
            event: discord.RawAppCommandPermissionsUpdateEvent,
        ) -> None:
            context.permission_checks.forget_server(event.guild.id)

        async def on_connect() -> None:
            """Drop all caches: a new session, unlike a resumed one, missed some events."""
            context.permission_checks.forget_all()
            context.servers.forget_all()
            deletion_listener.missed_news()

        for hear in (
            on_interaction,
            on_raw_app_command_permissions_update,
            on_connect,
        ):
            self._client.event(hear)
        if self._settings.has_reply_edits:
            self._client.event(on_message)

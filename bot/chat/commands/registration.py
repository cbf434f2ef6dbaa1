"""Registers the commands at Discord, in the background. Commands from before work meanwhile.

The bot compares its commands with those that Discord has, not with anything it remembers: another program
with the same token may have overwritten them.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any

import discord
import structlog
from discord import app_commands

from bot.chat.commands.translator import Translator
from bot.chat.gateway.client import GatewayClient
from bot.chat.rest.error_codes import DISCORD_ERRORS, reason
from bot.domain.backoff import Backoff
from bot.domain.clock import Clock
from bot.ops.metrics import Metrics

log = structlog.stdlib.get_logger(__name__)

IN_SERVERS = app_commands.AppCommandContext(guild=True, dm_channel=False, private_channel=False)
BY_SERVERS = app_commands.AppInstallationType(guild=True, user=False)

#: The pauses between attempts; none is urgent.
AGAIN = Backoff.doubling(5.0, 600.0)
ATTEMPT_SECONDS = 120.0
#: The code for having created 200 commands in a day.
QUOTA_SPENT, QUOTA_SECONDS = 30034, 3600.0
#: A bot in more servers than this is no longer one under development.
MOST_SERVERS_SEARCHED = 100
SECONDS_BETWEEN_SERVERS = 1.0
#: Errors of an answer that does not have Discord's form.
_UNREADABLE: tuple[type[Exception], ...] = (KeyError, TypeError, ValueError, AttributeError)

Command = Mapping[str, Any]

#: Of a command and its options: what is compared, and what Discord takes for it when it is left out. Whatever
#: else Discord tells, such as ids and versions, is its own.
COMPARED: Mapping[str, Any] = {
    "type": 1,
    "name": "",
    "description": "",
    "name_localizations": {},
    "description_localizations": {},
    "options": [],
    "default_member_permissions": None,
    "nsfw": False,
    "contexts": [],
    "integration_types": [],
    "required": False,
    "choices": [],
    "channel_types": [],
    "min_value": None,
    "max_value": None,
    "min_length": None,
    "max_length": None,
    "autocomplete": False,
    "value": None,
}
#: The type of a slash command; the entries of menus have others.
_SLASH = 1
#: Fields that Discord sends with a command, and does not accept.
ONLY_TOLD = frozenset({"application_id", "guild_id", "version"})
#: Replaced by `contexts`, which wins where both are given.
LEFT_TO_DISCORD = frozenset({"dm_permission"})


def comparable(command: Command) -> dict[str, Any]:
    """Return the command, option or choice with the defaults of all fields that were left out."""
    found = {name: command.get(name) or default for name, default in COMPARED.items()}
    found["value"] = command.get("value")
    found["default_member_permissions"] = _as_text(command.get("default_member_permissions"))
    found["options"] = [comparable(option) for option in found["options"]]
    found["choices"] = [comparable(choice) for choice in found["choices"]]
    for name in ("contexts", "integration_types", "channel_types"):
        found[name] = sorted(found[name])
    return found


def are_same(ours: Iterable[Command], registered: Iterable[Command]) -> bool:
    """Return whether Discord has exactly these commands, in any order."""
    return _by_key(ours) == _by_key(registered)


class Registration:
    def __init__(
        self,
        tree: app_commands.CommandTree[Any],
        client: GatewayClient,
        *,
        dev_guild_id: int | None,
        on_changed: Callable[[], None],
        clock: Clock,
        metrics: Metrics,
    ) -> None:
        self._tree = tree
        self._client = client
        self._home = None if dev_guild_id is None else discord.Object(dev_guild_id)
        self._on_changed = on_changed
        self._clock = clock
        self._metrics = metrics
        self._rng = random.Random()  # noqa: S311  spreads attempts, guards nothing
        if self._home is not None:
            tree.copy_global_to(guild=self._home)

    async def run(self) -> None:
        """Try until Discord has the bot's commands, in all languages, and none of them twice."""
        await self.register()
        await self._clear_in_servers()

    async def follow(self) -> None:
        """Wait until another process has registered them, then see that none is there twice."""
        await self.learn()
        self._metrics.commands_registered.set(1)
        await self._clear_in_servers()

    async def register(self) -> None:
        """Try until Discord has the bot's commands, in all languages."""
        await self._client.logged_in.wait()
        await self._tree.set_translator(Translator())
        await self._insist(self._register)
        self._metrics.commands_registered.set(1)
        if self._home is not None:
            await self._insist(self._clear_everywhere)

    async def _clear_in_servers(self) -> None:
        """Clear double commands in the servers of this process's shards."""
        if self._home is not None:
            return
        await self._client.wait_until_ready()
        guilds = self._client.guilds
        for guild in guilds if len(guilds) <= MOST_SERVERS_SEARCHED else ():
            await self._insist(partial(self._clear_in, guild))
            await self._clock.sleep(SECONDS_BETWEEN_SERVERS)

    async def learn(self) -> None:
        """Read the ids of the commands until all of them are there, and register none."""
        await self._client.logged_in.wait()
        await self._tree.set_translator(Translator())
        ours = _slash_names(await self._offered())
        looks = 0
        await self._insist(self._learn)
        while not ours <= self._client.command_ids.keys():
            looks += 1
            await self._clock.sleep(AGAIN.spread_after(looks, self._rng))
            await self._insist(self._learn)

    async def _learn(self) -> None:
        self._client.command_ids = _ids_of(await self._registered(self._home))

    async def _insist(self, attempt: Callable[[], Awaitable[None]]) -> None:
        failures = 0
        while True:
            try:
                async with asyncio.timeout(ATTEMPT_SECONDS):
                    return await attempt()
            except (*DISCORD_ERRORS, *_UNREADABLE) as error:
                failures += 1
                seconds = max(AGAIN.spread_after(failures, self._rng), _asked_seconds(error))
                log.warning(
                    "commands cannot be registered; will retry",
                    why=reason(error),
                    again_in=round(seconds),
                    what_to_do=_advice(error),
                )
            await self._clock.sleep(seconds)

    async def _register(self) -> None:
        ours = await self._offered()
        registered = await self._registered(self._home)
        if not are_same(ours, registered):
            await self._tree.sync(guild=self._home)
            self._on_changed()
            log.info("commands registered", count=len(ours), guild=self._home and self._home.id)
            registered = await self._registered(self._home)
        self._client.command_ids = _ids_of(registered)

    async def _offered(self) -> list[Command]:
        """Return the commands as `sync` sends them."""
        commands = self._tree.get_commands(guild=self._home)
        translator = self._tree.translator
        assert translator is not None, "set before anything is registered"
        return [await command.get_translated_payload(self._tree, translator) for command in commands]

    async def _registered(self, guild: discord.abc.Snowflake | None) -> list[Command]:
        application_id = self._client.application_id or 0
        path = "/applications/{application_id}/commands"
        if guild is not None:
            path = "/applications/{application_id}/guilds/{guild_id}/commands"
        guild_id = None if guild is None else guild.id
        route = discord.http.Route("GET", path, application_id=application_id, guild_id=guild_id)
        commands: list[Command] = await self._client.http.request(
            route, params={"with_localizations": "true"}
        )
        return commands

    async def _clear_everywhere(self) -> None:
        """Clear the global commands: the development server would show each command twice."""
        if await self._registered(None):
            await self._send(None, [])
            log.info("the commands of all servers are cleared: CHAT_DEV_GUILD_ID is set")

    async def _clear_in(self, guild: discord.Guild) -> None:
        """Clear the server's commands that have the names of the bot's global ones, and keep all others."""
        try:
            own = await self._registered(guild)
        except (discord.Forbidden, discord.NotFound):
            return  # the bot has left the server, or may not register commands there
        if not own:
            return
        ours = _by_key(await self._offered())
        kept = [_without_answers(command) for command in own if _key(command) not in ours]
        if len(kept) < len(own):
            await self._send(guild, kept)
            self._on_changed()
            log.info("commands that were registered twice are cleared", guild=guild.id)

    async def _send(self, guild: discord.abc.Snowflake | None, commands: Sequence[Command]) -> None:
        application_id, http = self._client.application_id or 0, self._client.http
        if guild is None:
            await http.bulk_upsert_global_commands(application_id, [dict(command) for command in commands])
        else:
            await http.bulk_upsert_guild_commands(
                application_id, guild.id, [dict(command) for command in commands]
            )


def _ids_of(registered: Iterable[Command]) -> dict[str, int]:
    """Return the ids of the slash commands, which can be mentioned."""
    return {command["name"]: int(command["id"]) for command in registered if _key(command)[0] == _SLASH}


def _slash_names(commands: Iterable[Command]) -> set[str]:
    return {name for kind, name in map(_key, commands) if kind == _SLASH}


def _without_answers(command: Command) -> Command:
    """Return a command from Discord in the form in which it can be sent again."""
    return {name: value for name, value in command.items() if name not in ONLY_TOLD}


def _key(command: Command) -> tuple[int, str]:
    return command.get("type", 1), command["name"]


def _by_key(commands: Iterable[Command]) -> dict[tuple[int, str], dict[str, Any]]:
    return {_key(command): comparable(command) for command in commands}


def _as_text(permissions: object) -> str | None:
    """Return them as text: Discord sends text, and discord.py a number."""
    return None if permissions is None else str(permissions)


def _asked_seconds(error: Exception) -> float:
    if isinstance(error, discord.RateLimited):
        return error.retry_after
    if isinstance(error, discord.HTTPException) and error.code == QUOTA_SPENT:
        return QUOTA_SECONDS
    return 0.0


def _advice(error: Exception) -> str | None:
    if isinstance(error, discord.Forbidden | discord.NotFound):
        return "invite the bot with the scope applications.commands, and check CHAT_DEV_GUILD_ID"
    if isinstance(error, discord.HTTPException) and error.code == QUOTA_SPENT:
        return "nothing: Discord takes 200 new commands a day"
    return None

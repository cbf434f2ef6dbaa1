"""Starts both stand-ins, the page and the bot, connects them by settings alone, and ends them together."""

from __future__ import annotations

import asyncio
import os
import secrets
import shutil
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.operating_system import calling_at_stop, lock
from bot.settings import Settings, UnusableSettings, known_settings
from sandbox import last_time
from sandbox.bot_process import BOT_COMMAND, BotProcess
from sandbox.options import SandboxOptions
from sandbox.page.server import AddressTaken, Page
from sandbox.page.stage import Machinery, Stage
from standins.clock import VirtualClock
from standins.fake_discord.demo import demo_world
from standins.fake_discord.server import FakeDiscord
from standins.fake_segmind.facade import FakeSegmind

DATA_DIR = Path("sandbox-data")
#: The settings of the bot that the environment may change: none of them leads out of the sandbox.
PASSED_ON = (
    *("LIMITS_", "BUDGET_", "CHAT_", "LOG_"),
    *("SEGMIND_MODEL", "SEGMIND_REQUESTS_PER_MINUTE", "SEGMIND_POLLS_COUNT", "SEGMIND_UNIT_PRICE_USD"),
    *("SEGMIND_MAX_QUALITY", "SEGMIND_MAX_UNIT_PRICE_USD"),
)


@dataclass(frozen=True)
class Sandbox:
    #: Of the page.
    url: str
    discord: FakeDiscord
    #: None when the real provider is asked.
    segmind: FakeSegmind | None
    bot: BotProcess


async def run(settings: Settings, options: SandboxOptions) -> None:
    """Run until Ctrl-C or SIGTERM. Raises UnusableSettings when it cannot start as asked."""
    async with opened(settings, options) as sandbox:
        sys.stdout.write(f"The sandbox is open: {sandbox.url}   (Ctrl-C closes it)\n")
        sys.stdout.write(f"Time passes {options.speed:g} times as fast (--speed 1: as in life).\n")
        sys.stdout.flush()
        await _told_to_stop()


@asynccontextmanager
async def opened(
    settings: Settings,
    options: SandboxOptions,
    data_dir: Path = DATA_DIR,
    command: Sequence[str] = BOT_COMMAND,
) -> AsyncIterator[Sandbox]:
    """The whole sandbox, running: the bot's process is started, and may take a second to come online."""
    async with AsyncExitStack() as stack:
        stack.enter_context(_own_folder(data_dir))
        clock = VirtualClock(speed=options.speed)
        last = last_time.recalled(data_dir, clock.now(), keep=options.keep)
        world = demo_world(clock, began_at=last.began, after=last.last_id)
        last_time.remember(data_dir, last, world)
        stack.callback(last_time.remember, data_dir, last, world)
        discord = FakeDiscord(world)
        await discord.start()
        stack.push_async_callback(discord.stop)
        segmind = None
        if options.provider == "stand-in":
            # Another seed each time: the bot's database may still hold request ids of the last sandbox.
            provider = FakeSegmind(speed=options.speed, seed=secrets.randbits(64))
            segmind = await stack.enter_async_context(provider)
        environment = bot_environment(settings, discord, segmind, data_dir / "bot")
        bot = BotProcess(environment, data_dir / "bot.log", command)
        page = Page(
            discord.world,
            Stage(Machinery(discord, clock, segmind, bot)),
            token=secrets.token_urlsafe(16),
            host=options.host,
            port=options.port,
        )
        await _start(page)
        stack.push_async_callback(page.stop)
        if not options.keep:
            _forget(data_dir)
        await bot.start()
        stack.push_async_callback(bot.stop)
        yield Sandbox(page.url, discord, segmind, bot)


def bot_environment(
    settings: Settings, discord: FakeDiscord, segmind: FakeSegmind | None, data_dir: Path
) -> dict[str, str]:
    """The whole environment of the bot's process. It never gets the operator's own database and token."""
    known = known_settings()
    inherited = {
        name: value
        for name, value in os.environ.items()
        if name.upper() not in known or name.upper().startswith(PASSED_ON)
    }
    provider = _live_provider(settings) if segmind is None else _provider_stand_in(segmind)
    return (
        {"PYTHONUNBUFFERED": "1"}
        | inherited
        | provider
        | {
            "DISCORD_TOKEN": discord.world.app.token,
            "DISCORD_API_URL": discord.api_url,
            "DISCORD_GATEWAY_URL": discord.gateway_url,
            "DISCORD_CDN_URL": discord.cdn_url,
            "DATA_DIR": str(data_dir),
            "OPS_PORT": "0",
        }
    )


def _provider_stand_in(segmind: FakeSegmind) -> dict[str, str]:
    return {
        "SEGMIND_API_KEY": segmind.key,
        "SEGMIND_API_URL": segmind.api_url,
        "SEGMIND_ASSETS_URL": segmind.assets_url,
        "SEGMIND_HISTORY_URL": segmind.history_url,
        "SEGMIND_OUTPUT_HOSTS": segmind.output_host,
    }


def _live_provider(settings: Settings) -> dict[str, str]:
    provider = settings.segmind
    if provider.api_key is None:
        raise UnusableSettings(["--provider live needs SEGMIND_API_KEY. Set it, or leave the option out."])
    return {
        "SEGMIND_API_KEY": provider.api_key.get_secret_value(),
        "SEGMIND_API_URL": provider.api_url,
        "SEGMIND_ASSETS_URL": provider.assets_url,
        "SEGMIND_HISTORY_URL": provider.history_url,
        "SEGMIND_OUTPUT_HOSTS": ",".join(provider.output_hosts),
        "SEGMIND_MODEL": provider.model,
        "SEGMIND_REQUESTS_PER_MINUTE": str(provider.requests_per_minute),
        "SEGMIND_POLLS_COUNT": str(provider.polls_count).lower(),
        "SEGMIND_UNIT_PRICE_USD": str(provider.unit_price_usd),
        "SEGMIND_MAX_QUALITY": str(provider.max_quality).lower(),
        "SEGMIND_MAX_UNIT_PRICE_USD": str(provider.max_unit_price_usd),
        **_way_out(settings),
    }


def _way_out(settings: Settings) -> dict[str, str]:
    """The stand-ins are on this machine; only the real provider may be behind a proxy."""
    network = settings.network
    told = {
        "HTTPS_PROXY": network.https_proxy and network.https_proxy.get_secret_value(),
        "NO_PROXY": ",".join(network.no_proxy),
        "SSL_CERT_FILE": network.ssl_cert_file and str(network.ssl_cert_file),
    }
    return {name: value for name, value in told.items() if value}


async def _start(page: Page) -> None:
    try:
        await page.start()
    except AddressTaken as taken:
        where = f"{taken.host}:{taken.port}"
        words = f"The page cannot be served at {where} ({taken.reason}). Choose another --port or --host."
        raise UnusableSettings([words]) from taken


@contextmanager
def _own_folder(data_dir: Path) -> Iterator[None]:
    """Make the folder, and keep a second sandbox out of it."""
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        kept = (data_dir / "lock").open("w")
    except OSError as error:
        words = f"{data_dir} cannot be written ({error.strerror}). Start the sandbox in a folder that can."
        raise UnusableSettings([words]) from error
    with kept:
        try:
            lock(kept.fileno())
        except BlockingIOError as error:
            words = f"Another sandbox uses {data_dir.absolute()}. Close it, or start this one elsewhere."
            raise UnusableSettings([words]) from error
        yield


def _forget(data_dir: Path) -> None:
    """Start empty: the last sandbox's database belongs to a Discord that no longer exists."""
    shutil.rmtree(data_dir / "bot", ignore_errors=True)
    (data_dir / "bot.log").unlink(missing_ok=True)


async def _told_to_stop() -> None:
    """Returns at the first SIGINT or SIGTERM; a second one, if the end takes too long, ends everything."""
    told = asyncio.Event()
    with calling_at_stop(asyncio.get_running_loop(), told.set):
        await told.wait()
    sys.stdout.write("Closing: the bot finishes what it holds …\n")
    sys.stdout.flush()

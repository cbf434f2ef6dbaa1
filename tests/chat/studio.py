"""The chat room between a Discord stand-in and the real services, with their rows in a real SQLite file.

The provider is written by hand, and time runs fast.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet

from bot.chat.chat import Chat
from bot.chat.delivery.courier import CALL_SECONDS, DiscordCourier
from bot.chat.delivery.erasure_answers import DiscordErasureAnswers
from bot.chat.delivery.moderator_channel import DiscordModeratorChannel
from bot.chat.delivery.notices import DiscordNotices
from bot.chat.delivery.token_encryption import TokenCipher
from bot.chat.gateway.client_setup import ChatSettings, make_client
from bot.chat.responses.image_requests import Patience
from bot.domain.errors import FileRefused
from bot.domain.failure import SourceProblem
from bot.domain.ids import CardId, ChannelId, GuildId, JobId, MemberId, MessageId, PictureNumber
from bot.domain.job import Job, JobState
from bot.domain.limits import OperatorLimits
from bot.domain.provider import Inputs
from bot.services.choices import Adapters
from bot.services.making.admission import Admission, Admitted, Ask
from bot.services.services import Services
from bot.services.upkeep.departures import Departures
from bot.services.wiring import wire
from bot.store.driver.database import Database
from bot.store.pictures import jobs as store_jobs
from bot.store.pictures import owed_notices
from standins.clock import VirtualClock
from standins.fake_discord.model import Message
from standins.fake_discord.person import Person
from standins.fake_discord.server import FakeDiscord
from tests.builders import a_runtime, operator_choices
from tests.imaging.shared import shared_imaging
from tests.services.outsides import FakeProvider
from tests.shown_pictures import job_id_of, number_of, numbers_of

__all__ = ["PICTURES_ELSEWHERE", "Studio", "job_id_of", "number_of", "opened", "text_of"]

NO_LIMITS = OperatorLimits()
#: Ids of jobs and cards begin behind it, so that they can be told from the numbers that members see.
PICTURES_ELSEWHERE = 7_310_000
#: What a picture is expected to cost.
PRICE_MICROUSD = 54_300
MAX_PRICE_MICROUSD = 129_000
KEY = Fernet.generate_key().decode()
FORGET_SERVERS_AFTER = timedelta(days=30)
#: How many seconds of the bot's time go by in a real one.
SPEED = 15.0
#: What a test waits for comes within this many real seconds, or never.
PATIENCE_SECONDS = 30.0


class FileFetcher:
    """Gives the files that the stand-in keeps, by the ids in their URLs."""

    def __init__(self, discord: FakeDiscord) -> None:
        self._files = discord.world.attachments

    async def fetch(self, url: str, into: Path) -> None:
        file = self._files.get(int(url.split("/")[-2]))
        if file is None:
            raise FileRefused(SourceProblem.GONE)
        await asyncio.to_thread(into.write_bytes, file.data)


class SlowAdmission:
    """The real admission, reached after a while; or `error` instead."""

    real: Admission

    def __init__(self, seconds: float = 0.0, error: Exception | None = None) -> None:
        self.seconds = seconds
        self.error = error

    async def admit(self, ask: Ask) -> Admitted:
        await asyncio.sleep(self.seconds)
        if self.error is not None:
            raise self.error
        return await self.real.admit(ask)

    async def answered(self, card_id: CardId, *, message_id: MessageId, channel_id: ChannelId) -> None:
        await self.real.answered(card_id, message_id=message_id, channel_id=channel_id)

    async def withdraw(self, card_id: CardId, why: str) -> None:
        await self.real.withdraw(card_id, why)

    def doubted(self, card_id: CardId) -> None:
        self.real.doubted(card_id)


class SlowDatabase:
    """The real one; each read takes `seconds` longer."""

    def __init__(self, real: Database) -> None:
        self._real = real
        self.seconds = 0.0

    async def read(self, fn: Any, *args: Any, **kwargs: Any) -> Any:
        await asyncio.sleep(self.seconds)
        return await self._real.read(fn, *args, **kwargs)

    async def write(self, fn: Any, *args: Any, **kwargs: Any) -> Any:
        return await self._real.write(fn, *args, **kwargs)

    async def overwrite_deleted(self) -> None:
        await self._real.overwrite_deleted()

    async def close(self) -> None:
        """It is closed by whoever opened it."""


class Studio:
    """One process's worth of bot; `restart` gives the next one on the same database and Discord."""

    def __init__(
        self,
        discord: FakeDiscord,
        database: Database,
        folder: Path,
        *,
        limits: OperatorLimits = NO_LIMITS,
        patience: Patience | None = None,
        admission: "SlowAdmission | None" = None,
        has_reply_edits: bool = True,
        call_seconds: float = CALL_SECONDS,
        speed: float = SPEED,
    ) -> None:
        self.discord = discord
        self.world = discord.world
        self.database = SlowDatabase(database)
        self.folder = folder
        self.limits = limits
        #: Whether the operator offers max quality, from the next start on.
        self.offers_max = False
        #: The budget of the operator over all servers, from the next start on.
        self.budget_microusd: int | None = None
        self.patience = patience
        self.call_seconds = call_seconds
        self.admission = admission or SlowAdmission()
        self.clock = VirtualClock(speed=speed)
        self.provider = FakeProvider(self.clock)
        self.provider.seconds = 1.5
        self.fetcher = FileFetcher(discord)
        self.token_cipher = TokenCipher([KEY])
        self.settings = ChatSettings(
            api_url=discord.api_url,
            gateway_url=discord.gateway_url,
            cdn_url=discord.cdn_url,
            has_reply_edits=has_reply_edits,
            guild_ready_seconds=0.1,
            login_file=folder / "login.json",
            starts_file=folder / "starts.json",
        )

    async def open(self, token: str | None = None) -> None:
        """Start the services and the bot, and wait until both know where they are."""
        self.runtime = a_runtime(self.database, self.clock)
        self.metrics, self.tasks = self.runtime.metrics, self.runtime.tasks
        self.client = make_client(self.settings, self.clock, self.metrics)
        self.courier = DiscordCourier(
            client=self.client,
            token_cipher=self.token_cipher,
            clock=self.clock,
            call_seconds=self.call_seconds,
        )
        self.services = self._wired()
        self.departures = Departures(
            runtime=self.runtime, gone=self.services.gone, forget_after=FORGET_SERVERS_AFTER
        )
        self.admission.real = self.services.admission
        self.chat = Chat(
            client=self.client,
            settings=self.settings,
            admission=self.admission,
            gallery=self.services.gallery,
            block_list=self.services.block_list,
            strike_list=self.services.strike_list,
            moderation=self.services.moderation,
            complaints=self.services.complaints,
            approvals=self.services.approvals,
            administration=self.services.administration,
            reports=self.services.reports,
            welcomes=self.services.welcomes,
            own_pictures=self.services.own_pictures,
            own_data=self.services.own_data,
            erasures=self.services.erasures,
            small_copies=self.services.small_copies,
            qualities=self.services.qualities,
            previews=self.services.previews,
            word_lists=self.services.word_lists,
            presets=self.services.presets,
            gone=self.services.gone,
            departures=self.departures,
            token_cipher=self.token_cipher,
            clock=self.clock,
            metrics=self.metrics,
            patience=self.patience,
        )
        await self.chat.login(token or self.world.app.token)
        self.tasks.start(self.chat.register(), "registration")
        self.running = asyncio.create_task(self.chat.run())
        await self.discord.connected()
        await self.until(lambda: self.world.commands)
        await asyncio.wait_for(self.chat.ready(), PATIENCE_SECONDS)
        await self.services.start()

    async def close(self) -> None:
        """All at once: nothing is finished."""
        await self.tasks.close()
        await self.chat.close(grace_seconds=0)
        await asyncio.wait({self.running})

    async def restart(self) -> None:
        await self.close()
        await self.world.until(lambda _: not self.discord.is_connected)
        await self.open()

    def _wired(self) -> Services:
        adapters = Adapters(
            provider=self.provider,
            courier=self.courier,
            notices=DiscordNotices(self.client, call_seconds=self.call_seconds),
            erasure_answers=DiscordErasureAnswers(
                client=self.client, token_cipher=self.token_cipher, clock=self.clock
            ),
            moderator_channel=DiscordModeratorChannel(self.client, call_seconds=self.call_seconds),
            fetcher=self.fetcher,
            imaging=shared_imaging(),
        )
        choices = operator_choices(
            self.folder / "sources",
            limits=self.limits,
            budget_microusd=self.budget_microusd,
            unit_price_microusd=PRICE_MICROUSD,
            max_unit_price_microusd=MAX_PRICE_MICROUSD if self.offers_max else None,
            requests_per_minute=600,
            prompt_days=self.settings.privacy_facts.prompt_days,
            served_guilds=frozenset(map(GuildId, self.settings.served_guild_ids)),
        )
        return wire(self.runtime, adapters, choices)

    # --- people and what they see ---

    @property
    def asked(self) -> list[Inputs]:
        """What the provider was asked for, in order."""
        return [request.inputs for request in self.provider.accepted.values()]

    def person(self, name: str) -> Person:
        return Person(self.world, name)

    async def until(self, is_so: Callable[[], object]) -> None:
        """Wait for something in Discord's world."""
        await self.world.until(lambda _: is_so(), within_seconds=PATIENCE_SECONDS)

    async def eventually(self, is_so: Callable[[], Awaitable[object]]) -> None:
        """Wait for something of which Discord's world hears nothing."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not await is_so():  # noqa: ASYNC110  there is no event to wait for
                await asyncio.sleep(0.01)

    async def picture(self, message: Message, count: int = 1) -> Message:
        """The message, once it shows so many pictures and the bot has written down that it does."""
        await self.until(lambda: len(message.attachments) == count)
        await self.eventually(lambda: self._are_delivered(message))
        return message

    async def _are_delivered(self, message: Message) -> bool:
        guild_id = GuildId(message.channel.guild.id)
        jobs = [
            await self.database.read(store_jobs.numbered, guild_id, PictureNumber(number))
            for number in numbers_of(message)
        ]
        owing = await self.database.read(owed_notices.due)
        return all(
            job is not None and job.state is JobState.DELIVERED and job.card_id not in owing for job in jobs
        )

    async def states(self, who: str = "ada") -> list[JobState]:
        """Of the member's jobs, newest first."""
        recent = await self.services.gallery.recent(self.guild_id(), self.member_id(who), 20)
        return [job.state for job in recent]

    async def imagine(
        self, who: str = "ada", prompt: str = "a fox in the snow", **options: str | int | bool
    ) -> Message:
        """The finished card of a request."""
        ask = self.person(who).slash("pictures", "imagine", prompt=prompt, **options)
        return await self.picture(await ask.message(), int(options.get("count", 1)))

    def guild_id(self, name: str = "Lantern Studio") -> GuildId:
        return GuildId(self.world.guild(name).id)

    def member_id(self, name: str) -> MemberId:
        return MemberId(self.world.user(name).id)

    async def job(self, job_id: int, guild: str = "Lantern Studio") -> Job:
        return await self.services.gallery.job(JobId(job_id), self.guild_id(guild))

    def lock(self, card: Message) -> None:
        """It still stands, and can no longer be edited by anything."""
        faults = self.discord.faults
        faults.expire_tokens()
        faults.add(f"PATCH /channels/{card.channel.id}/messages/{card.id}", status=400, code=50083)

    def sent_by_bot(self) -> list[Message]:
        return [message for message in self.world.messages.values() if message.author is self.world.app.user]


def text_of(message: Message) -> str:
    """All that the message says: content, embeds, fields."""
    parts = [message.content]
    for embed in message.embeds:
        parts += [str(embed.get("title") or ""), str(embed.get("description") or "")]
        parts += [f"{field['name']} {field['value']}" for field in embed.get("fields") or ()]
    return "\n".join(filter(None, parts))


def labels(message: Message) -> list[str]:
    return [str(part.get("label") or part.get("placeholder")) for part in message.parts()]


@asynccontextmanager
async def opened(studio: Studio) -> AsyncIterator[Studio]:
    await studio.open()
    try:
        yield studio
    finally:
        await studio.close()

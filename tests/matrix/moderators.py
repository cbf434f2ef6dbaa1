"""The moderators' side of a scene: the settings of their server, their channel, and what they press there."""

import asyncio
import re
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from bot.domain.administration import GuildChoices
from bot.domain.approval import ApprovalRules
from bot.domain.ids import ChannelId
from standins.changes import ConditionNotMetError
from standins.fake_discord.asks import ClientRefusedError, NoResponseError, UnexpectedAnswerError
from standins.fake_discord.events import Event, MessageCreated, MessageUpdated
from standins.fake_discord.model import Message
from standins.fake_discord.person import Person
from standins.fake_discord.world import World
from tests.journeys.town import text_of
from tests.matrix.wishes import MODERATORS, is_for_members

#: What a server has chosen that has this channel for its moderators.
Chosen = Callable[[ChannelId], GuildChoices]
#: No process has heard it, or there is nothing to be pressed any more.
NO_ANSWER = (NoResponseError, UnexpectedAnswerError, ConditionNotMetError, ClientRefusedError, TimeoutError)
#: In real seconds: whoever sees nothing happen does it again.
PATIENCE_SECONDS = 4.0
#: In real seconds, on a busy machine.
DONE_WITHIN = 60.0
WAITS = " waits for approval"

_IMAGE = re.compile(r"\*\*(Image \d+)\*\*")


def with_posts(channel_id: ChannelId) -> GuildChoices:
    return GuildChoices(moderation_channel_id=channel_id)


def with_feed(channel_id: ChannelId) -> GuildChoices:
    return GuildChoices(moderation_channel_id=channel_id, feed_channel_id=channel_id)


def with_hiding(channel_id: ChannelId) -> GuildChoices:
    return GuildChoices(moderation_channel_id=channel_id, log_channel_id=channel_id, hide_after_reports=1)


def with_all(channel_id: ChannelId) -> GuildChoices:
    return replace(with_approval(channel_id), feed_channel_id=channel_id, log_channel_id=channel_id)


def with_approval(channel_id: ChannelId) -> GuildChoices:
    return GuildChoices(moderation_channel_id=channel_id, approval=ApprovalRules(is_for_everyone=True))


class Moderators:
    """Moderators, and members who report; `online` waits until a process hears them."""

    def __init__(self, world: World, online: Callable[[], Awaitable[None]]) -> None:
        self.world, self._online = world, online
        self.channel = world.add_channel(world.guild("Lantern Studio"), MODERATORS)
        #: What each post is about, and what it says in the end; there is no other.
        self.posts: dict[str, str] = {}
        #: The prompts of pictures that no moderator has approved.
        self.unapproved: set[str] = set()
        #: Promises that were seen to be broken, as sentences.
        self.broken: list[str] = []
        #: The prompts of requests that were under way when their member was blocked, and since when.
        self.blocked_at: dict[str, datetime] = {}
        #: The ids of members who have had all their data deleted.
        self.erased: set[int] = set()
        world.subscribe(self._hear)

    def _hear(self, event: Event) -> None:
        """See every message the moment it is sent."""
        if isinstance(event, MessageCreated | MessageUpdated) and is_for_members(self.world, event.message):
            shown = [attachment.description or "" for attachment in event.message.attachments]
            early = [prompt for prompt in self.unapproved if any(prompt in text for text in shown)]
            self.broken += [f"{prompt!r} is shown before it is approved" for prompt in early]

    def post(self, about: str) -> Message | None:
        return next((message for title, message in posts_in(self.world) if title == about), None)

    async def posted(self, about: str) -> Message:
        return await self.world.until(lambda _: self.post(about), within_seconds=DONE_WITHIN)

    def undecided(self) -> str | None:
        """What the first post is about on whose picture nobody has decided yet."""
        waiting = (about for about, _ in posts_in(self.world) if about.endswith(WAITS))
        return next((about for about in waiting if about not in self.posts), None)

    async def newest_waiting(self) -> str:
        return await self.world.until(lambda _: self.undecided(), within_seconds=DONE_WITHIN) or ""

    async def decide(self, about: str, button: str, end: str, **fields: str) -> None:
        """Press a button of a post until it says how that ended."""
        self.posts[about] = end
        await self.posted(about)
        await self.insist(lambda: self._press(about, button, fields), lambda: end in self._said(about))

    async def give_back(self, about: str) -> None:
        """Leave the post open: the picture only counts no more."""
        self.posts[about] = ""

        def is_done() -> bool:
            post = self.post(about)
            return post is not None and "Give back" not in [part.get("label") for part in post.parts()]

        await self.insist(lambda: self._press(about, "Give back", {"reason": ""}), is_done)

    async def _press(self, about: str, button: str, fields: Mapping[str, str]) -> None:
        ask = Person(self.world, "mia").press(await self.posted(about), button)
        if fields:
            Person(self.world, "mia").submit(await ask.modal(), fields)

    def _said(self, about: str) -> str:
        post = self.post(about)
        return "" if post is None else text_of(post)

    async def report(self, card: Message, number: int) -> None:
        about = f"Image {number} was reported"
        self.posts.setdefault(about, "")
        nora = Person(self.world, "nora")

        async def report() -> None:
            nora.submit(await nora.menu(card, "Report image").modal(), {"reason": "It stares at me"})

        await self.insist(report, lambda: self.post(about))

    async def use(self, command: str, who: str, *ends: str, **options: str) -> None:
        """Use a command about a member until an answer says one of these."""
        said: list[str] = []

        async def use() -> None:
            mia, member = Person(self.world, "mia"), self.world.user(who)
            said.append(text_of(await mia.slash("pictures", command, member=member, **options).message()))

        def is_done() -> bool:
            return any(end in text for text in said for end in ends)

        await self.insist(use, is_done)
        if not is_done():
            self.broken.append(f"`/{command}` was not answered, but for {said}")

    async def insist(self, act: Callable[[], Awaitable[None]], is_done: Callable[[], object]) -> None:
        """Do it until it has worked. Processes come and go meanwhile."""
        until = time.monotonic() + DONE_WITHIN
        while not is_done() and time.monotonic() < until:
            await self._online()
            with suppress(*NO_ANSWER):
                async with asyncio.timeout(PATIENCE_SECONDS):
                    await act()
                    await self.world.until(lambda _: is_done(), within_seconds=PATIENCE_SECONDS)


def posts_in(world: World) -> Iterator[tuple[str, Message]]:
    """What the messages in the moderators' channel are about; one of the feed is about several pictures."""
    for message in world.messages.values():
        is_post = message.author is world.app.user and not message.is_ephemeral
        if is_post and message.channel.name == MODERATORS:
            title = message.embeds[0].get("title") if message.embeds else None
            names = [f"{name} in the feed" for name in _IMAGE.findall(text_of(message))]
            for about in [str(title)] if title else names:
                yield about, message

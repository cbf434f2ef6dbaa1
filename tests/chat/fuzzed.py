"""The chat room under a stream of dispatches that an honest Discord would never send.

Each is waited for until nothing is left to do about it, and then looked at from the outside.
"""

import asyncio
import json
import sys
from datetime import timedelta
from itertools import count
from typing import Any

import discord

from bot.domain.access import Actor
from bot.domain.ids import CardId, ChannelId
from bot.domain.job import JobState
from standins.fake_discord.dispatches import dispatch
from standins.fake_discord.events import InteractionCreated, MessageCreated
from standins.fake_discord.interactions import expire_tokens, open_interaction
from standins.fake_discord.model import AnswerKind, Interaction, InteractionKind, Json, Message
from standins.fake_discord.sessions import DISPATCH
from tests.chat.studio import Studio

#: What one dispatch takes on a busy machine, at most; in seconds.
LONGEST = 20.0
#: The names that discord.py gives to the tasks in which the bot's handlers run.
HANDLERS = ("discord.py: on_interaction", "discord.py: on_message", "CommandTree-invoker")
MARK = "A_MARK_OF_THE_TEST"


class Fuzzed:
    """`message` is ada's finished picture, for buttons and dialogues to be about."""

    def __init__(self, studio: Studio, message: Message) -> None:
        self.studio = studio
        self.message = message
        #: Exceptions that came out of a handler, where there is nobody to hear of them.
        self.escaped: list[BaseException] = []
        self._marks = count(1)
        self._tasks: list[asyncio.Task[Any]] = []
        self._listen()

    def _listen(self) -> None:
        async def on_error(_event: str, *_args: Any, **_kwargs: Any) -> None:
            self.escaped.append(_current_exception())

        def remember(loop: asyncio.AbstractEventLoop, coro: Any, **kwargs: Any) -> asyncio.Task[Any]:
            task = asyncio.Task(coro, loop=loop, **kwargs)
            self._tasks.append(task)
            return task

        self.studio.client.event(on_error)
        asyncio.get_running_loop().set_task_factory(remember)

    @property
    def bugs(self) -> float:
        """How often a door met an exception that nobody had foreseen."""
        count: float = self.studio.metrics.loop_errors.labels(loop="chat")._value.get()
        return count

    # --- sending ---

    async def interact(
        self, kind: InteractionKind, data: Json, *, who: str = "ada", on_message: bool = False
    ) -> Interaction:
        """Well-formed but for `data`, which only a tampered client would send."""
        world = self.studio.world
        interaction = open_interaction(
            world,
            kind,
            self.message.channel,
            world.user(who),
            data,
            message=self.message if on_message else None,
            opener=self.message.interaction if kind is InteractionKind.MODAL_SUBMIT else None,
        )
        await self.quiet()
        return interaction

    def interaction_json(self, kind: InteractionKind, data: Json, *, on_message: bool = False) -> Json:
        """What INTERACTION_CREATE would carry, of an interaction that can be answered."""
        world, clock = self.studio.world, self.studio.world.clock
        number = world.snowflakes.next()
        interaction = Interaction(
            number,
            f"token-{number}",
            kind,
            self.message.channel,
            world.user("ada"),
            data,
            created_at=clock.now(),
            expires_at=clock.now() + timedelta(minutes=15),
            message=self.message if on_message else None,
            opener=self.message.interaction,
        )
        world.interactions[interaction.id] = world.tokens[interaction.token] = interaction
        return _told(self.studio, InteractionCreated(interaction))

    def message_json(self, message: Message) -> Json:
        return _told(self.studio, MessageCreated(message))

    def reply_json(self, words: str) -> Json:
        """What MESSAGE_CREATE would carry, of ada's reply to the picture that mentions the bot."""
        studio = self.studio
        told = self.message_json(self.message)
        author = told["author"] | {"id": str(studio.world.user("ada").id), "username": "ada", "bot": False}
        place = {"message_id": told["id"], "channel_id": told["channel_id"], "guild_id": told["guild_id"]}
        return told | {
            "id": str(studio.world.snowflakes.next()),
            "author": author,
            "content": f"<@{studio.world.app.user.id}> {words}",
            "attachments": [],
            "type": 19,
            "message_reference": place,
        }

    async def dispatch(self, name: str, data: Any) -> None:
        self.studio.discord.faults.send_malformed({"op": DISPATCH, "t": name, "s": None, "d": data})
        await self.quiet()

    # --- what became of it ---

    async def quiet(self) -> None:
        """Wait until everything that was sent was heard, and nobody works on it any more."""
        self.escaped.clear()
        number = next(self._marks)
        heard = self.studio.client.ws.wait_for(MARK, lambda data: data["number"] == number)
        mark = {"op": DISPATCH, "t": MARK, "s": None, "d": {"number": number}}
        self.studio.discord.faults.send_malformed(mark)
        async with asyncio.timeout(LONGEST):
            await asyncio.wait({heard, self.studio.running}, return_when=asyncio.FIRST_COMPLETED)
            assert not self.studio.running.done(), "the bot has hung up"
            while handlers := self._started():
                ended = await asyncio.gather(*handlers, return_exceptions=True)
                self.escaped += [one for one in ended if isinstance(one, BaseException)]

    def _started(self) -> list[asyncio.Task[Any]]:
        """Handlers since this was last asked, whether they have ended or not."""
        started, self._tasks = self._tasks, []
        return [task for task in started if task.get_name() in HANDLERS]

    def check_forged(self) -> None:
        """The same where Discord itself was forged, so that its description says nothing about it."""
        self.studio.discord.requests.problems.clear()
        self.check()

    def check(self) -> None:
        """Nothing came out of a handler, and nobody is kept waiting for an answer that was promised."""
        assert not self.escaped, [*map(repr, self.escaped)]
        for interaction in self.studio.world.interactions.values():
            answer = interaction.answer
            if answer is not None and answer.kind is AnswerKind.THINKING and answer.message is not None:
                assert answer.message.is_deleted or not answer.message.is_thinking

    async def tidy_up(self) -> None:
        """Take back what was admitted, and forget the answers, so that the next example finds the same."""
        gallery, guild_id = self.studio.services.gallery, self.studio.guild_id()
        channel_id = ChannelId(self.studio.world.channel("pictures").id)
        for who in ("ada", "mia", "otto"):
            member_id = self.studio.member_id(who)
            actor = Actor(guild_id=guild_id, channel_id=channel_id, member_id=member_id, is_moderator=False)
            open_jobs = await gallery.recent(guild_id, member_id, 50, states=[JobState.QUEUED])
            for card_id in {CardId(job.card_id) for job in open_jobs}:
                await gallery.cancel(card_id, actor)
        expire_tokens(self.studio.world)
        for interaction in self.studio.world.interactions.values():
            if interaction.deadline is not None:
                interaction.deadline.cancel()
        self.studio.world.interactions.clear()
        self.studio.world.tokens.clear()


async def fuzzed_at(studio: Studio) -> Fuzzed:
    """With one picture made, and no other to be made."""
    message = await studio.imagine()
    studio.services.account.pacer.pause(10**7)
    return Fuzzed(studio, message)


def _current_exception() -> BaseException:

    error = sys.exc_info()[1]
    assert error is not None
    return error


def _told(studio: Studio, event: InteractionCreated | MessageCreated) -> Json:
    """As the gateway tells it, but not told to anybody; a copy that may be spoilt."""
    (session,) = studio.discord.gateway._sessions.values()
    told = dispatch(studio.world, event, session.intents)
    assert told is not None
    copy: Json = json.loads(json.dumps(told[1]))
    return copy


assert discord.__version__.startswith("2.7"), "the names of discord.py's tasks are looked up above"

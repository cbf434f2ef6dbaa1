"""A server in which moderators and members do what can be done about pictures and data, all by chance."""

import asyncio
import io
import random
import zipfile
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress

from standins.changes import ConditionNotMetError
from standins.fake_discord.asks import Ask, ClientRefusedError, NoResponseError, UnexpectedAnswerError
from standins.fake_discord.model import AnswerKind, Channel, Message
from standins.fake_discord.permissions import Permissions
from standins.fake_discord.person import Person
from standins.fake_discord.world import World
from tests.journeys.town import text_of
from tests.soak.deliveries import Tag

UNRULY = 3
ACTS = ("asks", "is_blocked", "is_unblocked", "is_reviewed", "is_removed", "exports", "is_erased")
#: Asking comes first, or there would be nothing to act on.
WEIGHTS = (8, 2, 3, 1, 2, 1, 1)
#: Between two acts, so that the player of this world has time for the others.
PAUSE_SECONDS = 0.3
#: In real seconds, for one act: processes come and go.
PATIENCE_SECONDS = 6.0
ONCE_AN_HOUR = "once an hour"
NO_ANSWER = (NoResponseError, UnexpectedAnswerError, ConditionNotMetError, ClientRefusedError, TimeoutError)


class Unruly:
    """A member who may be blocked at any time; `number` is in the tags of what they ask for."""

    def __init__(self, number: int, person: Person) -> None:
        self.number, self.person = number, person
        self.cards: list[Message] = []
        self.is_blocked = False
        self.requests = 0


class Moderated:
    def __init__(self, first_number: int, world: World, channel: Channel, rng: random.Random) -> None:
        self.world, self.channel, self.rng = world, channel, rng
        role = world.add_role(channel.guild, "Moderator", Permissions.MANAGE_MESSAGES)
        moderator = world.add_user("moderator", "Moderator")
        world.add_member(channel.guild, moderator, role)
        self.moderator = Person(world, moderator)
        self.members = [self._member(first_number + index) for index in range(UNRULY)]
        self.done: Counter[str] = Counter()
        #: Promises that were seen to be broken, as sentences.
        self.broken: list[str] = []
        #: Requests that were made while their member was blocked, and may never be paid.
        self.refused: set[Tag] = set()
        #: Requests whose pictures may be paid and never shown: their member's data went meanwhile.
        self.erased: set[Tag] = set()

    def _member(self, number: int) -> Unruly:
        user = self.world.add_user(f"unruly{number}", f"Unruly {number}")
        self.world.add_member(self.channel.guild, user)
        return Unruly(number, Person(self.world, user))

    @property
    def numbers(self) -> set[int]:
        return {member.number for member in self.members}

    @property
    def seen(self) -> int:
        """How many of the acts have been done at least once."""
        return sum(self.done[act] > 0 for act in ACTS)

    async def live(self, has_time: Callable[[], bool]) -> None:
        """While there is time, and then until each act has been done."""
        while has_time() or self.seen < len(ACTS):
            (act,) = self.rng.choices(ACTS, WEIGHTS)
            await self._try(act, self.rng.choice(self.members))
            await asyncio.sleep(PAUSE_SECONDS)

    async def _try(self, act: str, member: Unruly) -> bool:
        do: Callable[[Unruly], Awaitable[bool]] = getattr(self, f"_{act}")
        with suppress(*NO_ANSWER):
            async with asyncio.timeout(PATIENCE_SECONDS):
                is_done = await do(member)
                self.done[act] += is_done
                return is_done
        return False

    async def erase_for_good(self) -> None:
        """The first member deletes all their data, whatever it takes, and asks for nothing any more."""
        while not await self._try("is_erased", self.members[0]):  # noqa: ASYNC110  tried anew each time
            await asyncio.sleep(PAUSE_SECONDS)

    # --- what members do ------------------------------------------------------------------------------

    async def _asks(self, member: Unruly) -> bool:
        member.requests += 1
        tag, was_blocked = Tag(member.number, 0, member.requests), member.is_blocked
        if was_blocked:
            self.refused.add(tag)
        prompt = f"{tag} a wolf at the door"
        message = await self._answer(member.person.slash(self.channel, "imagine", prompt=prompt))
        if Tag.found_in(text_of(message)) is None:
            return was_blocked
        if was_blocked:
            self.broken.append(f"{tag} is taken, although its member is blocked")
        member.cards.append(message)
        return True

    async def _exports(self, member: Unruly) -> bool:
        message = await self._answer(member.person.slash(self.channel, "privacy export"))
        for attachment in message.attachments:
            self.broken += self._wrong_in(member, attachment.data)
        return bool(message.attachments) or ONCE_AN_HOUR in text_of(message)

    def _wrong_in(self, member: Unruly, data: bytes) -> list[str]:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            text = "\n".join(archive.read(name).decode() for name in archive.namelist() if ".json" in name)
        others = self.numbers - {member.number}
        return [
            f"m{number} is in the export of m{member.number}" for number in others if f"m{number}g" in text
        ]

    async def _is_erased(self, member: Unruly) -> bool:
        self.erased |= {Tag(member.number, 0, request + 1) for request in range(member.requests)}
        question = await member.person.slash(self.channel, "privacy delete").message()
        label = next(part["label"] for part in question.parts() if "and images" in str(part.get("label")))
        await member.person.press(question, label).answer()
        await self.world.until(
            lambda _: "Everything that I kept about you was deleted" in text_of(question),
            within_seconds=PATIENCE_SECONDS,
        )
        member.cards.clear()
        return True

    # --- what moderators do ---------------------------------------------------------------------------

    async def _is_blocked(self, member: Unruly) -> bool:
        said = await self._said("block", member, duration="1 day", reason="*calm* down, @everyone")
        member.is_blocked = "gets no images here" in said
        return member.is_blocked

    async def _is_unblocked(self, member: Unruly) -> bool:
        # From now on, a request may be taken: also if the answer gets lost.
        member.is_blocked = False
        said = await self._said("unblock", member)
        return "can generate images here again" in said or "isn't blocked here" in said

    async def _is_reviewed(self, member: Unruly) -> bool:
        return bool(await self._said("strikes", member))

    async def _said(self, command: str, member: Unruly, **options: str) -> str:
        ask = self.moderator.slash(self.channel, f"review {command}", member=member.person.user, **options)
        return text_of(await self._answer(ask))

    async def _answer(self, ask: Ask) -> Message:
        """The answer that stays; a refusal comes behind one that is taken back."""

        def found() -> Message | None:
            answer = ask.interaction.answer
            if answer is not None and answer.kind is AnswerKind.NONE:
                raise NoResponseError(ask.interaction)
            told = [*ask.followups(), *([answer.message] if answer and answer.message else [])]
            return next((one for one in told if not one.is_deleted and not one.is_thinking), None)

        return await self.world.until(
            lambda _: found(), within_seconds=PATIENCE_SECONDS, about=ask.interaction
        )

    async def _is_removed(self, member: Unruly) -> bool:
        shown = [card for card in member.cards if card.attachments and not card.is_deleted]
        if not shown:
            return False
        card = self.rng.choice(shown)
        question = await self.moderator.press(card, "Delete").message()
        await self.moderator.press(question, "Delete image").answer()
        await self.world.until(
            lambda _: card.is_deleted or not card.attachments, within_seconds=PATIENCE_SECONDS
        )
        return True

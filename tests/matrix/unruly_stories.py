"""Members and moderators who do what a seed chooses, while processes come and go."""

import io
import itertools
import random
import zipfile
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, replace

from standins.changes import ConditionNotMetError
from standins.fake_discord.asks import NoResponseError
from standins.fake_discord.model import Message
from tests.journeys.town import text_of
from tests.matrix.moderated_stories import change, deleted, gives_back, takes_away
from tests.matrix.moderators import DONE_WITHIN
from tests.matrix.scene import Scene

#: Each asks for one picture, and to each something else happens.
MEMBERS = ("ada", "ben", "rex")
IS_BLOCKED, MAY_ASK = "gets no images here", "can generate images here again"
IS_REFUSED, IS_ERASED = "blocked you from generating", "Everything that I kept about you was deleted"
ONCE_AN_HOUR = "once an hour"
REPORTED_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class Bird:
    """A picture that waits for a moderator."""

    prompt: str
    by: str
    #: The number of the picture in its server.
    number: int

    @property
    def waits(self) -> str:
        return f"Image {self.number} waits for approval"

    @property
    def in_feed(self) -> str:
        return f"Image {self.number} in the feed"

    @property
    def reported(self) -> str:
        return f"Image {self.number} was reported"


Act = Callable[[Scene, Bird], Awaitable[None]]


async def unruly(scene: Scene) -> None:
    """Pictures that have to be approved, and to each happens what a seed chooses."""
    for by, act in zip(MEMBERS, acts_of(scene.rng), strict=True):
        await act(scene, await _until_one_waits(scene, "a bird", by))


def acts_of(rng: random.Random) -> list[Act]:
    return rng.sample(ACTS, len(MEMBERS))


async def _until_one_waits(scene: Scene, prompt: str, by: str) -> Bird:
    """Ask until a card answers, and wait for the post about its picture."""
    for times in itertools.count(1):
        await scene.online()
        asked = f"{prompt} of {by}, {times}"
        scene.moderators.unapproved.add(asked)
        ask = scene.ask(asked, by=by)
        with suppress(NoResponseError, ConditionNotMetError):
            if (await ask.answer()).message is not None:
                return Bird(asked, by, _number_of(await scene.moderators.newest_waiting()))
    raise AssertionError("it asks for ever")


def _number_of(about: str) -> int:
    return int(about.removeprefix("Image ").partition(" ")[0])


# --- what happens to a picture ------------------------------------------------------------------------


async def approve(scene: Scene, bird: Bird) -> Message:
    """It is shown, and in the feed."""
    scene.moderators.unapproved.discard(bird.prompt)
    await scene.moderators.decide(bird.waits, "Approve", "**Approved**")
    card = await scene.shown(bird.prompt)
    scene.moderators.posts[bird.in_feed] = ""
    return card


async def leave(scene: Scene, bird: Bird) -> None:
    await approve(scene, bird)


async def reject(scene: Scene, bird: Bird) -> None:
    takes_away(scene, bird.prompt)
    await scene.moderators.decide(bird.waits, "Reject", "**Rejected**", reason="be kind")


async def report_and_dismiss(scene: Scene, bird: Bird) -> None:
    await scene.moderators.report(await approve(scene, bird), bird.number)
    await scene.moderators.decide(bird.reported, "Dismiss", "**Dismissed**")


async def report_and_give_back(scene: Scene, bird: Bird) -> None:
    await scene.moderators.report(await approve(scene, bird), bird.number)
    gives_back(scene, bird.prompt)
    await scene.moderators.give_back(bird.reported)


async def report_and_remove(scene: Scene, bird: Bird) -> None:
    card = await approve(scene, bird)
    del scene.moderators.posts[bird.in_feed]
    await scene.moderators.report(card, bird.number)
    takes_away(scene, bird.prompt)
    await scene.moderators.decide(bird.reported, "Remove", "**Deleted**", reason="no")


async def delete(scene: Scene, bird: Bird) -> None:
    card = await approve(scene, bird)
    del scene.moderators.posts[bird.in_feed]
    takes_away(scene, bird.prompt)
    await deleted(scene, card, bird.by)


# --- what happens to a member -------------------------------------------------------------------------


async def block(scene: Scene, bird: Bird) -> None:
    """The member asks for more while a moderator blocks them, and then again; later the block is lifted."""
    await approve(scene, bird)
    under_way = f"a nest of {bird.by}"
    scene.moderators.unapproved.add(under_way)
    scene.ask(under_way, by=bird.by)
    await scene.moderators.use("review block", bird.by, IS_BLOCKED, duration="1 day", reason="calm down")
    scene.moderators.blocked_at[under_way] = scene.clock.now()
    await _refused(scene, bird)
    await _ended(scene, under_way, bird.by)
    await scene.moderators.use("review unblock", bird.by, MAY_ASK, "isn't blocked here")
    await leave(scene, await _until_one_waits(scene, "a chick", bird.by))


async def _refused(scene: Scene, bird: Bird) -> None:
    """Ask until the answer says that the member is blocked."""
    times = itertools.count(1)
    said: list[str] = []

    async def ask() -> None:
        asked = scene.ask(f"an egg of {bird.by}, {next(times)}", 2, bird.by, is_refused=True)
        said.append(text_of(await asked.message()))

    await scene.moderators.insist(ask, lambda: any(IS_REFUSED in text for text in said))


async def _ended(scene: Scene, prompt: str, by: str) -> None:
    """Whatever was under way is refused, cancelled, or made and then rejected."""
    wish = next(wish for wish in scene.wishes if wish.prompt == prompt)

    def how() -> str | None:
        card = wish.card(scene.world)
        if card is None:
            return None if wish.is_pending else "refused"
        return "cancelled" if "**Cancelled**" in text_of(card) else scene.moderators.undecided()

    how_it_ended = await scene.world.until(lambda _: how(), within_seconds=DONE_WITHIN) or ""
    if how_it_ended == "cancelled":
        change(scene, prompt, lambda wish: replace(wish, count=0))
    elif how_it_ended != "refused":
        await reject(scene, Bird(prompt, by, _number_of(how_it_ended)))


async def export(scene: Scene, bird: Bird) -> None:
    """The member exports all that is kept about them: it is whole, or refused."""
    await approve(scene, bird)
    member, said = scene.town.person(bird.by), list[str]()

    async def ask() -> None:
        message = await member.slash("pictures", "privacy export").message()
        said.extend([text_of(message)] if ONCE_AN_HOUR in text_of(message) else [])
        for attachment in message.attachments:
            said.append(_unpacked(attachment.data))
            scene.moderators.broken += _wrong_in(scene, bird, said[-1])

    await scene.moderators.insist(ask, lambda: said)
    if not said:
        scene.moderators.broken.append("an export was neither answered nor refused")


def _unpacked(data: bytes) -> str:
    """All that the file says; it raises an exception if it is not whole."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return "\n".join(archive.read(name).decode() for name in archive.namelist() if name.endswith("json"))


def _wrong_in(scene: Scene, bird: Bird, exported: str) -> list[str]:
    others = [wish.prompt for wish in scene.wishes if f" of {bird.by}" not in wish.prompt]
    missing = [] if bird.prompt in exported else [f"{bird.prompt!r} is not in the export"]
    return missing + [f"{prompt!r} is in the export of another" for prompt in others if prompt in exported]


async def erase(scene: Scene, bird: Bird) -> None:
    """The member deletes all their data and messages; whatever anybody said about the picture goes, too."""
    card = await approve(scene, bird)
    if scene.rng.random() < REPORTED_SHARE:
        await scene.moderators.report(card, bird.number)
    await scene.moderators.posted(bird.in_feed)
    takes_away(scene, bird.prompt)
    for about in (bird.waits, bird.in_feed, bird.reported):
        scene.moderators.posts.pop(about, None)
    member, asked = scene.town.person(bird.by), list[Message]()

    async def ask() -> None:
        asked.append(await member.slash("pictures", "privacy delete").message())
        with suppress(StopIteration):
            label = next(
                part["label"] for part in asked[-1].parts() if "and images" in str(part.get("label"))
            )
            await member.press(asked[-1], label).answer()

    await scene.moderators.insist(ask, lambda: any(IS_ERASED in text_of(message) for message in asked))
    scene.moderators.erased.add(member.user.id)


ACTS: list[Act] = [
    leave,
    reject,
    report_and_dismiss,
    report_and_give_back,
    report_and_remove,
    delete,
    block,
    export,
    erase,
]

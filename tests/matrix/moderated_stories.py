"""What members and moderators do about pictures that are made while the process falls."""

import itertools
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

from standins.changes import ConditionNotMetError
from standins.fake_discord.asks import NoResponseError
from standins.fake_discord.model import Message
from tests.journeys.town import text_of
from tests.matrix.scene import STARTS_WITHIN, Scene
from tests.matrix.wishes import Wish

REJECTED_SHARE = 0.25


async def approved(scene: Scene) -> None:
    """A picture waits for a moderator, who approves it."""
    await scene.online()
    await _waiting(scene, "a shy owl")
    scene.moderators.unapproved.discard("a shy owl")
    await scene.moderators.decide("Image 1 waits for approval", "Approve", "**Approved**")


async def rejected(scene: Scene) -> None:
    """A picture waits for a moderator, who rejects it."""
    await scene.online()
    await _waiting(scene, "a rude goose")
    _takes_away(scene, "a rude goose")
    await scene.moderators.decide("Image 1 waits for approval", "Reject", "**Rejected**", reason="be kind")


async def _waiting(scene: Scene, prompt: str) -> None:
    scene.moderators.unapproved.add(prompt)
    scene.ask(prompt)
    await scene.moderators.posted("Image 1 waits for approval")


def _takes_away(scene: Scene, prompt: str) -> None:
    """Nobody is to see its picture any more."""
    _change(scene, prompt, lambda wish: replace(wish, taken_away=1))


def _gives_back(scene: Scene, prompt: str) -> None:
    _change(scene, prompt, lambda wish: replace(wish, given_back=1))


def _change(scene: Scene, prompt: str, changed: Callable[[Wish], Wish]) -> None:
    wishes = scene.wishes
    wishes[:] = [changed(wish) if wish.prompt == prompt else wish for wish in wishes]


async def reported(scene: Scene) -> None:
    """Two pictures of one member are reported, and a moderator leaves both as they are."""
    await scene.online()
    for prompt in ("a toad", "a newt"):
        scene.ask(prompt)
        await scene.shown(prompt)
    for number, prompt in enumerate(("a toad", "a newt"), 1):
        await scene.moderators.report(await scene.card(prompt), number)
    for number in (1, 2):
        await scene.moderators.decide(f"Image {number} was reported", "Dismiss", "**Dismissed**")


async def removed(scene: Scene) -> None:
    """A picture is reported, and a moderator removes it."""
    await scene.online()
    scene.ask("a wasp")
    await scene.moderators.report(await scene.shown("a wasp"), 1)
    _takes_away(scene, "a wasp")
    await scene.moderators.decide("Image 1 was reported", "Remove", "**Deleted**", reason="no insects")


async def hidden(scene: Scene) -> None:
    """One report hides a picture, and a moderator lets it be shown again."""
    await scene.online()
    scene.ask("a plain toad")
    card = await scene.shown("a plain toad")
    await scene.moderators.report(card, 1)
    await scene.world.until(lambda _: not card.attachments, within_seconds=STARTS_WITHIN)
    scene.moderators.posts["Image 1 is hidden after reports"] = "**Dismissed**"
    await scene.moderators.posted("Image 1 is hidden after reports")
    await scene.moderators.decide("Image 1 was reported", "Dismiss", "**Dismissed**")


async def fed(scene: Scene) -> None:
    """A picture is in the feed as well."""
    await scene.online()
    scene.moderators.posts["Image 1 in the feed"] = ""
    scene.ask("a paper boat")


async def taken_off(scene: Scene) -> None:
    """A member deletes a picture that is in the feed."""
    await scene.online()
    scene.ask("a sand castle")
    card = await scene.shown("a sand castle")
    await scene.moderators.posted("Image 1 in the feed")
    _takes_away(scene, "a sand castle")
    await _deleted(scene, card)


async def _deleted(scene: Scene, card: Message) -> None:
    """Ask for it until the card, or the picture, is gone."""
    ada = scene.town.person("ada")

    async def delete() -> None:
        question = await ada.press(card, "Delete").message()
        await ada.press(question, "Delete image").answer()

    await scene.moderators.insist(delete, lambda: card.is_deleted or not card.attachments)


async def erased(scene: Scene) -> None:
    """A member has two pictures, which are in the feed as well, and has all data and messages deleted."""
    await scene.online()
    for number, prompt in enumerate(("a red kite", "a grey seal"), 1):
        scene.ask(prompt)
        await scene.shown(prompt)
        await scene.moderators.posted(f"Image {number} in the feed")
        _takes_away(scene, prompt)
    ada = scene.town.person("ada")
    question = await ada.slash("pictures", "privacy delete").message()
    ada.press(question, "Delete my data and images")
    await scene.world.until(
        lambda _: "Everything that I kept about you was deleted" in text_of(question),
        within_seconds=STARTS_WITHIN * 2,
    )


async def left(scene: Scene) -> None:
    """A server removes the bot while a picture is made for it."""
    await scene.online()
    ask = scene.town.person("zoe").slash("lounge", "imagine", prompt="a buoy")
    scene.wishes.append(Wish(prompt="a buoy", by=ask, is_gone=True))
    await scene.card("a buoy")
    scene.world.remove_app(scene.world.guild("Harbour Club"))


# --- at random ----------------------------------------------------------------------------------------


async def unruly(scene: Scene) -> None:
    """Pictures that have to be approved, and to each happens what a seed chooses."""
    for number in range(3):
        prompt, about = await _until_one_waits(scene, f"a bird, number {number}")
        if scene.rng.random() < REJECTED_SHARE:
            _takes_away(scene, prompt)
            await scene.moderators.decide(about, "Reject", "**Rejected**", reason="be kind")
            continue
        scene.moderators.unapproved.discard(prompt)
        await scene.moderators.decide(about, "Approve", "**Approved**")
        card = await scene.shown(prompt)
        image = about.removesuffix(" waits for approval")
        await scene.rng.choice(_ACTS)(scene, prompt, card, int(image.removeprefix("Image ")))


async def _until_one_waits(scene: Scene, prompt: str) -> tuple[str, str]:
    """Ask until a card answers, and wait for the post about its picture."""
    for times in itertools.count(1):
        await scene.online()
        asked = f"{prompt}, {times}"
        scene.moderators.unapproved.add(asked)
        ask = scene.ask(asked)
        with suppress(NoResponseError, ConditionNotMetError):
            if (await ask.answer()).message is not None:
                return asked, await scene.moderators.newest_waiting()
    raise AssertionError("it asks for ever")


async def _leave(scene: Scene, _prompt: str, _card: Message, number: int) -> None:
    scene.moderators.posts[f"Image {number} in the feed"] = ""


async def _report_and_dismiss(scene: Scene, prompt: str, card: Message, number: int) -> None:
    await _leave(scene, prompt, card, number)
    await scene.moderators.report(card, number)
    await scene.moderators.decide(f"Image {number} was reported", "Dismiss", "**Dismissed**")


async def _report_and_give_back(scene: Scene, prompt: str, card: Message, number: int) -> None:
    await _leave(scene, prompt, card, number)
    await scene.moderators.report(card, number)
    _gives_back(scene, prompt)
    await scene.moderators.give_back(f"Image {number} was reported")


async def _report_and_remove(scene: Scene, prompt: str, card: Message, number: int) -> None:
    await scene.moderators.report(card, number)
    _takes_away(scene, prompt)
    await scene.moderators.decide(f"Image {number} was reported", "Remove", "**Deleted**", reason="no")


async def _delete(scene: Scene, prompt: str, card: Message, _number: int) -> None:
    _takes_away(scene, prompt)
    await _deleted(scene, card)


_ACTS = (_leave, _report_and_dismiss, _report_and_give_back, _report_and_remove, _delete)

"""What members and moderators do about pictures that are made while the process falls."""

from collections.abc import Callable
from dataclasses import replace

from standins.fake_discord.model import Message
from tests.journeys.town import text_of
from tests.matrix.scene import STARTS_WITHIN, Scene
from tests.matrix.wishes import Wish


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
    takes_away(scene, "a rude goose")
    await scene.moderators.decide("Image 1 waits for approval", "Reject", "**Rejected**", reason="be kind")


async def _waiting(scene: Scene, prompt: str) -> None:
    scene.moderators.unapproved.add(prompt)
    scene.ask(prompt)
    await scene.moderators.posted("Image 1 waits for approval")


def takes_away(scene: Scene, prompt: str) -> None:
    """Nobody is to see its picture any more."""
    change(scene, prompt, lambda wish: replace(wish, taken_away=1))


def gives_back(scene: Scene, prompt: str) -> None:
    change(scene, prompt, lambda wish: replace(wish, given_back=1))


def change(scene: Scene, prompt: str, changed: Callable[[Wish], Wish]) -> None:
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
    takes_away(scene, "a wasp")
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
    takes_away(scene, "a sand castle")
    await deleted(scene, card)


async def deleted(scene: Scene, card: Message, by: str = "ada") -> None:
    """Ask for it until the card, or the picture, is gone."""
    member = scene.town.person(by)

    async def delete() -> None:
        question = await member.press(card, "Delete").message()
        await member.press(question, "Delete image").answer()

    await scene.moderators.insist(delete, lambda: card.is_deleted or not card.attachments)


async def erased(scene: Scene) -> None:
    """A member has two pictures, which are in the feed as well, and has all data and messages deleted."""
    await scene.online()
    for number, prompt in enumerate(("a red kite", "a grey seal"), 1):
        scene.ask(prompt)
        await scene.shown(prompt)
        await scene.moderators.posted(f"Image {number} in the feed")
        takes_away(scene, prompt)
    await _erase(scene)


async def fed_and_erased(scene: Scene) -> None:
    """The process falls when a picture is in the feed, and its member then has all messages deleted."""
    await scene.online()
    scene.ask("a stray cat")
    await scene.shown("a stray cat")
    takes_away(scene, "a stray cat")
    await scene.fallen()
    await scene.online()
    await _erase(scene)


async def reported_and_erased(scene: Scene) -> None:
    """The process falls when moderators read of a report, and the member then has all messages deleted."""
    await scene.online()
    scene.ask("a stray dog")
    card = await scene.shown("a stray dog")
    takes_away(scene, "a stray dog")
    await scene.moderators.report(card, 1)
    scene.moderators.posts.clear()
    await scene.fallen()
    await scene.online()
    await _erase(scene)


async def _erase(scene: Scene) -> None:
    ada = scene.town.person("ada")
    question = await ada.slash("pictures", "privacy delete").message()
    ada.press(question, "Delete my data and images")
    scene.moderators.erased.add(ada.user.id)
    await scene.world.until(
        lambda _: "Everything that I kept about you was deleted" in text_of(question),
        within_seconds=STARTS_WITHIN * 2,
    )


async def blocked(scene: Scene) -> None:
    """A member is blocked while nobody knows whether the provider has accepted the request."""
    await scene.online()
    scene.ask("a magpie")
    await scene.fallen()
    await scene.moderators.use("review block", "ada", "gets no images here", duration="1 day")
    scene.moderators.blocked_at["a magpie"] = scene.clock.now()
    if not scene.bills:
        change(scene, "a magpie", lambda wish: replace(wish, count=0))


async def left(scene: Scene) -> None:
    """A server removes the bot while a picture is made for it."""
    await scene.online()
    ask = scene.town.person("zoe").slash("lounge", "imagine", prompt="a buoy")
    scene.wishes.append(Wish(prompt="a buoy", by=ask, is_gone=True))
    await scene.card("a buoy")
    scene.world.remove_app(scene.world.guild("Harbour Club"))

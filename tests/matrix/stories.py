"""What members do while the process falls: each story goes on where it was once a process is back."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

import aiohttp

from standins.fake_discord.asks import Upload
from standins.fake_discord.dial_faults import DoorState
from tests.matrix.scene import Scene
from tests.matrix.wishes import Wish
from tests.services.outsides import png

Story = Callable[[Scene], Awaitable[None]]

LIMIT = 3
#: So many newer requests put a request on the third page of the history.
OTHERS = 230
SESSIONS_REFUSED = 2


async def one(scene: Scene) -> None:
    """One picture."""
    await scene.online()
    scene.ask("a lighthouse")


async def four(scene: Scene) -> None:
    """Four pictures on one card."""
    await scene.online()
    scene.ask("four foxes", count=4)


async def edited(scene: Scene) -> None:
    """A member's own picture is changed."""
    await scene.online()
    photo = Upload("harbour.png", png())
    ask = scene.town.person("ada").slash("pictures", "edit", prompt="make it night", image=photo)
    scene.wishes.append(Wish(prompt="make it night", by=ask))


async def moved(scene: Scene) -> None:
    """The card can no longer be edited while the picture is made, so that it comes in a new message."""
    await scene.online()
    scene.town.segmind.latency = 60.0
    scene.ask("a windmill")
    card = await scene.card("a windmill")
    await scene.town.segmind.until(lambda: scene.bills, 30)
    scene.wishes[-1] = replace(scene.wishes[-1], is_locked=True)
    faults = scene.town.discord.faults
    faults.expire_tokens()
    faults.add(f"PATCH /channels/{card.channel.id}/messages/{card.id}", status=400, code=50083)


async def taken_down(scene: Scene) -> None:
    """A moderator takes the card down while no process is there to hear of it."""
    await scene.online()
    scene.ask("a lost kite")
    scene.wishes[-1] = replace(scene.wishes[-1], is_gone=True)
    card = await scene.card("a lost kite")
    await scene.fallen()
    scene.town.person("mia").delete(card)


async def added(scene: Scene) -> None:
    """The bot is removed from a server and added again while it makes a picture in another one."""
    await scene.online()
    club = scene.world.guild("Harbour Club")
    scene.world.remove_app(club)
    scene.world.add_app(club)
    scene.ask("a harbour at dawn")


async def out_of_credit(scene: Scene) -> None:
    """The account is empty for a while, which the operator reads in a channel."""
    credit = scene.town.segmind.faults
    await scene.online()
    credit.add("submit", "no_credit")
    credit.add("credits", "no_credit")
    scene.ask("a heron")
    await scene.fallen()
    credit.clear("submit")
    credit.clear("credits")


async def replied(scene: Scene) -> None:
    """A picture, and then a reply to it that asks for a change in plain words."""
    await scene.online()
    scene.ask("an old tram")
    card = await scene.card("an old tram")
    await scene.written_down("delivered")
    said = scene.town.person("ada").say("pictures", "@Lantern make it snow", reply_to=card)
    scene.wishes.append(Wish(prompt="make it snow", by=said))


async def crowded(scene: Scene) -> None:
    """Five requests at once where three are allowed; later five more, for what may be left."""
    await scene.online()
    for name in ("ash", "beech", "cedar", "date", "elm"):
        scene.ask(f"a tree, {name}")
    await scene.settled()
    await scene.online()
    for name in ("iris", "lily", "peony", "rose", "tulip"):
        scene.ask(f"a flower, {name}")


async def on_a_busy_account(scene: Scene) -> None:
    """The answer is lost, and other programs use the account before the history can be read."""
    await scene.online()
    segmind = scene.town.segmind
    segmind.faults.add("submit", "reset_after", times=1)
    segmind.faults.add("history", "error_500")
    scene.ask("an orchard")
    await segmind.until(lambda: scene.bills, 30)
    segmind.latency = 1_000_000.0
    async with aiohttp.ClientSession(headers={"x-api-key": segmind.key}) as session:
        await asyncio.gather(*(_other_request(scene, session, number) for number in range(OTHERS)))
    segmind.faults.clear("history")


async def unheard(scene: Scene) -> None:
    """The gateway hangs up while pictures are made: the host to resume at is dead, sessions are refused."""
    await scene.online()
    scene.ask("two storks", count=2)
    await scene.town.segmind.until(lambda: scene.bills, 30)
    discord = scene.town.discord
    refused = discord.gateway.session_faults
    await discord.resume_door.turn(DoorState.REFUSING)
    refused.invalidates = True
    try:
        discord.faults.cut_gateway()
        await scene.sessions_begun(SESSIONS_REFUSED)
    finally:
        refused.clear()
        await discord.resume_door.turn(DoorState.OPEN)
    await scene.online()
    scene.ask("a foghorn")


async def _other_request(scene: Scene, session: aiohttp.ClientSession, number: int) -> None:
    body = {"prompt": f"somebody else's, number {number}"}
    async with session.post(f"{scene.town.segmind.api_url}/v2/luma-uni-1", json=body) as answer:
        answer.raise_for_status()

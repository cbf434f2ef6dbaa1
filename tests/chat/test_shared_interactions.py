"""Interactions that another gateway may receive, too: each is read by the one that takes it, and once.

discord.py reads them as it is; the interactions are those that the stand-in would send.
"""

import asyncio
from collections.abc import Callable
from typing import Any

import discord
import pytest
from structlog.testing import capture_logs

from bot.chat.gateway import shared_interactions
from bot.chat.gateway.raw_events import leave_out_repeated, leave_out_unreadable, parsers_of
from bot.chat.gateway.shared_interactions import SharedInteractions
from bot.ops.metrics import Metrics
from bot.services.shards import AllShards
from standins.clock import VirtualClock
from standins.fake_discord.demo import demo_world
from standins.fake_discord.interactions import open_interaction
from standins.fake_discord.model import InteractionKind, User
from standins.fake_discord.wire_guilds import own_user_json
from standins.fake_discord.wire_interactions import interaction_json

PATIENCE_SECONDS = 5.0


class Sharing(AllShards):
    """Says of each interaction whose it is, once the test lets it."""

    def __init__(self) -> None:
        self.shares = True
        self.mine = True
        #: What it was asked: the interaction and its server.
        self.asked: list[tuple[int, int | None]] = []
        self.is_answering = asyncio.Event()
        self.is_answering.set()

    def is_shared(self, guild_id: int | None) -> bool:
        return self.shares

    async def takes(self, event_id: int, guild_id: int | None) -> bool:
        self.asked.append((event_id, guild_id))
        await self.is_answering.wait()
        return self.mine


class Client(discord.Client):
    """Notes each interaction in the call in which discord.py has read it."""

    def __init__(self, user: User) -> None:
        self.parsed: list[int] = []
        super().__init__(intents=discord.Intents(guilds=True))
        # As after the login, without which no interaction can be read.
        self._connection.user = discord.ClientUser(state=self._connection, data=own_user_json(user))  # type: ignore[arg-type]  # as in READY

    def dispatch(self, event: str, /, *args: Any, **kwargs: Any) -> None:
        if event == "interaction":
            self.parsed.append(args[0].id)
        super().dispatch(event, *args, **kwargs)


class Scene:
    """A client that leaves interactions out in the order in which the bot does."""

    def __init__(self) -> None:
        self._world = demo_world(VirtualClock())
        self.sharing, self.client, self.metrics = Sharing(), Client(self._world.app.user), Metrics()
        self.shared = SharedInteractions(self.sharing)
        self.shared.leave_out_others(self.client, self.metrics)
        leave_out_repeated(self.client)
        leave_out_unreadable(self.client, self.metrics)
        self.receive: Callable[[Any], None] = parsers_of(self.client)["INTERACTION_CREATE"]

    def interaction(self) -> dict[str, Any]:
        """Return a new one, as it is on the wire."""
        channel, ada = self._world.channel("pictures"), self._world.user("ada")
        command = {"id": "1", "name": "echo", "type": 1}
        asked = open_interaction(self._world, InteractionKind.COMMAND, channel, ada, command)
        return interaction_json(self._world, asked)

    async def settle(self) -> None:
        await asyncio.wait_for(self.shared.settled(), PATIENCE_SECONDS)

    @property
    def errors(self) -> float | None:
        return self.metrics.registry.get_sample_value("bot_loop_errors_total", {"loop": "gateway"})


@pytest.fixture
async def scene() -> Scene:
    return Scene()


async def test_what_no_other_gateway_receives_is_read_at_once(scene: Scene) -> None:
    """In the call: nothing waits for the database."""
    scene.sharing.shares = False
    data = scene.interaction()
    scene.receive(data)
    assert scene.client.parsed == [int(data["id"])]
    await scene.settle()
    assert (scene.client.parsed, scene.sharing.asked) == ([int(data["id"])], [])


async def test_what_this_gateway_takes_is_read_once(scene: Scene) -> None:
    data = scene.interaction()
    scene.receive(data)
    assert scene.client.parsed == []
    await scene.settle()
    assert scene.client.parsed == [int(data["id"])]
    assert scene.sharing.asked == [(int(data["id"]), int(data["guild_id"]))]


async def test_what_the_other_gateway_takes_is_not_read(scene: Scene) -> None:
    scene.sharing.mine = False
    scene.receive(scene.interaction())
    await scene.settle()
    assert (scene.client.parsed, len(scene.sharing.asked), scene.errors) == ([], 1, None)


async def test_what_comes_again_while_it_is_shared_is_read_once(scene: Scene) -> None:
    """Discord may send it again when a session is resumed; this gateway has taken it, and would again."""
    data = scene.interaction()
    scene.receive(data)
    scene.receive(data)
    await scene.settle()
    scene.receive(data)
    await scene.settle()
    assert scene.client.parsed == [int(data["id"])]
    assert len(scene.sharing.asked) == 1


async def test_one_without_a_server_is_asked_for_without_one(scene: Scene) -> None:
    data = scene.interaction()
    user = data.pop("member")["user"]
    del data["guild_id"]
    scene.receive(data | {"user": user})
    await scene.settle()
    assert scene.sharing.asked == [(int(data["id"]), None)]
    assert scene.client.parsed == [int(data["id"])]


async def test_settled_waits_for_all_that_are_under_way(scene: Scene) -> None:
    scene.sharing.is_answering.clear()
    both = [scene.interaction() for _ in range(2)]
    for data in both:
        scene.receive(data)
    settling = asyncio.create_task(scene.settle())
    for _ in range(20):  # rounds of the loop: more than it would need if it did not wait
        await asyncio.sleep(0)
    assert len(scene.sharing.asked) == 2
    assert not settling.done()
    assert scene.client.parsed == []
    scene.sharing.is_answering.set()
    await settling
    assert scene.client.parsed == [int(data["id"]) for data in both]


async def test_settled_does_not_wait_without_end(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared_interactions, "SETTLED_SECONDS", 0.0)
    scene.sharing.is_answering.clear()
    scene.receive(scene.interaction())
    await scene.settle()
    assert scene.client.parsed == []
    scene.sharing.is_answering.set()
    monkeypatch.undo()
    await scene.settle()
    assert len(scene.client.parsed) == 1


async def test_with_nothing_under_way_it_is_settled(scene: Scene) -> None:
    await scene.settle()
    scene.receive(scene.interaction())
    await scene.settle()
    await scene.settle()
    assert len(scene.client.parsed) == 1


@pytest.mark.parametrize("shares", [True, False])
async def test_what_cannot_be_read_is_counted_and_logged_and_the_next_is_read(
    scene: Scene, *, shares: bool
) -> None:
    scene.sharing.shares = shares
    unreadable, data = scene.interaction(), scene.interaction()
    del unreadable["token"]
    with capture_logs() as lines:
        scene.receive(unreadable)
        scene.receive(data)
        await scene.settle()
    (line,) = [line for line in lines if line["log_level"] == "error"]
    assert (line["dispatch"], type(line["exc_info"])) == ("INTERACTION_CREATE", KeyError)
    assert scene.errors == 1
    assert scene.client.parsed == [int(data["id"])]


@pytest.mark.parametrize(
    "junk",
    [
        {"id": "1", "guild_id": "x"},
        {},
        {"id": "x"},
        {"id": None},
        [],
        None,
    ],
)
async def test_what_is_no_interaction_at_all_is_counted_and_logged(scene: Scene, junk: Any) -> None:
    with capture_logs() as lines:
        scene.receive(junk)
        await scene.settle()
    assert [line["dispatch"] for line in lines if line["log_level"] == "error"] == ["INTERACTION_CREATE"]
    assert scene.errors == 1
    assert scene.client.parsed == []

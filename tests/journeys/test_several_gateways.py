"""Several gateways that share the servers, beside several workers, on one PostgreSQL database."""

import time
from collections.abc import Sequence

import psycopg

from sandbox.bot_process import BotProcess
from standins.fake_discord.model import Channel
from tests.journeys.fleet import Fleet
from tests.journeys.town import PATIENCE_SECONDS

#: The shards of a gateway that was killed are connected again within this time.
TAKEN_OVER_SECONDS = 15.0
#: The sweep looks after this time whether an answer has reached Discord.
UNANSWERED_SECONDS = 60
SHARDS = 4


async def two_of_each(fleet: Fleet, **settings: str) -> tuple[list[Channel], Sequence[BotProcess]]:
    """Start two gateways with two shards each, and two workers. Return a channel of each shard, and all."""
    channels = await fleet.channels_on_all_shards(SHARDS)
    settings = {"CHAT_SHARD_COUNT": str(SHARDS), **settings}
    await fleet.town.launch(**fleet.settings, CHAT_SHARD_IDS="0,1", **settings)
    await fleet.start("run", CHAT_SHARD_IDS="2,3", **settings)
    for _ in range(2):
        await fleet.start(**settings)
    await fleet.until_connected(*((shard_id, SHARDS) for shard_id in range(SHARDS)))
    await fleet.town.until(lambda: fleet.town.world.commands)
    return channels, [fleet.town.bot, *fleet.others]


async def test_two_gateways_and_two_workers_share_servers_and_pictures(fleet: Fleet) -> None:
    """They begin their sessions no faster than Discord allows, and register the commands once."""
    starts = fleet.town.discord.gateway.session_starts
    starts.max_concurrency, starts.window_seconds = 2, 5.0
    channels, (first, second, *workers) = await two_of_each(fleet)
    assert starts.refused == 0
    assert starts.remaining == starts.total - SHARDS
    messages = [await fleet.ask("a fox", channel=channel) for channel in channels * 2]
    await fleet.until_pictures(messages)
    assert len(fleet.town.paid) == len(fleet.town.bills) == 32
    for worker in workers:
        await fleet.until_said(worker, "delivered [")
    for gateway in (first, second):
        health = await fleet.health(gateway)
        assert health["ok"]
        assert (health["shards"], health["shards_hearing"]) == (2, 2)
    assert sum("commands registered" in line for line in (*first.lines, *second.lines)) == 1


async def test_one_gateway_deletes_and_cancels_while_a_worker_delivers_for_another(fleet: Fleet) -> None:
    town, ada = fleet.town, fleet.town.person("ada")
    settings = {"SEGMIND_REQUESTS_PER_MINUTE": "12", "SEGMIND_POLLS_COUNT": "false"}
    channels, _ = await two_of_each(fleet, **settings)
    there = await fleet.ask("an owl", 1, channels[2])
    await fleet.until_pictures([there], 1)
    town.segmind.faults.add("output", "slow", seconds=6)
    here = await fleet.ask("a fox", 4, channels[0])
    await town.segmind.until(lambda: len(town.requests_to("output")) == 5, PATIENCE_SECONDS)
    waiting = await fleet.ask("a hare", 4, channels[3])
    await town.until(lambda: any(part.get("label") == "Cancel" for part in waiting.parts()))
    question = await ada.press(there, "Delete").message()
    ada.press(question, "Delete image")
    ada.press(waiting, "Cancel")
    await town.until_text(waiting, "ancelled")
    await town.until(lambda: there.is_deleted)
    await fleet.until_pictures([here])
    assert len(town.bills) < 9


async def test_the_shards_of_a_killed_gateway_are_taken_over_by_one_that_waits(
    fleet: Fleet, url: str
) -> None:
    """It was killed before it saved that it had answered a request. The other gateway goes on meanwhile."""
    channels = await fleet.channels_on_all_shards(2)
    settings = {"CHAT_SHARD_COUNT": "2"}
    killed = {"FAULT_POINT": "answer.after:2"}
    await fleet.town.launch(**fleet.settings, **settings, CHAT_SHARD_IDS="0", **killed)
    second = await fleet.start("run", **settings, CHAT_SHARD_IDS="1")
    worker = await fleet.start(**settings)
    await fleet.until_connected((0, 2), (1, 2))
    await fleet.town.until(lambda: fleet.town.world.commands)
    standby = await fleet.start("run", **settings)
    await fleet.until_said(standby, "other gateways serve shards; waiting to take over")
    assert (await fleet.health(standby))["standby"]
    messages = [await fleet.ask("a fox", channel=channel) for channel in channels]
    fleet.town.person("ada").slash(channels[0], "imagine", prompt="an owl", count=1)
    await fleet.until_connected((1, 2))
    began = time.monotonic()
    await fleet.until_connected((0, 2), (1, 2))
    assert time.monotonic() - began < TAKEN_OVER_SECONDS
    messages += [await fleet.ask("a hare", channel=channel) for channel in channels]
    await fleet.until_pictures(messages)
    (unsaved,) = [one for one in fleet.town.messages_of_the_bot() if one not in messages]
    let_time_pass(url)
    await fleet.start(**settings)  # which sweeps as soon as it is the only one
    await worker.stop()
    await fleet.until_pictures([unsaved], 1)
    assert len(fleet.town.paid) == len(fleet.town.bills) == 17
    for gateway in (second, standby):
        health = await fleet.health(gateway)
        assert (health["ok"], health["shards"], health["shards_hearing"]) == (True, 1, 1)


def let_time_pass(url: str) -> None:
    with psycopg.connect(url) as connection:
        past = UNANSWERED_SECONDS * 1_000_000
        connection.execute("UPDATE cards SET created_at = created_at - %s WHERE message_id IS NULL", [past])

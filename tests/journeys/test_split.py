"""Machines that lose each other: each worker has one of its own, whose link is taken down and up again."""

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest

from sandbox.bot_process import BotProcess
from tests.journeys.asking import Asked, asking, until_delivered
from tests.journeys.conftest import a_judged_town
from tests.journeys.fleet import Fleet
from tests.journeys.test_several_torn import until_count
from tests.networks import Machine, Network, own_network, passing_on, why_no_networks

#: A machine is taken for lost after its time, not after ours.
pytestmark = pytest.mark.timeout(300)

#: A dead worker's cards are with another one within this time.
TAKEN_OVER_SECONDS = 15.0
#: So long that all that was asked for is still being made when the link is taken down.
PICTURE_SECONDS = 12.0
LONG_SECONDS = 120.0


@dataclass(slots=True)
class Split:
    """A gateway on this machine, and workers on machines of their own."""

    fleet: Fleet
    network: Network
    url_from_afar: str


@pytest.fixture
async def split(tmp_path: Path, url: str) -> AsyncIterator[Split]:
    if (reason := why_no_networks()) is not None:
        pytest.skip(reason)
    with own_network() as network:
        server = urlsplit(url)
        to = (server.hostname or "127.0.0.1", server.port or 5432)
        async with (
            passing_on(network.address, to) as port,
            a_judged_town(tmp_path, host=network.address) as town,
        ):
            login, _, _ = server.netloc.rpartition("@")
            far = urlunsplit(server._replace(netloc=f"{login}@{network.address}:{port}"))
            fleet = Fleet(town, url)
            yield Split(fleet, network, far)
            await fleet.stop()


async def test_a_worker_that_is_cut_off_loses_its_cards_and_changes_nothing_afterwards(
    split: Split, url: str
) -> None:
    """It did the chores of all, too. Once it is connected again, it takes new cards."""
    fleet, town = split.fleet, split.fleet.town
    town.segmind.latency = PICTURE_SECONDS
    await fleet.start_gateway()
    machines = [split.network.new_machine() for _ in range(2)]
    lost = await fleet.start("worker", machines[0], DATABASE_URL=split.url_from_afar)
    await fleet.until_said(lost, "doing the chores")
    other = await fleet.start("worker", machines[1], DATABASE_URL=split.url_from_afar)
    await fleet.until_said(other, "waiting to take over")
    async with asking(fleet) as asked:
        await town.until(partial(asked.has_cards, 8))
    await until_count(url, "SELECT count(*) FROM jobs WHERE state IN ('queued', 'submitting')", 0)
    machines[0].cut_off()
    began = time.monotonic()
    async with asking(fleet) as asked_later:
        await fleet.until_said(other, "cards of a worker that has died")
        assert time.monotonic() - began < TAKEN_OVER_SECONDS
    asked.cards += asked_later.cards
    await until_delivered(fleet, asked, LONG_SECONDS)
    await fleet.until_said(other, "doing the chores")
    await back_at_work(split, lost, machines[0], asked)
    assert asked.unanswered == asked_later.unanswered == 0


async def back_at_work(split: Split, lost: BotProcess, machine: Machine, asked: Asked) -> None:
    """What was delivered stays as it is, while the worker that was lost makes new pictures."""
    fleet, before = split.fleet, lost.line_count
    machine.connect()
    await fleet.until_said(lost, "the chores are left to another process")
    async with asking(fleet) as asked_last:
        async with asyncio.timeout(LONG_SECONDS):
            while "delivered [" not in "\n".join(lost.lines_since(before)):  # noqa: ASYNC110  another process says it
                await asyncio.sleep(0.1)
    asked.cards += asked_last.cards
    await until_delivered(fleet, asked, LONG_SECONDS)
    assert {one.id for one in fleet.town.messages_of_the_bot()} == {card.id for card in asked.cards}

"""Several processes that get into each other's way, or are stopped in the middle and go on later."""

import asyncio
import os
import signal
from pathlib import Path
from typing import LiteralString

import psycopg
import pytest

from standins.fake_discord.model import Message
from tests.journeys.fleet import Fleet
from tests.journeys.town import PATIENCE_SECONDS
from tests.shown_pictures import job_ids_of

#: The shortest that is allowed, so that a stopped worker is soon given up.
STALLED_SECONDS = "5"
#: So long holds a fault point a process up: too short for it to notice that it slept.
HELD_UP_SECONDS = "1.5"
#: Within this time, the provider has accepted all requests of a journey, also on a busy machine.
ACCEPTED_WITHIN_SECONDS = 8.0


async def test_what_is_cancelled_at_the_gateway_leaves_the_line_of_its_worker(fleet: Fleet, url: str) -> None:
    settings = {"SEGMIND_REQUESTS_PER_MINUTE": "2"}
    await fleet.start_gateway(**settings)
    for _ in range(2):
        await fleet.start(**settings)
    message = await fleet.ask("a fox")
    await fleet.town.until(lambda: len(fleet.town.bills) == 2)
    await fleet.town.until(lambda: any(part.get("label") == "Cancel" for part in message.parts()))
    fleet.town.person("ada").press(message, "Cancel")
    await fleet.town.until_text(message, "ancelled")
    await until_count(url, "SELECT count(*) FROM line", 0)
    assert len(fleet.town.bills) == 2


@pytest.mark.parametrize("slow", ["gateway", "worker"])
async def test_a_picture_is_deleted_while_a_worker_posts_the_next(fleet: Fleet, url: str, slow: str) -> None:
    """Whichever of the two edits takes longer, the one does not undo the other."""
    held_up = {"FAULT_POINT": "edit.before", "FAULT_SECONDS": HELD_UP_SECONDS}
    if slow == "worker":
        held_up["FAULT_POINT"] = "picture.before:2"
    await fleet.start_gateway(**(held_up if slow == "gateway" else {}))
    fleet.town.segmind.faults.add("output", "slow", times=1, seconds=8)
    await fleet.start(**(held_up if slow == "worker" else {}))
    message = await fleet.ask("a fox", 2)
    await fleet.town.until(lambda: len(message.attachments) == 1)
    (first,) = job_ids_of(message)
    await until_count(url, "SELECT count(*) FROM jobs WHERE state = 'delivered'", 1)
    ada = fleet.town.person("ada")
    question = await ada.press(message, "Delete").message()
    outputs = fleet.town.requests_to
    await fleet.town.segmind.until(
        lambda: sum(one.status is not None for one in outputs("output")) == 2, PATIENCE_SECONDS
    )
    await asyncio.sleep(0.7 if slow == "worker" else 0.0)  # it is about to be posted
    ada.press(question, "Delete image")
    await fleet.town.until(lambda: job_ids_of(message) and first not in job_ids_of(message))
    await asyncio.sleep(2 * float(HELD_UP_SECONDS))  # whatever is still to come
    assert first not in job_ids_of(message)
    assert len(message.attachments) == 1
    assert len(fleet.town.paid) == 2


@pytest.mark.parametrize(
    "point", ["submit.committed", "submit.before", "picture.before:2", "picture.after:2"]
)
async def test_a_worker_that_was_stopped_and_goes_on_does_nothing_twice(
    fleet: Fleet, url: str, point: str
) -> None:
    """Another one has its cards by then. What was about to be sent is looked up, which takes minutes."""
    settings = {"QUEUE_STALLED_SECONDS": STALLED_SECONDS}
    is_in_doubt = point.startswith("submit")
    if not is_in_doubt:  # by the first picture, the provider has accepted all eight requests
        fleet.town.segmind.latency = ACCEPTED_WITHIN_SECONDS
    await fleet.start_gateway(**settings)
    frozen = await fleet.start(**settings, FAULT_POINT=point, FAULT_SIGNAL="SIGSTOP")
    await fleet.until_said(frozen, "doing the chores")
    messages = [await fleet.ask(f"fox {number}") for number in range(2)]
    assert frozen.pid is not None
    await until_in_state(frozen.pid, "T")
    other = await fleet.start(**settings)
    await fleet.until_said(other, "cards of a worker that has died")
    await fleet.town.until(
        lambda: shown_once(messages) + in_doubt(url) == 8 and (in_doubt(url) > 0) is is_in_doubt
    )
    bills, holders = len(fleet.town.bills), holders_in_doubt(url)
    os.kill(frozen.pid, signal.SIGCONT)
    await until_in_state(frozen.pid, "RS")
    await asyncio.sleep(4)  # whatever is still to come
    assert shown_once(messages) + in_doubt(url) == 8
    assert (in_doubt(url) > 0) is is_in_doubt
    assert holders_in_doubt(url) == holders  # the first one has finished no row of the other's
    assert (len(holders) > 0) is is_in_doubt
    assert len(fleet.town.bills) == bills
    assert fleet.town.messages_of_the_bot() == messages


def shown_once(messages: list[Message]) -> int:
    shown = [job_id for message in messages for job_id in job_ids_of(message)]
    assert len(set(shown)) == len(shown) == sum(len(message.attachments) for message in messages)
    return len(shown)


def in_doubt(url: str) -> int:
    return count(url, "SELECT count(*) FROM jobs WHERE state = 'unresolved'")


def holders_in_doubt(url: str) -> list[tuple[int, int]]:
    """Each card whose picture is looked up, with the worker that drives it."""
    with psycopg.connect(url) as connection:
        found = connection.execute(
            "SELECT DISTINCT card_id, worker_id FROM jobs"
            " JOIN procrastinate_jobs ON (args->>'card_id')::bigint = card_id AND status = 'doing'"
            " WHERE state = 'unresolved' ORDER BY card_id"
        )
        return list(found)


def count(url: str, asked: LiteralString) -> int:
    with psycopg.connect(url) as connection:
        (found,) = connection.execute(asked).fetchone() or (0,)
        return int(found)


async def until_count(url: str, asked: LiteralString, wanted: int) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while count(url, asked) != wanted:  # noqa: ASYNC110  another process's
            await asyncio.sleep(0.1)


async def until_in_state(pid: int, states: str) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while state_of(pid) not in states:  # noqa: ASYNC110  another process's
            await asyncio.sleep(0.02)


def state_of(pid: int) -> str:
    return Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()[0]

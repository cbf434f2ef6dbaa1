"""Several processes on one PostgreSQL database: refused, or sharing the work by a queue."""

import asyncio
import os
import time
from http import HTTPStatus

import psycopg
from cryptography.fernet import Fernet

from tests.journeys.fleet import Fleet
from tests.journeys.town import PATIENCE_SECONDS, Town


async def command(town: Town, url: str, *arguments: str) -> tuple[int | None, str]:
    return await town.said("-m", "bot", *arguments, "--env-file", os.devnull, DATABASE_URL=url)


async def test_a_second_run_is_refused_and_the_other_commands_work(closed_town: Town, url: str) -> None:
    await closed_town.open(DATABASE_URL=url)
    code, said = await command(closed_town, url, "run")
    assert code == 1
    (line,) = said.splitlines()
    assert line.startswith("Another bot is using ")
    assert f"(process {closed_town.bot.pid} on " in line
    for arguments in (["migrate"], ["backup", str(closed_town.folder / "copy")], ["servers"], ["check"]):
        code, said = await command(closed_town, url, *arguments)
        assert "Another bot" not in said
        assert code == 0 or arguments == ["check"], said
    message = await closed_town.person("ada").slash("pictures", "imagine", prompt="a fox").message()
    await closed_town.until_picture(message)
    await closed_town.bot.stop()


#: A dead worker's cards are with another one within this time.
TAKEN_OVER_SECONDS = 15.0
#: So long that a worker can be ended in the middle.
SLOW_PICTURE = 6.0


def queue_rows(url: str) -> int:
    with psycopg.connect(url) as connection:
        (found,) = connection.execute("SELECT count(*) FROM procrastinate_jobs").fetchone() or (0,)
        return int(found)


async def test_a_worker_makes_what_a_gateway_has_taken(fleet: Fleet, url: str) -> None:
    await fleet.start_gateway()
    await fleet.start()
    messages = [await fleet.ask(f"fox {number}") for number in range(3)]
    await fleet.until_pictures(messages)
    assert len(fleet.town.paid) == 12
    async with asyncio.timeout(PATIENCE_SECONDS):
        while queue_rows(url):  # noqa: ASYNC110  another process's
            await asyncio.sleep(0.05)


async def test_what_was_taken_without_a_worker_is_made_once_there_is_one(fleet: Fleet, url: str) -> None:
    """Also if the queue was emptied by hand."""
    await fleet.start_gateway()
    messages = [await fleet.ask(f"fox {number}") for number in range(2)]
    await fleet.town.until_logged("admitted")
    with psycopg.connect(url) as connection:
        connection.execute("DELETE FROM procrastinate_jobs")
    await fleet.start()
    await fleet.until_pictures(messages)
    assert len(fleet.town.paid) == 8


async def test_two_workers_share_the_work_and_lose_nothing(fleet: Fleet, url: str) -> None:
    await fleet.start_gateway()
    workers = await fleet.start_two_workers()
    messages = [await fleet.ask(f"fox {number}") for number in range(8)]
    await fleet.until_pictures(messages)
    assert len(fleet.town.paid) == len(fleet.town.bills) == 32
    for worker in workers:
        await fleet.until_said(worker, "delivered [")


async def test_what_a_killed_worker_had_the_other_goes_on_with(fleet: Fleet) -> None:
    """The killed one did the chores, too."""
    fleet.town.segmind.latency = SLOW_PICTURE
    await fleet.start_gateway()
    first, second = await fleet.start_two_workers()
    messages = [await fleet.ask(f"fox {number}") for number in range(6)]
    await fleet.town.until(lambda: len(fleet.town.bills) == 24)
    first.kill()
    await first.wait()
    began = time.monotonic()
    await fleet.until_said(second, "cards of a worker that has died")
    assert time.monotonic() - began < TAKEN_OVER_SECONDS
    await fleet.until_said(second, "doing the chores")
    await fleet.until_pictures(messages)
    assert len(fleet.town.paid) == len(fleet.town.bills) == 24


async def test_a_key_that_one_worker_sees_refused_stops_all(fleet: Fleet) -> None:
    """Also the gateway, which sends nothing itself."""
    await fleet.start_gateway()
    await fleet.start_two_workers()
    await fleet.until_pictures([await fleet.ask("a fox")])
    for route in ("submit", "credits"):
        fleet.town.segmind.faults.add(route, "key_refused")
    message = await fleet.ask("an owl", 1)
    for process in (fleet.town.bot, *fleet.others):
        await fleet.until_said(process, "requests are paused")
    assert (await fleet.ask("a hare", 1)).is_ephemeral
    fleet.town.segmind.faults.clear()
    await fleet.until_pictures([message], 1)
    assert len(fleet.town.requests_to("submit")) - len(fleet.town.bills) <= 2


async def test_a_worker_that_is_told_to_stop_gives_its_cards_to_the_next(fleet: Fleet) -> None:
    fleet.town.segmind.latency = SLOW_PICTURE
    await fleet.start_gateway()
    first = await fleet.start()
    await fleet.until_said(first, "at work")
    messages = [await fleet.ask(f"fox {number}") for number in range(2)]
    await fleet.town.until(lambda: len(fleet.town.bills) == 8)
    await fleet.start()
    await first.stop()
    assert first.ending == "exit code 0"
    await fleet.until_pictures(messages)
    assert len(fleet.town.paid) == 8


async def test_a_killed_gateway_is_replaced_by_the_one_that_waits(fleet: Fleet) -> None:
    await fleet.start_gateway()
    await fleet.start()
    second = await fleet.start("run")
    await fleet.until_said(second, "waiting to take over")
    await fleet.town.kill()
    await fleet.town.until(lambda: not fleet.town.discord.is_connected)
    await fleet.town.until(lambda: fleet.town.discord.is_connected)
    await fleet.until_pictures([await fleet.ask("a fox")])


async def test_who_works_alone_is_refused_beside_others(fleet: Fleet, url: str) -> None:
    await fleet.start()
    await fleet.until_said(fleet.others[0], "serving")
    code, said = await command(fleet.town, url, "run")
    assert (code, said.count("\n")) == (1, 1)
    assert said.startswith("Another bot is using ")


async def test_a_process_with_another_key_is_refused_in_one_line(fleet: Fleet) -> None:
    """And `check` says so; with the right one, what there is beside it."""
    await fleet.start_gateway()
    others = {"SECRET_KEY": Fernet.generate_key().decode(), "DATA_DIR": str(fleet.town.folder / "another")}
    bot = "-m", "bot"
    code, said = await fleet.town.said(*bot, "worker", "--env-file", os.devnull, **(fleet.settings | others))
    assert code == 1
    assert said.splitlines()[-1].startswith("Other processes of the bot are running with another SECRET_KEY")
    check = *bot, "check", "--env-file", os.devnull
    code, said = await fleet.town.said(*check, **(fleet.settings | others))
    assert code == 1
    assert "FIX   Shared key: Other processes" in said
    code, said = await fleet.town.said(*check, **fleet.settings)
    assert "ok    Shared key: that of all running processes (1)" in said
    assert "FIX   Workers: none is running" in said
    assert "ok    Sessions: up to 12 for all" in said
    worker = await fleet.start()
    await fleet.until_said(worker, "doing the chores")
    code, said = await fleet.town.said(*check, **fleet.settings)
    assert "ok    Workers: 1 running" in said


async def test_a_worker_without_a_queue_is_refused_in_one_line(closed_town: Town) -> None:
    code, said = await closed_town.said("-m", "bot", "worker", "--env-file", os.devnull)
    assert code == 1
    (line,) = said.splitlines()
    assert "set QUEUE=procrastinate" in line


async def test_four_workers_together_keep_a_limit_that_is_strict(fleet: Fleet) -> None:
    """More than a minute's requests, so that the second minute begins on the wire, too."""
    per_minute = 60
    fleet.town.segmind.rate_limit.per_minute = per_minute
    settings = {"SEGMIND_REQUESTS_PER_MINUTE": str(per_minute)}
    await fleet.start_gateway(**settings)
    workers = [await fleet.start(**settings) for _ in range(4)]
    for worker in workers:
        await fleet.until_said(worker, "at work")
    messages = [await fleet.ask(f"fox {number}") for number in range(7)]
    await fleet.until_pictures(messages, within_seconds=180)
    statuses = [request.status for request in fleet.town.segmind.requests]
    assert HTTPStatus.TOO_MANY_REQUESTS not in statuses
    assert len(fleet.town.paid) == len(fleet.town.bills) == 28
    counted = sum(map(len, map(fleet.town.requests_to, ("submit", "status", "result"))))
    assert counted > per_minute

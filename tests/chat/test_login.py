"""Pauses before the next login: longer each time, over restarts too, and as long as Discord asks for."""

import asyncio
import json
import random
from datetime import timedelta
from pathlib import Path

import pytest

from bot.chat.gateway.client import GatewayClient
from bot.chat.gateway.client_setup import ChatSettings, make_client
from bot.chat.gateway.login import LONGEST_ASKED_SECONDS, Login
from bot.ops.metrics import Metrics
from standins.clock import VirtualClock
from standins.fake_discord.server import FakeDiscord
from tests.builders import stepped_clock

LOGIN = "GET /users/@me"


class Process:
    """One process's worth of login, by a clock that stands still."""

    def __init__(self, fake: FakeDiscord, file: Path, clock: VirtualClock) -> None:
        self.fake, self.clock = fake, clock
        settings = ChatSettings(api_url=fake.api_url, gateway_url=fake.gateway_url, cdn_url=fake.cdn_url)
        self.client: GatewayClient = make_client(settings, clock, Metrics())
        login = Login(self.client, file, clock, random.Random(0))
        self.running = asyncio.create_task(login.run(fake.world.app.token))

    @property
    def attempts(self) -> int:
        return len(self.fake.requests.matching(LOGIN))

    async def attempted(self, times: int) -> None:
        await self.fake.world.until(lambda _: self.attempts >= times)

    async def slept(self) -> float:
        """How long it waits by the clock, once it does, until the next thing happens."""
        async with asyncio.timeout(10.0):
            before = self.clock.monotonic()
            while not self.clock.wake_next():  # noqa: ASYNC110  a clock has no event for its sleepers
                await asyncio.sleep(0.01)
            return self.clock.monotonic() - before

    async def end(self) -> None:
        self.running.cancel()
        await asyncio.gather(self.running, return_exceptions=True)
        await self.client.close()


@pytest.fixture
def clock() -> VirtualClock:
    return stepped_clock()


async def test_the_pause_grows_over_restarts_too(
    fake: FakeDiscord, clock: VirtualClock, tmp_path: Path
) -> None:
    fault = fake.faults.add(LOGIN, status=403, code=40333)
    file, pauses = tmp_path / "login.json", []
    for process_number in range(5):
        process = Process(fake, file, clock)
        if process_number:
            pauses.append(await process.slept())  # what the last process has left to wait
        await process.attempted(process_number + 1)
        async with asyncio.timeout(10.0):
            while not file.exists() or json.loads(file.read_text())["count"] <= process_number:  # noqa: ASYNC110  a file
                await asyncio.sleep(0.01)
        await process.end()
    assert 20 < pauses[0] < pauses[1] < pauses[2] < pauses[3] < 900
    fake.faults.remove(fault)
    process = Process(fake, file, clock)
    await process.slept()
    await process.running
    assert not file.exists()
    await process.end()


async def test_whoever_is_asked_to_wait_waits(fake: FakeDiscord, clock: VirtualClock, tmp_path: Path) -> None:
    fake.faults.rate_limit(LOGIN, retry_after_seconds=1800.0)
    process = Process(fake, tmp_path / "login.json", clock)
    assert await process.slept() == pytest.approx(1800.0, abs=1.0)
    await process.running
    await process.end()


@pytest.mark.parametrize("left", ["", "{", "[]", '{"count": "x"}', '{"count": 1, "until": 1e18}'])
async def test_whatever_the_file_holds_it_is_not_waited_for_ever(
    fake: FakeDiscord, clock: VirtualClock, tmp_path: Path, left: str
) -> None:
    file = tmp_path / "login.json"
    file.write_text(left)
    process = Process(fake, file, clock)
    if "1e18" in left:
        assert await process.slept() == LONGEST_ASKED_SECONDS
    await process.running
    await process.end()


async def test_a_machines_clock_that_was_set_back_prolongs_no_pause(
    fake: FakeDiscord, clock: VirtualClock, tmp_path: Path
) -> None:
    file = tmp_path / "login.json"
    file.write_text(json.dumps({"count": 3, "until": clock.now().timestamp() + 100}))
    clock.jump(timedelta(days=-30))
    process = Process(fake, file, clock)
    assert await process.slept() <= LONGEST_ASKED_SECONDS
    await process.running
    await process.end()

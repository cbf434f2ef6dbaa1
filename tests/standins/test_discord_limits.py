"""How much and how often: sizes of requests, rate limits, and what becomes of who is refused too often."""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp
import pytest

from standins.clock import VirtualClock
from standins.fake_discord.invalid_requests import InvalidRequests
from tests.builders import NOON
from tests.standins.little_bot import running_discord
from tests.standins.raw_client import Answered, RawClient

MIB = 1024 * 1024
ME = "/users/@me"


# --- sizes ---


async def posted(raw: RawClient, *sizes: int) -> Answered:
    files = {number: (f"{number}.png", bytes(size)) for number, size in enumerate(sizes)}
    return await raw.post(raw.fake.world.channel("pictures"), {"content": "x"}, files=files)


@pytest.mark.parametrize(
    ("tier", "sizes"),
    [(0, [10 * MIB, 10 * MIB, 5 * MIB]), (2, [26 * MIB, 24 * MIB]), (2, [50 * MIB])],
)
async def test_files_up_to_the_limits_are_taken(raw: RawClient, tier: int, sizes: list[int]) -> None:
    raw.fake.world.guild("Lantern Studio").premium_tier = tier
    assert (await posted(raw, *sizes)).status == 200


@pytest.mark.parametrize(
    ("tier", "sizes"),
    [
        (0, [10 * MIB + 1]),
        (0, [10 * MIB, 10 * MIB, 5 * MIB + 1]),
        (0, [3 * MIB] * 9),
        (2, [26 * MIB, 25 * MIB]),
    ],
)
async def test_a_file_too_large_or_files_that_are_so_together_are_refused(
    raw: RawClient, tier: int, sizes: list[int]
) -> None:
    raw.fake.world.guild("Lantern Studio").premium_tier = tier
    refused = await posted(raw, *sizes)
    assert (refused.status, refused.body) == (413, {"message": "Request entity too large", "code": 40005})
    assert not raw.fake.world.channel("pictures").messages


async def test_a_request_without_files_is_no_larger(raw: RawClient) -> None:
    answered = await raw.post(raw.fake.world.channel("pictures"), {"content": "x" * 25 * MIB})
    assert (answered.status, answered.code) == (413, 40005)


# --- rates ---


async def test_a_429_tells_whose_limit_it_is(raw: RawClient) -> None:
    channel = raw.fake.world.channel("pictures")
    answers = [await raw.post(channel, {"content": "x"}) for _ in range(6)]
    assert [one.status for one in answers] == [200] * 5 + [429]
    assert answers[-1].headers["X-RateLimit-Scope"] == "user"
    assert answers[-1].body["global"] is False
    crowd = [await raw.ask("GET", f"/channels/{channel.id}") for _ in range(50)]
    refused = [one for one in crowd if one.status == 429]
    assert refused
    assert {one.headers["X-RateLimit-Scope"] for one in refused} == {"global"}


# --- too many invalid requests ---


async def refuse(raw: RawClient, times: int) -> None:
    for _ in range(times):
        assert (await raw.ask("GET", ME, token="wrong")).status == 401


@pytest.fixture
async def raw_at_noon(clock: VirtualClock) -> AsyncIterator[RawClient]:
    async with running_discord(clock) as fake, aiohttp.ClientSession() as session:
        yield RawClient(fake, session)


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock(NOON, speed=0)


async def test_who_is_refused_too_often_is_shut_out_until_it_is_over(
    raw_at_noon: RawClient, clock: VirtualClock
) -> None:
    raw = raw_at_noon
    raw.fake.invalid_requests.most = 3
    await refuse(raw, 2)
    assert (await raw.ask("GET", ME)).status == 200
    await refuse(raw, 1)
    shut_out = await raw.ask("GET", ME)
    assert (shut_out.status, shut_out.headers["Content-Type"]) == (429, "text/html; charset=UTF-8")
    assert b"Error 1015" in shut_out.body
    assert "Via" not in shut_out.headers
    assert shut_out.headers["Retry-After"] == "3601"
    clock.pass_by(3599)
    assert (await raw.ask("POST", "/nowhere")).status == 429
    clock.pass_by(1)
    assert (await raw.ask("GET", ME)).status == 200
    assert raw.fake.invalid_requests.blocks == 1


async def test_files_are_served_to_who_is_shut_out(raw: RawClient) -> None:
    """They lie elsewhere."""
    raw.fake.invalid_requests.block()
    assert (await raw.ask("GET", "/attachments/1/2/cat.png", base=raw.fake.cdn_url)).status == 404


@pytest.mark.parametrize(
    ("status", "is_counted"), [(401, 1), (403, 1), (429, 1), (404, 0), (400, 0), (500, 0)]
)
async def test_what_counts(raw: RawClient, status: int, is_counted: int) -> None:
    raw.fake.faults.add("GET /users/@me", status=status, times=1)
    await raw.ask("GET", ME)
    assert raw.fake.invalid_requests.counted == is_counted


async def test_a_limit_that_others_share_does_not_count(raw: RawClient) -> None:
    raw.fake.faults.rate_limit("GET /users/@me", is_shared=True)
    answered = await raw.ask("GET", ME)
    assert (answered.status, answered.headers["X-RateLimit-Scope"]) == (429, "shared")
    assert raw.fake.invalid_requests.counted == 0


async def test_files_that_are_refused_do_not_count(raw: RawClient) -> None:
    raw.fake.faults.add("GET /attachments/*", status=403)
    await raw.ask("GET", "/attachments/1/2/cat.png", base=raw.fake.cdn_url)
    assert raw.fake.invalid_requests.counted == 0


def test_ten_thousand_within_ten_minutes_are_too_many() -> None:
    clock = VirtualClock(NOON, speed=0)
    invalid = InvalidRequests(clock)
    for _ in range(9_999):
        invalid.count(403, is_shared=False)
    clock.pass_by(600)
    for _ in range(9_999):
        invalid.count(401, is_shared=False)
    assert invalid.blocks == 0
    clock.pass_by(599)
    invalid.count(429, is_shared=False)
    assert invalid.blocks == 1
    assert invalid.counted == 0

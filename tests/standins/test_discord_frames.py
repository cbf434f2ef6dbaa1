"""What frames look like on the wire, and each code with which the gateway hangs up, for its own cause."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import aiohttp
import pytest

from standins.fake_discord.close_codes import CloseCode
from standins.fake_discord.dispatches import Intents
from standins.fake_discord.world import DEFAULT_TOKEN
from tests.standins.little_bot import LittleBot
from tests.standins.sockets import ALL_HEARD, Socket, Sockets

IDENTIFY = {"token": DEFAULT_TOKEN, "intents": ALL_HEARD}


async def test_every_frame_carries_all_four_keys(sockets: Sockets) -> None:
    socket = await sockets.dial()
    seen = [await socket.receive_json(timeout=5)]
    for said in ({"op": 1, "d": None}, {"op": 6, "d": {"token": DEFAULT_TOKEN, "session_id": "?", "seq": 0}}):
        await socket.send_json(said)
        seen.append(await socket.receive_json(timeout=5))
    await socket.send_json({"op": 2, "d": IDENTIFY})
    seen += [await socket.receive_json(timeout=5) for _ in range(2)]
    assert [frame["op"] for frame in seen] == [10, 11, 9, 0, 0]
    assert {frozenset(frame) for frame in seen} == {frozenset({"op", "d", "s", "t"})}


async def test_zlib_is_one_stream_for_the_whole_connection(sockets: Sockets) -> None:
    socket = await sockets.dial("/?v=10&encoding=json&compress=zlib-stream")
    stream = zlib.decompressobj()

    async def hear() -> Any:
        data = await socket.receive_bytes(timeout=5)
        assert data.endswith(b"\0\0\xff\xff")
        return json.loads(stream.decompress(data))

    assert (await hear())["op"] == 10
    await socket.send_json({"op": 2, "d": IDENTIFY})
    assert [(await hear())["t"] for _ in range(3)] == ["READY", "GUILD_CREATE", "GUILD_CREATE"]


def zstd() -> Callable[[bytes], bytes] | None:
    """What reads the stream, by the package or the Python that the stand-in would write it with."""
    if find_spec("zstandard"):
        return import_module("zstandard").ZstdDecompressor().decompressobj().decompress  # type: ignore[no-any-return]  # is no dependency
    if find_spec("compression"):
        return import_module("compression.zstd").ZstdDecompressor().decompress  # type: ignore[no-any-return]  # of Python 3.14
    return None


async def test_zstd_is_spoken_where_it_can_be_and_else_refused(sockets: Sockets) -> None:
    socket = await sockets.dial("/?v=10&encoding=json&compress=zstd-stream")
    read = zstd()
    if read is None:
        await socket.receive(timeout=5)
        assert socket.close_code == CloseCode.DECODE_ERROR
        return
    assert json.loads(read(await socket.receive_bytes(timeout=5)))["op"] == 10
    await socket.send_json({"op": 1, "d": None})
    assert json.loads(read(await socket.receive_bytes(timeout=5)))["op"] == 11


async def test_discord_py_is_spoken_to_as_in_production(little_bot: LittleBot) -> None:
    """Always in one of both streams."""
    expected = "zlib-stream" if zstd() is None else "zstd-stream"
    assert f"compress={expected}" in str(little_bot.ws.socket._response.url)


async def test_binary_frames_are_understood(sockets: Sockets) -> None:
    socket = await sockets.dial()
    await socket.receive_json(timeout=5)
    await socket.send_bytes(json.dumps({"op": 2, "d": IDENTIFY}).encode())
    assert (await socket.receive_json(timeout=5))["t"] == "READY"


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("/?v=5", CloseCode.INVALID_API_VERSION),
        ("/?v=ten", CloseCode.INVALID_API_VERSION),
        ("/?v=10&encoding=etf", CloseCode.DECODE_ERROR),
        ("/?v=10&encoding=json&compress=rot13", CloseCode.DECODE_ERROR),
    ],
)
async def test_what_an_address_may_not_ask_for(sockets: Sockets, query: str, code: int) -> None:
    socket = await sockets.dial(query)
    message = await socket.receive(timeout=5)
    assert (message.type, socket.close_code) == (aiohttp.WSMsgType.CLOSE, code)
    assert message.extra


SAID_BEFORE_IDENTIFY: list[tuple[Any, CloseCode]] = [
    ({"op": 99}, CloseCode.UNKNOWN_OPCODE),
    ({"op": 0, "d": {}}, CloseCode.UNKNOWN_OPCODE),
    ("{", CloseCode.DECODE_ERROR),
    ([], CloseCode.DECODE_ERROR),
    ({"d": {}}, CloseCode.DECODE_ERROR),
    ({"op": 2}, CloseCode.DECODE_ERROR),
    ({"op": 6, "d": []}, CloseCode.DECODE_ERROR),
    ({"op": 3, "d": {"status": "x" * 4096}}, CloseCode.DECODE_ERROR),
    ({"op": 3, "d": {"status": "online"}}, CloseCode.NOT_AUTHENTICATED),
    ({"op": 2, "d": IDENTIFY | {"token": "wrong"}}, CloseCode.AUTHENTICATION_FAILED),
    ({"op": 6, "d": {"token": "wrong"}}, CloseCode.AUTHENTICATION_FAILED),
    ({"op": 2, "d": IDENTIFY | {"shard": [2, 2]}}, CloseCode.INVALID_SHARD),
    ({"op": 2, "d": IDENTIFY | {"shard": [0, 0]}}, CloseCode.INVALID_SHARD),
    ({"op": 2, "d": IDENTIFY | {"shard": ["0", 1]}}, CloseCode.INVALID_SHARD),
    ({"op": 2, "d": IDENTIFY | {"intents": 1 << 30}}, CloseCode.INVALID_INTENTS),
    ({"op": 2, "d": IDENTIFY | {"intents": -1}}, CloseCode.INVALID_INTENTS),
    ({"op": 2, "d": {"token": DEFAULT_TOKEN}}, CloseCode.INVALID_INTENTS),
    ({"op": 2, "d": IDENTIFY | {"intents": int(Intents.MESSAGE_CONTENT)}}, CloseCode.DISALLOWED_INTENTS),
]


@pytest.mark.parametrize(("said", "code"), SAID_BEFORE_IDENTIFY)
async def test_what_a_stranger_may_not_say(sockets: Sockets, said: Any, code: CloseCode) -> None:
    socket = await sockets.open()
    await socket.say_text(said if isinstance(said, str) else json.dumps(said))
    assert await socket.close_code() == code
    assert not sockets.fake.is_connected


async def identified(sockets: Sockets) -> tuple[Socket, dict[str, Any]]:
    socket = await sockets.open()
    return socket, await socket.identify()


@pytest.mark.parametrize("op", [2, 6])
async def test_nobody_identifies_twice(sockets: Sockets, op: int) -> None:
    socket, ready = await identified(sockets)
    await socket.say(op, IDENTIFY | {"session_id": ready["session_id"], "seq": 1})
    assert await socket.close_code() == CloseCode.ALREADY_AUTHENTICATED


@pytest.mark.parametrize("seq", [99, -1, None, "1"])
async def test_nobody_resumes_after_what_was_never_sent(sockets: Sockets, seq: Any) -> None:
    lost, ready = await identified(sockets)
    sockets.fake.faults.cut_gateway()
    await lost.close_code()
    socket = await sockets.open()
    await socket.say(6, {"token": DEFAULT_TOKEN, "session_id": ready["session_id"], "seq": seq})
    assert await socket.close_code() == CloseCode.INVALID_SEQUENCE


async def test_a_client_says_at_most_120_frames_a_minute(sockets: Sockets) -> None:
    socket = await sockets.open()
    for _ in range(120):
        await socket.say(1, None)
    assert [(await socket.hear())["op"] for _ in range(120)] == [11] * 120
    await socket.say(1, None)
    assert await socket.close_code() == CloseCode.RATE_LIMITED


async def test_a_session_without_heartbeats_times_out_for_good(sockets: Sockets) -> None:
    heartbeats = sockets.fake.gateway.heartbeats
    heartbeats.interval_seconds = heartbeats.least_patience_seconds = 0.05
    socket, ready = await identified(sockets)
    assert await socket.close_code() == CloseCode.SESSION_TIMED_OUT
    await sockets.fake.world.until(lambda _: not sockets.fake.is_connected)
    heartbeats.interval_seconds = 40.0
    again = await sockets.open()
    await again.say(6, {"token": DEFAULT_TOKEN, "session_id": ready["session_id"], "seq": 1})
    assert (await again.hear())["op"] == 9


async def test_too_many_guilds_take_shards(sockets: Sockets) -> None:
    guilds = len(sockets.fake.world.guilds)
    sockets.fake.gateway.most_guilds_to_a_shard = guilds
    await identified(sockets)
    sockets.fake.gateway.most_guilds_to_a_shard = guilds - 1
    socket = await sockets.open()
    await socket.say(2, IDENTIFY)
    assert await socket.close_code() == CloseCode.SHARDING_REQUIRED


async def test_sessions_of_one_bucket_begin_one_after_the_other(sockets: Sockets) -> None:
    starts = sockets.fake.gateway.session_starts
    starts.max_concurrency, starts.window_seconds = 2, 5.0
    for shard in (0, 1):
        await (await sockets.open()).identify(shard=[shard, 4])
    hasty = await sockets.open()
    await hasty.say(2, IDENTIFY | {"shard": [2, 4]})
    assert (await hasty.hear())["op"] == 9
    assert starts.refused == 1
    starts.window_seconds = 0.0
    await hasty.identify(shard=[2, 4])
    assert starts.remaining == starts.total - 3


async def test_one_session_too_many_resets_the_token(sockets: Sockets) -> None:
    sockets.fake.gateway.session_starts.remaining = 1
    first, _ = await identified(sockets)
    second = await sockets.open()
    await second.say(2, IDENTIFY)
    for socket in (first, second):
        assert await socket.close_code() == CloseCode.AUTHENTICATION_FAILED
    assert sockets.fake.world.app.token != DEFAULT_TOKEN

"""Heartbeats to Discord's gateway: how long the answer took is measured, however soon it comes."""

import asyncio
import time
from typing import Any, cast

from discord.gateway import KeepAliveHandler

from bot.chat.gateway.websocket import Connection


class AnsweringAtOnce:
    """A socket whose other end answers a heartbeat before discord.py's thread knows that it was sent."""

    def __init__(self) -> None:
        self.connection: Connection | None = None

    async def send_str(self, _text: str) -> None:
        assert self.connection is not None
        assert self.connection._keep_alive is not None
        self.connection._keep_alive.ack()


async def test_an_answer_at_once_is_not_taken_for_one_that_took_the_whole_interval() -> None:
    socket = AnsweringAtOnce()
    connection = Connection(cast("Any", socket), loop=asyncio.get_running_loop())
    socket.connection = connection
    connection._max_heartbeat_timeout = 60.0
    heart = connection._keep_alive = KeepAliveHandler(ws=connection, interval=41.25, shard_id=0)
    heart._last_send = time.perf_counter() - 41.25
    await connection.send_heartbeat({"op": 1, "d": None})
    assert connection.latency < 10

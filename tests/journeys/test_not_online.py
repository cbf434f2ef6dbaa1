"""A bot that ends at its start is told of at once, with its last words, in whatever test it happens."""

import asyncio
import socket

import pytest

from tests.journeys.town import PATIENCE_SECONDS, NotOnline, Town


async def test_a_bot_that_ends_at_its_start_is_not_waited_for(closed_town: Town) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        async with asyncio.timeout(PATIENCE_SECONDS * 0.9):
            with pytest.raises(NotOnline, match=r"exit code 1\n.*cannot listen on") as told:
                await closed_town.open(OPS_PORT=str(taken.getsockname()[1]))
    assert "set OPS_HOST or OPS_PORT" in str(told.value)


async def test_a_bot_that_never_comes_online_tells_how_far_it_came(closed_town: Town) -> None:
    await closed_town.launch()
    await closed_town.until_logged("serving /healthz and /metrics")
    with pytest.raises(NotOnline, match=r"not within 1 s; the bot: it runs\n.*serving /healthz"):
        await closed_town.until_online(lambda: False, within_seconds=1.0)

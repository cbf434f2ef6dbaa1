"""What discord.py adds to messages and edits, and what the bot leaves out again."""

from collections.abc import Iterator

import discord
import pytest

from bot.chat.rest.http_client import silent
from standins.fake_discord.model import Json
from tests.chat.counter import BY_BOT, BY_TOKEN, POST, Counter, counter_at
from tests.chat.studio import Studio

ANSWERS = "POST /interactions/*"


def keys(node: object) -> Iterator[str]:
    """Of all objects, however deep."""
    if isinstance(node, dict):
        yield from node
    for inner in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from keys(inner)


async def post_and_edit_in_every_way(studio: Studio, counter: Counter) -> None:
    """Answers, edits by either token, with files and without, and posts."""
    await counter.deliver()
    await counter.show()
    studio.discord.faults.expire_tokens()
    await counter.deliver(counter.job_ids[1])
    await counter.show()
    counter.lock()
    await counter.deliver(counter.job_ids[1])
    await studio.person("ada").slash("pictures", "help").message()


async def test_nothing_is_sent_to_be_read_out(studio: Studio) -> None:
    await post_and_edit_in_every_way(studio, await counter_at(studio, count=2))
    ways = {
        (route, bool(one.files))
        for route in (ANSWERS, BY_TOKEN, BY_BOT, POST)
        for one in studio.discord.requests.matching(route)
    }
    assert ways >= {(ANSWERS, False), (POST, True)} | {
        (way, has) for way in (BY_TOKEN, BY_BOT) for has in (True, False)
    }
    for one in studio.discord.requests:
        assert "tts" not in set(keys(one.json)), one.route


@pytest.mark.parametrize(
    ("body", "kept"),
    [
        ({"tts": False, "content": "a"}, {"content": "a"}),
        ({"type": 7, "data": {"tts": False, "content": "tts"}}, {"type": 7, "data": {"content": "tts"}}),
        ({"type": 6}, {"type": 6}),
        ({"type": 6, "data": None}, {"type": 6, "data": None}),
    ],
)
def test_only_this_key_is_left_out(body: Json, kept: Json) -> None:
    assert silent(body) == kept


async def test_calls_are_made_with_what_the_client_was_told(studio: Studio) -> None:
    http = studio.client.http
    assert http.max_ratelimit_timeout == 30.0
    assert studio.client._connection.http is http
    assert isinstance(http, discord.http.HTTPClient)

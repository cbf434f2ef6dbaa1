"""Each call when all goes well: what is sent, and what comes back."""

import random
from datetime import timedelta
from io import BytesIO

import pytest
from PIL import Image

from bot.domain.failure import FailureKind
from bot.domain.luma import AspectRatio, Style
from bot.domain.provider import Completed, Failed, Picture, Result, StillRunning
from bot.services.protocols import ImageProvider
from standins.fake_segmind import KeySeen
from tests.fetched import fetched
from tests.segmind.provider_pair import an_input, provider_pair


def a_picture() -> Picture:
    buffer = BytesIO()
    Image.new("RGB", (30, 20), "orange").save(buffer, "PNG")
    return Picture(buffer.getvalue(), "image/png")


async def test_the_client_is_an_image_provider() -> None:
    async with provider_pair() as pair:
        provider: ImageProvider = pair.client
        assert await provider.credits() == 100.0


async def test_a_submit_sends_what_is_asked_for_and_nothing_else() -> None:
    async with provider_pair() as pair:
        await pair.client.submit(an_input("a fox", aspect_ratio=AspectRatio.TALL_2_3, style=Style.MANGA))
        await pair.client.submit(an_input("Ωμέγα 🦊", aspect_ratio=None, image_url="http://127.0.0.1:9/x"))
        submits = pair.provider.requests_to("submit")
        bodies = [request.body for request in submits]
    for submit in submits:
        assert submit.headers["content-type"] == "application/json"
        assert int(submit.headers["content-length"]) > 0
    assert bodies == [
        {"prompt": "a fox", "aspect_ratio": "2:3", "style": "manga"},
        {"prompt": "Ωμέγα 🦊", "style": "auto", "image": "http://127.0.0.1:9/x"},
    ]


async def test_every_call_carries_the_key_and_says_who_asks() -> None:
    async with provider_pair(client={"user_agent": "picture-bot/9 (+self-hosted Discord bot)"}) as pair:
        request_id = await pair.submitted()
        await pair.client.status(request_id)
        await pair.client.result(request_id)
        await pair.client.credits()
        await pair.client.upload(a_picture())
        assert await pair.client.history_row(request_id) is not None
    assert {request.key for request in pair.provider.requests} == {KeySeen.RIGHT}
    agents = {request.headers["user-agent"] for request in pair.provider.requests}
    assert agents == {"picture-bot/9 (+self-hosted Discord bot)"}


async def test_a_request_is_followed_from_submit_to_bytes() -> None:
    async with provider_pair(latency=0.15) as pair:
        request_id = await pair.client.submit(an_input())
        assert await pair.client.status(request_id) == StillRunning()
        assert await pair.client.result(request_id) == StillRunning()
        await pair.provider.until(lambda: not pair.provider.open)
        status = await pair.client.status(request_id)
        result = await pair.client.result(request_id)
        assert isinstance(status, Completed)
        assert isinstance(result, Result)
        data = await fetched(pair.client.download, result.output_url)
    assert Image.open(BytesIO(data)).format == "JPEG"
    assert status.provider_seconds == result.provider_seconds == pytest.approx(0.15, abs=0.15)
    assert (result.cost_microusd, result.remaining_credits) == (54_300, 99.9457)
    assert [bill.request_id for bill in pair.provider.paid] == [request_id]


async def test_a_failed_job_says_why() -> None:
    async with provider_pair() as pair:
        pair.provider.faults.add("submit", "blocked", times=1)
        request_id = await pair.submitted()
        status, result = await pair.client.status(request_id), await pair.client.result(request_id)
    assert isinstance(status, Failed)
    assert status == result
    assert status.failure.kind is FailureKind.BLOCKED
    assert "content_moderated" in (status.failure.note or "")


async def test_an_uploaded_picture_is_edited() -> None:
    async with provider_pair() as pair:
        url = await pair.client.upload(a_picture())
        result = await pair.client.result(await pair.submitted(image_url=url, aspect_ratio=None))
        assert isinstance(result, Result)
        edited = await fetched(pair.client.download, result.output_url)
        (asset,) = pair.provider.requests_to("asset")
    assert "owner%40example.test" in url
    assert Image.open(BytesIO(edited)).size == (30, 20)
    assert asset.key is KeySeen.MISSING


async def test_a_big_picture_is_uploaded_whole() -> None:
    picture = Picture(random.Random(1).randbytes(8_000_000), "image/jpeg")
    async with provider_pair() as pair:
        url = await pair.client.upload(picture)
        assert await fetched(pair.client.download, url) == picture.data


async def test_the_history_tells_of_a_request_what_became_of_it() -> None:
    async with provider_pair() as pair:
        made = await pair.submitted(prompt="a fox")
        pair.provider.faults.add("submit", "generation_failed", times=1)
        failed = await pair.submitted(prompt="a bear")
        row = await pair.client.history_row(made)
        other = await pair.client.history_row(failed)
        result = await pair.client.result(made)
    assert row is not None
    assert row.request_id == made
    assert row.inputs == {"prompt": "a fox", "aspect_ratio": "1:1", "style": "auto"}
    assert isinstance(result, Result)
    assert isinstance(row.result, Result)
    assert (row.result.output_url, row.result.cost_microusd) == (result.output_url, 54_300)
    assert row.created_at == pair.provider.bills[0].accepted_at
    assert other is not None
    assert isinstance(other.status, Failed)
    assert other.status.failure.kind is FailureKind.PROVIDER
    assert other.result is None


async def test_the_history_does_not_know_a_stranger() -> None:
    async with provider_pair() as pair:
        assert await pair.client.history_row("never-heard-of") is None  # type: ignore[arg-type]  # any text will do


async def test_a_found_request_can_be_told_from_others() -> None:
    inputs = an_input("a fox", aspect_ratio=AspectRatio.WIDE_16_9)
    others = [
        an_input("a fox "),
        an_input("A fox", aspect_ratio=None),
        an_input("a fox", aspect_ratio=AspectRatio.SQUARE),
        an_input("a fox", aspect_ratio=None, style=Style.MANGA),
        an_input("a fox", aspect_ratio=None, image_url="https://example.test/fox.png"),
    ]
    async with provider_pair() as pair:
        ours = await pair.client.submit(an_input("a fox", aspect_ratio=None))
        for other in others:
            await pair.client.submit(other)
        now = pair.provider.bills[0].accepted_at
        rows = [row async for row in pair.client.history(now - timedelta(minutes=1), now, "luma-uni-1")]
        same = [row.request_id for row in rows if pair.client.is_same(inputs, row)]
    assert len(rows) == 6
    assert same == [ours]


async def test_calls_are_counted_with_their_outcome() -> None:
    async with provider_pair() as pair:
        request_id = await pair.submitted()
        await pair.client.status(request_id)
        pair.provider.faults.add("status", "rate_limited_bare")
        with pytest.raises(Exception, match="HTTP 429"):
            await pair.client.status(request_id)
    assert pair.calls == [("submit", "ok"), ("status", "ok"), ("status", "rate_limited")]


async def test_the_key_is_not_shown() -> None:
    async with provider_pair() as pair:
        assert pair.provider.key not in repr(pair.client)

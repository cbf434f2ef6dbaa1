"""The provider's own SDK judges the stand-in: what it takes from the real one, it has to take from here."""

import asyncio
import importlib
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any, Self, TypeVar

import httpx
import pytest
from PIL import Image
from segmind.client import SegmindClient
from segmind.exceptions import SegmindError
from segmind.files import Files
from segmind.v2 import InferenceFailed, InferenceTimeout

from standins.fake_segmind import FakeSegmind, KeySeen, Outcome

MODEL = "luma-uni-1"
HISTORY_PATH = "/inference-request/request-history"
#: The package has an object of the same name, which hides the module.
GENERATIONS: Any = importlib.import_module("segmind.generations")
Answer = TypeVar("Answer")


class Sdk:
    """The blocking SDK, pointed at the stand-in and kept off the event loop."""

    def __init__(self, stand_in: FakeSegmind, key: str | None = None) -> None:
        self.client = SegmindClient(api_key=key or stand_in.key, base_url=f"{stand_in.api_url}/v1")
        Files.STORAGE_BASE_URL = stand_in.assets_url
        GENERATIONS.REQUEST_HISTORY_URL = f"{stand_in.history_url}{HISTORY_PATH}"

    async def __call__(self, ask: Callable[[SegmindClient], Answer]) -> Answer:
        return await asyncio.to_thread(ask, self.client)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self.client._client.close()


@pytest.fixture(autouse=True)
def addresses_of_the_sdk() -> Iterator[None]:
    """It keeps two of its addresses as constants; each test sets them, and the real ones come back."""
    kept = Files.STORAGE_BASE_URL, GENERATIONS.REQUEST_HISTORY_URL
    yield
    Files.STORAGE_BASE_URL, GENERATIONS.REQUEST_HISTORY_URL = kept


async def test_run_gives_a_picture_and_one_bill() -> None:
    async with FakeSegmind(latency=0.05) as stand_in, Sdk(stand_in) as sdk:
        result = await sdk(lambda client: client.run(MODEL, prompt="a fox", aspect_ratio="1:1"))
        picture = await sdk(lambda client: httpx.get(result["output"]))
    assert result["status"] == "COMPLETED"
    assert result["metrics"]["cost"] == 0.0543
    assert result["images"][0]["url"] == result["output"]
    assert Image.open(BytesIO(picture.content)).size == (2048, 2048)
    assert [(bill.outcome, bill.is_paid) for bill in stand_in.bills] == [(Outcome.COMPLETED, True)]


async def test_submit_and_wait_are_two_steps() -> None:
    async with FakeSegmind(latency=0.05, small=True) as stand_in, Sdk(stand_in) as sdk:
        job = await sdk(lambda client: client.submit_async(MODEL, prompt="a fox"))
        assert job.submit_response["status"] == "QUEUED"
        assert [bill.request_id for bill in stand_in.bills] == [job.request_id]
        result = await sdk(lambda _: job.wait(timeout=10, interval=0.02))
    assert result["status"] == "COMPLETED"


async def test_a_running_job_is_still_running() -> None:
    async with FakeSegmind(latency=3600, small=True) as stand_in, Sdk(stand_in) as sdk:
        job = await sdk(lambda client: client.submit_async(MODEL, prompt="a fox"))
        with pytest.raises(InferenceTimeout):
            await sdk(lambda _: job.wait(timeout=0.1, interval=0.02))
        assert stand_in.open == stand_in.bills


async def test_a_bad_body_is_accepted_and_then_fails() -> None:
    async with FakeSegmind(small=True) as stand_in, Sdk(stand_in) as sdk:
        job = await sdk(lambda client: client.submit_async(MODEL, aspect_ratio="1:1"))
        with pytest.raises(InferenceFailed, match="Prompt is required") as failed:
            await sdk(lambda _: job.wait(timeout=10, interval=0.02))
        again = await sdk(lambda _: job.result())
    assert failed.value.status_body["metrics"] == {"inference_time": 0.003, "queue_time": 0.026}
    assert again["status"] == "FAILED"
    assert [(bill.outcome, bill.is_paid) for bill in stand_in.bills] == [(Outcome.FAILED, False)]


async def test_the_synchronous_call_gives_the_bytes() -> None:
    async with FakeSegmind(latency=0.01, small=True) as stand_in, Sdk(stand_in) as sdk:
        answer = await sdk(lambda client: client.run_sync(MODEL, prompt="a fox"))
    assert Image.open(BytesIO(answer.content)).format == "JPEG"
    assert len(stand_in.paid) == 1


async def test_an_uploaded_file_can_be_edited(tmp_path: Path) -> None:
    source = tmp_path / "source.png"
    Image.new("RGB", (321, 123), "orange").save(source)
    async with FakeSegmind(latency=0.01, small=True) as stand_in, Sdk(stand_in) as sdk:
        uploaded = await sdk(lambda client: client.files.upload(source))
        (url,) = uploaded["file_urls"]
        result = await sdk(lambda client: client.run(MODEL, prompt="at night", image=url))
        picture = await sdk(lambda _: httpx.get(result["output"]))
    assert "owner%40example.test" in url
    assert Image.open(BytesIO(picture.content)).size == (321, 123)
    assert [request.key for request in stand_in.requests_to("asset")] == [KeySeen.MISSING]


async def test_a_wrong_key_is_refused() -> None:
    async with FakeSegmind() as stand_in, Sdk(stand_in, key="SG_other") as sdk:
        with pytest.raises(SegmindError) as refused:
            await sdk(lambda client: client.submit_async(MODEL, prompt="a fox"))
    assert refused.value.status == 401
    assert stand_in.bills == []


async def test_history_tells_cost_inputs_and_outcome() -> None:
    async with (
        FakeSegmind(latency=0.01, small=True, history_delay_seconds=0) as stand_in,
        Sdk(stand_in) as sdk,
    ):
        made = await sdk(lambda client: client.run(MODEL, prompt="a fox", style="auto"))
        await sdk(lambda client: client.submit_async(MODEL, style="auto"))
        await stand_in.until(lambda: not stand_in.open)
        page = await sdk(lambda client: client.generations.history(model_name="luma", sort_order="asc"))
        only_failed = await sdk(lambda client: client.generations.history(status="FAILED"))
        row = await sdk(lambda client: client.generations.get(made["request_id"]))
    assert [entry["model_status"] for entry in page["data"]] == ["COMPLETED", "FAILED"]
    assert [entry["model_status"] for entry in only_failed["data"]] == ["FAILED"]
    assert row == page["data"][0]
    assert row["request_body"] == {"prompt": "a fox", "style": "auto"}
    assert row["credits_deduction"] == 0.0543
    assert row["generation_url"] == made["output"]


async def test_history_does_not_know_a_stranger() -> None:
    async with FakeSegmind() as stand_in, Sdk(stand_in) as sdk:
        with pytest.raises(SegmindError) as unknown:
            await sdk(lambda client: client.generations.get("no-such-request"))
    assert unknown.value.status == 404


async def test_history_refuses_a_window_of_more_than_31_days() -> None:
    async with FakeSegmind() as stand_in, Sdk(stand_in) as sdk:
        with pytest.raises(SegmindError) as refused:
            await sdk(lambda client: client.generations.history(from_date="2026-01-01", to_date="2026-02-01"))
        await sdk(lambda client: client.generations.history(from_date="2026-01-01", to_date="2026-01-31"))
    assert refused.value.status == 400

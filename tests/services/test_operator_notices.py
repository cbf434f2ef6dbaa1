"""The operator is notified of each trouble once when it begins and once when it ends."""

import asyncio
import shutil
from collections import deque
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.domain.errors import (
    CourierUnavailable,
    CreditSpent,
    FileRefused,
    KeyRefused,
    ModelRefused,
    ServicePaused,
    Unavailable,
)
from bot.domain.failure import SourceProblem
from bot.domain.job import JobState
from bot.domain.trouble import WORDS, Loss, PostRefused, Trouble, loss_words
from bot.services.upkeep import operator_notices, surveys
from bot.store.driver.errors import DatabaseUnavailable
from bot.store.pictures import losses
from tests.services.house import PRICE, House

BuildHouse = Callable[..., Awaitable[House]]


class FakePost:
    """The operator's channel, in which `lines` stand."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.attempts = 0
        self.errors: deque[Exception] = deque()
        self.hangs = False

    async def post(self, text: str) -> None:
        self.attempts += 1
        if self.hangs:
            await asyncio.Event().wait()
        assert len(text) <= 2000
        if self.errors:
            raise self.errors.popleft()
        self.lines += text.splitlines()

    def about(self, words: str) -> list[str]:
        return [line[0] for line in self.lines if words in line]


@pytest.fixture
def post() -> FakePost:
    return FakePost()


@pytest.fixture
async def notified(build_house: BuildHouse, post: FakePost) -> House:
    """A house whose operator is notified by `post`."""
    return await build_house(operator_post=post)


BEGINS, ENDS, LOSS = "🔴", "🟢", "🟠"


async def test_nothing_is_posted_while_all_is_well(notified: House, post: FakePost) -> None:
    view = await notified.ask()
    await notified.until_ended(view)
    await notified.advance(3600)
    assert post.lines == []


@pytest.mark.parametrize(
    ("error", "words"),
    [(KeyRefused("401"), "Segmind refuses the key"), (CreditSpent("402"), "is out of credits")],
)
async def test_the_key_and_the_credits(notified: House, post: FakePost, error: Exception, words: str) -> None:
    notified.provider.on_submit.append(error)
    notified.provider.on_credits.extend([error] * 3)
    await notified.ask()
    await notified.until(lambda: bool(post.lines))
    assert post.about(words) == [BEGINS]
    refilled_at = notified.clock.monotonic()
    notified.provider.on_credits.clear()
    await notified.until(lambda: len(post.lines) == 2)
    assert notified.clock.monotonic() - refilled_at <= 15
    assert post.lines[1].startswith(ENDS)


async def test_a_paid_picture_whose_file_is_lost(notified: House, post: FakePost) -> None:
    notified.provider.on_download.extend([FileRefused(SourceProblem.GONE)] * 10_000)
    view = await notified.ask()
    (job,) = await notified.until_ended(view)
    assert job.cost_microusd == 54_300
    await notified.advance(3600)
    assert post.about("A paid image's file") == [LOSS]


async def test_another_process_may_announce_a_lost_file(
    build_house: BuildHouse, house: House, post: FakePost
) -> None:
    house.provider.on_download.extend([FileRefused(SourceProblem.GONE)] * 10_000)
    await house.until_ended(await house.ask())
    await house.close()
    after = await build_house(operator_post=post, clock=house.clock)
    await after.advance(60)
    assert post.about("A paid image's file") == [LOSS]


@pytest.mark.parametrize("kind", Loss)
async def test_a_loss_is_announced_once_however_often_the_process_changes(
    build_house: BuildHouse, notified: House, post: FakePost, kind: Loss
) -> None:
    post.hangs = True
    await notified.database.write(losses.keep, kind)
    await notified.advance(10)
    await notified.close()
    post.hangs = False
    after = notified
    for _ in range(3):
        after = await build_house(operator_post=post, clock=after.clock)
        await after.advance(60)
        await after.close()
    assert [line[0] for line in post.lines] == [LOSS]


@pytest.mark.parametrize("kind", Loss)
async def test_losses_that_wait_share_a_line(notified: House, post: FakePost, kind: Loss) -> None:
    post.errors.extend([CourierUnavailable()] * 3)
    for _ in range(3):
        await notified.database.write(losses.keep, kind)
        await notified.advance(10)
    await notified.until(lambda: bool(post.lines))
    await notified.advance(60)
    assert [line.split("**")[1] for line in post.lines] == [
        loss_words(kind, count).split("**")[1] for count in (1, 2)
    ]


async def test_a_loss_that_cannot_be_forgotten_is_not_announced_again(
    notified: House, post: FakePost
) -> None:
    await notified.database.write(losses.keep, Loss.FILE)
    notified.database.refusals.extend([DatabaseUnavailable("closed")] * 3)
    await notified.advance(60)
    assert post.about("A paid image's file") == [LOSS]
    assert await notified.database.read(losses.kept) == []


async def test_members_read_that_the_owner_was_notified_only_when_it_is_so(
    notified: House, post: FakePost
) -> None:
    post.errors.extend([CourierUnavailable()] * 2)
    notified.provider.on_credits.extend([CreditSpent("402")] * 100)
    notified.services.account.breaker.trip(CreditSpent("402"))
    await notified.until(lambda: post.attempts == 1)
    with pytest.raises(ServicePaused) as refused:
        await notified.admit()
    assert not refused.value.is_operator_notified
    await notified.until(lambda: bool(post.lines))
    await notified.settle()
    with pytest.raises(ServicePaused) as refused:
        await notified.admit()
    assert refused.value.is_operator_notified


async def test_a_refused_model_is_no_refused_key_and_ends_with_an_accepted_request(
    notified: House, post: FakePost
) -> None:
    notified.provider.on_submit.extend([ModelRefused("404")] * 3)
    with capture_logs() as lines:
        view = await notified.ask()
        (job,) = await notified.until_ended(view)
    assert job.state is JobState.DELIVERED
    await notified.advance(10)
    assert post.about("Segmind refuses the key") == []
    assert post.about("the model") == [BEGINS, ENDS]
    assert [line["why"] for line in lines if line["event"] == "requests are paused"] == [
        "the provider refuses the model, but not the key: check SEGMIND_MODEL"
    ]


async def test_an_unreachable_webhook_delays_the_notice_and_holds_up_no_picture(
    notified: House, post: FakePost
) -> None:
    post.errors.extend([CourierUnavailable()] * 5)
    with capture_logs() as lines:
        notified.provider.on_submit.append(CreditSpent("402"))
        view = await notified.ask()
        await notified.until_ended(view)
        await notified.until(lambda: bool(post.lines))
    assert post.about("credits") == [BEGINS, ENDS]
    assert post.attempts == 6
    assert [line["event"] for line in lines if "notified yet" in line["event"]] == [
        "the operator cannot be notified yet; retrying"
    ]


async def test_a_refused_webhook_is_named_once(notified: House, post: FakePost) -> None:
    post.errors.extend([PostRefused("OPERATOR_WEBHOOK_URL: gone")] * 4)
    with capture_logs() as lines:
        notified.provider.on_submit.append(CreditSpent("402"))
        await notified.ask()
        await notified.until(lambda: bool(post.lines))
    refusals = [line["why"] for line in lines if line["event"] == "the operator cannot be notified"]
    assert refusals == ["OPERATOR_WEBHOOK_URL: gone"]


async def test_what_waits_is_bounded(notified: House, post: FakePost) -> None:
    post.errors.extend([CourierUnavailable()] * 1000)
    breaker = notified.services.account.breaker
    for _ in range(60):
        breaker.trip(CreditSpent("402"))
        await notified.advance(operator_notices.LOOK_SECONDS)
        await notified.until(lambda: not breaker.is_open)
        await notified.advance(operator_notices.LOOK_SECONDS)
    post.errors.clear()
    await notified.advance(600)
    assert 0 < len(post.lines) <= operator_notices.MOST_WAITING


async def test_a_trouble_that_goes_on_is_not_posted_again_after_a_restart(
    build_house: BuildHouse, notified: House, post: FakePost
) -> None:
    notified.provider.on_credits.extend([CreditSpent("402")] * 1000)
    notified.services.account.breaker.trip(CreditSpent("402"))
    await notified.until(lambda: bool(post.lines))
    await notified.settle()
    await notified.close()
    after = await build_house(operator_post=post, provider=notified.provider, clock=notified.clock)
    await after.advance(60)
    assert post.about("credits") == [BEGINS]
    after.provider.on_credits.clear()
    await after.advance(20)
    assert post.about("credits") == [BEGINS, ENDS]


async def test_what_ended_while_the_bot_was_off_is_posted_at_the_start(
    build_house: BuildHouse, notified: House, post: FakePost
) -> None:
    notified.provider.on_credits.append(KeyRefused("401"))
    notified.services.account.breaker.trip(KeyRefused("401"))
    await notified.until(lambda: bool(post.lines))
    await notified.settle()
    await notified.close()
    notified.provider.on_credits.clear()
    after = await build_house(operator_post=post, provider=notified.provider, clock=notified.clock)
    await after.advance(15)
    assert post.about("the key") == [BEGINS, ENDS]


@pytest.mark.parametrize("goes_on", [True, False])
async def test_a_process_that_ends_while_it_posts_leaves_no_trouble_open(
    build_house: BuildHouse, notified: House, post: FakePost, *, goes_on: bool
) -> None:
    post.hangs = True
    notified.provider.on_credits.extend([CreditSpent("402")] * 1000)
    notified.services.account.breaker.trip(CreditSpent("402"))
    await notified.advance(10)
    await notified.close()
    post.hangs = False
    if not goes_on:
        notified.provider.on_credits.clear()
    after = await build_house(operator_post=post, provider=notified.provider, clock=notified.clock)
    await after.advance(60)
    assert post.about("credits") == [BEGINS if goes_on else ENDS]


async def test_the_budget_at_80_and_100_percent_and_in_the_next_month(
    build_house: BuildHouse, post: FakePost
) -> None:
    house = await build_house(operator_post=post, budget_microusd=PRICE * 10)
    for _ in range(8):
        await house.admit()
    await house.advance(12)
    assert post.about("80% of BUDGET_MONTHLY_USD") == [BEGINS]
    for _ in range(2):
        await house.admit()
    await house.advance(12)
    assert post.about("is used up") == [BEGINS]
    house.clock.jump(timedelta(days=20))
    await house.advance(12)
    assert post.about("There is budget again") == [ENDS]
    assert post.about("BUDGET_MONTHLY_USD") == [BEGINS, BEGINS, ENDS]
    assert len(post.lines) == 4


async def test_a_history_that_cannot_be_read(notified: House, post: FakePost) -> None:
    notified.provider.is_history_down = True
    await notified.until(lambda: bool(post.lines))
    assert post.about("history cannot be read") == [BEGINS]
    readable_at = notified.clock.monotonic()
    notified.provider.is_history_down = False
    await notified.until(lambda: len(post.lines) == 2)
    assert post.lines[1].startswith(ENDS)
    assert notified.clock.monotonic() - readable_at <= 15


async def test_one_failed_reading_of_the_history_is_no_trouble(notified: House, post: FakePost) -> None:
    notified.provider.on_history.append(Unavailable("502"))
    await notified.advance(3600)
    assert post.lines == []


async def test_a_database_that_is_away(notified: House, post: FakePost) -> None:
    notified.database.refusals.extend([DatabaseUnavailable("closed")] * 10_000)
    notified.database.read_refusals.extend([DatabaseUnavailable("closed")] * 10_000)
    await notified.until(lambda: bool(post.lines))
    assert post.about("database is unavailable") == [BEGINS]
    notified.database.refusals.clear()
    notified.database.read_refusals.clear()
    await notified.until(lambda: len(post.lines) == 2)
    assert post.about("database is available again") == [ENDS]


async def test_a_disk_that_is_nearly_full(tmp_path: Path) -> None:
    free = shutil.disk_usage(tmp_path).free
    survey = surveys.DiskSurvey(folder=tmp_path, least_free_bytes=2 * free)
    assert await survey.look() == {Trouble.DISK: True}
    survey.least_free_bytes = int(free * 0.9)
    assert await survey.look() == {Trouble.DISK: True}, "it is over only with more than that"
    survey.least_free_bytes = free // 2
    assert await survey.look() == {Trouble.DISK: False}
    assert await surveys.DiskSurvey(folder=tmp_path / "absent").look() == {}


def test_the_texts_are_short_and_name_no_mention() -> None:
    assert set(WORDS) == set(Trouble)
    for words in WORDS.values():
        assert all("@" not in text and len(text) < 300 for text in (words.begins, words.ends))

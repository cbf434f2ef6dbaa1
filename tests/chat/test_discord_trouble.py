"""Each way in which Discord can refuse, at each kind of request: cards end well, soon."""

import asyncio
from collections.abc import Callable

import pytest

from bot.chat.rest.error_codes import FINAL
from bot.domain.job import Job, JobState
from bot.store.pictures import cards
from standins.fake_discord.faults import Fault
from standins.fake_discord.model import AnswerKind, Message
from tests.chat.counter import BY_BOT, BY_TOKEN, POST
from tests.chat.studio import Studio

CALLBACK, FOLLOW_UP = "POST /interactions/*", "POST /webhooks/*"
#: Discord bans an address at 10,000 in ten minutes. One card may cost this many, whatever happens to it.
A_HANDFUL = 6

TROUBLES: dict[str, tuple[int, int]] = {
    "500": (500, 0),
    "502": (502, 0),
    "503": (503, 0),
    "already answered": (400, 40060),
    "unknown interaction": (404, 10062),
    "token dead": (401, 50027),
    "unknown message": (404, 10008),
    "missing access": (403, 50001),
    "missing permissions": (403, 50013),
    "too large": (413, 40005),
    "automod": (400, 200000),
    "key refused": (401, 0),
    "shut out": (403, 0),
    "cloudflare": (403, 40333),
    "without a code": (400, 0),
    "sending disabled": (403, 40004),
    "overloaded": (400, 130000),
    "old edits": (400, 30046),
    "unheard of": (403, 99_999),
    "no history": (400, 160002),
    "locked": (400, 160005),
    "archived": (400, 50083),
    "invalid form": (400, 50035),
}


def spoil(studio: Studio, route: str, trouble: str, times: int = 1) -> Fault:
    faults = studio.discord.faults
    if trouble.startswith("429"):
        return faults.rate_limit(route, retry_after_seconds=0.1, times=times, has_via=trouble == "429")
    status, code = TROUBLES[trouble]
    return faults.add(route, status=status, code=code, times=times)


ALL = [*TROUBLES, "429", "429 without via"]


async def asked(studio: Studio) -> Message:
    return await studio.person("ada").slash("pictures", "imagine", prompt="a fox in the snow").message()


async def ended(studio: Studio) -> Job:
    """The newest job, once it has ended or is kept for its member."""

    async def is_over() -> bool:
        job = await newest(studio)
        return job.state.is_end or job.parked_at is not None

    await studio.eventually(is_over)
    return await newest(studio)


async def newest(studio: Studio) -> Job:
    (job,) = await studio.services.gallery.recent(studio.guild_id(), studio.member_id("ada"), 1)
    return job


def showing(studio: Studio, job: Job) -> list[Message]:
    """Where its picture can be seen."""
    return [
        message
        for message in studio.sent_by_bot()
        if not message.is_deleted
        and any(one.filename.startswith(f"picture-{job.number}-") for one in message.attachments)
    ]


def nobody_waits(studio: Studio) -> bool:
    answers = [one.answer for one in studio.world.interactions.values() if one.answer is not None]
    return not any(
        one.kind is AnswerKind.THINKING
        and one.message
        and one.message.is_thinking
        and not one.message.is_deleted
        for one in answers
    )


# --- the picture ---


async def by_token(_studio: Studio, _message: Message) -> None:
    """As it is."""


async def by_bot(studio: Studio, _message: Message) -> None:
    studio.discord.faults.expire_tokens()
    studio.clock.pass_by(15 * 60)


async def anew(studio: Studio, message: Message) -> None:
    await by_bot(studio, message)
    studio.lock(message)


WAYS = {BY_TOKEN: by_token, BY_BOT: by_bot, POST: anew}


@pytest.mark.parametrize("route", WAYS)
async def test_a_picture_arrives_once_whatever_discord_says(studio: Studio, route: str) -> None:
    for trouble in ALL:
        studio.provider.seconds = 15.0
        message = await asked(studio)
        await studio.eventually(lambda: is_made(studio))
        before = len(studio.discord.requests.invalid())
        fault = spoil(studio, route, trouble, times=2)
        await WAYS[route](studio, message)
        job = await ended(studio)
        studio.discord.faults.remove(fault)
        assert fault.hits, trouble
        if job.state is JobState.DELIVERED:
            assert len(showing(studio, job)) == 1, trouble
        else:
            # Kept: no way led anywhere, and none ever will; or the card is gone, and nothing is posted anew.
            is_gone = (route, trouble) == (BY_BOT, "unknown message")
            assert job.state is JobState.READY, trouble
            assert route == POST or is_gone, trouble
            assert TROUBLES[trouble][1] in FINAL, trouble
        assert len(studio.discord.requests.invalid()) - before <= A_HANDFUL, trouble
    assert len(studio.asked) == len(ALL)


async def is_made(studio: Studio) -> bool:
    """Taken by the provider, and its card says so: only its delivery is left, and no edit is on its way."""
    job = await newest(studio)
    return job.state is JobState.RUNNING and job.card_id not in await studio.database.read(cards.due)


# --- the first answer ---


async def test_a_first_answer_that_is_refused_spends_nothing(studio: Studio) -> None:
    for trouble in ALL:
        before, asked_before = len(studio.discord.requests.invalid()), len(studio.asked)
        fault = spoil(studio, CALLBACK, trouble)
        studio.person("ada").slash("pictures", "imagine", prompt="a fox in the snow")
        await studio.until(lambda fault=fault: fault.hits)  # type: ignore[misc]  # bound at once
        job = await ended(studio)
        assert nobody_waits(studio)
        # Either it came through in the end, and so does the picture; or it did not, and nothing was spent.
        shown = len(showing(studio, job))
        assert (job.state, shown) in {(JobState.DELIVERED, 1), (JobState.CANCELLED, 0)}, trouble
        assert len(studio.asked) - asked_before == shown, trouble
        assert len(studio.discord.requests.invalid()) - before <= A_HANDFUL, trouble


@pytest.mark.parametrize(("status", "code"), [(500, 0), (502, 0), (400, 40060), (503, 0)])
async def test_an_answer_that_was_taken_all_the_same_is_gone_on_with(
    studio: Studio, status: int, code: int
) -> None:
    studio.discord.faults.add(CALLBACK, status=status, code=code, times=1, after_doing=True)
    message = await asked(studio)
    await studio.picture(message)
    assert studio.sent_by_bot() == [message]


# --- answers to one member alone ---


@pytest.mark.parametrize("command", ["review usage", "review audit"])
async def test_a_promise_that_was_taken_all_the_same_is_kept(studio: Studio, command: str) -> None:
    studio.discord.faults.add(CALLBACK, status=500, times=1, after_doing=True)
    message = await studio.person("otto").slash("pictures", command).message()
    await studio.until(lambda: not message.is_thinking)


async def test_a_promise_that_was_taken_all_the_same_is_kept_when_something_fails(studio: Studio) -> None:
    studio.discord.faults.add(CALLBACK, status=500, times=1, after_doing=True)
    studio.discord.faults.add("PATCH /webhooks/*", status=403, code=50013, times=1)
    message = await studio.person("otto").slash("pictures", "review audit").message()
    await studio.until(lambda: not message.is_thinking)


@pytest.mark.parametrize("route", [CALLBACK, FOLLOW_UP, BY_TOKEN])
async def test_other_answers_are_given_or_given_up(studio: Studio, route: str) -> None:
    """Nothing hangs, nothing is asked for ever, and the next answer comes."""
    otto = studio.person("otto")
    for trouble in ALL:
        before = len(studio.discord.requests.invalid())
        fault = spoil(studio, route, trouble)
        for command in ("help", "jobs", "review audit"):
            otto.slash("pictures", command)
        await studio.eventually(lambda: nobody_is_busy(studio))
        studio.discord.faults.remove(fault)
        assert len(studio.discord.requests.invalid()) - before <= A_HANDFUL, trouble
        await otto.slash("pictures", "help").message()
        assert studio.metrics.loop_errors.labels(loop="chat")._value.get() == 0


async def nobody_is_busy(studio: Studio) -> bool:
    names = {task.get_name() for task in asyncio.all_tasks()}
    return not names & {"discord.py: on_interaction", "CommandTree-invoker"} and all(
        one.answer is not None for one in studio.world.interactions.values()
    )


# --- the gateway ---


CUTS: dict[str, Callable[[Studio], None]] = {
    "abruptly": lambda studio: studio.discord.faults.cut_gateway(),
    "with a code": lambda studio: studio.discord.faults.cut_gateway(4000),
    "invalid session": lambda studio: studio.discord.faults.invalidate_sessions(),
    "invalid, may resume": lambda studio: studio.discord.faults.invalidate_sessions(is_resumable=True),
}


@pytest.mark.parametrize("cut", CUTS)
async def test_a_lost_gateway_does_not_disturb_the_pictures_in_the_making(studio: Studio, cut: str) -> None:
    studio.provider.seconds = 15.0
    messages = [await asked(studio) for _ in range(3)]
    CUTS[cut](studio)
    for message in messages:
        await studio.picture(message)
    await studio.discord.connected(within_seconds=30)
    await studio.eventually(lambda: is_answered_again(studio))
    assert len(studio.asked) == 3


async def is_answered_again(studio: Studio) -> bool:
    """What is said while nobody listens is lost, if the session is."""
    ask = studio.person("ada").slash("pictures", "help")
    async with asyncio.timeout(30):
        return (await ask.answer()).kind is not AnswerKind.NONE

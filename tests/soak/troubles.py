"""What goes wrong, one thing after the other, by chance but with a seed."""

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable

from standins.fake_discord.dial_faults import DoorState
from tests.journeys.town import Town
from tests.soak.deliveries import is_open
from tests.soak.plan import Plan

#: At the provider: (call, fault, seconds that it lasts or takes).
PROVIDERS: tuple[tuple[str, str, float | None], ...] = (
    ("submit", "slow", 2.0),
    ("submit", "rate_limited", 2.0),
    ("submit", "retry_after", 2.0),
    ("submit", "error_500", None),
    ("submit", "bad_gateway", None),
    ("submit", "gateway_timeout", None),
    ("submit", "unavailable", None),
    ("submit", "reset_before", None),
    ("submit", "reset_after", None),
    ("submit", "error_500_after", None),
    ("submit", "bad_gateway_after", None),
    ("submit", "gateway_timeout_after", None),
    ("submit", "html_200_after", None),
    ("submit", "without_id", None),
    ("submit", "blocked", None),
    ("submit", "generation_failed", None),
    ("status", "slow", 2.0),
    ("status", "rate_limited", 2.0),
    ("status", "error_500", None),
    ("status", "bad_gateway", None),
    ("status", "reset_before", None),
    ("status", "lost", None),
    ("status", "unknown_word", None),
    ("result", "error_500", None),
    ("result", "gateway_timeout", None),
    ("result", "reset_before", None),
    ("output", "slow", 2.0),
    ("output", "unavailable", None),
    ("output", "reset_before", None),
    ("output", "truncated", None),
    ("output", "text", None),
    ("upload", "error_500", None),
    ("upload", "reset_before", None),
    ("history", "error_500", None),
    ("history", "slow", 2.0),
    ("history", "late", 10.0),
)
#: By chance; in `Plan`, after a kill.
OUTAGE_SECONDS = 1.0, 6.0
LOOK_SECONDS = 0.05
ANSWER, EDITS = "POST /interactions/*", "PATCH /webhooks/*"
#: All by which a picture comes.
DELIVERIES = EDITS, "PATCH /channels/*", "POST /channels/*"
#: Passing, though they look final: by Cloudflare, by a quota, and by what nobody has heard of.
PASSING = (403, 40333), (403, 0), (400, 0), (429, 40062), (403, 40004), (400, 30046), (403, 99_999)
#: All states of a gateway's door but the one.
DEAD = [state for state in DoorState if state is not DoorState.OPEN]

Trouble = Callable[[Town, random.Random], Awaitable[None]]


async def provider(town: Town, rng: random.Random) -> None:
    route, name, seconds = rng.choice(PROVIDERS)
    town.segmind.faults.add(route, name, times=rng.randint(1, 5), seconds=seconds)


async def provider_down(town: Town, rng: random.Random) -> None:
    await _provider_down(town, rng.uniform(*OUTAGE_SECONDS))


async def _provider_down(town: Town, seconds: float) -> None:
    faults = town.segmind.faults
    down = [faults.add(route, "unavailable") for route in ("submit", "status", "result", "history", "output")]
    await asyncio.sleep(seconds)
    for fault in down:
        faults.remove(fault)


async def slow_discord(town: Town, rng: random.Random) -> None:
    town.discord.faults.slow("*", seconds=rng.uniform(0.2, 1.5), times=rng.randint(1, 30))


async def broken_discord(town: Town, rng: random.Random) -> None:
    route, status = rng.choice((ANSWER, EDITS, EDITS)), rng.choice((500, 502, 503))
    after_doing = rng.random() < 0.5
    town.discord.faults.add(route, status=status, times=rng.randint(1, 4), after_doing=after_doing)


async def shut_out(town: Town, rng: random.Random) -> None:
    """For a while, no picture comes by any way."""
    status, code = rng.choice(PASSING)
    faults = town.discord.faults
    refusals = [faults.add(route, status=status, code=code) for route in DELIVERIES]
    await asyncio.sleep(rng.uniform(*OUTAGE_SECONDS))
    for fault in refusals:
        faults.remove(fault)


async def busy_discord(town: Town, rng: random.Random) -> None:
    seconds = rng.uniform(0.3, 2)
    town.discord.faults.rate_limit(EDITS, retry_after_seconds=seconds, times=rng.randint(1, 5))


async def lost_request(town: Town, rng: random.Random) -> None:
    town.discord.faults.lose_request(rng.choice((ANSWER, EDITS)), times=rng.randint(1, 3))


async def lost_answer(town: Town, rng: random.Random) -> None:
    town.discord.faults.lose_answer(rng.choice((ANSWER, EDITS)), times=rng.randint(1, 3))


async def discord_down(town: Town, rng: random.Random) -> None:
    await _discord_down(town, rng.uniform(*OUTAGE_SECONDS))


async def _discord_down(town: Town, seconds: float) -> None:
    town.discord.faults.start_outage()
    await asyncio.sleep(seconds)
    town.discord.faults.end_outage()


async def expired_tokens(town: Town, rng: random.Random) -> None:
    town.discord.faults.expire_tokens()


async def cut_gateway(town: Town, rng: random.Random) -> None:
    town.discord.faults.cut_gateway(rng.choice((None, None, 1001, 4000)))


async def invalid_session(town: Town, rng: random.Random) -> None:
    town.discord.faults.invalidate_sessions()


async def dead_resume_host(town: Town, rng: random.Random) -> None:
    """The gateway hangs up, and the host where READY has sent the bot to resume is dead."""
    door = town.discord.resume_door
    await door.turn(rng.choice(DEAD))
    try:
        town.discord.faults.cut_gateway()
        await asyncio.sleep(rng.uniform(*OUTAGE_SECONDS))
    finally:
        await door.turn(DoorState.OPEN)


async def refused_sessions(town: Town, rng: random.Random) -> None:
    """The gateway hangs up, and answers whoever comes back with op 9."""
    faults = town.discord.gateway.session_faults
    faults.invalidates = True
    try:
        town.discord.faults.cut_gateway()
        await asyncio.sleep(rng.uniform(*OUTAGE_SECONDS))
    finally:
        faults.clear()


async def deleted_messages(town: Town, rng: random.Random) -> None:
    """Some of the newest that are at their end: whatever is still waited for would be given up."""
    newest = [message for message in town.messages_of_the_bot()[-200:] if not is_open(message)]
    for message in rng.sample(newest, min(3, len(newest))):
        town.world.delete_message(message)


#: How often each comes in a hundred.
TROUBLES: dict[Trouble, int] = {
    provider: 58,
    provider_down: 2,
    slow_discord: 5,
    broken_discord: 9,
    busy_discord: 4,
    lost_request: 4,
    lost_answer: 4,
    shut_out: 2,
    discord_down: 1,
    expired_tokens: 2,
    cut_gateway: 2,
    invalid_session: 1,
    dead_resume_host: 1,
    refused_sessions: 1,
    deleted_messages: 4,
}


async def trouble(
    town: Town,
    rng: random.Random,
    seen: Counter[str],
    is_time_to_kill: Callable[[], bool],
    delivered: Callable[[], int],
    plan: Plan,
) -> None:
    """One trouble for so many pictures, however fast they come, until cancelled; a kill when it is time."""
    due = 0.0
    while True:
        due += rng.expovariate(1 / plan.pictures_a_trouble)
        while delivered() < due:  # noqa: ASYNC110  what has come is seen in Discord's world
            await asyncio.sleep(LOOK_SECONDS)
        if is_time_to_kill():
            seen["killed"] += 1
            await kill(town, rng, plan.outage_seconds)
            continue
        chosen = rng.choices(list(TROUBLES), list(TROUBLES.values()))[0]
        seen[chosen.__name__] += 1
        await chosen(town, rng)


async def kill(town: Town, rng: random.Random, outage_seconds: float) -> None:
    """And then, at once, what makes most pictures wait, so that no later outage takes more memory."""
    await town.kill()
    await asyncio.sleep(rng.uniform(0, 2))
    await town.restart()
    await _provider_down(town, outage_seconds)
    await _discord_down(town, outage_seconds)


def all_is_well(town: Town) -> None:
    town.discord.faults.clear()
    town.segmind.faults.clear()

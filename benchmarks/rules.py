"""What a server's rules cost: admissions with more and more of them, on databases that remember the same.

The first contender has limits for an hour and a day; the second, those of a week, a month and a channel as
well; the third, also a list of 2,000 words, strikes, approvals and blocks, none of which the requests meet.
"""

import asyncio
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import replace
from datetime import timedelta

from benchmarks.admissions import Contender, Size, Speed, in_turns, real
from benchmarks.history import History, Scale, remembering
from benchmarks.table import print_table, ratio
from bot.domain.administration import RuleSubject
from bot.domain.approval import ApprovalRules
from bot.domain.ids import GuildId, MemberId, RoleId
from bot.domain.limits import Allowances, LimitField, OperatorLimits
from bot.domain.word_list import WordAction
from bot.services.services import Services
from tests.builders import CHANNEL, NOON
from tests.services.house import House

GUILDS = 5
#: As many as a server may have.
WORDS = 2000
ADMIN = MemberId(1)
BLOCKED = range(100, 600)
PLAIN, LIMITED, MODERATED = "hour and day", "all limits", "all limits, words, strikes, approvals, blocks"
FEW_LIMITS = OperatorLimits(per_hour=50, per_day=100, running=50, ceilings=Allowances(per_day=200))
ALL_LIMITS = replace(FEW_LIMITS, per_week=400, per_month=900)


async def main(scale: Scale, size: Size | None = None) -> None:
    rows = []
    for kind, pictures in scale.histories():
        found = await compared(kind, History(pictures, until=NOON, guilds=GUILDS), size or Size())
        for name, before in ((PLAIN, PLAIN), (LIMITED, PLAIN), (MODERATED, LIMITED)):
            rows.append(row(kind, pictures, name, found[name], found[before]))
    print_table(
        "Admissions, by the rules of the server; each against the line above",
        (
            "database",
            "pictures",
            "rules",
            "a second",
            "p50 ms",
            "CPU ms",
            "CPU against less",
            "p50 against less",
        ),
        rows,
    )


def row(kind: str, pictures: int, name: str, speed: Speed, before: Speed) -> tuple[str, ...]:
    times = f"{speed.a_second:.0f}", f"{speed.p50:.1f}", f"{speed.cpu:.2f}"
    is_first = speed is before
    against = ("", "") if is_first else (ratio(speed.cpu, before.cpu), ratio(speed.p50, before.p50))
    return kind, f"{pictures:,}", name, *times, *against


async def compared(kind: str, history: History, size: Size) -> dict[str, Speed]:
    async with AsyncExitStack() as stack:
        contenders = []
        for name in (PLAIN, LIMITED, MODERATED):
            url = stack.enter_context(remembering(kind, history))
            contenders.append(await stack.enter_async_context(contender(name, url, history)))
        return await in_turns(contenders, size)


def contender(name: str, url: str, history: History) -> AbstractAsyncContextManager[Contender]:
    async def prepare(house: House) -> None:
        for guild_id in history.guild_ids:
            if name != PLAIN:
                await limit(house.services, guild_id)
            if name == MODERATED:
                await moderate(house.services, guild_id)

    return real(name, url, history, FEW_LIMITS if name == PLAIN else ALL_LIMITS, prepare)


async def limit(services: Services, guild_id: GuildId) -> None:
    await services.administration.set_limits(
        guild_id, ADMIN, RuleSubject.channel(CHANNEL), {LimitField.PER_DAY: 40, LimitField.PER_WEEK: 100}
    )


async def moderate(services: Services, guild_id: GuildId) -> None:
    words = "\n".join(f"word{number}*" for number in range(WORDS))
    await services.word_lists.add(guild_id, ADMIN, words, WordAction.REFUSE)
    administration = services.administration
    await administration.set_strikes(guild_id, ADMIN, lambda rules: replace(rules, is_on=True))
    of_newcomers = ApprovalRules(roles=frozenset({RoleId(99)}))
    await administration.set_approval(guild_id, ADMIN, lambda _: of_newcomers)
    year = timedelta(days=365)
    blocks = (services.block_list.block(guild_id, ADMIN, MemberId(number), year, "") for number in BLOCKED)
    await asyncio.gather(*blocks)  # at once, so that they share commits

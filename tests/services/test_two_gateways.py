"""Two gateways on one PostgreSQL database admit at the same moment: limits and budgets are exact."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from itertools import count
from pathlib import Path

import pytest

from bot.domain.administration import RuleSubject
from bot.domain.block import BlockedHere
from bot.domain.errors import Blocked, BudgetSpent, ChannelNotAllowed, LimitReached, Refusal
from bot.domain.ids import ChannelId, GuildId, InteractionId, MemberId
from bot.domain.limits import Allowances, LimitField, OperatorLimits
from bot.domain.quiet import Quieted
from bot.domain.word_list import WordAction, WordRefused
from bot.store.admission import blocks
from bot.store.driver.database import Database, open_database
from tests.builders import CHANNEL, GUILD, MEMBER, a_request, stepped_clock
from tests.services.house import PRICE, House

#: A server of each of the two gateways.
ADMIN = MemberId(4)
OTHER_GUILD = GuildId(GUILD + 1)
REQUESTS = 200


class TwoGateways:
    def __init__(self, databases: list[Database], folder: Path) -> None:
        self._databases, self._folder = databases, folder
        self._interactions = count(1)
        self.houses: list[House] = []

    def open(self, limits: OperatorLimits, budget_microusd: int | None = None) -> None:
        clock = stepped_clock()
        self.houses = [
            House(database, self._folder, clock=clock, limits=limits, budget_microusd=budget_microusd)
            for database in self._databases
        ]

    async def ask(self, number: int, *, pictures: int = 1, members: int = 1, is_own_server: bool) -> str:
        """Ask through one of the two; return how that ended."""
        gateway = number % 2
        guild_id = OTHER_GUILD if is_own_server and gateway else GUILD
        try:
            await self.houses[gateway].admit(
                a_request(count=pictures),
                member=MemberId(MEMBER + number // 2 % members),
                guild_id=guild_id,
                interaction_id=InteractionId(next(self._interactions)),
            )
        except Refusal as refusal:
            return type(refusal).__name__
        return "admitted"

    async def ask_all(self, **fields: int) -> "Counter[str]":
        return Counter(
            await asyncio.gather(
                *(self.ask(number, is_own_server=True, **fields) for number in range(REQUESTS))
            )
        )


@pytest.fixture
async def gateways(postgres: Database, postgres_url: str, tmp_path: Path) -> AsyncIterator[TwoGateways]:
    second = await open_database(postgres_url)
    yield TwoGateways([postgres, second], tmp_path)
    await second.close()


async def test_a_member_s_limit_holds_in_one_server(gateways: TwoGateways) -> None:
    """Which for a moment both serve, as when one takes over from the other."""
    gateways.open(OperatorLimits(per_hour=15, attempts_per_hour=10 * REQUESTS))
    asked = (gateways.ask(number, pictures=2, is_own_server=False) for number in range(REQUESTS))
    ends = Counter(await asyncio.gather(*asked))
    assert ends["admitted"] == 7
    assert ends.keys() <= {"admitted", LimitReached.__name__, Quieted.__name__}


async def test_a_member_s_limit_holds_over_the_servers_of_both(gateways: TwoGateways) -> None:
    gateways.open(OperatorLimits(ceilings=Allowances(per_hour=15), attempts_per_hour=10 * REQUESTS))
    ends = await gateways.ask_all()
    assert ends["admitted"] == 15
    assert ends.keys() <= {"admitted", LimitReached.__name__, Quieted.__name__}


@pytest.mark.parametrize("pictures", [1, 4])
async def test_the_operator_s_budget_holds_over_both(gateways: TwoGateways, pictures: int) -> None:
    gateways.open(OperatorLimits(), budget_microusd=50 * PRICE)
    ends = await gateways.ask_all(pictures=pictures, members=25)
    assert ends["admitted"] == 50 // pictures
    assert ends.keys() <= {"admitted", BudgetSpent.__name__, Quieted.__name__}


async def test_what_both_hear_at_once_is_admitted_once(gateways: TwoGateways) -> None:
    """As when one takes over a shard that the other still serves."""
    gateways.open(OperatorLimits())
    views = await asyncio.gather(
        *(
            house.admit(interaction_id=InteractionId(number))
            for number in range(1, 51)
            for house in gateways.houses
        )
    )
    assert len({view.card.id for view in views}) == 50
    assert len({job.id for view in views for job in view.jobs}) == 50


async def _limit(house: House) -> None:
    subject = RuleSubject.everyone(GUILD)
    await house.services.administration.set_limits(GUILD, ADMIN, subject, {LimitField.PER_DAY: 0})


async def _channels(house: House) -> None:
    await house.services.administration.set_channels(GUILD, ADMIN, [ChannelId(CHANNEL + 1)])


async def _words(house: House) -> None:
    await house.services.word_lists.add(GUILD, ADMIN, a_request().prompt, WordAction.REFUSE)


async def _member(house: House) -> None:
    await house.services.block_list.block(GUILD, ADMIN, MEMBER, None, "spam")


async def _operator(house: House) -> None:
    await house.raw_database.write(blocks.put, GUILD, reason="spam", at=house.clock.now())


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        (_limit, LimitReached),
        (_channels, ChannelNotAllowed),
        (_words, WordRefused),
        (_member, BlockedHere),
        (_operator, Blocked),
    ],
)
async def test_what_is_changed_at_one_holds_at_the_other_at_once(
    gateways: TwoGateways, change: Callable[[House], Awaitable[None]], refusal: type[Refusal]
) -> None:
    gateways.open(OperatorLimits())
    for number in range(2):
        assert await gateways.ask(number, is_own_server=False) == "admitted"
    await change(gateways.houses[0])
    for number in range(2):
        assert await gateways.ask(number, is_own_server=False) == refusal.__name__

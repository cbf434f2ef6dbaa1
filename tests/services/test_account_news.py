"""What one process finds out about the account, the others know: on a real PostgreSQL."""

import pytest

from bot.domain.errors import KeyRefused, ModelRefused, ServicePaused
from bot.domain.quality import Models
from bot.domain.trouble import Trouble
from bot.services.provider.account import AccountFacts, ProviderAccount, Sharing, account_of
from bot.services.provider.account_news import AccountNewsExchange
from bot.store.driver.database import Database
from bot.store.driver.errors import DatabaseUnavailable
from tests.builders import a_runtime, stepped_clock
from tests.services.house import CountingDatabase
from tests.services.outsides import FakeProvider

FACTS = AccountFacts(
    models=Models("luma-uni-1"), requests_per_minute=50, polls_count=True, least_credits=0.06
)


class Pair:
    def __init__(self, database: Database) -> None:
        self.database, self.clock = CountingDatabase(database), stepped_clock()
        self.here, self.there = self._account(1), self._account(2)

    def _account(self, process_id: int) -> ProviderAccount:
        runtime = a_runtime(self.database, self.clock)
        sharing = Sharing(process_id=process_id, every_seconds=2.0, changing=lambda: ())
        return account_of(runtime, FakeProvider(self.clock), FACTS, set(), sharing)

    async def exchange(self, *accounts: ProviderAccount) -> None:
        for account in accounts or (self.here, self.there):
            assert isinstance(account.exchange, AccountNewsExchange)
            await account.exchange.exchange()


@pytest.fixture
def pair(postgres: Database) -> Pair:
    return Pair(postgres)


async def test_a_refused_key_pauses_all_until_one_sees_it_accepted(pair: Pair) -> None:
    pair.here.breaker.trip(KeyRefused("401"))
    await pair.exchange()
    assert pair.there.breaker.trouble is Trouble.KEY
    with pytest.raises(ServicePaused):
        pair.there.breaker.check()
    await pair.there.breaker._ask()
    assert not pair.there.breaker.is_open
    await pair.exchange(pair.there, pair.here)
    assert not pair.here.breaker.is_open


async def test_what_is_found_out_meanwhile_is_not_overwritten(pair: Pair) -> None:
    pair.here.breaker.trip(KeyRefused("401"))
    await pair.exchange(pair.here)
    pair.database.after_write = lambda *_: pair.there.breaker.trip(ModelRefused("403"))
    await pair.exchange(pair.there)
    pair.database.after_write = lambda *_: None
    assert pair.there.breaker.trouble is Trouble.MODEL
    await pair.exchange(pair.there, pair.here)
    assert pair.here.breaker.trouble is Trouble.MODEL


async def test_a_model_that_is_accepted_again_is_known_to_all(pair: Pair) -> None:
    pair.here.breaker.trip(ModelRefused("403"))
    await pair.exchange()
    assert pair.there.breaker.troubles()[Trouble.MODEL]
    pair.there.breaker.accepted()
    await pair.exchange(pair.there, pair.here)
    assert not pair.here.breaker.troubles()[Trouble.MODEL]


async def test_a_pause_is_known_to_all_and_told_once(pair: Pair) -> None:
    pair.here.pacer.pause(40.0)
    pair.database.refusals.append(DatabaseUnavailable("gone"))
    with pytest.raises(DatabaseUnavailable):
        await pair.exchange(pair.here)
    await pair.exchange()
    assert 39.0 < pair.there.pacer.pause_seconds <= 40.0
    pair.clock.pass_by(60.0)
    await pair.exchange(pair.here)
    assert pair.here.pacer.pause_seconds > 0  # by the database's clock, it is not over


async def test_who_starts_later_learns_what_is_known(pair: Pair, postgres: Database) -> None:
    pair.here.breaker.trip(KeyRefused("401"))
    await pair.exchange(pair.here)
    later = Pair(postgres)
    await later.exchange(later.there)
    assert later.there.breaker.trouble is Trouble.KEY

"""One at a time, however they come and go, and nothing is kept of who is done."""

import asyncio

import pytest

from bot.services.concurrency.keyed_locks import KeyedLocks


class Crowd:
    """People who each take a turn, and notice who else has one."""

    def __init__(self) -> None:
        self.locks = KeyedLocks[str]()
        self.having = 0
        self.most = 0

    async def take(self, thing: str, *, looks: int) -> None:
        async with self.locks.of(thing):
            self.having += 1
            self.most = max(self.most, self.having)
            for _ in range(looks):
                await asyncio.sleep(0)
            self.having -= 1


@pytest.mark.parametrize("late_by", range(12))
async def test_whoever_comes_between_two_turns_waits_for_the_second(late_by: int) -> None:
    """While one leaves and the next is woken, the lock is not locked."""
    crowd = Crowd()
    early = [asyncio.create_task(crowd.take("card", looks=3)) for _ in range(2)]
    for _ in range(late_by):
        await asyncio.sleep(0)
    late = [asyncio.create_task(crowd.take("card", looks=looks)) for looks in (3, 1)]
    await asyncio.gather(*early, *late)
    assert crowd.most == 1
    assert len(crowd.locks) == 0


async def test_different_things_wait_for_nobody() -> None:
    crowd = Crowd()
    await asyncio.gather(*(crowd.take(thing, looks=3) for thing in "abc"))
    assert crowd.most == 3


async def test_who_gives_up_or_fails_holds_up_nobody() -> None:
    crowd = Crowd()

    async def fail() -> None:
        async with crowd.locks.of("card"):
            waiting = asyncio.create_task(crowd.take("card", looks=1))
            await asyncio.sleep(0)
            waiting.cancel()
            await asyncio.gather(waiting, return_exceptions=True)
            raise ValueError("wrong")

    with pytest.raises(ValueError, match="wrong"):
        await fail()
    await crowd.take("card", looks=1)
    assert len(crowd.locks) == 0

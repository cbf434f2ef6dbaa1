"""Bytes in hand at once: bounded, in order, and never stuck."""

import asyncio

import pytest

from bot.services.concurrency.capacity import Capacity


async def waiting(capacity: Capacity, size: int) -> "asyncio.Task[None]":
    task = asyncio.create_task(capacity.take(size))
    await asyncio.sleep(0)
    return task


async def test_what_fits_is_taken_at_once_and_the_rest_waits() -> None:
    capacity = Capacity(10)
    await capacity.take(6)
    await capacity.take(4)
    third = await waiting(capacity, 1)
    assert not third.done()
    capacity.give(4)
    await third


async def test_what_is_larger_than_all_of_it_goes_alone() -> None:
    capacity = Capacity(10)
    await capacity.take(1)
    giant = await waiting(capacity, 99)
    assert not giant.done()
    capacity.give(1)
    await giant
    assert not (await waiting(capacity, 1)).done()


async def test_the_small_do_not_pass_the_large() -> None:
    capacity = Capacity(10)
    await capacity.take(8)
    large = await waiting(capacity, 9)
    small = await waiting(capacity, 1)
    assert not small.done()
    capacity.give(8)
    await asyncio.gather(large, small)


@pytest.mark.parametrize("is_granted_first", [False, True])
async def test_whoever_is_cancelled_takes_nothing(*, is_granted_first: bool) -> None:
    capacity = Capacity(10)
    await capacity.take(10)
    cancelled = await waiting(capacity, 10)
    if is_granted_first:
        capacity.give(10)
        cancelled.cancel()
    else:
        cancelled.cancel()
        capacity.give(10)
    await asyncio.gather(cancelled, return_exceptions=True)
    assert cancelled.cancelled()
    await asyncio.wait_for(capacity.take(10), 1)

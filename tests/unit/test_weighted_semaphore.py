"""Bytes in hand at once: bounded, in order, and never stuck."""

import asyncio

import pytest

from bot.services.concurrency.weighted_semaphore import WeightedSemaphore


async def waiting(semaphore: WeightedSemaphore, size: int) -> "asyncio.Task[None]":
    task = asyncio.create_task(semaphore.acquire(size))
    await asyncio.sleep(0)
    return task


async def test_what_fits_is_taken_at_once_and_the_rest_waits() -> None:
    semaphore = WeightedSemaphore(10)
    await semaphore.acquire(6)
    await semaphore.acquire(4)
    third = await waiting(semaphore, 1)
    assert not third.done()
    semaphore.release(4)
    await third


async def test_what_is_larger_than_all_of_it_goes_alone() -> None:
    semaphore = WeightedSemaphore(10)
    await semaphore.acquire(1)
    giant = await waiting(semaphore, 99)
    assert not giant.done()
    semaphore.release(1)
    await giant
    assert not (await waiting(semaphore, 1)).done()


async def test_the_small_do_not_pass_the_large() -> None:
    semaphore = WeightedSemaphore(10)
    await semaphore.acquire(8)
    large = await waiting(semaphore, 9)
    small = await waiting(semaphore, 1)
    assert not small.done()
    semaphore.release(8)
    await asyncio.gather(large, small)


@pytest.mark.parametrize("is_granted_first", [False, True])
async def test_whoever_is_cancelled_takes_nothing(*, is_granted_first: bool) -> None:
    semaphore = WeightedSemaphore(10)
    await semaphore.acquire(10)
    cancelled = await waiting(semaphore, 10)
    if is_granted_first:
        semaphore.release(10)
        cancelled.cancel()
    else:
        cancelled.cancel()
        semaphore.release(10)
    await asyncio.gather(cancelled, return_exceptions=True)
    assert cancelled.cancelled()
    await asyncio.wait_for(semaphore.acquire(10), 1)

"""Waiting until something becomes true, without polling."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


class ConditionNotMetError(TimeoutError):
    """A test waited for something that did not become true in time."""

    def __init__(self, condition: Callable[..., object], seconds: float) -> None:
        super().__init__(condition, seconds)
        self.condition = condition
        self.seconds = seconds


class Changes:
    """Code that changes something calls `notify`; each condition that is waited for is then tested again."""

    def __init__(self) -> None:
        self._waiting: dict[object, set[Callable[[], None]]] = {}

    def notify(self, *about: object) -> None:
        """Test the conditions of all who wait for these subjects, or for no subject in particular."""
        for subject in (None, *about):
            for look in tuple(self._waiting.get(subject, ())):
                look()

    async def until(
        self, condition: Callable[[], T | None], *, within_seconds: float, about: object = None
    ) -> T:
        """Wait until the condition returns something true, and return that.

        With `about`, it is tested only after changes of that subject: thousands can wait at little cost.
        Raises `ConditionNotMetError` after this many real seconds, and whatever the condition raises.
        """
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()

        def look() -> None:
            if not future.done():
                _settle(future, condition)

        waiting = self._waiting.setdefault(about, set())
        waiting.add(look)
        look()
        try:
            async with asyncio.timeout(within_seconds):
                return await future
        except TimeoutError as error:
            raise ConditionNotMetError(condition, within_seconds) from error
        finally:
            waiting.discard(look)
            if not waiting:
                self._waiting.pop(about, None)


def _settle(future: "asyncio.Future[T]", condition: Callable[[], T | None]) -> None:
    try:
        found = condition()
    except Exception as error:  # noqa: BLE001  it belongs to the code that waits, not to the code that changed something
        future.set_exception(error)
        return
    if found:
        future.set_result(found)

"""The answers to members who have asked for the deletion of their data."""

from bot.domain.privacy import ErasureState


class FakeErasureAnswers:
    """What members are told of a deletion; `is_reachable` is false once a token has expired."""

    def __init__(self) -> None:
        self.shown: list[ErasureState] = []
        self.is_reachable = True
        #: Raised by the next calls, one each.
        self.on_show: list[Exception] = []

    async def show(self, state: ErasureState) -> bool:
        if self.on_show:
            raise self.on_show.pop(0)
        if self.is_reachable:
            self.shown.append(state)
        return self.is_reachable

"""Waiting for the outcome of something that a person asked the application for."""

from __future__ import annotations

from dataclasses import dataclass, field

from standins.fake_discord.model import Answer, AnswerKind, Interaction, Message, Modal
from standins.fake_discord.world import World

_PATIENCE_SECONDS = 5.0
"""Beyond the time that the application has: Discord ends each wait for a first answer by itself."""


@dataclass(frozen=True)
class Upload:
    """A file that a person picks; its content type follows from the name, unless it is given."""

    filename: str
    data: bytes = field(repr=False)
    content_type: str | None = None


class ClientRefusedError(Exception):
    """The client does not let this happen, and nothing was sent. `what` names the part, `why` says it."""

    def __init__(self, what: str, why: str) -> None:
        super().__init__(what, why)
        self.what = what
        self.why = why


class NoResponseError(Exception):
    """The person reads "The application did not respond"."""

    def __init__(self, interaction: Interaction) -> None:
        super().__init__(interaction)
        self.interaction = interaction


class UnexpectedAnswerError(Exception):
    """The application answered, but not with the expected kind of answer."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer)
        self.answer = answer


class Ask:
    """Something that a person asked the application for, and its outcome."""

    def __init__(self, world: World, interaction: Interaction) -> None:
        self._world = world
        self.interaction = interaction

    async def answer(self) -> Answer:
        """Wait for the first answer; its kind is NONE when none came in time."""
        patience_seconds = self._world.answer_within_seconds + _PATIENCE_SECONDS
        return await self._world.until(
            lambda _: self.interaction.answer, within_seconds=patience_seconds, about=self.interaction
        )

    async def message(self, *, within_seconds: float = 10.0) -> Message:
        """Wait until the answer is a message, past any "… is thinking".

        Raises NoResponseError, UnexpectedAnswerError for a modal, and ConditionNotMetError when time is over.
        """
        return await self._world.until(
            lambda _: self._message(), within_seconds=within_seconds, about=self.interaction
        )

    async def modal(self) -> Modal:
        """Wait for the dialogue. Raises NoResponseError, or UnexpectedAnswerError for a message."""
        answer = _given(await self.answer(), self.interaction)
        if answer.modal is None:
            raise UnexpectedAnswerError(answer)
        return answer.modal

    def followups(self) -> list[Message]:
        """The further messages so far."""
        return list(self.interaction.followups.values())

    def _message(self) -> Message | None:
        if self.interaction.answer is None:
            return None
        answer = _given(self.interaction.answer, self.interaction)
        if answer.message is None:
            raise UnexpectedAnswerError(answer)
        return None if answer.message.is_thinking else answer.message


def _given(answer: Answer, interaction: Interaction) -> Answer:
    if answer.kind is AnswerKind.NONE:
        raise NoResponseError(interaction)
    return answer

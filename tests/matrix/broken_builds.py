"""Builds of the bot that break a promise, to see that the matrix catches them.

Nothing else in the tests replaces a part of the bot. Here it is right: what is tested is the matrix itself,
and the breakage must be nowhere in what is shipped, not even behind a switch.
"""

from collections.abc import AsyncIterator, Callable

import discord

from bot.chat.delivery.card_update import CardUpdate
from bot.chat.delivery.courier import DiscordCourier
from bot.domain.card import Card
from bot.domain.job import Job, JobState
from bot.services.making.resolving import Resolving


def blind_second_post() -> None:
    """A submit in doubt is simply sent again, as if it surely had not been taken."""

    async def send_again(self: Resolving, job: Job) -> Job | None:
        return await self.ledger.step(job, JobState.QUEUED, "sent again blindly")

    Resolving.unresolved = send_again  # type: ignore[method-assign]  # which is the point


def unchecked_delivery() -> None:
    """A new message with a picture is posted without a look whether an earlier process posted it."""

    async def nothing_of_ours(
        self: DiscordCourier, card: Card, after: int | None = None
    ) -> AsyncIterator[discord.Message]:
        none: list[discord.Message] = []
        for message in none:
            yield message

    with_nonce = CardUpdate.to_post

    def without_nonce(self: CardUpdate) -> dict[str, object]:
        return {name: value for name, value in with_nonce(self).items() if name != "nonce"}

    DiscordCourier._own_messages = nothing_of_ours  # type: ignore[method-assign]  # which is the point
    CardUpdate.to_post = without_nonce  # type: ignore[method-assign]  # which is the point


BUILDS: dict[str, Callable[[], None]] = {
    "blind-second-post": blind_second_post,
    "unchecked-delivery": unchecked_delivery,
}

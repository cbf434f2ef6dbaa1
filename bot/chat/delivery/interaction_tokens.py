"""Decides whether a card's interaction token can still be used, and makes a webhook of it."""

from datetime import datetime, timedelta

import discord

from bot.chat.delivery.token_encryption import TokenCipher
from bot.domain.card import Card
from bot.domain.clock import Clock

#: A token this close to its end is not worth an upload.
MARGIN = timedelta(seconds=5)


class InteractionTokens:
    def __init__(self, *, client: discord.Client, token_cipher: TokenCipher, clock: Clock) -> None:
        self._client = client
        self._token_cipher = token_cipher
        self._clock = clock
        #: Encrypted tokens that Discord refused, with the time when each would have expired. They are not
        #: tried again: too many invalid requests would ban the whole address. A card that moves gets another
        #: token.
        self._dead: dict[bytes, datetime] = {}

    def webhook(self, card: Card) -> discord.Webhook | None:
        """Return the webhook that edits the card by its token; None if there is no usable token."""
        if card.sealed_token is None or card.token_expires_at is None or card.sealed_token in self._dead:
            return None
        if self._clock.now() >= card.token_expires_at - MARGIN:
            return None
        token = self._token_cipher.decrypt(card.sealed_token)
        if token is None:
            return None
        return discord.Webhook.partial(card.application_id, token, client=self._client)

    def bury(self, card: Card) -> None:
        """Discord says that the card's token is dead, or does not lead to its message."""
        if card.token_expires_at is not None and card.sealed_token is not None:
            now = self._clock.now()
            self._dead = {token: until for token, until in self._dead.items() if until > now}
            self._dead[card.sealed_token] = card.token_expires_at

"""A webhook's session that sends one request. discord.py would send it again after a lost answer."""

from typing import Any, cast

import discord

from bot.chat.rest.error_codes import AnswerInDoubt


class _OneAttempt:
    def __init__(self, session: Any) -> None:
        self._session = session
        self._has_sent = False

    def request(self, *args: Any, **more: Any) -> Any:
        """Raises `AnswerInDoubt` for a repetition."""
        if self._has_sent:
            raise AnswerInDoubt("the request is not repeated")
        self._has_sent = True
        return self._session.request(*args, **more)


def without_repetition(webhook: discord.Webhook) -> None:
    """Let the webhook send one request, and no repetition of it."""
    webhook.session = cast("Any", _OneAttempt(webhook.session))

"""The webhook by which the operator is notified of troubles. Its URL is a secret, and is never logged."""

import asyncio
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import aiohttp
from yarl import URL

from bot.domain.errors import CourierUnavailable
from bot.domain.trouble import PostRefused

CALL_SECONDS = 10.0
NOBODY: Mapping[str, Any] = {"parse": []}
#: The webhook was deleted, or its URL is not complete. No other attempt helps.
REFUSALS = {
    HTTPStatus.UNAUTHORIZED: "refuses its token (401)",
    HTTPStatus.FORBIDDEN: "forbids posts (403)",
    HTTPStatus.NOT_FOUND: "does not know it (404)",
}
BROKEN = (aiohttp.ClientError, TimeoutError, OSError, UnicodeError)


class OperatorWebhook:
    """Implements `bot.services.protocols.OperatorPost`."""

    def __init__(
        self, session: aiohttp.ClientSession, url: str, *, user_agent: str, call_seconds: float = CALL_SECONDS
    ) -> None:
        self._session = session
        self._url = URL(url)
        self._headers = {"User-Agent": user_agent}
        self._call_seconds = call_seconds

    async def post(self, text: str) -> None:
        await self._call("POST", {"content": text, "allowed_mentions": NOBODY})

    async def look(self) -> None:
        """Check that the webhook exists, and post nothing. Raises the same errors as `post`."""
        await self._call("GET", None)

    async def _call(self, method: str, body: Mapping[str, Any] | None) -> None:
        try:
            async with (
                asyncio.timeout(self._call_seconds),
                self._session.request(
                    method, self._url, json=body, headers=self._headers, allow_redirects=False
                ) as response,
            ):
                status = response.status
        except BROKEN as error:
            raise CourierUnavailable from error
        if status in REFUSALS:
            host = self._url.host
            advice = f"{host} {REFUSALS[HTTPStatus(status)]}: create a new webhook there, and copy its URL"
            raise PostRefused(f"OPERATOR_WEBHOOK_URL: {advice}")
        if not HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
            raise CourierUnavailable

"""discord.py's calls over HTTP, without `tts`: a key that it puts into each message and each edit.

Discord's description does not know it for an edit, and nothing that the bot says is to be read out.
"""

import json
from collections.abc import Iterable
from typing import Any

from discord.http import HTTPClient, Route
from discord.webhook.async_ import AsyncWebhookAdapter

Body = dict[str, Any]
Part = dict[str, Any]


class Rest(HTTPClient):
    """Calls that are made with the bot's token."""

    @classmethod
    def instead_of(cls, made: HTTPClient) -> "Rest":
        """Make one with the connections, proxies and timeouts of discord.py's own client."""
        return cls(
            made.loop,
            made.connector,
            proxy=made.proxy,
            proxy_auth=made.proxy_auth,
            unsync_clock=not made.use_clock,
            http_trace=made.http_trace,
            max_ratelimit_timeout=made.max_ratelimit_timeout,
        )

    async def request(self, route: Route, *, form: Iterable[Part] | None = None, **more: Any) -> Any:
        if isinstance(more.get("json"), dict):
            more["json"] = silent(more["json"])
        return await super().request(route, form=_silent_form(form), **more)


class WebhookRest(AsyncWebhookAdapter):
    """Calls that are made with an interaction's token. It has to be set as discord.py's `async_context`."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # discord.py gives it no types

    async def request(
        self, *args: Any, payload: Body | None = None, multipart: list[Part] | None = None, **more: Any
    ) -> Any:
        payload = None if payload is None else silent(payload)
        return await super().request(*args, payload=payload, multipart=_silent_form(multipart), **more)


def silent(body: Body) -> Body:
    """Return the message, or the response with a message in it, without `tts`."""
    kept = {name: value for name, value in body.items() if name != "tts"}
    if isinstance(kept.get("data"), dict):
        kept["data"] = silent(kept["data"])
    return kept


def _silent_form(parts: Iterable[Part] | None) -> list[Part] | None:
    """Do the same for a form, whose message is the text of one of its parts."""
    return None if parts is None else [_silent_part(part) for part in parts]


def _silent_part(part: Part) -> Part:
    if part.get("name") != "payload_json":
        return part
    return part | {"value": json.dumps(silent(json.loads(part["value"])))}

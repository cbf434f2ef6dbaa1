"""Discord's REST API without a library in between: what is sent is what the test says."""

from __future__ import annotations

import json
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import aiohttp

from standins.fake_discord.asks import Ask
from standins.fake_discord.model import Channel, Interaction, Message
from standins.fake_discord.server import FakeDiscord


@dataclass(frozen=True)
class Answered:
    status: int
    body: Any
    headers: dict[str, str]

    @property
    def code(self) -> int:
        """Discord's error code."""
        return int(self.body["code"])

    def wrong(self, *path: str | int) -> list[str]:
        """The codes that a 50035 gives for a field."""
        assert self.code == 50035, self.body
        node = self.body["errors"]
        for step in path:
            node = node[str(step)]
        return [one["code"] for one in node["_errors"]]


class RawClient:
    def __init__(self, fake: FakeDiscord, session: aiohttp.ClientSession) -> None:
        self.fake = fake
        self._session = session

    async def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        files: dict[int, tuple[str, bytes]] | None = None,
        token: str | None = None,
        base: str | None = None,
    ) -> Answered:
        """Send JSON, or a form with `payload_json` and `files[n]`."""
        headers = {"Authorization": f"Bot {token or self.fake.world.app.token}"}
        data: aiohttp.FormData | BytesIO | None = None
        if files:
            data = aiohttp.FormData(quote_fields=False)
            data.add_field("payload_json", json.dumps(body or {}))
            for number, (name, content) in files.items():
                data.add_field(f"files[{number}]", BytesIO(content), filename=name)
        elif body is not None:
            data, headers["Content-Type"] = BytesIO(json.dumps(body).encode()), "application/json"
        url = (self.fake.api_url if base is None else base) + path
        async with self._session.request(method, url, data=data, headers=headers) as response:
            raw = await response.read()
            is_json = response.headers.get("Content-Type") == "application/json"
            return Answered(response.status, json.loads(raw) if is_json else raw, dict(response.headers))

    async def callback(self, ask: Ask, kind: int, data: Any = None, **more: Any) -> Answered:
        """Give an interaction its first answer."""
        one = ask.interaction
        body = {"type": kind} if data is None else {"type": kind, "data": data}
        return await self.ask(
            "POST", f"/interactions/{one.id}/{one.token}/callback?with_response=1", body, **more
        )

    async def post(self, channel: Channel, body: Any, **more: Any) -> Answered:
        return await self.ask("POST", f"/channels/{channel.id}/messages", body, **more)

    async def edit(self, message: Message, body: Any, **more: Any) -> Answered:
        """Edit with the application's own token."""
        return await self.ask("PATCH", f"/channels/{message.channel.id}/messages/{message.id}", body, **more)

    async def edit_by_token(
        self, interaction: Interaction, body: Any, name: str | int = "@original", **more: Any
    ) -> Answered:
        return await self.ask("PATCH", f"{self.webhook(interaction)}/messages/{name}", body, **more)

    def webhook(self, interaction: Interaction) -> str:
        return f"/webhooks/{self.fake.world.app.id}/{interaction.token}"

    async def register(self, *commands: Any) -> Answered:
        """Replace the application's commands."""
        return await self.ask("PUT", f"/applications/{self.fake.world.app.id}/commands", list(commands))


ECHO = {"name": "echo", "description": "Echo", "type": 1}
"""A command without options."""
MENU = {"name": "Edit image", "type": 3}

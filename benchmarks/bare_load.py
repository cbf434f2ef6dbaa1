"""The least that makes the same calls: aiohttp alone, and no memory of anything. Ends with its holder.

For each INTERACTION_CREATE: the callback, a submit, so many polls, the result, the file, so many edits of the
message, and one that uploads the file. What it says in words is as long as what the bot says.
"""

import asyncio
import json
import os
import sys
import threading
from typing import Any

import aiohttp

from benchmarks.bare_bot import end_with_the_holder

IDENTIFY, HEARTBEAT, HELLO = 2, 1, 10
MODEL = "luma-uni-1"
POLL_SECONDS = 0.5


class BareLoad:
    def __init__(self, session: aiohttp.ClientSession, settings: dict[str, str]) -> None:
        self._session = session
        self._discord, self._segmind = settings["DISCORD_API_URL"], settings["SEGMIND_API_URL"]
        self._token, self._gateway = settings["DISCORD_TOKEN"], settings["DISCORD_GATEWAY_URL"]
        self._key = {"x-api-key": settings["SEGMIND_API_KEY"]}
        self._polls, self._edits = int(settings["POLLS"]), int(settings["EDITS"])
        self._embed = {"description": "x" * int(settings["WORDS"])}
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        async with self._session.ws_connect(self._gateway) as socket:
            hello = await socket.receive_json()
            self._start(self._beat(socket, hello["d"]["heartbeat_interval"] / 1000))
            identity = {"token": self._token, "intents": 1, "properties": {}}
            await socket.send_json({"op": IDENTIFY, "d": identity})
            await self._register()
            async for frame in socket:
                heard = json.loads(frame.data)
                if heard.get("t") == "INTERACTION_CREATE":
                    self._start(self._make(heard["d"]))

    def _start(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _beat(self, socket: aiohttp.ClientWebSocketResponse, seconds: float) -> None:
        while True:
            await socket.send_json({"op": HEARTBEAT, "d": None})
            await asyncio.sleep(seconds)

    async def _register(self) -> None:
        option = {"type": 3, "name": "prompt", "description": "What to make", "required": True}
        command = {"type": 1, "name": "imagine", "description": "Makes a picture", "options": [option]}
        application = os.environ["APPLICATION_ID"]
        headers = {"Authorization": f"Bot {self._token}"}
        url = f"{self._discord}/applications/{application}/commands"
        async with self._session.put(url, json=[command], headers=headers) as answer:
            answer.raise_for_status()

    async def _make(self, interaction: dict[str, Any]) -> None:
        token = interaction["token"]
        message = {"type": 4, "data": {"embeds": [self._embed]}}
        await self._call(
            "POST", f"{self._discord}/interactions/{interaction['id']}/{token}/callback", json=message
        )
        prompt = interaction["data"]["options"][0]["value"]
        submitted = await self._call(
            "POST", f"{self._segmind}/v2/{MODEL}", json={"prompt": prompt}, headers=self._key
        )
        output_url = await self._finished(submitted["request_id"])
        async with self._session.get(output_url) as answer:
            picture = await answer.read()
        await self._deliver(f"{self._discord}/webhooks/{interaction['application_id']}/{token}", picture)

    async def _finished(self, request_id: str) -> str:
        """As many polls as the bot needs; more only if the picture is not there then."""
        url = f"{self._segmind}/v2/requests/{request_id}"
        polls = 0
        while True:
            status = await self._call("GET", f"{url}/status", headers=self._key)
            polls += 1
            if polls >= self._polls and status["status"] == "COMPLETED":
                break
            await asyncio.sleep(POLL_SECONDS)
        result = await self._call("GET", url, headers=self._key)
        return str(result["output"])

    async def _deliver(self, webhook: str, picture: bytes) -> None:
        for _ in range(self._edits):
            await self._call("PATCH", f"{webhook}/messages/@original", json={"embeds": [self._embed]})
        form = aiohttp.FormData()
        attachment = {"id": 0, "filename": "image-1.jpeg"}
        form.add_field("payload_json", json.dumps({"embeds": [self._embed], "attachments": [attachment]}))
        form.add_field("files[0]", picture, filename="image-1.jpeg", content_type="image/jpeg")
        await self._call("PATCH", f"{webhook}/messages/@original", data=form)

    async def _call(self, method: str, url: str, **more: Any) -> Any:
        async with self._session.request(method, url, **more) as answer:
            answer.raise_for_status()
            return None if answer.status == 204 else await answer.json(content_type=None)


async def main() -> None:
    threading.Thread(target=end_with_the_holder, daemon=True).start()
    async with aiohttp.ClientSession() as session:
        await BareLoad(session, dict(os.environ)).run()


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))

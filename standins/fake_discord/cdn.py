"""The files as Discord's CDN serves them: by signed URLs that expire; and everybody's default avatar."""

from __future__ import annotations

from io import BytesIO

from PIL import Image, ImageDraw

from standins.fake_discord.files import attachment_at, is_signed
from standins.fake_discord.rest import Call, Reply, Route

_COLORS = ("#5865f2", "#757e8a", "#3ba55c", "#faa61a", "#ed4245", "#eb459f")
_GONE = "This content is no longer available."


def cdn_routes() -> list[Route]:
    path = "/{channel_id}/{attachment_id}/{filename}"
    return [
        Route("GET", "/attachments" + path, _file, needs_token=False, limit=None, is_api=False),
        Route("GET", "/ephemeral-attachments" + path, _file, needs_token=False, limit=None, is_api=False),
        Route("GET", "/embed/avatars/{name}", _avatar, needs_token=False, limit=None, is_api=False),
    ]


def _file(call: Call) -> Reply:
    attachment = attachment_at(call.world, call.path)
    if attachment is None or not is_signed(call.world, call.path, call.query):
        return Reply(404, _GONE, "text/plain")
    return Reply(200, attachment.data, attachment.content_type or "application/octet-stream")


def _avatar(call: Call) -> Reply:
    name = call.params["name"].removesuffix(".png")
    color = _COLORS[int(name) % len(_COLORS)] if name.isdecimal() else _COLORS[0]
    picture = Image.new("RGB", (128, 128), color)
    draw = ImageDraw.Draw(picture)
    draw.ellipse((44, 28, 84, 68), "#ffffff")
    draw.ellipse((28, 76, 100, 148), "#ffffff")
    held = BytesIO()
    picture.save(held, "PNG")
    return Reply(200, held.getvalue(), "image/png")

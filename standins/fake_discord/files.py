"""Files: from an upload to an attachment, the signed URLs that serve it, and how large it may be."""

from __future__ import annotations

import hashlib
import hmac
import re
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from io import BytesIO
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from PIL import Image

from standins.fake_discord.model import Attachment, Channel, Guild, User
from standins.fake_discord.world import World

MIB = 1024 * 1024
MOST_REQUEST_BYTES = 25 * MIB
"""All files of a request together; where one file may be larger than this, the request may be, too."""
_GUILD_LIMITS = {0: 10 * MIB, 1: 10 * MIB, 2: 50 * MIB, 3: 100 * MIB}
_NITRO_LIMIT = 500 * MIB
_TYPES = {
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "gif": "image/gif",
    "webp": "image/webp",
    "heic": "image/heic",
    "avif": "image/avif",
    "bmp": "image/bmp",
    "txt": "text/plain; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
    "json": "application/json; charset=utf-8",
    "pdf": "application/pdf",
    "zip": "application/zip",
    "mp4": "video/mp4",
}


@dataclass(frozen=True)
class IncomingFile:
    """A file on its way in: `files[number]` of a request, or what a person picked."""

    number: int
    filename: str
    data: bytes = field(repr=False)
    content_type: str | None = None


def guild_upload_limit(guild: Guild) -> int:
    """Bytes for one file, for the application with its own token."""
    return _GUILD_LIMITS[guild.premium_tier]


def upload_limit(guild: Guild, user: User) -> int:
    """Bytes for one file of this user, and in answers to this user's interactions."""
    return max(guild_upload_limit(guild), _NITRO_LIMIT if user.has_nitro else 0)


def new_attachment(
    world: World,
    channel: Channel,
    file: IncomingFile,
    *,
    description: str | None = None,
    is_ephemeral: bool = False,
) -> Attachment:
    """Keep the file as Discord does: a name fit for a URL, a type by that name, and a picture's size."""
    suffix = PurePosixPath(file.filename).suffix.lower().removeprefix(".")
    content_type = file.content_type or _TYPES.get(suffix)
    width, height = _dimensions(file.data) if (content_type or "").startswith("image/") else (None, None)
    attachment = Attachment(
        world.snowflakes.next(),
        channel,
        _safe_name(file.filename),
        content_type,
        file.data,
        width,
        height,
        description,
        is_ephemeral,
    )
    return world.add_attachment(attachment)


def signed_url(world: World, attachment: Attachment) -> str:
    """The URL of the file until the signature expires."""
    folder = "ephemeral-attachments" if attachment.is_ephemeral else "attachments"
    path = f"/{folder}/{attachment.channel.id}/{attachment.id}/{attachment.filename}"
    return world.cdn_url + path + "?" + _signature(world, path)


def is_signed(world: World, path: str, query: Mapping[str, str]) -> bool:
    """Say whether the query is a valid signature of ours for that path, and has not expired."""
    expected = _mac(world, path, query.get("ex", ""), query.get("is", ""))
    if not hmac.compare_digest(expected, query.get("hm", "")):
        return False
    return world.clock.now().timestamp() < int(query["ex"], 16)


def refreshed_url(world: World, url: str) -> str:
    """The same file with a new signature, even if the old one was invalid."""
    path = urlsplit(url).path
    return world.cdn_url + path + "?" + _signature(world, path)


def attachment_at(world: World, path: str) -> Attachment | None:
    """The file that a CDN path names."""
    parts = path.strip("/").split("/")
    if len(parts) != len(("folder", "channel", "id", "name")) or not parts[2].isdecimal():
        return None
    found = world.attachments.get(int(parts[2]))
    return found if found and found.filename == parts[3] and str(found.channel.id) == parts[1] else None


def _signature(world: World, path: str) -> str:
    issued_at = world.clock.now()
    issued = f"{int(issued_at.timestamp()):x}"
    expires = f"{int((issued_at + timedelta(seconds=world.file_life_seconds)).timestamp()):x}"
    return f"ex={expires}&is={issued}&hm={_mac(world, path, expires, issued)}&"


def _mac(world: World, path: str, expires: str, issued: str) -> str:
    return hmac.new(world.signing_key, f"{path} {expires} {issued}".encode(), hashlib.sha256).hexdigest()


def _safe_name(filename: str) -> str:
    return re.sub(r"[^\w.-]", "_", PurePosixPath(filename).name, flags=re.ASCII) or "unknown"


def _dimensions(data: bytes) -> tuple[int, int] | tuple[None, None]:
    """Width and height by the file's head; nothing is decoded, so a bomb does no harm."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with warnings.catch_warnings(action="ignore"), Image.open(BytesIO(data)) as picture:
                return picture.size
    except (OSError, ValueError, Image.DecompressionBombError):
        return None, None

"""The conversion of pictures to and from data URLs. It handles megabytes: call it in a thread."""

import base64
import binascii
import json
import re
from urllib.parse import unquote_to_bytes

from bot.domain.errors import FileRefused
from bot.domain.failure import SourceProblem
from bot.domain.provider import Picture

#: Among the parameters, whose order and spelling vary.
_IS_BASE64 = re.compile(r";\s*base64\s*(?:;|$)", re.IGNORECASE)
#: Of the alphabet that is safe in URLs.
_USUAL_ALPHABET = bytes.maketrans(b"-_", b"+/")


def upload_body(picture: Picture) -> bytes:
    encoded = base64.b64encode(picture.data).decode("ascii")
    return json.dumps({"data_urls": [f"data:{picture.content_type};base64,{encoded}"]}).encode()


def is_data_url(url: str) -> bool:
    return url[:5].lower() == "data:"


def data_of(data_url: str, most_bytes: int) -> bytes:
    """Return the bytes in a data URL. Raises `FileRefused` for too many bytes, and for none."""
    head, comma, content = data_url.partition(",")
    try:
        data = unquote_to_bytes(content)
        if _IS_BASE64.search(head):
            data = _decoded(data)
    except (binascii.Error, ValueError) as error:
        raise FileRefused(SourceProblem.NOT_A_PICTURE) from error
    if not comma or not data:
        raise FileRefused(SourceProblem.NOT_A_PICTURE)
    if len(data) > most_bytes:
        raise FileRefused(SourceProblem.TOO_LARGE)
    return data


def _decoded(text: bytes) -> bytes:
    """Decode base64 of either alphabet, with or without its padding: libraries leave it out."""
    text = text.translate(_USUAL_ALPHABET, b" \t\r\n=")
    return base64.b64decode(text + b"=" * (-len(text) % 4))

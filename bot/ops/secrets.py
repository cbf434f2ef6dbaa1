"""The removal of secrets from text: those that match a known form, and those that were registered."""

import json
import re
from urllib.parse import quote

from bot.ops.visible import visible

CONCEALED = "[concealed]"

#: Shorter values would also match ordinary words.
SHORTEST_SECRET = 6

_PATTERNS = [
    (re.compile(pattern, re.IGNORECASE), replacement)
    for pattern, replacement in (
        # A bot token: the application's id in base64, a time, and a signature.
        (r"\b[\w-]{23,30}\.[\w-]{5,8}\.[\w-]{27,}", CONCEALED),
        # With the token in an interaction's URL, anybody can answer as the bot for 15 minutes.
        (r"(/(?:webhooks|interactions)/\d+/)[^/?\s\"']+", rf"\1{CONCEALED}"),
        (
            r"((?:x-api-key|authorization)['\"]?\s*[:=,]\s*(?:b?['\"])?(?:bot |bearer )?)[\w.-]+",
            rf"\1{CONCEALED}",
        ),
        # Discord's payloads, which discord.py logs at DEBUG.
        (r"(\btoken['\"]?\s*[:=]\s*['\"]?)[^\s'\",;)}]+", rf"\1{CONCEALED}"),
        (r"\bSG_\w{8,}", CONCEALED),
        # URLs of uploaded source pictures contain the e-mail address of the account's owner.
        (r"(https?://[^/\s\"']+/assets/)[^\s\"'<>]+", rf"\1{CONCEALED}"),
        # The password in a URL, up to its last @, and in a connection string.
        (r"(://[^\s:/@\"']*:)[^\s/\"']+@", rf"\1{CONCEALED}@"),
        (r"(\bpassword['\"]?\s*[=:]\s*)(?:'[^']*'|\"[^\"]*\"|[^\s,;)]+)", rf"\1{CONCEALED}"),
        (r"(?<![\w.+-])[\w.+-]+(?:@|%40)[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}\b", CONCEALED),
    )
]

_registered: set[str] = set()


def conceal(value: str) -> None:
    """Register a secret: `without_secrets` removes it, also in its quoted and URL-encoded forms."""
    if len(value) < SHORTEST_SECRET:
        return
    in_json = (json.dumps(value, ensure_ascii=ascii_only)[1:-1] for ascii_only in (True, False))
    spelled = (value, *in_json, repr(value)[1:-1], quote(value, safe=""))
    _registered.update(spelled, map(visible, spelled))


def without_secrets(text: str) -> str:
    for value in _registered:
        text = text.replace(value, CONCEALED)
    for pattern, replacement in _PATTERNS:
        text = pattern.sub(replacement, text)
    return text

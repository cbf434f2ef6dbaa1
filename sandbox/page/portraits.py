"""Pictures of people and servers, drawn as SVG from nothing but their ids and names."""

from __future__ import annotations

import hashlib
from html import escape

from standins.fake_discord.model import Guild, User

_MOUTHS = (
    "M34 60q16 16 32 0",
    "M36 62q14 10 28 0",
    "M38 63h24",
    "M36 60q14 20 28 0z",
)
_HAIR = (
    "M14 44a36 36 0 0 1 72 0q-14-16-36-16t-36 16z",
    "M16 40a34 32 0 0 1 68 0q-8-4-14-12-20 12-54 12z",
    "M50 6l8 16h-16zM20 36q30-26 60 0l-4-12q-26-18-52 0z",
    "M14 50q-4-40 36-42t36 42q-6-12-10-20-26 6-52 0-6 8-10 20z",
)


def portrait(user: User) -> str:
    """A face that is the same every time, or a lantern for the application."""
    return _lantern() if user.is_bot else _face(user.username)


def crest(guild: Guild) -> str:
    """The server's initials on its colour."""
    initials = "".join(word[0] for word in guild.name.split())[:3].upper()
    return _svg(
        f'<rect width="100" height="100" fill="hsl({_number(guild.name, 360)} 42% 40%)"/>'
        '<text x="50" y="64" text-anchor="middle" font-family="sans-serif" font-weight="600" font-size="40"'
        f' fill="#fff">{escape(initials)}</text>'
    )


def _face(name: str) -> str:
    hue = _number(name, 360)
    skin = f"hsl({18 + _number(name + 's', 18)} 55% {48 + _number(name + 'l', 30)}%)"
    hair = f"hsl({_number(name + 'h', 60)} 45% {16 + _number(name + 'd', 30)}%)"
    return _svg(
        f'<rect width="100" height="100" fill="hsl({hue} 48% 62%)"/>'
        f'<path d="M18 104a32 26 0 0 1 64 0z" fill="hsl({(hue + 180) % 360} 40% 36%)"/>'
        f'<ellipse cx="50" cy="52" rx="27" ry="30" fill="{skin}"/>'
        f'<path d="{_HAIR[_number(name + "c", len(_HAIR))]}" fill="{hair}"/>'
        '<g fill="#22201f"><circle cx="40" cy="50" r="3.6"/><circle cx="60" cy="50" r="3.6"/></g>'
        '<g fill="none" stroke="#22201f" stroke-width="3" stroke-linecap="round">'
        f'<path d="{_MOUTHS[_number(name + "m", len(_MOUTHS))]}"/></g>'
    )


def _lantern() -> str:
    return _svg(
        '<rect width="100" height="100" fill="#4752c4"/>'
        '<path d="M40 22a10 10 0 0 1 20 0" fill="none" stroke="#fff" stroke-width="5"/>'
        '<path d="M30 26h40l-5 8H35zM35 72h30l5 8H30z" fill="#fff"/>'
        '<rect x="34" y="34" width="32" height="38" rx="5" fill="#ffd866"/>'
        '<path d="M50 40q11 13 0 26-11-13 0-26z" fill="#f0932b"/>'
    )


def _svg(content: str) -> str:
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100">{content}</svg>'


def _number(seed: str, below: int) -> int:
    return int.from_bytes(hashlib.sha256(seed.encode()).digest()[:4]) % below

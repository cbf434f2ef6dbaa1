"""What may be chosen when the sandbox is started."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class SandboxOptions:
    #: `live` asks the real provider, which costs money and needs SEGMIND_API_KEY.
    provider: Literal["stand-in", "live"] = "stand-in"
    #: Where the page is served.
    host: str = "127.0.0.1"
    port: int = 8000
    #: Seconds of the stand-ins' time in one real second.
    speed: float = 1.0
    #: Whether the bot remembers what it did in the last sandbox.
    keep: bool = False

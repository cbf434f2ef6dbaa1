"""The options of `python -m sandbox`."""

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

#: A picture takes six seconds in place of a minute.
USUAL_SPEED = 10.0


@dataclass(frozen=True)
class SandboxOptions:
    #: `live` asks the real provider, which costs money and needs SEGMIND_API_KEY.
    provider: Literal["stand-in", "live"] = "stand-in"
    #: Where the page is served.
    host: str = "127.0.0.1"
    port: int = 8000
    #: Seconds of the stand-ins' time in one real second.
    speed: float = 1.0
    #: Whether the bot keeps the database of the last sandbox.
    keep: bool = False


def chosen(args: argparse.Namespace) -> SandboxOptions:
    return SandboxOptions(
        provider=args.provider, host=args.host, port=args.port, speed=args.speed, keep=args.keep
    )


def add_to(
    parser: argparse.ArgumentParser, *, number: Callable[[str], float], port: Callable[[str], int]
) -> None:
    """`number` and `port` read what was typed, and raise ArgumentTypeError if it is not one."""
    parser.add_argument(
        "--provider",
        choices=["stand-in", "live"],
        default="stand-in",
        help="who makes the pictures: a stand-in for free, or Segmind, which costs (needs SEGMIND_API_KEY)",
    )
    parser.add_argument(
        "--host",
        default="127.0.0.1",
        help="address of the page (default: %(default)s); others than this machine need the token in its URL",
    )
    parser.add_argument("--port", type=port, default=8000, help="port of the page (default: %(default)s)")
    parser.add_argument(
        "--speed", type=number, default=USUAL_SPEED, help="how much faster time passes (default: %(default)s)"
    )
    parser.add_argument(
        "--keep",
        action="store_true",
        help="keep what the bot of the last sandbox knew: settings, usage, pictures",
    )

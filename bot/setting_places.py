"""The hosts and paths that a setting may name. Each check raises `ValueError` for one that cannot exist."""

import re
from pathlib import Path
from urllib.parse import parse_qsl, unquote

from pydantic import SecretStr

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def is_host(host: str) -> str:
    """Refuse a name that makes resolvers raise `UnicodeError`: with an empty part, or one over 63 letters."""
    is_one_line(host).encode("idna")
    return host


def is_one_line(text: str) -> str:
    r"""Refuse control characters, which `\n` and `\t` become in double quotes: "C:\new\table"."""
    if _CONTROL.search(text):
        raise ValueError
    return text


def is_path(path: Path) -> Path:
    is_one_line(str(path))
    return path


def has_hosts(value: SecretStr) -> SecretStr:
    """Check the hosts before the path and in parameters. A path in place of a host is a socket."""
    place = re.sub(r"^\w+://(?:[^@]*@)?", "", is_one_line(value.get_secret_value()))
    hosts = re.split(r"[/?]", place)[0]
    named = [host for name, host in parse_qsl(place.partition("?")[2]) if name == "host"]
    for host in unquote(",".join([hosts, *named])).split(","):
        if not host.startswith("/"):
            is_host(re.sub(r":\d*$", "", host))
    return value

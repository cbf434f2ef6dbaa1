"""The choice of a proxy for a host, by HTTPS_PROXY and NO_PROXY. This module opens no connection."""

import base64
import ipaddress
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Self

from yarl import URL

#: Plain HTTP and WebSockets are only for stand-ins.
PROXIED_SCHEMES = frozenset({"https", "wss"})
_WITH_PORT = re.compile(r"(\[[^\]]*\]|[^:]*):(\d{1,5})")


@dataclass(frozen=True, slots=True)
class Proxy:
    """A proxy. `url` has no user and no password: they are in `headers` only."""

    url: URL
    headers: dict[str, str] = field(repr=False)

    @classmethod
    def of(cls, url: str) -> Self:
        given = URL(url)
        if not given.user and not given.password:
            return cls(given, {})
        pair = f"{given.user or ''}:{given.password or ''}"
        encoded = base64.b64encode(pair.encode()).decode()
        return cls(given.with_user(None), {"Proxy-Authorization": f"Basic {encoded}"})

    @property
    def name(self) -> str:
        """Return the name for logs."""
        return f"{self.url.host}:{self.url.port}"


@dataclass(frozen=True, slots=True)
class Exempt:
    """One entry of NO_PROXY. `host` is a name (including its subdomains), an address or a network."""

    host: str
    port: int | None

    @classmethod
    def of(cls, entry: str) -> Self:
        found = _WITH_PORT.fullmatch(entry)
        host, port = (found[1], int(found[2])) if found else (entry, None)
        name = host.strip("[]").lower().rstrip(".")
        return cls(name if name == "*" else name.removeprefix("*").removeprefix("."), port)

    def holds_for(self, host: str, port: int) -> bool:
        if not self.host or self.port not in {None, port}:
            return False
        if self.host in {"*", host} or host.endswith(f".{self.host}"):
            return True
        try:
            return ipaddress.ip_address(host) in ipaddress.ip_network(self.host, strict=False)
        except ValueError:
            return False


@dataclass(frozen=True, slots=True)
class Proxies:
    """The proxy for all hosts, except for exempt ones and for this machine, which no proxy can reach."""

    proxy: Proxy | None = None
    exempt: tuple[Exempt, ...] = ()

    @classmethod
    def of(cls, proxy_url: str | None, no_proxy: Sequence[str]) -> Self:
        return cls(Proxy.of(proxy_url) if proxy_url else None, tuple(map(Exempt.of, no_proxy)))

    def for_url(self, url: URL) -> Proxy | None:
        host = (url.host or "").lower().rstrip(".")
        if self.proxy is None or url.scheme not in PROXIED_SCHEMES or is_loopback(host):
            return None
        is_exempt = any(entry.holds_for(host, url.port or 0) for entry in self.exempt)
        return None if is_exempt else self.proxy


def is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False

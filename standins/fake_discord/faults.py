"""Misbehaviour on request: what Discord does on a bad day, for chosen routes and a chosen number of times.

Faults of the REST API and the CDN are matched by route; those of the gateway are only reached from here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Protocol

from standins.fake_discord.dial_faults import AUTHENTICATION_FAILED, SessionFaults
from standins.fake_discord.interactions import expire_tokens
from standins.fake_discord.model import Json
from standins.fake_discord.world import World

TOO_MANY_REQUESTS = 429
SERVICE_UNAVAILABLE = 503


@dataclass(eq=False)
class Fault:
    """One way to misbehave. `times` counts down with each request that it hits; None means until removed."""

    route: str
    """Such as "PATCH /webhooks/*": method and path below /api/v10, or of the CDN; `*` matches anything."""
    status: int | None = None
    """Answer with this instead."""
    times: int | None = None
    after_doing: bool = False
    """Do what was asked before misbehaving."""
    delay_seconds: float = 0.0
    """Real seconds before anything is done."""
    drops_connection: bool = False
    """Give no answer at all."""
    retry_after_seconds: float = 0.5
    """What a 429 says."""
    is_global: bool = False
    """Whether a 429 is of the limit over all routes."""
    is_shared: bool = False
    """Whether a 429 is of a limit that others share: it does not count as an invalid request."""
    has_via: bool = True
    """A 429 without `Via` is how Cloudflare bans; clients do not wait and ask again then."""
    code: int = 0
    """Discord's error code in the body."""
    endless_seconds: float | None = None
    """Answer 200 with a body without end: real seconds between its bytes, or 0 for as fast as it goes."""
    hits: int = 0
    """How many requests it spoilt."""

    def matches(self, route: str) -> bool:
        return self.times != 0 and fnmatchcase(route, self.route)

    def hit(self) -> None:
        self.hits += 1
        if self.times is not None:
            self.times -= 1

    @property
    def spoils(self) -> bool:
        """Say whether it does more than wait."""
        return self.status is not None or self.drops_connection or self.endless_seconds is not None


class GatewayFaults(Protocol):
    """The faults of the WebSocket; see `gateway.Gateway`."""

    def cut(self, code: int | None = None) -> None: ...

    def invalidate_sessions(self, *, is_resumable: bool = False) -> None: ...

    def send_malformed(self, payload: Json | str | bytes | None = None) -> None: ...

    def ask_to_reconnect(self) -> None: ...

    @property
    def session_faults(self) -> SessionFaults: ...

    @property
    def is_refusing(self) -> bool: ...

    @is_refusing.setter
    def is_refusing(self, value: bool) -> None: ...

    @property
    def is_deaf(self) -> bool: ...

    @is_deaf.setter
    def is_deaf(self, value: bool) -> None: ...


@dataclass
class Faults:
    """All misbehaviour that is switched on; `clear()` ends it."""

    world: World
    gateway: GatewayFaults
    active: list[Fault] = field(default_factory=list)
    _outage: Fault | None = None

    def add(
        self,
        route: str = "*",
        *,
        status: int | None = None,
        times: int | None = None,
        after_doing: bool = False,
        delay_seconds: float = 0.0,
        drops_connection: bool = False,
        code: int = 0,
    ) -> Fault:
        """Spoil a route's requests: `add("PATCH /webhooks/*", status=500, times=2, after_doing=True)`."""
        fault = Fault(route, status, times, after_doing, delay_seconds, drops_connection, code=code)
        return self._add(fault)

    def slow(self, route: str = "*", *, seconds: float, times: int | None = None) -> Fault:
        return self.add(route, delay_seconds=seconds, times=times)

    def never_end(self, route: str, *, seconds: float = 0.0, times: int | None = 1) -> Fault:
        """Send a body without end: as fast as it goes, or one byte every so many real seconds."""
        return self._add(Fault(route, times=times, endless_seconds=seconds))

    def lose_request(self, route: str = "*", *, times: int | None = 1) -> Fault:
        """Close the connection before anything is done."""
        return self.add(route, drops_connection=True, times=times)

    def lose_answer(self, route: str = "*", *, times: int | None = 1) -> Fault:
        """Do what was asked, then close the connection without an answer."""
        return self.add(route, drops_connection=True, after_doing=True, times=times)

    def rate_limit(
        self,
        route: str = "*",
        *,
        retry_after_seconds: float = 0.5,
        times: int | None = 1,
        is_global: bool = False,
        is_shared: bool = False,
        has_via: bool = True,
    ) -> Fault:
        fault = Fault(route, TOO_MANY_REQUESTS, times, retry_after_seconds=retry_after_seconds)
        fault.is_global, fault.is_shared, fault.has_via = is_global, is_shared, has_via
        return self._add(fault)

    def start_outage(self) -> None:
        """REST and CDN answer 503, the gateway hangs up and refuses, until `end_outage`."""
        self._outage = self._outage or self.add("*", status=SERVICE_UNAVAILABLE)
        self.gateway.is_refusing = True
        self.gateway.cut()

    def end_outage(self) -> None:
        if self._outage is not None:
            self.remove(self._outage)
            self._outage = None
        self.gateway.is_refusing = False

    def expire_tokens(self) -> None:
        """Expire all interaction tokens that exist now; for later ones, see `world.token_life_seconds`."""
        expire_tokens(self.world)

    def forbid_word(self, word: str) -> None:
        """Let AutoMod reject (200000) what the application posts or edits with that word in it."""
        self.world.forbidden_words.add(word.lower())

    def cut_gateway(self, code: int | None = None) -> None:
        """Break the WebSocket: abruptly, or with a close code. The session can be resumed."""
        self.gateway.cut(code)

    def invalidate_sessions(self, *, is_resumable: bool = False) -> None:
        """Op 9: the application has to identify again, and missed events are lost; or it may resume."""
        self.gateway.invalidate_sessions(is_resumable=is_resumable)

    def ask_to_reconnect(self) -> None:
        """Op 7: the application has to disconnect and resume."""
        self.gateway.ask_to_reconnect()

    def reset_token(self, token: str) -> None:
        """Reset the token, as the developer portal does: the old one is invalid, connections are closed."""
        self.world.app.token = token
        self.gateway.cut(AUTHENTICATION_FAILED)

    def send_malformed(self, payload: Json | str | bytes | None = None) -> None:
        """Send a dispatch that cannot be parsed: an empty message, or the given payload.

        Bytes are sent as a compressed frame, even if they are not one.
        """
        self.gateway.send_malformed(payload)

    def clear(self) -> None:
        self.end_outage()
        self.active.clear()
        self.world.forbidden_words.clear()
        self.gateway.is_deaf = False
        self.gateway.session_faults.clear()

    def take(self, route: str) -> list[Fault]:
        """The faults that hit this request, each counted: all delays, and the first that spoils."""
        taken: list[Fault] = []
        for fault in self.active:
            if fault.matches(route) and not (fault.spoils and any(one.spoils for one in taken)):
                fault.hit()
                taken.append(fault)
        self.active = [one for one in self.active if one.times != 0]
        return taken

    def remove(self, fault: Fault) -> None:
        if fault in self.active:
            self.active.remove(fault)

    def _add(self, fault: Fault) -> Fault:
        self.active.append(fault)
        return fault

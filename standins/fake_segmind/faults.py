"""The ways to misbehave on request: names, where each one applies, and which are switched on."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Route(StrEnum):
    """The calls that can be made to misbehave."""

    SUBMIT = "submit"
    RUN = "run"  # the synchronous v1 call
    STATUS = "status"
    RESULT = "result"
    CREDITS = "credits"
    UPLOAD = "upload"
    HISTORY = "history"
    HISTORY_ROW = "history_row"
    OUTPUT = "output"  # a finished picture
    ASSET = "asset"  # an uploaded source


class Effect(StrEnum):
    """The point of a call at which a fault acts."""

    DELAY = "delay"  # the call waits, then goes on
    REFUSE = "refuse"  # answered, or cut off, before anything was done
    LOSE = "lose"  # done, and then answered as if it were not
    SHAPE = "shape"  # done, and answered in another shape
    FATE = "fate"  # what will become of the job that is accepted by this call


EVERYWHERE = tuple(Route)
API = (
    Route.SUBMIT,
    Route.RUN,
    Route.STATUS,
    Route.RESULT,
    Route.CREDITS,
    Route.UPLOAD,
    Route.HISTORY,
    Route.HISTORY_ROW,
)
ACCEPTS = (Route.SUBMIT,)
READS = (Route.STATUS, Route.RESULT)
HISTORIES = (Route.HISTORY, Route.HISTORY_ROW)
FILES = (Route.OUTPUT, Route.ASSET)


@dataclass(frozen=True, slots=True)
class FaultKind:
    """`does` is one line for people; `seconds` is the default of those faults that last."""

    name: str
    effect: Effect
    routes: tuple[Route, ...]
    does: str
    seconds: float | None = None


CATALOGUE: tuple[FaultKind, ...] = (
    FaultKind("slow", Effect.DELAY, EVERYWHERE, "answers late", seconds=5.0),
    FaultKind("rate_limited", Effect.REFUSE, API, "429 with the time of the reset", seconds=20.0),
    FaultKind("rate_limited_bare", Effect.REFUSE, API, "429 without any header"),
    FaultKind("retry_after", Effect.REFUSE, API, "429 with Retry-After", seconds=20.0),
    FaultKind("error_500", Effect.REFUSE, EVERYWHERE, "500 with a JSON error"),
    FaultKind("bad_gateway", Effect.REFUSE, EVERYWHERE, "502 with an HTML page"),
    FaultKind("gateway_timeout", Effect.REFUSE, EVERYWHERE, "504 with an empty body"),
    FaultKind("unavailable", Effect.REFUSE, EVERYWHERE, "503 with a JSON error"),
    FaultKind("unavailable_html", Effect.REFUSE, EVERYWHERE, "503 with an HTML page"),
    FaultKind("html_200", Effect.REFUSE, EVERYWHERE, "200 with an HTML page"),
    FaultKind("empty_200", Effect.REFUSE, EVERYWHERE, "200 with an empty body"),
    FaultKind("reset_before", Effect.REFUSE, EVERYWHERE, "cuts the connection, nothing done"),
    FaultKind("hang", Effect.REFUSE, EVERYWHERE, "never answers, nothing done"),
    FaultKind("key_refused", Effect.REFUSE, API, "401, as for a wrong key"),
    FaultKind("forbidden", Effect.REFUSE, API, "403, not allowed to use the model"),
    FaultKind("retired", Effect.REFUSE, API, "410, the model is gone"),
    FaultKind("no_credit", Effect.REFUSE, API, "402, the account is empty"),
    FaultKind("no_credit_406", Effect.REFUSE, API, "406, the account is empty"),
    FaultKind("not_acceptable", Effect.REFUSE, API, "406, as for a wrong Content-Type"),
    FaultKind("invalid", Effect.REFUSE, API, "422, as for an invalid input"),
    FaultKind("redirect", Effect.REFUSE, EVERYWHERE, "302 to the same path at a foreign host"),
    FaultKind("huge", Effect.REFUSE, EVERYWHERE, "200 with a body of 1 GB"),
    FaultKind("drip", Effect.REFUSE, EVERYWHERE, "200 with one byte after the other", seconds=1.0),
    FaultKind("reset_after", Effect.LOSE, ACCEPTS, "accepts, then cuts the connection"),
    FaultKind("hang_after", Effect.LOSE, ACCEPTS, "accepts, then never answers"),
    FaultKind("error_500_after", Effect.LOSE, ACCEPTS, "accepts, then 500"),
    FaultKind("bad_gateway_after", Effect.LOSE, ACCEPTS, "accepts, then 502 with an HTML page"),
    FaultKind("gateway_timeout_after", Effect.LOSE, ACCEPTS, "accepts, then 504"),
    FaultKind("html_200_after", Effect.LOSE, ACCEPTS, "accepts, then 200 with an HTML page"),
    FaultKind("without_id", Effect.SHAPE, ACCEPTS, "accepts, but names no request_id"),
    FaultKind("text_plain", Effect.SHAPE, API, "JSON under the content type text/plain"),
    FaultKind("blocked", Effect.FATE, ACCEPTS, "the content filter refuses the picture"),
    FaultKind("generation_failed", Effect.FATE, ACCEPTS, "the picture cannot be made"),
    FaultKind("corrupt_input", Effect.FATE, ACCEPTS, "the source cannot be read"),
    FaultKind("stuck", Effect.FATE, ACCEPTS, "the job never ends"),
    FaultKind("lost", Effect.SHAPE, READS, "404, as for an unknown request"),
    FaultKind("unknown_word", Effect.SHAPE, READS, "a status word that does not exist"),
    FaultKind("lower_case", Effect.SHAPE, READS, "status words in small letters"),
    FaultKind("error_word", Effect.SHAPE, READS, "ended with the status ERROR"),
    FaultKind("cancelled_word", Effect.SHAPE, READS, "ended with the status CANCELLED"),
    FaultKind("failed_200", Effect.SHAPE, READS, "FAILED with the code 200 instead of 422"),
    FaultKind("no_metrics", Effect.SHAPE, READS, "no metrics"),
    FaultKind("text_numbers", Effect.SHAPE, (*READS, Route.CREDITS, *HISTORIES), "numbers as strings"),
    FaultKind("output_list", Effect.SHAPE, (Route.RESULT,), "output is a list of URLs"),
    FaultKind("output_dict", Effect.SHAPE, (Route.RESULT,), "output is an object with a url"),
    FaultKind("output_data", Effect.SHAPE, (Route.RESULT,), "output is a data URI"),
    FaultKind("output_missing", Effect.SHAPE, (Route.RESULT,), "no output, only images[]"),
    FaultKind("output_foreign", Effect.SHAPE, (Route.RESULT,), "output is at a foreign host"),
    FaultKind("odd_keys", Effect.SHAPE, HISTORIES, "rows under an unexpected key"),
    FaultKind("bare_list", Effect.SHAPE, HISTORIES, "nothing but the rows"),
    FaultKind("text_body", Effect.SHAPE, HISTORIES, "request_body as a JSON string"),
    FaultKind("repeat_page", Effect.SHAPE, (Route.HISTORY,), "every page is the first one"),
    FaultKind("late", Effect.SHAPE, HISTORIES, "rows land later than usual", seconds=60.0),
    FaultKind("text", Effect.SHAPE, FILES, "a text instead of a picture"),
    FaultKind("truncated", Effect.SHAPE, FILES, "half of the picture, then the end"),
    FaultKind("gone", Effect.SHAPE, FILES, "404"),
)
#: Not in the catalogue, since it takes more than a name: see `Faults.answer`.
SCRIPTED = FaultKind("scripted", Effect.REFUSE, EVERYWHERE, "a given answer, nothing done")
KINDS = {kind.name: kind for kind in CATALOGUE}


@dataclass(frozen=True, slots=True)
class ScriptedAnswer:
    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class Fault:
    """A fault that is switched on. `times_left` None: until it is cleared."""

    route: Route
    kind: FaultKind
    times_left: int | None
    seconds: float
    script: ScriptedAnswer | None = None

    @property
    def name(self) -> str:
        return self.kind.name


@dataclass(frozen=True, slots=True)
class Misbehaviour:
    """The faults that hold for one request."""

    faults: tuple[Fault, ...] = ()

    def has(self, name: str) -> bool:
        return any(fault.name == name for fault in self.faults)

    def first(self, *effects: Effect) -> Fault | None:
        return next((fault for fault in self.faults if fault.kind.effect in effects), None)

    def seconds(self, name: str) -> float:
        return sum(fault.seconds for fault in self.faults if fault.name == name)


class Faults:
    """The faults that are switched on. `faults.add("submit", "reset_after", times=1)`; see `catalogue`."""

    catalogue = CATALOGUE

    def __init__(self) -> None:
        self._active: list[Fault] = []

    @property
    def active(self) -> tuple[Fault, ...]:
        return tuple(self._active)

    def add(self, route: str, name: str, *, times: int | None = None, seconds: float | None = None) -> Fault:
        """Misbehave for the next `times` calls of this route (None: until cleared).

        Raises ValueError for an unknown name, and for a route at which it means nothing.
        """
        kind = KINDS.get(name)
        if kind is None:
            raise ValueError(f"no fault is named {name}; there are {', '.join(sorted(KINDS))}")
        if route not in kind.routes:
            raise ValueError(f"{name} means nothing at {route}; it does at {', '.join(kind.routes)}")
        fault = Fault(Route(route), kind, times, seconds if seconds is not None else kind.seconds or 0.0)
        self._active.append(fault)
        return fault

    def answer(
        self,
        route: str,
        status: int,
        body: object = b"",
        *,
        headers: Mapping[str, str] | None = None,
        times: int | None = None,
    ) -> Fault:
        """Answer calls of this route with just this: bytes as they are, anything else as JSON."""
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        script = ScriptedAnswer(status, data, headers or {})
        fault = Fault(Route(route), SCRIPTED, times, 0.0, script)
        self._active.append(fault)
        return fault

    def remove(self, fault: Fault) -> None:
        if fault in self._active:
            self._active.remove(fault)

    def clear(self, route: str | None = None) -> None:
        self._active = [fault for fault in self._active if route not in (None, fault.route)]

    def take(self, route: str) -> Misbehaviour:
        """The faults for a request that has just come in; each fault taken is used up once.

        At most one fault keeps the call from being done; those that act later then wait for the next call.
        """
        here = [fault for fault in self._active if fault.route == route]
        refusal = next((fault for fault in here if fault.kind.effect is Effect.REFUSE), None)
        if refusal is not None:
            here = [fault for fault in here if fault is refusal or fault.kind.effect is Effect.DELAY]
        self._use_up(here)
        return Misbehaviour(tuple(here))

    def _use_up(self, taken: Iterable[Fault]) -> None:
        for fault in taken:
            if fault.times_left is None:
                continue
            fault.times_left -= 1
            if fault.times_left <= 0:
                self.remove(fault)

"""The table of rooms: what each may import of ours, and which libraries it must never know."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

SQL = frozenset({"sqlalchemy", "alembic", "aiosqlite", "sqlite3", "psycopg", "psycopg_pool", "procrastinate"})
HTTP = frozenset({"aiohttp", "httpx", "requests", "urllib3"})
DISCORD = frozenset({"discord"})
SETTINGS = frozenset({"pydantic", "pydantic_settings", "dotenv"})


@dataclass(frozen=True)
class Room:
    may_import: frozenset[str] = frozenset()
    never: frozenset[str] = frozenset()


def room(*may_import: str, never: frozenset[str] = frozenset()) -> Room:
    return Room(frozenset(may_import), never)


#: Packages that no installed bot has. The command line hands over to the sandbox where there is one.
BESIDE = frozenset({"sandbox", "standins", "tests", "benchmarks"})

#: What bot/__init__.py itself holds, for everybody.
EVERYBODYS = frozenset({"__version__"})

#: By folder or module of bot/. Every room may import itself.
ROOMS = {
    "domain": room(never=DISCORD | SQL | HTTP | SETTINGS | {"PIL", "prometheus_client", "cryptography"}),
    "store": room("domain", "operating_system", "fault_points", never=DISCORD | HTTP | SETTINGS),
    "segmind": room("domain", "ops", "download", "fault_points", never=DISCORD | SQL | SETTINGS),
    "words": room(never=DISCORD | SQL | HTTP | SETTINGS),
    "services": room("domain", "store", "ops", "fault_points", never=DISCORD | SQL | HTTP | SETTINGS),
    "chat": room("domain", "services", "words", "ops", "fault_points", never=SQL | HTTP | SETTINGS),
    "ops": room("operating_system", never=DISCORD | SQL | SETTINGS),
    "download": room("domain", "ops", never=DISCORD | SQL | SETTINGS),
    "operator_webhook": room("domain", never=DISCORD | SQL | SETTINGS),
    "imaging": room(
        "domain",
        "operating_system",
        never=DISCORD | SQL | HTTP | SETTINGS | {"prometheus_client", "cryptography"},
    ),
    "setting_places": room(never=DISCORD | SQL | HTTP),
    "setting_types": room("setting_places", never=DISCORD | SQL | HTTP),
    "encryption_keys": room("domain", "ops", never=DISCORD | SQL | HTTP | SETTINGS),
    "env_file": room(never=DISCORD | SQL | HTTP | SETTINGS),
    "network_settings": room("setting_types", never=DISCORD | SQL | HTTP),
    "settings": room("setting_types", "network_settings", "env_file", never=DISCORD | SQL | HTTP),
    "unknown_settings": room("settings", "env_file", never=DISCORD | SQL | HTTP),
    "fault_points": room(never=DISCORD | SQL | HTTP | SETTINGS),
    "app": room(
        "domain",
        "store",
        "segmind",
        "services",
        "chat",
        "imaging",
        "ops",
        "download",
        "settings",
        "fault_points",
        "operating_system",
        "factories",
    ),
    "factories": room(
        "domain",
        "store",
        "segmind",
        "chat",
        "ops",
        "download",
        "operator_webhook",
        "settings",
        "encryption_keys",
    ),
    "cli": room(
        "domain", "store", "services", "chat", "ops", "download", "settings", "factories", "encryption_keys"
    ),
    "__main__": room(
        "domain",
        "ops",
        "settings",
        "unknown_settings",
        "app",
        "cli",
        never=DISCORD | SQL | HTTP,
    ),
    "operating_system": room(never=DISCORD | SQL | HTTP | SETTINGS),
    "__init__": room(),
}


#: The rooms inside a room, and which neighbours each may import. Loose modules may import all of them.
INNER = {
    "chat": {
        "rest": frozenset[str](),
        "gateway": frozenset({"rest"}),
        "incoming": frozenset({"rest"}),
        "reports": frozenset({"incoming"}),
        "presenter": frozenset({"incoming", "reports"}),
        "servers": frozenset({"rest", "gateway", "presenter"}),
        "access": frozenset({"rest", "incoming"}),
        "delivery": frozenset({"rest", "gateway", "incoming", "presenter", "servers", "access"}),
        "responses": frozenset({"rest", "incoming", "presenter", "servers", "access", "delivery"}),
        "actions": frozenset(
            {"rest", "incoming", "reports", "presenter", "servers", "access", "delivery", "responses"}
        ),
        "commands": frozenset(
            {"rest", "gateway", "incoming", "presenter", "access", "delivery", "responses", "actions"}
        ),
        "events": frozenset(
            {
                "rest",
                "gateway",
                "incoming",
                "presenter",
                "servers",
                "access",
                "delivery",
                "responses",
                "actions",
            }
        ),
    },
    "store": {
        "driver": frozenset[str](),
        "schema": frozenset({"driver"}),
        "migrations": frozenset({"schema"}),
        "servers": frozenset({"driver", "schema"}),
        "pictures": frozenset({"driver", "schema"}),
        "fleet": frozenset({"driver", "schema"}),
        "moderation": frozenset({"driver", "schema", "servers", "pictures"}),
        "admission": frozenset({"driver", "schema", "servers", "pictures"}),
        "privacy": frozenset({"driver", "schema", "pictures", "moderation"}),
        "upkeep": frozenset({"driver", "schema", "servers", "pictures"}),
    },
    "services": {
        "concurrency": frozenset[str](),
        "limits": frozenset({"protocols", "runtime"}),
        "provider": frozenset({"concurrency", "protocols", "runtime"}),
        "cards": frozenset(
            {"protocols", "runtime", "elapsed", "job_tasks", "concurrency", "limits", "provider"}
        ),
        "making": frozenset(
            {"protocols", "runtime", "elapsed", "job_tasks", "concurrency", "limits", "provider", "cards"}
        ),
        "members": frozenset({"protocols", "runtime", "elapsed", "concurrency", "limits", "cards", "making"}),
        "admins": frozenset({"protocols", "runtime", "elapsed", "limits"}),
        "upkeep": frozenset({"protocols", "runtime", "limits", "provider", "cards", "making"}),
    },
}


def room_of(path: PurePosixPath) -> str:
    """The room of a module, by its path under bot/."""
    return path.parts[0].removesuffix(".py")


def may_import_inside(path: PurePosixPath, neighbour: str) -> bool:
    """Whether the module may import this neighbour: a room or loose module of the same outer room."""
    inner = INNER.get(room_of(path))
    outer_and_loose_module = 2
    if inner is None or len(path.parts) == outer_and_loose_module:
        return True
    return neighbour == path.parts[1] or neighbour in inner[path.parts[1]]


def imported(module: ast.Module) -> Iterator[tuple[str, int]]:
    """Full names of all that is imported anywhere in the module, with the line."""
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            start = "." * node.level + (node.module or "")
            yield from ((f"{start}.{alias.name}", node.lineno) for alias in node.names)


def broken_rules(path: PurePosixPath, module: ast.Module) -> Iterator[str]:
    """What the module at `path` (under bot/) imports although its room may not."""
    name = room_of(path)
    rules = ROOMS.get(name)
    if rules is None:
        yield f"{path}: no such room in the table"
        return
    for target, line in imported(module):
        first, *rest = target.split(".")
        if first == "":
            yield f"{path}:{line} imports relatively; say the room's name"
        elif first == "bot" and rest and rest[0] not in rules.may_import | EVERYBODYS | {name}:
            yield f"{path}:{line} {name} may not import bot.{rest[0]}"
        elif first == "bot" and rest[1:] and rest[0] == name and not may_import_inside(path, rest[1]):
            yield f"{path}:{line} {name}/{path.parts[1]} may not import bot.{name}.{rest[1]}"
        elif (first in BESIDE and name != "__main__") or first in rules.never:
            yield f"{path}:{line} {name} must never know {first}"

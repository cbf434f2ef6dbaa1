"""The libraries that are strangers to the stand-in, and an environment of its own for each.

Environments lie under build/, named by what is installed in them, so that a changed lock makes a new one.
CONTRIBUTING.md says how a lock is made anew.
"""

from __future__ import annotations

import asyncio
import hashlib
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
ENVIRONMENTS = HERE.parents[1] / "build" / "strangers"
_NODE_LOCK = HERE / "js" / "package-lock.json"
_UV = Path(sys.executable).parent / "uv"


@dataclass(frozen=True)
class Library:
    name: str
    script: Path
    lock: Path

    @property
    def is_python(self) -> bool:
        return self.script.suffix == ".py"

    @property
    def environment(self) -> Path:
        """Where it is installed; libraries with the same lock share it."""
        digest = hashlib.sha256(self.lock.read_bytes() + sys.version.encode()).hexdigest()[:12]
        return ENVIRONMENTS / f"{self.lock.stem}-{digest}"

    def command(self) -> tuple[Sequence[str | Path], Mapping[str, str]]:
        """What runs its script, and what the environment has to say besides."""
        if self.is_python:
            return (self.environment / "bin" / "python", self.script), {}
        return ("node", self.script), {"NODE_PATH": str(self.environment / "node_modules")}


def _python(name: str, script: str) -> Library:
    return Library(name, HERE / "py" / script, HERE / f"requirements-{name}.txt")


def _node(name: str, script: str) -> Library:
    return Library(name, HERE / "js" / script, _NODE_LOCK)


LIBRARIES = {
    one.name: one
    for one in (
        _python("nextcord", "nextcord_bot.py"),
        _python("disnake", "disnake_bot.py"),
        _python("py-cord", "pycord_bot.py"),
        _python("hikari", "hikari_bot.py"),
        _python("interactions", "interactions_bot.py"),
        _node("discord.js", "discordjs_bot.js"),
        _node("oceanic.js", "oceanic_bot.js"),
        _node("eris", "eris_bot.js"),
    )
}


async def install(libraries: Sequence[Library]) -> None:
    """Make the environments that are missing. Raises SystemExit with what went wrong."""
    missing = {one.environment: one for one in libraries if not _is_installed(one)}
    await asyncio.gather(*map(_install, missing.values()))


def _is_installed(library: Library) -> bool:
    return (library.environment / "installed").exists()


async def _install(library: Library) -> None:
    print(f"Installing {library.lock.name} …", flush=True)
    where = library.environment
    where.mkdir(parents=True, exist_ok=True)
    if library.is_python:
        await _run(_UV, "venv", "--quiet", "--allow-existing", "--python", sys.executable, where)
        await _run(_UV, "pip", "sync", "--quiet", "--python", where, "--require-hashes", library.lock)
    else:
        for name in ("package.json", _NODE_LOCK.name):
            (where / name).write_bytes(_NODE_LOCK.with_name(name).read_bytes())
        await _run("npm", "ci", "--prefix", where, "--silent", "--ignore-scripts", "--no-audit", "--no-fund")
    (where / "installed").touch()


async def _run(*command: str | Path) -> None:
    try:
        process = await asyncio.create_subprocess_exec(*command)
    except FileNotFoundError:
        sys.exit(f"{command[0]} is not there; npm comes with Node.js, uv with `make test`")
    if await process.wait():
        sys.exit(f"{' '.join(map(str, command))} ended with {process.returncode}")

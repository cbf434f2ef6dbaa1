"""The built image, run as an engine for containers runs it, but without an engine. It takes root.

Real are: the image's files, user, environment, command and health check; a root that cannot be written, a
small `/tmp` in memory, a `/data` that outlives the process; no capabilities and no way to get any; the bot as
process 1 in a namespace of its own.

Not real are: the base image (this machine's Debian, see `.ci/image`); the network, which is the machine's, so
that the bot reaches the stand-ins on its loopback; the limits of memory, processors and processes.
"""

import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from sandbox import leash
from tests import machine
from tests.meta.checkout import ROOT

FOLDER = ROOT / "build" / "image"

#: Arguments: the image's files, the folder for /data, and the program. The mounts end with the program, since
#: they are in a namespace of its own.
CONFINE = """
root=$1 data=$2; shift 2
mount --bind "$root" "$root"
mount -t proc none "$root/proc"
mount --rbind /dev "$root/dev"
mount -t tmpfs -o size=64m,mode=1777 none "$root/tmp"
mount --bind "$data" "$root/data"
mount -o remount,bind,ro "$root"
exec chroot "$root" "$@"
"""
OWN_NAMESPACES = ("unshare", "--mount", "--propagation", "private", "--pid", "--fork", "--kill-child")
WITH_ITS_PARENT = ("setpriv", "--pdeathsig", "KILL")


@dataclass(frozen=True)
class Image:
    folder: Path

    @property
    def root(self) -> Path:
        return self.folder / "root"

    @cached_property
    def _told(self) -> dict[str, Any]:
        told: dict[str, Any] = json.loads((self.folder / "image.json").read_text())
        return told

    @property
    def config(self) -> dict[str, Any]:
        """What the image tells an engine, in Docker's words: User, Env, Cmd, Healthcheck and more."""
        config: dict[str, Any] = self._told["Docker"]["config"]
        return config

    @property
    def bytes_above_base(self) -> int:
        _base, *layers = json.loads(self._told["Manifest"])["layers"]
        return sum(layer["size"] for layer in layers)

    @cached_property
    def user(self) -> tuple[int, int, str]:
        """The ids of the user and its group, and the home, which the image's own list of users has."""
        rows = (line.split(":") for line in (self.root / "etc" / "passwd").read_text().splitlines())
        (row,) = [row for row in rows if row[2] == self.config["User"]]
        return int(row[2]), int(row[3]), row[5]

    @property
    def environment(self) -> dict[str, str]:
        return {"HOME": self.user[2], **dict(pair.split("=", 1) for pair in self.config["Env"])}

    @property
    def as_its_user(self) -> tuple[str, ...]:
        """What to put before a program so that it has the user's few rights."""
        uid, gid, _ = self.user
        return (
            *("setpriv", f"--reuid={uid}", f"--regid={gid}", "--clear-groups", "--no-new-privs"),
            *("--inh-caps=-all", "--bounding-set=-all", "--pdeathsig=KILL"),
            *("env", f"--chdir={self.config['WorkingDir']}"),
        )

    def running(self, program: tuple[str, ...], data: Path) -> tuple[str, ...]:
        """The command that runs the program in a new container, with the folder as its /data."""
        confine = ("sh", "-euc", CONFINE, "confine", str(self.root), str(data))
        return (*WITH_ITS_PARENT, *OWN_NAMESPACES, *confine, *self.as_its_user, *program)

    def beside(self, pid: int, program: tuple[str, ...]) -> tuple[str, ...]:
        """The command that runs the program in the container of that process, as `docker exec` does."""
        namespaces = ("nsenter", f"--target={pid}", "--mount", "--pid", "--root", "--wd")
        return (*namespaces, *self.as_its_user, *program)


def _files(folder: Path) -> dict[str, bytes]:
    paths = [path for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc"]
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths}


def _is_of_this_checkout(folder: Path) -> bool:
    for copy in (folder / "made-of").iterdir():
        source = ROOT / copy.name
        if copy.is_dir() and _files(copy) != _files(source):
            return False
        if copy.is_file() and copy.read_bytes() != source.read_bytes():
            return False
    return True


def why_no_image() -> str | None:
    """Say why the image cannot be run, or None."""
    if os.geteuid() != 0:
        return "running the image takes root"
    if not (FOLDER / "made-of").is_dir():
        return "the image is not built (make image)"
    if not _is_of_this_checkout(FOLDER):
        return "the image is older than what it is made of (make image)"
    return machine.why_no_mounts()


def first_process(engine: int) -> int:
    """The container's process 1 by its number outside."""
    (child,) = Path(f"/proc/{engine}/task/{engine}/children").read_text().split()
    return int(child)


def main() -> None:
    """Run a container's command, hand SIGTERM on to process 1 as an engine does, and end with the journey."""
    leash.hold()
    engine = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL)
    signal.signal(signal.SIGTERM, lambda *_: os.kill(first_process(engine.pid), signal.SIGTERM))
    sys.exit(engine.wait())


if __name__ == "__main__":
    main()

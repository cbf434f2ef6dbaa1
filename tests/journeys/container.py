"""A container's confinement without an engine: a root of mounts, nobody's rights, /data and /tmp to write to.

Everything else is read-only; no home, no capability, no way to more rights. It takes root.
"""

import os
import subprocess
import sys
from functools import cache
from pathlib import Path

from tests.meta.checkout import ROOT

UID = 10001

#: Arguments: an empty folder for the root, the folder for /data, the checkout, folders that Python needs, --,
#: and the program. The mounts end with it, since they are in a namespace of its own.
CONFINE = """
set -eu
root=$1 data=$2 checkout=$3; shift 3
readable() { mkdir -p "$root$2"; mount --rbind "$1" "$root$2"; mount -o remount,bind,ro "$root$2"; }
mount -t tmpfs -o mode=755 none "$root"
mkdir "$root/proc" "$root/dev" "$root/data" "$root/tmp"
mount -t tmpfs -o size=64m,mode=1777 none "$root/tmp"
for folder in /usr /etc /opt; do [ ! -d "$folder" ] || readable "$folder" "$folder"; done
for link in /bin /lib /lib64 /sbin; do [ ! -L "$link" ] || cp -P "$link" "$root$link"; done
while [ "$1" != -- ]; do [ -e "$root$1" ] || readable "$1" "$1"; shift; done; shift
readable "$checkout/bot" /app/bot
mount --rbind /proc "$root/proc"; mount --rbind /dev "$root/dev"
mount --bind "$data" "$root/data"
mount -o remount,ro "$root"
exec chroot "$root" setpriv --reuid UID --regid UID --clear-groups --no-new-privs --inh-caps=-all \\
    --bounding-set=-all env --chdir=/app "$@"
""".replace("UID", str(UID))
OWN_MOUNTS = ("unshare", "--mount", "--propagation", "private")


@cache
def why_not_confined() -> str | None:
    """Say why this machine does not let us, or None."""
    if os.geteuid() != 0:
        return "confining a process takes root"
    tried = [*OWN_MOUNTS, "mount", "-t", "tmpfs", "none", "/mnt"]
    done = subprocess.run(tried, capture_output=True, text=True, check=False)
    return (
        None if done.returncode == 0 else f"this machine forbids mounts of one's own: {done.stderr.strip()}"
    )


def confined(folder: Path, *program: str) -> list[str]:
    """The command that runs Python's `program` so; what it writes to /data is in `folder`/data."""
    root, data = folder / "root", folder / "data"
    for one in (root, data):
        one.mkdir(exist_ok=True)
    os.chown(data, UID, UID)
    python = Path(sys.prefix).resolve(), Path(sys.base_prefix).resolve()
    shell = [*OWN_MOUNTS, "sh", "-c", CONFINE, "confine", str(root), str(data), str(ROOT), *map(str, python)]
    return [*shell, "--", str(python[0] / "bin" / "python"), *program]

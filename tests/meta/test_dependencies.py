"""The bot and its sandbox get along with what requirements.lock installs, which has no queue."""

import re
import subprocess
import sys
from importlib.metadata import packages_distributions

from tests.meta.checkout import ROOT, place, python_files, tree
from tests.meta.rooms import imported

#: Imported only where the queue is asked for, with what requirements-queue.lock installs besides.
OPTIONAL = {"bot/store/fleet/queue.py", "bot/store/fleet/queue_rows.py"}
#: Python that cannot import the modules named by its first argument, and imports those of the second.
IMPORT_WITHOUT = """
import importlib, sys
hidden, wanted = (set(argument.split()) for argument in sys.argv[1:])

class Hide:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in hidden:
            raise ModuleNotFoundError(f"{name} is not in requirements.lock", name=name)

sys.meta_path.insert(0, Hide())
for module in sorted(wanted):
    importlib.import_module(module)
"""


def modules_outside_the_lock() -> set[str]:
    locked = set(re.findall(r"^([\w.-]+)==", (ROOT / "requirements.lock").read_text(), re.MULTILINE))
    return {
        module
        for module, owners in packages_distributions().items()
        if not locked & {re.sub(r"[-_.]+", "-", owner).lower() for owner in owners}
    }


def test_the_bot_imports_nothing_that_only_its_tests_install() -> None:
    outside = modules_outside_the_lock()
    found = [
        f"{place(path, line)} imports {target}"
        for path in python_files("bot")
        if place(path) not in OPTIONAL
        for target, line in imported(tree(path))
        if target.split(".")[0] in outside
    ]
    assert found == []


def test_nor_does_anything_that_it_imports() -> None:
    """An optional part of a library may need another one that only the tests happen to install."""
    modules = [
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for path in python_files("bot")
        if "migrations" not in path.parts and place(path) not in OPTIONAL
    ]
    done = subprocess.run(
        [sys.executable, "-c", IMPORT_WITHOUT, " ".join(modules_outside_the_lock()), " ".join(modules)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr

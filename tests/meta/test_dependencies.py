"""The bot and its sandbox get along with what requirements.lock installs."""

import re
import sys
from importlib.metadata import packages_distributions

from tests.meta.checkout import ROOT, place, python_files, tree
from tests.meta.rooms import imported


def normalized(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_the_bot_imports_nothing_that_only_its_tests_install() -> None:
    locked = set(re.findall(r"^([\w.-]+)==", (ROOT / "requirements.lock").read_text(), re.MULTILINE))
    owners = packages_distributions()
    missing = {
        f"{place(path, line)} imports {module}"
        for path in python_files("bot")
        for target, line in imported(tree(path))
        if (module := target.split(".")[0]) not in sys.stdlib_module_names | {"bot", ""}
        and not locked & set(map(normalized, owners.get(module, [])))
    }
    assert missing == set()

"""No circle of imports: of any two modules, at most one needs the other."""

import pytest

from tests.meta.checkout import ROOT, python_files, tree
from tests.meta.rooms import imported

Imports = dict[str, set[str]]


def imports_within(package: str) -> Imports:
    """Which modules each module of the package imports, also where that is for the type checker alone."""
    paths = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
        for path in python_files(package)
    }
    found: Imports = {}
    for name, path in paths.items():
        names = {target for target, _ in imported(tree(path))}
        modules = {target if target in paths else target.rpartition(".")[0] for target in names}
        found[name] = modules & paths.keys() - {name}
    return found


def circles(imports: Imports) -> set[str]:
    """Modules on a circle, or between two: what remains when loose ends are taken away again and again."""
    left = imports
    while ends := {name for name in left if not left[name]} | left.keys() - set[str]().union(*left.values()):
        left = {name: targets - ends for name, targets in left.items() if name not in ends}
    return set(left)


@pytest.mark.parametrize("package", ["bot", "standins", "sandbox"])
def test_imports_make_no_circle(package: str) -> None:
    imports = imports_within(package)
    assert len(imports) > 5
    assert circles(imports) == set()


def test_a_circle_is_found() -> None:
    imports = {"a": {"b"}, "b": {"c"}, "c": {"b", "d"}, "d": set[str]()}
    assert circles(imports) == {"b", "c"}

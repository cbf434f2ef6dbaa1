"""What is installed is what was locked, and the image is made of no more than the bot needs."""

import json
import re
import shlex
import subprocess
import sys
import tomllib

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.meta.checkout import ROOT, place

#: The optional parts of the project that each has besides what every bot needs.
LOCKS = {
    "requirements.lock": (),
    "requirements-queue.lock": ("queue",),
    "requirements-dev.lock": ("queue", "dev"),
}
STRANGERS = sorted(place(path) for path in (ROOT / "tests" / "strangers").glob("requirements-*.txt"))
NODE_LOCK = ROOT / "tests" / "strangers" / "js" / "package-lock.json"
HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}")


def entries(lock: str) -> list[str]:
    """Each requirement with its hashes, on one line."""
    text = re.sub(r"^\s*#.*$", "", (ROOT / lock).read_text(), flags=re.MULTILINE)
    return [line.strip() for line in text.replace("\\\n", " ").splitlines() if line.strip()]


def instructions(path: str = "Dockerfile") -> list[tuple[str, str]]:
    text = re.sub(r"^\s*#.*$\n", "", (ROOT / path).read_text(), flags=re.MULTILINE)
    lines = [line.split(maxsplit=1) for line in text.replace("\\\n", " ").splitlines() if line.strip()]
    return [(name, rest) for name, rest in lines]


def last_stage() -> list[tuple[str, str]]:
    found = instructions()
    start = max(at for at, (name, _) in enumerate(found) if name == "FROM")
    return found[start:]


@pytest.mark.parametrize("lock", [*LOCKS, *STRANGERS])
def test_every_locked_package_has_one_version_and_hashes(lock: str) -> None:
    found = entries(lock)
    assert len(found) > (20 if lock in LOCKS else 5)
    for entry in found:
        requirement = Requirement(HASH.sub("", entry).strip())
        assert re.fullmatch(r"==[^*,]+", str(requirement.specifier)), entry
        assert HASH.search(entry), entry


@pytest.mark.parametrize("lock", [*LOCKS, *STRANGERS])
def test_locks_name_no_address(lock: str) -> None:
    assert not re.search(r"://|^\s*--(?!hash)|\s@\s", (ROOT / lock).read_text(), re.MULTILINE)


def test_every_package_of_node_has_one_version_and_a_hash_and_no_address() -> None:
    lock = json.loads(NODE_LOCK.read_text())["packages"]
    packages = {name: one for name, one in lock.items() if name}
    assert len(packages) > 10
    for name, one in packages.items():
        assert re.fullmatch(r"\d+\.\d+\.\d+\S*", one["version"]), name
        assert one["integrity"].startswith("sha512-"), name
        assert "resolved" not in one, name
    wanted = json.loads(NODE_LOCK.with_name("package.json").read_text())["dependencies"]
    assert {name: packages[f"node_modules/{name}"]["version"] for name in wanted} == wanted


def locked_versions(lock: str) -> dict[str, set[str]]:
    """By name; another one for another Python or machine is possible."""
    found: dict[str, set[str]] = {}
    for entry in entries(lock):
        requirement = Requirement(HASH.sub("", entry).strip())
        versions = found.setdefault(canonicalize_name(requirement.name), set())
        versions.add(str(requirement.specifier).removeprefix("=="))
    return found


@pytest.mark.parametrize("lock", LOCKS)
def test_what_is_locked_is_what_the_project_asks_for(lock: str) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    optional = project["optional-dependencies"]
    wanted = [*project["dependencies"], *(one for part in LOCKS[lock] for one in optional[part])]
    locked = locked_versions(lock)
    for requirement in map(Requirement, wanted):
        versions = locked[canonicalize_name(requirement.name)]
        assert all(requirement.specifier.contains(one, prereleases=True) for one in versions), requirement


def test_the_tests_run_with_the_versions_that_are_shipped() -> None:
    *shipped, tested = map(locked_versions, LOCKS)
    for versions in shipped:
        assert versions == {name: tested.get(name) for name in versions}


def test_no_two_installed_packages_disagree() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pip", "check", "--disable-pip-version-check"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("path", ["Makefile", "Dockerfile"])
def test_every_installation_asks_for_hashes(path: str) -> None:
    text = (ROOT / path).read_text().replace("\\\n", " ")
    installing = [line for line in text.splitlines() if re.search(r"\bpip install\b", line)]
    assert installing
    assert all("--require-hashes" in line for line in installing)


def test_nothing_is_copied_into_the_image_but_the_bot() -> None:
    """A .env with its secrets beside the Dockerfile stays outside, and so does the database."""
    ignored = (ROOT / ".dockerignore").read_text().split()
    assert ignored[0] == "*"
    assert {one for one in ignored if one.startswith("!")} == {"!bot", "!requirements-queue.lock"}


def test_the_image_runs_as_nobody_in_particular() -> None:
    stage = last_stage()
    (user,) = [rest for name, rest in stage if name == "USER"]
    added = next(rest for name, rest in stage if name == "RUN" and "useradd" in rest)
    uid = int(re.findall(r"--uid (\d+)", added)[0])
    assert uid > 1000
    assert user == str(uid), "by number, which Kubernetes' runAsNonRoot can check"
    assert [name for name, _ in stage].index("USER") < [name for name, _ in stage].index("CMD")


def test_the_image_is_made_of_a_named_version_and_of_nothing_fetched_besides() -> None:
    found = instructions()
    bases = [rest.split()[0] for name, rest in found if name == "FROM"]
    assert all(re.fullmatch(r"python:3\.\d+-slim", base) for base in bases), bases
    assert len(set(bases)) == 1
    assert "ADD" not in [name for name, _ in found]
    assert not re.search(r"\b(curl|wget|apt-get|git)\b", str(found))


def test_the_image_runs_the_bot_and_looks_after_it_without_a_shell() -> None:
    stage = dict(last_stage())
    assert json.loads(stage["CMD"]) == ["python", "-m", "bot", "run"]
    check = json.loads(stage["HEALTHCHECK"].partition("CMD")[2])
    assert check[:2] == ["python", "-c"]
    compile(check[2], "HEALTHCHECK", "exec")


def test_the_image_has_no_secret() -> None:
    for name, rest in instructions():
        if name in ("ENV", "ARG"):
            assert not re.search(r"TOKEN|KEY|PASSWORD|SECRET", rest)


def test_all_that_is_written_goes_to_data_or_tmp() -> None:
    environment = dict(
        word.split("=", 1) for name, rest in last_stage() if name == "ENV" for word in shlex.split(rest)
    )
    assert environment["DATA_DIR"] == "/data"
    assert environment["MPLCONFIGDIR"].startswith("/tmp/")  # noqa: S108  of the container, where it is its own
    assert environment["PYTHONDONTWRITEBYTECODE"] == "1"
    assert ("VOLUME", "/data") in last_stage()

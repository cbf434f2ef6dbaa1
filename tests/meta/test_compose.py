"""compose.yaml is what the Compose Specification allows, and gives the bot no more than it needs."""

import json
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator

from bot.__main__ import parser
from tests.meta.checkout import ROOT

#: From https://github.com/compose-spec/compose-spec, under the licence in the same folder.
SCHEMA = ROOT / "tests" / "meta" / "compose_spec" / "compose-spec.json"


def read() -> dict[str, Any]:
    told: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
    return told


@pytest.fixture
def service() -> dict[str, Any]:
    bot: dict[str, Any] = read()["services"]["bot"]
    return bot


def bots() -> dict[str, dict[str, Any]]:
    """All services that run the bot's image."""
    return {name: one for name, one in read()["services"].items() if one.get("build") == "."}


def problems(compose: dict[str, Any]) -> list[str]:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    return [f"{error.json_path}: {error.message}" for error in Draft7Validator(schema).iter_errors(compose)]


def test_it_is_what_the_compose_specification_allows() -> None:
    assert problems(read()) == []


def test_the_schema_notices_misspelt_keys_and_values_of_a_wrong_type(service: dict[str, Any]) -> None:
    misspelt = {"services": {"bot": {**service, "readonly": True, "pids_limit": []}}}
    assert len(problems(misspelt)) == 2


@pytest.mark.parametrize("name", bots())
def test_the_container_is_given_as_little_as_possible(name: str) -> None:
    service = bots()[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert not {"cap_add", "privileged", "network_mode", "devices", "user"} & service.keys()
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["tmpfs"] == ["/tmp:size=64m,mode=1777"]  # noqa: S108  the container's own
    assert service["pids_limit"] <= 512


def test_each_process_has_a_folder_of_its_own(service: dict[str, Any]) -> None:
    """Those without a volume of the operator's get one from the image."""
    assert service["volumes"] == ["data:/data"]
    assert [name for name, one in bots().items() if "volumes" in one] == ["bot"]


def test_the_container_is_reached_from_its_machine_only(service: dict[str, Any]) -> None:
    assert service["ports"] == ["127.0.0.1:8080:8080"]
    assert [name for name, one in bots().items() if "ports" in one] == ["bot"]


def test_the_profile_of_several_processes_has_two_gateways_and_two_workers() -> None:
    commands: dict[str, int] = {}
    for name, one in bots().items():
        replicas = one.get("deploy", {}).get("replicas", 1)
        command = one.get("command", ["python", "-m", "bot", "run"])
        assert command[:3] == ["python", "-m", "bot"]
        kind = parser().parse_args(command[3:]).do.__name__
        commands[kind] = commands.get(kind, 0) + replicas
        assert one.get("profiles", ["several"]) == ["several"], name
    assert commands == {"run": 2, "worker": 2}
    assert "profiles" not in bots()["bot"]

"""compose.yaml is what the Compose Specification allows, and gives the bot no more than it needs."""

import json
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator

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


def problems(compose: dict[str, Any]) -> list[str]:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    return [f"{error.json_path}: {error.message}" for error in Draft7Validator(schema).iter_errors(compose)]


def test_it_is_what_the_compose_specification_allows() -> None:
    assert problems(read()) == []


def test_the_schema_notices_misspelt_keys_and_values_of_a_wrong_type(service: dict[str, Any]) -> None:
    misspelt = {"services": {"bot": {**service, "readonly": True, "pids_limit": []}}}
    assert len(problems(misspelt)) == 2


def test_the_container_is_given_as_little_as_possible(service: dict[str, Any]) -> None:
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert not {"cap_add", "privileged", "network_mode", "devices", "user"} & service.keys()
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["tmpfs"] == ["/tmp:size=64m,mode=1777"]  # noqa: S108  the container's own
    assert service["volumes"] == ["data:/data"]
    assert service["pids_limit"] <= 512


def test_the_container_is_reached_from_its_machine_only(service: dict[str, Any]) -> None:
    assert service["ports"] == ["127.0.0.1:8080:8080"]

"""What `deploy/` holds starts the bot as docs/scaling.md says, and gives it no more than it needs."""

import configparser
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from bot.__main__ import parser
from bot.services.handovers import HANDOVER_SECONDS
from tests.meta.checkout import ROOT

SYSTEMD, MANIFEST = ROOT / "deploy" / "systemd", ROOT / "deploy" / "kubernetes" / "picture-bot.yaml"
UNITS = ("picture-bot.service", "picture-bot-worker@.service")
#: What the bot takes at most to end after SIGTERM.
ENDS_WITHIN_SECONDS = 10
#: It gets twice that; a gateway also gets the time in which it waits for its standby.
STOP_SECONDS = {"worker": 2 * ENDS_WITHIN_SECONDS, "run": 2 * ENDS_WITHIN_SECONDS + HANDOVER_SECONDS}

#: The oldest and the newest version of Kubernetes whose schemas the manifest is held against.
VERSIONS = ("1.25", "1.37")
PROBES = ("startupProbe", "livenessProbe", "readinessProbe")


# --- systemd ------------------------------------------------------------------------------------------


def unit(name: str) -> configparser.RawConfigParser:
    found = configparser.RawConfigParser(strict=True)
    found.optionxform = str  # type: ignore[assignment,method-assign]  # systemd tells cases apart
    found.read(SYSTEMD / name, encoding="utf-8")
    return found


@pytest.mark.parametrize("name", UNITS)
def test_systemd_understands_every_line(name: str, tmp_path: Path) -> None:
    if (analyze := shutil.which("systemd-analyze")) is None:
        pytest.skip("no systemd-analyze on this machine (install systemd)")
    python = tmp_path / "python"
    python.symlink_to("/bin/true")
    text = (SYSTEMD / name).read_text().replace("/opt/picture-bot/.venv/bin/python", str(python))
    path = tmp_path / name.replace("@", "@1")
    path.write_text(text)
    asked = subprocess.run([analyze, "verify", path], capture_output=True, text=True, check=False)
    assert (asked.returncode, asked.stderr) == (0, "")


@pytest.mark.parametrize("name", UNITS)
def test_a_unit_runs_a_command_that_there_is_and_lets_it_end(name: str) -> None:
    service = unit(name)["Service"]
    program, *arguments = service["ExecStart"].split()
    assert program == f"{service['WorkingDirectory']}/.venv/bin/python"
    assert arguments[:2] == ["-m", "bot"]
    role = parser().parse_args(arguments[2:]).do.__name__
    assert role == ("worker" if "worker" in name else "run")
    assert int(service["TimeoutStopSec"]) >= STOP_SECONDS[role]
    assert service["Restart"] == "always"


def test_no_two_units_share_a_folder_or_a_port() -> None:
    environments = [unit(name)["Service"]["Environment"].split() for name in UNITS]
    assert not set(environments[0][:2]) & set(environments[1][:2])
    assert all("%i" in assigned for assigned in environments[1][:2])
    for name, (data_dir, *_) in zip(UNITS, environments, strict=True):
        assert data_dir == f"DATA_DIR=/var/lib/{unit(name)['Service']['StateDirectory']}"


# --- Kubernetes ---------------------------------------------------------------------------------------


def objects(kind: str) -> list[dict[str, Any]]:
    return [one for one in yaml.safe_load_all(MANIFEST.read_text()) if one["kind"] == kind]


def containers() -> Iterator[dict[str, Any]]:
    for deployment in objects("Deployment"):
        yield from deployment["spec"]["template"]["spec"]["containers"]


@pytest.mark.parametrize("version", VERSIONS)
def test_the_manifest_is_valid_by_the_schemas_of_kubernetes(version: str) -> None:
    for one in yaml.safe_load_all(MANIFEST.read_text()):
        assert kubernetes_validate.validate(one, version, strict=True) == version
        assert one["metadata"]["name"]


@pytest.mark.parametrize("version", VERSIONS)
def test_a_misspelt_key_is_noticed(version: str) -> None:
    (deployment, *_) = objects("Deployment")
    (container,) = deployment["spec"]["template"]["spec"]["containers"]
    container["readynessProbe"] = container.pop("readinessProbe")
    with pytest.raises(kubernetes_validate.ValidationError, match="readynessProbe"):
        kubernetes_validate.validate(deployment, version, strict=True)


def test_what_selects_pods_selects_those_of_the_manifest() -> None:
    labels = {
        one["metadata"]["name"]: one["spec"]["template"]["metadata"]["labels"]
        for one in objects("Deployment")
    }
    for kind in ("Deployment", "PodDisruptionBudget"):
        for one in objects(kind):
            assert one["spec"]["selector"]["matchLabels"] == labels[one["metadata"]["name"]]
    for one in objects("Deployment"):
        for spread in one["spec"]["template"]["spec"]["topologySpreadConstraints"]:
            assert spread["labelSelector"]["matchLabels"] == labels[one["metadata"]["name"]]


def test_two_gateways_and_two_workers_that_are_replaced_one_by_one() -> None:
    commands: dict[str, int] = {}
    for deployment in objects("Deployment"):
        spec = deployment["spec"]
        (container,) = spec["template"]["spec"]["containers"]
        assert container["args"][:3] == ["python", "-m", "bot"]
        role = parser().parse_args(container["args"][3:]).do.__name__
        commands[role] = spec["replicas"]
        assert spec["strategy"]["rollingUpdate"] == {"maxSurge": 1, "maxUnavailable": 0}
        assert spec["template"]["spec"]["terminationGracePeriodSeconds"] >= STOP_SECONDS[role]
    assert commands == {"run": 2, "worker": 2}
    assert objects("ConfigMap")[0]["data"]["QUEUE"] == "procrastinate"


def test_a_pod_may_do_no_more_than_it_needs() -> None:
    for deployment in objects("Deployment"):
        pod = deployment["spec"]["template"]["spec"]
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert pod["automountServiceAccountToken"] is False
        assert all("emptyDir" in volume for volume in pod["volumes"])
    for container in containers():
        security = container["securityContext"]
        assert security["readOnlyRootFilesystem"] is True
        assert security["allowPrivilegeEscalation"] is False
        assert security["capabilities"] == {"drop": ["ALL"]}
        assert container["resources"]["limits"]["memory"] == "512Mi"


def test_what_is_mounted_and_asked_for_is_there() -> None:
    for deployment in objects("Deployment"):
        pod = deployment["spec"]["template"]["spec"]
        (container,) = pod["containers"]
        assert {mount["name"] for mount in container["volumeMounts"]} == {
            one["name"] for one in pod["volumes"]
        }
        ports = {port["name"]: port["containerPort"] for port in container["ports"]}
        for probe in PROBES:
            asked = container[probe]["httpGet"]
            assert (asked["path"], ports[asked["port"]]) == ("/healthz", 8080)
        names = [next(iter(source.values()))["name"] for source in container["envFrom"]]
        assert names == [objects("ConfigMap")[0]["metadata"]["name"], "picture-bot"]

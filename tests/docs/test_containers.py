"""README, Dockerfile, compose files and manifest name what there is: options, ports, volumes, commands that work.

They were held against the schemas of compose-spec and Kubernetes once; what the files say of the emulator is held here.
"""

import json
import os
import re
import shlex
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from outlook365_emulator.cli.serving import ENVIRONMENT, serve

COMPOSE = ("compose.yaml", "compose.proxy.yaml")
VARIABLES = {f"{ENVIRONMENT}{one.name.upper()}" for one in serve.params if one.name}


def without_python(repository: Path) -> list[str]:
    """The commands of the README's way by a container."""
    section = (repository / "README.md").read_text().partition("## Without Python")[2].partition("\n## ")[0]
    return re.findall(r"^\$ (.*)$", section, re.M)


def image(repository: Path) -> tuple[dict[str, str], set[int]]:
    """Variables and ports of the Dockerfile's last stage."""
    stage = (repository / "Dockerfile").read_text().rpartition("\nFROM ")[2].replace("\\\n", " ")
    variables = [one for line in re.findall(r"^ENV (.*)$", stage, re.M) for one in shlex.split(line)]
    ports = re.findall(r"^EXPOSE (.*)$", stage, re.M)[0].split()
    return dict(one.split("=", 1) for one in variables), set(map(int, ports))


@pytest.fixture
def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def test_the_readme_leads_to_the_first_mail(repository: Path, tmp_path: Path, free_port: int) -> None:
    commands = without_python(repository)
    assert 1 < len(commands) <= 5
    serving = [sys.executable, "-m", "outlook365_emulator", "serve", "--tls-port", "0", "--proxy-port", "0"]
    environment = {
        **os.environ,
        "PATH": f"{repository / 'tests/data/programs'}:{os.environ['PATH']}",
        "DOCKER_STATE": str(tmp_path),
        "DOCKER_RUN": f"exec {shlex.join(serving)} --port {free_port}",
        "ROOT": f"http://127.0.0.1:{free_port}",
        "NO_PROXY": "*",
    }
    script = "set -e\n" + "\n".join(commands)
    try:
        ended = subprocess.run(
            ["sh", "-c", script], cwd=repository, env=environment, capture_output=True, text=True, timeout=60
        )
    finally:
        os.kill(int((tmp_path / "pid").read_text()), signal.SIGTERM)
    assert ended.returncode == 0, ended.stderr + (tmp_path / "log").read_text()
    assert json.loads(ended.stdout)["value"][0]["subject"]
    _, ports = image(repository)
    for one in (tmp_path / "published").read_text().splitlines():
        address, outside, inside = one.split(":")
        assert (address, outside) == ("127.0.0.1", inside)
        assert int(inside) in ports


def test_the_image_sets_options_that_there_are(repository: Path) -> None:
    variables, ports = image(repository)
    ours = {name for name in variables if name.startswith(ENVIRONMENT)}
    assert ours <= VARIABLES
    assert ports == {int(variables[name]) for name in ours if name.endswith("PORT")}
    assert variables["OUTLOOK365_EMULATOR_CA_FILE"].startswith("/data/")


@pytest.mark.parametrize("name", COMPOSE)
def test_compose_names_what_there_is(repository: Path, name: str) -> None:
    document: dict[str, Any] = yaml.safe_load((repository / name).read_text())
    emulator, client = document["services"]["emulator"], document["services"]["client"]
    variables, ports = image(repository)
    assert {one for one in emulator["environment"] if one.startswith("OUTLOOK365")} <= VARIABLES
    for port in emulator["ports"]:
        address, outside, inside = port.split(":")
        assert (address, outside, int(inside) in ports) == ("127.0.0.1", inside, True)
    for service in (emulator, client):
        for volume in service["volumes"]:
            assert volume.partition(":")[0] in document["volumes"]
        build = service.get("build")
        assert build is None or (repository / build / "Dockerfile").is_file()
    assert "data:/data" in emulator["volumes"]
    trusted = [value for value in client["environment"].values() if str(value).endswith(".pem")]
    ca_file = Path(variables["OUTLOOK365_EMULATOR_CA_FILE"]).name
    assert trusted == [f"/emulator/{ca_file}"]
    assert client["depends_on"]["emulator"]["condition"] == "service_healthy"


def test_the_manifest_names_what_there_is(repository: Path) -> None:
    documents = [*yaml.safe_load_all((repository / "deploy/kubernetes.yaml").read_text())]
    deployment, service = documents
    pod = deployment["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    assert {one["name"] for one in container["env"]} <= VARIABLES
    named = {one["name"]: one["containerPort"] for one in container["ports"]}
    assert set(named.values()) == image(repository)[1]
    assert {one["targetPort"] for one in service["spec"]["ports"]} <= set(named)
    assert {one["name"] for one in container["volumeMounts"]} == {one["name"] for one in pod["volumes"]}
    from outlook365_emulator.control.opening import OPEN

    for probe in ("startupProbe", "livenessProbe"):
        assert container[probe]["httpGet"]["path"] in OPEN
        assert container[probe]["httpGet"]["port"] in named

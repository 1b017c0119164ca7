"""The container image: what it says of itself, what its user may write, and who reaches it."""

import json
import os
import re
import shlex
import shutil
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

WRITABLE = """
import os
found = []
for root, folders, files in os.walk("/", onerror=lambda error: None):
    if root == "/":
        folders[:] = [one for one in folders if one not in ("proc", "sys", "dev", "data")]
    paths = [root, *(os.path.join(root, name) for name in files)]
    found += [path for path in paths if not os.path.islink(path) and os.access(path, os.W_OK)]
print(found)
"""

CONTOSO = {
    "TENANT_ID": "4a1c0e52-6d3b-4f87-9b1e-c0de00000365",
    "CLIENT_ID": "4a1c0e52-6d3b-4f87-9b1e-0000000c1d01",
    "CLIENT_SECRET": "contoso-client-secret",
    "MAILBOX": "ada@contoso.onmicrosoft.com",
}


def test_it_says_how_it_is_run(configuration: dict[str, Any]) -> None:
    assert configuration["User"] == "10365:10365"
    assert configuration["Entrypoint"] == ["outlook365-emulator"]
    assert configuration["Cmd"] == ["serve"]
    assert set(configuration["ExposedPorts"]) == {"8365/tcp", "8443/tcp", "8888/tcp"}
    assert configuration["Healthcheck"]["Test"][0] == "CMD"
    assert configuration["Labels"]["org.opencontainers.image.title"] == "outlook365-emulator"


def test_it_is_healthy_within_two_seconds(container: Any, configuration: dict[str, Any]) -> None:
    assert container.seconds < 2
    probe = configuration["Healthcheck"]["Test"][1:]
    assert container.run("env", "OUTLOOK365_EMULATOR_PORT=8365", *probe).returncode == 0
    assert container.run("env", "OUTLOOK365_EMULATOR_PORT=8366", *probe).returncode == 1


def test_it_does_not_run_as_root(container: Any) -> None:
    assert container.pids()
    for number in container.pids():
        status = Path(f"/proc/{number}/status").read_text()
        assert "Uid:\t10365\t10365\t10365\t10365\n" in status


def test_nothing_is_writable_but_the_data_folder(container: Any) -> None:
    found = container.run("python3", "-c", WRITABLE)
    assert (found.stdout.strip(), found.stderr) == ("[]", "")
    assert container.run("sh", "-c", "touch /data/mine && rm /data/mine").returncode == 0


def test_no_compiler_and_no_installer_are_in_it(container: Any) -> None:
    for name in ("gcc", "cc", "make", "/opt/outlook365/bin/pip"):
        assert container.run("sh", "-c", f"command -v {name}").returncode != 0, name


def test_the_code_is_compiled(container: Any) -> None:
    count = "find /opt/outlook365 -name '*.py' | wc -l; find /opt/outlook365 -name '*.pyc' | wc -l"
    sources, compiled = map(int, container.run("sh", "-c", count).stdout.split())
    assert compiled >= sources * 0.95


def test_curl_reads_mail_under_the_real_names(container: Any, network: Any) -> None:
    form = {"grant_type": "client_credentials", "client_id": CONTOSO["CLIENT_ID"]}
    form |= {"client_secret": CONTOSO["CLIENT_SECRET"], "scope": "https://graph.microsoft.com/.default"}
    data = [part for name, value in form.items() for part in ("--data-urlencode", f"{name}={value}")]
    trust = ["curl", "-sS", "--cacert", str(container.data / "ca.pem")]
    token = network(*trust, f"https://login.microsoftonline.com/{CONTOSO['TENANT_ID']}/oauth2/v2.0/token", *data)
    assert token.returncode == 0, token.stderr
    bearer = f"Authorization: Bearer {json.loads(token.stdout)['access_token']}"
    found = network(*trust, "-H", bearer, f"https://graph.microsoft.com/v1.0/users/{CONTOSO['MAILBOX']}/messages")
    assert json.loads(found.stdout)["value"]


def test_node_reads_and_sends_mail_under_the_real_names(
    container: Any, network: Any, needs: Callable[[str], str], repository: Path, tmp_path: Path
) -> None:
    for name in ("package.json", "mail.js"):
        shutil.copy(repository / "examples/node" / name, tmp_path)
    install = [needs("npm"), "install", "--omit=dev", "--no-audit", "--no-fund", "--ignore-scripts"]
    done = subprocess.run(install, cwd=tmp_path, capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode == 0, done.stderr
    plain = {"PATH": os.environ["PATH"], **CONTOSO, "NODE_EXTRA_CA_CERTS": str(container.data / "ca.pem")}
    variables = [f"{name}={value}" for name, value in plain.items()]
    found = network("env", "-i", *variables, needs("node"), str(tmp_path / "mail.js"))
    assert found.stderr == ""
    assert found.stdout.endswith("sent\n")
    assert len(found.stdout.splitlines()) == 4


def test_compose_gives_the_client_what_this_network_gives(repository: Path, configuration: dict[str, Any]) -> None:
    """The compose files cannot be run without an engine; what they set is what the tests above have."""
    from outlook365_emulator.clouds import EMULATED_HOSTS

    services = yaml.safe_load((repository / "compose.yaml").read_text())["services"]
    emulator, client = services["emulator"], services["client"]
    assert set(emulator["networks"]["default"]["aliases"]) == EMULATED_HOSTS
    assert emulator["environment"]["OUTLOOK365_EMULATOR_TLS_PORT"] == 443
    assert emulator["environment"]["OUTLOOK365_EMULATOR_DATA"] == "/data/store"
    assert emulator["read_only"] is True
    assert {name: client["environment"][name] for name in CONTOSO} == CONTOSO
    assert client["environment"]["NODE_EXTRA_CA_CERTS"] == "/emulator/ca.pem"
    assert "data:/emulator:ro" in client["volumes"]
    assert "OUTLOOK365_EMULATOR_CA_FILE=/data/ca.pem" in configuration["Env"]


def test_the_proxy_of_the_second_compose_file_leads_to_it(container: Any, network: Any, repository: Path) -> None:
    client = yaml.safe_load((repository / "compose.proxy.yaml").read_text())["services"]["client"]
    proxy = client["environment"]["HTTPS_PROXY"].replace("emulator", "127.0.0.1")
    variables = [f"HTTPS_PROXY={proxy}", f"CURL_CA_BUNDLE={container.data / 'ca.pem'}"]
    found = network("env", *variables, "curl", *client["command"])
    assert json.loads(found.stdout)["token_type"] == "Bearer", shlex.join(client["command"])


def test_the_readme_leads_to_the_first_mail(
    container: Any, network: Any, repository: Path, tag: str, tmp_path: Path
) -> None:
    """Exactly the README's commands, in a network of their own, the image's own run standing for the engine's."""
    section = (repository / "README.md").read_text().partition("## Without Python")[2].partition("\n## ")[0]
    commands = re.findall(r"^\$ (.*)$", section, re.M)
    assert 1 < len(commands) <= 5
    data, hosts = tmp_path / "data", tmp_path / "hosts"
    data.mkdir()
    hosts.write_text("127.0.0.1 localhost\n")
    os.chown(data, 10365, 10365)
    for folder in (tmp_path, *tmp_path.parents[:-2]):
        folder.chmod(0o755)
    running = [str(repository / ".ci/image"), "run", tag, "-u", "10365:10365", "-v", f"{data}:/data"]
    variables = {
        "PATH": f"{repository / 'tests/data/programs'}:{os.environ['PATH']}",
        "DOCKER_STATE": str(tmp_path),
        "DOCKER_RUN": shlex.join([*running, "--", "outlook365-emulator", "serve"]),
        "RETRIES": "60",
    }
    before, own = set(container.pids()), type(network)(hosts)
    try:
        script = "\n".join(["set -e", f"cd {shlex.quote(str(repository))}", *commands])
        found = own("env", *(f"{name}={value}" for name, value in variables.items()), "sh", "-c", script)
        assert found.returncode == 0, found.stderr
        assert json.loads(found.stdout)["value"]
    finally:
        for number in set(container.pids()) - before:
            os.kill(number, signal.SIGTERM)
        own.close()


@pytest.mark.parametrize("kind", ["Deployment", "Service"])
def test_the_manifest_runs_what_the_image_is(repository: Path, configuration: dict[str, Any], kind: str) -> None:
    documents = {one["kind"]: one for one in yaml.safe_load_all((repository / "deploy/kubernetes.yaml").read_text())}
    pod = documents["Deployment"]["spec"]["template"]
    container = pod["spec"]["containers"][0]
    ports = {port["name"]: port["containerPort"] for port in container["ports"]}
    if kind == "Service":
        service = documents["Service"]["spec"]
        assert service["selector"] == pod["metadata"]["labels"]
        assert {port["port"]: ports[port["targetPort"]] for port in service["ports"]} == {
            443: 8443,
            8365: 8365,
            8888: 8888,
        }
        return
    assert {f"{port}/tcp" for port in ports.values()} == set(configuration["ExposedPorts"])
    assert f"{pod['spec']['securityContext']['runAsUser']}:10365" == configuration["User"]
    assert container["securityContext"]["readOnlyRootFilesystem"] is True

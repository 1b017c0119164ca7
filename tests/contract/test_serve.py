"""The command line as a process: what it prints, the ready file, the end, and what it refuses."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

COMMAND = [sys.executable, "-m", "outlook365_emulator"]
ANY_PORTS = ["--port", "0", "--tls-port", "0", "--proxy-port", "0"]
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("OUTLOOK365_")}
WORLD = """
name: small
tenants:
  - name: Small
    users: [{name: zoe}]
"""


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *arguments], capture_output=True, text=True, timeout=60, env=ENVIRONMENT | environment
    )


class Served:
    """A running `serve`."""

    def __init__(self, folder: Path, *arguments: str, **environment: str) -> None:
        self.ready_file, self.output = folder / "ready.json", folder / "output"
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                [*COMMAND, "serve", "--ready-file", str(self.ready_file), *arguments],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=ENVIRONMENT | environment,
            )
        deadline = time.monotonic() + 60
        while not self.ready_file.exists():
            assert self.process.poll() is None, self.text
            assert time.monotonic() < deadline, self.text
            time.sleep(0.01)
        self.details: dict[str, Any] = json.loads(self.ready_file.read_text())

    @property
    def text(self) -> str:
        return self.output.read_text()

    def until(self, end: str) -> str:
        """What it has printed, up to a line that begins with `end`."""
        deadline = time.monotonic() + 30
        while end not in self.text:
            assert time.monotonic() < deadline, self.text
            time.sleep(0.01)
        return self.text.split(end)[0]

    def end(self, number: int) -> int:
        self.process.send_signal(number)
        return self.process.wait(30)


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., Served]]:
    running: list[Served] = []

    def start(*arguments: str, **environment: str) -> Served:
        running.append(Served(tmp_path, *arguments, **environment))
        return running[-1]

    yield start
    for served in running:
        if served.process.poll() is None:
            served.end(signal.SIGTERM)


def test_the_printed_example_works_when_pasted(serve: Callable[..., Served], tmp_path: Path) -> None:
    served = serve(*ANY_PORTS)
    printed = served.until("Programs started from a shell")
    assert "Ctrl-C stops it." in served.text
    example = printed.split("Try this first, in another shell:\n")[1]
    pasted = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", example], capture_output=True, text=True, timeout=60, cwd=tmp_path
    )
    assert pasted.returncode == 0, pasted.stderr
    assert len(json.loads(pasted.stdout)["value"]) == 3
    assert served.end(signal.SIGINT) == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])
def test_it_ends_cleanly(serve: Callable[..., Served], number: int) -> None:
    served = serve(*ANY_PORTS)
    assert served.end(number) == 0
    assert not served.ready_file.exists()
    assert not Path(served.details["ca_file"]).exists()
    assert "Traceback" not in served.text


READY = """
version http_url https_port proxy_url control_url ca_file env world graph_url login_url https_graph_url https_login_url
tenant_id domain client_id client_secret certificate_pfx_base64 certificate_password public_client_id web_client_id
web_client_secret redirect_uri user user_password other_users shared_mailbox admin admin_password
""".split()


def test_the_ready_file_holds_what_a_connector_needs(serve: Callable[..., Served]) -> None:
    served = serve(*ANY_PORTS)
    assert served.ready_file.stat().st_mode & 0o777 == 0o600
    details = served.details
    assert [key for key in READY if not details.get(key)] == []
    assert details["graph_url"] == f"{details['http_url']}/graph.microsoft.com"
    assert details["https_login_url"] == f"https://127.0.0.1:{details['https_port']}/login.microsoftonline.com"
    assert all(user["upn"] and user["password"] for user in details["other_users"])
    assert httpx.get(f"{details['control_url']}/ready", trust_env=False).json() == details


def test_the_variables_lead_a_child_to_the_emulator(serve: Callable[..., Served]) -> None:
    details = serve(*ANY_PORTS).details
    code = "import httpx; print(httpx.get('https://graph.microsoft.com/v1.0/me').status_code)"
    for extra in ({}, {"OUTLOOK365_INTERCEPT": "0"}):
        ended = subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            text=True,
            timeout=60,
            env=ENVIRONMENT | details["env"] | extra,
        )
        assert ended.stdout.strip() == "401", ended.stderr


def test_ids_and_secrets_are_the_same_on_every_start(serve: Callable[..., Served]) -> None:
    first = serve(*ANY_PORTS)
    first.end(signal.SIGTERM)
    second = serve(*ANY_PORTS)
    for key in ("tenant_id", "client_id", "client_secret", "user", "user_password", "other_users"):
        assert first.details[key] == second.details[key]


def test_options_and_variables(serve: Callable[..., Served], tmp_path: Path) -> None:
    world = tmp_path / "small.yaml"
    world.write_text(WORLD)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    served = serve("--tls-port", "0", OUTLOOK365_EMULATOR_PORT=str(port), OUTLOOK365_EMULATOR_PROXY_PORT="0",
                   OUTLOOK365_EMULATOR_WORLD=str(world))  # fmt: skip
    assert served.details["http_url"] == f"http://127.0.0.1:{port}"
    assert served.details["user"].startswith("zoe@")
    assert served.details["client_id"] is None


def test_no_world(serve: Callable[..., Served]) -> None:
    details = serve(*ANY_PORTS, "--world", "none").details
    assert "tenant_id" not in details
    assert httpx.get(f"{details['control_url']}/", trust_env=False).json()["worlds"] == []


def test_json_is_one_line() -> None:
    process = subprocess.Popen(
        [*COMMAND, "serve", "--json", "--end-with-input", *ANY_PORTS],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=ENVIRONMENT,
        text=True,
    )
    assert process.stdout is not None
    assert json.loads(process.stdout.readline())["tenant_id"]
    rest, errors = process.communicate(timeout=30)  # closes its input, which ends it
    assert (rest, errors, process.returncode) == ("", "", 0)


@pytest.fixture
def taken() -> Iterator[str]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield str(listener.getsockname()[1])


def refused(*arguments: str) -> str:
    """Run `serve`, which must end at once with status 2; return the last line of what it says."""
    ended = run("serve", *arguments)
    assert (ended.returncode, ended.stdout) == (2, ""), ended
    assert "Traceback" not in ended.stderr
    return ended.stderr.strip().splitlines()[-1]


@pytest.mark.parametrize("option", ["--port", "--tls-port", "--proxy-port"])
def test_a_busy_port_is_one_line(taken: str, option: str) -> None:
    said = refused(*ANY_PORTS, option, taken)
    assert re.match(rf"Error: port {taken} of 127\.0\.0\.1 is in use", said)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--port", "70000"], "70000 is not in the range"),
        (["--port", "many"], "'many' is not a valid integer"),
        (["--prot", "1"], "No such option"),
        (["--host", "192.0.2.1"], "192.0.2.1"),
        (["--world", "contosso"], "did you mean 'contoso'?"),
        (["--world", "./missing.yaml"], "missing.yaml"),
        (["--proxy-others", "drop"], "'drop'"),
        (["--ready-file", "/nonexistent/ready.json"], "/nonexistent/ready.json"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_bad_option_is_one_line(arguments: list[str], words: str) -> None:
    assert words in refused(*ANY_PORTS, *arguments)


BAD_WORLDS = {
    "tenants[0].users[0].nmae": WORLD.replace("{name: zoe}", "{nmae: zoe}"),
    "line 2, column": "a: [",
}


@pytest.mark.parametrize("place", BAD_WORLDS)
def test_a_bad_world_file_is_one_line_that_names_the_place(tmp_path: Path, place: str) -> None:
    file = tmp_path / "bad.yaml"
    file.write_text(BAD_WORLDS[place])
    said = refused(*ANY_PORTS, "--world", str(file))
    assert str(file) in said
    ended = run("world", "validate", str(file))
    assert ended.returncode == 2
    assert ended.stderr.strip() == said


def test_a_bug_is_printed_with_its_traceback(serve: Callable[..., Served], tmp_path: Path) -> None:
    broken = "from outlook365_emulator.graph.gate import Gate\nGate.route = lambda *_: 1 / 0\n"
    tmp_path.joinpath("sitecustomize.py").write_text(broken)
    served = serve(*ANY_PORTS, PYTHONPATH=str(tmp_path))
    details = served.details
    form = {
        "grant_type": "client_credentials",
        "client_id": details["client_id"],
        "client_secret": details["client_secret"],
        "scope": "https://graph.microsoft.com/.default",
    }
    token = httpx.post(f"{details['login_url']}/{details['tenant_id']}/oauth2/v2.0/token", data=form).json()
    headers = {"Authorization": f"Bearer {token['access_token']}"}
    assert httpx.get(f"{details['graph_url']}/v1.0/users", headers=headers).status_code == 500
    said = served.until("ZeroDivisionError: division by zero").partition("the emulator failed at answering ")[2]
    assert said.startswith(f"GET {details['graph_url']}/v1.0/users, which is a bug in it\nTraceback ")


def test_env_prints_the_variables_of_a_running_emulator(serve: Callable[..., Served], tmp_path: Path) -> None:
    details = serve(*ANY_PORTS).details
    assert json.loads(run("env", "--url", details["http_url"], "--json").stdout) == details["env"]
    lines = run("env", "--url", details["http_url"]).stdout
    script = f"{lines}\nexec env"
    shell = subprocess.run(["bash", "-c", script], capture_output=True, text=True, timeout=60, cwd=tmp_path)
    assert set(shell.stdout.splitlines()) >= {f"{name}={value}" for name, value in details["env"].items()}


def test_env_without_an_emulator_is_one_line() -> None:
    for url in ("http://127.0.0.1:1", "nonsense"):
        ended = run("env", "--url", url)
        assert ended.returncode == 2
        assert ended.stderr.startswith(f"Error: no emulator answers at {url}")
        assert len(ended.stderr.splitlines()) == 1


def test_world_validate_counts(tmp_path: Path) -> None:
    file = tmp_path / "small.yaml"
    file.write_text(WORLD)
    ended = run("world", "validate", str(file), "--json")
    assert json.loads(ended.stdout) == {"world": "small", "tenants": 1, "users": 1, "applications": 0}


def test_world_list_names_contoso() -> None:
    assert "contoso" in run("world", "list").stdout.split()
    assert "contoso" in json.loads(run("world", "list", "--json").stdout)


def test_version() -> None:
    from outlook365_emulator import __version__

    assert run("--version").stdout.split() == ["outlook365-emulator", __version__]


@pytest.mark.parametrize("command", [[], ["serve"], ["env"], ["world"], ["world", "list"], ["world", "validate"]])
def test_every_help_has_an_example(command: list[str]) -> None:
    ended = run(*command, "--help")
    assert ended.returncode == 0
    assert re.search(r"Examples?:\n +(eval \"\$\()?outlook365-emulator", ended.stdout)


def test_the_reference_lists_every_option_and_variable(repository: Path) -> None:
    from outlook365_emulator.cli import main

    page = (repository / "docs" / "reference" / "command-line.md").read_text()
    serve = main.commands["serve"]
    shown = [option for option in serve.params if not getattr(option, "hidden", False)]
    missing = [option.opts[0] for option in shown if f"`{option.opts[0]}" not in page]
    missing += [str(option.envvar) for option in shown if option.envvar and f"`{option.envvar}`" not in page]
    assert not missing

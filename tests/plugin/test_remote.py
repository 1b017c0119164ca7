"""The same tests against emulators that run already: one, two that workers share out, four processes at once."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from outlook365_emulator.config import Settings
from outlook365_emulator.emulator import Emulator

Run = Callable[..., pytest.RunResult]

SUITE = """
import os
import subprocess
import sys
import httpx
import pytest

def token_of(app):
    form = {"grant_type": "client_credentials", "client_id": app.client_id, "client_secret": app.client_secret}
    form["scope"] = "https://graph.microsoft.com/.default"
    return httpx.post(f"{app.authority}/oauth2/v2.0/token", data=form).json()["access_token"]

@pytest.fixture
def app(outlook365):
    return outlook365.tenant.add_app(auth="client_credentials", permissions=["Mail.Read"])

def test_handles(outlook365, app):
    ada = outlook365.tenant.add_user("ada")
    ada.mailbox.receive(subject="hello")
    headers = {"Authorization": f"Bearer {token_of(app)}"}
    found = httpx.get(f"https://graph.microsoft.com/v1.0/users/{ada.upn}/messages", headers=headers).json()["value"]
    assert [message["subject"] for message in found] == ["hello"]
    assert any(entry.operation == "mail.messages.list" for entry in outlook365.journal)

def test_faults_and_clock(outlook365, app):
    before = outlook365.clock.now
    outlook365.clock.advance(hours=2)
    assert (outlook365.clock.now - before).total_seconds() >= 7200
    outlook365.tenant.add_user("ada")
    token = token_of(app)
    outlook365.faults.add("throttled")
    url = f"https://graph.microsoft.com/v1.0/users/ada@{outlook365.tenant.domain}/messages"
    assert httpx.get(url, headers={"Authorization": f"Bearer {token}"}).status_code == 429

def test_a_host_that_is_down(outlook365):
    outlook365.faults.add(kind="refused")
    with pytest.raises(httpx.ConnectError):
        httpx.get("https://graph.microsoft.com/v1.0/me")

def test_a_child(outlook365):
    code = "import urllib.request as u; print(u.urlopen('https://login.microsoftonline.com/common/discovery/keys').status)"
    found = subprocess.run([sys.executable, "-c", code], env={**os.environ, **outlook365.env}, capture_output=True)
    assert found.stdout.strip() == b"200", found.stderr

def test_a_webhook(outlook365, app):
    app = outlook365.tenant.add_app(auth="client_credentials", preset="full")
    ada = outlook365.tenant.add_user("ada")
    webhook = outlook365.webhook()
    headers = {"Authorization": f"Bearer {token_of(app)}"}
    end = (outlook365.clock.now.replace(microsecond=0)).isoformat().replace("+00:00", "Z")
    from datetime import timedelta
    end = (outlook365.clock.now + timedelta(hours=1)).isoformat().replace("+00:00", "Z")
    made = httpx.post("https://graph.microsoft.com/v1.0/subscriptions", headers=headers, json={
        "changeType": "created", "notificationUrl": webhook.url, "resource": f"/users/{ada.id}/messages",
        "expirationDateTime": end, "clientState": "s"})
    assert made.status_code == 201, made.text
    ada.mailbox.receive(subject="ping")
    assert len(webhook.wait_for(1)) == 1
"""

ALONE = """
import httpx
import pytest

@pytest.mark.parametrize("number", range(6))
def test_it(outlook365, outlook365_emulator, number):
    found = outlook365.tenant.add_user("ada").mailbox
    httpx.get("https://login.microsoftonline.com/common/discovery/keys")
    found.receive(subject=f"{number}")
    assert len(found.messages()) == 1 and len(outlook365.journal.entries) == 1
    print("asked", outlook365_emulator.http_url)
"""


@pytest.fixture
def emulators() -> Iterator[Callable[..., Emulator]]:
    """Starts an emulator in a process of its own."""
    started: list[Emulator] = []

    def start(**settings: object) -> Emulator:
        started.append(Emulator(Settings(subprocess=True, **settings)).start())
        return started[-1]

    yield start
    for one in started:
        one.stop()


def test_everything_of_the_fixture_works_against_a_running_emulator(
    emulators: Callable[..., Emulator], run: Run
) -> None:
    run(SUITE, "--outlook365-url", emulators().http_url).assert_outcomes(passed=5)


def test_the_environment_names_it_too(
    emulators: Callable[..., Emulator], run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = emulators().http_url
    monkeypatch.setenv("OUTLOOK365_URL", url)
    result = run(ALONE, "-s")
    result.assert_outcomes(passed=6)
    result.stdout.fnmatch_lines([f"*asked {url}"])


def test_a_wrong_address_is_told_with_where_it_stands(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OUTLOOK365_URL", "127.0.0.1:8365")
    result = run(ALONE)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*OUTLOOK365_URL: expected the emulator's HTTP address*"])


def test_a_token_stands_in_the_address(emulators: Callable[..., Emulator], run: Run) -> None:
    url = emulators(control_token="a secret/word").http_url
    run(SUITE, "--outlook365-url", url.replace("://", "://:a%20secret%2Fword@")).assert_outcomes(passed=5)
    result = run(ALONE, "--outlook365-url", url)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*--outlook365-url: this emulator was started with --control-token*"])


def test_worlds_take_their_ports_from_a_range(emulators: Callable[..., Emulator], run: Run) -> None:
    free = _free_port()
    url = emulators(world_ports=(free, free)).http_url
    run(ALONE, "--outlook365-url", url).assert_outcomes(passed=6)


def test_workers_share_out_several(emulators: Callable[..., Emulator], run: Run, tmp_path: Path) -> None:
    first, second = emulators(), emulators()
    report = tmp_path / "asked.jsonl"
    writing = f'    with open({str(report)!r}, "a") as file:\n'
    writing += '        file.write(outlook365_emulator.http_url + "\\n")\n'
    urls = ("--outlook365-url", first.http_url, "--outlook365-url", second.http_url)
    run(ALONE + writing, "-n", "2", *urls, plugins=("xdist",)).assert_outcomes(passed=6)
    assert set(report.read_text().split()) == {first.http_url, second.http_url}


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("http://127.0.0.1:1", "*--outlook365-url: no emulator answers at http://127.0.0.1:1: *"),
        ("127.0.0.1:8365", "*--outlook365-url: expected the emulator's HTTP address*"),
    ],
)
def test_an_address_without_an_emulator_fails_the_run_at_its_start(run: Run, url: str, sentence: str) -> None:
    result = run(ALONE, "--outlook365-url", url)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([sentence])
    assert "passed" not in result.stdout.str()


@pytest.fixture
def suite(repository: Path) -> Callable[..., "subprocess.Popen[str]"]:
    """Starts the example suite in a process of its own."""

    def start(folder: str, *arguments: str) -> "subprocess.Popen[str]":
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:asyncio", *arguments]
        return subprocess.Popen(
            command,
            cwd=repository / "examples" / folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    return start


def test_the_examples_pass_unchanged_from_four_processes_and_from_workers_of_two_emulators(
    emulators: Callable[..., Emulator], suite: Callable[..., "subprocess.Popen[str]"]
) -> None:
    first, second = emulators(), emulators()
    at_first = ("--outlook365-url", first.http_url)
    running = [suite("triggers", *at_first) for _ in range(4)]
    running.append(suite("triggers", "-n", "2", *at_first, "--outlook365-url", second.http_url))
    for process in running:
        output = process.communicate(timeout=110)[0]
        assert process.returncode == 0, output
    assert _worlds(first) == _worlds(second) == []


def _worlds(emulator: Emulator) -> list[str]:
    import urllib.request

    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(f"{emulator.control_url}/worlds") as answer:
        return [one["name"] for one in json.load(answer)["worlds"]]


def _free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])

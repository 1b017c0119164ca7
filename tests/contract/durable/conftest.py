"""`serve --data` as a process, to be killed."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

COMMAND = [sys.executable, "-m", "outlook365_emulator"]
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("OUTLOOK365_")}
GRAPH_SCOPE = "https://graph.microsoft.com/.default"
KEEP_IDS = {"Prefer": 'IdType="ImmutableId"'}


class Served:
    """A running `serve --data`."""

    def __init__(self, folder: Path, data: Path, limit: Callable[[], object] | None = None) -> None:
        self.ready_file, self.output = folder / "ready.json", folder / "output"
        self.ready_file.unlink(missing_ok=True)
        arguments = ["--data", str(data), "--port", "0", "--tls-port", "0", "--proxy-port", "0"]
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                [*COMMAND, "serve", "--ready-file", str(self.ready_file), *arguments],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=ENVIRONMENT,
                preexec_fn=limit,
            )
        deadline = time.monotonic() + 60
        while not self.ready_file.exists():
            assert self.process.poll() is None, self.output.read_text()
            assert time.monotonic() < deadline, self.output.read_text()
            time.sleep(0.01)
        self.details: dict[str, Any] = json.loads(self.ready_file.read_text())

    def token(self, **fields: str) -> httpx.Response:
        url = f"{self.details['login_url']}/{self.details['tenant_id']}/oauth2/v2.0/token"
        return httpx.post(url, data={"scope": GRAPH_SCOPE, **fields}, trust_env=False, timeout=30)

    def as_application(self) -> str:
        secret = {"client_id": self.details["client_id"], "client_secret": self.details["client_secret"]}
        answer = self.token(grant_type="client_credentials", **secret)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["access_token"])

    def graph(self, token: str) -> httpx.Client:
        headers = {"Authorization": f"Bearer {token}", **KEEP_IDS}
        return httpx.Client(base_url=f"{self.details['graph_url']}/v1.0", headers=headers, trust_env=False, timeout=30)

    def control(self) -> httpx.Client:
        url = f"{self.details['control_url']}/worlds/contoso"
        return httpx.Client(base_url=url, trust_env=False, timeout=30)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., Served]]:
    running: list[Served] = []

    def start(data: Path, limit: Callable[[], object] | None = None) -> Served:
        running.append(Served(tmp_path, data, limit))
        return running[-1]

    yield start
    for one in running:
        one.kill()


def pages_of(graph: httpx.Client, url: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    while url:
        answer = graph.get(url)
        assert answer.status_code == 200, answer.text
        found += answer.json()["value"]
        url = answer.json().get("@odata.nextLink", "")
    return found


@pytest.fixture(scope="session")
def all_of() -> Callable[[httpx.Client, str], list[dict[str, Any]]]:
    """`all_of(graph, url)` is what all pages of a list hold."""
    return pages_of

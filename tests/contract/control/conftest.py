"""The control API of an emulator that is nothing but its worlds."""

import asyncio
import json
from collections.abc import Awaitable
from dataclasses import dataclass, field
from typing import Any

import pytest
from outlook365_emulator.config import Settings
from outlook365_emulator.control.service import Control
from outlook365_emulator.entra.keys import KeyRing
from outlook365_emulator.faults.facts import Phase
from outlook365_emulator.graph.subscriptions.courier import Courier
from outlook365_emulator.store.agenda import Due
from outlook365_emulator.store.durable.database import BadData
from outlook365_emulator.store.hosting import Hosting
from outlook365_emulator.store.world import World
from outlook365_emulator.wire import Harm, Headers, Request, Response

PREFIX = "/_emulator/v1"


@dataclass
class Surroundings:
    """What an emulator is to its control API."""

    hosting: Hosting = field(default_factory=Hosting)
    settings: Settings = field(default_factory=lambda: Settings(allow_hosts=("emulator.internal",)))
    keys: KeyRing = field(default_factory=KeyRing)
    ran: list[tuple[str, Due]] = field(default_factory=list)
    prepared: list[str] = field(default_factory=list)
    resumed: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.courier = Courier(self.hosting, self.keys)

    def run_effect(self, world: World, due: Due) -> None:
        self.ran.append((world.name, due))

    def details(self) -> dict[str, Any]:
        return {"http_url": "http://127.0.0.1:8365", "user": "<ada>", "client_secret": "not for the page"}

    def kept_snapshots(self) -> dict[str, Any]:
        return {}

    async def export(self, world: World) -> bytes:
        return world.name.encode()

    async def take_in(self, content: bytes, limit: int) -> World:
        raise BadData("what was sent is no export of a world")

    def open_port(self, world: World) -> int:
        return 40000 + len(world.name)

    def prepare_connections(self, world: World) -> None:
        self.prepared.append(world.name)

    def resume(self, world: World) -> None:
        self.resumed.append(world.name)

    def judge_connection(self, world: World, phase: Phase, host: str) -> Harm | None:
        return Harm("dns", {"how": "unknown"}) if self.prepared and phase == "resolve" else None

    def drop(self, world: World) -> None:
        self.hosting.drop(world)


async def finished(answer: Awaitable[Response]) -> Response:
    """Wait for a route that waits itself."""
    return await answer


class Api:
    """Sends requests to the control API.

    Attributes:
        emulator: what is around it.
    """

    def __init__(self) -> None:
        self.emulator = Surroundings()
        self._control = Control(self.emulator)

    def send(self, method: str, path: str, body: bytes = b"", **headers: str) -> Response:
        """Send a request as it stands and return the answer."""
        path, _, query = path.partition("?")
        fields = {"host": "127.0.0.1:8365", **{name.replace("_", "-"): value for name, value in headers.items()}}
        raw = [(name.encode(), value.encode()) for name, value in fields.items()]
        answer = self._control.answer(Request(method, "127.0.0.1", path, query, Headers(raw), body))
        return answer if isinstance(answer, Response) else asyncio.run(finished(answer))

    def __call__(self, method: str, path: str, document: Any = None, *, status: int | None = None) -> Any:
        """Send a document and return the decoded answer; the status is success unless another is expected."""
        body = b"" if document is None else json.dumps(document).encode()
        response = self.send(method, PREFIX + path, body, content_type="application/json")
        expected = response.status < 400 if status is None else response.status == status
        assert expected, f"{method} {path}: {response.status} {response.body!r}"
        return json.loads(response.body) if response.body else None

    def refused(self, method: str, path: str, document: Any = None, *, status: int) -> dict[str, str]:
        """Send a document that is refused with a status, and return the error."""
        error: dict[str, str] = self(method, path, document, status=status)["error"]
        return error


@pytest.fixture
def api() -> Api:
    """The control API."""
    return Api()


@pytest.fixture
def world(api: Api) -> str:
    """Path of a world with one tenant."""
    return f"/worlds/{api('POST', '/worlds', {'tenants': [{}]})['name']}"


@pytest.fixture
def tenant(api: Api, world: str) -> str:
    """Path of the tenant."""
    return f"{world}/tenants/{api('GET', world)['tenants'][0]['id']}"


@pytest.fixture
def ada(api: Api, tenant: str) -> str:
    """Path of a user of the tenant."""
    return f"{tenant}/users/{api('POST', f'{tenant}/users', {'name': 'ada'})['upn']}"

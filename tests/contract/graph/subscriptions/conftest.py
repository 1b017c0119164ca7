"""An organisation whose application holds what its tokens say, and an endpoint that answers in this process."""

import asyncio
import json
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from outlook365_emulator.app.effects import run_effect
from outlook365_emulator.directory.consent import grant_roles, grant_scopes
from outlook365_emulator.graph.subscriptions.courier import Courier

ROLES = ("Mail.ReadWrite", "Mail.Send", "Calendars.ReadWrite", "User.Read.All")
SCOPES = (*ROLES[:3], "Mail.Read.Shared", "Calendars.Read.Shared", "User.Read")


class Endpoint:
    """A web server at a loopback address: repeats validation tokens and keeps what is posted.

    Attributes:
        url: its address.
        handshakes: the queries of validation requests.
        posted: path and decoded body of everything else, in the order of arrival.
        answers: statuses for the next posts; 202 when there are none left, and for lifecycle notifications.
        on_handshake: returns status, content type and body for a validation token, or None to go away.
    """

    def __init__(self) -> None:
        self.handshakes: list[str] = []
        self.posted: list[tuple[str, Any]] = []
        self.answers: list[int] = []
        self.on_handshake: Callable[[str], tuple[int, str, str] | None] = lambda token: (200, "text/plain", token)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()
        self._server = asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result()
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}/hook"

    async def _listen(self) -> asyncio.Server:
        return await asyncio.start_server(self._serve, "127.0.0.1", 0)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        fields = dict(line.lower().split(": ", 1) for line in head.split("\r\n")[1:] if line)
        body = await reader.readexactly(int(fields.get("content-length", "0")))
        target = urlsplit(head.split(" ")[1])
        token = parse_qs(target.query).get("validationToken")
        answer: tuple[int, str, str] | None = (202, "text/plain", "")
        if token:
            self.handshakes.append(target.query)
            answer = self.on_handshake(token[0])
        else:
            self.posted.append((target.path, json.loads(body)))
            planned = self.answers and not target.path.endswith("/life")
            answer = (self.answers.pop(0) if planned else 202, "text/plain", "")
        if answer is not None:
            status, kind, text = answer
            lines = f"HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\nContent-Length: {len(text.encode())}\r\n\r\n{text}"
            writer.write(lines.encode())
            await writer.drain()
        writer.close()

    @property
    def notifications(self) -> list[dict[str, Any]]:
        """All notifications, lifecycle ones included."""
        return [one for _, content in self.posted for one in content["value"]]

    @property
    def kinds(self) -> list[str]:
        """The kind of change, or the lifecycle event, of each notification."""
        return [one.get("lifecycleEvent") or one["changeType"] for one in self.notifications]

    def close(self) -> None:
        if self._loop.is_closed():
            return
        self._loop.call_soon_threadsafe(self._server.close)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    found = Endpoint()
    yield found
    found.close()


@pytest.fixture
def org(org: Any) -> Any:
    """The organisation, with consent of its administrator for everything that the tests ask for."""
    principal = org.tenant.service_principals.find("client", org.app.client_id)
    with org.world.unit() as unit:
        grant_roles(org.world, org.tenant, unit, principal, ROLES)
        grant_scopes(org.world, org.tenant, unit, principal, SCOPES)
    return org


@pytest.fixture
def body(endpoint: Endpoint, org: Any) -> Any:
    """Write the body of a subscription: `body("me/messages", minutes=60, clientState="x")`."""

    def write(resource: str = "me/messages", minutes: float = 60, **members: Any) -> dict[str, Any]:
        ends = org.world.clock.now() + timedelta(minutes=minutes)
        document = {
            "changeType": "created,updated,deleted",
            "notificationUrl": endpoint.url,
            "resource": resource,
            "expirationDateTime": ends.isoformat().replace("+00:00", "Z"),
            "clientState": "our secret",
        }
        return {name: value for name, value in {**document, **members}.items() if value is not None}

    return write


@pytest.fixture
def subscribe(graph: Any, org: Any, body: Any) -> Any:
    """Subscribe as ada, or as the application where `as_` is None, and return the subscription."""

    def make(resource: str = "me/messages", minutes: float = 60, as_: Any = ..., **members: Any) -> dict[str, Any]:
        who = org.ada if as_ is ... else as_
        answer = graph.post("/subscriptions", body(resource, minutes, **members), as_=who)
        assert answer.status == 201, answer.body
        return answer.json

    return make


@pytest.fixture
def deliver(graph: Any, org: Any) -> Any:
    """Send what can be sent, and with `everything` what waits for its time; returns the deliveries so far."""
    courier: Courier = graph.graph._courier

    def send(*, everything: bool = False) -> list[Any]:
        assert asyncio.run(courier.settle(org.world, everything=everything))
        return list(org.world.notices.deliveries)

    return send


@pytest.fixture
def advance(graph: Any, org: Any) -> Any:
    """Move the clock of the world, notifications being sent on the way."""
    courier: Courier = graph.graph._courier

    def move(**span: float) -> None:
        to = org.world.clock.now() + timedelta(**span)
        asyncio.run(courier.move_clock(org.world, to, run_effect))

    return move

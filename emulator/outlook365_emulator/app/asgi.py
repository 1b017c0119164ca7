"""The ASGI application: every request of the HTTP and HTTPS ports passes here, from bytes to bytes."""

import contextlib
from collections import deque
from collections.abc import Awaitable, Callable, MutableMapping
from functools import partial
from typing import Any, Protocol
from urllib.parse import unquote

from starlette.applications import Starlette
from starlette.routing import BaseRoute, Match
from starlette.types import Scope as RouteScope

from outlook365_emulator.app.address import Emulated, Nowhere, Own, address_of
from outlook365_emulator.app.alarms import Alarms
from outlook365_emulator.app.body import SERVICE_LIMIT, Disconnected, read_body, without_coding
from outlook365_emulator.app.bugs import log_bug
from outlook365_emulator.app.effects import run_effect
from outlook365_emulator.app.failures import (
    control_failure,
    failure_response,
    graph_failure,
    not_emulated,
    not_kept,
    sentence_response,
)
from outlook365_emulator.app.keeping import settle_all, settle_quietly
from outlook365_emulator.app.placement import Placed, place
from outlook365_emulator.app.secrecy import without_secrets, without_tokens
from outlook365_emulator.app.sending import Fields, fields_of, hold_back, send_answer
from outlook365_emulator.clock import Clock, monotonic
from outlook365_emulator.control.guard import own_names
from outlook365_emulator.control.service import LIMIT as CONTROL_LIMIT
from outlook365_emulator.faults.altering import altered
from outlook365_emulator.ids import Ids, fresh_nonce
from outlook365_emulator.journal import BUG, INTERNAL_ERROR, Entry, Journal, written_at
from outlook365_emulator.net.wire_faults import CONNECTION, WORLD, Finished, harms_connection, is_silent, send_harmed
from outlook365_emulator.store.hosting import Hosting
from outlook365_emulator.store.recording import NotKept
from outlook365_emulator.store.world import World
from outlook365_emulator.tables.clouds import Cloud
from outlook365_emulator.wire import Headers, Request, Response

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

ERRORS_KEPT = 100
NAMES = {"login": "entra", "graph": "graph", "outlook": "outlook"}
"""Names of the services in the journal."""


class Login(Protocol):
    """Microsoft Entra."""

    def answer(self, request: Request, clouds: tuple[Cloud, ...], world: World | None, entry: Entry) -> Response:
        """Answer one request and fill in its journal entry."""
        ...


class Graph(Protocol):
    """Microsoft Graph."""

    def answer(
        self, request: Request, cloud: Cloud, world: World | None, entry: Entry
    ) -> Response | Awaitable[Response]:
        """Answer one request and fill in its journal entry."""
        ...


class Outlook(Protocol):
    """The upload sessions on Outlook's own hosts."""

    def answer(self, request: Request, cloud: Cloud, world: World | None, entry: Entry) -> Response:
        """Answer one request and fill in its journal entry."""
        ...


class Control(Protocol):
    """The control API and the page."""

    def answer(self, request: Request) -> Response | Awaitable[Response]:
        """Answer one request."""
        ...


class Everything(BaseRoute):
    """The one route of the application: takes every path, also those that hold line breaks.

    Args:
        endpoint: an ASGI callable.
    """

    def __init__(self, endpoint: Callable[[Scope, Receive, Send], Awaitable[None]]) -> None:
        self._endpoint = endpoint

    def matches(self, scope: RouteScope) -> tuple[Match, RouteScope]:
        """Match."""
        return Match.FULL, {}

    async def handle(self, scope: RouteScope, receive: Receive, send: Send) -> None:
        """Hand the request to the endpoint."""
        await self._endpoint(scope, receive, send)


class App:
    """Finds host and world of each request, has the service answer, and keeps the journal.

    Args:
        hosting: the worlds.
        login: answers at the sign-in hosts.
        graph: answers at the hosts of Graph.
        outlook: answers at the hosts of Outlook, or None where uploads are not served.
        control: answers at local names, on the HTTP port only.
        allow_hosts: further names under which the emulator itself may be asked.
        lead_of: what the connection of a request leads to (`Server.lead_of`).

    Attributes:
        errors: the last hundred exceptions that a service raised although it never should.
        unplaced: the journal of requests that belong to no world.
    """

    def __init__(
        self,
        hosting: Hosting,
        *,
        login: Login,
        graph: Graph,
        control: Control,
        outlook: Outlook | None = None,
        allow_hosts: tuple[str, ...] = (),
        lead_of: Callable[[Scope], str] = lambda scope: "",
    ) -> None:
        self.errors: deque[BaseException] = deque(maxlen=ERRORS_KEPT)
        self.unplaced = Journal()
        self._hosting = hosting
        self._login = login
        self._graph = graph
        self._control = control
        self._outlook = outlook
        self._local = own_names(allow_hosts)
        self._lead_of = lead_of
        self._clock = Clock()
        self._ids = Ids(fresh_nonce())
        self._alarms = Alarms(hosting, run_effect, partial(self.note_bug, doing="what fell due in a world"))
        self._asgi = Starlette(routes=[Everything(self._serve)])

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request (ASGI 3)."""
        await self._asgi(scope, receive, send)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope["headers"])
        path = scope["raw_path"].decode("latin-1")
        address = address_of(headers.all("host"), path, tls=scope["scheme"] == "https", local=self._local)
        try:
            match address:
                case Emulated():
                    await self._emulated(address, scope, headers, receive, send)
                case Own():
                    await self._own(address, scope, headers, receive, send)
                case Nowhere():
                    await self._nowhere(address, scope, path, send)
        except Disconnected:
            return

    async def _emulated(self, address: Emulated, scope: Scope, headers: Headers, receive: Receive, send: Send) -> None:
        body = await read_body(receive, SERVICE_LIMIT)
        coding = headers.get("content-encoding")
        request = Request(
            scope["method"],
            address.host,
            address.path,
            scope["query_string"].decode("latin-1"),
            headers,
            without_coding(body, coding, SERVICE_LIMIT) if coding else body,
            form=address.form,
            door=address.door,
            client=_client(scope),
            lead=self._lead_of(scope),
        )
        try:
            response, fields = await self._answered(address, request, scope)
            if request.delay > 0:
                await hold_back(request.delay, receive)
            connection = scope.get("extensions", {}).get(CONNECTION)
            if request.harm is not None and harms_connection(request.harm) and connection is not None:
                body = b"" if request.method == "HEAD" else b"".join((*response.pieces, response.body))
                await send_harmed(request.harm, connection, receive, Finished(response.status, fields, body))
            else:
                await send_answer(send, response, fields)
        finally:
            request.finish()

    async def _answered(self, address: Emulated, request: Request, scope: Scope) -> tuple[Response, Fields]:
        """Place a request, have its service answer, and write it down before anything is sent."""
        started = monotonic()
        placed = place(self._hosting, request)
        world = placed.world
        clock = world.clock if world is not None else self._clock
        scope[WORLD] = world.key if world is not None else ""
        entry = Entry(
            at=written_at(clock),
            method=request.method,
            url=without_secrets(request.url),
            service=NAMES[address.service],
            placed=placed.how,
        )
        try:
            answer = self._ask(address, request, placed, entry)
            response = answer if isinstance(answer, Response) else await answer
            settle_quietly(world, entry)
            if request.harm is not None:
                altered(response, request)
            fields = fields_of(response, clock)
        except NotKept as problem:
            entry.code, entry.reason = "NotKept", str(problem)
            response = not_kept(address.service, str(problem))
            fields = fields_of(response, clock)
        except Exception as problem:
            response = self._failed(problem, address, entry, clock)
            fields = fields_of(response, clock)
        entry.status = 0 if is_silent(request.harm) else response.status
        entry.duration_ms = (monotonic() - started + request.delay) * 1000
        (world.journal if world is not None else self.unplaced).add(entry)
        for tell in world.answered if world is not None else ():
            tell(request, response, entry)
        if world is not None:
            self._alarms.set(world)
        return response, fields

    def _ask(self, address: Emulated, request: Request, placed: Placed, entry: Entry) -> Response | Awaitable[Response]:
        world = placed.world
        if world is not None:
            with contextlib.suppress(NotKept):  # what fell due stays on the agenda and is tried again
                world.run_due(run_effect)
        match address.service:
            case "login":
                return self._login.answer(request, address.clouds, world, entry)
            case "graph":
                return self._graph.answer(request, address.clouds[0], world, entry)
            case "outlook" if self._outlook is not None:
                return self._outlook.answer(request, address.clouds[0], world, entry)
        error = not_emulated(request)
        entry.operation, entry.code, entry.reason = "outlook.upload", error.code, error.because
        return graph_failure(error, self._ids, self._clock)

    def _failed(self, problem: Exception, address: Emulated, entry: Entry, clock: Clock) -> Response:
        self.note_bug(problem, f"answering {entry.method} {entry.url}")
        entry.code = INTERNAL_ERROR
        entry.reason = without_tokens(f"{BUG}{type(problem).__name__}: {problem}")[:500]
        return failure_response(address.service, self._ids, clock)

    def note_bug(self, problem: BaseException, doing: str) -> None:
        """Keep an exception in `errors` and write it to the log.

        Args:
            problem: an exception that nobody expected.
            doing: what was being done, without secrets.
        """
        self.errors.append(problem)
        log_bug(problem, doing)

    async def _own(self, address: Own, scope: Scope, headers: Headers, receive: Receive, send: Send) -> None:
        body = await read_body(receive, CONTROL_LIMIT)
        request = Request(
            scope["method"],
            address.host,
            address.path,
            scope["query_string"].decode("latin-1"),
            headers,
            body,
            door=address.door,
            client=_client(scope),
        )
        try:
            answer = self._control.answer(request)
            response = answer if isinstance(answer, Response) else await answer
            settle_all(self._hosting)
            fields = fields_of(response, self._clock)
            self._watch_clock(address.path)
        except NotKept as problem:
            response = not_kept("control", str(problem))
            fields = fields_of(response, self._clock)
        except Exception as problem:
            self.note_bug(problem, f"answering {request.method} {without_secrets(address.path)}")
            response = control_failure(problem)
            fields = fields_of(response, self._clock)
        await send_answer(send, response, fields)

    def planned(self, world: World) -> None:
        """Learn that something was put on a world's agenda outside of a request; call on the event loop.

        Args:
            world: the world.
        """
        self._alarms.set(world)

    def _watch_clock(self, path: str) -> None:
        """Set the timer of the world that a path of the control API names: what was asked may have changed it."""
        match path.split("/"):
            case ["", "_emulator", _, "worlds", name, *_]:
                world = self._hosting.by_name(unquote(name))
                if world is not None:
                    self._alarms.set(world)

    async def _nowhere(self, address: Nowhere, scope: Scope, path: str, send: Send) -> None:
        entry = Entry(at=written_at(self._clock), method=scope["method"], url=without_secrets(path), placed="unplaced")
        entry.status, entry.reason = address.status, address.sentence
        self.unplaced.add(entry)
        response = sentence_response(address.status, address.sentence)
        await send_answer(send, response, fields_of(response, self._clock))


def _client(scope: Scope) -> str:
    client = scope.get("client")
    return str(client[0]) if client else ""

"""The application between ports and services, with services that the test writes: hosts, bodies, waits, failures."""

import asyncio
import gzip
import json
from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from outlook365_emulator.app import App
from outlook365_emulator.app.body import SERVICE_LIMIT, without_coding
from outlook365_emulator.app.secrecy import without_secrets
from outlook365_emulator.clock import Clock
from outlook365_emulator.journal import Entry
from outlook365_emulator.store.hosting import Hosting
from outlook365_emulator.store.world import World
from outlook365_emulator.wire import Request, Response

LOGIN, GRAPH, OUTLOOK = "login.microsoftonline.com", "graph.microsoft.com", "outlook.office.com"
Answer = Callable[[Request, Entry], Any]


class Services:
    """Entra, Graph and the control API in one: they answer as the test says, and keep what they were asked."""

    def __init__(self) -> None:
        self.asked: list[Request] = []
        self.answer_of: Answer = lambda request, entry: Response(200, request.body, [("X-Answered", "graph")])

    def answer(self, request: Request, *more: Any) -> Any:
        self.asked.append(request)
        return self.answer_of(request, more[2] if more else Entry())


@pytest.fixture
def services() -> Services:
    return Services()


@pytest.fixture
def world() -> World:
    return World("red", clock=Clock(datetime(2031, 5, 6, 7, 8, 9, tzinfo=UTC), frozen=True))


@pytest.fixture
def app(services: Services, world: World) -> App:
    hosting = Hosting()
    hosting.add(world)
    return App(hosting, login=services, graph=services, control=services)


class Client:
    """One request by ASGI, and what came back."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.gone = asyncio.Event()
        self.sent: list[dict[str, Any]] = []

    async def ask(
        self,
        path: str,
        host: str = GRAPH,
        *,
        method: str = "GET",
        tls: bool = True,
        chunks: Iterable[bytes] = (b"",),
        headers: Iterable[tuple[str, str]] = (),
        hosts: Iterable[str] | None = None,
    ) -> "Client":
        target, _, query = path.partition("?")
        fields = [(b"host", one.encode()) for one in ([host] if hosts is None else hosts)]
        scope = {
            "type": "http",
            "method": method,
            "scheme": "https" if tls else "http",
            "path": target,
            "raw_path": target.encode("latin-1"),
            "query_string": query.encode("latin-1"),
            "headers": [*fields, *((name.encode(), value.encode("latin-1")) for name, value in headers)],
            "client": ("127.0.0.1", 50000),
            "server": ("127.0.0.1", 8443),
        }
        waiting = list(chunks)

        async def receive() -> dict[str, Any]:
            if waiting:
                chunk = waiting.pop(0)
                return {"type": "http.request", "body": chunk, "more_body": bool(waiting)}
            await self.gone.wait()
            return {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            self.sent.append(message)

        await self.app(scope, receive, send)
        return self

    @property
    def status(self) -> int:
        return int(self.sent[0]["status"])

    @property
    def headers(self) -> dict[str, str]:
        return {name.decode(): value.decode("latin-1") for name, value in self.sent[0]["headers"]}

    @property
    def body(self) -> bytes:
        return bytes(self.sent[1]["body"])


@pytest.fixture
def ask(app: App) -> Callable[..., Awaitable[Client]]:
    return lambda *args, **more: Client(app).ask(*args, **more)


async def test_the_service_gets_the_request_and_its_answer_is_sent(
    ask: Callable[..., Awaitable[Client]], services: Services
) -> None:
    client = await ask(f"/{GRAPH}/v1.0/me%2F?$top=1", "localhost:8365", tls=False, method="POST", chunks=[b"ab", b"c"])
    asked = services.asked[0]
    assert (asked.method, asked.host, asked.path, asked.query) == ("POST", GRAPH, "/v1.0/me%2F", "$top=1")
    assert (asked.body, asked.form, asked.client) == (b"abc", "prefix", "127.0.0.1")
    assert asked.url == "http://localhost:8365/graph.microsoft.com/v1.0/me%2F?$top=1"
    assert (client.status, client.body) == (200, b"abc")
    assert client.headers["x-answered"] == "graph"
    assert client.headers["content-length"] == "3"


async def test_a_path_with_a_line_break_reaches_the_service(
    ask: Callable[..., Awaitable[Client]], services: Services
) -> None:
    await ask("/v1.0/me%0Aevil")
    assert services.asked[0].path == "/v1.0/me%0Aevil"


async def test_a_request_is_written_down(ask: Callable[..., Awaitable[Client]], world: World) -> None:
    await ask("/v1.0/me?code=secret&$top=1")
    (entry,) = world.journal
    assert (entry.method, entry.status, entry.service, entry.placed) == ("GET", 200, "graph", "unplaced")
    assert entry.url == "https://graph.microsoft.com/v1.0/me?code=***&$top=1"
    assert entry.at == "2031-05-06T07:08:09.000Z"
    assert 0 < entry.duration_ms < 10000


async def test_a_request_of_no_world_is_written_down(services: Services) -> None:
    app = App(Hosting(), login=services, graph=services, control=services)
    await Client(app).ask("/v1.0/me")
    await Client(app).ask("/v1.0/me", tls=False)
    placed, nowhere = app.unplaced
    assert (placed.status, placed.placed) == (200, "unplaced")
    assert nowhere.status == 400
    assert "https only" in nowhere.reason


async def test_date_is_the_worlds(ask: Callable[..., Awaitable[Client]]) -> None:
    client = await ask("/v1.0/me")
    assert client.headers["date"] == "Tue, 06 May 2031 07:08:09 GMT"


async def test_the_services_own_date_stays(ask: Callable[..., Awaitable[Client]], services: Services) -> None:
    services.answer_of = lambda request, entry: Response(204, b"", [("Date", "Mon, 01 Jan 2001 00:00:00 GMT")])
    client = await ask("/v1.0/me")
    assert client.headers == {"date": "Mon, 01 Jan 2001 00:00:00 GMT"}


async def test_a_service_may_answer_later(ask: Callable[..., Awaitable[Client]], services: Services) -> None:
    async def later() -> Response:
        await asyncio.sleep(0)
        return Response(202)

    services.answer_of = lambda request, entry: later()
    assert (await ask("/v1.0/subscriptions", method="POST")).status == 202


async def test_one_byte_over_the_limit_reaches_the_service(
    ask: Callable[..., Awaitable[Client]], services: Services
) -> None:
    await ask("/v1.0/me", method="POST", chunks=[b"x" * 1_000_000] * 9)
    assert len(services.asked[0].body) == SERVICE_LIMIT + 1


async def test_a_client_that_leaves_while_it_sends_gets_nothing(app: App, services: Services) -> None:
    client = Client(app)
    client.gone.set()
    await client.ask("/v1.0/me", method="POST", chunks=[])
    assert client.sent == []
    assert services.asked == []


async def test_a_coded_body_is_decoded(ask: Callable[..., Awaitable[Client]], services: Services) -> None:
    await ask("/v1.0/me", method="POST", chunks=[gzip.compress(b'{"a": 1}')], headers=[("content-encoding", "gzip")])
    assert services.asked[0].body == b'{"a": 1}'


@pytest.mark.parametrize(
    ("body", "coding", "content"),
    [
        (gzip.compress(b"text"), "GZip", b"text"),
        (gzip.compress(b"text")[:-9], "gzip", gzip.compress(b"text")[:-9]),
        (b"text", "gzip", b"text"),
        (b"text", "br", b"text"),
        (gzip.compress(b"x" * 5000), "gzip", b"x" * 101),
    ],
    ids=["gzip", "cut off", "damaged", "unknown", "a bomb"],
)
def test_content_coding(body: bytes, coding: str, content: bytes) -> None:
    assert without_coding(body, coding, 100) == content


@given(st.binary(max_size=200), st.sampled_from(["gzip", "x-gzip", "deflate", "identity"]))
def test_no_coded_body_raises(body: bytes, coding: str) -> None:
    assert len(without_coding(body, coding, 1000)) <= 1001


async def test_an_answer_is_held_back(ask: Callable[..., Awaitable[Client]], services: Services, world: World) -> None:
    def slow(request: Request, entry: Entry) -> Response:
        request.delay = 0.05
        return Response(200)

    services.answer_of = slow
    begun = asyncio.get_running_loop().time()
    assert (await ask("/v1.0/me")).status == 200
    assert asyncio.get_running_loop().time() - begun >= 0.05
    assert next(iter(world.journal)).duration_ms >= 50


async def test_a_client_that_leaves_while_it_waits_ends_the_wait(app: App, services: Services) -> None:
    def slow(request: Request, entry: Entry) -> Response:
        request.delay = 3600
        asyncio.get_running_loop().call_soon(client.gone.set)
        return Response(200)

    services.answer_of = slow
    client = Client(app)
    async with asyncio.timeout(10):
        await client.ask("/v1.0/me")
    assert client.sent == []
    assert asyncio.all_tasks() == {asyncio.current_task()}


@pytest.mark.parametrize("leaves", [False, True])
async def test_a_request_is_finished_when_its_answer_is_out_or_its_client_gone(
    app: App, services: Services, leaves: bool
) -> None:
    def answered(request: Request, entry: Entry) -> Response:
        request.on_sent.append(lambda: seen.append(len(client.sent)))
        request.delay = 3600 if leaves else 0.0
        return Response(200)

    seen: list[int] = []
    services.answer_of = answered
    client = Client(app)
    if leaves:
        client.gone.set()
    await client.ask("/v1.0/me")
    assert seen == [0 if leaves else 2]


def failing(request: Request, entry: Entry) -> Response:
    raise ZeroDivisionError("a bug")


@pytest.mark.parametrize(
    ("host", "code"), [(GRAPH, "ErrorInternalServerError"), (LOGIN, "server_error")], ids=["graph", "login"]
)
async def test_a_bug_is_answered_and_remembered(
    app: App, services: Services, world: World, host: str, code: str
) -> None:
    services.answer_of = failing
    client = await Client(app).ask("/v1.0/me", host)
    error = json.loads(client.body)["error"]
    assert client.status == 500
    assert (error["code"] if isinstance(error, dict) else error) == code
    assert [type(problem) for problem in app.errors] == [ZeroDivisionError]
    (entry,) = world.journal
    assert (entry.status, entry.code) == (500, "InternalError")
    assert "a bug" in entry.reason


async def test_a_bug_is_in_the_log_with_its_traceback_and_without_secrets(
    app: App, services: Services, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    token = "eyJhbGciOiJSUzI1NiJ9.eyJ0aWQiOiJ4In0.c2lnbmF0dXJl"

    def fail(request: Request, entry: Entry) -> Response:
        raise ZeroDivisionError(f"a bug at {token}")

    services.answer_of = fail
    await Client(app).ask(f"/v1.0/me?code=hunter2&token={token}")
    [record] = caplog.records
    said = record.getMessage()
    assert (record.name, record.levelname) == ("outlook365_emulator", "ERROR")
    assert said.startswith(f"the emulator failed at answering GET https://{GRAPH}/v1.0/me?code=***&token=***, ")
    assert "Traceback (most recent call last):" in said
    assert said.endswith("ZeroDivisionError: a bug at ***")
    assert world.journal.bugs == {f"GET https://{GRAPH}/v1.0/me?code=***&token=***: ZeroDivisionError: a bug at ***": 1}


async def test_a_bug_of_the_control_api_is_answered_in_its_shape(app: App, services: Services) -> None:
    services.answer_of = failing
    client = await Client(app).ask("/_emulator/v1/", "127.0.0.1", tls=False)
    assert client.status == 500
    assert json.loads(client.body)["error"]["code"] == "internal_error"
    assert len(app.errors) == 1


@pytest.mark.parametrize("value", ["a\r\nSet-Cookie: b", "\x00", "snow ☃"])
async def test_a_field_that_cannot_be_sent_is_a_bug(app: App, services: Services, value: str) -> None:
    services.answer_of = lambda request, entry: Response(200, b"", [("Location", value)])
    assert (await Client(app).ask("/v1.0/me")).status == 500
    assert len(app.errors) == 1


async def test_what_is_due_runs_before_the_request(
    app: App, services: Services, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[str] = []
    known = {"note": lambda _, due: ran.append(due.effect)}
    monkeypatch.setattr("outlook365_emulator.app.effects.effects", lambda: known)
    world.agenda.add(world.clock.now(), "note")
    services.answer_of = lambda request, entry: Response(200, str(ran).encode())
    assert (await Client(app).ask("/v1.0/me")).body == b"['note']"


async def test_an_unknown_effect_is_a_bug_that_names_the_nearest(
    app: App, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("outlook365_emulator.app.effects.effects", lambda: {"mail.send_deferred": None})
    world.agenda.add(world.clock.now(), "mail.send_defered")
    assert (await Client(app).ask("/v1.0/me")).status == 500
    assert "did you mean mail.send_deferred?" in str(app.errors[0])
    assert (await Client(app).ask("/v1.0/me")).status == 200


async def test_upload_hosts_say_that_they_are_not_emulated(ask: Callable[..., Awaitable[Client]], world: World) -> None:
    client = await ask("/api/v2.0/Users('x')/Messages('y')/AttachmentSessions('z')?authtoken=eyJhb.c.d", OUTLOOK)
    assert client.status == 501
    assert json.loads(client.body)["error"]["code"] == "NotEmulated"
    assert list(world.journal.not_emulated) == ["GET outlook.upload"]


SECRETS = [
    ("https://h/p?code=abc&state=1", "https://h/p?code=***&state=1"),
    ("https://h/p?Client_Secret=a%26b&x", "https://h/p?Client_Secret=***&x"),
    ("https://h/p?%63ode=abc", "https://h/p?%63ode=***"),
    ("https://h/p?x=eyJhbGciOiJub25lIn0.eyJhIjoxfQ.", "https://h/p?x=***"),
    ("https://h/eyJhbGciOiJub25lIn0.eyJhIjoxfQ.c2ln/q", "https://h/***/q"),
    ("https://h/p?$filter=password eq 1", "https://h/p?$filter=password eq 1"),
    ("https://h/p?", "https://h/p?"),
]


@pytest.mark.parametrize(("url", "shown"), SECRETS)
def test_no_secret_is_written_down(url: str, shown: str) -> None:
    assert without_secrets(url) == shown


def test_a_long_url_is_cut() -> None:
    assert len(without_secrets("https://h/" + "x" * 60000)) < 2010

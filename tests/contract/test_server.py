"""The server on real sockets: start and stop, both doors, what broken clients get, forks, ports of a world."""

import asyncio
import contextlib
import errno
import http.client
import os
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from outlook365_emulator.net import loop as loop_module
from outlook365_emulator.net.authority import Authority
from outlook365_emulator.net.loop import Stopped
from outlook365_emulator.net.ports import PortInUse
from outlook365_emulator.net.server import Server

HOST = "graph.microsoft.com"
hanging = threading.Event()


async def answer(send: Any, status: int, body: bytes, headers: list[tuple[bytes, bytes]] | None = None) -> None:
    fields = [(b"content-length", str(len(body)).encode()), *(headers or [])]
    await send({"type": "http.response.start", "status": status, "headers": fields})
    await send({"type": "http.response.body", "body": body})


async def read(receive: Any) -> tuple[bytes, bool]:
    """Return the body and whether it came whole."""
    body = b""
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return body, False
        body += message["body"]
        if not message["more_body"]:
            return body, True


async def app(scope: Any, receive: Any, send: Any) -> None:
    """Echo; hang, fail or break the rules of ASGI where the path says so."""
    match scope["path"]:
        case "/hang":
            hanging.set()
            await asyncio.Event().wait()
        case "/fail":
            raise LookupError("the application failed")
        case "/nothing":
            return
        case "/port":
            await answer(send, 200, str(scope["server"][1]).encode())
        case "/body":
            body, whole = await read(receive)
            if whole:
                await answer(send, 200, body)
        case _:
            await answer(send, 200, f"{scope['scheme']} {scope['method']} {scope['path']}".encode())


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority()


@pytest.fixture(scope="module")
def context(authority: Authority) -> ssl.SSLContext:
    return authority.issue([HOST])


@pytest.fixture(params=["fast", "asyncio"])
def server(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, context: ssl.SSLContext
) -> Iterator[Server]:
    if request.param == "asyncio":
        monkeypatch.setattr(loop_module, "new_loop", asyncio.SelectorEventLoop)
    with Server(app, tls_context=context) as running:
        yield running


@pytest.fixture
def get(server: Server, authority: Authority) -> Callable[..., bytes]:
    def get(path: str, port: int | None = None) -> bytes:
        connection = (
            http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
            if port is None
            else http.client.HTTPSConnection("127.0.0.1", port, context=authority.client_context(), timeout=10)
        )
        try:
            connection.request("GET", path)
            return connection.getresponse().read()
        finally:
            connection.close()

    return get


def connect(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=10)


def talk(port: int, data: bytes) -> bytes:
    """Send bytes and return everything up to the end of the stream."""
    with connect(port) as client:
        client.sendall(data)
        return read_to_end(client)


def read_to_end(client: socket.socket) -> bytes:
    received = b""
    while chunk := client.recv(65536):
        received += chunk
    return received


def read_until(client: socket.socket, end: bytes) -> bytes:
    received = b""
    while not received.endswith(end):
        chunk = client.recv(65536)
        assert chunk, f"the stream ended after {received!r}"
        received += chunk
    return received


def until(condition: Callable[[], bool]) -> None:
    """Let other threads run until a condition holds."""
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline, "the condition did not come true in 10 seconds"
        os.sched_yield()


def test_ports_are_known_and_listening_before_the_start(context: ssl.SSLContext) -> None:
    server = Server(app, tls_context=context)
    try:
        assert len({server.port, server.tls_port}) == 2
        with connect(server.port) as client:
            client.sendall(b"GET /early HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            server.start()
            assert read_to_end(client).endswith(b"http GET /early")
    finally:
        server.stop()


def test_a_server_that_never_started_lets_its_ports_go(context: ssl.SSLContext) -> None:
    server = Server(app, tls_context=context)
    server.stop()

    with pytest.raises(ConnectionRefusedError):
        connect(server.port)
    with pytest.raises(Stopped):
        server.start()


def test_both_doors_answer(server: Server, get: Callable[..., bytes]) -> None:
    assert get("/a") == b"http GET /a"
    assert get("/a", server.tls_port) == b"https GET /a"
    assert not server.errors


def test_answers_carry_the_date_and_name_no_product(server: Server) -> None:
    head = talk(server.port, b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").lower()

    assert b"\r\ndate: " in head
    assert b" gmt\r\n" in head
    assert b"\r\nserver:" not in head


def test_start_and_stop_take_no_ticks(context: ssl.SSLContext) -> None:
    with Server(app, tls_context=context) as warm:
        talk(warm.port, b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    rounds = []
    for _ in range(5):
        begin = time.perf_counter()
        server = Server(app, tls_context=context).start()
        started = time.perf_counter()
        hanging.clear()
        with connect(server.port) as client, connect(server.tls_port) as half_open:
            client.sendall(b"GET /hang HTTP/1.1\r\nHost: x\r\n\r\n")
            half_open.sendall(b"\x16\x03\x01\x02\x00")
            assert hanging.wait(10)
            stopping = time.perf_counter()
            server.stop()
            stopped = time.perf_counter()
            with pytest.raises(ConnectionRefusedError):
                connect(server.port)
        rounds.append((started - begin, stopped - stopping))
        assert not server.errors
    # Ticks of uvicorn's own server would show in every round; a busy machine may delay some.
    assert min(start for start, _ in rounds) < 0.05
    assert min(stop for _, stop in rounds) < 0.1


def test_clients_of_a_stopped_server_are_cut_off(server: Server) -> None:
    with connect(server.port) as idle, connect(server.port) as waiting, connect(server.tls_port) as half_open:
        hanging.clear()
        waiting.sendall(b"GET /hang HTTP/1.1\r\nHost: x\r\n\r\n")
        assert hanging.wait(10)
        until(lambda: server.connections == 3)
        server.stop()
        for client in (idle, waiting, half_open):
            with contextlib.suppress(ConnectionResetError):
                assert client.recv(1) == b""
    assert not server.running
    assert not server.errors


def test_stop_from_the_loop_itself_and_twice(server: Server) -> None:
    server.call(server.stop)
    server.wait()
    server.stop()

    with pytest.raises(Stopped):
        server.call(len, "")


def test_a_busy_port_is_named(server: Server, context: ssl.SSLContext) -> None:
    with pytest.raises(PortInUse, match=f"port {server.tls_port} of 127.0.0.1 is in use") as caught:
        Server(app, tls_port=server.tls_port, tls_context=context)

    assert caught.value.port == server.tls_port
    assert caught.value.errno == errno.EADDRINUSE


def test_a_port_out_of_range_is_refused(context: ssl.SSLContext) -> None:
    with pytest.raises(ValueError, match="70000 is no port"):
        Server(app, port=70000, tls_context=context)


def test_a_proxy_port_needs_rules(context: ssl.SSLContext) -> None:
    with pytest.raises(ValueError, match="proxy_rules"):
        Server(app, tls_context=context, proxy_port=0)


def test_call_runs_on_the_loop_and_raises_here(server: Server) -> None:
    assert server.call(lambda: threading.current_thread().name) == "outlook365-emulator"
    with pytest.raises(ZeroDivisionError):
        server.call(lambda: 1 // 0)


def test_calls_that_wait_while_the_server_stops_are_told(server: Server) -> None:
    entered, release = threading.Event(), threading.Event()

    def block() -> None:
        entered.set()
        release.wait(10)

    with ThreadPoolExecutor() as pool:
        first = pool.submit(server.call, block)
        assert entered.wait(10)
        stopping = pool.submit(server.stop)
        second = pool.submit(server.call, asyncio.get_running_loop)
        release.set()
        first.result(10)
        stopping.result(10)
        with contextlib.suppress(Stopped):
            second.result(10)


def test_keep_alive_serves_many_requests_on_one_connection(server: Server) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    for number in range(50):
        connection.request("GET", f"/{number}")
        assert connection.getresponse().read() == f"http GET /{number}".encode()
    assert server.connections == 1
    connection.close()


def test_a_chunked_body_arrives(server: Server) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    connection.request("POST", "/body", body=iter([b"one ", b"two"]))
    assert connection.getresponse().read() == b"one two"
    connection.close()


def test_expect_100_continue(server: Server) -> None:
    with connect(server.port) as client:
        client.sendall(b"POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n")
        assert read_until(client, b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
        client.sendall(b"abc")
        assert read_until(client, b"abc").startswith(b"HTTP/1.1 200 OK\r\n")


def test_an_upgrade_offer_is_answered_in_http1(server: Server) -> None:
    request = b"GET /up HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n\r\n"
    with connect(server.port) as client:
        for _ in range(2):
            client.sendall(request)
            assert read_until(client, b"http GET /up").startswith(b"HTTP/1.1 200 OK")
    assert not server.errors


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"\x00\xff\xfe garbage \x80\r\n\r\n", b"400"),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", b"400"),
        (b"GET / HTTP/9.9\r\n\r\n", b"400"),
        (b"GET /\xff HTTP/1.1\r\nHost: x\r\n\r\n", b"400"),
        (b"GET / HTTP/1.1\r\nHost x\r\n\r\n", b"400"),
        (b"POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: many\r\n\r\n", b"400"),
        (b"POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", b"400"),
        (b"CONNECT graph.microsoft.com:443 HTTP/1.1\r\nHost: x\r\n\r\n", b"400"),
    ],
)
def test_garbage_gets_400_and_a_close(server: Server, sent: bytes, status: bytes) -> None:
    received = talk(server.port, sent)

    assert received.startswith(b"HTTP/1.1 " + status)
    assert b"connection: close" in received
    assert not server.errors


def test_a_request_about_the_server_reaches_the_app(server: Server) -> None:
    received = talk(server.port, b"OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")

    assert received.endswith(b"http OPTIONS *")


def test_garbage_behind_a_request_that_hangs_ends_both(server: Server) -> None:
    received = talk(server.port, b"POST /body HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nnonsense\r\n")

    assert received.startswith(b"HTTP/1.1 400")
    until(lambda: server.connections == 0)
    assert not server.errors


@pytest.mark.parametrize("secure", [False, True])
@pytest.mark.parametrize(
    "head",
    [
        b"GET / HTTP/1.1\r\nHost: x\r\nX-Large: " + b"a" * 1_000_000,
        b"GET /" + b"a" * 1_000_000 + b" HTTP/1.1\r\nHost: x",
        b"GET / HTTP/1.1\r\nHost: x" + b"\r\nX-Many: a" * 100_000,
        b"GET / HTTP/1.1\r\nHost: x\r\nX-Large: " + b"a" * 70_000,
    ],
    ids=["field", "path", "fields", "just over"],
)
def test_a_large_head_gets_431(server: Server, authority: Authority, head: bytes, secure: bool) -> None:
    client: socket.socket = connect(server.tls_port if secure else server.port)
    if secure:
        client = authority.client_context().wrap_socket(client, server_hostname=HOST)
    with client:
        client.sendall(head + b"\r\n\r\n")
        assert read_to_end(client).startswith(b"HTTP/1.1 431 Request Header Fields Too Large\r\n")
    assert not server.errors


def test_a_large_head_that_never_ends_gets_431(server: Server) -> None:
    assert talk(server.port, b"GET / HTTP/1.1\r\nX: " + b"a" * 1_000_000).startswith(b"HTTP/1.1 431")


def test_a_head_under_the_limit_is_taken_after_a_large_body(server: Server) -> None:
    large = b"b" * 1_000_000
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    for _ in range(2):
        connection.request("POST", "/body", body=large, headers={"X-Long": "a" * 60_000})
        assert connection.getresponse().read() == large
    connection.close()


def test_a_truncated_body_does_not_hold_the_server(server: Server, get: Callable[..., bytes]) -> None:
    with connect(server.port) as client:
        client.sendall(b"POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf")
        assert get("/other") == b"http GET /other"
    until(lambda: server.connections == 0)
    assert not server.errors


def test_plain_http_on_the_tls_port_is_closed(server: Server, get: Callable[..., bytes]) -> None:
    with connect(server.tls_port) as client:
        client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        try:
            received = read_to_end(client)
        except ConnectionResetError:
            received = b""
    assert not received.startswith(b"HTTP/")
    assert get("/", server.tls_port) == b"https GET /"
    assert not server.errors


def test_a_handshake_given_up_leaves_nothing(server: Server) -> None:
    for _ in range(20):
        with connect(server.tls_port) as client:
            client.sendall(b"\x16\x03\x01")
    until(lambda: server.connections == 0)
    assert not server.errors


def test_an_exception_of_the_app_is_500_and_kept(context: ssl.SSLContext) -> None:
    seen: list[BaseException] = []
    with Server(app, tls_context=context, on_error=seen.append) as server:
        assert talk(server.port, b"GET /fail HTTP/1.1\r\nHost: x\r\n\r\n").startswith(b"HTTP/1.1 500")
        assert talk(server.port, b"GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n").startswith(b"HTTP/1.1 500")
        assert [type(problem) for problem in server.errors] == [LookupError, RuntimeError]
        assert seen == list(server.errors)


def test_fifty_threads(server: Server, get: Callable[..., bytes]) -> None:
    def work(number: int) -> list[bytes]:
        port = server.tls_port if number % 2 else None
        return [get(f"/{number}/{turn}", port) for turn in range(4)]

    with ThreadPoolExecutor(50) as pool:
        for number, answers in enumerate(pool.map(work, range(50))):
            scheme = "https" if number % 2 else "http"
            assert answers == [f"{scheme} GET /{number}/{turn}".encode() for turn in range(4)]
    assert not server.errors


def test_a_world_has_a_port_of_its_own(server: Server, get: Callable[..., bytes]) -> None:
    port = server.open_tls_port("w1")

    assert get("/port", port) == str(port).encode()
    assert get("/port", server.tls_port) == str(server.tls_port).encode()
    assert server.lead_of({"server": ("127.0.0.1", port), "client": ("127.0.0.1", 1)}) == "w1"
    assert server.lead_of({"server": ("127.0.0.1", server.tls_port), "client": ("127.0.0.1", 1)}) == ""

    server.close_tls_port(port)

    with pytest.raises(ConnectionRefusedError):
        get("/port", port)
    assert server.lead_of({"server": ("127.0.0.1", port), "client": ("127.0.0.1", 1)}) == ""


def test_closing_a_port_cuts_its_connections_only(server: Server, authority: Authority) -> None:
    port = server.open_tls_port()
    clients = [
        authority.client_context().wrap_socket(connect(p), server_hostname=HOST) for p in (port, server.tls_port)
    ]
    until(lambda: server.connections == 2)

    server.close_tls_port(port)

    until(lambda: server.connections == 1)
    for client in clients:
        client.close()


def test_only_opened_ports_can_be_closed(server: Server) -> None:
    for port in (server.port, server.tls_port, 1):
        with pytest.raises(ValueError, match="no port that open_tls_port opened"):
            server.close_tls_port(port)


def test_no_port_opens_on_a_stopped_server(server: Server) -> None:
    server.stop()
    with pytest.raises(Stopped):
        server.open_tls_port()


def test_a_forked_child_does_not_keep_the_port(server: Server) -> None:
    """A child that outlives its parent's server neither answers nor swallows connections."""
    asking, told = socket.socketpair()
    client = connect(server.port)
    until(lambda: server.connections == 1)
    child = os.fork()
    if child == 0:
        asking.close()
        client.close()
        told.recv(1)
        try:
            connect(server.port)
        except ConnectionRefusedError:
            os._exit(0)
        finally:
            os._exit(1)
    told.close()
    server.stop()
    with client, contextlib.suppress(ConnectionResetError):
        assert client.recv(1) == b"", "the child keeps the connection open"
    with pytest.raises(ConnectionRefusedError):
        connect(server.port)
    asking.sendall(b"x")
    _, status = os.waitpid(child, 0)
    asking.close()
    assert os.waitstatus_to_exitcode(status) == 0


def test_a_forked_child_can_stop_its_copy_and_use_the_parents_server(server: Server) -> None:
    child = os.fork()
    if child == 0:
        code = 1
        try:
            answered = talk(server.port, b"GET /child HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            server.stop()
            again = talk(server.port, b"GET /child HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            code = 0 if answered[:12] == again[:12] == b"HTTP/1.1 200" and not server.running else 2
        finally:
            os._exit(code)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0


def test_servers_leave_no_descriptor_and_no_thread(context: ssl.SSLContext) -> None:
    def descriptors() -> int:
        return len(list(Path("/proc/self/fd").iterdir()))

    Server(app, tls_context=context).start().stop()
    before = descriptors(), threading.active_count()
    for _ in range(20):
        with Server(app, tls_context=context) as server:
            server.open_tls_port()
    assert (descriptors(), threading.active_count()) == before


def test_the_server_works_behind_a_guard_on_sockets(server: Server) -> None:
    """pytest-socket replaces `socket.socket` in the test process; a client elsewhere must still be served."""
    with connect(server.port) as first, connect(server.tls_port) as other:
        other.close()
        original = socket.socket

        class Guarded(socket.socket):
            def __new__(cls, *args: Any, **kwargs: Any) -> Any:
                raise RuntimeError("sockets are disabled")

        socket.socket = Guarded  # type: ignore[misc]
        try:
            first.sendall(b"GET /guarded HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            assert read_to_end(first).endswith(b"http GET /guarded")
            server.open_tls_port()
        finally:
            socket.socket = original  # type: ignore[misc]


SCRIPT = """
import signal, ssl, sys
from outlook365_emulator.net.authority import Authority
from outlook365_emulator.net.server import Server
import socket

async def app(scope, receive, send):
    raise LookupError

server = Server(app, tls_context=Authority().issue([])).start()
signal.signal(signal.SIGTERM, lambda *_: server.stop())
for port, data in ((server.port, b"\\x00\\x01\\r\\n\\r\\n"), (server.port, b"GET / HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n"),
                   (server.tls_port, b"GET / HTTP/1.1\\r\\n\\r\\n"), (server.tls_port, b"")):
    with socket.create_connection(("127.0.0.1", port)) as client:
        client.sendall(data)
        try:
            client.shutdown(socket.SHUT_WR)
            client.recv(1000)
        except OSError:
            pass
print("ready", flush=True)
server.wait()
print("stopped", flush=True)
"""


def test_a_program_waits_until_a_signal_stops_it_and_prints_nothing_by_itself() -> None:
    program = subprocess.Popen(
        [sys.executable, "-X", "dev", "-c", SCRIPT], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    with program:
        assert program.stdout is not None
        assert program.stdout.readline() == "ready\n"
        program.send_signal(signal.SIGTERM)
        out, err = program.communicate(timeout=20)
    assert (out, err, program.returncode) == ("stopped\n", "", 0)


def test_a_program_that_forgets_to_stop_ends_all_the_same() -> None:
    script = SCRIPT.replace("server.wait()", "")
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=20, check=False)
    assert (done.stdout, done.stderr, done.returncode) == ("ready\nstopped\n", "", 0)

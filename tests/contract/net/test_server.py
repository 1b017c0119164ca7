"""The server on real sockets: start and stop, both doors, calls, programs."""

import asyncio
import contextlib
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from outlook365_emulator.net.loop import Stopped
from outlook365_emulator.net.server import Server


def test_ports_are_known_and_listening_before_the_start(
    context: ssl.SSLContext, app: Any, connect: Any, read_to_end: Any
) -> None:
    server = Server(app, tls_context=context)
    try:
        assert len({server.port, server.tls_port}) == 2
        with connect(server.port) as client:
            client.sendall(b"GET /early HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            server.start()
            assert read_to_end(client).endswith(b"http GET /early")
    finally:
        server.stop()


def test_a_server_that_never_started_lets_its_ports_go(context: ssl.SSLContext, app: Any, connect: Any) -> None:
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


def test_answers_carry_the_date_and_name_no_product(server: Server, talk: Any) -> None:
    head = talk(server.port, b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").lower()

    assert b"\r\ndate: " in head
    assert b" gmt\r\n" in head
    assert b"\r\nserver:" not in head


def test_start_and_stop_take_no_ticks(
    context: ssl.SSLContext, app: Any, hanging: threading.Event, connect: Any, talk: Any
) -> None:
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


def test_clients_of_a_stopped_server_are_cut_off(
    server: Server, hanging: threading.Event, connect: Any, until: Any
) -> None:
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


def test_a_proxy_port_needs_rules(context: ssl.SSLContext, app: Any) -> None:
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


def test_an_exception_of_the_app_is_500_and_kept(context: ssl.SSLContext, app: Any, talk: Any) -> None:
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


def test_servers_leave_no_descriptor_and_no_thread(context: ssl.SSLContext, app: Any) -> None:
    def descriptors() -> int:
        return len(list(Path("/proc/self/fd").iterdir()))

    Server(app, tls_context=context).start().stop()
    before = descriptors(), threading.active_count()
    for _ in range(20):
        with Server(app, tls_context=context) as server:
            server.open_tls_port()
    assert (descriptors(), threading.active_count()) == before


def test_the_server_works_behind_a_guard_on_sockets(server: Server, connect: Any, read_to_end: Any) -> None:
    """pytest-socket replaces `socket.socket` in the test process; a client elsewhere must still be served."""
    with connect(server.port) as first, connect(server.tls_port) as other:
        other.close()
        original = socket.socket

        class Guarded(socket.socket):
            def __new__(cls, *args: Any, **kwargs: Any) -> Any:
                raise RuntimeError("sockets are disabled")

        socket.socket = Guarded
        try:
            first.sendall(b"GET /guarded HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            assert read_to_end(first).endswith(b"http GET /guarded")
            server.open_tls_port()
        finally:
            socket.socket = original


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

"""A fuzz of every door: HTTP with the hosts as prefix, HTTPS by server name, the CONNECT proxy, control API, web page.

A thousand requests; a hundred thousand in a long run. They come in rounds, each with an emulator of its own and a seed
of its own: `OUTLOOK365_FUZZ=17` repeats round 17 alone. No request may be answered by a failure of the emulator, hang,
or leave an exception behind.
"""

import contextlib
import http.client
import logging
import os
import socket
import ssl
from collections import Counter
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest
from outlook365_emulator.config import Settings
from outlook365_emulator.emulator import Emulator

SECONDS = 30
ROUND = 500
LOGIN, GRAPH = "login.microsoftonline.com", "graph.microsoft.com"
GONE = (ConnectionError, http.client.HTTPException, ssl.SSLError)
"""How a connection ends under a fault that the fuzz has set itself."""


class Client:
    """Asks the doors of one emulator; connections are kept, one a door and host."""

    def __init__(self, emulator: Emulator) -> None:
        self._port = int(emulator.http_url.rpartition(":")[2])
        self._tls_port, self._proxy_port = emulator.https_port, int(emulator.proxy_url.rpartition(":")[2])
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        emulator.trust(self._context)
        self._kept: dict[tuple[str, str], socket.socket] = {}

    def _dial(self, port: int) -> socket.socket:
        return socket.create_connection(("127.0.0.1", port), timeout=SECONDS)

    def _opened(self, door: str, host: str) -> socket.socket:
        if door in ("http", "control"):
            return self._dial(self._port)
        plain = self._dial(self._proxy_port if door == "proxy" else self._tls_port)
        try:
            if door == "proxy":
                plain.sendall(f"CONNECT {host}:443 HTTP/1.1\r\nHost: {host}:443\r\n\r\n".encode())
                answer = http.client.HTTPResponse(plain, method="CONNECT")
                answer.begin()
                if answer.status != 200:
                    raise ConnectionRefusedError(answer.status)
            return self._context.wrap_socket(plain, server_hostname=host)
        except BaseException:
            plain.close()
            raise

    def ask(self, question: Any) -> tuple[int, bytes]:
        """Send a request and return status and body.

        Raises:
            TimeoutError: there is no answer.
            ConnectionError: the connection ended.
        """
        key = question.door, question.host
        for again in (key in self._kept, False):
            connection = self._kept.pop(key, None) or self._opened(*key)
            try:
                return self._exchange(key, connection, question)
            except GONE:
                connection.close()
                if not again:
                    raise
            except BaseException:
                connection.close()
                raise
        raise AssertionError

    def _exchange(self, key: tuple[str, str], connection: socket.socket, question: Any) -> tuple[int, bytes]:
        target = f"/{question.host}{question.target}" if question.door == "http" else question.target
        host = "127.0.0.1" if question.door in ("http", "control") else question.host
        lines = [f"{question.method} {target} HTTP/1.1", f"Host: {host}", f"Content-Length: {len(question.body)}"]
        lines += [f"{name}: {value}" for name, value in question.headers]
        connection.sendall("\r\n".join(lines).encode("utf-8", "surrogatepass") + b"\r\n\r\n" + question.body)
        answer = http.client.HTTPResponse(connection, method=question.method)
        answer.begin()
        body = answer.read()
        if answer.will_close:
            connection.close()
        else:
            self._kept[key] = connection
        return answer.status, body

    def send_raw(self, question: Any) -> None:
        """Send bytes, end the stream, and read until the other side ends it too.

        Raises:
            TimeoutError: it does not.
        """
        ports = {"http": self._port, "https": self._tls_port, "proxy": self._proxy_port}
        with self._dial(ports[question.door]) as one, contextlib.suppress(ConnectionError):
            one.sendall(question.raw)
            one.shutdown(socket.SHUT_WR)
            while one.recv(65536):
                pass

    def close(self) -> None:
        for one in self._kept.values():
            one.close()


def sign_in(client: Client, maker: Any, question: Any, details: dict[str, Any]) -> None:
    """Give the fuzz tokens of the application and of a person, so that it comes past the gate."""
    forms = (
        {"grant_type": "client_credentials", "client_id": "client_id", "client_secret": "client_secret"},
        {"grant_type": "password", "client_id": "public_client_id", "username": "user", "password": "user_password"},
    )
    for form in forms:
        fields = {name: details.get(value, value) for name, value in form.items()}
        body = urlencode({**fields, "scope": f"https://{GRAPH}/.default"}).encode()
        target = f"/{details['tenant_id']}/oauth2/v2.0/token"
        media = (("Content-Type", "application/x-www-form-urlencoded"),)
        asked = question("http", LOGIN, "POST", target, media, body)
        maker.learn(asked, client.ask(asked)[1])
    assert len(maker.bearer) == 2


def round_of(number: int, requests: int, make_maker: Callable[..., Any], seen: Counter[Any]) -> None:
    """Ask one emulator a number of requests."""
    with Emulator(Settings(world="contoso", proxy_others="refuse")) as emulator:
        details, client = emulator.details(), Client(emulator)
        maker = make_maker(number, details)
        question_type = type(maker.question())
        sign_in(client, maker, question_type, details)
        for count in range(requests):
            question = maker.question()
            where = f"round {number}, request {count}: {str(question)[:3000]}"
            try:
                if question.raw:
                    client.send_raw(question)
                    status = 0
                else:
                    status, body = client.ask(question)
                    maker.learn(question, body)
            except TimeoutError:
                pytest.fail(f"no answer; {where}", pytrace=False)
            except GONE as error:
                if not question.host:  # no fault is allowed to touch the control API
                    raise AssertionError(where) from error
                status = -1
            seen[question.door, status] += 1
            if emulator.errors:
                raise AssertionError(where) from emulator.errors[0]
            assert question.host or status != 500, where
        client.close()


@pytest.mark.timeout(3600)
def test_no_request_at_any_door_fails(
    amount: Callable[[int, int], int], make_maker: Callable[..., Any], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    seen: Counter[Any] = Counter()
    alone = os.environ.get("OUTLOOK365_FUZZ")
    rounds = [int(alone)] if alone else range(amount(1000, 100_000) // ROUND)
    for number in rounds:
        round_of(number, ROUND, make_maker, seen)
        assert not caplog.records, f"round {number}: {[record.getMessage() for record in caplog.records]}"
    assert seen.total() == len(rounds) * ROUND
    by_door = {door: sum(count for (one, _), count in seen.items() if one == door) for door, _ in seen}
    assert set(by_door) == {"http", "https", "proxy", "control"}, by_door
    print(seen.most_common())

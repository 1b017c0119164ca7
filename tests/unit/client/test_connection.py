import http.client
import json
import os
import pickle
import socket
import threading
from typing import Any

import pytest
from outlook365_emulator.client import BadDocument, ControlError, NotFound, Taken, Unreachable
from outlook365_emulator.client.connection import Connection


def test_a_document_travels_as_json(connection: Connection, server: Any) -> None:
    server.answers = [(201, {"name": "w"})]
    assert connection.call("POST", "/worlds", {"name": "wörld"}) == {"name": "w"}
    assert (server.last.method, server.last.target, server.last.body) == (
        "POST",
        "/_emulator/v1/worlds",
        {"name": "wörld"},
    )
    assert server.last.headers["Content-Type"] == "application/json"


def test_an_answer_without_a_body_is_none(connection: Connection, server: Any) -> None:
    server.answers = [(204, None)]
    assert connection.call("DELETE", "/worlds/w") is None


def test_one_connection_serves_many_requests(connection: Connection, server: Any) -> None:
    for _ in range(5):
        connection.call("GET", "/")
    assert len({asked.connection for asked in server.asked}) == 1


def test_one_that_was_interrupted_is_not_used_again(connection: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(http.client.HTTPConnection, "getresponse", interrupted)
        with pytest.raises(KeyboardInterrupt):
            connection.call("GET", "/first")
    assert connection.call("GET", "/second") == {}, "an answer is still to come on the first connection"


def test_each_thread_has_its_own(connection: Connection, server: Any) -> None:
    threads = [threading.Thread(target=connection.call, args=("GET", "/")) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({asked.connection for asked in server.asked}) == 4


def test_a_connection_that_the_server_closed_is_opened_again(connection: Connection, server: Any) -> None:
    connection.call("GET", "/")
    server.answers = [None, (200, {"again": True})]
    assert connection.call("GET", "/") == {"again": True}


def test_an_answer_that_never_comes_is_not_asked_for_twice(server: Any) -> None:
    server.answers = [None]
    with pytest.raises(Unreachable, match="no emulator answers at"):
        Connection(server.url).call("GET", "/")
    assert len(server.asked) == 1


def test_nobody_there() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(Unreachable, match=url) as caught:
            Connection(url).call("GET", "/")
    assert isinstance(caught.value, ConnectionError)


@pytest.mark.parametrize("url", ["https://127.0.0.1:1", "127.0.0.1:8365", "", "http://"])
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="HTTP address"):
        Connection(url)


@pytest.mark.parametrize(
    ("status", "kind", "builtin"),
    [(400, BadDocument, ValueError), (404, NotFound, LookupError), (409, Taken, ValueError), (413, ControlError, None)],
)
def test_refusals_become_errors(
    connection: Connection, server: Any, status: int, kind: type[ControlError], builtin: type[Exception] | None
) -> None:
    error = {"code": "unknown_key", "message": "did you mean 'name'?", "where": "users[2].nmae"}
    server.answers = [(status, {"error": error})]
    with pytest.raises(kind, match=r"^users\[2\]\.nmae: did you mean 'name'\?$") as caught:
        connection.call("POST", "/worlds", {})
    assert (caught.value.status, caught.value.code, caught.value.where) == (status, "unknown_key", "users[2].nmae")
    assert builtin is None or isinstance(caught.value, builtin)
    again = pickle.loads(pickle.dumps(caught.value))
    assert (type(again), str(again), vars(again)) == (type(caught.value), str(caught.value), vars(caught.value))


@pytest.mark.parametrize("answer", [b"<html>not ours</html>", json.dumps(["odd"]).encode(), b'{"error": 3}'])
def test_another_server_there_is_told(connection: Connection, server: Any, answer: bytes) -> None:
    server.answers = [(500, answer)]
    with pytest.raises(ControlError, match="500"):
        connection.call("GET", "/")


def test_patched_sockets_are_not_met(server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    stdlib = socket.socket

    def refuse(*arguments: Any, **named: Any) -> Any:
        raise AssertionError("the patched function was called")

    def guarded(*arguments: Any, **named: Any) -> Any:
        # The server's thread may go on making sockets for those who connect.
        return refuse() if threading.current_thread() is threading.main_thread() else stdlib(*arguments, **named)

    monkeypatch.setattr(socket, "socket", guarded)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(stdlib, "connect", refuse)
    assert Connection(server.url, timeout=5).call("GET", "/") == {}


def test_a_forked_child_opens_its_own(connection: Connection, server: Any) -> None:
    connection.call("GET", "/parent")
    child = os.fork()
    if child == 0:
        code = 1
        try:
            code = 0 if connection.call("GET", "/child") == {} else 2
        finally:
            os._exit(code)
    assert os.waitpid(child, 0)[1] == 0
    connection.call("GET", "/parent-again")
    by_target = {asked.target: asked.connection for asked in server.asked}
    assert by_target["/_emulator/v1/parent"] == by_target["/_emulator/v1/parent-again"]
    assert by_target["/_emulator/v1/parent"] != by_target["/_emulator/v1/child"]


def test_exchange_hands_over_everything(connection: Connection, server: Any) -> None:
    server.answers = [(418, b"tea")]
    answer = connection.exchange("GET", "/graph.microsoft.com/v1.0/me", {"X-One": "1"})
    assert (answer.status, answer.body) == (418, b"tea")
    assert ("Content-Length", "3") in answer.headers
    assert server.last.headers["X-One"] == "1"


def test_close_closes_what_was_opened(connection: Connection, server: Any) -> None:
    connection.call("GET", "/")
    connection.close()
    connection.call("GET", "/")
    assert len({asked.connection for asked in server.asked}) == 2


def test_http_client_is_not_changed() -> None:
    before = vars(http.client.HTTPConnection).copy()
    Connection("http://127.0.0.1:1")
    assert vars(http.client.HTTPConnection) == before

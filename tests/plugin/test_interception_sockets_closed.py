"""pytest-socket, and the libraries that mock HTTP clients, live beside interception."""

import socket
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import pytest_socket
import responses
import respx
from outlook365_emulator.net.interception import Interception, admit_emulator

GRAPH = "graph.microsoft.com"
REAL = "management.azure.com"
URL = f"https://{GRAPH}/"

Ask = Callable[..., str]

pytestmark = [pytest.mark.usefixtures("no_proxy_variables"), pytest.mark.enable_socket]


class TestPytestSocket:
    @pytest.fixture(autouse=True)
    def _lifted(self) -> Iterator[None]:
        yield
        pytest_socket._remove_restrictions()
        if socket.socket.connect is pytest_socket._true_connect:
            vars_of_socket = vars(socket.socket)
            if "connect" in vars_of_socket:
                del socket.socket.connect

    def test_a_connect_put_back_by_it_is_replaced_at_the_next_name(self, active: Interception, ask: Ask) -> None:
        for _ in range(3):
            pytest_socket._remove_restrictions()
            assert ask(URL) == GRAPH

    def test_the_emulator_is_reached_past_allowed_hosts_and_nothing_else(self, active: Interception, ask: Ask) -> None:
        pytest_socket.socket_allow_hosts(["192.0.2.1"])
        assert ask(URL, stack="httpx") == GRAPH
        with (
            pytest.warns(UserWarning, match="192.0.2.2"),
            pytest.raises(pytest_socket.SocketConnectBlockedError),
            socket.socket() as sock,
        ):
            sock.connect(("192.0.2.2", 443))

    def test_closed_sockets_stay_closed_and_open_again(self, active: Interception, ask: Ask) -> None:
        pytest_socket.disable_socket()
        active.start()
        with pytest.warns(UserWarning, match="tried to use socket"), pytest.raises(pytest_socket.SocketBlockedError):
            socket.socket()
        pytest_socket._remove_restrictions()
        assert ask(URL) == GRAPH

    def test_closed_sockets_can_admit_the_emulator(self, active: Interception, ask: Ask) -> None:
        assert not admit_emulator()
        pytest_socket.disable_socket()
        assert admit_emulator()
        active.start()
        assert ask(URL, stack="http.client") == GRAPH
        assert ask(URL, stack="httpx async, http2") == GRAPH
        with (
            pytest.warns(UserWarning, match="192.0.2.2"),
            pytest.raises(pytest_socket.SocketConnectBlockedError),
            socket.socket() as sock,
        ):
            sock.connect(("192.0.2.2", 443))

    def test_started_while_sockets_are_closed(self, interception: Interception, ask: Ask) -> None:
        pytest_socket.disable_socket()
        interception.start()
        pytest_socket._remove_restrictions()
        assert ask(URL, stack="urllib3") == GRAPH


class TestMocksOfTheUser:
    def test_respx(self, interception: Interception, ask: Ask) -> None:
        with respx.mock, interception:
            assert ask(URL, stack="http.client") == GRAPH
        assert ask(URL, stack="httpx", begin=interception.start) == GRAPH

    def test_responses(self, interception: Interception, ask: Ask) -> None:
        with responses.RequestsMock(), interception:
            assert ask(URL, stack="httpx") == GRAPH
        assert ask(URL, stack="requests", begin=interception.start) == GRAPH

    def test_pytest_httpx(self, httpx_mock: Any, active: Interception, ask: Ask) -> None:
        httpx_mock.add_response(text="mocked")
        assert ask(URL) == GRAPH
        assert ask(URL, stack="httpx") == "mocked"

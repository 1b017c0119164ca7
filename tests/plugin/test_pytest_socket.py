"""pytest-socket beside the fixture: closed sockets stay closed, but for the emulator."""

from collections.abc import Callable

import pytest

Run = Callable[..., pytest.RunResult]

SUITE = """
import socket
import pytest
import pytest_socket
import requests

def test_without():
    with pytest.raises((pytest_socket.SocketBlockedError, pytest_socket.SocketConnectBlockedError)):
        socket.create_connection(("192.0.2.1", 80), timeout=1)

def test_with(outlook365):
    ada = outlook365.tenant.add_user("ada")
    assert requests.get("https://graph.microsoft.com/v1.0/me").status_code == 401
    with outlook365.graph(ada) as client:
        assert client.get("/me").json()["userPrincipalName"] == ada.upn
    with pytest.raises(pytest_socket.SocketConnectBlockedError):
        socket.create_connection(("192.0.2.1", 80), timeout=1)

def test_without_again():
    with pytest.raises((pytest_socket.SocketBlockedError, pytest_socket.SocketConnectBlockedError)):
        socket.create_connection(("192.0.2.1", 80), timeout=1)

def test_with_again(outlook365):
    assert requests.get("https://graph.microsoft.com/v1.0/me").status_code == 401
"""


@pytest.mark.parametrize("option", ["--disable-socket", "--allow-hosts=127.0.0.1"])
def test_closed_sockets(run: Run, option: str) -> None:
    # It warns before it refuses, and the run takes warnings for errors.
    run(SUITE, option, "-W", "ignore:A test tried to use socket:UserWarning", plugins=("socket",)).assert_outcomes(
        passed=4
    )


def test_handles_and_clients_of_graph_work_where_all_is_closed(run: Run) -> None:
    result = run(
        """
        import pytest_socket

        def test_it(outlook365):
            pytest_socket.disable_socket()
            ada = outlook365.tenant.add_user("ada")
            assert outlook365.graph(ada).get("/me").status_code == 200
        """,
        plugins=("socket",),
    )
    result.assert_outcomes(passed=1)

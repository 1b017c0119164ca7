"""Private addresses and emulated names lead to the HTTPS port; every other connection is left alone."""

import socket
from typing import Any

import pytest
from outlook365_emulator.net.interception import Interception, RefusedHost

GRAPH = "graph.microsoft.com"
REAL = "management.azure.com"

pytestmark = [pytest.mark.usefixtures("no_proxy_variables"), pytest.mark.enable_socket]


@pytest.mark.parametrize("port", [443, 80, 8443])
@pytest.mark.parametrize("address", [GRAPH, "127.36.5.1", "127.36.5.200"])
def test_private_addresses_and_names_lead_to_the_https_port(
    active: Interception, echo_server: Any, address: str, port: int
) -> None:
    with socket.socket() as sock:
        sock.connect((address, port))
        assert sock.getpeername() == ("127.0.0.1", echo_server.port)
    with socket.socket() as sock:
        assert sock.connect_ex((address, port)) == 0


def test_the_port_may_change_while_active(active: Interception) -> None:
    with socket.create_server(("127.0.0.1", 0)) as world:
        active.tls_port = world.getsockname()[1]
        with socket.create_connection((GRAPH, 443), 5) as sock:
            assert sock.getpeername() == world.getsockname()


def test_ipv6_sockets_have_no_way_to_an_emulated_name(active: Interception) -> None:
    with socket.socket(socket.AF_INET6) as sock, pytest.raises(socket.gaierror):
        sock.connect((GRAPH, 443))


def test_other_addresses_are_left_alone(active: Interception) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname(), 5) as sock:
        assert sock.getpeername() == server.getsockname()


def test_the_guard_holds_here_too(active: Interception) -> None:
    with socket.socket() as sock, pytest.raises(RefusedHost, match="lets nothing reach the real service"):
        sock.connect((REAL, 443))


def test_the_proactor_of_windows_is_led_the_same_way(interception: Interception, echo_server: Any) -> None:
    from outlook365_emulator.net.interception.connect import proactor_connect
    from outlook365_emulator.net.interception.patches import Patches

    class Proactor:
        def connect(self, conn: socket.socket, address: Any) -> Any:
            return address

    patches = Patches()
    patches.add(Proactor, "connect", lambda patch: proactor_connect(interception._route, patch))
    with socket.socket() as sock:
        assert Proactor().connect(sock, (GRAPH, 443)) == ("127.0.0.1", echo_server.port)
        assert Proactor().connect(sock, ("192.0.2.1", 443)) == ("192.0.2.1", 443)
    patches.undo()

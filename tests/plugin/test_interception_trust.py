"""TLS contexts trust the emulator for emulated hosts only."""

import socket
import ssl
from typing import Any

import pytest
from outlook365_emulator.net.interception import Interception, RefusedHost

GRAPH = "graph.microsoft.com"
REAL = "management.azure.com"

pytestmark = [pytest.mark.usefixtures("no_proxy_variables"), pytest.mark.enable_socket]


def test_a_context_learns_the_ca_once_and_for_emulated_hosts_only(active: Interception, echo_server: Any) -> None:
    context = ssl.create_default_context()
    before = context.cert_store_stats()["x509"]
    with socket.create_connection(("127.0.0.1", echo_server.port), 5) as sock, pytest.raises(ssl.SSLError):
        context.wrap_socket(sock, server_hostname="localhost")
    assert context.cert_store_stats()["x509"] == before
    for _ in range(2):
        with (
            socket.create_connection((GRAPH, 443), 5) as sock,
            context.wrap_socket(sock, server_hostname=GRAPH) as tls,
        ):
            assert tls.version() in {"TLSv1.2", "TLSv1.3"}
    assert context.cert_store_stats()["x509"] == before + 1


def test_host_names_are_still_checked(active: Interception) -> None:
    with (
        socket.create_connection((GRAPH, 443), 5) as sock,
        pytest.raises(ssl.SSLCertVerificationError, match="Hostname mismatch"),
    ):
        ssl.create_default_context().wrap_socket(sock, server_hostname="eastus.login.microsoft.com")


def test_a_tunnel_to_a_refused_host_ends_before_the_handshake(active: Interception) -> None:
    context = ssl.create_default_context()
    with pytest.raises(RefusedHost):
        context.wrap_bio(ssl.MemoryBIO(), ssl.MemoryBIO(), server_hostname=REAL)

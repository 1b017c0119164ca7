"""Faults before there is a request: TLS on the world's own port; look-ups and connections by the proxy and asked."""

import http.client
import socket
import ssl
from typing import Any

import pytest

GRAPH = "graph.microsoft.com"


def greet(emulator: Any, port: int, host: str = GRAPH) -> str:
    """Shake hands as a client that trusts the emulator; return the protocol."""
    context = ssl.create_default_context(cafile=str(emulator.ca_file))
    with (
        socket.create_connection(("127.0.0.1", port), timeout=5) as plain,
        context.wrap_socket(plain, server_hostname=host) as connection,
    ):
        return str(connection.version())


@pytest.mark.parametrize(
    ("problem", "said"),
    [
        ("expired", "certificate has expired"),
        ("wrong_host", "Hostname mismatch"),
        ("untrusted", "unable to get local issuer|self.signed"),
        ("handshake", "EOF occurred|handshake failure"),
    ],
)
def test_the_handshake_fails(emulator: Any, place: Any, problem: str, said: str) -> None:
    port = place.world.open_port()
    assert greet(emulator, port)
    place.faults.add(kind="tls", problem=problem, times=1)
    with pytest.raises(ssl.SSLError, match=said):
        greet(emulator, port)
    assert greet(emulator, port)


def test_only_the_host_that_is_meant_fails(emulator: Any, place: Any) -> None:
    place.faults.add(kind="tls", match={"host": "login.*"})
    port = place.world.open_port()
    assert greet(emulator, port)
    with pytest.raises(ssl.SSLError):
        greet(emulator, port, "login.microsoftonline.com")
    entry = place.journal[-1]
    assert (entry.operation, entry.fault, entry.status) == ("network.handshake", "tls-1", 0)
    assert "login.microsoftonline.com" in entry.reason


def test_a_fault_of_one_world_does_not_reach_the_port_of_another(emulator: Any, place: Any) -> None:
    other = type(place)(emulator)
    other.faults.add(kind="tls", problem="expired")
    assert greet(emulator, place.world.open_port())
    assert greet(emulator, emulator.https_port)  # the default world, contoso, has no fault
    other.world.drop()


def connect_by_proxy(emulator: Any, lead: str) -> tuple[int, str]:
    """Ask the proxy for a tunnel to Graph as a client of a world; return status and text of a refusal."""
    import base64

    host, _, port = emulator.proxy_url.removeprefix("http://").rpartition(":")
    connection = http.client.HTTPConnection(host, int(port), timeout=5)
    credentials = base64.b64encode(f"{lead}:-".encode()).decode()
    connection.request("CONNECT", f"{GRAPH}:443", headers={"Proxy-Authorization": f"Basic {credentials}"})
    answer = connection.getresponse()
    text = "" if answer.status == 200 else answer.read().decode()
    connection.close()
    return answer.status, text


@pytest.mark.parametrize(("kind", "said"), [("dns", "look-up"), ("refused", "took no connection")])
def test_the_proxy_says_bad_gateway(emulator: Any, place: Any, kind: str, said: str) -> None:
    place.faults.add(kind=kind, times=1)
    status, text = connect_by_proxy(emulator, place.world.name)
    assert status == 502
    assert said in text
    assert connect_by_proxy(emulator, place.world.name)[0] == 200


@pytest.mark.parametrize(
    ("settings", "phase", "error", "text"),
    [
        ({"kind": "dns"}, "resolve", socket.gaierror, "not known"),
        ({"kind": "dns", "how": "again"}, "resolve", socket.gaierror, "Temporary failure"),
        ({"kind": "refused"}, "connect", ConnectionRefusedError, "refused"),
        ({"kind": "refused", "how": "unreachable"}, "connect", OSError, "No route"),
    ],
)
def test_whoever_connects_asks_and_fails_as_the_system_does(
    place: Any, settings: dict[str, str], phase: str, error: type[OSError], text: str
) -> None:
    place.faults.add(**settings)
    with pytest.raises(error, match=text):
        place.world.judge_connection(phase, GRAPH)
    other = "connect" if phase == "resolve" else "resolve"
    place.world.judge_connection(other, GRAPH)
    assert place.faults[f"{settings['kind']}-1"].served == 1


def test_connections_that_wait_for_a_request_are_closed_when_the_fault_is_set(place: Any) -> None:
    connection = http.client.HTTPConnection(*place.address, timeout=5)
    headers = {"Authorization": f"Bearer {place.token}"}
    connection.request("GET", f"/{GRAPH}/v1.0{place.mailbox}/messages", headers=headers)
    assert connection.getresponse().read()
    place.faults.add(kind="tls")
    assert connection.sock.recv(1) == b""
    connection.close()

"""The emulator as its holders see it: start, the three doors, worlds' own ports, stop, and a process of its own."""

import os
import socket
import ssl
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
from outlook365_emulator.config import Settings
from outlook365_emulator.emulator import Emulator, EmulatorFailed
from outlook365_emulator.net.loop import Stopped
from outlook365_emulator.net.ports import PortInUse
from outlook365_emulator.worlds import DocumentError

GRAPH, LOGIN = "graph.microsoft.com", "login.microsoftonline.com"
DISCOVERY = "/v2.0/.well-known/openid-configuration"


@pytest.fixture(scope="session")
def trusting(emulator: Emulator) -> ssl.SSLContext:
    """A client's context that trusts the emulator."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    emulator.trust(context)
    return context


def token_of(client: httpx.Client, login: str, details: dict[str, Any]) -> str:
    answer = client.post(
        f"{login}/{details['tenant_id']}/oauth2/v2.0/token",
        data={
            "grant_type": "client_credentials",
            "client_id": details["client_id"],
            "client_secret": details["client_secret"],
            "scope": "https://graph.microsoft.com/.default",
        },
    )
    assert answer.status_code == 200, answer.text
    return str(answer.json()["access_token"])


def subjects(client: httpx.Client, login: str, graph: str, details: dict[str, Any]) -> list[str]:
    """Every subject in the first user's inbox, by pages of five, whose links are followed as they are."""
    headers = {"Authorization": f"Bearer {token_of(client, login, details)}"}
    url = f"{graph}/v1.0/users/{details['user']}/mailFolders/inbox/messages?$select=subject&$top=5"
    found = []
    while url:
        assert url.startswith(graph)
        page = client.get(url, headers=headers)
        assert page.status_code == 200, page.text
        found += [message["subject"] for message in page.json()["value"]]
        url = page.json().get("@odata.nextLink", "")
    return found


@pytest.fixture(scope="session")
def over_http(emulator: Emulator, details: dict[str, Any]) -> list[str]:
    with httpx.Client(trust_env=False) as client:
        found = subjects(client, emulator.url_for(LOGIN), emulator.url_for(GRAPH), details)
    assert len(found) > 5
    return found


def test_the_prefixed_form_over_https(trusting: ssl.SSLContext, details: dict[str, Any], over_http: list[str]) -> None:
    with httpx.Client(verify=trusting, trust_env=False) as client:
        found = subjects(client, details["https_login_url"], details["https_graph_url"], details)
    assert found == over_http


def test_real_names_through_the_proxy(
    emulator: Emulator, trusting: ssl.SSLContext, details: dict[str, Any], over_http: list[str]
) -> None:
    with httpx.Client(verify=trusting, trust_env=False, proxy=emulator.proxy_url) as client:
        found = subjects(client, f"https://{LOGIN}", f"https://{GRAPH}", details)
    assert found == over_http


def test_the_proxy_keeps_the_rest_of_microsoft_out_and_writes_it_down(emulator: Emulator) -> None:
    with (
        httpx.Client(trust_env=False, proxy=emulator.proxy_url) as client,
        pytest.raises(httpx.ProxyError, match="403"),
    ):
        client.get("https://management.azure.com/")
    inside = emulator.inside
    entries = inside.server.call(lambda: [entry for entry in inside.app.unplaced if entry.service == "proxy"])
    assert "management.azure.com belongs to Microsoft" in entries[-1].reason


def raw(emulator: Emulator, trusting: ssl.SSLContext, host: str, path: str) -> tuple[int, str]:
    """Ask the HTTPS port as a host, whatever the name server says."""
    with (
        socket.create_connection(("127.0.0.1", emulator.https_port), timeout=10) as plain,
        trusting.wrap_socket(plain, server_hostname=host) as secure,
    ):
        secure.sendall(f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
        answer = b""
        while chunk := secure.recv(65536):
            answer += chunk
    head, _, body = answer.partition(b"\r\n\r\n")
    return int(head.split()[1]), body.decode()


@pytest.mark.parametrize(
    "host", [LOGIN, "login.microsoftonline.us", "westeurope.login.microsoft.com", "usgov.login.microsoftonline.us"]
)
def test_the_certificate_covers_every_emulated_host(emulator: Emulator, trusting: ssl.SSLContext, host: str) -> None:
    assert raw(emulator, trusting, host, f"/common{DISCOVERY}")[0] == 200


@pytest.mark.parametrize("path", ["/_emulator/v1/", "/_emulator/v1/worlds", "/"])
def test_the_control_api_is_not_reachable_through_an_emulated_host(
    emulator: Emulator, trusting: ssl.SSLContext, control: httpx.Client, path: str
) -> None:
    assert control.get("/").status_code == 200
    assert "contoso" not in raw(emulator, trusting, GRAPH, path)[1]
    for host in (GRAPH, LOGIN):
        assert "contoso" not in httpx.get(f"{emulator.http_url}/{host}{path}", trust_env=False).text


def test_a_foreign_host_is_refused_by_the_control_api(emulator: Emulator) -> None:
    answer = httpx.get(f"{emulator.control_url}/worlds", headers={"Host": "evil.example"}, trust_env=False)
    assert answer.status_code == 403
    assert "contoso" not in answer.text


@pytest.mark.parametrize("size", [4 * 1024 * 1024 + 1, 20_000_000])
def test_a_body_over_the_limit_gets_graphs_answer_and_the_connection_lives_on(
    emulator: Emulator, graph: httpx.Client, details: dict[str, Any], size: int
) -> None:
    answer = graph.post(f"/users/{details['user']}/messages", content=b"x" * size)
    assert answer.status_code == 413
    assert answer.json()["error"]["message"] == "The maximum request length supported is 4MB."
    assert graph.get(f"/users/{details['user']}").status_code == 200


def test_a_coded_body_is_read(graph: httpx.Client, details: dict[str, Any]) -> None:
    import gzip

    answer = graph.post(
        f"/users/{details['user']}/messages",
        content=gzip.compress(b'{"subject": "packed"}'),
        headers={"Content-Type": "application/json", "Content-Encoding": "gzip"},
    )
    assert (answer.status_code, answer.json().get("subject")) == (201, "packed")
    assert graph.delete(f"/users/{details['user']}/messages/{answer.json()['id']}").status_code == 204


def test_one_answer_has_one_date(graph: httpx.Client, details: dict[str, Any]) -> None:
    assert len(graph.get(f"/users/{details['user']}").headers.get_list("date")) == 1


def test_a_persons_token_reads_the_own_mailbox(
    graph_as: Callable[[str], httpx.Client], details: dict[str, Any]
) -> None:
    assert graph_as(details["user"]).get("/me").json()["userPrincipalName"] == details["user"]


def test_a_world_has_a_port_of_its_own(emulator: Emulator, trusting: ssl.SSLContext, control: httpx.Client) -> None:
    assert control.post("/worlds", json={"name": "own-port"}).status_code == 201
    try:
        port = control.post("/worlds/own-port/port").json()["tls_port"]
        assert control.post("/worlds/own-port/port").json()["tls_port"] == port
        with httpx.Client(verify=trusting, trust_env=False) as client:
            assert client.get(f"https://127.0.0.1:{port}/{LOGIN}/common{DISCOVERY}").status_code == 200
            entries = control.get("/worlds/own-port/journal").json()["entries"]
            assert [entry["placed"] for entry in entries] == ["lead"]
            assert control.delete("/worlds/own-port").status_code == 204
            with pytest.raises(httpx.ConnectError):
                httpx.get(f"https://127.0.0.1:{port}/", verify=trusting, trust_env=False)
    finally:
        control.delete("/worlds/own-port")


def test_the_user_name_of_the_proxy_leads_to_a_world(
    emulator: Emulator, trusting: ssl.SSLContext, control: httpx.Client
) -> None:
    assert control.post("/worlds", json={"name": "by-proxy"}).status_code == 201
    try:
        proxy = emulator.proxy_url.replace("http://", "http://by-proxy@")
        with httpx.Client(verify=trusting, trust_env=False, proxy=proxy) as client:
            assert client.get(f"https://{LOGIN}/common{DISCOVERY}").status_code == 200
        entries = control.get("/worlds/by-proxy/journal").json()["entries"]
        assert [(entry["operation"], entry["placed"]) for entry in entries] == [("metadata.v2", "lead")]
    finally:
        control.delete("/worlds/by-proxy")


def test_url_for_names_the_nearest_host(emulator: Emulator) -> None:
    assert emulator.url_for("Graph.Microsoft.com") == f"{emulator.http_url}/graph.microsoft.com"
    with pytest.raises(LookupError, match=r"did you mean graph\.microsoft\.com"):
        emulator.url_for("graph.microsoft.con")


def test_start_and_stop() -> None:
    emulator = Emulator()
    assert not emulator.running
    with pytest.raises(Stopped, match="call start"):
        _ = emulator.http_url
    assert emulator.start() is emulator
    assert emulator.running
    with pytest.raises(RuntimeError, match="runs already"):
        emulator.start()
    url, folder = emulator.http_url, emulator.ca_file.parent
    assert httpx.get(f"{emulator.url_for(LOGIN)}/common{DISCOVERY}", trust_env=False).status_code == 200
    assert "tenant_id" not in emulator.details()
    emulator.stop()
    emulator.stop()
    assert not emulator.running
    assert not folder.exists()
    with pytest.raises(httpx.ConnectError):
        httpx.get(url, trust_env=False)
    with pytest.raises(RuntimeError, match="was stopped"):
        emulator.start()


def test_stop_does_not_wait_for_a_request_that_hangs() -> None:
    document = {"name": "hang", "tenants": [{"name": "Hang"}]}
    fault = {"kind": "latency", "with": {"seconds": 3600}}
    with Emulator() as emulator, ThreadPoolExecutor(1) as pool:
        with httpx.Client(base_url=emulator.control_url, trust_env=False) as own:
            assert own.post("/worlds", json=document).status_code == 201
            assert own.post("/worlds/hang/faults", json=fault).status_code == 201
        url = f"{emulator.url_for(LOGIN)}/common{DISCOVERY}"
        hanging = pool.submit(httpx.get, url, trust_env=False, timeout=60)
        world = emulator.inside.hosting.by_name("hang")
        assert world is not None
        deadline = time.monotonic() + 10
        while not len(world.journal):
            assert time.monotonic() < deadline
            time.sleep(0.001)
        begun = time.monotonic()
        emulator.stop()
        assert time.monotonic() - begun < 1
        with pytest.raises(httpx.TransportError):
            hanging.result(10)


def test_a_busy_port_is_said_and_nothing_stays_behind(emulator: Emulator) -> None:
    threads = threading.active_count()
    with pytest.raises(PortInUse, match=str(emulator.https_port)):
        Emulator(Settings(tls_port=emulator.https_port)).start()
    assert threading.active_count() <= threads + 1  # the signing key may still be in the making


def test_a_wrong_world_is_said() -> None:
    with pytest.raises(DocumentError, match="did you mean 'contoso'"):
        Emulator(Settings(world="contosso")).start()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the system has no fork")
def test_a_forked_child_leaves_the_emulator_alone(emulator: Emulator) -> None:
    child = os.fork()
    if child == 0:
        emulator.stop()
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    assert emulator.ca_file.exists()
    assert httpx.get(f"{emulator.control_url}/", trust_env=False).status_code == 200


def test_a_process_of_its_own() -> None:
    with Emulator(Settings(world="contoso", seed=3, subprocess=True)) as emulator:
        details = emulator.details()
        with httpx.Client(trust_env=False) as client:
            assert subjects(client, emulator.url_for(LOGIN), emulator.url_for(GRAPH), details)
        assert emulator.https_port == details["https_port"]
        assert emulator.combined_bundle.read_bytes().endswith(emulator.ca_file.read_bytes())
        with pytest.raises(Stopped, match="control API"):
            _ = emulator.inside
        ca_file, url = emulator.ca_file, emulator.http_url
    assert not Path(ca_file).exists()
    with pytest.raises(httpx.ConnectError):
        httpx.get(url, trust_env=False)


def test_a_process_that_cannot_start_says_why(emulator: Emulator) -> None:
    port = emulator.https_port
    with pytest.raises(EmulatorFailed, match=f"port {port} of 127.0.0.1 is in use"):
        Emulator(Settings(port=port, subprocess=True)).start()


@pytest.mark.parametrize("name", ["http://x", "emulator:8365", "-x", "a..b", "x" * 64, "a b", "", "[::1]"])
def test_what_is_no_host_name_is_refused_at_the_start(name: str) -> None:
    with pytest.raises(ValueError, match="is no name of a host"):
        Emulator(Settings(allow_hosts=(name,))).start()


def test_a_container_with_an_underscore_is_asked_over_http() -> None:
    with Emulator(Settings(allow_hosts=("my_emulator", "emulator.internal", "::1"))) as emulator:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        emulator.trust(context)
        answer = httpx.get(f"{emulator.control_url}/", headers={"Host": "my_emulator:8365"}, trust_env=False)
        assert answer.status_code == 200
        assert raw(emulator, context, "emulator.internal", f"/{LOGIN}/common{DISCOVERY}")[0] == 200
        assert raw(emulator, context, LOGIN, f"/common{DISCOVERY}")[0] == 200
        assert emulator.errors == []

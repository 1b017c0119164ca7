"""Whatever is sent, there is an answer, and it is none of the emulator's own failures."""

import http.client
import json
import socket
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

if TYPE_CHECKING:
    from outlook365_emulator.emulator import Emulator

SECONDS = 20


@pytest.fixture(scope="module")
def target() -> "Iterator[Emulator]":
    """An emulator of these tests' own, whose world may end in any state."""
    from outlook365_emulator.config import Settings
    from outlook365_emulator.emulator import Emulator

    with Emulator(Settings(world="contoso")) as running:
        yield running


@pytest.fixture(scope="module")
def token(target: "Emulator") -> str:
    details = target.details()
    form = {
        "grant_type": "client_credentials",
        "client_id": details["client_id"],
        "client_secret": details["client_secret"],
        "scope": "https://graph.microsoft.com/.default",
    }
    url = f"{details['login_url']}/{details['tenant_id']}/oauth2/v2.0/token"
    return str(httpx.post(url, data=form, trust_env=False).json()["access_token"])


def connect(target: "Emulator") -> socket.socket:
    return socket.create_connection(("127.0.0.1", int(target.http_url.rpartition(":")[2])), timeout=SECONDS)


def talk(target: "Emulator", data: bytes) -> list[int]:
    """Send bytes, end the stream, and return the statuses of all answers."""
    with connect(target) as client:
        try:
            client.sendall(data)
            client.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # it has refused already
        received = b""
        try:
            while chunk := client.recv(65536):
                received += chunk
        except ConnectionResetError:
            pass
    return [int(line.split()[1]) for line in received.split(b"\r\n") if line.startswith(b"HTTP/1.1 ")]


GRAPH = b"/graph.microsoft.com/v1.0"
HOST = b"Host: 127.0.0.1\r\n"
RAW = {
    "no HTTP": (b"\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03\r\n\r\n", [400]),
    "a binary URL": (b"GET " + GRAPH + b"/\xff\xfe\x00 HTTP/1.1\r\n" + HOST + b"\r\n", [400]),
    "a header of 1 MB": (b"GET " + GRAPH + b"/me HTTP/1.1\r\n" + HOST + b"X: " + b"x" * 1_000_000 + b"\r\n\r\n", [431]),
    "no host": (b"GET " + GRAPH + b"/me HTTP/1.1\r\n\r\n", [400]),
    "two hosts": (b"GET " + GRAPH + b"/me HTTP/1.1\r\n" + HOST + HOST + b"\r\n", [400]),
    "a strange target": (b"OPTIONS * HTTP/1.1\r\n" + HOST + b"\r\n", [400]),
    "a truncated body": (b"POST " + GRAPH + b"/me HTTP/1.1\r\n" + HOST + b"Content-Length: 9\r\n\r\n{", []),
    "a truncated chunk": (
        b"POST " + GRAPH + b"/me HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n9\r\n{",
        [],
    ),
    "a long path": (b"GET " + GRAPH + b"/me" * 9000 + b" HTTP/1.1\r\n" + HOST + b"\r\n", [401]),
}


@pytest.mark.parametrize("name", RAW)
def test_raw_garbage(target: "Emulator", name: str) -> None:
    data, statuses = RAW[name]
    assert talk(target, data) == statuses
    assert target.errors == []
    assert httpx.get(f"{target.control_url}/", trust_env=False).status_code == 200


WORDS = """
v1.0 beta me users ada@contoso.onmicrosoft.com ada messages mailFolders inbox childFolders $value $count $ref
attachments sendMail send move copy reply delta $batch $metadata messages('x') users('a') mailFolders('inbox')
microsoft.graph.delta() common organizations contoso.onmicrosoft.com oauth2 v2.0 token authorize logout .well-known
openid-configuration discovery keys instance userrealm worlds contoso tenants faults clock journal outbox apps
snapshots ready port consent rights password
""".split()
ROOTS = ["/graph.microsoft.com", "/graph.microsoft.us", "/login.microsoftonline.com", "/outlook.office.com"]
NAMES = """
$select $top $skip $filter $orderby $count $expand $search $skiptoken $deltatoken api-version client_id scope prompt
authorization_endpoint login_hint code state since status
""".split()
KEYS = """
name subject body content contentType toRecipients emailAddress address message saveToSentItems isRead from flag
importance categories requests id url method headers kind with match times until advance set freeze users tenants
permissions
""".split()
MEDIA = ["application/json", "application/x-www-form-urlencoded", "text/plain", "multipart/form-data", "", "x"]

segments = st.one_of(st.sampled_from(WORDS), st.text(max_size=8))
values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=6) | st.sampled_from(WORDS),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4),
    max_leaves=10,
)
forms = st.dictionaries(
    st.sampled_from("grant_type client_id client_secret scope username password code assertion resource".split()),
    st.one_of(st.text(max_size=8), st.sampled_from(["password", "client_credentials", "refresh_token", *WORDS])),
)
bodies = st.one_of(st.binary(max_size=80), values.map(lambda value: json.dumps(value).encode()), forms.map(urlencode))
paths = st.builds(
    lambda root, rest: "/".join([root, *rest]),
    st.sampled_from([*ROOTS, "/_emulator/v1", "/"]),
    st.lists(segments, max_size=7),
)


@pytest.fixture(scope="module")
def ask(target: "Emulator", token: str) -> Iterator[Callable[..., int]]:
    """Send a request on a connection that is kept, and return the status."""
    port = int(target.http_url.rpartition(":")[2])
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=SECONDS)

    def send(method: str, path: str, query: Any, body: Any, media: str, signed: bool) -> int:
        url = quote(path, safe="/%()'$@=.") + (f"?{urlencode(query)}" if query else "")
        headers = {"Content-Type": media} | ({"Authorization": f"Bearer {token}"} if signed else {})
        connection.request(method, url, body, headers)
        answer = connection.getresponse()
        answer.read()
        return answer.status

    yield send
    connection.close()


@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(
    method=st.sampled_from("GET POST PATCH PUT OPTIONS HEAD BREW".split()),
    path=paths,
    query=st.lists(st.tuples(st.sampled_from(NAMES), st.text(max_size=12)), max_size=4),
    body=bodies,
    media=st.sampled_from(MEDIA),
    signed=st.booleans(),
)
def test_garbage_gets_an_answer(
    target: "Emulator",
    ask: Callable[..., int],
    method: str,
    path: str,
    query: list[tuple[str, str]],
    body: Any,
    media: str,
    signed: bool,
) -> None:
    status = ask(method, path, query, body, media, signed)
    assert target.errors == []
    assert status != 500


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "/extensions", json.dumps({"extensionName": "\u12c4v", "a": 1}).encode(), 201),
        ("PUT", "/manager/$ref", b"[" * 100_000, 400),
        ("POST", "/messages", b'{"subject":' * 100_000, 400),
    ],
)
def test_texts_of_any_kind_have_a_place(
    target: "Emulator", token: str, method: str, path: str, body: bytes, status: int
) -> None:
    details = target.details()
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    url = f"{details['graph_url']}/v1.0/users/{details['user']}{path}"
    answer = httpx.request(method, url, content=body, headers=headers, trust_env=False)
    assert (answer.status_code, target.errors) == (status, []), answer.text
    assert answer.headers.get("location", "").isascii()

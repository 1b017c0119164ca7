"""A TLS server of a throw-away CA that answers with the Host it was asked for, and the HTTP stacks that ask it."""

import asyncio
import http.client
import http.server
import socket
import ssl
import threading
import types
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp
import aiohttp.resolver
import httpx
import pytest
import requests
import trio
import trustme
import urllib3
import uvloop
from outlook365_emulator.net.interception import Interception

HOSTS = ("graph.microsoft.com", "login.microsoftonline.com")


@dataclass(frozen=True)
class EchoServer:
    port: int
    ca_pem: bytes
    hosts: tuple[str, ...] = HOSTS


class _Echo(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        body = self.headers["Host"].encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: Any) -> None:
        return


class _TlsServer(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, context: ssl.SSLContext) -> None:
        super().__init__(("127.0.0.1", 0), _Echo)
        self._context = context

    def get_request(self) -> tuple[Any, Any]:
        sock, address = self.socket.accept()
        sock.settimeout(10)
        return self._context.wrap_socket(sock, server_side=True, do_handshake_on_connect=False), address

    def handle_error(self, *arguments: Any) -> None:
        return  # clients that refuse the certificate on purpose


@pytest.fixture(scope="session")
def echo_server() -> Iterator[EchoServer]:
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*HOSTS, "westeurope.login.microsoft.com", "localhost").configure_cert(context)
    server = _TlsServer(context)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield EchoServer(server.server_address[1], authority.cert_pem.bytes())
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def no_proxy_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


def _is_regional(host: str) -> bool:
    return host.endswith(".login.microsoft.com")


def _is_microsoft(host: str) -> bool:
    return host.endswith((".microsoft.com", ".microsoftonline.com", ".azure.com"))


@pytest.fixture
def interception_for(echo_server: EchoServer) -> Callable[..., Interception]:
    """Makes interceptions that lead to the echo server; keywords replace arguments of `Interception`."""

    def make(**changes: Any) -> Interception:
        options: dict[str, Any] = {"tls_port": echo_server.port, "ca_pem": echo_server.ca_pem, **changes}
        return Interception(echo_server.hosts, is_emulated=_is_regional, is_refused=_is_microsoft, **options)

    return make


@pytest.fixture
def interception(interception_for: Callable[..., Interception]) -> Iterator[Interception]:
    made = interception_for()
    yield made
    made.stop()


@pytest.fixture
def active(interception: Interception) -> Interception:
    interception.start()
    return interception


Begin = Callable[[], None]


# Each stack makes its client, calls `begin` and then asks.


def with_requests(url: str, begin: Begin) -> str:
    with requests.Session() as session:
        begin()
        with session.get(url, timeout=5) as answer:
            return answer.text


def with_requests_untrusting(url: str, begin: Begin) -> str:
    with requests.Session() as session:
        session.trust_env = False
        begin()
        with session.get(url, timeout=5) as answer:
            return answer.text


def with_urllib3(url: str, begin: Begin) -> str:
    with urllib3.PoolManager(retries=False) as pool:
        begin()
        return pool.request("GET", url, timeout=5).data.decode()


def with_httpx(url: str, begin: Begin) -> str:
    with httpx.Client() as client:
        begin()
        return client.get(url).text


def with_httpx_untrusting(url: str, begin: Begin) -> str:
    with httpx.Client(trust_env=False) as client:
        begin()
        return client.get(url).text


async def httpx_async(url: str, begin: Begin) -> str:
    async with httpx.AsyncClient(http2=True) as client:
        begin()
        return (await client.get(url)).text


async def httpx_async_untrusting(url: str, begin: Begin) -> str:
    async with httpx.AsyncClient(trust_env=False) as client:
        begin()
        return (await client.get(url)).text


async def aiohttp_default(url: str, begin: Begin) -> str:
    connector = aiohttp.TCPConnector(resolver=aiohttp.ThreadedResolver())
    async with aiohttp.ClientSession(connector=connector) as session:
        begin()
        async with session.get(url) as answer:
            return await answer.text()


async def aiohttp_c_ares(url: str, begin: Begin) -> str:
    # Without aiodns its constructor refuses; the look-up itself is what counts here.
    resolver = aiohttp.resolver.AsyncResolver.__new__(aiohttp.resolver.AsyncResolver)
    resolver._manager = None
    resolver._resolver = types.SimpleNamespace(cancel=lambda: None)
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(resolver=resolver)) as session:
        begin()
        async with session.get(url) as answer:
            return await answer.text()


async def asyncio_streams(url: str, begin: Begin) -> str:
    context = ssl.create_default_context()
    begin()
    host = url.split("/")[2]
    reader, writer = await asyncio.open_connection(host, 443, ssl=context)
    writer.write(f"GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
    answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    return answer.decode().split("\r\n\r\n")[1]


def with_urllib(url: str, begin: Begin) -> str:
    opener = urllib.request.build_opener()
    begin()
    with opener.open(url, timeout=5) as answer:
        return str(answer.read().decode())


def with_http_client(url: str, begin: Begin) -> str:
    connection = http.client.HTTPSConnection(url.split("/")[2], timeout=5)
    begin()
    try:
        connection.request("GET", "/")
        return connection.getresponse().read().decode()
    finally:
        connection.close()


STACKS: Mapping[str, Callable[[str, Begin], str]] = {
    "requests": with_requests,
    "requests, trust_env=False": with_requests_untrusting,
    "urllib3": with_urllib3,
    "httpx": with_httpx,
    "httpx, trust_env=False": with_httpx_untrusting,
    "httpx async, http2": lambda url, begin: asyncio.run(httpx_async(url, begin)),
    "httpx async, trust_env=False": lambda url, begin: asyncio.run(httpx_async_untrusting(url, begin)),
    "httpx async on trio": lambda url, begin: trio.run(httpx_async, url, begin),
    "httpx async on uvloop": lambda url, begin: uvloop.run(httpx_async(url, begin)),
    "aiohttp": lambda url, begin: asyncio.run(aiohttp_default(url, begin)),
    "aiohttp on uvloop": lambda url, begin: uvloop.run(aiohttp_default(url, begin)),
    "aiohttp with c-ares": lambda url, begin: asyncio.run(aiohttp_c_ares(url, begin)),
    "asyncio streams": lambda url, begin: asyncio.run(asyncio_streams(url, begin)),
    "asyncio streams on uvloop": lambda url, begin: uvloop.run(asyncio_streams(url, begin)),
    "urllib.request": with_urllib,
    "http.client": with_http_client,
}


@pytest.fixture(scope="session")
def stacks() -> Mapping[str, Callable[[str, Begin], str]]:
    return STACKS


@pytest.fixture
def ask() -> Callable[..., str]:
    """`ask("https://…")` asks with requests, another stack by `stack=`, and runs `begin=` once the client is made."""

    def get(url: str, *, stack: str = "requests", begin: Begin = lambda: None) -> str:
        return STACKS[stack](url, begin)

    return get


Run = Callable[..., pytest.RunResult]


@pytest.fixture
def run(pytester: pytest.Pytester) -> Run:
    """`run(text, *options)` runs a test file in a pytest of its own; `conftest=` adds one, `plugins=` more plugins.

    Third-party plugins that the run does not name are off: it is the plugin of the installed distribution that counts.
    """

    def make(text: str, *options: str, conftest: str = "", plugins: tuple[str, ...] = ()) -> pytest.RunResult:
        pytester.makeini("[pytest]\nfilterwarnings = error\n")
        pytester.makepyfile(test_theirs=text)
        if conftest:
            pytester.makeconftest(conftest)
        off = [f"no:{name}" for name in THIRD_PARTY if name not in plugins]
        chosen = [argument for name in ("no:cacheprovider", *off) for argument in ("-p", name)]
        return pytester.runpytest_subprocess(*chosen, *options, timeout=60)

    return make


@pytest.fixture
def unused_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


THIRD_PARTY = (
    "asyncio",
    "anyio",
    "hypothesispytest",
    "pytest_httpx",
    "randomly",
    "respx",
    "socket",
    "timeout",
    "xdist",
)

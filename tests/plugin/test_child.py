"""Child processes reach the emulator: Python and Node by interception, everything else by the proxy."""

import json
import os
import shutil
import socket
import socketserver
import subprocess
import sys
import textwrap
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from outlook365_emulator.net import child
from outlook365_emulator.net.child import child_variables

GRAPH = "graph.microsoft.com"
REAL = "management.azure.com"
DEAD_PROXY = "http://127.0.0.1:1"

Run = Callable[..., subprocess.CompletedProcess[str]]

pytestmark = [pytest.mark.usefixtures("no_proxy_variables"), pytest.mark.enable_socket]


@pytest.fixture
def environment(echo_server: Any, tmp_path: Path) -> Callable[..., dict[str, str]]:
    """Makes environments that lead to the echo server; keywords replace arguments of `child_variables`."""
    ca = tmp_path / "ca.pem"
    ca.write_bytes(echo_server.ca_pem)

    def make(**changes: Any) -> dict[str, str]:
        options: dict[str, Any] = {
            "parent": dict(os.environ),
            "proxy_url": DEAD_PROXY,
            "ca_file": str(ca),
            "combined_bundle": str(ca),
            "hosts": [*echo_server.hosts, ".login.microsoft.com"],
            "tls_port": echo_server.port,
            "refused_domains": ["azure.com", ".microsoft.com"],
            **changes,
        }
        return {**options["parent"], **child_variables(**options)}

    return make


def run(environment: dict[str, str], *command: str) -> list[str]:
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=30)
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def python(environment: dict[str, str], code: str) -> list[str]:
    return run(environment, sys.executable, "-c", textwrap.dedent(code))


ASK_WITHOUT_PROXY = f"""
    import urllib.request as request
    opener = request.build_opener(request.ProxyHandler({{}}))
    print(opener.open("https://{GRAPH}/", timeout=5).read().decode())
"""
ASK = f"""
    import urllib.request
    print(urllib.request.urlopen("https://{GRAPH}/", timeout=5).read().decode())
"""


class TestVariables:
    @pytest.fixture
    def variables(self) -> Callable[..., dict[str, str]]:
        def make(**parent: str) -> dict[str, str]:
            return child_variables(
                parent=parent,
                proxy_url="http://blue@127.0.0.1:8888",
                ca_file="/run/ca.pem",
                combined_bundle="/run/all.pem",
                hosts=["graph.microsoft.com", "*.login.microsoft.com"],
                tls_port=8443,
                directory="/opt/child",
            )

        return make

    def test_each_kind_of_program_finds_its_own(self, variables: Callable[..., dict[str, str]]) -> None:
        found = variables()
        assert found["HTTPS_PROXY"] == found["https_proxy"] == "http://blue@127.0.0.1:8888"
        assert {found[name] for name in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")} == {"/run/all.pem"}
        assert found["NODE_EXTRA_CA_CERTS"] == "/run/ca.pem"
        assert found["NODE_USE_ENV_PROXY"] == "1"
        assert found["NODE_OPTIONS"] == f'--require="{Path("/opt/child/node_preload.cjs")}"'
        assert found["PYTHONPATH"] == str(Path("/opt/child/sitecustomize"))
        assert found["OUTLOOK365_HOSTS"] == ".login.microsoft.com,graph.microsoft.com"

    def test_what_the_parent_had_is_kept(self, variables: Callable[..., dict[str, str]]) -> None:
        found = variables(
            NODE_OPTIONS="--max-old-space-size=512",
            PYTHONPATH=f"src{os.pathsep}lib",
            NODE_EXTRA_CA_CERTS="/company.pem",
        )
        assert found["NODE_OPTIONS"].startswith("--max-old-space-size=512 --require=")
        assert found["PYTHONPATH"].split(os.pathsep)[1:] == ["src", "lib"]
        assert found["NODE_EXTRA_CA_CERTS"] == "/run/all.pem"

    def test_a_child_of_a_child_needs_no_more(self, variables: Callable[..., dict[str, str]]) -> None:
        assert variables(**variables()) == {}

    @pytest.mark.parametrize(
        ("inherited", "kept"),
        [
            ("", []),
            ("*", []),
            ("*.microsoft.com,intranet.example", ["intranet.example"]),
            (".microsoft.com", []),
            ("microsoft.com:443, db", ["db"]),
            ("GRAPH.microsoft.com", []),
            ("com", []),
            ("eastus.login.microsoft.com", []),
            ("10.0.0.0/8,127.0.0.1", ["10.0.0.0/8"]),
        ],
    )
    def test_no_exception_from_the_proxy_covers_an_emulated_host(
        self, variables: Callable[..., dict[str, str]], inherited: str, kept: list[str]
    ) -> None:
        found = variables(NO_PROXY=inherited)
        assert found["NO_PROXY"] == found["no_proxy"]
        assert set(found["NO_PROXY"].split(",")) == {*kept, "localhost", "127.0.0.1", "::1"}


class TestPython:
    def test_is_intercepted(self, environment: Callable[..., dict[str, str]]) -> None:
        assert python(environment(), ASK_WITHOUT_PROXY) == [GRAPH]

    def test_refuses_other_microsoft_hosts(self, environment: Callable[..., dict[str, str]]) -> None:
        code = f"""
            import socket
            try:
                socket.getaddrinfo({REAL!r}, 443)
            except ConnectionRefusedError as error:
                print("is not emulated" in str(error), socket.gethostbyname("westeurope.login.microsoft.com")[:9])
        """
        assert python(environment(), code) == ["True", "127.36.5."]

    def test_grandchildren_are_too(self, environment: Callable[..., dict[str, str]]) -> None:
        code = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {textwrap.dedent(ASK_WITHOUT_PROXY)!r}])"
        assert python(environment(), code) == [GRAPH]

    def test_pays_nothing_without_the_network(self, environment: Callable[..., dict[str, str]]) -> None:
        code = "import sys; print([name for name in ('socket', 'ssl', 'typing', 'dataclasses') if name in sys.modules])"
        assert python(environment(), code) == ["[]"]

    def test_runs_the_sitecustomize_that_is_shadowed(
        self, environment: Callable[..., dict[str, str]], tmp_path: Path
    ) -> None:
        (tmp_path / "sitecustomize.py").write_text("import builtins; builtins.shadowed = __file__")
        found = environment(parent={**os.environ, "PYTHONPATH": str(tmp_path)})
        code = "import sitecustomize; print(shadowed == sitecustomize.__file__)" + textwrap.dedent(ASK_WITHOUT_PROXY)
        assert python(found, code) == ["True", GRAPH]

    def test_an_interpreter_without_the_package_runs_as_usual(
        self, environment: Callable[..., dict[str, str]], tmp_path: Path
    ) -> None:
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / "bare"], check=True, timeout=60)
        places = (tmp_path / "bare" / "bin" / "python", tmp_path / "bare" / "Scripts" / "python.exe")
        interpreter = next(place for place in places if place.exists())
        code = (
            "import socket, importlib.util as u\n"
            "print(u.find_spec('outlook365_emulator'), socket.getaddrinfo.__module__)"
        )
        assert run(environment(), str(interpreter), "-c", code) == ["None", "socket"]

    def test_a_child_that_outlives_the_files_runs_as_usual(self, environment: Callable[..., dict[str, str]]) -> None:
        assert python(environment(ca_file="/nowhere/ca.pem"), "import socket; print('runs')") == ["runs"]


class _Tunnel(socketserver.StreamRequestHandler):
    """Answers CONNECT to any host with a tunnel to the echo server."""

    server: "_Proxy"

    def handle(self) -> None:
        self.server.asked.append(self.rfile.readline().decode().split()[1])
        while self.rfile.readline().strip():
            pass
        self.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
        with socket.create_connection(("127.0.0.1", self.server.target), 10) as there:
            pump = threading.Thread(target=_pump, args=(self.connection, there))
            pump.start()
            _pump(there, self.connection)
            pump.join()


def _pump(source: socket.socket, sink: socket.socket) -> None:
    try:
        while data := source.recv(65536):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        return


class _Proxy(socketserver.ThreadingTCPServer):
    daemon_threads = True

    def __init__(self, target: int) -> None:
        super().__init__(("127.0.0.1", 0), _Tunnel)
        self.target = target
        self.asked: list[str] = []


class TestProxyOnly:
    @pytest.fixture
    def proxy(self, echo_server: Any) -> Iterator[_Proxy]:
        with _Proxy(echo_server.port) as proxy:
            thread = threading.Thread(target=proxy.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
            thread.start()
            yield proxy
            proxy.shutdown()
            thread.join()

    @pytest.fixture
    def through_proxy(self, environment: Callable[..., dict[str, str]], proxy: _Proxy) -> dict[str, str]:
        parent = {**os.environ, "NO_PROXY": ".microsoft.com"}
        found = environment(parent=parent, proxy_url=f"http://127.0.0.1:{proxy.server_address[1]}")
        return {**found, "OUTLOOK365_INTERCEPT": "0"}

    def test_python(self, through_proxy: dict[str, str], proxy: _Proxy) -> None:
        assert python(through_proxy, ASK) == [GRAPH]
        assert proxy.asked == [f"{GRAPH}:443"]

    def test_python_with_requests(self, through_proxy: dict[str, str], proxy: _Proxy) -> None:
        assert python(through_proxy, f"import requests; print(requests.get('https://{GRAPH}/', timeout=5).text)") == [
            GRAPH
        ]
        assert proxy.asked == [f"{GRAPH}:443"]

    @pytest.mark.system
    def test_curl(self, through_proxy: dict[str, str], proxy: _Proxy, needs: Callable[[str], str]) -> None:
        assert run(through_proxy, needs("curl"), "-sS", f"https://{GRAPH}/") == [GRAPH]
        assert proxy.asked == [f"{GRAPH}:443"]


NODE = """
const https = require('https'), tls = require('tls'), net = require('net'), dns = require('dns');
const lines = {};
const told = (name) => (value) => { lines[name] = value; };
const failed = (error) => (error.cause || error).message;
const get = (options) => new Promise((resolve, reject) => https.get(options, (answer) => {
  let body = ''; answer.on('data', (part) => { body += part; }); answer.on('end', () => resolve(body));
}).on('error', reject));
const raw = (...connect) => new Promise((resolve, reject) => {
  const request = 'GET / HTTP/1.1\\r\\nHost: raw\\r\\nConnection: close\\r\\n\\r\\n';
  const socket = tls.connect(...connect, () => socket.end(request));
  let body = ''; socket.on('data', (part) => { body += part; }); socket.on('end', () => resolve(body.slice(-3)));
  socket.on('error', reject);
});
const reach = (...connect) => new Promise((resolve, reject) => {
  const socket = net.connect(...connect, () => { resolve(socket.remotePort); socket.destroy(); }).on('error', reject);
});
const reachBy = (...connect) => new Promise((resolve, reject) => {
  const socket = new net.Socket().on('error', reject);
  socket.connect(...connect, () => { resolve(socket.remotePort); socket.destroy(); });
});
Promise.all([
  get('https://GRAPH/').then(told('https')),
  get({ host: 'GRAPH', agent: new https.Agent({ keepAlive: false }) }).then(told('agent')),
  fetch('https://GRAPH/').then((answer) => answer.text()).then(told('fetch')),
  raw(443, 'GRAPH').then(told('tls')),
  raw({ host: 'GRAPH', port: 443, servername: 'GRAPH' }).then(told('tls options')),
  reach(443, 'GRAPH').then(told('net')),
  reachBy({ host: 'westeurope.login.microsoft.com', port: 443 }).then(told('socket options')),
  reachBy(443, 'GRAPH').then(told('socket')),
  dns.promises.lookup('GRAPH').then(({ address }) => reach(443, address)).then(told('dns promise')),
  new Promise((resolve) => dns.lookup('GRAPH', { all: true }, (_, found) => resolve(found[0].family)))
    .then(told('dns')),
  get('https://REAL/').catch(failed).then(told('refused https')),
  fetch('https://REAL/').catch(failed).then(told('refused fetch')),
  dns.promises.lookup('REAL').catch(failed).then(told('refused dns')),
  dns.promises.lookup('127.0.0.1').then(({ address }) => address).then(told('other')),
]).then(() => console.log(JSON.stringify(lines)), (error) => { console.error(error); process.exit(1); });
"""


@pytest.mark.system
class TestNode:
    def test_is_intercepted_below_every_way_to_connect(
        self, environment: Callable[..., dict[str, str]], echo_server: Any, needs: Callable[[str], str], tmp_path: Path
    ) -> None:
        folder = tmp_path / 'a folder "quoted"'
        shutil.copytree(Path(child.__file__).parent, folder)
        code = NODE.replace("GRAPH", GRAPH).replace("REAL", REAL)
        lines = json.loads(" ".join(run(environment(directory=str(folder)), needs("node"), "-e", code)))
        refusal = f"{REAL} is Microsoft's, is not emulated, and pytest-outlook365 lets nothing reach the real service"
        port = echo_server.port
        assert lines == {
            "https": GRAPH,
            "agent": GRAPH,
            "fetch": GRAPH,
            "tls": "raw",
            "tls options": "raw",
            "net": port,
            "socket options": port,
            "socket": port,
            "dns promise": port,
            "dns": 4,
            "refused https": refusal,
            "refused fetch": refusal,
            "refused dns": refusal,
            "other": "127.0.0.1",
        }

    def test_can_be_switched_off(self, environment: Callable[..., dict[str, str]], needs: Callable[[str], str]) -> None:
        code = "console.log(require('net').Socket.prototype.connect.toString().includes('redirected'))"
        assert run(environment(), needs("node"), "-e", code) == ["true"]
        assert run({**environment(), "OUTLOOK365_INTERCEPT": "0"}, needs("node"), "-e", code) == ["false"]

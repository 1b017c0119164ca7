"""What requests cost beside a bare Starlette route, over real sockets: token, page of mail, one message, send.

Run `python benchmarks/capacity.py [--json] [--seconds N]`. The emulator is a process of its own, and so is a Starlette
application whose one route answers with a small JSON document, on the same uvicorn. CPU time of those processes counts
(Linux), so that clients and other programs on the machine do not change the result. Limits of Microsoft's for
comparison: 10,000 requests in 10 minutes (16.7 a second) and 4 at a time for an application and a mailbox.
"""

import argparse
import http.client
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from urllib.parse import urlencode

from outlook365_emulator.client import Control
from outlook365_emulator.config import Settings
from outlook365_emulator.emulator import Emulator

LOGIN, GRAPH = "login.microsoftonline.com", "graph.microsoft.com"
BARE = "a bare Starlette route"
BARE_PROGRAM = """
import socket, uvicorn
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route
app = Starlette(routes=[Route("/", lambda request: JSONResponse({"value": []}))])
listening = socket.create_server(("127.0.0.1", 0))
print(listening.getsockname()[1], flush=True)
config = uvicorn.Config(app, loop="uvloop", http="httptools", log_level="error", access_log=False)
uvicorn.Server(config).run(sockets=[listening])
"""
FLOOR = 1000.0
"""Requests for a second of CPU below which something is wrong."""


class Client:
    """One kept connection that speaks to the HTTP port."""

    def __init__(self, host: str, port: int) -> None:
        self._connection = http.client.HTTPConnection(host, port)
        self.token = ""

    def __call__(self, method: str, path: str, body: bytes | None = None, kind: str = "application/json") -> bytes:
        """Send a request and return the body of the answer."""
        headers = {"Content-Type": kind} if body is not None else {}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        self._connection.request(method, path, body, headers)
        answer = self._connection.getresponse()
        content = answer.read()
        if answer.status >= 400:
            raise SystemExit(f"{method} {path}: {answer.status} {content!r}")
        return content


def cpu_seconds(process: int) -> float:
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def measured(process: int, seconds: float, ask: Callable[[], object]) -> dict[str, float]:
    for _ in range(50):
        ask()
    began, cpu, count = monotonic(), cpu_seconds(process), 0
    while monotonic() - began < seconds:
        ask()
        count += 1
    took, used = monotonic() - began, cpu_seconds(process) - cpu
    return {"per_cpu_second": round(count / max(used, 0.01)), "one_client_per_second": round(count / took)}


@contextmanager
def bare_route() -> Iterator[tuple[int, Callable[[], object]]]:
    """Serve one Starlette route; yields the process and what asks it once."""
    with subprocess.Popen([sys.executable, "-c", BARE_PROGRAM], stdout=subprocess.PIPE, text=True) as serving:
        try:
            assert serving.stdout is not None
            client = Client("127.0.0.1", int(serving.stdout.readline()))
            yield serving.pid, lambda: client("GET", "/")
        finally:
            serving.terminate()


def measure(seconds: float) -> dict[str, dict[str, float]]:
    """Measure every kind of request.

    Args:
        seconds: how long each kind is asked for.

    Returns:
        By kind: requests per second of the server's CPU and per second of one client, and CPU beside the bare route's.
    """
    with bare_route() as (process, ask):
        found = {BARE: measured(process, seconds, ask)}
    with Emulator(Settings(subprocess=True)) as emulator:
        control = Control(emulator.http_url)
        world = control.add_world(tenants=[{}])
        app = world.tenant.add_app(auth="client_credentials", permissions=["Mail.ReadWrite", "Mail.Send"])
        ada = world.tenant.add_user("ada")
        for number in range(200):
            ada.mailbox.receive(subject=f"mail {number}", sender="ben@example.org", body="Hello " * 100)
        world.faults.clear()
        host, _, port = emulator.http_url.removeprefix("http://").rpartition(":")
        client = Client(host, int(port))
        form = {"grant_type": "client_credentials", "client_id": app.client_id, "client_secret": app.client_secret}
        form["scope"] = f"https://{GRAPH}/.default"
        grant = ("POST", f"/{LOGIN}/{app.tenant_id}/oauth2/v2.0/token", urlencode(form).encode())

        def token() -> str:
            return str(json.loads(client(*grant, kind="application/x-www-form-urlencoded"))["access_token"])

        process = int(next(line for line in _children(os.getpid())))
        found["token"] = measured(process, seconds, token)
        client.token = token()
        root = f"/{GRAPH}/v1.0/users/{ada.id}"
        to = [{"emailAddress": {"address": ada.upn}}]
        mail = json.dumps({"message": {"subject": "s", "body": {"content": "Hello"}, "toRecipients": to}}).encode()
        found["page of ten messages"] = measured(process, seconds, lambda: client("GET", f"{root}/messages"))
        found["one message"] = measured(
            process, seconds, lambda: client("GET", f"{root}/messages?$top=1&$select=subject")
        )
        found["send a message"] = measured(process, seconds, lambda: client("POST", f"{root}/sendMail", mail))
        control.close()
    for row in found.values():
        row["ratio"] = round(found[BARE]["per_cpu_second"] / row["per_cpu_second"], 2)
    return found


def _children(parent: int) -> list[str]:
    return Path(f"/proc/{parent}/task/{parent}/children").read_text().split()


def main() -> None:
    about = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    about.add_argument("--json", action="store_true")
    about.add_argument("--seconds", type=float, default=2.0)
    options = about.parse_args()
    found = measure(options.seconds)
    if options.json:
        print(json.dumps(found))
    else:
        for name, row in found.items():
            counts = f"{row['per_cpu_second']:7.0f} per CPU second; one client {row['one_client_per_second']:7.0f}"
            print(f"{name:24} {row['ratio']:5.2f} x the bare route; {counts}")
    if found["page of ten messages"]["per_cpu_second"] < FLOOR:
        raise SystemExit(f"fewer than {FLOOR:.0f} pages a second of CPU")


if __name__ == "__main__":
    main()

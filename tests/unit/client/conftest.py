"""A small HTTP server that answers as it is told and remembers what it was asked."""

import http.server
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from outlook365_emulator.client.connection import Connection


@dataclass
class Asked:
    """A request that came in."""

    method: str
    target: str
    body: Any
    headers: dict[str, str]
    connection: int


@dataclass
class Scripted:
    """The server: `asked` is what came in, `answers` what goes out, one after the other; then `{}` with 200.

    An answer of None closes the connection without a word.
    """

    url: str = ""
    asked: list[Asked] = field(default_factory=list)
    answers: list[tuple[int, Any] | None] = field(default_factory=list)

    @property
    def last(self) -> Asked:
        return self.asked[-1]


@pytest.fixture
def server() -> Iterator[Scripted]:
    script = Scripted()

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            text = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            script.asked.append(
                Asked(
                    self.command,
                    self.path,
                    json.loads(text) if text else None,
                    dict(self.headers),
                    self.client_address[1],
                )
            )
            scripted = script.answers.pop(0) if script.answers else (200, {})
            if scripted is None:
                self.close_connection = True
                return
            status, document = scripted
            body = document if isinstance(document, bytes) else json.dumps(document).encode()
            body = b"" if status == 204 else body
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = answer

        def log_message(self, *arguments: Any) -> None:
            return

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        running.daemon_threads = True
        running.block_on_close = False
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        script.url = f"http://127.0.0.1:{running.server_address[1]}"
        yield script
        running.shutdown()
        thread.join()


@pytest.fixture
def connection(server: Scripted) -> Iterator[Connection]:
    made = Connection(server.url, timeout=5)
    yield made
    made.close()

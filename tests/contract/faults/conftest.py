"""A world of its own for each test, a token for it, and a raw client that sees the bytes on the wire."""

import base64
import json
import re
import socket
import struct
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.serialization.pkcs12 import load_pkcs12

if TYPE_CHECKING:
    from outlook365_emulator.emulator import Emulator

SCOPE = "https://graph.microsoft.com/.default"
GRAPH = "graph.microsoft.com"
LOGIN = "login.microsoftonline.com"


@dataclass
class Raw:
    """What a raw client got.

    `head` and `body` are the bytes as they came, `ended` says how the connection ended: `close`, `reset` or `silence`.
    """

    head: bytes
    body: bytes
    ended: str

    @property
    def status(self) -> int:
        return int(self.head.split(b" ", 2)[1]) if self.head else 0

    def fields(self, name: str) -> list[str]:
        """Every value of a header field."""
        return re.findall(rf"(?im)^{name}: (.*?)\r?$", self.head.decode("latin-1"))

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Place:
    """A world with the tenant of ada, an application and its token, reached over the HTTP port."""

    def __init__(self, emulator: "Emulator", **fields: Any) -> None:
        from outlook365_emulator.client import Control

        self.emulator = emulator
        self.control = Control(emulator.http_url)
        self.world = self.control.add_world(
            tenants=[{}], clock={"start": "2026-03-02T09:00:00Z", "frozen": True}, **fields
        )
        self.tenant = self.world.tenant
        self.ada = self.tenant.add_user("ada")
        self.app = self.tenant.add_app(auth="client_credentials", permissions=["Mail.ReadWrite", "Mail.Send"])
        self.faults = self.world.faults
        parts = urlsplit(emulator.http_url)
        self.address = (parts.hostname or "", parts.port or 0)
        self.token = str(self.ask_token().json()["access_token"])  # before any fault is set

    @property
    def token_form(self) -> dict[str, str]:
        return {
            "grant_type": "client_credentials",
            "client_id": self.app.client_id,
            "client_secret": str(self.app.client_secret),
            "scope": SCOPE,
        }

    @property
    def token_url(self) -> str:
        return f"{self.emulator.http_url}/{LOGIN}/{self.tenant.id}/oauth2/v2.0/token"

    def ask_token(self) -> httpx.Response:
        return httpx.post(self.token_url, data=self.token_form, trust_env=False)

    @property
    def mailbox(self) -> str:
        return f"/users/{self.ada.upn}"

    def graph(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Ask Graph below v1.0 with httpx."""
        url = path if path.startswith("http") else f"{self.emulator.http_url}/{GRAPH}/v1.0{path}"
        headers = {"Authorization": f"Bearer {self.token}", **options.pop("headers", {})}
        return httpx.request(method, url, headers=headers, trust_env=False, timeout=5, **options)

    def raw(self, method: str, path: str, body: Any = None, *, patience: float = 5.0) -> Raw:
        """Send a request by hand on a connection of its own and read until it ends, or `patience` seconds pass."""
        token, content = self.token, b"" if body is None else json.dumps(body).encode()
        head = (
            f"{method} /{GRAPH}/v1.0{path} HTTP/1.1\r\nHost: {self.address[0]}:{self.address[1]}\r\n"
            f"Authorization: Bearer {token}\r\nContent-Type: application/json\r\nContent-Length: {len(content)}\r\n"
            "Connection: close\r\n\r\n"
        )
        received, ended = b"", "close"
        with socket.create_connection(self.address, timeout=patience) as connection:
            connection.sendall(head.encode() + content)
            try:
                while chunk := connection.recv(65536):
                    received += chunk
            except TimeoutError:
                ended = "silence"
            except ConnectionResetError:
                ended = "reset"
            # The test's own socket is closed at once, so that a silent server does not hold it.
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        start, _, rest = received.partition(b"\r\n\r\n")
        return Raw(start, rest, ended)

    @property
    def journal(self) -> Any:
        return self.world.journal.entries


@pytest.fixture(scope="session")
def assertion() -> Callable[[Any, str], dict[str, str]]:
    """`assertion(app, tenant_id)` is what a form holds that proves an application by its certificate.

    It is dated by the real clock, as a client dates it.
    """

    def sign(app: Any, tenant: str) -> dict[str, str]:
        pfx = load_pkcs12(base64.b64decode(app.certificate_pfx_base64), app.certificate_password.encode())
        now, audience = int(time.time()), f"https://{LOGIN}/{tenant}/oauth2/v2.0/token"
        claims = {"aud": audience, "iss": app.client_id, "sub": app.client_id, "jti": "1", "nbf": now, "exp": now + 600}
        thumbprint = base64.urlsafe_b64encode(bytes.fromhex(app.thumbprint)).rstrip(b"=").decode()
        signed = jwt.encode(claims, pfx.key, algorithm="RS256", headers={"x5t": thumbprint})
        kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
        return {"client_assertion_type": kind, "client_assertion": signed}

    return sign


@pytest.fixture
def place(emulator: "Emulator") -> Iterator[Place]:
    found = Place(emulator)
    yield found
    found.world.drop()
    found.control.close()


@pytest.fixture
def inbox(place: Place) -> Callable[[int], list[str]]:
    """`inbox(3)` puts three messages into ada's inbox an hour apart, the oldest first, and returns their subjects."""

    def fill(number: int) -> list[str]:
        subjects = [f"Message {i}" for i in range(1, number + 1)]
        for i, subject in enumerate(subjects):
            place.ada.mailbox.receive(subject=subject, sender="eve@example.org", received=f"-{number - i}h")
        return subjects

    return fill

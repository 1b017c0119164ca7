"""One world, its people and a token; every answer is held against the schema."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from outlook365_emulator.app import App
from outlook365_emulator.clock import Clock
from outlook365_emulator.clouds import cloud as cloud_named
from outlook365_emulator.directory.applications import add_application
from outlook365_emulator.directory.tenants import make_tenant
from outlook365_emulator.directory.users import add_user, share_mailbox
from outlook365_emulator.entra.claims import Holder
from outlook365_emulator.entra.keys import KeyRing
from outlook365_emulator.entra.tokens import graph_access_token
from outlook365_emulator.graph.mail.receiving import receive
from outlook365_emulator.graph.service import Graph
from outlook365_emulator.store.hosting import Hosting
from outlook365_emulator.store.records.directory import User
from outlook365_emulator.store.world import World

START = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture(scope="session")
def keys() -> KeyRing:
    return KeyRing()


class Driver:
    """Sends requests to Graph of one cloud through the ASGI application, in one world with a frozen clock."""

    def __init__(
        self, keys: KeyRing, loop: asyncio.AbstractEventLoop, judge: Any, cloud: str = "global", name: str = "tested"
    ) -> None:
        self.keys, self.loop, self.judge = keys, loop, judge
        self.cloud = cloud_named(cloud)
        self.hosting = Hosting()
        self.world = World(name, seed=1, nonce=name.encode(), clock=Clock(START, frozen=True))
        self.tenant = make_tenant(self.world, cloud=cloud, domains=("contoso.example",))
        self.world.tenants[self.tenant.id] = self.tenant
        self.hosting.add(self.world)
        with self.world.unit() as unit:
            self.ada, self.bob, self.support = (
                add_user(self.world, self.tenant, unit, name) for name in ("ada", "bob", "support")
            )
            self.app = add_application(self.hosting, self.world, self.tenant, unit, "Tested")
        self.asgi = App(self.hosting, login=None, graph=Graph(self.hosting, keys), control=None)
        self.client = httpx.AsyncClient(
            transport=httpx.ASGITransport(self.asgi), base_url=f"https://{self.cloud.graph_host}/v1.0"
        )
        self.headers: dict[str, str] = {}
        self.sign_in("Mail.ReadWrite", "Mail.Send", "User.Read.All", "MailboxSettings.ReadWrite")

    def token(self, *permissions: str, user: User | None = None) -> str:
        principal = self.tenant.service_principals.find("client", self.app.client_id)
        holder = Holder(application=self.app, principal=principal, permissions=frozenset(permissions), user=user)
        at = self.world.clock.timestamp()
        return graph_access_token(
            self.keys, self.world, self.tenant, holder, audience=self.cloud.graph_url, at=at, lifetime=86400 * 365
        )

    def sign_in(self, *permissions: str, user: User | None = None) -> None:
        self.headers["Authorization"] = f"Bearer {self.token(*permissions, user=user or self.ada)}"

    def as_application(self, *permissions: str) -> None:
        self.headers["Authorization"] = f"Bearer {self.token(*permissions)}"

    def __call__(
        self, method: str, url: str, *, schema: bool = True, headers: Any = None, **more: Any
    ) -> httpx.Response:
        given = {**self.headers, **(headers or {})}
        if url.startswith("/$"):
            url = f"{self.cloud.graph_url}/v1.0{url}"
        answer = self.loop.run_until_complete(self.client.request(method, url, headers=given, **more))
        assert not self.asgi.errors, self.asgi.errors
        if schema and answer.status_code in (200, 201) and "json" in answer.headers.get("content-type", ""):
            self.judge(answer.json())
        return answer

    def get(self, url: str, **more: Any) -> Any:
        answer = self("GET", url, **more)
        assert answer.status_code == 200, answer.text
        return answer.json() if "json" in answer.headers["content-type"] else answer.text

    def refused(self, url: str, method: str = "GET", **more: Any) -> tuple[int, str]:
        answer = self(method, url, **more)
        assert answer.status_code >= 400, answer.text
        return answer.status_code, answer.json()["error"]["code"]

    def receive(self, subject: str = "Hello", *, to: User | None = None, folder: str = "inbox", **members: Any) -> Any:
        """Put a message into a mailbox; each comes a minute after the one before unless it says when."""
        if "receivedDateTime" not in members:
            self.world.clock.set(self.world.clock.now() + timedelta(minutes=1))
        document = {"subject": subject, "from": {"emailAddress": {"address": "billing@example.org"}}, **members}
        with self.world.unit() as unit:
            return receive(self.world, self.tenant, unit, to or self.ada, document, folder)

    def share(self, owner: User, user: User) -> None:
        with self.world.unit() as unit:
            share_mailbox(self.tenant, unit, owner, user)

    def last(self) -> Any:
        return list(self.world.journal)[-1]


@pytest.fixture(scope="session")
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    loop = asyncio.new_event_loop()
    yield loop
    loop.close()


@pytest.fixture
def graph(keys: KeyRing, loop: asyncio.AbstractEventLoop, hold_against_schema: Any) -> Driver:
    return Driver(keys, loop, hold_against_schema)


@pytest.fixture(scope="session")
def new_driver(keys: KeyRing, loop: asyncio.AbstractEventLoop, hold_against_schema: Any) -> Any:
    """`new_driver()` is a driver that several tests share."""
    return lambda name="shared": Driver(keys, loop, hold_against_schema, name=name)


@pytest.fixture
def graph_in(keys: KeyRing, loop: asyncio.AbstractEventLoop, hold_against_schema: Any) -> Any:
    """`graph_in("china")` is a driver for a world in another cloud."""
    return lambda cloud="global", name="other": Driver(keys, loop, hold_against_schema, cloud, name)


@pytest.fixture
def batch_of() -> Any:
    """`batch_of(graph, "/me", ...)` sends GETs, or items as given, in one batch and returns the answers by id."""

    def send(graph: Driver, *items: Any, status: int = 200) -> Any:
        requests = [
            one if isinstance(one, dict) else {"id": str(number), "method": "GET", "url": one}
            for number, one in enumerate(items, 1)
        ]
        answer = graph("POST", "/$batch", json={"requests": requests})
        assert answer.status_code == status, answer.text
        return {one["id"]: one for one in answer.json()["responses"]} if status == 200 else answer.json()["error"]

    return send

"""A small organisation, and a client that asks Graph for its members as any of its people or as an application."""

import asyncio
import json
from collections.abc import Awaitable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
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
from outlook365_emulator.journal import Entry
from outlook365_emulator.store.hosting import Hosting
from outlook365_emulator.store.records.directory import Application, User
from outlook365_emulator.store.tenant import Tenant
from outlook365_emulator.store.world import World
from outlook365_emulator.tables.permissions import PERMISSIONS, exists_as
from outlook365_emulator.wire import Headers, Request, Response

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SCOPES = tuple(name for name in PERMISSIONS if exists_as(name, "delegated"))
ROLES = tuple(name for name in PERMISSIONS if exists_as(name, "application"))


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "covers(*operations): the operations whose behaviour the class proves")


@pytest.fixture(scope="session")
def keys() -> KeyRing:
    ring = KeyRing()
    ring.start()
    return ring


@dataclass
class Answer:
    """What came back: the status, the body as JSON, the header fields, and the journal entry."""

    response: Response
    entry: Entry

    @property
    def status(self) -> int:
        return self.response.status

    @property
    def body(self) -> bytes:
        return self.response.body

    @property
    def json(self) -> Any:
        return json.loads(self.response.body)

    @property
    def headers(self) -> dict[str, str]:
        return {name.lower(): value for name, value in self.response.headers}

    @property
    def code(self) -> str:
        return self.json["error"]["code"]

    @property
    def message(self) -> str:
        return self.json["error"]["message"]

    @property
    def values(self) -> list[Any]:
        return self.json["value"]


@dataclass
class Organisation:
    """A world with the tenant contoso.example: its people, its shared mailbox and its application.

    `ada` may open the mailbox of `support`, `ben` may not; `root` is the administrator; `guest` has no mailbox.
    """

    hosting: Hosting
    world: World
    tenant: Tenant
    app: Application
    ada: User
    ben: User
    root: User
    support: User
    guest: User

    def mailbox(self, user: User) -> Any:
        found = self.tenant.mailbox_of(user)
        assert found is not None
        return found

    def receive(self, user: User, folder: str = "inbox", **members: Any) -> Any:
        """Put a message into a mailbox and return its record."""
        sender = members.pop("sender", "eve@example.org")
        document = {"from": {"emailAddress": {"address": sender}}, **members}
        with self.world.unit() as unit:
            return receive(self.world, self.tenant, unit, user, document, folder)

    def share(self, owner: User, user: User, **rights: bool) -> None:
        """Say what a user may do with somebody's mailbox."""
        with self.world.unit() as unit:
            share_mailbox(self.tenant, unit, owner, user, **rights)


async def finished(answer: Awaitable[Response]) -> Response:
    """Wait for an operation that waits itself."""
    return await answer


@dataclass
class GraphClient:
    """Asks Graph directly; `as_` is who is signed in, and an application asks where nobody is.

    A token holds every permission of its kind where nothing else is said.
    """

    graph: Graph
    org: Organisation
    keys: KeyRing
    cloud: str = "global"
    tokens: dict[Any, str] = field(default_factory=dict)
    judge: Any = None

    def token(
        self,
        as_: User | None = None,
        scopes: Iterable[str] | None = None,
        roles: Iterable[str] | None = None,
        audience: str = "",
        lifetime: int = 3599,
    ) -> str:
        """Issue a token: delegated with `scopes` where a person is signed in, else with `roles`."""
        chosen = (SCOPES if scopes is None else scopes) if as_ else (ROLES if roles is None else roles)
        permissions = frozenset(chosen)
        name = (as_.id if as_ else "", permissions, audience, lifetime, self.org.world.clock.timestamp())
        if name not in self.tokens:
            principal = self.org.tenant.service_principals.find("client", self.org.app.client_id)
            assert principal is not None
            holder = Holder(application=self.org.app, principal=principal, permissions=permissions, user=as_)
            self.tokens[name] = graph_access_token(
                self.keys,
                self.org.world,
                self.org.tenant,
                holder,
                audience=audience or cloud_named(self.org.tenant.cloud).graph_url,
                at=self.org.world.clock.timestamp(),
                lifetime=lifetime,
            )
        return self.tokens[name]

    def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        as_: User | None = None,
        scopes: Iterable[str] | None = None,
        roles: Iterable[str] | None = None,
        token: str | None = None,
        headers: Iterable[tuple[str, str]] = (),
        content: bytes | None = None,
        raw: bool = False,
        door: str = "",
    ) -> Answer:
        """Send one request.

        `path` goes below `/v1.0` unless `raw`; `body` is sent as JSON, `content` as it is; `token=""` sends none.
        """
        token = self.token(as_, scopes, roles) if token is None else token
        fields = [*([("Authorization", f"Bearer {token}")] if token else []), *headers]
        if body is not None:
            fields.append(("Content-Type", "application/json"))
            content = json.dumps(body).encode()
        path, _, query = (path if raw else f"/v1.0{path}").partition("?")
        pairs = [(name.lower().encode(), value.encode()) for name, value in fields]
        row = cloud_named(self.cloud)
        request = Request(
            method,
            row.graph_host,
            path,
            query,
            Headers(pairs),
            content or b"",
            form="prefix" if door else "host",
            door=door,
        )
        entry = Entry(method=method, url=request.url)
        answer = self.graph.answer(request, row, self.org.world, entry)
        response = answer if isinstance(answer, Response) else asyncio.run(finished(answer))
        request.finish()
        if self.judge and response.status in (200, 201) and b"@odata.context" in response.body[:20]:
            self.judge(json.loads(response.body))
        return Answer(response, entry)

    def get(self, path: str, **options: Any) -> Answer:
        return self.ask("GET", path, **options)

    def post(self, path: str, body: Any = None, **options: Any) -> Answer:
        return self.ask("POST", path, body, **options)

    def patch(self, path: str, body: Any = None, **options: Any) -> Answer:
        return self.ask("PATCH", path, body, **options)

    def delete(self, path: str, **options: Any) -> Answer:
        return self.ask("DELETE", path, **options)

    def page(self, link: str, **options: Any) -> Answer:
        """Follow a link that Graph wrote."""
        return self.ask("GET", link.partition(cloud_named(self.cloud).graph_url)[2], raw=True, **options)

    def inbox(self, user: User, folder: str = "inbox") -> list[Any]:
        """What lies in a folder, newest first, as an application sees it."""
        answer = self.get(f"/users/{user.id}/mailFolders/{folder}/messages?$top=100", roles=["Mail.Read"])
        assert answer.status == 200, answer.body
        return answer.values


def make_organisation(cloud: str = "global") -> Organisation:
    world = World("contoso", clock=Clock(START, frozen=True))
    hosting = Hosting()
    tenant = make_tenant(world, domains=("contoso.example", "contoso.test"), cloud=cloud)
    world.tenants[tenant.id] = tenant
    hosting.add(world)
    with world.unit() as unit:
        ada = add_user(world, tenant, unit, "ada", display_name="Ada Lovelace", proxy_addresses=("al@contoso.example",))
        ben = add_user(world, tenant, unit, "ben", display_name="Ben Franklin", job_title="Printer")
        root = add_user(world, tenant, unit, "root", roles=("Global Administrator",))
        support = add_user(world, tenant, unit, "support", display_name="Support", purpose="shared")
        guest = add_user(world, tenant, unit, "guest", has_mailbox=False)
        share_mailbox(tenant, unit, support, ada)
        app = add_application(hosting, world, tenant, unit, "Daemon")
    return Organisation(hosting, world, tenant, app, ada, ben, root, support, guest)


@pytest.fixture
def org() -> Organisation:
    return make_organisation()


@pytest.fixture
def graph(org: Organisation, keys: KeyRing, hold_against_schema: Any) -> GraphClient:
    return GraphClient(Graph(org.hosting, keys), org, keys, judge=hold_against_schema)


@pytest.fixture
def new_graph(keys: KeyRing, hold_against_schema: Any) -> Any:
    """Make a client of an organisation of its own, in any cloud: `new_graph("china")`."""

    def make(cloud: str = "global") -> GraphClient:
        org = make_organisation(cloud)
        return GraphClient(Graph(org.hosting, keys), org, keys, cloud, judge=hold_against_schema)

    return make


@pytest.fixture
def mail() -> Any:
    """Write the members of a message to people: `mail("ben@contoso.example", subject="Hi")`."""

    def write(*to: str, **members: Any) -> dict[str, Any]:
        return {"toRecipients": [{"emailAddress": {"address": address}} for address in to], **members}

    return write

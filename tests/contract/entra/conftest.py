"""A world with a tenant in each situation that Entra tells apart, and a client that asks the service in process."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import msgspec
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from outlook365_emulator.clock import Clock, real_now
from outlook365_emulator.clouds import service_of
from outlook365_emulator.directory.applications import (
    add_application,
    add_certificate,
    add_secret,
    ensure_service_principal,
)
from outlook365_emulator.directory.consent import grant_roles, grant_scopes
from outlook365_emulator.directory.tenants import make_tenant
from outlook365_emulator.directory.users import add_user
from outlook365_emulator.entra.keys import KeyRing
from outlook365_emulator.entra.service import Entra
from outlook365_emulator.journal import Entry
from outlook365_emulator.store.hosting import Hosting
from outlook365_emulator.store.records.directory import Application, User
from outlook365_emulator.store.tenant import Tenant
from outlook365_emulator.store.world import World
from outlook365_emulator.wire import Headers, Request, Response

START = datetime(2026, 3, 2, 9, 0, 0, 123456, UTC)
FORM = "application/x-www-form-urlencoded"
GRAPH = "https://graph.microsoft.com/.default"


@dataclass
class Answer:
    """What came back, and what the journal says of it."""

    response: Response
    entry: Entry
    request: Request

    @property
    def status(self) -> int:
        return self.response.status

    @property
    def json(self) -> dict[str, Any]:
        return msgspec.json.decode(self.response.body)

    @property
    def headers(self) -> dict[str, str]:
        return {name.lower(): value for name, value in self.response.headers}


@dataclass
class Scene:
    """The world, its people and its applications by a short name."""

    hosting: Hosting
    world: World
    entra: Entra
    keys: KeyRing
    tenants: dict[str, Tenant] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)
    apps: dict[str, Application] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)
    private_key: rsa.RSAPrivateKey | None = None
    certificate: bytes = b""

    def fill(self, text: str) -> str:
        """Put ids and secrets into a text: `{contoso}`, `{daemon}`, `{daemon.secret}`, `{ada}`."""
        names = {name: tenant.id for name, tenant in self.tenants.items()}
        names |= {name: app.client_id for name, app in self.apps.items()}
        names |= {f"{name}.secret": secret for name, secret in self.secrets.items()}
        names |= {name: user.user_principal_name for name, user in self.users.items()}
        for name, value in names.items():
            text = text.replace("{" + name + "}", value)
        return text

    def ask(
        self,
        method: str,
        url: str,
        form: dict[str, str] | None = None,
        *,
        headers: dict[str, str] | None = None,
        body: bytes = b"",
        world: World | None = None,
        door: str = "",
        nowhere: bool = False,
    ) -> Answer:
        """Send a request to the service as the application does; texts are filled in.

        Args:
            url: `login.microsoftonline.com/{contoso}/oauth2/v2.0/token`.
            nowhere: the request was placed in no world.
        """
        host, _, rest = self.fill(url).partition("/")
        path, _, query = rest.partition("?")
        sent = {"content-type": FORM} if form is not None else {}
        sent |= {name.lower(): self.fill(value) for name, value in (headers or {}).items()}
        if form is not None:
            body = urlencode({name: self.fill(value) for name, value in form.items()}).encode()
        raw = [(name.encode(), value.encode()) for name, value in sent.items()]
        request = Request(
            method, host, f"/{path}", query, Headers(raw), body, form="prefix" if door else "host", door=door
        )
        place = service_of(host)
        assert place is not None
        entry = Entry()
        response = self.entra.answer(request, place[0], None if nowhere else world or self.world, entry)
        return Answer(response, entry, request)

    def token(self, tenant: str = "{contoso}", host: str = "login.microsoftonline.com", **form: str) -> Answer:
        """Ask the v2.0 token endpoint."""
        return self.ask("POST", f"{host}/{tenant}/oauth2/v2.0/token", form)

    def credentials(self, app: str = "daemon", **form: str) -> Answer:
        """Ask for an application's token with its secret."""
        basis = {"grant_type": "client_credentials", "client_id": f"{{{app}}}", "client_secret": f"{{{app}.secret}}"}
        return self.token(**{**basis, "scope": GRAPH, **form})

    def password(self, **form: str) -> Answer:
        """Sign ada in with the public client."""
        basis = {"grant_type": "password", "client_id": "{public}", "username": "{ada}", "password": "wonderland"}
        return self.token(**{**basis, "scope": "User.Read Mail.Read openid profile offline_access", **form})

    def refresh(self, token: str, **form: str) -> Answer:
        """Redeem a refresh token with the public client."""
        return self.token(**{"grant_type": "refresh_token", "client_id": "{public}", "refresh_token": token, **form})


def _certificate(key: rsa.RSAPrivateKey) -> bytes:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "daemon.example")])
    start = real_now() - timedelta(days=1)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(7).not_valid_before(start).not_valid_after(start + timedelta(days=400))
    return builder.sign(key, hashes.SHA256()).public_bytes(Encoding.DER)


@pytest.fixture(scope="session")
def keys() -> KeyRing:
    ring = KeyRing()
    ring.start()
    return ring


@pytest.fixture(scope="session")
def client_key() -> tuple[rsa.RSAPrivateKey, bytes]:
    key = rsa.generate_private_key(65537, 2048)
    return key, _certificate(key)


def _add_apps(scene: Scene) -> None:
    world, contoso = scene.world, scene.tenants["contoso"]
    with world.unit() as unit:

        def app(name: str, tenant: Tenant = contoso, *, secret: bool = True, **properties: Any) -> None:
            added = add_application(scene.hosting, world, tenant, unit, name.title(), **properties)
            if secret:
                added, credential = add_secret(world, tenant, unit, added, expires=world.clock.now() + timedelta(720))
                scene.secrets[name] = credential.secret
            scene.apps[name] = added

        app("daemon")
        app("web")
        app("public", secret=False, public_client=True)
        app("multi", audience="AzureADMultipleOrgs")
        app("personal", audience="PersonalMicrosoftAccount")
        app("retired")
        app("foreign", scene.tenants["fabrikam"])
        app("stranger", scene.tenants["fabrikam"], audience="AzureADMultipleOrgs")
        app("bureau", scene.tenants["gov"])
        retired = contoso.applications.find("client", scene.apps["retired"].client_id)
        ended, credential = add_secret(
            world, contoso, unit, scene.apps["daemon"], expires=world.clock.now() - timedelta(1), secret="stale"
        )
        scene.secrets["stale"] = credential.secret
        scene.apps["daemon"], _ = add_certificate(
            world, contoso, unit, ended, scene.certificate, expires=world.clock.now() + timedelta(days=300)
        )
        assert retired is not None
        principal = ensure_service_principal(world, contoso, unit, retired)
        unit.put(contoso.service_principals, msgspec.structs.replace(principal, enabled=False))
        daemon = ensure_service_principal(world, contoso, unit, scene.apps["daemon"])
        grant_roles(world, contoso, unit, daemon, ["Mail.Read", "User.Read.All"])
        for name in ("public", "web"):
            principal = ensure_service_principal(world, contoso, unit, scene.apps[name])
            grant_scopes(world, contoso, unit, principal, ["User.Read", "Mail.Read"])


@pytest.fixture
def scene(keys: KeyRing, client_key: tuple[rsa.RSAPrivateKey, bytes]) -> Iterator[Scene]:
    """The world at 2026-03-02 09:00 UTC with a frozen clock."""
    hosting = Hosting()
    world = World("test", seed=1, nonce=b"entra", clock=Clock(START, frozen=True))
    scene = Scene(hosting, world, Entra(hosting, keys), keys)
    scene.private_key, scene.certificate = client_key
    rows = {
        "contoso": ("global", "contoso.example"),
        "fabrikam": ("global", "fabrikam.example"),
        "gov": ("usgov", "agency.example"),
        "dod": ("usgov_dod", "defense.example"),
        "china": ("china", "zhongguo.example"),
    }
    for name, (cloud, domain) in rows.items():
        tenant = make_tenant(world, cloud=cloud, domains=(domain,), display_name=name.title())
        scene.tenants[name] = world.tenants[tenant.id] = tenant
    hosting.add(world)
    with world.unit() as unit:
        contoso, fabrikam = scene.tenants["contoso"], scene.tenants["fabrikam"]
        scene.users["ada"] = add_user(
            world, contoso, unit, "ada", password="wonderland", display_name="Ada Lovelace", roles=("Global Reader",)
        )
        scene.users["idle"] = add_user(world, contoso, unit, "idle", password="wonderland", enabled=False)
        scene.users["support"] = add_user(world, contoso, unit, "support", purpose="shared")
        scene.users["bob"] = add_user(world, fabrikam, unit, "bob", password="builder")
    _add_apps(scene)
    yield scene
    hosting.drop(world)

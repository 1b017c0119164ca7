"""A world with a tenant in each situation that Entra tells apart, and a client that asks the service in process."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

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


REDIRECT = "https://connector.example/callback"


class _Forms(HTMLParser):
    """Reads the first form of a page, and its headings and alerts."""

    def __init__(self) -> None:
        super().__init__()
        self.action = ""
        self.fields: dict[str, str] = {}
        self.buttons: dict[str, list[str]] = {}
        self.texts: dict[str, str] = {}
        self._open = ""

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attributes}
        self._open = "alert" if given.get("role") == "alert" else tag
        if tag == "form":
            self.action = given["action"]
        elif tag in ("input", "textarea") and given.get("type") != "checkbox":
            self.fields[given["name"]] = given.get("value", "")
        elif tag == "button" and given.get("name"):
            self.buttons.setdefault(given["name"], []).append(given["value"])

    def handle_data(self, data: str) -> None:
        if self._open in ("h1", "alert"):
            self.texts[self._open] = data

    def handle_endtag(self, tag: str) -> None:
        self._open = ""


@dataclass
class Page:
    """What a browser shows or where it was sent."""

    answer: Answer

    def __post_init__(self) -> None:
        self.text = self.answer.response.body.decode()
        self.forms = _Forms()
        self.forms.feed(self.text)
        found = re.search(r"^\$Config=(.*);$", self.text, re.MULTILINE)
        self.config: dict[str, Any] = msgspec.json.decode(found[1]) if found else {}
        self.number = int(self.config.get("sErrorCode", 0))
        self.heading, self.alert = (self.forms.texts.get(one, "") for one in ("h1", "alert"))
        self.location = self.answer.headers.get("location", "")
        parts = urlsplit(self.location)
        # What the application was told by query or fragment, and the AADSTS number in it.
        self.sent = dict(parse_qsl(parts.fragment or parts.query, keep_blank_values=True))
        told = re.match(r"AADSTS(\d+): ", self.sent.get("error_description", ""))
        self.told = int(told[1]) if told else 0


@dataclass
class Browser:
    """A browser at the sign-in pages of a scene: cookies and one open page."""

    scene: Scene
    host: str = "login.microsoftonline.com"
    cookies: dict[str, str] = field(default_factory=dict)
    page: Page | None = None

    def ask(self, method: str, path: str, form: dict[str, str] | None = None, **options: Any) -> Page:
        headers = {"cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        answer = self.scene.ask(method, f"{self.host}{path}", form, headers=headers, **options)
        for name, value in answer.response.headers:
            if name == "Set-Cookie":
                pair, _, rest = value.partition(";")
                key, _, content = pair.partition("=")
                self.cookies[key] = content
                if "1970" in rest:
                    del self.cookies[key]
        self.page = Page(answer)
        return self.page

    def authorize(self, tenant: str = "{contoso}", version: str = "/v2.0", **changes: str | None) -> Page:
        """Open an authorization request of the client `site`; a change to None leaves a parameter out."""
        given: dict[str, str | None] = {
            "client_id": "{site}",
            "response_type": "code",
            "redirect_uri": REDIRECT,
            "scope": "openid profile offline_access User.Read Mail.Read",
            "state": "a state",
            **changes,
        }
        query = urlencode({name: self.scene.fill(value) for name, value in given.items() if value is not None})
        return self.ask("GET", f"/{tenant}/oauth2{version}/authorize?{query}")

    def send(self, **fields: str) -> Page:
        """Send the form of the open page."""
        assert self.page is not None
        form = self.page.forms
        assert form.action, f"this page has no form: {self.page.heading}"
        return self.ask("POST", form.action, {**form.fields, **fields})

    def sign_in(self, user: str = "{ada}", password: str = "wonderland") -> Page:
        """Type name and password, and do not stay signed in."""
        assert self.page is not None
        if self.page.heading == "Sign in":
            self.send(loginfmt=self.scene.fill(user))
        page = self.send(passwd=password)
        return self.send(stay="0") if page.heading == "Stay signed in?" else page

    def code(self, **changes: str | None) -> str:
        """Return the code of a sign-in of ada."""
        page = self.authorize(**changes)
        if not page.location:
            page = self.sign_in()
        if page.heading == "Permissions requested":
            page = self.send(decision="accept")
        return page.sent["code"]


@pytest.fixture
def site(scene: Scene) -> Scene:
    """The scene with clients for every platform, people to consent, and none of it consented to but for `site`."""
    world, contoso = scene.world, scene.tenants["contoso"]
    with world.unit() as unit:
        scene.users["root"] = add_user(
            world, contoso, unit, "root", password="wonderland", roles=("Global Administrator",)
        )
        scene.users["eve"] = add_user(world, contoso, unit, "eve", password="wonderland", display_name="<b>Eve</b>")
        rows: dict[str, dict[str, Any]] = {
            "site": {"web_redirect_uris": (REDIRECT,), "audience": "AzureADMultipleOrgs"},
            "spa": {"spa_redirect_uris": (REDIRECT,)},
            "desktop": {"public_redirect_uris": ("http://localhost/back", "myapp://auth"), "public_client": True},
            "hybrid": {"web_redirect_uris": (REDIRECT,), "id_tokens": True, "access_tokens": True},
            "fresh": {
                "web_redirect_uris": (REDIRECT,),
                "required_scopes": ("User.Read", "Mail.Read"),
                "required_roles": ("Mail.Send",),
                "audience": "AzureADMultipleOrgs",
            },
            "wild": {"web_redirect_uris": (REDIRECT,)},
            "nowhere": {},
        }
        for name, properties in rows.items():
            title = '"><script>alert(1)</script>' if name == "wild" else name.title()
            app = add_application(scene.hosting, world, contoso, unit, title, **properties)
            if "web_redirect_uris" in properties:
                app, credential = add_secret(world, contoso, unit, app)
                scene.secrets[name] = credential.secret
            scene.apps[name] = app
            if name in ("site", "spa", "desktop", "hybrid"):
                principal = ensure_service_principal(world, contoso, unit, app)
                grant_scopes(world, contoso, unit, principal, ["User.Read", "Mail.Read", "openid", "profile"])
    return scene


@pytest.fixture
def browser(site: Scene) -> Browser:
    """A browser that nobody is signed in with."""
    return Browser(site)


@pytest.fixture
def another_browser(site: Scene) -> Browser:
    """A second browser."""
    return Browser(site)

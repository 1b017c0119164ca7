"""One request to Entra on its way through the steps of its endpoint: what is known of it so far."""

from collections.abc import Callable
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from outlook365_emulator.clouds import Cloud
from outlook365_emulator.clouds import cloud as cloud_named
from outlook365_emulator.entra.keys import KeyRing
from outlook365_emulator.entra.scopes import Asked
from outlook365_emulator.errors import EntraError, entra_error
from outlook365_emulator.journal import Entry
from outlook365_emulator.store.hosting import Hosting
from outlook365_emulator.store.records.directory import Application, RefreshToken, ServicePrincipal, User
from outlook365_emulator.store.records.sign_in import AuthorizationCode, DeviceCode, Flow, Platform, Session
from outlook365_emulator.store.tenant import Tenant
from outlook365_emulator.store.world import World
from outlook365_emulator.wire import Request, Response, parse_pairs

if TYPE_CHECKING:
    from outlook365_emulator.entra.grants.grant import Grant

Step = Callable[["Call"], Response | None]
"""A named step: it notes what it found in the call, raises the error that it is there for, or answers."""


class Endpoint(NamedTuple):
    """One row of the table of endpoints.

    Attributes:
        name: for the journal and for faults, `metadata.v2`; a token request adds its grant.
        verbs: accepted methods.
        path: pattern of the path; `{tenant}` and other names in braces take one segment.
        steps: what is done, in order; the first answer or error ends it.
    """

    name: str
    verbs: tuple[str, ...]
    path: str
    steps: tuple[Step, ...]

    @property
    def place(self) -> str:
        """Where errors are worded for: `token`, `v1`, `metadata`, `authorize`, `adminconsent`."""
        first = self.name.partition(".")[0]
        return "v1" if self.name == "token.v1" else _PLACES.get(first, first)

    @property
    def for_people(self) -> bool:
        """Whether a browser asks: errors are pages or redirects then, and no JSON."""
        return self.place in ("authorize", "adminconsent")


_PLACES = MappingProxyType({"page": "authorize", "device_code": "token", "sign_out": "authorize"})


class Redirect(NamedTuple):
    """Where the answer to an authorization request goes: to a redirect URI that is registered.

    Attributes:
        uri: as the client sent it.
        platform: the platform that it is registered for.
        mode: `query`, `fragment` or `form_post`.
        state: the client's `state`, or None.
    """

    uri: str
    platform: Platform
    mode: str = "query"
    state: str | None = None


class SignIn(NamedTuple):
    """What a user's grant goes back to: a person who signed in, here or some time ago.

    Attributes:
        session: id of the sign-in session.
        methods: how the person signed in (`amr`).
        authenticated: when the person last signed in, or None for now.
        scopes: scopes of the grant.
        platform: platform of the redirect URI, or "" where there was none.
        nonce: for the ID token, or "".
        expires: when refresh tokens of it end however they are used, or None.
        claims: the `claims` parameter of the sign-in, or "".
        tells_time: whether the ID token says when the person signed in (`max_age`).
    """

    session: str
    methods: tuple[str, ...] = ("pwd",)
    authenticated: datetime | None = None
    scopes: tuple[str, ...] = ()
    platform: str = ""
    nonce: str = ""
    expires: datetime | None = None
    claims: str = ""
    tells_time: bool = False


class Call:
    """A request and what the steps have found.

    Attributes:
        request: as received.
        clouds: the clouds that share the host.
        world: the world it was placed in, or None.
        entry: its line in the journal.
        endpoint: the row that answers.
        segments: the values of the names in the path.
        now: its one instant, by the world's clock.
        query: parameters of the query string; the first of each name.
        form: parameters of the body; empty where the body is no form.
        tenant: the tenant, or None while it is open (`common`, `organizations`, `consumers`).
        grant: the module of the grant.
        application: the client's registration.
        principal: its service principal in the tenant, or None.
        authentication: how the client proved itself: 0 not, 1 secret, 2 certificate.
        user: the user on whose behalf the client asks, or None.
        given: the refresh token that was presented, or None.
        code: the authorization code that was presented, or None.
        device: the device code that was presented or is being approved, or None.
        sign_in: what the grant goes back to, or None where the user signs in with this very request.
        redirect: where the answer goes, once the redirect URI is known to be registered.
        responses: the response types asked for.
        flow: what the browser is in the middle of.
        browser: value of the cookie that tells this browser.
        session: the session that is used.
        submitted: fields of the form that a person sent.
        set_cookies: values of `Set-Cookie` for the answer.
        cors: origin of a script that may read the answer, or "".
        skew: seconds by which a fault has put Entra's clock ahead, `now` included.
        trace: id of the request.
        correlation: the client's id of the request.
        api: the application that the token is for as an API, or None for Microsoft Graph.
        asked: the scopes asked for.
        audience: the resource, as the token will name it.
        permissions: what the token will carry.
    """

    __slots__ = (
        "api",
        "application",
        "asked",
        "audience",
        "authentication",
        "browser",
        "clouds",
        "code",
        "correlation",
        "cors",
        "device",
        "endpoint",
        "entry",
        "flow",
        "form",
        "given",
        "grant",
        "hosting",
        "keys",
        "now",
        "permissions",
        "principal",
        "query",
        "redirect",
        "request",
        "responses",
        "segments",
        "session",
        "set_cookies",
        "sign_in",
        "skew",
        "submitted",
        "tenant",
        "trace",
        "user",
        "world",
    )

    def __init__(
        self,
        request: Request,
        clouds: tuple[Cloud, ...],
        world: World | None,
        entry: Entry,
        endpoint: Endpoint,
        segments: dict[str, str],
        now: datetime,
        hosting: Hosting,
        keys: KeyRing,
    ) -> None:
        self.request = request
        self.clouds = clouds
        self.world = world
        self.entry = entry
        self.endpoint = endpoint
        self.segments = segments
        self.now = now
        self.hosting = hosting
        self.keys = keys
        self.query: dict[str, str] = first_values(request.query) if request.query else {}
        self.form: dict[str, str] = {}
        self.tenant: Tenant | None = None
        self.grant: Grant | None = None
        self.application: Application | None = None
        self.principal: ServicePrincipal | None = None
        self.authentication = 0
        self.user: User | None = None
        self.given: RefreshToken | None = None
        self.code: AuthorizationCode | None = None
        self.device: DeviceCode | None = None
        self.sign_in: SignIn | None = None
        self.redirect: Redirect | None = None
        self.responses: frozenset[str] = frozenset()
        self.flow: Flow | None = None
        self.browser = ""
        self.session: Session | None = None
        self.submitted: dict[str, str] = {}
        self.set_cookies: list[str] = []
        self.cors = ""
        self.trace = ""
        self.skew = 0.0
        self.correlation = ""
        self.api: Application | None = None
        self.asked = Asked()
        self.audience = ""
        self.permissions: frozenset[str] = frozenset()

    def error(self, number: int, *, because: str = "", where: str = "", **params: Any) -> EntraError:
        """Make an error worded for this endpoint; `app` and `app_id` fill themselves in where the client is known.

        Args:
            number: the AADSTS number.
            because: our explanation for the journal.
            where: a case of the error instead of the endpoint's place.
            params: what the text names in braces.
        """
        if self.application is not None:
            params = {"app": self.application.display_name, "app_id": self.application.client_id, **params}
        return entra_error(number, where=where or self.endpoint.place, because=because, **params)

    @property
    def version(self) -> int:
        """1 for the endpoints that take `resource`, 2 for those that take `scope`."""
        began = self.flow.operation if self.flow is not None else self.endpoint.name
        return 1 if began.endswith(".v1") else 2

    @property
    def cloud(self) -> Cloud:
        """The tenant's cloud, or the first of the host's while the tenant is open."""
        return cloud_named(self.tenant.cloud) if self.tenant is not None else self.clouds[0]

    @property
    def directory(self) -> str:
        """What errors call the directory: the tenant's name, or the service's own tenant while it is open."""
        return self.tenant.display_name if self.tenant is not None else "Microsoft Services"

    @property
    def prompt(self) -> str:
        """The `prompt` of an authorization request in lower case, or ""."""
        return self.form.get("prompt", "").strip().lower()

    def here(self, path: str) -> str:
        """Return the address of a page of this login host, for a form or link in the form of the request.

        Args:
            path: begins with `/`.
        """
        return path if self.request.form == "host" else f"/{self.request.host}{path}"

    def lived(self) -> tuple[World, Flow]:
        """Return world and flow, for steps of pages."""
        assert self.world is not None
        assert self.flow is not None
        return self.world, self.flow

    def known(self) -> tuple[World, Tenant, Application]:
        """Return world, tenant and application, for steps that stand after those that find them."""
        assert self.world is not None
        assert self.tenant is not None
        assert self.application is not None
        return self.world, self.tenant, self.application


def first_values(text: str) -> dict[str, str]:
    """Return the parameters of a query string, the first of each name."""
    found: dict[str, str] = {}
    for name, value in parse_pairs(text):
        found.setdefault(name, value)
    return found

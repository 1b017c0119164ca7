"""What a connector asks for when a person or an administrator makes a connection, filled in for a world."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias, TypedDict
from urllib.parse import urlencode

from outlook365_emulator.client.app import App
from outlook365_emulator.client.connection import Connection
from outlook365_emulator.client.errors import NotFound, SignInFailed
from outlook365_emulator.client.graph import ask_entra
from outlook365_emulator.client.tenant import Tenant
from outlook365_emulator.client.user import User

if TYPE_CHECKING:
    from outlook365_emulator.client.world import World

Auth: TypeAlias = Literal["client_certificate", "authorization_code", "client_credentials", "own_app"]
AUTH_TYPES: tuple[Auth, ...] = ("client_certificate", "authorization_code", "client_credentials", "own_app")
"""Ways in which a connector signs in: with a certificate or a secret as an application, or as a person through the
vendor's public application or the customer's own one."""

APPLICATION_TYPES: frozenset[Auth] = frozenset({"client_certificate", "client_credentials"})

Certificate: TypeAlias = Literal["good", "wrong_password", "expired", "not_registered"]
CERTIFICATES: tuple[Certificate, ...] = ("good", "wrong_password", "expired", "not_registered")
"""States of the PFX file that a connection is made with."""


class ConnectionOptions(TypedDict, total=False):
    """Keywords of `World.connection`; `connection_details` says what they mean."""

    environment: str | None
    account: User | str | None
    shared_mailbox: User | str | bool | None
    permissions: Iterable[str] | None
    preset: str | None
    consent: Literal["admin", "user"] | None
    certificate: Certificate


class Environment(NamedTuple):
    """An environment that a connection is made for.

    Attributes:
        title: what a connection form calls it.
        login_host: host of Entra.
        graph_root: root URL of Graph.
    """

    title: str
    login_host: str
    graph_root: str


ENVIRONMENTS: Mapping[str, Environment] = MappingProxyType(
    {
        "global": Environment("Office 365", "login.microsoftonline.com", "https://graph.microsoft.com"),
        "usgov": Environment(
            "US Government L4 - Public Sector domain", "login.microsoftonline.us", "https://graph.microsoft.us"
        ),
        "usgov_dod": Environment(
            "US Government L5 - Public Sector domain", "login.microsoftonline.us", "https://dod-graph.microsoft.us"
        ),
        "china": Environment("China", "login.partner.microsoftonline.cn", "https://microsoftgraph.chinacloudapi.cn"),
    }
)
"""The environments by the id of their cloud."""

OPENID = ("openid", "profile", "email", "offline_access")
SHARED = "Mail.Read.Shared"
MINIMUM_FOR_PEOPLE = ("openid", "offline_access", "email", "User.Read", "Mail.Read")
"""The preset `minimum` of the types that a person signs in with; a shared mailbox needs `SHARED` too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionDetails:
    """Everything that a connection form asks for, and the handles behind it.

    Attributes:
        auth: how the connector signs in.
        environment: id of the cloud.
        environment_name: what a connection form calls the environment.
        tenant_id: id of the tenant.
        client_id: client id.
        client_secret: the secret, or None for types without one.
        certificate_pfx_base64: the PFX file, or None.
        certificate_password: its password, or None.
        authority: address to sign in at: the tenant's; for the vendor's application that of all organisations.
        graph_root: root URL of Graph, without version.
        scopes: what is asked for: `.default` of Graph for an application, names of permissions for a person.
        account: user principal name of the mailbox (application types), or of the person who signs in.
        shared_mailbox: address of the shared mailbox, or None.
        redirect_uri: where the sign-in returns to, or None for application types.
        app: the application.
        user: the account's handle.
        tenant: the tenant.
    """

    auth: Auth
    environment: str
    environment_name: str
    tenant_id: str
    client_id: str
    client_secret: str | None
    certificate_pfx_base64: str | None
    certificate_password: str | None
    authority: str
    graph_root: str
    scopes: list[str]
    account: str
    shared_mailbox: str | None
    redirect_uri: str | None
    app: App
    user: User
    tenant: Tenant
    _link: Connection = field(repr=False)

    @property
    def is_application(self) -> bool:
        """Whether the application acts on its own, without a person."""
        return self.auth in APPLICATION_TYPES

    @property
    def resource_scopes(self) -> list[str]:
        """The scopes without those of OpenID, with Graph's URL in front: as MSAL wants them in any cloud."""
        names = [name for name in self.scopes if name not in OPENID]
        return [name if name.startswith("https://") else f"{self.graph_root}/{name}" for name in names]

    @property
    def mailbox(self) -> str:
        """The mailbox that the connection works on: the shared one where there is one, else the account's."""
        return self.shared_mailbox or self.account

    def authorize_url(self, **parameters: str) -> str:
        """Return the address that the connector opens in a browser.

        Args:
            parameters: further parameters (`state`, `code_challenge`), or others in place of these.

        Raises:
            ValueError: the connection is of an application type: nobody signs in.
        """
        if self.redirect_uri is None:
            raise ValueError(f"nobody signs in to a connection of the type {self.auth}")
        usual = {
            "client_id": self.client_id,
            "response_type": "code",
            "redirect_uri": self.redirect_uri,
            "scope": " ".join(self.scopes),
        }
        return f"{self.authority}/oauth2/v2.0/authorize?{urlencode({**usual, **parameters})}"

    def sign_in(self) -> dict[str, Any]:
        """Sign the account in, consent where that is asked for, redeem the code, and return the token answer.

        Raises:
            ValueError: the connection is of an application type.
            SignInFailed: the sign-in ended on a page with an error, or the application was told one.
        """
        __tracebackhide__ = True
        redirect = self.user.sign_in(self.authorize_url())
        told = redirect.parameters
        if "code" not in told:
            raise SignInFailed(told.get("error_description", str(redirect)), code=told.get("error", ""))
        form = {"grant_type": "authorization_code", "code": told["code"], "redirect_uri": self.redirect_uri or ""}
        return self._tokens(form)

    @property
    def refresh_token(self) -> str:
        """A new refresh token of the account, got by signing in.

        Raises:
            ValueError: the connection is of an application type.
            SignInFailed: the sign-in failed, or `offline_access` is not among the scopes.
        """
        __tracebackhide__ = True
        answer = self.sign_in()
        if "refresh_token" not in answer:
            raise SignInFailed(f"no refresh token was given: offline_access is not among {', '.join(self.scopes)}")
        return str(answer["refresh_token"])

    def _tokens(self, form: dict[str, str]) -> dict[str, Any]:
        __tracebackhide__ = True
        secret = {"client_secret": self.client_secret} if self.client_secret is not None else {}
        target = f"/{self.authority.removeprefix('https://')}/oauth2/v2.0/token"
        return ask_entra(self._link, "POST", target, {"client_id": self.client_id, **secret, **form})


def connection_details(
    link: Connection,
    world: "World",
    auth: str,
    *,
    environment: str | None = None,
    account: User | str | None = None,
    shared_mailbox: User | str | bool | None = None,
    permissions: Iterable[str] | None = None,
    preset: str | None = None,
    consent: Literal["admin", "user"] | None = "admin",
    certificate: Certificate = "good",
) -> ConnectionDetails:
    """Register an application for a connection, and return what the connection form asks for.

    Args:
        link: to the emulator.
        world: the world.
        auth: one of `AUTH_TYPES`.
        environment: id of the cloud; that of the first tenant when left out. A tenant is added where none is in it.
        account: the mailbox (application types) or the person who signs in; made where nobody has the name, and `ada`
            when left out.
        shared_mailbox: a shared mailbox that the account may open; made where there is none of the name, and named
            `support` for True.
        permissions: names of permissions in place of a preset.
        preset: `minimum` (the default) or `full`.
        consent: who has consented: an administrator, every person, or nobody.
        certificate: state of the PFX file, for `client_certificate`.

    Raises:
        ValueError: there is no such auth type, environment or certificate state; the message names the nearest.
        BadDocument: a permission or preset is unknown.
    """
    __tracebackhide__ = True
    kind = _one_of("auth type", auth, AUTH_TYPES)
    tenant = _tenant(world, environment)
    state = _one_of("state of a certificate", certificate, CERTIFICATES)
    if state != "good" and kind != "client_certificate":
        raise ValueError(f"certificate={certificate!r} goes with the auth type client_certificate, not with {kind}")
    user = _account(tenant, account or "ada")
    shared = _shared_mailbox(tenant, user, shared_mailbox)
    app = tenant.add_app(**_document(kind, permissions, preset, consent, shared is not None))
    pfx, password = _certificate(app, state)
    place = ENVIRONMENTS[tenant.cloud]
    application = kind in APPLICATION_TYPES
    everybody = f"https://{place.login_host}/organizations"
    return ConnectionDetails(
        auth=kind,
        environment=tenant.cloud,
        environment_name=place.title,
        tenant_id=tenant.id,
        client_id=app.client_id,
        client_secret=app.client_secret,
        certificate_pfx_base64=pfx,
        certificate_password=password,
        authority=everybody if kind == "authorization_code" else app.authority,
        graph_root=place.graph_root,
        scopes=[f"{place.graph_root}/.default"] if application else app.permissions,
        account=user.upn,
        shared_mailbox=shared.upn if shared is not None else None,
        redirect_uri=app.redirect_uri,
        app=app,
        user=user,
        tenant=tenant,
        _link=link,
    )


def _one_of(what: str, given: str, known: Iterable[Any]) -> Any:
    names = list(known)
    if given not in names:
        near = get_close_matches(str(given), names, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(names)}"
        raise ValueError(f"no {what} is called {given!r}; {hint}")
    return given


def _tenant(world: "World", environment: str | None) -> Tenant:
    if environment is None:
        return world.tenant
    cloud = _one_of("environment", environment, ENVIRONMENTS)
    found = next((one for one in world.tenants if one.cloud == cloud), None)
    return found or world.add_tenant(cloud=cloud)


def _account(tenant: Tenant, account: User | str) -> User:
    __tracebackhide__ = True
    if isinstance(account, User):
        return account
    try:
        return tenant.user(account)
    except NotFound:
        return tenant.add_user(account)


def _shared_mailbox(tenant: Tenant, user: User, wanted: User | str | bool | None) -> User | None:
    __tracebackhide__ = True
    if wanted is None or wanted is False:
        return None
    if isinstance(wanted, User):
        return wanted
    name = "support" if wanted is True else wanted
    try:
        found = tenant.user(name)
    except NotFound:
        return tenant.add_shared_mailbox(name, open_to=[user])
    found.share_with(user)
    return found


def _document(
    auth: Auth,
    permissions: Iterable[str] | None,
    preset: str | None,
    consent: Literal["admin", "user"] | None,
    shared: bool,
) -> Any:
    document: dict[str, Any] = {"name": f"Connector ({auth})", "auth": auth, "consent": consent}
    if permissions is not None:
        return {**document, "permissions": list(permissions)}
    if preset is None and shared and auth not in APPLICATION_TYPES:
        return {**document, "permissions": [*MINIMUM_FOR_PEOPLE, SHARED]}
    return {**document, "preset": preset or "minimum"}


def _certificate(app: App, state: Certificate) -> tuple[str | None, str | None]:
    __tracebackhide__ = True
    if state == "expired":
        made = app.add_certificate(days=-1)
        return made["certificate_pfx_base64"], made["certificate_password"]
    if state == "not_registered":
        made = app.add_certificate()
        app.remove_certificate(made["id"])
        return made["certificate_pfx_base64"], made["certificate_password"]
    password = app.certificate_password
    return app.certificate_pfx_base64, f"not {password}" if state == "wrong_password" else password

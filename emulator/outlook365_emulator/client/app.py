"""Handles of an application registration and of the consent that it has."""

from collections.abc import Iterable
from typing import Any, Literal, Unpack

from outlook365_emulator.client.connection import Connection
from outlook365_emulator.client.federation import FederatedCredential
from outlook365_emulator.client.fields import AppChanges, Moment, Person
from outlook365_emulator.client.plain import plain

Kind = Literal["delegated", "application"]


class Consent:
    """What an application was allowed in its tenant.

    Args:
        connection: to the control API.
        path: path of the application.
    """

    def __init__(self, connection: Connection, path: str) -> None:
        self._connection = connection
        self._path = path

    def grant(
        self,
        permissions: str | Iterable[str] | None = None,
        *,
        user: Person | None = None,
        users: Iterable[Person] = (),
        group: str | None = None,
        kind: Kind | None = None,
    ) -> None:
        """Consent to permissions: for everybody, or for some people.

        Args:
            permissions: a name or names; everything that is registered when left out.
            user: the user who consents for him- or herself; an administrator for everybody when left out.
            users: several users, for whom an administrator consents.
            group: name of a group whose present members an administrator consents for.
            kind: whether names mean delegated or application permissions; told by the application when left out.

        Raises:
            BadDocument: a permission is unknown; the message names the nearest.
            NotFound: there is no such user.
        """
        __tracebackhide__ = True
        document = _change(permissions, user, kind)
        people = list(users)
        if people:
            document["users"] = plain(people)
        if group is not None:
            document["group"] = group
        self._connection.call("POST", f"{self._path}/consent", document)

    def revoke(
        self, permissions: str | Iterable[str] | None = None, *, user: Person | None = None, kind: Kind | None = None
    ) -> list[str]:
        """Withdraw consent; tokens that were issued keep it until they end, as Microsoft's do.

        Args:
            permissions: a name or names; everything that is held when left out.
            user: whose own consent is withdrawn; the administrator's for everybody when left out.
            kind: whether names mean delegated or application permissions.

        Returns:
            The names that were held and are gone.

        Raises:
            BadDocument: a permission is unknown; the message names the nearest.
            NotFound: there is no such user.
        """
        __tracebackhide__ = True
        answer = self._connection.call("DELETE", f"{self._path}/consent", _change(permissions, user, kind))
        return list(answer["revoked"])

    @property
    def permissions(self) -> list[str]:
        """What an administrator has consented to for everybody, at present."""
        return list(self._connection.call("GET", self._path)["consented"])

    @property
    def by_user(self) -> dict[str, list[str]]:
        """What users have consented to for themselves, by principal name, at present."""
        return dict(self._connection.call("GET", self._path)["user_consents"])


def _principal(user: Person | None, group: str | None) -> dict[str, Any]:
    written: dict[str, Any] = plain({"group": group} if user is None else {"user": user})
    return written


def _change(permissions: str | Iterable[str] | None, user: Person | None, kind: Kind | None) -> dict[str, Any]:
    names = [permissions] if isinstance(permissions, str) else permissions
    document = {"permissions": None if names is None else list(names), "user": user, "kind": kind}
    written: dict[str, Any] = plain({key: value for key, value in document.items() if value is not None})
    return written


class App:
    """An application registration and what a connector needs to sign in with it.

    What it says is what the emulator said when the handle was made; `refresh()` asks again.

    Args:
        connection: to the control API.
        tenant_path: path of the tenant.
        view: the emulator's view of the application.
    """

    def __init__(self, connection: Connection, tenant_path: str, view: dict[str, Any]) -> None:
        self._connection = connection
        self._view = view
        self._path = f"{tenant_path}/apps/{view['client_id']}"

    def __repr__(self) -> str:
        return f"App({self.name!r}, client_id={self.client_id!r})"

    @property
    def name(self) -> str:
        """Display name."""
        return str(self._view["name"])

    @property
    def client_id(self) -> str:
        """Client id (appId)."""
        return str(self._view["client_id"])

    @property
    def client_secret(self) -> str | None:
        """Value of the first secret, or None where there is none."""
        secret: str | None = self._view["client_secret"]
        return secret

    @property
    def tenant_id(self) -> str:
        """Id of the tenant."""
        return str(self._view["tenant_id"])

    @property
    def authority(self) -> str:
        """The tenant's sign-in authority, `https://login.microsoftonline.com/{tenant_id}`."""
        return str(self._view["authority"])

    @property
    def redirect_uri(self) -> str | None:
        """The first redirect URI, or None."""
        uri: str | None = self._view["redirect_uri"]
        return uri

    @property
    def certificate_pfx_base64(self) -> str | None:
        """The first certificate with its key as a base64 PFX file, or None."""
        content: str | None = self._view["certificate_pfx_base64"]
        return content

    @property
    def certificate_password(self) -> str | None:
        """Password of the PFX file, or None."""
        password: str | None = self._view["certificate_password"]
        return password

    @property
    def thumbprint(self) -> str | None:
        """SHA-1 of the first certificate, 40 hex digits in upper case, or None."""
        thumbprint: str | None = self._view["thumbprint"]
        return thumbprint

    @property
    def permissions(self) -> list[str]:
        """The permissions that are registered."""
        return list(self._view["permissions"])

    @property
    def left_out(self) -> list[str]:
        """Permissions of the preset that exist as delegated ones only, for an application of an application type."""
        return list(self._view["left_out"])

    @property
    def secrets(self) -> list[dict[str, Any]]:
        """The client secrets: `id, secret, expires, name`."""
        return list(self._view["secrets"])

    @property
    def certificates(self) -> list[dict[str, Any]]:
        """The certificates: `id, thumbprint, expires, name` and the PFX of those that were made here."""
        return list(self._view["certificates"])

    @property
    def consent(self) -> Consent:
        """What the application was allowed."""
        return Consent(self._connection, self._path)

    def refresh(self) -> "App":
        """Ask the emulator how the application is at present, and return the handle."""
        __tracebackhide__ = True
        self._view = self._connection.call("GET", self._path)
        return self

    def update(self, **fields: Unpack[AppChanges]) -> "App":
        """Change fields of the application.

        Args:
            fields: see `AppChanges`.

        Raises:
            BadDocument: a field is unknown (the nearest right name is told) or a value is not allowed.
        """
        __tracebackhide__ = True
        self._view = self._connection.call("PATCH", self._path, plain(fields))
        return self

    def add_secret(
        self, *, secret: str | None = None, expires: Moment | None = None, name: str | None = None
    ) -> dict[str, Any]:
        """Add a client secret.

        Args:
            secret: its value; one is drawn when left out.
            expires: when it ends by the world's clock (`timedelta(days=-1)`: yesterday); in two years when left out.
            name: its description.

        Returns:
            `id, secret, expires, name`.
        """
        __tracebackhide__ = True
        return self._add("secrets", {"secret": secret, "expires": expires, "name": name})

    def remove_secret(self, secret_id: str) -> None:
        """Remove a client secret by its id.

        Raises:
            NotFound: there is no such secret.
        """
        __tracebackhide__ = True
        self._remove("secrets", secret_id)

    def add_certificate(
        self, *, days: int | None = None, password: str | None = None, name: str | None = None
    ) -> dict[str, Any]:
        """Make a certificate and register it.

        Args:
            days: for how many days from the world's present it is valid; a negative number makes one that has ended.
            password: password of the PFX file; one is drawn when left out.
            name: its description.

        Returns:
            `id, thumbprint, thumbprint_sha256, expires, name, certificate_pfx_base64, certificate_password`.
        """
        __tracebackhide__ = True
        return self._add("certificates", {"days": days, "password": password, "name": name})

    def remove_certificate(self, certificate_id: str) -> None:
        """Remove a certificate by its id.

        Raises:
            NotFound: there is no such certificate.
        """
        __tracebackhide__ = True
        self._remove("certificates", certificate_id)

    def add_federated_credential(
        self,
        *,
        issuer: str,
        subject: str,
        audience: str | None = None,
        name: str = "federated",
        keys: dict[str, Any] | None = None,
    ) -> FederatedCredential:
        """Let the application prove itself with the tokens of another issuer (workload identity federation).

        Args:
            issuer: `iss` of the tokens, an `https` URL.
            subject: `sub` of the tokens.
            audience: `aud` of the tokens; `api://AzureADTokenExchange`, or the cloud's own, when left out.
            name: its name.
            keys: the issuer's key set (JWKS). When left out, the emulator plays the issuer: `assertion()` of the answer
                gives a signed token.

        Raises:
            BadDocument: a value is not allowed.
        """
        __tracebackhide__ = True
        document = {"name": name, "issuer": issuer, "subject": subject, "audience": audience, "keys": keys}
        given = {key: value for key, value in document.items() if value is not None}
        view = self._connection.call("POST", f"{self._path}/federated", given)
        return FederatedCredential(self._connection, self._path, view)

    def assign(self, user: Person | None = None, *, group: str | None = None) -> None:
        """Assign a user or a group; only assigned ones may use the application from then on.

        Args:
            user: the user.
            group: name of a group, whose direct members count.

        Raises:
            NotFound: there is no such user or group; the message names the nearest.
        """
        __tracebackhide__ = True
        self._connection.call("POST", f"{self._path}/assignments", _principal(user, group))

    def unassign(self, user: Person | None = None, *, group: str | None = None) -> None:
        """Take an assignment back.

        Args:
            user: the user.
            group: name of a group.

        Raises:
            NotFound: there is no such user or group; the message names the nearest.
        """
        __tracebackhide__ = True
        self._connection.call("DELETE", f"{self._path}/assignments", _principal(user, group))

    @property
    def assignments(self) -> list[str]:
        """Names of the users and groups that are assigned, at present."""
        answer = self._connection.call("GET", f"{self._path}/assignments")
        return [one["principal"] for one in answer["assignments"]]

    def delete(self) -> None:
        """Delete the registration."""
        __tracebackhide__ = True
        self._connection.call("DELETE", self._path)

    def _add(self, kind: str, fields: dict[str, Any]) -> dict[str, Any]:
        __tracebackhide__ = True
        document = plain({key: value for key, value in fields.items() if value is not None})
        made: dict[str, Any] = self._connection.call("POST", f"{self._path}/{kind}", document)
        self.refresh()
        return made

    def _remove(self, kind: str, one: str) -> None:
        __tracebackhide__ = True
        self._connection.call("DELETE", f"{self._path}/{kind}/{one}")
        self.refresh()

"""The handle of an organisation."""

from typing import Any, Unpack
from urllib.parse import quote

from outlook365_emulator.client.app import App
from outlook365_emulator.client.conditional_access import ConditionalAccess
from outlook365_emulator.client.connection import Connection
from outlook365_emulator.client.consent_requests import ConsentRequest
from outlook365_emulator.client.fields import AppFields, ConsentPolicyFields, MailboxFields, UserFields
from outlook365_emulator.client.plain import plain
from outlook365_emulator.client.user import User


class Tenant:
    """An organisation in one of Microsoft's clouds.

    Args:
        connection: to the control API.
        world_path: path of the world.
        view: the emulator's view of the tenant.

    Attributes:
        conditional_access: its policies.
    """

    def __init__(self, connection: Connection, world_path: str, view: dict[str, Any]) -> None:
        self._connection = connection
        self._view = view
        self._path = f"{world_path}/tenants/{view['id']}"
        self.conditional_access = ConditionalAccess(connection, self._path)

    def __repr__(self) -> str:
        return f"Tenant({self.domain!r}, cloud={self.cloud!r})"

    @property
    def id(self) -> str:
        """Tenant id."""
        return str(self._view["id"])

    @property
    def name(self) -> str:
        """Name of the organisation."""
        return str(self._view["name"])

    @property
    def cloud(self) -> str:
        """Id of its cloud: `global`, `usgov`, `usgov_dod` or `china`."""
        return str(self._view["cloud"])

    @property
    def domain(self) -> str:
        """Domain of short user names."""
        return str(self._view["domain"])

    @property
    def domains(self) -> list[str]:
        """All domains."""
        return list(self._view["domains"])

    def add_user(self, name: str, /, **fields: Unpack[UserFields]) -> User:
        """Add a person with a password and a mailbox.

        Args:
            name: name before the `@`, or a whole user principal name in one of the tenant's domains.
            fields: see `UserFields`; a password is drawn when left out.

        Raises:
            BadDocument: a field is unknown (the nearest right name is told) or a value is not allowed.
            Taken: the name or an address is in use.
        """
        __tracebackhide__ = True
        return self._user(self._connection.call("POST", f"{self._path}/users", plain({"name": name, **fields})))

    def add_shared_mailbox(self, name: str, /, **fields: Unpack[MailboxFields]) -> User:
        """Add a mailbox that belongs to no person; nobody can sign in with its account.

        Args:
            name: name before the `@`, or a whole address in one of the tenant's domains.
            fields: see `MailboxFields`; `open_to`, `send_as` and `send_on_behalf` say who may use it.

        Raises:
            BadDocument: a field is unknown (the nearest right name is told) or a value is not allowed.
            Taken: the name or an address is in use.
        """
        __tracebackhide__ = True
        document = plain({"name": name, **fields})
        return self._user(self._connection.call("POST", f"{self._path}/shared-mailboxes", document))

    def add_app(self, **fields: Unpack[AppFields]) -> App:
        """Register an application with its credentials and the consent that it has.

        Args:
            fields: see `AppFields`: `auth` says how a connector signs in with it (`client_credentials`,
                `client_certificate`, `authorization_code`, `own_app`), `permissions` or `preset` what it asks for,
                `consent` who has consented (an administrator unless said otherwise; None for nobody).

        Raises:
            BadDocument: a field, auth type or permission is unknown or not allowed together; the message names the
                nearest right name.
            Taken: the tenant has an application with that client id.
        """
        __tracebackhide__ = True
        return self._app(self._connection.call("POST", f"{self._path}/apps", plain(fields)))

    def set_limits(self, **limits: int | None) -> None:
        """Change how patient the tenant is.

        Args:
            limits: `lockout_threshold`: after how many wrong passwords in a row an account is locked (None:
                Microsoft's default, 10, or 3 in the clouds of the US government); `identical_requests`: after how many
                identical token requests within five minutes a client is stopped with AADSTS50196 (None: never);
                `max_recipients`, `recipients_per_day`, `messages_per_minute`, `max_message_size` (bytes): how much
                mailboxes may send (None: Exchange Online's limits).

        Raises:
            BadDocument: a name is unknown (the nearest right one is told) or a value is not allowed.
        """
        __tracebackhide__ = True
        self._connection.call("PATCH", f"{self._path}/limits", limits)

    @property
    def authority(self) -> str:
        """The tenant's sign-in authority, `https://login.microsoftonline.com/{tenant_id}`."""
        return str(self._view["authority"])

    @property
    def consent_policy(self) -> dict[str, Any]:
        """What users may consent to, at present: `user_consent, workflow, low_impact, stay_signed_in`."""
        return dict(self._connection.call("GET", f"{self._path}/consent-policy"))

    def set_consent_policy(self, **fields: Unpack[ConsentPolicyFields]) -> dict[str, Any]:
        """Say what users may consent to for themselves; what is left out stays.

        Args:
            fields: see `ConsentPolicyFields`: `user_consent` is `everything` (that needs no administrator),
                `low-impact`, `microsoft-default-2026` (Microsoft's managed list: no mail, no calendars) or `nothing`;
                with `workflow=True` people can send a request to the administrators.

        Raises:
            BadDocument: a setting or permission is unknown; the message names the nearest.
        """
        __tracebackhide__ = True
        changed: dict[str, Any] = self._connection.call("PATCH", f"{self._path}/consent-policy", plain(fields))
        return changed

    @property
    def consent_requests(self) -> list[ConsentRequest]:
        """What people have asked the administrators for, at present."""
        views = self._connection.call("GET", f"{self._path}/consent-requests")["requests"]
        return [ConsentRequest(self._connection, self._path, view) for view in views]

    @property
    def users(self) -> list[User]:
        """All accounts at present, those of shared mailboxes included."""
        return [self._user(view) for view in self._connection.call("GET", f"{self._path}/users")["users"]]

    @property
    def apps(self) -> list[App]:
        """All application registrations at present."""
        return [self._app(view) for view in self._connection.call("GET", f"{self._path}/apps")["apps"]]

    def user(self, name: str) -> User:
        """Return the handle of a user.

        Args:
            name: name before the `@`, principal name, address or id.

        Raises:
            NotFound: there is no such user; the message names the nearest.
        """
        __tracebackhide__ = True
        return self._user(self._connection.call("GET", f"{self._path}/users/{quote(name, safe='@')}"))

    def app(self, name: str) -> App:
        """Return the handle of an application.

        Args:
            name: display name or client id.

        Raises:
            NotFound: there is no such application; the message names the nearest.
        """
        __tracebackhide__ = True
        return self._app(self._connection.call("GET", f"{self._path}/apps/{quote(name, safe='')}"))

    def _user(self, view: dict[str, Any]) -> User:
        return User(self._connection, self._path, view)

    def _app(self, view: dict[str, Any]) -> App:
        return App(self._connection, self._path, view)

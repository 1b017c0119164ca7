"""The handle of an organisation."""

from typing import Any, Unpack
from urllib.parse import quote

from outlook365_emulator.client.app import App
from outlook365_emulator.client.connection import Connection
from outlook365_emulator.client.fields import AppFields, MailboxFields, UserFields
from outlook365_emulator.client.plain import plain
from outlook365_emulator.client.user import User


class Tenant:
    """An organisation in one of Microsoft's clouds.

    Args:
        connection: to the control API.
        world_path: path of the world.
        view: the emulator's view of the tenant.
    """

    def __init__(self, connection: Connection, world_path: str, view: dict[str, Any]) -> None:
        self._connection = connection
        self._view = view
        self._path = f"{world_path}/tenants/{view['id']}"

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

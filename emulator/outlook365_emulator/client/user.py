"""The handle of a person or shared mailbox."""

from typing import Any, Unpack

from outlook365_emulator.client.connection import Connection
from outlook365_emulator.client.fields import Person, UserChanges
from outlook365_emulator.client.mailbox import Mailbox
from outlook365_emulator.client.plain import plain


class User:
    """A person, shared mailbox, room or piece of equipment of a tenant.

    What it says is what the emulator said when the handle was made; `refresh()` asks again.

    Args:
        connection: to the control API.
        tenant_path: path of the tenant.
        view: the emulator's view of the user.
    """

    def __init__(self, connection: Connection, tenant_path: str, view: dict[str, Any]) -> None:
        self._connection = connection
        self._view = view
        # By id: the principal name may change.
        self._path = f"{tenant_path}/users/{view['id']}"

    def __repr__(self) -> str:
        return f"User({self.upn!r})"

    @property
    def reference(self) -> str:
        """The name by which documents refer to the user."""
        return self.upn

    @property
    def id(self) -> str:
        """Object id."""
        return str(self._view["id"])

    @property
    def upn(self) -> str:
        """User principal name, which people sign in with."""
        return str(self._view["upn"])

    @property
    def mail(self) -> str | None:
        """Primary address."""
        mail: str | None = self._view["mail"]
        return mail

    @property
    def password(self) -> str | None:
        """What the person types, or None where nobody can sign in."""
        password: str | None = self._view["password"]
        return password

    @property
    def display_name(self) -> str:
        """Name as people see it."""
        return str(self._view["display_name"])

    @property
    def tenant_id(self) -> str:
        """Id of the tenant."""
        return str(self._view["tenant_id"])

    @property
    def enabled(self) -> bool:
        """Whether the person may sign in."""
        return bool(self._view["enabled"])

    @property
    def roles(self) -> list[str]:
        """Names of directory roles."""
        return list(self._view["roles"])

    @property
    def mailbox(self) -> Mailbox:
        """The mailbox."""
        return Mailbox(self._connection, self._path, self.upn)

    def refresh(self) -> "User":
        """Ask the emulator how the user is at present, and return the handle."""
        __tracebackhide__ = True
        self._view = self._connection.call("GET", self._path)
        return self

    def update(self, **fields: Unpack[UserChanges]) -> "User":
        """Change fields of the user.

        Args:
            fields: see `UserChanges`.

        Raises:
            BadDocument: a field is unknown (the nearest right name is told) or a value is not allowed.
        """
        __tracebackhide__ = True
        self._view = self._connection.call("PATCH", self._path, plain(fields))
        return self

    def disable(self) -> None:
        """Block the person's sign-in, as an administrator does."""
        __tracebackhide__ = True
        self.update(enabled=False)

    def enable(self) -> None:
        """Allow the person to sign in."""
        __tracebackhide__ = True
        self.update(enabled=True)

    def revoke_sessions(self) -> None:
        """Revoke every session and refresh token, as `revokeSignInSessions` does."""
        __tracebackhide__ = True
        self._connection.call("POST", f"{self._path}/revoke-sessions")

    def set_password(self, password: str) -> None:
        """Set a new password, as an administrator's reset does."""
        __tracebackhide__ = True
        self._connection.call("POST", f"{self._path}/password", {"password": password})
        self._view["password"] = password

    def share_with(
        self, other: Person, *, full_access: bool = True, send_as: bool = False, send_on_behalf: bool = False
    ) -> None:
        """Say what somebody else may do with the mailbox; without any right, nothing.

        Args:
            other: the other user, or its name.
            full_access: may open the mailbox and everything in it.
            send_as: may send as the owner.
            send_on_behalf: may send on behalf of the owner.

        Raises:
            NotFound: there is no such user; the message names the nearest.
        """
        __tracebackhide__ = True
        rights = {"full_access": full_access, "send_as": send_as, "send_on_behalf": send_on_behalf}
        self._connection.call("PUT", f"{self._path}/rights/{_segment(other)}", rights)

    def delete(self) -> None:
        """Delete the user and the mailbox."""
        __tracebackhide__ = True
        self._connection.call("DELETE", self._path)


def _segment(person: Person) -> str:
    from urllib.parse import quote

    return quote(person if isinstance(person, str) else person.reference, safe="@")

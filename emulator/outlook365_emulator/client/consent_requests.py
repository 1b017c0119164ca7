"""Handles of the admin-consent workflow: requests that people have sent, and what an administrator makes of them."""

from typing import Any

from outlook365_emulator.client.connection import Connection


class ConsentRequest:
    """A person's request that an administrator consents to an application.

    Args:
        connection: to the control API.
        tenant_path: path of the tenant.
        view: the emulator's view of the request.
    """

    def __init__(self, connection: Connection, tenant_path: str, view: dict[str, Any]) -> None:
        self._connection = connection
        self._view = view
        self._path = f"{tenant_path}/consent-requests/{view['id']}"

    def __repr__(self) -> str:
        return f"ConsentRequest({self.app!r} for {self.user!r}, {self.state})"

    @property
    def id(self) -> str:
        """Id of the request."""
        return str(self._view["id"])

    @property
    def app(self) -> str:
        """Display name of the application."""
        return str(self._view["app"])

    @property
    def client_id(self) -> str:
        """Client id of the application."""
        return str(self._view["client_id"])

    @property
    def user(self) -> str:
        """Principal name of the person who asks."""
        return str(self._view["user"])

    @property
    def permissions(self) -> list[str]:
        """The delegated permissions that are asked for."""
        return list(self._view["permissions"])

    @property
    def reason(self) -> str:
        """The justification that the person wrote."""
        return str(self._view["reason"])

    @property
    def state(self) -> str:
        """`pending`, `approved` or `denied`."""
        return str(self._view["state"])

    def approve(self) -> "ConsentRequest":
        """Grant the permissions for the whole tenant, as an administrator does who approves.

        Raises:
            Taken: the request was decided before.
        """
        __tracebackhide__ = True
        self._view = self._connection.call("POST", f"{self._path}/approve")
        return self

    def deny(self) -> "ConsentRequest":
        """Deny the request.

        Raises:
            Taken: the request was decided before.
        """
        __tracebackhide__ = True
        self._view = self._connection.call("POST", f"{self._path}/deny")
        return self

"""Handles of a tenant's conditional access policies."""

from collections.abc import Iterable
from typing import Any, Literal

from outlook365_emulator.client.connection import Connection
from outlook365_emulator.client.fields import Person
from outlook365_emulator.client.plain import plain

Control = Literal["block", "mfa", "compliant_device", "domain_joined_device", "sign_in_frequency"]


class Policy:
    """A conditional access policy.

    Args:
        connection: to the control API.
        path: path of the policy.
        view: the emulator's view of it.

    Attributes:
        id: GUID, which claims challenges name.
        name: display name.
        control: what it demands.
    """

    def __init__(self, connection: Connection, path: str, view: dict[str, Any]) -> None:
        self._connection = connection
        self._path = path
        self.id: str = view["id"]
        self.name: str = view["name"]
        self.control: Control = view["control"]

    def __repr__(self) -> str:
        return f"Policy({self.name!r}, control={self.control!r})"

    def enable(self) -> None:
        """Enforce it again."""
        __tracebackhide__ = True
        self._connection.call("PATCH", self._path, {"enabled": True})

    def disable(self) -> None:
        """Enforce it no longer."""
        __tracebackhide__ = True
        self._connection.call("PATCH", self._path, {"enabled": False})

    def remove(self) -> None:
        """Remove it."""
        __tracebackhide__ = True
        self._connection.call("DELETE", self._path)


class ConditionalAccess:
    """The conditional access policies of a tenant; each is enforced from the moment at which it is added.

    Every method takes `users` (users, groups, or their names; everybody when left out), `apps` (applications, client
    ids or names; all when left out) and `name`, and raises `NotFound` for a name that nobody has.

    Args:
        connection: to the control API.
        tenant_path: path of the tenant.
    """

    def __init__(self, connection: Connection, tenant_path: str) -> None:
        self._connection = connection
        self._path = f"{tenant_path}/conditional-access"

    def block(self, *, users: Iterable[Person] = (), apps: Iterable[Any] = (), name: str | None = None) -> Policy:
        """Let nobody in (AADSTS53003)."""
        __tracebackhide__ = True
        return self.add("block", users=users, apps=apps, name=name)

    def require_mfa(self, *, users: Iterable[Person] = (), apps: Iterable[Any] = (), name: str | None = None) -> Policy:
        """Demand a second factor (AADSTS50076; AADSTS50079 of people who have none)."""
        __tracebackhide__ = True
        return self.add("mfa", users=users, apps=apps, name=name)

    def require_compliant_device(
        self, *, users: Iterable[Person] = (), apps: Iterable[Any] = (), name: str | None = None
    ) -> Policy:
        """Demand a compliant device, which nobody has here (AADSTS53000)."""
        __tracebackhide__ = True
        return self.add("compliant_device", users=users, apps=apps, name=name)

    def require_domain_joined_device(
        self, *, users: Iterable[Person] = (), apps: Iterable[Any] = (), name: str | None = None
    ) -> Policy:
        """Demand a domain joined device, which nobody has here (AADSTS53001)."""
        __tracebackhide__ = True
        return self.add("domain_joined_device", users=users, apps=apps, name=name)

    def limit_sign_in_age(
        self, *, hours: float, users: Iterable[Person] = (), apps: Iterable[Any] = (), name: str | None = None
    ) -> Policy:
        """Demand that the person has signed in within some hours.

        A refresh token of an older sign-in ends (AADSTS70043).

        Args:
            hours: how old the sign-in may be, by the world's clock.
            users: whom it is for.
            apps: which applications it is for.
            name: display name.
        """
        __tracebackhide__ = True
        return self.add("sign_in_frequency", users=users, apps=apps, name=name, hours=hours)

    def add(
        self,
        control: Control,
        *,
        users: Iterable[Person] = (),
        apps: Iterable[Any] = (),
        name: str | None = None,
        hours: float | None = None,
    ) -> Policy:
        """Add a policy.

        Args:
            control: what it demands.
            users: whom it is for.
            apps: which applications it is for.
            name: display name, unique in the tenant.
            hours: for `sign_in_frequency`: how old a sign-in may be.

        Raises:
            BadDocument: there is no such control (the nearest is told), or `hours` does not go with it.
            NotFound: nobody has a name that is given.
            Taken: a policy has that name.
        """
        __tracebackhide__ = True
        document = {
            "control": control,
            "users": plain(list(users)),
            "apps": [getattr(one, "client_id", one) for one in apps],
            "name": name,
            "hours": hours,
        }
        given = {key: value for key, value in document.items() if value not in (None, [])}
        return self._policy(self._connection.call("POST", self._path, given))

    @property
    def policies(self) -> list[Policy]:
        """All policies at present."""
        return [self._policy(view) for view in self._connection.call("GET", self._path)["policies"]]

    def clear(self) -> None:
        """Remove all policies."""
        __tracebackhide__ = True
        for policy in self.policies:
            policy.remove()

    def _policy(self, view: dict[str, Any]) -> Policy:
        return Policy(self._connection, f"{self._path}/{view['id']}", view)

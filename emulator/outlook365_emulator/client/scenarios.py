"""The handle of a world's scenarios, and of what can happen in a world at once."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from outlook365_emulator.client.app import App
from outlook365_emulator.client.connection import Connection
from outlook365_emulator.client.plain import plain
from outlook365_emulator.client.user import User


class Scenario:
    """A scenario that runs in a world.

    Args:
        scenarios: the handle that it was started by.
        document: the emulator's document of it.
    """

    def __init__(self, scenarios: "Scenarios", document: Mapping[str, Any]) -> None:
        self._scenarios = scenarios
        self.document = dict(document)

    def __repr__(self) -> str:
        return f"Scenario({self.name!r})"

    @property
    def name(self) -> str:
        """Its name."""
        return str(self.document["name"])

    @property
    def phase(self) -> str | None:
        """Name of the phase that is on at present, or None when the last one is over."""
        __tracebackhide__ = True
        found = self._scenarios[self.name].document["phase"]
        return None if found is None else str(found)

    def stop(self) -> None:
        """End it: its faults go, what has happened stays."""
        __tracebackhide__ = True
        self._scenarios.stop(self.name)


class Scenarios:
    """The scenarios of a world: `start`, `chaos`, `stop`, iteration, `scenarios["name"]`.

    Args:
        connection: to the control API.
        path: path of the world.
        prepare: called when a scenario has started that has faults which act before there is a request.
    """

    def __init__(self, connection: Connection, path: str, prepare: Callable[[], None]) -> None:
        self._connection = connection
        self._path = f"{path}/scenarios"
        self._prepare = prepare

    def start(self, scenario: str | Mapping[str, Any]) -> Scenario:
        """Start a scenario; its first phase begins at once.

        Args:
            scenario: name of a shipped scenario (`"throttled"`), or a document: what a scenario file holds.

        Raises:
            NotFound: no scenario has the name; the message names the nearest.
            BadDocument: the document says something wrong; the message names the place.
            Taken: it runs already.
        """
        __tracebackhide__ = True
        return self._started({"name": scenario} if isinstance(scenario, str) else {"document": plain(scenario)})

    def chaos(self, rate: float = 0.1) -> Scenario:
        """Start faults at random that every correct client survives; the world's seed decides which requests are hit.

        Args:
            rate: the part of all requests that is hit, 0 to 1.
        """
        __tracebackhide__ = True
        return self._started({"chaos": rate})

    def stop(self, name: str) -> None:
        """End a scenario: its faults go, what has happened stays.

        Raises:
            NotFound: none of the name runs.
        """
        __tracebackhide__ = True
        self._connection.call("DELETE", f"{self._path}/{quote(name, safe='')}")

    def __iter__(self) -> Iterator[Scenario]:
        return iter([Scenario(self, one) for one in self._connection.call("GET", self._path)["scenarios"]])

    def __len__(self) -> int:
        return len(list(iter(self)))

    def __getitem__(self, name: str) -> Scenario:
        for scenario in self:
            if scenario.name == name:
                return scenario
        raise KeyError(f"no scenario named {name!r} runs: there are {', '.join(one.name for one in self) or 'none'}")

    def _started(self, document: dict[str, Any]) -> Scenario:
        __tracebackhide__ = True
        view = self._connection.call("POST", self._path, document)
        if view["connections"]:
            self._prepare()
        return Scenario(self, view)


def change_document(
    change: str,
    user: User | str | None,
    app: App | str | None,
    permissions: Sequence[str] | None,
    password: str | None,
) -> dict[str, Any]:
    """Write a change of a world as the document that the control API takes.

    Args:
        change: what happens, `revoke_sessions`.
        user: whom it happens to.
        app: the application that it happens to.
        permissions: which permissions.
        password: a new password.
    """
    given = {
        "change": change,
        "user": user.upn if isinstance(user, User) else user,
        "app": app.client_id if isinstance(app, App) else app,
        "permissions": list(permissions) if permissions is not None else None,
        "password": password,
    }
    return {name: value for name, value in given.items() if value is not None}

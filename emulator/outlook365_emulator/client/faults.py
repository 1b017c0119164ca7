"""The handle of a world's faults."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from outlook365_emulator.client.connection import Connection
from outlook365_emulator.client.plain import plain

_ENVELOPE = ("kind", "name", "match", "times", "after", "chance", "until", "spare")

CLOSE = 0.85
"""How near a keyword is to one of the envelope's to be a misspelling of it; no setting of a kind is as near."""

CONNECTING = ("dns", "refused", "tls")
"""Kinds that act before there is a request."""


class Fault:
    """A fault that was set.

    Args:
        faults: the handle that it was set by.
        document: the emulator's document of it.
    """

    def __init__(self, faults: "Faults", document: Mapping[str, Any]) -> None:
        self._faults = faults
        self.document = dict(document)

    def __repr__(self) -> str:
        return f"Fault({self.name!r}, kind={self.kind!r})"

    @property
    def name(self) -> str:
        """Name in reports and in the journal."""
        return str(self.document["name"])

    @property
    def kind(self) -> str:
        """What it does: `error`, `latency`."""
        return str(self.document["kind"])

    @property
    def matched(self) -> int:
        """How many requests it meant, until now."""
        return self._count("matched")

    @property
    def served(self) -> int:
        """How many requests it served, until now."""
        return self._count("served")

    def remove(self) -> None:
        """End the fault."""
        __tracebackhide__ = True
        self._faults.remove(self.name)

    def _count(self, name: str) -> int:
        __tracebackhide__ = True
        return int(self._faults[self.name].document["counts"][name])


class Faults:
    """The faults of a world: `add`, `remove`, `clear`, iteration, `faults["name"]`.

    Args:
        connection: to the control API.
        path: path of the world.
        prepare: called before a fault is set that acts before there is a request.
    """

    def __init__(self, connection: Connection, path: str, prepare: Callable[[], None] = lambda: None) -> None:
        self._connection = connection
        self._prepare = prepare
        self._path = f"{path}/faults"

    def add(
        self,
        fault: str | Mapping[str, Any] | None = None,
        /,
        *,
        kind: str | None = None,
        name: str | None = None,
        match: Mapping[str, Any] | None = None,
        times: int | None = None,
        after: int | None = None,
        chance: float | None = None,
        until: datetime | timedelta | float | str | None = None,
        spare: bool | None = None,
        **settings: Any,
    ) -> Fault:
        """Set a fault.

        Args:
            fault: name of an error of Graph (`"throttled"`), or a whole fault document (what an entry of a world file
                holds), which the keywords add to.
            kind: what it does when no error is named: `error`, `latency`, `reset`; the reference of faults lists all.
            name: name in reports and in the journal; one is made when left out.
            match: which requests it means (`{"operation": "mail.*"}`); all when left out.
            times: how many requests it serves; without end when left out.
            after: how many of the requests it means pass first.
            chance: probability that a request it means is served, 0 to 1.
            until: when it ends by the world's clock: an instant, a duration, a number of seconds from now, or a text.
            spare: whether a request that it has just served passes when it is repeated.
            settings: settings of the kind, what `with` holds in a document: `retry_after=2`, `aadsts=50076`.

        Returns:
            The fault, with its name and counts.

        Raises:
            BadDocument: an error, kind or key is unknown, or a value is not allowed; the message names the place and
                the nearest right name.
            TypeError: the fault is neither a name nor a document, or a keyword is misspelt.
        """
        __tracebackhide__ = True
        if not isinstance(fault, str | Mapping | None):
            raise TypeError(f"a fault is the name of an error ('throttled') or a fault document, not {fault!r}")
        for key in settings:
            _check_spelling(key)
        until = until.total_seconds() if isinstance(until, timedelta) else until
        given = (kind, name, match, times, after, chance, until, spare)
        envelope = {key: value for key, value in zip(_ENVELOPE, given, strict=True) if value is not None}
        document = plain(fault_document(fault, envelope, settings))
        if document.get("kind") in CONNECTING:
            self._prepare()
        return Fault(self, self._connection.call("POST", self._path, document))

    def remove(self, name: str) -> None:
        """End a fault.

        Raises:
            NotFound: no fault has the name; the message names the nearest.
        """
        __tracebackhide__ = True
        self._connection.call("DELETE", f"{self._path}/{quote(name, safe='')}")

    def clear(self) -> None:
        """End all faults."""
        __tracebackhide__ = True
        self._connection.call("DELETE", self._path)

    def __iter__(self) -> Iterator[Fault]:
        return iter([Fault(self, one) for one in self._connection.call("GET", self._path)["faults"]])

    def __len__(self) -> int:
        return len(list(iter(self)))

    def __getitem__(self, name: str) -> Fault:
        for fault in self:
            if fault.name == name:
                return fault
        raise KeyError(f"no fault is named {name!r}: there are {', '.join(one.name for one in self) or 'none'}")


def _check_spelling(key: str) -> None:
    """Refuse a misspelt keyword of `Faults.add`, which would pass for a setting of the kind."""
    from difflib import get_close_matches

    near = get_close_matches(key, _ENVELOPE, n=1, cutoff=CLOSE)
    if near:
        raise TypeError(f"unknown keyword {key!r}; did you mean {near[0]!r}?")


def fault_document(
    fault: str | Mapping[str, Any] | None, envelope: Mapping[str, Any], settings: Mapping[str, Any]
) -> dict[str, Any]:
    """Join what `Faults.add` was given to one fault document.

    Args:
        fault: name of an error, a document, or None.
        envelope: keys of the document that were given as keywords.
        settings: keys of its `with` that were given as keywords.
    """
    if isinstance(fault, str):
        document: dict[str, Any] = {"kind": "error", **envelope, "with": {"error": fault, **settings}}
        return document
    document = {**(fault or {}), **envelope}
    # `kind` is missing where only settings of an error were given.
    document.setdefault("kind", "error")
    if settings:
        document["with"] = {**document.get("with", {}), **settings}
    return document

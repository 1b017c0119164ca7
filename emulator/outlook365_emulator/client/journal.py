"""The handle of a world's journal: what was asked, what was answered, and why."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from difflib import get_close_matches
from typing import Any

from outlook365_emulator.client.connection import Connection
from outlook365_emulator.client.privileges import Privileges, privileges_of


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalEntry:
    """One request and its answer.

    Attributes:
        number: position in the journal, from 1.
        at: the world's time, ISO 8601.
        method: verb.
        url: what was asked, secrets left out.
        service: part that answered: `entra`, `graph`.
        operation: name of the operation or grant (`mail.messages.list`), or "".
        status: status of the answer.
        code: error code of the answer (`ErrorAccessDenied`, `AADSTS7000215`), or "".
        reason: explanation in a sentence, or "".
        tenant: tenant id, or "".
        application: client id, or "".
        user: user principal name, or "".
        mailbox: the mailbox addressed, or "".
        permissions: scopes or roles of the token.
        missing: what the token lacked: any one of these would do.
        fault: name of the fault that answered or changed the answer, or "".
        batch: for an item of a `$batch` its id there, or "".
        placed: how the request was placed in its world.
        duration_ms: time spent, in milliseconds.
    """

    number: int = 0
    at: str = ""
    method: str = ""
    url: str = ""
    service: str = ""
    operation: str = ""
    status: int = 0
    code: str = ""
    reason: str = ""
    tenant: str = ""
    application: str = ""
    user: str = ""
    mailbox: str = ""
    permissions: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    fault: str = ""
    batch: str = ""
    placed: str = ""
    duration_ms: float = 0.0

    def __str__(self) -> str:
        return "\n    ".join([self._line(), *self._explanations()])

    def _line(self) -> str:
        parts = [f"{self.number:>3}  {self.status}  {self.method} {self.url}", self.operation, self.code]
        parts += [self.user or (f"application {self.application}" if self.application else "")]
        return "  ".join(part for part in parts if part)

    def _explanations(self) -> Iterator[str]:
        if self.reason:
            yield self.reason
        if self.missing:
            yield f"the token has: {', '.join(self.permissions) or 'no permission'}"
            yield f"any one of these would do: {', '.join(self.missing)}"
        if self.fault:
            yield f"fault: {self.fault}"


_NAMES = tuple(one.name for one in fields(JournalEntry))


def entry_of(document: Mapping[str, Any]) -> JournalEntry:
    """Make an entry of the control API's document; keys of a newer emulator are left out."""
    return JournalEntry(**{name: document[name] for name in _NAMES if name in document})


class Journal:
    """What a world was asked and answered: iteration, `len`, `find`, `least_privileges`, `str`.

    Args:
        connection: to the control API.
        path: path of the world.
    """

    def __init__(self, connection: Connection, path: str) -> None:
        self._connection = connection
        self._path = f"{path}/journal"

    @property
    def entries(self) -> list[JournalEntry]:
        """The entries that are kept, the oldest first."""
        return [entry_of(one) for one in self._read()["entries"]]

    def __iter__(self) -> Iterator[JournalEntry]:
        return iter(self.entries)

    def __len__(self) -> int:
        return int(self._read(since=2**40)["total"])

    def __str__(self) -> str:
        return self.text()

    @property
    def dropped(self) -> int:
        """How many of the oldest entries are no longer kept."""
        return int(self._read(since=2**40)["dropped"])

    @property
    def not_emulated(self) -> dict[str, int]:
        """What was asked for and is not emulated, with counts."""
        return dict(self._read(since=2**40)["not_emulated"])

    @property
    def bugs(self) -> dict[str, int]:
        """At what the emulator failed (500), each with its exception, with counts."""
        return dict(self._read(since=2**40).get("bugs", {}))

    @property
    def counts(self) -> dict[tuple[str, int], int]:
        """How often an operation was answered with a status, over all requests."""
        return {(one["operation"], one["status"]): one["count"] for one in self._read(since=2**40)["counts"]}

    def find(self, **wanted: Any) -> list[JournalEntry]:
        """Return the entries that have all the wanted values.

        Args:
            wanted: attributes of an entry with their values: `status=403, operation="mail.messages.list"`.

        Raises:
            TypeError: an entry has no such attribute; the message names the nearest.
        """
        __tracebackhide__ = True
        for name in wanted:
            if name not in _NAMES:
                near = get_close_matches(name, _NAMES, n=1)
                hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(_NAMES)}"
                raise TypeError(f"a journal entry has no {name!r}; {hint}")
        return [one for one in self.entries if all(getattr(one, key) == value for key, value in wanted.items())]

    def least_privileges(self) -> list[Privileges]:
        """Return for each application and kind of token the least that would have served, and what was held beyond it.

        Only requests to Graph that were not refused count, and only entries that are kept (`dropped`).
        """
        __tracebackhide__ = True
        found = self._connection.call("GET", f"{self._path}/privileges")
        return [privileges_of(one) for one in found["applications"]]

    def text(self, last: int | None = None) -> str:
        """Write the journal for people, with an explanation of each refusal.

        Args:
            last: how many of the last entries; all when left out.
        """
        read = self._read()
        entries = [entry_of(one) for one in read["entries"]]
        shown = entries if last is None else entries[max(0, len(entries) - last) :]
        left = int(read["total"]) - len(shown)
        lines = [f"({left} earlier requests are not shown)"] if left else []
        lines += map(str, shown)
        return "\n".join(lines) if lines else "no request reached this world"

    def _read(self, since: int = 0) -> dict[str, Any]:
        __tracebackhide__ = True
        query = f"?since={since}" if since else ""
        found: dict[str, Any] = self._connection.call("GET", f"{self._path}{query}")
        return found

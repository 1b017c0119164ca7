"""The least privileges that would have served: from the journal, against what the tokens held.

For each application that called Graph: what it was answered, the smallest set of permissions that opens all of that,
and what its tokens held beyond it (reference `graph-core.md` section 12; Microsoft's table decides).
"""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import msgspec

from outlook365_emulator.journal import Entry
from outlook365_emulator.tables.graph_permissions import Scheme, allowed, includes
from outlook365_emulator.tables.permissions import OIDC_SCOPES

if TYPE_CHECKING:
    from outlook365_emulator.graph.operation import Operation


class Need(msgspec.Struct, frozen=True, kw_only=True):
    """One operation that an application called.

    Attributes:
        operation: its route.
        scheme: the kind of token it was called with.
        opens: every permission that opens it, sorted.
        calls: how often it was called.
    """

    operation: str
    scheme: Scheme
    opens: tuple[str, ...]
    calls: int


class Privileges(msgspec.Struct, frozen=True, kw_only=True):
    """What one application needed; names are sorted.

    Attributes:
        application: client id.
        kind: `delegated` or `application`.
        least: the smallest set of permissions that opens all operations called.
        held: the permissions that its tokens held.
        excess: what was held and is neither in that set nor needed for it.
        needs: the operations called, by route.
    """

    application: str
    kind: str
    least: tuple[str, ...]
    held: tuple[str, ...]
    excess: tuple[str, ...]
    needs: tuple[Need, ...]


def least_privileges(entries: Iterable[Entry]) -> list[Privileges]:
    """Return what each application needed of what it held, by client id and kind of token.

    Args:
        entries: entries of a journal; those that were refused count for nothing.
    """
    from outlook365_emulator.graph.service import operations  # the control API is loaded with every emulator

    by_name = {one.name: one for one in operations().values()}
    calls: dict[tuple[str, str], dict[tuple[str, Scheme], int]] = {}
    held: dict[tuple[str, str], set[str]] = {}
    for entry in entries:
        found = by_name.get(entry.operation)
        if entry.service != "graph" or found is None or found.permissions is None or found.permissions.open:
            continue
        if entry.status >= 400 or not entry.application:
            continue
        scheme = _scheme(entry, found)
        key = (entry.application, "application" if scheme == "application" else "delegated")
        counts = calls.setdefault(key, {})
        counts[found.route, scheme] = counts.get((found.route, scheme), 0) + 1
        held.setdefault(key, set()).update(entry.permissions)
    return [_judged(operations(), key, calls[key], held[key]) for key in sorted(calls)]


def _scheme(entry: Entry, operation: "Operation") -> Scheme:
    if not entry.user:
        return "application"
    other = bool(entry.mailbox) and entry.mailbox.lower() != entry.user.lower()
    return "shared" if other and operation.workload == "outlook" else "work"


def _judged(
    operations: "Mapping[str, Operation]",
    key: tuple[str, str],
    counts: Mapping[tuple[str, Scheme], int],
    permissions: set[str],
) -> Privileges:
    needs, opening = [], []
    for (route, scheme), count in sorted(counts.items()):
        row = operations[route].permissions
        assert row is not None, "only operations with a row are counted"
        opens = allowed(row, scheme)
        needs.append(Need(operation=route, scheme=scheme, opens=tuple(sorted(opens)), calls=count))
        opening.append(opens)
    least, held = smallest([opens for opens in opening if opens]), permissions.difference(OIDC_SCOPES)
    return Privileges(
        application=key[0],
        kind=key[1],
        least=tuple(sorted(least)),
        held=tuple(sorted(held)),
        excess=tuple(sorted(held - least)),
        needs=tuple(needs),
    )


def smallest(needs: list[frozenset[str]]) -> frozenset[str]:
    """Return the weakest permissions that open everything, as few as possible.

    What has the strongest weakest permission is served first, so that a strong permission that is needed anyway also
    serves the rest.

    Args:
        needs: for each operation, the permissions any one of which opens it.
    """
    names = sorted({name for opens in needs for name in opens})
    strength = {name: sum(includes(name, other) for other in names) for name in names}

    def weakest(opens: frozenset[str]) -> tuple[int, int, str]:
        # Of equally strong ones that which opens most, then the shortest name: Mail.ReadBasic, not Mail.ReadBasic.All.
        return min((strength[one], -sum(one in other for other in needs), f"{len(one):03}{one}") for one in opens)

    chosen: list[str] = []
    for opens in sorted(needs, key=lambda one: (-weakest(one)[0], len(one), sorted(one))):
        if not opens.intersection(chosen):
            chosen.append(weakest(opens)[2][3:])
    return frozenset(one for one in chosen if _needed(one, chosen, needs))


def _needed(name: str, chosen: list[str], needs: list[frozenset[str]]) -> bool:
    rest = set(chosen) - {name}
    return any(not opens & rest for opens in needs)

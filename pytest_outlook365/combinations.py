"""One test for many connections: `@pytest.mark.outlook365(auth="*", environment="*")` runs it 16 times."""

from collections.abc import Mapping
from itertools import product
from types import MappingProxyType
from typing import NamedTuple

import pytest

FIXTURE = "_outlook365_combination"
"""The fixture that carries a combination to the fixture `outlook365`."""

EVERY: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "auth": ("client_certificate", "authorization_code", "client_credentials", "own_app"),
        "environment": ("global", "usgov", "usgov_dod", "china"),
    }
)
"""What `*` stands for, by the option of the marker."""


class Combination(NamedTuple):
    """Auth type and environment of one run of a test; None where the marker names one or none."""

    auth: str | None
    environment: str | None


def parametrize(metafunc: pytest.Metafunc, marker: str) -> None:
    """Run a test once for each combination that its marker asks for.

    Args:
        metafunc: the test.
        marker: name of the marker.
    """
    if FIXTURE not in metafunc.fixturenames:
        return
    given: dict[str, object] = {}
    for mark in reversed(list(metafunc.definition.iter_markers(marker))):
        given |= mark.kwargs
    wanted = {name: _several(name, given.get(name)) for name in EVERY}
    if wanted == dict.fromkeys(EVERY):
        return
    combinations = [Combination(*one) for one in product(*(wanted[name] or (None,) for name in EVERY))]
    ids = ["-".join(filter(None, one)) for one in combinations]
    metafunc.parametrize(FIXTURE, combinations, indirect=True, ids=ids)


def _several(name: str, value: object) -> tuple[str, ...] | None:
    """Return the values that an option asks for; None for a single one, which needs no runs of its own."""
    if value == "*":
        return EVERY[name]
    if isinstance(value, list | tuple | set | frozenset):
        return tuple(str(one) for one in (sorted(value) if isinstance(value, set | frozenset) else value)) or None
    return None

"""The marker: `@pytest.mark.outlook365(auth=…, environment=…, world=…, intercept=…, not_emulated=…)`."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

import pytest

from pytest_outlook365.combinations import EVERY, FIXTURE, Combination

MARKER = "outlook365"
DESCRIPTION = (
    f"{MARKER}(*, auth=None, environment='global', world=None, scenario=None, faults=(), trouble=True, intercept=True, "
    "not_emulated='fail'): the world that "
    f"the fixture {MARKER} makes: its cloud (global, usgov, usgov_dod, china), or a world file; the auth type of its "
    "connection() (client_certificate, authorization_code, client_credentials, own_app); '*' or a list for either runs "
    "the test for each; whether connections of this process are led to it; whether an operation that is not emulated "
    "fails the test ('allow': it does not); the scenario it goes through, the faults that are set, and whether it "
    "takes part in those of the command line."
)

_MEANT: Mapping[str, tuple[Any, str]] = MappingProxyType(
    {
        "auth": (str | None, "an auth type, '*', or a list of auth types"),
        "environment": (str | None, "the id of a cloud, '*', or a list of ids"),
        "world": (str | Path | None, "the name of a shipped world or the path of a world file"),
        "scenario": (str | Path | None, "the name of a shipped scenario or the path of a scenario file"),
        "faults": (tuple | list, "a list of names of errors or fault documents"),
        "intercept": (bool, "True or False"),
        "trouble": (bool, "True or False"),
    }
)
"""The type that the value of an option has, and what it is in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What the marker says.

    Attributes:
        auth: the auth type of `outlook365.connection()`; `*` or a list: the test runs for each.
        environment: id of the cloud of the world's tenant; `global` when neither it nor a world is given;
            `*` or a list: the test runs for each.
        world: name of a shipped world or path of a world file, in place of a world with one empty tenant. A relative
            path counts from the folder of the test file, or else from where pytest was started.
        scenario: name of a shipped scenario, or path of a scenario file, that the world goes through.
        faults: faults that are set when the test begins: names of errors, or fault documents.
        trouble: whether the test takes part in the scenarios and the chaos of the command line.
        intercept: whether connections of this process to Microsoft's hosts are led to the emulator.
        not_emulated: `fail`: a test whose code asks for an operation that is not emulated fails; `allow`: it does not.
    """

    auth: str | None = None
    environment: str | None = None
    world: str | Path | None = None
    scenario: str | Path | None = None
    faults: tuple[Any, ...] | list[Any] = ()
    trouble: bool = True
    intercept: bool = True
    not_emulated: Literal["fail", "allow"] = "fail"

    def __post_init__(self) -> None:
        if self.environment is not None and self.world is not None:
            raise ValueError("give environment or world, not both: a world file says the cloud of each tenant")
        for name, (kind, meant) in _MEANT.items():
            if not isinstance(getattr(self, name), kind):
                raise ValueError(f"{name} is {meant}, not {getattr(self, name)!r}")
        if self.auth is not None and self.auth not in EVERY["auth"]:
            raise ValueError(f"no auth type is called {self.auth!r}{_near(self.auth, EVERY['auth'])}")
        if self.not_emulated not in ("fail", "allow"):
            raise ValueError(f"not_emulated is 'fail' or 'allow', not {self.not_emulated!r}")


def options_of(item: pytest.Item) -> Options:
    """Return what the markers of a test say together; the closest one wins.

    Args:
        item: the test. A misspelt option fails it, with the nearest right name.
    """
    __tracebackhide__ = True
    given: dict[str, Any] = {}
    for mark in reversed(list(item.iter_markers(MARKER))):
        if mark.args:
            raise refusal(f"takes keywords only, got {mark.args[0]!r}: write one of {', '.join(_names())}")
        if "environment" in mark.kwargs or "world" in mark.kwargs:
            given = {key: value for key, value in given.items() if key not in ("environment", "world")}
        given |= mark.kwargs
    for name in given:
        if name not in _names():
            raise refusal(f"unknown option {name!r}{_near(name, _names())}")
    combination = _combination(item)
    for name in EVERY:
        if combination is not None and getattr(combination, name) is not None:
            given[name] = getattr(combination, name)
    try:
        return Options(**given)
    except ValueError as error:
        raise refusal(str(error)) from None


def _combination(item: pytest.Item) -> Combination | None:
    """Return the combination that this run of a test is for, or None."""
    callspec = getattr(item, "callspec", None)
    found: Combination | None = callspec.params.get(FIXTURE) if callspec is not None else None
    return found


def _near(given: object, known: Iterable[str]) -> str:
    from difflib import get_close_matches

    near = get_close_matches(str(given), list(known), n=1)
    return f"; did you mean {near[0]!r}?" if near else f"; there are {', '.join(known)}"


def refusal(problem: str) -> BaseException:
    """Return the failure of a test because of what its marker says, to be raised."""
    return pytest.fail.Exception(f"@pytest.mark.{MARKER}: {problem}", pytrace=False)


def _names() -> list[str]:
    return [field.name for field in fields(Options)]

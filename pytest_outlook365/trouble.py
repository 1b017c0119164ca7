"""Running a suite under trouble: `--outlook365-scenario` and `--outlook365-chaos`."""

from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from outlook365_emulator.client import World

SCENARIOS = pytest.StashKey[dict[str, Any]]()
"""The scenarios of the command line by their ids, as documents."""

CHAOS = pytest.StashKey[tuple[str, float]]()
"""Seed and rate of the command line."""

FIXTURE = "_outlook365_scenario"
DEFAULT_RATE = 0.1


def add_options(group: pytest.OptionGroup) -> None:
    """Add the options of trouble to our group of `pytest --help`."""
    group.addoption(
        "--outlook365-scenario",
        dest="outlook365_scenario",
        action="append",
        default=[],
        metavar="NAME|FILE",
        help="run every test that uses the fixture outlook365 under this scenario; repeatable: it runs under each",
    )
    group.addoption(
        "--outlook365-chaos",
        dest="outlook365_chaos",
        metavar="SEED[:RATE]",
        help="add faults at random that a correct client survives to every test that uses the fixture outlook365; the "
        f"same seed hits the same requests (default rate: {DEFAULT_RATE})",
    )


def read_options(config: pytest.Config) -> None:
    """Read the scenarios and the seed of the command line.

    Raises:
        pytest.UsageError: there is no such scenario or file, it says something wrong, or the rate is no number.
    """
    names: list[str] = config.getoption("outlook365_scenario")
    if names:
        from outlook365_emulator.emulator.documents import scenario_document

        try:
            documents = [scenario_document(name) for name in names]
        except ValueError as error:
            raise pytest.UsageError(f"--outlook365-scenario: {error}") from None
        config.stash[SCENARIOS] = {Path(name).stem: document for name, document in zip(names, documents, strict=True)}
    chaos = config.getoption("outlook365_chaos")
    if chaos:
        config.stash[CHAOS] = _seed_and_rate(chaos)


def _seed_and_rate(text: str) -> tuple[str, float]:
    seed, colon, rate = text.rpartition(":") if ":" in text else (text, "", "")
    try:
        found = float(rate) if colon else DEFAULT_RATE
    except ValueError:
        found = -1.0
    if not seed or not 0 <= found <= 1:
        raise pytest.UsageError(f"--outlook365-chaos: expected SEED or SEED:RATE with a rate from 0 to 1, got {text!r}")
    return seed, found


def header(config: pytest.Config) -> list[str]:
    """Say under what the suite runs, so that a run can be repeated."""
    lines = []
    scenarios = config.stash.get(SCENARIOS, {})
    if scenarios:
        lines.append(f"outlook365 scenarios: {', '.join(scenarios)}")
    chaos = config.stash.get(CHAOS, None)
    if chaos is not None:
        lines.append(f"outlook365 chaos: repeat this run with --outlook365-chaos {chaos[0]}:{chaos[1]:g}")
    return lines


def parametrize(metafunc: pytest.Metafunc) -> None:
    """Make a test of each scenario of the command line."""
    scenarios = metafunc.config.stash.get(SCENARIOS, {})
    if scenarios and FIXTURE in metafunc.fixturenames:
        marks = list(metafunc.definition.iter_markers("outlook365"))
        if not any(mark.kwargs.get("trouble") is False for mark in marks):
            metafunc.parametrize(FIXTURE, list(scenarios), ids=list(scenarios), indirect=True)


def seed_of(config: pytest.Config, nodeid: str) -> int | None:
    """Return the seed of a test's world under chaos: the same for the same test and the same seed of the run."""
    chaos = config.stash.get(CHAOS, None)
    if chaos is None:
        return None
    return int.from_bytes(blake2b(f"{chaos[0]}/{nodeid}".encode(), digest_size=4).digest(), "big")


def begin(world: "World", config: pytest.Config, *, own: Any, chosen: str | None, trouble: bool) -> None:
    """Start in a test's world what it runs under.

    Args:
        world: the world.
        config: holds what the command line says.
        own: the scenario of the test's marker as a document, or None.
        chosen: id of the scenario of the command line that this test is run under, or None.
        trouble: whether the test takes part in the chaos of the command line.
    """
    if own is not None:
        world.scenarios.start(own)
    if chosen is not None and (own is None or own["name"] != config.stash[SCENARIOS][chosen]["name"]):
        world.scenarios.start(config.stash[SCENARIOS][chosen])
    chaos = config.stash.get(CHAOS, None)
    if chaos is not None and trouble:
        world.scenarios.chaos(chaos[1])

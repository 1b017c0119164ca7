"""Scenario files: shipped ones by name, and YAML read so that a mistake is an error that names its place."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from outlook365_emulator.faults.decode import FaultError, convert
from outlook365_emulator.faults.fault import decode_fault
from outlook365_emulator.faults.kinds.changing import Change
from outlook365_emulator.faults.match import decode_match
from outlook365_emulator.faults.until import parse_until
from outlook365_emulator.scenarios.documents import PhaseDocument, ScenarioDocument
from outlook365_emulator.worlds.reading import DocumentError, at, read_document
from outlook365_emulator.worlds.shipped import read_file, shipped_names
from outlook365_emulator.worlds.vocabulary import fault_vocabulary

LONGEST = timedelta(days=3660)
"""No phase lasts longer, so that its end lies in the calendar."""

SHORTEST_ROUND = timedelta(seconds=1)
"""What repeats by time alone takes no less: every round is gone through when the clock moves over it."""


def scenario_names() -> list[str]:
    """Return the names of the scenarios that are shipped."""
    return shipped_names("scenario")


def load_scenario_file(name_or_path: str | Path) -> ScenarioDocument:
    """Read a scenario file.

    Args:
        name_or_path: name of a shipped scenario (`throttled`), or path of a YAML or JSON file.

    Raises:
        DocumentError: there is no such scenario or file, it is no YAML, or it says something wrong; the message names
            the file and the place.
    """
    return read_file("scenario", name_or_path, read_scenario)


def read_scenario(data: object) -> ScenarioDocument:
    """Read and check a scenario, its faults and steps included.

    Args:
        data: what YAML or JSON give.

    Raises:
        DocumentError: a key is unknown or missing, a value is wrong, or a phase has no end; the place is named.
    """
    document = read_document(data, ScenarioDocument)
    names: set[str] = set()
    for i, phase in enumerate(document.phases):
        place = f"phases[{i}]"
        if phase.name in names:
            raise DocumentError(f"{place}.name", f"a phase is named {phase.name!r} already")
        names.add(phase.name)
        _check_end(phase, place, needed=document.repeat or i + 1 < len(document.phases))
        with at(place):
            _check_contents(phase)
    if document.repeat:
        _check_round(document.phases)
    return document


def _check_round(phases: list[PhaseDocument]) -> None:
    durations = [duration_of(phase) for phase in phases]
    timed = [one for one in durations if one is not None]
    if len(timed) == len(phases) and sum(timed, timedelta()) < SHORTEST_ROUND:
        raise DocumentError("repeat", "what repeats lasts a second at least, all phases together")


def duration_of(phase: PhaseDocument) -> timedelta | None:
    """Return how long a phase lasts by the world's clock, or None where requests end it or nothing does.

    Raises:
        FaultError: what it says is no duration.
    """
    found = parse_until(phase.for_, "for")
    if found is not None and not isinstance(found, timedelta):
        raise FaultError("for", f"expected a duration, got the instant {phase.for_!r}")
    if found is not None and found > LONGEST:
        raise FaultError("for", f"a phase lasts at most {LONGEST.days} days, got {phase.for_!r}")
    return found


def _check_contents(phase: PhaseDocument) -> None:
    """Read what is held as plain data; what is wrong raises a `FaultError` with its place."""
    known = fault_vocabulary()
    duration_of(phase)
    decode_match(phase.match, "match", known)
    for i, step in enumerate(phase.steps):
        convert(step, Change, f"steps[{i}]")
    for i, fault in enumerate(phase.faults):
        decode_fault(fault, f"faults[{i}]", known=known)


def _check_end(phase: PhaseDocument, place: str, *, needed: bool) -> None:
    ends = [name for name, value in (("for", phase.for_), ("requests", phase.requests)) if value is not None]
    if len(ends) == 2:
        raise DocumentError(f"{place}.requests", "give for or requests, not both: a phase has one end")
    if not ends and needed:
        raise DocumentError(place, "say how long the phase lasts: for (a duration) or requests (a number)")
    if phase.match and phase.requests is None:
        raise DocumentError(f"{place}.match", "match says which requests count: give requests too")


def plain_scenario(document: ScenarioDocument) -> dict[str, Any]:
    """Write a scenario as plain data that the control API takes."""
    import msgspec

    plain: dict[str, Any] = msgspec.to_builtins(document)
    return plain

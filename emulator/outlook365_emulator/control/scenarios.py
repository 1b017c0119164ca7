"""Scenarios of a world, changes in it, and the report of what its clients made of them."""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from outlook365_emulator.control.context import Call
from outlook365_emulator.control.problems import unknown
from outlook365_emulator.entra.world_changes import make_change
from outlook365_emulator.faults.kinds.changing import Change
from outlook365_emulator.report import ReportView, observe, report_of
from outlook365_emulator.scenarios import (
    Running,
    ScenarioDocument,
    chaos_document,
    load_scenario_file,
    read_scenario,
    scenario_names,
    start_scenario,
    stop_scenario,
)
from outlook365_emulator.scenarios.running import uses_connections
from outlook365_emulator.worlds.contents import Document, Text
from outlook365_emulator.worlds.reading import DocumentError, at


class ScenarioStart(Document):
    """A scenario to start: a shipped one by name, one of your own, or chaos.

    Attributes:
        name: name of a shipped scenario.
        document: a scenario, as a scenario file says it.
        chaos: the part of all requests that is hit by faults that a correct client survives, 0 to 1.
    """

    name: Text | None = None
    document: dict[str, Any] | None = None
    chaos: Annotated[float, Meta(ge=0, le=1, description="a number from 0 to 1")] | None = None


class ScenarioView(msgspec.Struct):
    """A scenario that runs; `phase` is null when its last phase is over."""

    name: str
    title: str | None
    phase: str | None
    connections: bool
    phases: list[str]
    faults: list[str]


class ScenarioList(msgspec.Struct):
    """The scenarios of a world."""

    scenarios: list[ScenarioView]


class ShippedScenario(msgspec.Struct):
    """A scenario that is shipped, and the mistake of a client that it brings to light."""

    name: str
    title: str | None
    finds: str | None


class ShippedList(msgspec.Struct):
    """The scenarios that are shipped."""

    scenarios: list[ShippedScenario]


class ConnectionQuestion(Document):
    """A connection that somebody is about to make.

    Attributes:
        phase: whether the name is about to be looked up, or the connection made.
        host: the host.
    """

    phase: Literal["resolve", "connect"]
    host: Annotated[str, Meta(min_length=1, max_length=255, description="a host name")]


class ConnectionView(msgspec.Struct):
    """What happens to a connection: nothing, where `kind` is null."""

    kind: str | None
    how: str | None


def list_shipped(call: Call) -> ShippedList:
    """List the scenarios that are shipped."""
    found = [load_scenario_file(name) for name in scenario_names()]
    return ShippedList([ShippedScenario(one.name, one.title, one.finds) for one in found])


def begin_scenario(call: Call, start: ScenarioStart) -> ScenarioView:
    """Start a scenario in a world; its first phase begins at once."""
    running = start_scenario(call.world, _document(start), call.context.keys, call.context.prepare_connections)
    return _view(running)


def list_scenarios(call: Call) -> ScenarioList:
    """List the scenarios that run in a world."""
    return ScenarioList([_view(running) for running in call.world.scenarios.values()])


def end_scenario(call: Call) -> None:
    """End a scenario: its faults go, what has happened stays."""
    name = call.keys["scenario"]
    if name not in call.world.scenarios:
        raise unknown("scenario", name, call.world.scenarios)
    stop_scenario(call.world, name)


def change_world(call: Call, change: Change) -> None:
    """Let something happen to people, applications or consent of a world at once."""
    with at(""):
        make_change(call.world, change, call.context.keys)


def judge_connection(call: Call, question: ConnectionQuestion) -> ConnectionView:
    """Ask the faults of a world about a connection that is about to be made; the question counts as the connection."""
    harm = call.context.judge_connection(call.world, question.phase, question.host.lower())
    return ConnectionView(harm.kind, harm.settings.get("how")) if harm is not None else ConnectionView(None, None)


def begin_report(call: Call) -> ReportView:
    """Begin to watch what the clients of a world do, and return the report so far."""
    observe(call.world)
    return report_of(call.world)


def show_report(call: Call) -> ReportView:
    """Show which operations met which faults, and what clients did."""
    return report_of(call.world)


def _document(start: ScenarioStart) -> ScenarioDocument:
    given = [name for name in ("name", "document", "chaos") if getattr(start, name) is not None]
    if len(given) != 1:
        raise DocumentError("", f"give one of name, document and chaos; got {', '.join(given) or 'none'}")
    if start.name is not None:
        if start.name not in scenario_names():
            raise unknown("scenario", start.name, scenario_names())
        return load_scenario_file(start.name)
    if start.document is not None:
        return read_scenario(start.document)
    return chaos_document(start.chaos or 0.0)


def _view(running: Running) -> ScenarioView:
    document, phase = running.document, running.phase
    return ScenarioView(
        document.name,
        document.title,
        phase.name if phase is not None else None,
        uses_connections(document),
        [one.name for one in document.phases],
        list(running.faults),
    )

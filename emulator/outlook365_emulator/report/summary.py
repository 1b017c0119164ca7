"""The report of a world: which operation met which fault, and what clients did wrong."""

import msgspec

from outlook365_emulator.report.observer import observer_of
from outlook365_emulator.store.world import World


class Cell(msgspec.Struct):
    """How often an operation met a fault."""

    operation: str
    fault: str
    count: int


class FaultSummary(msgspec.Struct):
    """A fault that is or was set, and how many requests it served."""

    name: str
    kind: str
    served: int


class OperationSummary(msgspec.Struct):
    """How often an operation was asked for."""

    operation: str
    count: int


class Findings(msgspec.Struct):
    """What clients did, by number.

    Attributes:
        honoured_waits: came back no sooner than `Retry-After` said.
        early_retries: came back sooner.
        unanswered_waits: have not come back.
        duplicate_sends: sent again what had been done, because the answer was lost.
        refused_tokens_reused: went on with a token that had been answered 401.
        refused_grants_repeated: presented a refresh token again that had been refused.
        identical_repeats: sent a request again, unchanged, that had been refused for good.
        reads_without_select: read a list without `$select`, so that every property is sent.
        beta_requests: asked Graph's beta.
    """

    honoured_waits: int = 0
    early_retries: int = 0
    unanswered_waits: int = 0
    duplicate_sends: int = 0
    refused_tokens_reused: int = 0
    refused_grants_repeated: int = 0
    identical_repeats: int = 0
    reads_without_select: int = 0
    beta_requests: int = 0


class ReportView(msgspec.Struct):
    """The report of a world.

    Attributes:
        world: its name.
        seed: its seed.
        scenarios: names of the scenarios that run or have run in it.
        observed: whether it was watched; without that the findings are empty.
        requests: number of requests.
        operations: which operations were asked for.
        faults: the faults that are or were set.
        cells: which operation met which fault.
        findings: what clients did.
        examples: for findings a few requests each.
    """

    world: str
    seed: int
    scenarios: list[str]
    observed: bool
    requests: int
    operations: list[OperationSummary]
    faults: list[FaultSummary]
    cells: list[Cell]
    findings: Findings
    examples: dict[str, list[str]]


def report_of(world: World) -> ReportView:
    """Make the report of a world."""
    observer, journal = observer_of(world), world.journal
    asked: dict[str, int] = {}
    for (operation, _), count in journal.counts.items():
        if operation:
            asked[operation] = asked.get(operation, 0) + count
    findings = Findings()
    if observer is not None:
        for name in findings.__struct_fields__:
            setattr(findings, name, observer.counts[name])
        findings.unanswered_waits = observer.unanswered
    return ReportView(
        world=world.name,
        seed=world.seed,
        scenarios=list(world.scenarios),
        observed=observer is not None,
        requests=journal.total,
        operations=[OperationSummary(name, count) for name, count in sorted(asked.items())],
        faults=[FaultSummary(one.name, one.kind, one.served) for one in world.faults.ever],
        cells=[Cell(operation, fault, count) for (operation, fault), count in sorted(journal.faulted.items())],
        findings=findings,
        examples=observer.examples if observer is not None else {},
    )

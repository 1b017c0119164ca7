"""Reports of many worlds as one: which operation met which fault and came through, and what clients did."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any

FINDINGS = (
    "honoured_waits",
    "early_retries",
    "unanswered_waits",
    "duplicate_sends",
    "refused_tokens_reused",
    "refused_grants_repeated",
    "identical_repeats",
    "reads_without_select",
    "beta_requests",
)
"""What is found of clients, as the control API names it."""

TITLES = {
    "honoured_waits": "came back no sooner than Retry-After said",
    "early_retries": "came back sooner than Retry-After said",
    "unanswered_waits": "did not come back after Retry-After",
    "duplicate_sends": "sent again what had been done, because the answer was lost",
    "refused_tokens_reused": "went on with a token that had been answered 401",
    "refused_grants_repeated": "presented a refused refresh token again",
    "identical_repeats": "repeated unchanged what had been refused for good",
    "reads_without_select": "read a list without $select",
    "beta_requests": "asked Graph's beta",
}

LIMITS = (*FINDINGS[1:], "failed", "unmet", "survived")
"""What a threshold may name; `survived` is the least percentage, all others are the greatest number."""


def run_record(name: str, outcome: str, report: Mapping[str, Any]) -> dict[str, Any]:
    """Join the report of a world with what became of the code that used it.

    Args:
        name: the test, or the command.
        outcome: `passed`, or anything else for a failure.
        report: what `World.report` returned.
    """
    return {"name": name, "outcome": outcome, **report}


def merged(records: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Merge the records of several runs.

    Args:
        records: what `run_record` returned.

    Returns:
        `runs`, `matrix` (operation, fault, and how many requests met it in how many runs that passed and failed),
        `operations`, `faults`, `unmet` (faults that no request met), `findings`, `examples`, `survived` (percent).
    """
    runs = [dict(record) for record in records]
    cells: dict[tuple[str, str], dict[str, int]] = {}
    findings = dict.fromkeys(FINDINGS, 0)
    examples: dict[str, list[str]] = {}
    served: dict[str, int] = {}
    operations: dict[str, int] = {}
    for run in runs:
        passed = run["outcome"] == "passed"
        for cell in run["cells"]:
            found = cells.setdefault((cell["operation"], cell["fault"]), {"exercised": 0, "survived": 0, "failed": 0})
            found["exercised"] += cell["count"]
            found["survived" if passed else "failed"] += 1
        for one in run["operations"]:
            operations[one["operation"]] = operations.get(one["operation"], 0) + one["count"]
        for fault in run["faults"]:
            served[fault["name"]] = served.get(fault["name"], 0) + fault["served"]
        for name in FINDINGS:
            findings[name] += run["findings"][name]
        for name, sentences in run["examples"].items():
            examples.setdefault(name, []).extend(f"{run['name']}: {sentence}" for sentence in sentences)
    met = [run for run in runs if run["cells"]]
    through = sum(run["outcome"] == "passed" for run in met)
    return {
        "runs": runs,
        "matrix": [{"operation": key[0], "fault": key[1], **cells[key]} for key in sorted(cells)],
        "operations": dict(sorted(operations.items())),
        "faults": dict(sorted(served.items())),
        "unmet": sorted(name for name, count in served.items() if not count),
        "findings": findings,
        "examples": {name: sentences[:10] for name, sentences in examples.items()},
        "met": len(met),
        "survived": round(100 * through / len(met), 1) if met else 100.0,
        "failed": len(met) - through,
    }


def parse_threshold(text: str) -> tuple[str, float]:
    """Read a threshold, `early_retries=0` or `survived=95`.

    Raises:
        ValueError: it names nothing that is counted (the nearest is told), or no number.
    """
    name, equals, number = text.partition("=")
    name = name.strip().replace("-", "_")
    if name not in LIMITS:
        near = get_close_matches(name, LIMITS, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(LIMITS)}"
        raise ValueError(f"a threshold has no {name!r}; {hint}")
    try:
        value = float(number)
    except ValueError:
        value = -1.0
    if not equals or value < 0:
        raise ValueError(f"write a threshold as {name}=NUMBER, got {text!r}")
    return name, value


def violations(report: Mapping[str, Any], thresholds: Iterable[tuple[str, float]]) -> list[str]:
    """Return a sentence for each threshold that a report does not keep.

    Args:
        report: what `merged` returned.
        thresholds: what `parse_threshold` returned.
    """
    counted = {**report["findings"], "failed": report["failed"], "unmet": len(report["unmet"])}
    found = []
    for name, limit in thresholds:
        if name == "survived":
            if report["survived"] < limit:
                found.append(f"survived: {report['survived']:g} % of the runs that met a fault, at least {limit:g} %")
        elif counted[name] > limit:
            found.append(f"{name}: {counted[name]}, at most {limit:g}")
    return found

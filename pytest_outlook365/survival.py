"""The report of what the code under test survived: gathered from every test's world, written at the end of the run."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from outlook365_emulator.client import World

RECORDS = pytest.StashKey[list[dict[str, Any]]]()
"""What the tests of this process have met."""

OUTCOME = pytest.StashKey[str]()
"""What became of a test so far."""

BROKEN = pytest.StashKey[list[str]]()
"""The thresholds that the run has not kept."""

WORKER = "outlook365_records"
"""Under which name a worker of pytest-xdist hands its records over."""


def add_options(group: pytest.OptionGroup) -> None:
    """Add the options of the report to our group of `pytest --help`."""
    group.addoption(
        "--outlook365-report",
        dest="outlook365_report",
        type=Path,
        metavar="DIR",
        help="write to this folder which operations met which faults and what the code under test did: JSON, Markdown "
        "and one HTML page; properties in JUnit XML",
    )
    group.addoption(
        "--outlook365-threshold",
        dest="outlook365_threshold",
        action="append",
        default=[],
        metavar="NAME=N",
        help="fail the run when a number of the report is above N (early_retries, duplicate_sends, "
        "refused_tokens_reused, refused_grants_repeated, identical_repeats, unanswered_waits, reads_without_select, "
        "beta_requests, failed, unmet), or when "
        "fewer than N percent of the tests that met a fault passed (survived); repeatable",
    )


def read_options(config: pytest.Config) -> None:
    """Check the thresholds.

    Raises:
        pytest.UsageError: one names nothing that is counted, or no number.
    """
    if config.getoption("outlook365_threshold"):
        try:
            _thresholds(config)
        except ValueError as error:
            raise pytest.UsageError(f"--outlook365-threshold: {error}") from None


def _thresholds(config: pytest.Config) -> list[tuple[str, float]]:
    from outlook365_emulator.client.report_merging import parse_threshold

    return [parse_threshold(text) for text in config.getoption("outlook365_threshold")]


def wanted(config: pytest.Config) -> bool:
    """Tell whether a report is wanted, or a threshold that needs one."""
    return config.getoption("outlook365_report") is not None or bool(config.getoption("outlook365_threshold"))


def begin(world: "World", config: pytest.Config) -> None:
    """Watch the world of a test where a report is wanted."""
    if wanted(config):
        world.observe()


def note_outcome(item: pytest.Item, report: pytest.TestReport) -> None:
    """Remember what became of a test: a failure stays one."""
    if item.stash.get(OUTCOME, "passed") == "passed" and report.when in ("setup", "call"):
        item.stash[OUTCOME] = report.outcome


def record(world: "World", item: pytest.Item) -> None:
    """Keep the report of a test's world, and tell JUnit what it met."""
    if not wanted(item.config):
        return
    from outlook365_emulator.client.report_merging import run_record

    found = run_record(item.nodeid, item.stash.get(OUTCOME, "passed"), world.report())
    item.config.stash.setdefault(RECORDS, []).append(found)
    met = ", ".join(f"{cell['operation']} {cell['fault']} {cell['count']}" for cell in found["cells"])
    item.user_properties += [
        ("outlook365.scenarios", ", ".join(found["scenarios"])),
        ("outlook365.seed", found["seed"]),
        ("outlook365.faults", met),
    ]
    item.user_properties += [(f"outlook365.{name}", count) for name, count in found["findings"].items() if count]


def _records(config: pytest.Config) -> list[dict[str, Any]]:
    return config.stash.get(RECORDS, [])


def collect(config: pytest.Config, output: dict[str, Any]) -> None:
    """Take over the records of a worker of pytest-xdist."""
    config.stash.setdefault(RECORDS, []).extend(output.get(WORKER, ()))


def finish(session: pytest.Session) -> None:
    """Write the report, and fail the run where a threshold is not kept."""
    config = session.config
    if not wanted(config):
        return
    records = _records(config)
    output = getattr(config, "workeroutput", None)
    if output is not None:
        output[WORKER] = records
        return
    from outlook365_emulator.client.report_merging import merged, violations
    from outlook365_emulator.client.report_pages import write_report

    report = merged(records)
    config.stash[BROKEN] = broken = violations(report, _thresholds(config))
    folder: Path | None = config.getoption("outlook365_report")
    if folder is not None:
        write_report(folder, report, broken)
    if broken and session.exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def summarize(terminal: "pytest.TerminalReporter", config: pytest.Config) -> None:
    """Say at the end where the report is, and which thresholds were not kept."""
    broken = config.stash.get(BROKEN, None)
    if broken is None:
        return
    from outlook365_emulator.client.report_merging import merged
    from outlook365_emulator.client.report_pages import summary_lines

    terminal.section("outlook365")
    for line in summary_lines(merged(_records(config)), broken):
        terminal.write_line(line, red="threshold not kept" in line)
    folder = config.getoption("outlook365_report")
    if folder is not None:
        terminal.write_line(f"report: {folder}")

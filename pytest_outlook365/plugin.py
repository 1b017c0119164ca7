"""What pytest loads: fixtures, marker, option, report. The emulator is imported when the first test asks for it."""

from collections.abc import Generator
from typing import Any

import pytest

from pytest_outlook365 import remote, survival, trouble
from pytest_outlook365.combinations import parametrize
from pytest_outlook365.fixtures import (
    _outlook365_combination,
    _outlook365_scenario,
    _outlook365_session,
    outlook365,
    outlook365_auto_advance,
    outlook365_connection,
    outlook365_emulator,
    outlook365_settings,
)
from pytest_outlook365.frozen_time import leave_emulator_alone, stop_waiting
from pytest_outlook365.marker import DESCRIPTION, MARKER
from pytest_outlook365.report import add_option, add_section
from pytest_outlook365.rewriting import import_plainly

__all__ = [
    "_outlook365_combination",
    "_outlook365_scenario",
    "_outlook365_session",
    "outlook365",
    "outlook365_auto_advance",
    "outlook365_connection",
    "outlook365_emulator",
    "outlook365_settings",
]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options to `pytest --help`."""
    group = parser.getgroup("outlook365", "pytest-outlook365")
    add_option(group)
    trouble.add_options(group)
    survival.add_options(group)
    remote.add_options(group)


def pytest_configure(config: pytest.Config) -> None:
    """Declare the marker, and leave the emulator out of assertion rewriting."""
    config.addinivalue_line("markers", DESCRIPTION)
    import_plainly(config.pluginmanager)
    leave_emulator_alone()
    trouble.read_options(config)
    survival.read_options(config)
    remote.read_options(config)


def pytest_sessionstart(session: pytest.Session) -> None:
    """Fail at once where an emulator that the tests need does not answer."""
    remote.check(session.config)


def pytest_report_header(config: pytest.Config) -> list[str]:
    """Say under what the suite runs."""
    return trouble.header(config)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test once for each auth type and environment of its marker, and for each scenario of the command line."""
    parametrize(metafunc, MARKER)
    trouble.parametrize(metafunc)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[Any]) -> Generator[None, Any, Any]:
    """Add the journal of the test's world to the report of a failure."""
    report = yield
    survival.note_outcome(item, report)
    if report.failed:
        add_section(item, report)
    return report


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take over what a worker of pytest-xdist has gathered."""
    survival.collect(node.config, getattr(node, "workeroutput", {}))


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Leave nothing behind, and write the report of what the code under test survived."""
    stop_waiting()
    survival.finish(session)


def pytest_terminal_summary(terminalreporter: "pytest.TerminalReporter", config: pytest.Config) -> None:
    """Say what the report says."""
    survival.summarize(terminalreporter, config)

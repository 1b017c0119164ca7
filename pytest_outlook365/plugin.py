"""What pytest loads: fixtures, marker, option, report. The emulator is imported when the first test asks for it."""

from collections.abc import Generator
from typing import Any

import pytest

from pytest_outlook365.combinations import parametrize
from pytest_outlook365.fixtures import (
    _outlook365_combination,
    _outlook365_session,
    outlook365,
    outlook365_connection,
    outlook365_emulator,
    outlook365_settings,
)
from pytest_outlook365.marker import DESCRIPTION, MARKER
from pytest_outlook365.report import add_option, add_section
from pytest_outlook365.rewriting import import_plainly

__all__ = [
    "_outlook365_combination",
    "_outlook365_session",
    "outlook365",
    "outlook365_connection",
    "outlook365_emulator",
    "outlook365_settings",
]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options to `pytest --help`."""
    add_option(parser)


def pytest_configure(config: pytest.Config) -> None:
    """Declare the marker, and leave the emulator out of assertion rewriting."""
    config.addinivalue_line("markers", DESCRIPTION)
    import_plainly(config.pluginmanager)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test once for each auth type and environment that its marker asks for."""
    parametrize(metafunc, MARKER)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[Any]) -> Generator[None, Any, Any]:
    """Add the journal of the test's world to the report of a failure."""
    report = yield
    if report.failed:
        add_section(item, report)
    return report

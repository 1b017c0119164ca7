"""What every folder of tests may ask for."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# Here and not in tests/plugin: pytest takes plugins from the first conftest only.
pytest_plugins = ["pytester"]

LONG = os.environ.get("OUTLOOK365_LONG") == "1"

# Deadlines are off: two workers share two cores. A failure prints the blob that reproduces it.
settings.register_profile("quick", max_examples=50, deadline=None, print_blob=True)
settings.register_profile(
    "long", max_examples=2000, deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("long" if LONG else "quick")

ROOT = Path(__file__).resolve().parent.parent


def pytest_report_header() -> str:
    """Say which form of the long runs this is."""
    return f"long runs: {'full (OUTLOOK365_LONG=1)' if LONG else 'small form'}"


@pytest.fixture(scope="session")
def repository() -> Path:
    """The root of the repository."""
    return ROOT


@pytest.fixture(scope="session")
def amount() -> Callable[[int, int], int]:
    """`amount(20, 2000)` is 20, and 2000 in a long run (`make test-all`)."""

    def choose(quick: int, long: int) -> int:
        return long if LONG else quick

    return choose


@pytest.fixture(scope="session")
def needs() -> Callable[[str], str]:
    """`needs("node")` is the path of the program, and skips where it is missing; `needs("root")` asks for the rights.

    With `REQUIRE_ALL=1` a missing one fails the test. `needs("browser")` is any Chromium, `needs("image")` the name
    of the container image that `make image` has built. Tests that need node, a
    browser or root carry the marker `system` as well.
    """
    names = {"browser": ("chromium", "chromium-browser", "google-chrome", "chrome")}

    def find(tool: str) -> str:
        if tool == "image":
            found = os.environ.get("OUTLOOK365_IMAGE")
        elif tool == "root":
            found = "root" if hasattr(os, "geteuid") and os.geteuid() == 0 else None
        else:
            found = next(filter(None, map(shutil.which, names.get(tool, (tool,)))), None)
        if found:
            return found
        reason = f"this test needs {tool}, which is not here"
        if os.environ.get("REQUIRE_ALL") == "1":
            pytest.fail(f"{reason}, and REQUIRE_ALL=1 accepts no skip", pytrace=False)
        pytest.skip(reason)

    return find

"""What the fixture costs: added milliseconds per test, the first use, and the import of the plugin in other runs.

Run `python benchmarks/fixture.py [--json] [--tests N]`. A run of pytest in a fresh process has N tests that ask for
`outlook365` and make a user and an application with a secret, and N empty ones, in turn. Budgets: 2 ms a test (median),
100 ms for the first use, 3 ms for the import.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from typing import Any

CONFTEST = """
import json, time
import pytest

@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item, nextitem):
    start = time.perf_counter()
    result = yield
    item.config.stash.setdefault(TIMES, []).append((item.name, time.perf_counter() - start))
    return result

TIMES = pytest.StashKey()

def pytest_sessionfinish(session):
    with open("times.json", "w") as file:
        json.dump(session.config.stash[TIMES], file)
"""

TESTS = """
import pytest

@pytest.mark.parametrize("number", range({number}))
def test_empty(number):
    assert number >= 0

@pytest.mark.parametrize("number", range({number}))
def test_world(outlook365, number):
    user = outlook365.tenant.add_user("ada")
    app = outlook365.tenant.add_app(auth="client_credentials", permissions=["Mail.Read"])
    assert user.upn
    assert app.client_secret
"""

IMPORT = """
import sys, time
import pytest, _pytest.fixtures, _pytest.stash
start = time.perf_counter()
import pytest_outlook365.plugin
print((time.perf_counter() - start) * 1000)
"""


def run_tests(number: int) -> dict[str, list[float]]:
    """Run pytest in a process of its own and return the milliseconds of each test, by the name of its function."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "pytest.ini").write_text("[pytest]\n")
        (folder / "conftest.py").write_text(CONFTEST)
        (folder / "test_fixture.py").write_text(TESTS.format(number=number))
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:randomly",
            "-p",
            "no:cacheprovider",
            "-p",
            "no:xdist",
        ]
        ended = subprocess.run(command, cwd=folder, capture_output=True, text=True)
        if ended.returncode:
            raise SystemExit(ended.stdout + ended.stderr)
        found: dict[str, list[float]] = {}
        for test, seconds in json.loads((folder / "times.json").read_text()):
            found.setdefault(test.partition("[")[0], []).append(seconds * 1000)
        return found


def import_milliseconds(rounds: int = 7) -> float:
    """Return the milliseconds that the plugin's import adds where pytest is imported; the best of several processes."""
    times = []
    for _ in range(rounds):
        ended = subprocess.run([sys.executable, "-c", IMPORT], capture_output=True, text=True, check=True)
        times.append(float(ended.stdout))
    return min(times)


def measure(number: int) -> dict[str, Any]:
    """Measure everything.

    Args:
        number: how many tests of each kind.

    Returns:
        Milliseconds by name.
    """
    times = run_tests(number)
    empty, world = median(times["test_empty"]), times["test_world"]
    return {
        "tests": number,
        "added_ms_median": round(median(world[1:]) - empty, 3),
        "added_ms_90th": round(sorted(world[1:])[int(len(world) * 0.9) - 1] - empty, 3),
        "empty_test_ms_median": round(empty, 3),
        "first_use_ms": round(world[0] - empty, 1),
        "plugin_import_ms": round(import_milliseconds(), 2),
    }


def main() -> None:
    """Print the measurements as a table or as JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--tests", type=int, default=200, help="number of tests of each kind")
    given = parser.parse_args()
    results = measure(given.tests)
    if given.json:
        print(json.dumps(results))
        return
    for name, value in results.items():
        print(f"{name:<24}{value:>10}")


if __name__ == "__main__":
    main()

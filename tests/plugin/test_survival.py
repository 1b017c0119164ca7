"""The report of a run: files, JUnit properties, thresholds, and what workers of pytest-xdist bring together."""

import json
from collections.abc import Callable
from typing import Any

import pytest

Run = Callable[..., pytest.RunResult]

SUITE = """
    import pytest

    @pytest.fixture
    def graph(outlook365):
        app = outlook365.tenant.add_app(auth="client_credentials", permissions=["User.Read.All"])
        with outlook365.graph(app) as client:
            yield client

    def test_patient(outlook365, graph):
        outlook365.faults.add("throttled", name="busy", times=1, retry_after=5)
        assert graph.get("/users").status_code == 429
        outlook365.clock.advance(seconds=5)
        assert graph.get("/users").status_code == 200

    def test_hasty(outlook365, graph):
        outlook365.faults.add("throttled", name="busy", times=1, retry_after=5)
        outlook365.faults.add(kind="latency", name="never", seconds=1, match={"operation": "mail.*"})
        graph.get("/users")
        assert graph.get("/users").status_code == 200

    def test_fails(outlook365, graph):
        outlook365.faults.add("service_unavailable", name="down")
        assert graph.get("/users").status_code == 200

    def test_calm(outlook365, graph):
        assert graph.get("/users").status_code == 200
"""


def report_of(pytester: pytest.Pytester) -> Any:
    return json.loads(pytester.path.joinpath("out", "outlook365-report.json").read_text())


@pytest.mark.parametrize("workers", [[], ["-n", "2"]], ids=["alone", "n2"])
def test_what_met_what_and_came_through(run: Run, pytester: pytest.Pytester, workers: list[str]) -> None:
    result = run(SUITE, "--outlook365-report", "out", *workers, plugins=("xdist",))
    result.assert_outcomes(passed=3, failed=1)
    report = report_of(pytester)
    assert report["matrix"] == [
        {"operation": "people.users.list", "fault": "busy", "exercised": 2, "survived": 2, "failed": 0},
        {"operation": "people.users.list", "fault": "down", "exercised": 1, "survived": 0, "failed": 1},
    ]
    assert report["unmet"] == ["never"]
    assert (report["met"], report["failed"], report["survived"]) == (3, 1, 66.7)
    assert report["findings"]["early_retries"] == 1
    assert report["findings"]["honoured_waits"] == 1
    assert "told to wait 5 s" in report["examples"]["early_retries"][0]
    page = pytester.path.joinpath("out", "outlook365-report.html").read_text()
    assert "<td class=failed>failed 1" in page
    assert "src=" not in page
    text = pytester.path.joinpath("out", "outlook365-report.md").read_text()
    assert "| `people.users.list` | `busy` | 2 | 2 | 0 |" in text
    assert "Never met: `never`" in text


def test_junit_carries_properties(run: Run, pytester: pytest.Pytester) -> None:
    run(SUITE, "--outlook365-report", "out", "--junitxml", "junit.xml")
    xml = pytester.path.joinpath("junit.xml").read_text()
    assert '<property name="outlook365.faults" value="people.users.list busy 1"' in xml
    assert '<property name="outlook365.early_retries" value="1"' in xml


@pytest.mark.parametrize(
    ("threshold", "kept"),
    [
        ("early_retries=0", False),
        ("early_retries=1", True),
        ("duplicate_sends=0", True),
        ("unmet=0", False),
        ("survived=100", True),
        ("failed=0", True),
    ],
)
def test_a_threshold_fails_a_run_whose_tests_passed(run: Run, threshold: str, kept: bool) -> None:
    result = run(SUITE, "-k", "patient or hasty or calm", "--outlook365-threshold", threshold)
    result.assert_outcomes(passed=3, deselected=1)
    assert result.ret == (pytest.ExitCode.OK if kept else pytest.ExitCode.TESTS_FAILED)
    lines = result.stdout.str()
    assert ("threshold not kept" in lines) is not kept


def test_without_the_options_nothing_is_watched(run: Run) -> None:
    suite = """
        def test_it(outlook365):
            assert outlook365.report()["observed"] is False
    """
    result = run(suite)
    result.assert_outcomes(passed=1)
    assert "met a fault" not in result.stdout.str()

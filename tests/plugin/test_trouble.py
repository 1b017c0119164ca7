"""The options `--outlook365-scenario` and `--outlook365-chaos`: what a suite runs under."""

import re
from collections.abc import Callable

import pytest

Run = Callable[..., pytest.RunResult]

SUITE = """
    def test_reads(outlook365):
        app = outlook365.tenant.add_app(auth="client_credentials", permissions=["User.Read.All"])
        with outlook365.graph(app) as graph:
            statuses = [graph.get("/users").status_code for _ in range(5)]
        print("statuses", *statuses)
        assert statuses == [200] * 5

    def test_elsewhere():
        assert True
"""


def test_the_suite_runs_under_each_scenario(run: Run) -> None:
    result = run(SUITE, "-v", "--outlook365-scenario", "outage", "--outlook365-scenario", "webhook_lost")
    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines(["*test_reads?outage? FAILED*", "*test_reads?webhook_lost? PASSED*"])
    result.stdout.fnmatch_lines(["*statuses 200 200 200 503 503*"])


def test_a_scenario_of_ones_own(run: Run, pytester: pytest.Pytester) -> None:
    fault = "{kind: error, match: {service: graph}, with: {status: 502}}"
    document = f"name: down\nphases:\n- name: down\n  faults:\n  - {fault}\n"
    pytester.path.joinpath("down.yaml").write_text(document)
    run(SUITE, "--outlook365-scenario", "down.yaml").assert_outcomes(passed=1, failed=1)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--outlook365-scenario", "outrage"], "no scenario is named *outage*"),
        (["--outlook365-chaos", "7:2"], "a rate from 0 to 1"),
        (["--outlook365-chaos", ":0.5"], "expected SEED"),
        (["--outlook365-threshold", "early_retry=0"], "did you mean 'early_retries'"),
        (["--outlook365-threshold", "early_retries"], "early_retries=NUMBER"),
    ],
)
def test_a_wrong_option_ends_the_run_at_once(run: Run, options: list[str], said: str) -> None:
    result = run(SUITE, *options)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"*{said}*"])


def test_the_marker_names_a_scenario_and_keeps_others_away(run: Run) -> None:
    suite = """
        import pytest

        @pytest.mark.outlook365(scenario="secret_expired", trouble=False)
        def test_own(outlook365):
            app = outlook365.tenant.add_app(auth="client_credentials", permissions=["User.Read.All"])
            outlook365.graph(app).close()
            assert [one.name for one in outlook365.scenarios] == ["secret_expired"]
            with pytest.raises(Exception, match="7000222"):
                outlook365.graph(app)
    """
    run(suite, "--outlook365-scenario", "outage", "--outlook365-chaos", "1").assert_outcomes(passed=1)


def test_a_misspelt_scenario_of_the_marker_fails_the_test(run: Run) -> None:
    suite = """
        import pytest

        @pytest.mark.outlook365(scenario="trottled")
        def test_it(outlook365):
            pass
    """
    result = run(suite)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*no scenario is named *throttled*"])


CHAOS = """
    import pytest

    @pytest.mark.parametrize("number", range(3))
    def test_reads(outlook365, number):
        app = outlook365.tenant.add_app(auth="client_credentials", permissions=["User.Read.All"])
        outlook365.clock.freeze(at="2026-03-02T09:00:00Z")
        with outlook365.graph(app) as graph:
            for _ in range(20):
                try:
                    graph.get("/users")
                except Exception:
                    pass
        print("JOURNAL", number, [(one.operation, one.status, one.fault) for one in outlook365.journal])
"""


@pytest.mark.parametrize("workers", [[], ["-n", "2"]], ids=["alone", "n2"])
def test_the_same_seed_hits_the_same_requests(run: Run, workers: list[str]) -> None:
    def journals(seed: str) -> list[str]:
        result = run(CHAOS, "-rP", "--outlook365-chaos", seed, *workers, plugins=("xdist",))
        result.assert_outcomes(passed=3)
        return sorted(set(re.findall(r"JOURNAL.*", result.stdout.str())))

    first = journals("11:0.5")
    assert len(first) == 3
    assert "chaos." in first[0]
    assert journals("11:0.5") == first
    assert journals("12:0.5") != first


def test_the_header_says_how_to_repeat_a_run(run: Run) -> None:
    result = run(SUITE, "--outlook365-chaos", "nightly:0", "--outlook365-scenario", "webhook_lost")
    result.stdout.fnmatch_lines(
        ["*outlook365 scenarios: webhook_lost*", "*--outlook365-chaos nightly:0*"],
    )


def test_the_marker_sets_faults(run: Run) -> None:
    suite = """
        import pytest

        BUSY = {"kind": "error", "name": "busy", "match": {"service": "graph"}, "with": {"error": "throttled"}}

        @pytest.mark.outlook365(faults=[BUSY, {"kind": "latency", "with": {"seconds": 0}}])
        def test_right(outlook365):
            assert [fault.name for fault in outlook365.faults] == ["busy", "latency-1"]

        @pytest.mark.outlook365(faults=["throttled"])
        def test_by_name(outlook365):
            assert len(outlook365.faults) == 1

        @pytest.mark.outlook365(faults=["trottled"])
        def test_wrong(outlook365):
            pass

        @pytest.mark.outlook365(faults="throttled")
        def test_no_list(outlook365):
            pass
    """
    result = run(suite)
    result.assert_outcomes(passed=2, errors=2)
    result.stdout.fnmatch_lines(["*faults?0?: *throttled*", "*faults is a list*"])

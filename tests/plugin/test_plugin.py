"""What pytest sees of the plugin: help, fixtures, markers, and nothing where nobody asks."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import pytest_outlook365

Run = Callable[..., pytest.RunResult]


def test_help_has_a_group(run: Run) -> None:
    text = run("", "--help").stdout.str()
    assert "pytest-outlook365:" in text
    assert "--outlook365-journal=N" in text


def test_the_oldest_pytest_has_all_that_loading_needs() -> None:
    code = """
import pytest
for name in "ParameterSet RaisesExc RaisesGroup ScopeName SubtestReport Subtests TerminalReporter".split():
    vars(pytest).pop(name, None)  # pytest 8.2 has none of these
import pytest_outlook365.plugin
"""
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert ended.returncode == 0, ended.stderr


def test_fixtures_and_marker_are_described(run: Run) -> None:
    fixtures = run("", "--fixtures").stdout.str()
    for name in ("outlook365 --", "outlook365_emulator [session scope]", "outlook365_settings [session scope]"):
        assert name in fixtures
    assert "_outlook365_session" not in fixtures
    assert "@pytest.mark.outlook365(*, auth=None, environment='global'" in run("", "--markers").stdout.str()


def test_a_run_without_the_fixture_loads_nothing_of_the_emulator(run: Run) -> None:
    result = run(
        """
        import socket, sys

        def test_it():
            assert not [name for name in sys.modules if name.startswith("outlook365_emulator")]
            assert socket.getaddrinfo.__module__ == "socket"
        """,
        "--strict-markers",
    )
    result.assert_outcomes(passed=1)


def test_the_emulator_is_imported_without_assertion_rewriting(run: Run) -> None:
    result = run(
        """
        import sys

        def test_it(outlook365, request):
            own = [module for name, module in sys.modules.items() if name.startswith("outlook365_emulator")]
            assert len(own) > 50
            rewritten = [module.__name__ for module in own if "rewrite" in type(module.__spec__.loader).__module__]
            assert rewritten == []
        """,
        conftest="""
        import pytest

        @pytest.hookimpl(tryfirst=True)
        def pytest_configure(config):
            # What pytest does with the distribution of a plugin that is installed as a wheel.
            hook = config.pluginmanager.rewrite_hook
            hook.mark_rewrite("outlook365_emulator", "outlook365_fixtures")
            assert "outlook365_emulator" in hook._must_rewrite
        """,
    )
    result.assert_outcomes(passed=1)


def test_the_emulator_starts_with_the_first_test_that_asks_and_is_one_for_all(run: Run) -> None:
    result = run(
        """
        import sys
        import pytest
        seen = []

        def test_before():
            assert "outlook365_emulator.emulator" not in sys.modules

        @pytest.mark.parametrize("number", [1, 2, 3])
        def test_it(outlook365, outlook365_emulator, number):
            seen.append((outlook365.http_url, outlook365.name))
            assert outlook365_emulator.worlds == [outlook365.name]
            assert outlook365_emulator.http_url == outlook365.http_url

        def test_after(outlook365_emulator):
            assert len({url for url, _ in seen}) == 1
            assert len({name for _, name in seen}) == 3
            assert outlook365_emulator.worlds == []
        """
    )
    result.assert_outcomes(passed=5)


@pytest.mark.parametrize("settings", ["", "subprocess=True"])
def test_settings_can_be_overridden(run: Run, unused_port: int, settings: str) -> None:
    result = run(
        f"""
        import httpx

        def test_it(outlook365):
            assert outlook365.http_url == "http://127.0.0.1:{unused_port}"
            ada = outlook365.tenant.add_user("ada")
            assert httpx.get("https://graph.microsoft.com/v1.0/me").status_code == 401
        """,
        conftest=f"""
        import pytest
        from pytest_outlook365 import Settings

        @pytest.fixture(scope="session")
        def outlook365_settings():
            return Settings(port={unused_port}, {settings})
        """,
    )
    result.assert_outcomes(passed=1)


@pytest.mark.parametrize("name", pytest_outlook365.__all__)
def test_names_are_loaded_when_they_are_asked_for(name: str) -> None:
    assert getattr(pytest_outlook365, name).__name__ == name


def test_a_name_that_is_not_there() -> None:
    assert not hasattr(pytest_outlook365, "Wrold")
    assert set(pytest_outlook365.__all__) <= set(dir(pytest_outlook365))


def test_everything_is_put_back_at_the_end(run: Run, pytester: pytest.Pytester) -> None:
    result = run(
        "def test_it(outlook365):\n    pass\n",
        conftest="""
        import os, socket, ssl, sys, threading
        from pathlib import Path

        before = (socket.getaddrinfo, socket.socket.connect, ssl.SSLContext.wrap_socket, list(sys.meta_path))

        def pytest_unconfigure():
            assert before[:3] == (socket.getaddrinfo, socket.socket.connect, ssl.SSLContext.wrap_socket)
            assert sys.meta_path == [finder for finder in sys.meta_path if "outlook365" not in type(finder).__module__]
            for thread in threading.enumerate():
                if thread is not threading.main_thread():
                    thread.join(10)  # a stop does not wait for the signing key that is being made
            assert threading.active_count() == 1
            Path("checked").touch()
        """,
    )
    result.assert_outcomes(passed=1)
    assert (pytester.path / "checked").exists(), result.stderr.str()


def test_between_tests_nothing_is_intercepted(run: Run) -> None:
    result = run(
        """
        import os, socket

        def looked_up():
            try:
                return socket.getaddrinfo("graph.microsoft.com", 443, socket.AF_INET)[0][4][0]
            except OSError:
                return "no network"

        def test_with(outlook365, monkeypatch):
            assert looked_up().startswith("127.36.5.")
            assert "graph.microsoft.com" in os.environ["NO_PROXY"]

        def test_without():
            assert not looked_up().startswith("127.36.5.")
            assert os.environ["NO_PROXY"] == "mine.example"

        def test_again(outlook365):
            assert looked_up().startswith("127.36.5.")
        """,
        conftest="""
        import os
        os.environ.update(HTTPS_PROXY="http://127.0.0.1:1", NO_PROXY="mine.example", no_proxy="mine.example")
        """,
    )
    result.assert_outcomes(passed=3)


def test_the_type_marker_is_shipped() -> None:
    assert (Path(sys.modules["pytest_outlook365"].__file__ or "").parent / "py.typed").exists()

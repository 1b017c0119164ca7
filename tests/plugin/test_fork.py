"""A test that forks: the child reaches the emulator of its parent, and neither disturbs the other."""

from collections.abc import Callable

import pytest

Run = Callable[..., pytest.RunResult]


def test_a_child_reaches_the_world_and_the_parent_goes_on(run: Run) -> None:
    result = run(
        """
        import os
        import requests

        def test_it(outlook365):
            outlook365.tenant.add_user("ada")
            child = os.fork()
            if child == 0:
                code = 1
                try:
                    assert requests.get("https://graph.microsoft.com/v1.0/me").status_code == 401
                    outlook365.tenant.add_user("bob")
                    code = 0
                finally:
                    os._exit(code)
            assert os.waitpid(child, 0)[1] == 0
            assert [user.upn.partition("@")[0] for user in outlook365.tenant.users] == ["ada", "bob"]
            assert requests.get("https://graph.microsoft.com/v1.0/me").status_code == 401
            assert len(outlook365.journal) == 2

        def test_afterwards(outlook365):
            assert requests.get("https://graph.microsoft.com/v1.0/me").status_code == 401
        """
    )
    result.assert_outcomes(passed=2)


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_processes_of_multiprocessing(run: Run, method: str) -> None:
    result = run(
        f"""
        import multiprocessing, os
        import requests

        def ask(answers):
            answers.put(requests.get("https://graph.microsoft.com/v1.0/me", timeout=10).status_code)

        def test_it(outlook365, monkeypatch):
            for name, value in outlook365.env.items():
                monkeypatch.setenv(name, value)
            context = multiprocessing.get_context("{method}")
            answers = context.Queue()
            process = context.Process(target=ask, args=(answers,))
            process.start()
            assert answers.get(timeout=30) == 401
            process.join()
            assert process.exitcode == 0
            assert len(outlook365.journal) == 1
        """
    )
    result.assert_outcomes(passed=1)

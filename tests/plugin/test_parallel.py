"""Processes, threads, any order: tests share an emulator, never a world."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import requests
from outlook365_emulator.client import Control, World

Run = Callable[..., pytest.RunResult]

SUITE = """
import httpx
import pytest

@pytest.mark.parametrize("number", range(6))
def test_it(outlook365, number):
    ada = outlook365.tenant.add_user("ada")
    ada.mailbox.receive(subject=f"mail {number}")
    app = outlook365.tenant.add_app(auth="client_credentials", permissions=["Mail.Read"])
    form = {"grant_type": "client_credentials", "client_id": app.client_id, "client_secret": app.client_secret}
    form["scope"] = "https://graph.microsoft.com/.default"
    token = httpx.post(f"{app.authority}/oauth2/v2.0/token", data=form).json()["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    found = httpx.get(f"https://graph.microsoft.com/v1.0/users/{ada.upn}/messages", headers=headers).json()["value"]
    assert [message["subject"] for message in found] == [f"mail {number}"]

def test_plain():
    pass
"""


def test_two_processes(run: Run) -> None:
    run(SUITE, "-n", "2", plugins=("xdist",)).assert_outcomes(passed=7)


@pytest.mark.parametrize("seed", [1, 2])
def test_any_order(run: Run, seed: int) -> None:
    run(SUITE, "-p", "randomly", f"--randomly-seed={seed}", plugins=("randomly",)).assert_outcomes(passed=7)


def test_a_run_that_is_stopped_in_the_middle_ends(run: Run) -> None:
    result = run(SUITE.replace("token = ", "assert number < 3\n    token = "), "-x")
    result.assert_outcomes(passed=3, failed=1)


def test_fifty_threads_each_with_a_world_of_its_own(outlook365: World, outlook365_emulator: Control) -> None:
    """Their clocks are hours apart, and each code under test uses the real host names at the same time."""
    start = datetime(2026, 3, 2, tzinfo=UTC)
    barrier = threading.Barrier(50)
    wrong: list[str] = []

    def work(number: int) -> None:
        world = outlook365_emulator.add_world(
            clock={"start": start, "frozen": True},
            tenants=[
                {"users": [{"name": "ada"}], "apps": [{"auth": "client_credentials", "permissions": ["Mail.Read"]}]}
            ],
        )
        (app,), (ada,) = world.tenant.apps, world.tenant.users
        barrier.wait(60)
        world.clock.advance(hours=number)
        ada.mailbox.receive(subject=f"mail {number}")
        form = {"grant_type": "client_credentials", "client_id": app.client_id, "client_secret": app.client_secret}
        form["scope"] = "https://graph.microsoft.com/.default"
        token = requests.post(f"{app.authority}/oauth2/v2.0/token", data=form, timeout=60).json()["access_token"]
        url = f"https://graph.microsoft.com/v1.0/users/{ada.upn}/messages"
        found = requests.get(url, headers={"Authorization": f"Bearer {token}"}, timeout=60).json()["value"]
        due = (start + timedelta(hours=number)).strftime("%Y-%m-%dT%H:%M:%SZ")
        if [(one["subject"], one["receivedDateTime"]) for one in found] != [(f"mail {number}", due)]:
            wrong.append(f"{number}: {found}")
        if len(world.journal) != 2:
            wrong.append(f"{number}: {world.journal}")
        world.drop()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert barrier.broken is False
    assert outlook365_emulator.worlds == [outlook365.name]
    assert len(outlook365.journal) == 0


def test_where_a_second_world_lives_the_connection_leads_to_the_test_s(
    outlook365: World, outlook365_emulator: Control
) -> None:
    requests.get("https://graph.microsoft.com/v1.0/me", timeout=10)
    other = outlook365_emulator.add_world(tenants=[{}])
    requests.get("https://graph.microsoft.com/v1.0/me", timeout=10)
    other.drop()
    assert [entry.placed for entry in outlook365.journal] == ["unplaced", "lead"]
    assert len(outlook365_emulator.worlds) == 1


def test_code_under_test_may_use_threads(run: Run) -> None:
    result = run(
        """
        from concurrent.futures import ThreadPoolExecutor
        import requests

        def test_it(outlook365):
            with ThreadPoolExecutor(8) as pool:
                asked = pool.map(lambda _: requests.get("https://graph.microsoft.com/v1.0/me").status_code, range(40))
                users = pool.map(lambda number: outlook365.tenant.add_user(f"user{number}").upn, range(40))
                assert set(asked) == {401}
                assert len(set(users)) == 40
            assert len(outlook365.journal) == 40
        """
    )
    result.assert_outcomes(passed=1)

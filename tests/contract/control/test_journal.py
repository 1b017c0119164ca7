"""The journal over the control API."""

from typing import Any

import pytest
from outlook365_emulator.journal import Entry

Api = Any


@pytest.fixture
def filled(api: Api, world: str) -> str:
    """Path of a journal with four entries."""
    journal = api.emulator.hosting.by_name(world.rpartition("/")[2]).journal
    for operation, status, code in (
        ("mail.messages.list", 200, ""),
        ("mail.messages.get", 404, "ErrorItemNotFound"),
        ("mail.messages.list", 403, "ErrorAccessDenied"),
        ("", 501, "NotEmulated"),
    ):
        journal.add(
            Entry(method="GET", url="https://graph.microsoft.com/x", operation=operation, status=status, code=code)
        )
    return f"{world}/journal"


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("", [1, 2, 3, 4]),
        ("?since=2", [3, 4]),
        ("?operation=mail.messages.list", [1, 3]),
        ("?status=403", [3]),
        ("?since=1&operation=mail.messages.list&status=200", []),
    ],
)
def test_entries_are_chosen(api: Api, filled: str, query: str, numbers: list[int]) -> None:
    assert [one["number"] for one in api("GET", filled + query)["entries"]] == numbers


def test_counts_and_what_is_not_emulated(api: Api, filled: str) -> None:
    shown = api("GET", filled)
    assert (shown["total"], shown["dropped"]) == (4, 0)
    assert shown["not_emulated"] == {"GET https://graph.microsoft.com/x": 1}
    assert {"operation": "mail.messages.get", "status": 404, "count": 1} in shown["counts"]


def test_a_journal_is_not_cleared(api: Api, filled: str) -> None:
    assert api.refused("DELETE", filled, status=405)["code"] == "method_not_allowed"


@pytest.mark.parametrize("query", ["?since=x", "?status=-1", "?status=²", "?sinc=1"])
def test_bad_queries(api: Api, filled: str, query: str) -> None:
    assert api.refused("GET", filled + query, status=400)["code"] == "bad_query"


def test_the_least_privileges(api: Api, world: str) -> None:
    journal = api.emulator.hosting.by_name(world.rpartition("/")[2]).journal
    for operation in ("mail.messages.list", "mail.messages.get", "mail.messages.list"):
        journal.add(
            Entry(service="graph", operation=operation, status=200, application="a1", permissions=["Mail.ReadWrite"])
        )
    found = api("GET", f"{world}/journal/privileges")
    (one,) = found["applications"]
    assert (one["application"], one["kind"]) == ("a1", "application")
    assert (one["least"], one["held"], one["excess"]) == (["Mail.ReadBasic"], ["Mail.ReadWrite"], ["Mail.ReadWrite"])
    assert {need["operation"]: need["calls"] for need in one["needs"]} == {
        "GET /users/{user}/messages": 2,
        "GET /users/{user}/messages/{message}": 1,
    }
    assert found["dropped"] == 0

from typing import Any

import pytest
from outlook365_emulator.client.connection import Connection
from outlook365_emulator.client.journal import Journal, JournalEntry, entry_of

REFUSED = {
    "number": 2,
    "method": "GET",
    "url": "https://graph.microsoft.com/v1.0/me/messages",
    "operation": "mail.messages.list",
    "status": 403,
    "code": "ErrorAccessDenied",
    "reason": "the token may not read mail",
    "user": "ada@contoso.example",
    "permissions": ["User.Read"],
    "missing": ["Mail.ReadBasic", "Mail.Read"],
    "fault": "",
}


def answer(*entries: dict[str, Any], total: int) -> tuple[int, dict[str, Any]]:
    counts = [{"operation": "mail.messages.list", "status": 403, "count": 1}]
    found = {"entries": list(entries), "total": total, "dropped": 0, "not_emulated": {}, "counts": counts}
    return 200, found


def test_a_refusal_is_explained() -> None:
    assert str(entry_of(REFUSED)) == (
        "  2  403  GET https://graph.microsoft.com/v1.0/me/messages  mail.messages.list  ErrorAccessDenied"
        "  ada@contoso.example\n"
        "    the token may not read mail\n"
        "    the token has: User.Read\n"
        "    any one of these would do: Mail.ReadBasic, Mail.Read"
    )


def test_a_token_without_permissions() -> None:
    assert "the token has: no permission" in str(entry_of({**REFUSED, "permissions": []}))


def test_a_plain_answer_is_one_line() -> None:
    entry = JournalEntry(number=1, method="POST", url="https://x/token", status=200, application="c0")
    assert str(entry) == "  1  200  POST https://x/token  application c0"


def test_a_fault_is_named() -> None:
    assert str(JournalEntry(status=429, fault="throttled")).endswith("\n    fault: throttled")


def test_keys_of_a_newer_emulator_are_left_out() -> None:
    assert entry_of({"status": 200, "colour": "blue"}).status == 200


def test_find(connection: Connection, server: Any) -> None:
    server.answers = [answer({"number": 1, "status": 200}, REFUSED, total=2)] * 2
    journal = Journal(connection, "/worlds/w")
    assert [entry.number for entry in journal.find(status=403)] == [2]
    assert journal.find(status=403, operation="other") == []


def test_find_by_what_is_not_there_names_the_nearest(connection: Connection) -> None:
    with pytest.raises(TypeError, match="no 'statsu'; did you mean 'status'"):
        Journal(connection, "/worlds/w").find(statsu=403)


def test_the_last_entries_say_how_many_are_missing(connection: Connection, server: Any) -> None:
    server.answers = [answer({"number": 1, "status": 200}, REFUSED, total=2)]
    first, second, *_ = Journal(connection, "/worlds/w").text(last=1).splitlines()
    assert first == "(1 earlier requests are not shown)"
    assert second.startswith("  2  403")


def test_an_empty_journal_says_so(connection: Connection, server: Any) -> None:
    server.answers = [answer(total=0)]
    assert str(Journal(connection, "/worlds/w")) == "no request reached this world"


def test_counts_and_length_ask_for_no_entries(connection: Connection, server: Any) -> None:
    server.answers = [answer(total=7), answer(total=7)]
    journal = Journal(connection, "/worlds/w")
    assert len(journal) == 7
    assert journal.counts == {("mail.messages.list", 403): 1}
    assert all("since=" in asked.target for asked in server.asked)


def test_the_least_privileges(connection: Connection, server: Any) -> None:
    need = {"operation": "GET /users/{user}/messages", "scheme": "work", "opens": ["Mail.Read"], "calls": 2}
    row = {"application": "a1", "kind": "delegated", "least": ["Mail.Read"], "held": ["Mail.Read"], "excess": []}
    document = {**row, "needs": [need, {**need, "scheme": "shared", "calls": 1}]}
    server.answers = [(200, {"applications": [document], "dropped": 0})]
    (found,) = Journal(connection, "/worlds/w").least_privileges()
    assert (found.least, found.excess, found.calls) == (("Mail.Read",), (), {"GET /users/{user}/messages": 3})
    assert str(found).splitlines() == [
        "application a1 (delegated permissions)",
        "  least:  Mail.Read",
        "  held:   Mail.Read",
        "  excess: nothing",
        "    3 x GET /users/{user}/messages",
    ]

"""The least privileges: computed from what was called, compared with what was held."""

import pytest
from outlook365_emulator.graph import service  # noqa: F401 - importing it declares the operations
from outlook365_emulator.graph.least_privilege import least_privileges, smallest
from outlook365_emulator.journal import Entry

ADA = "ada@contoso.example"


def entry(operation: str, *permissions: str, user: str = ADA, mailbox: str = "", **more: object) -> Entry:
    given = {"service": "graph", "status": 200, "application": "app", **more}
    return Entry(operation=operation, user=user, mailbox=mailbox, permissions=list(permissions), **given)


@pytest.mark.parametrize(
    ("operations", "least"),
    [
        (["mail.messages.list"], {"Mail.ReadBasic"}),
        (["mail.messages.list", "mail.messages.update"], {"Mail.ReadWrite"}),
        (["mail.messages.list", "mail.submissions.send_mail"], {"Mail.ReadBasic", "Mail.Send"}),
        (["mail.messages.create", "mail.submissions.send_mail", "mail.messages.get"], {"Mail.ReadWrite", "Mail.Send"}),
        (["people.users.get"], {"User.Read"}),
    ],
)
def test_the_least_of_a_person(operations: list[str], least: set[str]) -> None:
    held = ("Mail.ReadWrite", "Mail.Send", "User.ReadWrite.All", "openid")
    found = least_privileges(entry(one, *held) for one in operations)
    assert [set(one.least) for one in found] == [least]
    assert set(found[0].excess) == {one for one in held if one not in least and one != "openid"}


def test_another_mailbox_takes_a_shared_permission() -> None:
    found = least_privileges([entry("mail.messages.list", "Mail.Read.Shared", mailbox="bob@contoso.example")])
    assert found[0].least == ("Mail.ReadBasic.Shared",)


def test_applications_are_counted_apart() -> None:
    entries = [
        entry("mail.messages.list", "Mail.Read", user=""),
        entry("mail.messages.list", "Mail.Read"),
        entry("mail.messages.list", "Mail.Read", application="other"),
    ]
    found = [(one.application, one.kind, set(one.least)) for one in least_privileges(entries)]
    assert found == [
        ("app", "application", {"Mail.ReadBasic"}),
        ("app", "delegated", {"Mail.ReadBasic"}),
        ("other", "delegated", {"Mail.ReadBasic"}),
    ]


def test_what_was_refused_counts_for_nothing() -> None:
    assert least_privileges([entry("mail.messages.update", "Mail.Read", status=403)]) == []
    assert least_privileges([entry("token.password", service="entra")]) == []
    assert least_privileges([entry("batch.batch", "Mail.Read")]) == []


def test_the_smallest_set_serves_all() -> None:
    needs = [frozenset({"Mail.Read", "Mail.ReadWrite"}), frozenset({"Mail.ReadWrite"})]
    assert smallest(needs) == {"Mail.ReadWrite"}
    assert smallest([]) == frozenset()


def test_the_operations_called_are_told_with_what_opens_them() -> None:
    (found,) = least_privileges([entry("mail.messages.list", "Mail.ReadWrite", "openid")] * 3)
    assert (found.least, found.held, found.excess) == (("Mail.ReadBasic",), ("Mail.ReadWrite",), ("Mail.ReadWrite",))
    (need,) = found.needs
    assert (need.operation, need.scheme, need.calls) == ("GET /users/{user}/messages", "work", 3)
    assert {"Mail.Read", "Mail.ReadBasic", "Mail.ReadWrite"} < set(need.opens)

"""Declaring an operation."""

import pytest
from outlook365_emulator.graph import service  # noqa: F401 - importing it declares the operations
from outlook365_emulator.graph.mail import messages, submissions
from outlook365_emulator.graph.operation import OPERATIONS, operation
from outlook365_emulator.graph.people import users


def test_what_a_declaration_holds() -> None:
    found = OPERATIONS["POST /users/{user}/messages/{message}/send"]
    assert found.handler is submissions.send
    assert (found.name, found.method, found.least) == ("mail.submissions.send", "POST", "Mail.Send")
    assert (found.placeholders, found.parameters) == (("user", "message"), ("call", "message"))
    assert (found.writes, found.waits, found.workload) == (True, False, "outlook")
    assert found.route == "POST /users/{user}/messages/{message}/send"


@pytest.mark.parametrize(
    ("handler", "name", "writes", "workload"),
    [
        (messages.list_, "mail.messages.list", False, "outlook"),
        (messages.update, "mail.messages.update", True, "outlook"),
        (users.list_, "people.users.list", False, "directory"),
        (users.get, "people.users.get", False, "directory"),
    ],
)
def test_names(handler: object, name: str, writes: bool, workload: str) -> None:
    (found,) = (one for one in OPERATIONS.values() if one.handler is handler)
    assert (found.name, found.writes, found.workload) == (name, writes, workload)


def test_names_are_unique() -> None:
    names = [one.name for one in OPERATIONS.values()]
    assert len(names) == len(set(names))


def test_a_route_is_declared_once() -> None:
    before = dict(OPERATIONS)
    with pytest.raises(ValueError, match=r"people\.users\.list"):
        operation("GET /users", least="User.Read.All")(test_names)
    assert before == OPERATIONS


@pytest.mark.parametrize("found", [pytest.param(one, id=one.route) for one in OPERATIONS.values()])
def test_a_handler_asks_for_what_there_is(found: object) -> None:
    known = {"call", "body", *found.placeholders}  # type: ignore[attr-defined]
    assert set(found.parameters) <= known  # type: ignore[attr-defined]

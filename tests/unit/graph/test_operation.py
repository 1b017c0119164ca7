"""Declaring an operation."""

import pytest
from outlook365_emulator.graph import service  # noqa: F401 - importing it declares the operations
from outlook365_emulator.graph.answers import COLLECTION_OPTIONS, COUNT_OPTIONS, DELTA_OPTIONS, ENTITY_OPTIONS
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


@pytest.mark.parametrize(
    ("route", "singly"),
    [
        ("GET /users/{user}/events", True),
        ("DELETE /users/{user}/events/{event}", True),
        ("GET /users/{user}/calendars/{calendar}/calendarView/$count", True),
        ("POST /users/{user}/calendars/{calendar}/getSchedule", True),
        ("POST /users/{user}/events/{event}/attachments", True),
        ("POST /users/{user}/findMeetingTimes", True),
        ("GET /users/{user}/messages", False),
        ("GET /users/{user}/messages/{message}/microsoft.graph.eventMessage/event", False),
        ("POST /users/{user}/messages/{message}/attachments/createUploadSession", False),
        ("GET /users/{user}/mailboxSettings", False),
        ("GET /users", False),
        ("POST /$batch", False),
    ],
)
def test_calendars_are_shared_singly(route: str, singly: bool) -> None:
    assert OPERATIONS[route].shared_singly is singly


@pytest.mark.parametrize(
    ("route", "options"),
    [
        ("GET /users/{user}/messages", COLLECTION_OPTIONS),
        ("GET /users/{user}/messages/$count", COUNT_OPTIONS),
        ("GET /users/{user}/mailFolders/{folder}/messages/delta", DELTA_OPTIONS),
        ("GET /users/delta", DELTA_OPTIONS),
        ("GET /users/{user}/messages/{message}", ENTITY_OPTIONS),
        ("GET /users/{user}", ENTITY_OPTIONS | {"count"}),
    ],
)
def test_the_kind_of_its_answer_tells_the_options(route: str, options: frozenset[str]) -> None:
    assert OPERATIONS[route].options == options


def test_every_count_answers_one() -> None:
    counts = {one.route for one in OPERATIONS.values() if one.options == COUNT_OPTIONS}
    assert counts == {one.route for one in OPERATIONS.values() if one.path.endswith("/$count")}


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
    known = {"call", "body", *found.placeholders}
    assert set(found.parameters) <= known

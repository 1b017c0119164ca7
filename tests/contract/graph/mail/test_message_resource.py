"""Messages about meetings among others: casts in paths, `$select` and `$filter` (reference graph-mail 2)."""

from typing import Any

import pytest


@pytest.fixture
def ben(graph: Any, org: Any) -> Any:
    """Ask as ben, who has a letter and a meeting request."""
    org.receive(org.ben, subject="Letter")
    body = {
        "subject": "Meeting",
        "start": {"dateTime": "2026-03-03T10:00:00", "timeZone": "UTC"},
        "end": {"dateTime": "2026-03-03T11:00:00", "timeZone": "UTC"},
        "attendees": [{"emailAddress": {"address": org.ben.user_principal_name}}],
    }
    assert graph.post("/me/events", body, as_=org.ada).status == 201

    def ask(query: str) -> Any:
        return graph.get(f"/me/{query}", as_=org.ben)

    return ask


@pytest.mark.parametrize(
    ("cast", "subjects"),
    [
        ("eventMessage", ["Meeting"]),
        ("eventMessageRequest", ["Meeting"]),
        ("eventMessageResponse", []),
        ("message", ["Letter", "Meeting"]),
    ],
)
def test_a_cast_of_the_collection(ben: Any, cast: str, subjects: list[str]) -> None:
    answer = ben(f"mailFolders/inbox/messages/microsoft.graph.{cast}?$select=subject")
    assert sorted(one["subject"] for one in answer.values) == subjects
    assert ben(f"mailFolders/inbox/messages/microsoft.graph.{cast}/$count").body == str(len(subjects)).encode()


def test_a_cast_to_what_no_message_can_be(ben: Any) -> None:
    answer = ben("messages/microsoft.graph.event")
    assert (answer.status, answer.code) == (400, "BadRequest")
    assert "'microsoft.graph.event' specified in the URI is neither a base type nor a sub-type" in answer.message


def test_members_of_one_type_are_selected_by_a_cast(ben: Any) -> None:
    own = "microsoft.graph.eventMessage/meetingMessageType,microsoft.graph.eventMessageRequest/allowNewTimeProposals"
    found = {one["subject"]: one for one in ben(f"messages?$select=subject,{own}").values}
    assert "meetingMessageType" not in found["Letter"]
    assert (found["Meeting"]["meetingMessageType"], found["Meeting"]["allowNewTimeProposals"]) == (
        "meetingRequest",
        True,
    )
    assert "body" not in found["Meeting"]


@pytest.mark.parametrize("name", ["meetingMessageType", "microsoft.graph.eventMessage/bodyType"])
def test_other_members_are_unknown(ben: Any, name: str) -> None:
    answer = ben(f"messages?$select=subject,{name}")
    assert (answer.status, answer.code) == (400, "BadRequest")
    assert "Could not find a property named" in answer.message


@pytest.mark.parametrize(
    "text",
    [
        "isof('microsoft.graph.eventMessage')",
        "not isof('microsoft.graph.eventMessage')",
        "microsoft.graph.eventMessage/meetingMessageType ne 'none'",
    ],
)
def test_nothing_is_filtered_by_type(ben: Any, text: str) -> None:
    answer = ben(f"messages?$filter={text}")
    assert (answer.status, answer.code) == (400, "ErrorInvalidUrlQueryFilter")


def test_what_search_finds_has_its_ordinary_id(graph: Any, org: Any, ben: Any) -> None:
    prefer = [("Prefer", 'IdType="ImmutableId"')]
    [found] = graph.get('/me/messages?$search="Letter"', as_=org.ben, headers=prefer).values
    listed = graph.get("/me/messages?$filter=subject eq 'Letter'", as_=org.ben).values
    assert found["id"] == listed[0]["id"]

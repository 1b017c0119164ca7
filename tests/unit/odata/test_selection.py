"""`$select` is spelled as the type does, and cuts documents."""

from typing import Any

import pytest
from outlook365_emulator.odata.problems import UnknownProperty
from outlook365_emulator.odata.records import RecordType
from outlook365_emulator.odata.selection import canonical_select, parse_select, project

DOCUMENT = {
    "@odata.etag": 'W/"1"',
    "id": "a",
    "subject": "Hello",
    "from": {"emailAddress": {"name": "Ada", "address": "ada@example.org"}},
    "toRecipients": [{"emailAddress": {"name": "Bob", "address": "bob@example.org"}}],
    "attachments@odata.context": "…",
    "attachments": [{"id": "1"}],
    "start": None,
}


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        ("SUBJECT,isread", [("subject",), ("isRead",)]),
        ("From/EMAILADDRESS/name", [("from", "emailAddress", "name")]),
        ("torecipients/emailaddress", [("toRecipients", "emailAddress")]),
        ("microsoft.graph.eventMessage/MeetingMessageType", [("meetingMessageType",)]),
        ("*", [("*",)]),
    ],
)
def test_names_are_spelled_as_the_type_does(text: str, paths: list[Any], message_type: RecordType) -> None:
    assert list(canonical_select(parse_select(text), message_type)) == paths


@pytest.mark.parametrize(
    ("text", "name", "type_name"),
    [
        ("isJunk", "isJunk", "microsoft.graph.message"),
        ("subject,from/name", "name", "microsoft.graph.recipient"),
        ("meetingMessageType", "meetingMessageType", "microsoft.graph.message"),
        ("subject/x", "x", ""),
    ],
)
def test_unknown_names_are_refused(text: str, name: str, type_name: str, message_type: RecordType) -> None:
    with pytest.raises(UnknownProperty) as caught:
        canonical_select(parse_select(text), message_type)
    assert (caught.value.name, caught.value.type_name) == (name, type_name)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("subject", {"@odata.etag": 'W/"1"', "subject": "Hello"}),
        ("from/emailAddress/name,id", {"@odata.etag": 'W/"1"', "id": "a", "from": {"emailAddress": {"name": "Ada"}}}),
        ("toRecipients/emailAddress/address",
         {"@odata.etag": 'W/"1"', "toRecipients": [{"emailAddress": {"address": "bob@example.org"}}]}),
        ("from/emailAddress/name,from", {"@odata.etag": 'W/"1"', "from": DOCUMENT["from"]}),
        ("attachments", {"@odata.etag": 'W/"1"', "attachments@odata.context": "…", "attachments": [{"id": "1"}]}),
        ("start/dateTime", {"@odata.etag": 'W/"1"', "start": None}),
        ("absent", {"@odata.etag": 'W/"1"'}),
        ("*", DOCUMENT),
    ],
)  # fmt: skip
def test_a_document_is_cut(text: str, expected: dict[str, Any]) -> None:
    assert project(DOCUMENT, parse_select(text)) == expected

"""A predicate over a request body: JSON members, form fields, and bodies that are neither."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from outlook365_emulator.faults.members import members_of, same_value, values_at

MESSAGE = {
    "subject": "Invoice 17",
    "isRead": False,
    "toRecipients": [{"emailAddress": {"address": "ada@x.org"}}, {"emailAddress": {"address": "bob@x.org"}}],
    "attachments": [{"@odata.type": "#microsoft.graph.fileAttachment"}],
}


@pytest.mark.parametrize(
    ("path", "values"),
    [
        ("subject", ["Invoice 17"]),
        ("toRecipients.1.emailAddress.address", ["bob@x.org"]),
        ("toRecipients.*.emailAddress.address", ["ada@x.org", "bob@x.org"]),
        ("attachments.0.@odata.type", ["#microsoft.graph.fileAttachment"]),
        ("toRecipients.7.emailAddress", []),
        ("toRecipients.x", []),
        ("toRecipients." + "9" * 5000, []),
        ("subject.length", []),
        ("missing", []),
    ],
)
def test_a_path_leads_to_values(path: str, values: list[Any]) -> None:
    assert list(values_at(MESSAGE, path)) == values


@pytest.mark.parametrize(
    ("found", "wanted", "same"),
    [
        ("Invoice 17", "invoice *", True),
        ("Invoice 17", "Invoice", False),
        (1, 1, True),
        (True, 1, False),
        (0, False, False),
        (None, None, True),
        ({"a": 1}, {"a": 1}, True),
        (5, "5", False),
    ],
)
def test_values_are_compared_by_type_and_texts_by_pattern(found: Any, wanted: Any, same: bool) -> None:
    assert same_value(found, wanted) is same


def test_a_form_is_read_by_its_fields() -> None:
    assert members_of(b"grant_type=refresh_token&scope=Mail.Read+openid") == {
        "grant_type": "refresh_token",
        "scope": "Mail.Read openid",
    }


@pytest.mark.parametrize("body", [b"", b"{", b'{"a":"\xff"}', b"[" * 100_000, b"   "])
def test_a_body_that_is_neither_json_nor_form_has_no_member(body: bytes) -> None:
    assert list(values_at(members_of(body), "a")) == []


@given(st.binary(), st.text())
def test_any_body_can_be_asked_for_any_member(body: bytes, path: str) -> None:
    list(values_at(members_of(body), path))

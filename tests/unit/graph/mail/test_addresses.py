"""What is an SMTP address, and whom a message goes to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from outlook365_emulator.errors import GraphError
from outlook365_emulator.graph.mail.addresses import address_of, all_recipients, is_address


@pytest.mark.parametrize(
    "text", ["a@b.c", "ada.lovelace+x@contoso.example", "é@b.c", "o'hara@b.example", "a@b-c.co.uk"]
)
def test_addresses(text: str) -> None:
    assert is_address(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a",
        "a@",
        "@b.c",
        "a@b",
        "a b@c.d",
        "a@b.c ",
        "<a@b.c>",
        "a@b@c.d",
        "a@b..",
        "a,b@c.d",
        "a@b.c\n",
        "x" * 320 + "@b.c",
    ],
)
def test_what_is_none(text: str) -> None:
    assert not is_address(text)


@given(st.text())
@pytest.mark.timeout(30)
def test_any_text(text: str) -> None:
    for one in (text, f"{text}@b.c", f"a@{text}.c", text * 50):
        is_address(one)


def of(*addresses: str) -> list[dict[str, dict[str, str]]]:
    return [{"emailAddress": {"address": one}} for one in addresses]


def test_everybody_once_as_written() -> None:
    members = {"toRecipients": of("A@b.c", "x@y.z"), "ccRecipients": of("a@B.c"), "bccRecipients": of("q@r.s", "x@y.z")}
    assert all_recipients(members) == ["A@b.c", "x@y.z", "q@r.s"]


@pytest.mark.parametrize(
    ("members", "name"),
    [
        ({}, "no_recipients"),
        ({"toRecipients": [], "ccRecipients": None}, "no_recipients"),
        ({"bccRecipients": of("nonsense")}, "invalid_recipients"),
        ({"toRecipients": [{"emailAddress": {"name": "x"}}]}, "invalid_recipients"),
        ({"toRecipients": [{}]}, "invalid_recipients"),
    ],
)
def test_nobody(members: dict[str, list[dict[str, dict[str, str]]]], name: str) -> None:
    with pytest.raises(GraphError) as caught:
        all_recipients(members)
    assert caught.value.name == name


@pytest.mark.parametrize("recipient", [None, {}, {"emailAddress": None}, {"emailAddress": {"address": None}}])
def test_no_address(recipient: dict[str, None] | None) -> None:
    assert address_of(recipient) == ""

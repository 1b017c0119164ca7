"""Matching is an empty difference; the difference says what kept a fault off."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from outlook365_emulator.faults.decode import FaultError
from outlook365_emulator.faults.facts import Facts
from outlook365_emulator.faults.match import Match, decode_match

LIST = Facts(
    service="graph",
    operation="mail.messages.list",
    method="GET",
    path="/v1.0/users/ada@contoso.com/messages",
    host="graph.microsoft.com",
    cloud="global",
    tenant="7f0e0000-0000-4000-8000-000000000001",
    application="a0000000-0000-4000-8000-000000000001",
    user="ada@contoso.com",
    mailbox="ada@contoso.com",
    folder="inbox",
    grant="client_credentials",
    scopes=("Mail.Read", "User.Read.All"),
    body=b'{"subject": "Invoice 17"}',
)


def match(document: dict[str, Any]) -> Match:
    return Match(decode_match(document, "match"))


@pytest.mark.parametrize(
    ("fits", "fails"),
    [
        ({"service": "graph"}, {"service": "entra"}),
        ({"operation": "mail.*"}, {"operation": "mail.messages.get"}),
        ({"method": "get"}, {"method": ["POST", "PATCH"]}),
        ({"path": "/v1.0/users/*/messages"}, {"path": "/v1.0/me/messages"}),
        ({"host": "graph.microsoft.com"}, {"host": "graph.microsoft.us"}),
        ({"cloud": ["usgov", "global"]}, {"cloud": "china"}),
        ({"tenant": LIST.tenant.upper()}, {"tenant": "other"}),
        ({"application": "a0000000*"}, {"application": "b*"}),
        ({"user": "*@contoso.com"}, {"user": ""}),
        ({"mailbox": "ada@contoso.com"}, {"mailbox": "bob@contoso.com"}),
        ({"folder": "inbox"}, {"folder": "drafts"}),
        ({"grant": "client_credentials"}, {"grant": "password"}),
        ({"scope": "Mail.Read"}, {"scope": "Mail.Send"}),
        ({"batch": False}, {"batch": True}),
        ({"body": {"subject": "Invoice*"}}, {"body": {"subject": "Offer*"}}),
    ],
)
def test_each_key_decides_and_explains(fits: dict[str, Any], fails: dict[str, Any]) -> None:
    assert match(fits).difference(LIST) == []
    (difference,) = match(fails).difference(LIST)
    assert difference.startswith(next(iter(fails)) + ": wanted ")


def test_a_match_without_keys_fits_every_request() -> None:
    assert match({}).matches(Facts())


def test_every_key_that_is_given_has_to_fit() -> None:
    assert match({"operation": "mail.*", "user": "bob@contoso.com", "scope": "Mail.Send"}).difference(LIST) == [
        "user: wanted 'bob@contoso.com', got 'ada@contoso.com'",
        "scope: wanted 'Mail.Send', got 'Mail.Read', 'User.Read.All'",
    ]


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ({"operaton": "mail.*"}, "match.operaton: unknown key 'operaton'; did you mean 'operation'?"),
        ({"service": "grahp"}, "match.service: unknown service 'grahp'; did you mean 'graph'?"),
        ({"method": ["GET", "PACTH"]}, "match.method: unknown method 'PACTH'; there are"),
        ({"cloud": "usgow"}, "match.cloud: unknown cloud 'usgow'; did you mean 'usgov'?"),
        ({"path": "me/messages"}, "match.path: a path begins with '/' or '**', got 'me/messages'"),
        ({"nth": 0}, "match.nth: Expected `int` >= 1"),
        ({"nth": [1, 0]}, "match.nth[1]: Expected `int` >= 1"),
        ({"operation": []}, "match.operation: Expected `array` of length >= 1"),
        ({"batch": "yes"}, "match.batch: Expected `bool | null`, got `str`"),
        ({"body": "subject"}, "match.body: Expected `object | null`, got `str`"),
        ({"body": {"a": object()}}, "match: it holds what JSON cannot"),
        ([], "match: expected a mapping, got list"),
    ],
)
def test_a_wrong_match_names_the_place_and_the_nearest_name(document: Any, message: str) -> None:
    with pytest.raises(FaultError) as caught:
        decode_match(document, "match")
    assert str(caught.value).startswith(message)


def test_operations_are_checked_where_they_are_known() -> None:
    known = {"operation": ["mail.messages.list", "mail.messages.get"]}
    decode_match({"operation": ["mail.*", "mail.messages.get"]}, "match", known)
    with pytest.raises(FaultError, match=r"unknown operation 'mail.message.list'; did you mean 'mail.messages.list'"):
        decode_match({"operation": "mail.message.list"}, "match", known)


facts = st.builds(
    Facts, operation=st.sampled_from(["mail.messages.list", "mail.send"]), user=st.sampled_from(["", "ada"]), batch=...
)
documents = st.fixed_dictionaries(
    {},
    optional={
        "operation": st.sampled_from(["mail.*", "mail.send", ["*.list", "x"]]),
        "user": st.sampled_from(["", "ada", "*"]),
        "batch": st.booleans(),
        "body": st.just({"a": 1}),
    },
)


@given(documents, facts)
def test_a_request_matches_exactly_when_nothing_differs(document: dict[str, Any], request: Facts) -> None:
    compiled = match(document)
    assert compiled.matches(request) == (compiled.difference(request) == [])

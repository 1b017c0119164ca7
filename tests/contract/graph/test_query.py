"""Query options on collections: reference graph-core 6."""

from datetime import timedelta
from typing import Any

import pytest


@pytest.fixture
def me(graph: Any, org: Any) -> Any:
    def ask(path: str, **options: Any) -> Any:
        return graph.get(f"/me{path}", as_=org.ada, **options)

    return ask


@pytest.fixture
def letters(org: Any) -> None:
    """Five messages, a second apart: who wrote, importance, whether read, categories."""
    rows = [
        ("alpha", "eve@example.org", "low", True, []),
        ("Beta's", "EVE@example.org", "normal", False, ["Red"]),
        ("gamma", "mallory@example.org", "high", False, ["Blue", "Red"]),
        ("delta", "mallory@example.org", "high", True, []),
        ("Epsilon", "trent@example.org", "normal", False, []),
    ]
    for subject, sender, importance, read, categories in rows:
        org.world.clock.set(org.world.clock.now() + timedelta(seconds=1))
        org.receive(
            org.ada, subject=subject, sender=sender, importance=importance, isRead=read, categories=categories,
            body={"contentType": "text", "content": f"about {subject}"},
        )  # fmt: skip


def subjects(answer: Any) -> list[str]:
    assert answer.status == 200, answer.body
    return [one["subject"] for one in answer.values]


NEWEST = ["Epsilon", "delta", "gamma", "Beta's", "alpha"]


@pytest.mark.usefixtures("letters")
class TestFilter:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("subject eq 'ALPHA'", ["alpha"]),
            ("subject eq 'Beta''s'", ["Beta's"]),
            ("subject ne 'alpha'", ["Beta's", "delta", "Epsilon", "gamma"]),
            ("startswith(subject, 'e')", ["Epsilon"]),
            ("contains(subject,'MM')", ["gamma"]),
            ("contains(body/content,'about d')", ["delta"]),
            ("isRead eq false", ["Epsilon", "gamma", "Beta's"]),
            ("not (isRead eq false)", ["delta", "alpha"]),
            ("importance eq 'high'", ["delta", "gamma"]),
            ("from/emailAddress/address eq 'eve@EXAMPLE.org'", ["Beta's", "alpha"]),
            ("(from/emailAddress/address) eq 'trent@example.org'", ["Epsilon"]),
            ("FROM/EmailAddress/Address eq 'trent@example.org'", ["Epsilon"]),
            ("receivedDateTime ge 2026-03-02T09:00:04Z", ["Epsilon", "delta"]),
            ("receivedDateTime ge 2026-03-02", NEWEST),
            ("receivedDateTime gt 2026-03-02T10:00:04+01:00", ["Epsilon"]),
            ("receivedDateTime lt 2026-03-02T09:00:02Z", ["alpha"]),
            ("categories/any(c:c eq 'Red')", ["gamma", "Beta's"]),
            ("not categories/any()", ["Epsilon", "delta", "alpha"]),
            ("isRead eq true and importance eq 'high' or subject eq 'Epsilon'", ["Epsilon", "delta"]),
            ("flag/flagStatus eq 'notFlagged' and hasAttachments eq false and isDraft eq false", NEWEST),
            ("subject in ('alpha','delta')", ["delta", "alpha"]),
        ],
    )
    def test_messages(self, me: Any, text: str, expected: list[str]) -> None:
        query = text.replace("+", "%2B")
        assert sorted(subjects(me(f"/messages?$filter={query}"))) == sorted(expected)
        assert me(f"/messages?$filter={query}&$count=true").json["@odata.count"] == len(expected)
        assert me(f"/messages?filter={query}&$top=0&$count=true").values == []

    @pytest.mark.parametrize(
        ("text", "code", "message"),
        [
            (
                "isJunk eq true",
                "RequestBroker--ParseUri",
                "Could not find a property named 'isJunk' on type 'microsoft.graph.message'.",
            ),
            ("isRead eq", "BadRequest", "Invalid filter clause"),
            ("", "BadRequest", "Invalid filter clause"),
            ("(((", "BadRequest", "Invalid filter clause"),
            ("isRead eq 'x'", "BadRequest", "Invalid filter clause"),
            (
                "toRecipients/any(r:r/emailAddress/address eq 'x')",
                "ErrorInvalidUrlQueryFilter",
                "The query filter contains one or more invalid nodes.",
            ),
            ("id eq 'x'", "ErrorInvalidUrlQueryFilter", "The query filter contains one or more invalid nodes."),
        ],
    )
    def test_refusals(self, me: Any, text: str, code: str, message: str) -> None:
        answer = me(f"/messages?$filter={text}")
        assert (answer.status, answer.code) == (400, code)
        assert answer.message.startswith(message)
        assert answer.entry.reason


@pytest.mark.usefixtures("letters")
class TestOrder:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("receivedDateTime desc", NEWEST),
            ("ReceivedDateTime DESC", NEWEST),
            ("receivedDateTime", NEWEST[::-1]),
            ("receivedDateTime asc", NEWEST[::-1]),
            ("subject", ["alpha", "Beta's", "delta", "Epsilon", "gamma"]),
            ("from/emailAddress/name,subject desc", ["Beta's", "alpha", "gamma", "delta", "Epsilon"]),
            ("isRead,receivedDateTime", ["Beta's", "gamma", "Epsilon", "alpha", "delta"]),
        ],
    )
    def test_messages(self, me: Any, text: str, expected: list[str]) -> None:
        assert subjects(me(f"/messages?$orderby={text}")) == expected

    @pytest.mark.parametrize(
        ("filtered", "ordered", "good"),
        [
            ("isRead eq false", "receivedDateTime desc", False),
            ("from/emailAddress/address eq 'x'", "receivedDateTime desc", False),
            ("receivedDateTime ge 1900-01-01T00:00:00Z and isRead eq false", "receivedDateTime desc", True),
            ("isRead eq false and receivedDateTime ge 1900-01-01T00:00:00Z", "receivedDateTime desc", False),
            ("subject eq 'x'", "subject", True),
            ("subject eq 'x' and isRead eq false", "subject,isRead", True),
            ("isRead eq false and subject eq 'x'", "subject,isRead", False),
            ("contains(subject,'x')", "subject", False),
            ("contains(subject,'x')", "receivedDateTime desc", False),
            ("receivedDateTime ge 1900-01-01 and contains(subject,'x')", "receivedDateTime desc", False),
            ("receivedDateTime ge 1900-01-01 and not contains(body/content,'x')", "receivedDateTime desc", False),
            ("receivedDateTime ge 1900-01-01 and categories/any(c:contains(c,'x'))", "receivedDateTime", False),
            ("startswith(subject,'x')", "subject", True),
            ("startswith(subject,'x')", "receivedDateTime", False),
            ("receivedDateTime ge 1900-01-01 or isRead eq false", "receivedDateTime", True),
            ("Subject eq 'x' and importance eq 'normal'", "subject,importance,receivedDateTime desc", True),
            ("importance eq 'normal' and subject eq 'x'", "subject,importance,receivedDateTime desc", False),
            ("receivedDateTime ge 1900-01-01 and subject eq 'x' and isRead eq true", "subject,isRead", False),
            ("1900-01-01T00:00:00Z le receivedDateTime", "RECEIVEDDATETIME desc", True),
        ],
    )
    def test_what_orders_is_filtered_first(self, me: Any, filtered: str, ordered: str, good: bool) -> None:
        answer = me(f"/messages?$filter={filtered}&$orderby={ordered}")
        if good:
            assert answer.status == 200
        else:
            assert (answer.status, answer.code) == (400, "InefficientFilter")
            assert answer.message == "The restriction or sort order is too complex for this operation."

    @pytest.mark.parametrize("text", ["subjct", "toRecipients", "body", "subject sideways", "", "subject,,isRead"])
    def test_refusals(self, me: Any, text: str) -> None:
        answer = me(f"/messages?$orderby={text}")
        assert answer.status == 400
        assert answer.entry.reason


@pytest.mark.usefixtures("letters")
class TestSelect:
    @pytest.mark.parametrize(
        ("text", "members"),
        [
            ("subject", ["@odata.etag", "subject"]),
            ("SUBJECT,IsRead", ["@odata.etag", "subject", "isRead"]),
            ("isRead,%20subject", ["@odata.etag", "isRead", "subject"]),
            ("id", ["@odata.etag", "id"]),
            ("uniqueBody", ["@odata.etag", "uniqueBody"]),
        ],
    )
    def test_messages(self, me: Any, text: str, members: list[str]) -> None:
        answer = me(f"/messages?$select={text}")
        assert all(sorted(one) == sorted({*members, "id"}) for one in answer.values)
        assert answer.json["@odata.context"].endswith(f"/messages({','.join(members[1:])})")

    def test_a_star_is_everything(self, me: Any) -> None:
        assert me("/messages?$select=*").values == me("/messages").values

    def test_an_unknown_property(self, me: Any) -> None:
        answer = me("/messages?$select=subject,wellKnownName")
        assert (answer.status, answer.code) == (400, "BadRequest")
        assert answer.message == (
            "Parsing OData Select and Expand failed: Could not find a property named 'wellKnownName' on type "
            "'microsoft.graph.message'."
        )

    def test_folders(self, me: Any) -> None:
        assert [list(one) for one in me("/mailFolders?$select=displayName&$top=1").values] == [["id", "displayName"]]
        assert me("/mailFolders?$select=isRead").status == 400


@pytest.mark.usefixtures("letters")
class TestPage:
    @pytest.mark.parametrize(
        ("query", "expected", "link"),
        [
            ("$top=2", NEWEST[:2], "$top=2&$skip=2"),
            ("$top=2&$skip=2", NEWEST[2:4], "$top=2&$skip=4"),
            ("$skip=2&$top=2", NEWEST[2:4], "$top=2&$skip=4"),
            ("$top=2&$skip=3", NEWEST[3:], None),
            ("$top=5", NEWEST, None),
            ("$skip=5", [], None),
            ("$skip=99", [], None),
            ("top=2", NEWEST[:2], "top=2&$skip=2"),
            ("%24top=2", NEWEST[:2], "%24top=2&%24skip=2"),
            ("%24top=2&%24skip=1", NEWEST[1:3], "%24top=2&%24skip=3"),
            ("$top=1&x=y%20z", NEWEST[:1], "$top=1&x=y%20z&$skip=1"),
            ("$top=0&$count=true", [], None),
        ],
    )
    def test_top_and_skip(self, me: Any, query: str, expected: list[str], link: str | None) -> None:
        answer = me(f"/messages?{query}")
        assert subjects(answer) == expected
        full = f"https://graph.microsoft.com/v1.0/me/messages?{link}"
        assert answer.json.get("@odata.nextLink") == (None if link is None else full)

    def test_count_is_that_of_the_collection(self, me: Any) -> None:
        answer = me("/messages?$count=true&$top=2&$skip=1")
        assert list(answer.json) == ["@odata.context", "@odata.count", "@odata.nextLink", "value"]
        assert answer.json["@odata.count"] == 5
        assert "@odata.count" not in me("/messages?$count=false").json

    @pytest.mark.parametrize(
        ("query", "code"),
        [
            ("$top=-1", "BadRequest"),
            ("$top=x", "BadRequest"),
            ("$top=", "BadRequest"),
            ("$top=1.5", "BadRequest"),
            ("$top=99999999999999999999", "BadRequest"),
            ("$top=1001", "ErrorInvalidUrlQuery"),
            ("$skip=-1", "BadRequest"),
            ("$count=maybe", "BadRequest"),
            ("$top=1&$top=2", "BadRequest"),
            ("$frob=1", "BadRequest"),
            ("$expand=subject", "ExpandNotSupported"),
            ("$expand=attachments(", "BadRequest"),
        ],
    )
    def test_refusals(self, me: Any, query: str, code: str) -> None:
        answer = me(f"/messages?{query}")
        assert (answer.status, answer.code) == (400, code)

    @pytest.mark.parametrize("query", ["x=1", "&&", "=", "%ff=%fe", "$top=1000"])
    def test_what_is_let_be(self, me: Any, query: str) -> None:
        assert me(f"/messages?{query}").status == 200

    def test_the_link_keeps_the_path_as_written(self, graph: Any, org: Any) -> None:
        path = "/users/ada%40contoso.example//mailFolders('Inbox')/messages"
        link = graph.get(f"{path}?$top=2&$select=subject").json["@odata.nextLink"]
        assert link == f"https://graph.microsoft.com/v1.0{path}?$top=2&$select=subject&$skip=2"
        assert subjects(graph.page(link)) == NEWEST[2:4]

    def test_the_link_keeps_the_form_of_the_request(self, me: Any) -> None:
        answer = me("/messages?$top=2", door="http://127.0.0.1:8365")
        root = "http://127.0.0.1:8365/graph.microsoft.com/v1.0"
        assert answer.json["@odata.nextLink"] == f"{root}/me/messages?$top=2&$skip=2"
        assert answer.json["@odata.context"].startswith(f"{root}/$metadata#users(")


@pytest.mark.parametrize("query", ["", "?$top=7", "?$filter=isRead eq false", "?$orderby=subject&$top=3"])
def test_35_messages_page_by_page(me: Any, org: Any, query: str) -> None:
    for number in range(35):
        org.world.clock.set(org.world.clock.now() + timedelta(seconds=number % 2))
        org.receive(org.ada, subject=f"{number:02}")
    found, answer = [], me(f"/messages{query}")
    for _ in range(40):
        found += subjects(answer)
        link = answer.json.get("@odata.nextLink")
        if link is None:
            break
        answer = me(link.partition("/me")[2])
    expected = [f"{number:02}" for number in range(35)]
    assert found == (expected if "orderby" in query else expected[::-1])


def test_an_item_takes_no_collection_options(me: Any, org: Any) -> None:
    record = org.receive(org.ada)
    key = org.mailbox(org.ada).ids.item(record.folder, record.number)
    assert me(f"/messages/{key}?$top=1").status == 400
    assert me(f"/messages/{key}/?$select=subject").status == 200

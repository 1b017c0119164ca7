"""Extended properties of messages, and what importers do with them: reference graph-mail 5 and 16."""

from typing import Any

import pytest
from outlook365_emulator.graph.mail.extended_properties import BadPropertyId, normal_id

GUID = "66f5a359-4659-4830-9070-00047ec6ac6e"
COLOR = f"String {{{GUID}}} Name Color"
TAGS = f"StringArray {{{GUID}}} Name Tags"


def single(*pairs: tuple[str, Any]) -> list[dict[str, Any]]:
    return [{"id": name, "value": value} for name, value in pairs]


@pytest.fixture
def me(graph: Any, org: Any) -> Any:
    """Ask as ada, below `/me`."""

    def ask(method: str, path: str, body: Any = None, **options: Any) -> Any:
        return graph.ask(method, f"/me{path}", body, as_=org.ada, **options)

    return ask


@pytest.fixture
def create(me: Any) -> Any:
    """Create a message with single-value properties and return it."""

    def make(*pairs: tuple[str, Any], **members: Any) -> Any:
        answer = me("POST", "/messages", {"singleValueExtendedProperties": single(*pairs), **members})
        assert answer.status == 201, answer.body
        return answer.json

    return make


@pytest.fixture
def value(me: Any) -> Any:
    """Return the value of a property of a message, or None where the answer has none."""

    def read(message: str, identity: str, kind: str = "single") -> Any:
        name = f"{kind}ValueExtendedProperties"
        answer = me("GET", f"/messages/{message}?$expand={name}($filter=id eq '{identity}')")
        assert answer.status == 200, answer.body
        found = answer.json.get(name)
        return found[0]["value"] if found else None

    return read


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("Integer 0x0E07", "Integer 0xe07"),
        ("integer 3591", "Integer 0xe07"),
        (f"String {GUID.upper()} Name Color", COLOR),
        (f"String {{{GUID}}} name Color of it", f"String {{{GUID}}} Name Color of it"),
        (f"Integer {{{GUID}}} Id 0x08012", f"Integer {{{GUID}}} Id 0x8012"),
        (f"stringarray {GUID} Name Tags", TAGS),
        ("SystemTime 0x0039", "SystemTime 0x39"),
    ],
)
def test_ids_have_one_normal_form(written: str, normal: str) -> None:
    assert normal_id(written) == normal == normal_id(normal)


@pytest.mark.parametrize(
    "text", ["", "Color", "String", "Strange 0x1", "String Name Color", "String {x} Name a", "0x1"]
)
def test_other_texts_are_no_ids(text: str) -> None:
    with pytest.raises(BadPropertyId):
        normal_id(text)


class TestHeld:
    def test_answers_do_not_show_them(self, me: Any, create: Any) -> None:
        made = create((COLOR, "Green"))
        assert "singleValueExtendedProperties" not in made
        assert "singleValueExtendedProperties" not in me("GET", f"/messages/{made['id']}").json

    def test_an_expansion_shows_those_asked_for(self, me: Any, create: Any) -> None:
        made = create((COLOR, "Green"), ("Integer 0x8001", "7"))
        asked = f"id eq 'Integer 0x8001' or id eq '{COLOR}' or id eq 'String 0x9999'"
        found = me("GET", f"/messages/{made['id']}?$expand=singleValueExtendedProperties($filter={asked})").json
        assert found["singleValueExtendedProperties@odata.context"].endswith("/singleValueExtendedProperties")
        values = {one["id"]: one["value"] for one in found["singleValueExtendedProperties"]}
        assert values == {COLOR: "Green", "Integer 0x8001": "7"}

    def test_in_a_list_only_where_there_are_some(self, me: Any, create: Any) -> None:
        create((COLOR, "Green"), subject="with")
        create(subject="without")
        path = f"/messages?$expand=singleValueExtendedProperties($filter=id eq '{COLOR}')"
        found = {one["subject"]: one.get("singleValueExtendedProperties") for one in me("GET", path).values}
        assert found == {"with": single((COLOR, "Green")), "without": None}

    def test_many_values(self, me: Any, value: Any) -> None:
        body = {"multiValueExtendedProperties": [{"id": TAGS, "value": ["a", "b"]}]}
        made = me("POST", "/messages", body).json["id"]
        assert value(made, TAGS, "multi") == ["a", "b"]
        found = me(
            "GET", f"/messages?$filter=multiValueExtendedProperties/any(p:p/id eq '{TAGS}' and p/value/any(v:v eq 'B'))"
        )
        assert [one["id"] for one in found.values] == [made]

    def test_an_update_sets_overwrites_and_clears(self, me: Any, create: Any, value: Any) -> None:
        made = create((COLOR, "Green"), ("Integer 0x8001", "7"))["id"]
        changes = single((COLOR, "Red"), ("Integer 0x8001", None), ("Boolean 0x8002", "TRUE"))
        before = me("GET", f"/messages/{made}").json["changeKey"]
        answer = me("PATCH", f"/messages/{made}", {"singleValueExtendedProperties": changes})
        assert (answer.status, answer.json["changeKey"] != before) == (200, True)
        assert [value(made, one) for one in (COLOR, "Integer 0x8001", "Boolean 0x8002")] == ["Red", None, "true"]

    @pytest.mark.parametrize(
        ("identity", "given", "code"),
        [
            ("Nonsense", "x", "ErrorInvalidExtendedProperty"),
            (TAGS, "x", "ErrorInvalidExtendedProperty"),
            ("Integer 0x8001", "seven", "ErrorInvalidExtendedPropertyValue"),
            ("Boolean 0x8001", "maybe", "ErrorInvalidExtendedPropertyValue"),
            ("SystemTime 0x8001", "later", "ErrorInvalidExtendedPropertyValue"),
            ("Binary 0x8001", "?", "ErrorInvalidExtendedPropertyValue"),
        ],
    )
    def test_what_is_refused(self, me: Any, identity: str, given: str, code: str) -> None:
        answer = me("POST", "/messages", {"singleValueExtendedProperties": single((identity, given))})
        assert (answer.status, answer.code) == (400, code)

    @pytest.mark.parametrize(
        "query", ["", "($filter=id ne 'a')", "($filter=value eq 'a')", "($filter=id eq 'Nonsense')"]
    )
    def test_expansions_that_name_no_property(self, me: Any, create: Any, query: str) -> None:
        made = create()["id"]
        assert me("GET", f"/messages/{made}?$expand=singleValueExtendedProperties{query}").status == 400


class TestFilter:
    @pytest.mark.parametrize(
        ("condition", "found"),
        [
            (f"ep/id eq '{COLOR}' and ep/value eq 'green'", ["a"]),
            (f"ep/id eq 'String {GUID} Name Color' and ep/value ne null", ["a", "b"]),
            (f"ep/id eq '{COLOR}' and contains(ep/value, 'e')", ["a", "b"]),
            ("ep/id eq 'Integer 0x8001' and cast(ep/value, Edm.Int32) ge 7", ["b"]),
            ("ep/id eq 'Integer 0x8001' and cast(ep/value, Edm.Int32) lt 7", ["a"]),
            ("ep/id eq 'String 0x001A' and ep/value eq 'IPM.Note'", ["a", "b"]),
            ("ep/id eq 'String 0x0037' and ep/value eq 'A'", ["a"]),
        ],
    )
    def test_any(self, me: Any, create: Any, condition: str, found: list[str]) -> None:
        create((COLOR, "Green"), ("Integer 0x8001", "6"), subject="a")
        create((COLOR, "Red"), ("Integer 0x8001", "7"), subject="b")
        answer = me("GET", f"/messages?$filter=singleValueExtendedProperties/any(ep:{condition})")
        assert answer.status == 200, answer.body
        assert sorted(one["subject"] for one in answer.values) == found


class TestImport:
    """Programs that import mail make it by these properties, since JSON cannot."""

    def test_a_message_that_is_no_draft(self, create: Any, value: Any) -> None:
        made = create(
            ("Integer 0x0E07", "4"),
            ("SystemTime 0x0E06", "2019-05-01T10:00:00Z"),
            ("SystemTime 0x0039", "2019-05-01T09:59:00Z"),
        )
        assert (made["isDraft"], made["isRead"]) == (False, False)
        assert (made["receivedDateTime"], made["sentDateTime"]) == ("2019-05-01T10:00:00Z", "2019-05-01T09:59:00Z")
        assert value(made["id"], "Integer 0xe07") == "0"

    def test_read_by_the_flag_or_by_json(self, create: Any) -> None:
        assert create(("Integer 0x0E07", "1"))["isRead"] is True
        assert create(("Integer 0x0E07", "4"), isRead=True)["isRead"] is True

    def test_an_unsent_one_stays_a_draft(self, create: Any) -> None:
        assert create(("Integer 0x0E07", "9"))["isDraft"] is True

    def test_it_cannot_be_sent(self, me: Any, create: Any, mail: Any) -> None:
        made = create(("Integer 0x0E07", "1"), **mail("ben@contoso.example"))
        assert me("POST", f"/messages/{made['id']}/send").code == "ErrorInvalidPropertySet"

    def test_a_hidden_one_is_counted_nowhere_and_listed_on_demand(self, me: Any, create: Any) -> None:
        made = create(("Boolean 0x10F4", "true"), subject="hidden")
        assert me("GET", "/mailFolders/drafts/messages").values == []
        assert me("GET", "/mailFolders/drafts").json["totalItemCount"] == 0
        found = me("GET", "/mailFolders/drafts/messages?includeHiddenMessages=true").values
        assert [one["id"] for one in found] == [made["id"]]
        assert me("GET", f"/messages/{made['id']}").json["subject"] == "hidden"

    def test_what_every_message_has(self, me: Any, org: Any, value: Any) -> None:
        record = org.receive(org.ada, subject="RE: Plan", internetMessageId="<a@example.org>", importance="high")
        made = org.mailbox(org.ada).ids.item(record.folder, record.number)
        assert value(made, "String 0x1035") == "<a@example.org>"
        assert value(made, "String 0x70") == "Plan"
        assert value(made, "Integer 0x17") == "2"
        assert value(made, "SystemTime 0xe06") == "2026-03-02T09:00:00Z"
        assert "Message-ID: <a@example.org>\r\n" in value(made, "String 0x7D")
        assert value(made, "String 0x1042") is None

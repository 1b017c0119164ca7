"""Open extensions of messages: reference graph-mail 17."""

from typing import Any

import pytest
from outlook365_emulator.graph.mail import extensions

covers = pytest.mark.covers.with_args

FULL = "Microsoft.OutlookServices.OpenTypeExtension.Com.Contoso.Referral"
CREATED = "microsoft.graph.openTypeExtension.Com.Contoso.Referral"
REFERRAL = {
    "@odata.type": "microsoft.graph.openTypeExtension",
    "extensionName": "Com.Contoso.Referral",
    "companyName": "Wingtip",
    "dealValue": 10000,
    "expires": "2026-12-30T11:00:00.000Z",
    "tags": ["a", "b"],
}


@pytest.fixture
def me(graph: Any, org: Any) -> Any:
    """Ask as ada, below `/me`."""

    def ask(method: str, path: str, body: Any = None, **options: Any) -> Any:
        return graph.ask(method, f"/me{path}", body, as_=org.ada, **options)

    return ask


@pytest.fixture
def draft(me: Any) -> str:
    """The path of a new draft of ada's."""
    return f"/messages/{me('POST', '/messages', {'subject': 'Deal'}).json['id']}"


@covers(extensions.create)
class TestCreate:
    def test_its_members_come_back(self, me: Any, draft: str) -> None:
        answer = me("POST", f"{draft}/extensions", REFERRAL)
        made = answer.json
        assert answer.status == 201
        assert answer.headers["location"].endswith(f"/extensions('{FULL}')")
        assert made["@odata.type"] == "#microsoft.graph.openTypeExtension"
        assert (made["id"], made["extensionName"]) == (FULL, "Com.Contoso.Referral")
        assert (made["companyName"], made["dealValue"], made["expires"]) == ("Wingtip", 10000, "2026-12-30T11:00:00Z")
        assert (made["tags"], made["tags@odata.type"]) == (["a", "b"], "#Collection(String)")

    def test_the_message_changes(self, me: Any, draft: str) -> None:
        before = me("GET", draft).json["changeKey"]
        me("POST", f"{draft}/extensions", REFERRAL)
        assert me("GET", draft).json["changeKey"] != before

    def test_with_the_message(self, me: Any) -> None:
        made = me("POST", "/messages", {"subject": "Deal", "extensions": [REFERRAL]}).json
        assert made["extensions@odata.context"].endswith("/extensions")
        assert made["extensions"][0]["companyName"] == "Wingtip"
        assert "extensions" not in me("GET", f"/messages/{made['id']}").json

    def test_the_same_name_again_replaces(self, me: Any, draft: str) -> None:
        me("POST", f"{draft}/extensions", REFERRAL)
        me("POST", f"{draft}/extensions", {"extensionName": "com.contoso.referral", "other": True})
        found = me("GET", f"{draft}/extensions").values
        assert len(found) == 1
        assert found[0]["other"] is True

    @pytest.mark.parametrize(
        ("body", "code"),
        [
            ({"companyName": "x"}, "ErrorInvalidProperty"),
            ({"extensionName": "A.b", "deep": {"x": 1}}, "ErrorInvalidRequest"),
        ],
    )
    def test_what_is_refused(self, me: Any, draft: str, body: Any, code: str) -> None:
        answer = me("POST", f"{draft}/extensions", body)
        assert (answer.status, answer.code) == (400, code)


@covers(extensions.get, extensions.list_)
class TestGet:
    @pytest.mark.parametrize("key", ["Com.Contoso.Referral", "com.contoso.referral", FULL, CREATED])
    def test_by_every_form_of_its_id(self, me: Any, draft: str, key: str) -> None:
        me("POST", f"{draft}/extensions", REFERRAL)
        assert me("GET", f"{draft}/extensions/{key}").json["id"] == FULL
        assert me("GET", f"{draft}/extensions('{key}')").json["id"] == FULL

    def test_one_that_is_not_there(self, me: Any, draft: str) -> None:
        answer = me("GET", f"{draft}/extensions/Com.Contoso.Other")
        assert (answer.status, answer.code) == (404, "ErrorItemNotFound")

    def test_all(self, me: Any, draft: str) -> None:
        me("POST", f"{draft}/extensions", REFERRAL)
        me("POST", f"{draft}/extensions", {"extensionName": "Com.Contoso.Second"})
        found = me("GET", f"{draft}/extensions").values
        assert [one["extensionName"] for one in found] == ["Com.Contoso.Referral", "Com.Contoso.Second"]

    def test_expanded(self, me: Any, draft: str) -> None:
        me("POST", f"{draft}/extensions", REFERRAL)
        for key in ("Com.Contoso.Referral", FULL, CREATED):
            found = me("GET", f"{draft}?$expand=extensions($filter=id eq '{key}')").json
            assert [one["id"] for one in found["extensions"]] == [FULL]
        other = me("GET", f"{draft}?$expand=extensions($filter=id eq 'Com.Contoso.Other')").json
        assert "extensions" not in other

    def test_filtered_by(self, me: Any, draft: str) -> None:
        me("POST", f"{draft}/extensions", REFERRAL)
        me("POST", "/messages", {"subject": "Other"})
        for key in ("Com.Contoso.Referral", FULL):
            found = me("GET", f"/messages?$filter=extensions/any(f:f/id eq '{key}')").values
            assert [one["subject"] for one in found] == ["Deal"]


@covers(extensions.update)
class TestUpdate:
    def test_what_it_holds_is_replaced(self, me: Any, draft: str) -> None:
        me("POST", f"{draft}/extensions", REFERRAL)
        answer = me("PATCH", f"{draft}/extensions/Com.Contoso.Referral", {"dealValue": 3})
        assert (answer.status, answer.json["dealValue"]) == (200, 3)
        assert "companyName" not in answer.json

    def test_one_that_is_not_there(self, me: Any, draft: str) -> None:
        assert me("PATCH", f"{draft}/extensions/Com.Contoso.Referral", {"a": 3}).code == "ErrorItemNotFound"


@covers(extensions.delete)
class TestDelete:
    def test_it_is_gone(self, me: Any, draft: str) -> None:
        me("POST", f"{draft}/extensions", REFERRAL)
        assert me("DELETE", f"{draft}/extensions/{FULL}").status == 204
        assert me("GET", f"{draft}/extensions").values == []
        assert me("DELETE", f"{draft}/extensions/{FULL}").code == "ErrorItemNotFound"


def test_they_move_with_the_message(me: Any, draft: str) -> None:
    me("POST", f"{draft}/extensions", REFERRAL)
    moved = me("POST", f"{draft}/move", {"destinationId": "deleteditems"}).json["id"]
    assert len(me("GET", f"/messages/{moved}/extensions").values) == 1

"""Master categories: reference graph-mail 15."""

from typing import Any

import pytest
from outlook365_emulator.graph.mail import categories

covers = pytest.mark.covers.with_args
PATH = "/outlook/masterCategories"


@pytest.fixture
def me(graph: Any, org: Any) -> Any:
    def ask(method: str, path: str = "", body: Any = None) -> Any:
        return graph.ask(method, f"/me{PATH}{path}", body, as_=org.ada, scopes=["MailboxSettings.ReadWrite"])

    return ask


@covers(categories.list_, categories.get)
class TestRead:
    def test_six_in_a_new_mailbox(self, me: Any, org: Any) -> None:
        answer = me("GET")
        assert answer.json["@odata.context"].endswith(f"/$metadata#users('{org.ada.id}'){PATH}")
        assert [(one["displayName"], one["color"]) for one in answer.values] == [
            ("Red category", "preset0"),
            ("Orange category", "preset1"),
            ("Yellow category", "preset3"),
            ("Green category", "preset4"),
            ("Blue category", "preset7"),
            ("Purple category", "preset8"),
        ]
        for one in answer.values:
            found = me("GET", f"/{one['id']}").json
            assert {name: found[name] for name in one} == one

    def test_ids_are_the_mailboxs_own(self, org: Any) -> None:
        rows = [{one.id for one in org.mailbox(user).categories} for user in (org.ada, org.ben)]
        assert not rows[0] & rows[1]

    def test_one_that_is_not_there(self, me: Any) -> None:
        answer = me("GET", "/00000000-0000-0000-0000-000000000000")
        assert (answer.status, answer.code) == (404, "ErrorItemNotFound")

    def test_a_list_can_be_narrowed(self, me: Any) -> None:
        assert list(me("GET", "?$select=displayName&$top=1").values[0]) == ["id", "displayName"]


@covers(categories.create, categories.update, categories.delete)
class TestWrite:
    def test_create(self, me: Any, org: Any) -> None:
        answer = me("POST", body={"displayName": "Suppliers", "color": "Preset9"})
        assert (answer.status, answer.json["color"]) == (201, "preset9")
        assert answer.headers["location"].endswith(f"{PATH}('{answer.json['id']}')")
        assert me("GET").values[-1]["displayName"] == "Suppliers"
        assert me("POST", body={"displayName": "Plain"}).json["color"] == "none"

    @pytest.mark.parametrize(
        ("body", "status", "code"),
        [
            ({"displayName": "red CATEGORY", "color": "preset5"}, 409, "ErrorDuplicateCategoryName"),
            ({"color": "preset5"}, 400, "ErrorInvalidProperty"),
            ({"displayName": " "}, 400, "ErrorInvalidProperty"),
            ({"displayName": "A", "color": "preset25"}, 400, "RequestBodyRead"),
        ],
    )
    def test_what_is_refused(self, me: Any, body: Any, status: int, code: str) -> None:
        answer = me("POST", body=body)
        assert (answer.status, answer.code) == (status, code)
        assert len(me("GET").values) == 6

    def test_only_the_colour_changes(self, me: Any) -> None:
        first = me("GET").values[0]
        assert me("PATCH", f"/{first['id']}", {"color": "preset10"}).json["color"] == "preset10"
        answer = me("PATCH", f"/{first['id']}", {"displayName": "Crimson"})
        assert (answer.status, answer.code) == (400, "ErrorInvalidPropertySet")
        assert me("GET").values[0] == {**first, "color": "preset10"}

    def test_a_deleted_one_stays_on_messages(self, me: Any, graph: Any, org: Any) -> None:
        message = graph.post("/me/messages", {"categories": ["Red category"]}, as_=org.ada).json["id"]
        first = me("GET").values[0]
        assert me("DELETE", f"/{first['id']}").status == 204
        assert me("DELETE", f"/{first['id']}").status == 404
        assert graph.get(f"/me/messages/{message}", as_=org.ada).json["categories"] == ["Red category"]
        assert me("POST", body={"displayName": "Red category"}).status == 201

    def test_reading_is_not_writing(self, graph: Any, org: Any) -> None:
        answer = graph.post(f"/me{PATH}", {"displayName": "A"}, as_=org.ada, scopes=["MailboxSettings.Read"])
        assert answer.status == 403

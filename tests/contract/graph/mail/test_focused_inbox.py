"""Focused Inbox: reference graph-mail 13."""

from typing import Any

import pytest
from outlook365_emulator.graph.mail import focused_inbox

covers = pytest.mark.covers.with_args
PATH = "/inferenceClassification/overrides"


@pytest.fixture
def me(graph: Any, org: Any) -> Any:
    def ask(method: str, path: str = "", body: Any = None) -> Any:
        return graph.ask(method, f"/me{PATH}{path}", body, as_=org.ada)

    return ask


def sender(address: str, name: str | None = None) -> dict[str, Any]:
    return {"address": address, **({"name": name} if name else {})}


@covers(
    focused_inbox.get_classification,
    focused_inbox.list_,
    focused_inbox.get,
    focused_inbox.create,
    focused_inbox.update,
    focused_inbox.delete,
)
class TestOverrides:
    def test_create_and_read(self, me: Any, org: Any, graph: Any) -> None:
        body = {"classifyAs": "Other", "senderEmailAddress": sender("eve@example.org", "Eve")}
        answer = me("POST", body=body)
        assert answer.status == 201
        assert answer.json["classifyAs"] == "other"
        assert answer.json["senderEmailAddress"] == {"name": "Eve", "address": "eve@example.org"}
        [one] = me("GET").values
        assert one["id"] == answer.json["id"] == me("GET", f"/{one['id']}").json["id"]
        assert graph.get("/me/inferenceClassification", as_=org.ada).status == 200

    def test_a_name_comes_from_the_directory(self, me: Any) -> None:
        body = {"classifyAs": "other", "senderEmailAddress": sender("ben@contoso.example")}
        assert me("POST", body=body).json["senderEmailAddress"]["name"] == "Ben Franklin"

    def test_the_same_sender_again_changes_the_first(self, me: Any) -> None:
        for kind, address in (("other", "eve@example.org"), ("focused", "EVE@example.org")):
            answer = me("POST", body={"classifyAs": kind, "senderEmailAddress": sender(address)})
            assert answer.status == 201
        [one] = me("GET").values
        assert one["classifyAs"] == "focused"

    def test_change_and_delete(self, me: Any) -> None:
        body = {"classifyAs": "other", "senderEmailAddress": sender("eve@example.org")}
        made = me("POST", body=body).json["id"]
        assert me("PATCH", f"/{made}", {"classifyAs": "focused"}).json["classifyAs"] == "focused"
        answer = me("PATCH", f"/{made}", {"senderEmailAddress": sender("eva@example.org")})
        assert (answer.status, answer.code) == (400, "ErrorInvalidPropertySet")
        assert me("DELETE", f"/{made}").status == 204
        assert me("DELETE", f"/{made}").status == 404

    @pytest.mark.parametrize(
        ("body", "code"),
        [
            ({"senderEmailAddress": sender("eve@example.org")}, "ErrorInvalidProperty"),
            ({"classifyAs": "other"}, "ErrorInvalidProperty"),
            ({"classifyAs": "other", "senderEmailAddress": sender("eve")}, "ErrorInvalidProperty"),
            ({"classifyAs": "later", "senderEmailAddress": sender("eve@example.org")}, "RequestBodyRead"),
        ],
    )
    def test_what_is_refused(self, me: Any, body: Any, code: str) -> None:
        answer = me("POST", body=body)
        assert (answer.status, answer.code) == (400, code)

    def test_a_thousand_at_most(self, me: Any, org: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(focused_inbox, "MAX_OVERRIDES", 2)
        for name, status in (("a", 201), ("b", 201), ("c", 507), ("a", 201)):
            body = {"classifyAs": "other", "senderEmailAddress": sender(f"{name}@example.org")}
            assert me("POST", body=body).status == status


class TestArrival:
    def test_it_says_where_mail_goes(self, me: Any, org: Any, graph: Any, mail: Any) -> None:
        me("POST", body={"classifyAs": "other", "senderEmailAddress": sender("BEN@contoso.example")})
        me("POST", body={"classifyAs": "other", "senderEmailAddress": sender("eve@example.org")})
        for author in (org.ben, org.root):
            message = mail("ada@contoso.example", subject=author.display_name)
            assert graph.post("/me/sendMail", {"message": message}, as_=author).status == 202
        org.receive(org.ada, subject="Eve")
        found = {one["subject"]: one["inferenceClassification"] for one in graph.inbox(org.ada)}
        assert found == {"Ben Franklin": "other", org.root.display_name: "focused", "Eve": "other"}

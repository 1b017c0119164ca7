"""Rules of the inbox: reference graph-mail 14."""

from typing import Any

import pytest
from outlook365_emulator.graph.mail import rule_writing, rules

covers = pytest.mark.covers.with_args
PATH = "/mailFolders/inbox/messageRules"
SCOPES = ("MailboxSettings.ReadWrite", "Mail.ReadWrite")


@pytest.fixture
def me(graph: Any, org: Any) -> Any:
    def ask(method: str, path: str, body: Any = None) -> Any:
        return graph.ask(method, f"/me{path}", body, as_=org.ada, scopes=SCOPES)

    return ask


def rule(**members: Any) -> dict[str, Any]:
    return {"displayName": "Rule", "sequence": 1, "actions": {"markAsRead": True}, **members}


def person(address: str, name: str = "") -> dict[str, Any]:
    return {"emailAddress": {"address": address, **({"name": name} if name else {})}}


@covers(rules.create, rules.get, rules.list_)
class TestCreate:
    def test_as_it_is_answered(self, me: Any, org: Any) -> None:
        body = rule(
            sequence=2,
            conditions={"senderContains": ["adele"], "hasAttachments": True},
            exceptions={"subjectContains": ["Lunch"]},
            actions={"forwardTo": [person("ben@contoso.example")], "stopProcessingRules": True},
        )
        answer = me("POST", PATH, body)
        assert answer.status == 201
        assert answer.headers["location"].endswith(f"/messageRules('{answer.json['id']}')")
        expected = {
            "id": answer.json["id"],
            "displayName": "Rule",
            "sequence": 2,
            "isEnabled": True,
            "hasError": False,
            "isReadOnly": False,
            "conditions": {"senderContains": ["ADELE"], "hasAttachments": True},
            "exceptions": {"subjectContains": ["LUNCH"]},
            "actions": {"forwardTo": [person("ben@contoso.example", "Ben Franklin")], "stopProcessingRules": True},
        }
        assert answer.json.items() >= expected.items()
        assert me("GET", PATH).values == [expected]
        assert me("GET", f"{PATH}/{answer.json['id']}").json.items() >= expected.items()

    def test_unset_parts_are_left_out(self, me: Any) -> None:
        found = me("POST", PATH, rule(conditions=None)).json
        assert "conditions" not in found
        assert "exceptions" not in found

    def test_in_the_order_in_which_they_run(self, me: Any) -> None:
        for name, sequence in (("b", 5), ("c", 9), ("a", 1)):
            me("POST", PATH, rule(displayName=name, sequence=sequence))
        assert [one["displayName"] for one in me("GET", PATH).values] == ["a", "b", "c"]

    def test_a_folder_by_its_id(self, me: Any) -> None:
        archive = me("GET", "/mailFolders/archive").json["id"]
        answer = me("POST", PATH, rule(actions={"moveToFolder": archive}))
        assert answer.json["actions"] == {"moveToFolder": archive}

    @pytest.mark.parametrize(
        ("body", "code"),
        [
            (rule(displayName=None), "ErrorInvalidProperty"),
            (rule(sequence=None), "ErrorInvalidProperty"),
            (rule(actions=None), "ErrorInvalidProperty"),
            (rule(actions={}), "ErrorInboxRulesValidationError"),
            (rule(actions={"markAsRead": False}), "ErrorInboxRulesValidationError"),
            (rule(sequence=-1), "ErrorInboxRulesValidationError"),
            (rule(actions={"moveToFolder": "archive"}), "ErrorInboxRulesValidationError"),
            (rule(actions={"copyToFolder": "made-up"}), "ErrorInboxRulesValidationError"),
            (rule(actions={"forwardTo": [person("nobody")]}), "ErrorInboxRulesValidationError"),
            (rule(conditions={"fromAddresses": [person("")]}), "ErrorInboxRulesValidationError"),
            (rule(conditions={"subjectContains": []}), "ErrorInboxRulesValidationError"),
            (
                rule(conditions={"withinSizeRange": {"minimumSize": 9, "maximumSize": 2}}),
                "ErrorInboxRulesValidationError",
            ),
            (rule(conditions={"colourIs": "red"}), "RequestBodyRead"),
            (rule(conditions={"importance": "greatest"}), "RequestBodyRead"),
            (rule(isReadOnly=True), "ErrorInvalidPropertySet"),
            (rule(hasError=True), "ErrorInvalidPropertySet"),
        ],
    )
    def test_what_is_refused(self, me: Any, body: Any, code: str) -> None:
        answer = me("POST", PATH, body)
        assert (answer.status, answer.code) == (400, code), answer.body
        if code == "ErrorInboxRulesValidationError":
            assert answer.message == "A validation error occurred while executing the rule operation."
        assert me("GET", PATH).values == []

    def test_a_deleted_folder(self, me: Any) -> None:
        folder = me("POST", "/mailFolders", {"displayName": "A"}).json["id"]
        me("POST", f"/mailFolders/{folder}/permanentDelete")
        answer = me("POST", PATH, rule(actions={"moveToFolder": folder}))
        assert answer.code == "ErrorInboxRulesValidationError"

    def test_their_quota(self, me: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(rule_writing, "QUOTA", 200)
        assert me("POST", PATH, rule(conditions={"subjectContains": ["x" * 120]})).status == 201
        answer = me("POST", PATH, rule(conditions={"subjectContains": ["x" * 120]}))
        assert (answer.status, answer.code) == (507, "ErrorQuotaExceeded")

    @pytest.mark.parametrize("folder", ["drafts", "archive"])
    def test_only_the_inbox_has_rules(self, me: Any, folder: str) -> None:
        for method, body in (("GET", None), ("POST", rule())):
            answer = me(method, f"/mailFolders/{folder}/messageRules", body)
            assert (answer.status, answer.code) == (404, "ErrorItemNotFound")


@covers(rules.update, rules.delete)
class TestChange:
    def test_parts_are_replaced_as_wholes(self, me: Any) -> None:
        conditions = {"senderContains": ["adele"], "hasAttachments": True}
        made = me("POST", PATH, rule(conditions=conditions)).json
        changes = {"displayName": "Other", "isEnabled": False, "actions": {"markImportance": "High"}}
        found = me("PATCH", f"{PATH}/{made['id']}", changes).json
        assert (found["displayName"], found["isEnabled"], found["sequence"]) == ("Other", False, 1)
        assert found["actions"] == {"markImportance": "high"}
        assert found["conditions"] == made["conditions"]
        found = me("PATCH", f"{PATH}/{made['id']}", {"conditions": {"sentToMe": True}}).json
        assert found["conditions"] == {"sentToMe": True}

    def test_delete(self, me: Any) -> None:
        made = me("POST", PATH, rule()).json["id"]
        assert me("DELETE", f"{PATH}/{made}").status == 204
        for method in ("GET", "DELETE"):
            answer = me(method, f"{PATH}/{made}")
            assert (answer.status, answer.code) == (404, "ErrorItemNotFound")

    def test_a_rule_of_a_mail_client_stays(self, me: Any, org: Any) -> None:
        from msgspec.structs import replace

        made = me("POST", PATH, rule()).json["id"]
        table = org.mailbox(org.ada).rules
        table.put(replace(table.get(made), read_only=True))
        assert me("GET", f"{PATH}/{made}").json["isReadOnly"] is True
        for answer in (me("PATCH", f"{PATH}/{made}", {"displayName": "x"}), me("DELETE", f"{PATH}/{made}")):
            assert (answer.status, answer.code) == (403, "ErrorAccessDenied")

"""What rules do with mail that arrives: reference graph-mail 14."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

PATH = "/mailFolders/inbox/messageRules"
ADA, BEN, ROOT = "ada@contoso.example", "ben@contoso.example", "root@contoso.example"
FILE = {"@odata.type": "#microsoft.graph.fileAttachment", "name": "a.txt", "contentBytes": "aGk="}


def person(address: str) -> dict[str, Any]:
    return {"emailAddress": {"address": address}}


@pytest.fixture
def add_rule(graph: Any, org: Any) -> Any:
    """Create a rule of a person, `add_rule(org.ada, actions={...})`, and return its id."""

    def add(user: Any, sequence: int = 1, **members: Any) -> str:
        body = {"displayName": f"Rule {sequence}", "sequence": sequence, **members}
        answer = graph.post(f"/me{PATH}", body, as_=user, scopes=["MailboxSettings.ReadWrite"])
        assert answer.status == 201, answer.body
        return str(answer.json["id"])

    return add


@pytest.fixture
def send(graph: Any, org: Any, mail: Any) -> Any:
    """Send a message from ben to ada."""

    def post(subject: str, **members: Any) -> None:
        body = {"message": mail(ADA, subject=subject, **members)}
        assert graph.post("/me/sendMail", body, as_=org.ben).status == 202

    return post


def subjects(rows: list[Any]) -> list[str]:
    return [one["subject"] for one in rows]


class TestActions:
    def test_mark(self, add_rule: Any, send: Any, org: Any, graph: Any) -> None:
        actions = {"markAsRead": True, "markImportance": "low", "assignCategories": ["Red category", "Own"]}
        add_rule(org.ada, conditions={"subjectContains": ["report"]}, actions=actions)
        send("Report", importance="high")
        send("Other")
        found = {one["subject"]: one for one in graph.inbox(org.ada)}
        report = found["Report"]
        assert (report["isRead"], report["importance"]) == (True, "low")
        assert report["categories"] == ["Red category", "Own"]
        assert (found["Other"]["isRead"], found["Other"]["categories"]) == (False, [])
        assert org.mailbox(org.ada).messages.unread(268) == 1

    def test_move_and_copy(self, add_rule: Any, send: Any, org: Any, graph: Any) -> None:
        ids = org.mailbox(org.ada).ids
        archive, drafts = ids.folder(273), ids.folder(271)
        add_rule(org.ada, actions={"moveToFolder": archive, "copyToFolder": drafts})
        send("Report", attachments=[FILE])
        assert graph.inbox(org.ada) == []
        for folder in ("archive", "drafts"):
            [one] = graph.inbox(org.ada, folder)
            assert (one["subject"], one["hasAttachments"]) == ("Report", True)
            files = graph.get(f"/users/{org.ada.id}/messages/{one['id']}/attachments").values
            assert [file["contentBytes"] for file in files] == ["aGk="]

    def test_delete(self, add_rule: Any, send: Any, org: Any, graph: Any) -> None:
        add_rule(org.ada, actions={"delete": True})
        send("Report")
        assert graph.inbox(org.ada) == []
        assert subjects(graph.inbox(org.ada, "deleteditems")) == ["Report"]

    def test_delete_for_good(self, add_rule: Any, send: Any, org: Any, graph: Any) -> None:
        add_rule(org.ada, actions={"permanentDelete": True})
        send("Report", attachments=[FILE])
        assert graph.get(f"/users/{org.ada.id}/messages").values == []
        assert len(org.mailbox(org.ada).attachments.state()) == 0

    def test_forward(self, add_rule: Any, send: Any, org: Any, graph: Any) -> None:
        add_rule(org.ada, actions={"forwardTo": [person(ROOT), person("out@example.net")]})
        send("Report", body={"contentType": "html", "content": "<b>All well</b>"}, attachments=[FILE])
        assert subjects(graph.inbox(org.ada)) == ["Report"]
        [one] = graph.inbox(org.root)
        assert (one["subject"], one["from"]["emailAddress"]["address"]) == ("FW: Report", ADA)
        assert "<b>All well</b>" in one["body"]["content"]
        assert "Ben Franklin &lt;ben@contoso.example&gt;" in one["body"]["content"]
        assert one["hasAttachments"] is True
        [outgoing] = org.world.outbox
        assert (outgoing.sender, outgoing.recipients) == (ADA, ("out@example.net",))

    def test_a_forward_quotes_as_its_owner_would(self, add_rule: Any, send: Any, org: Any, graph: Any) -> None:
        add_rule(org.ada, actions={"forwardTo": [person(ROOT)]})
        graph.patch(
            "/me/mailboxSettings", {"timeZone": "Asia/Tokyo"}, as_=org.ada, scopes=["MailboxSettings.ReadWrite"]
        )
        send("RE: Report", body={"contentType": "html", "content": '<html><body dir="ltr">All well</body></html>'})
        [original], [one] = graph.inbox(org.ada), graph.inbox(org.root)
        sent = datetime.fromisoformat(original["sentDateTime"]).astimezone(ZoneInfo("Asia/Tokyo"))
        assert one["subject"] == "FW: Report"
        assert one["body"]["content"].startswith('<html><body dir="ltr"><hr')
        assert f"{sent:%A, %B} {sent.day}, {sent.year} " in one["body"]["content"]

    def test_forward_as_attachment(self, add_rule: Any, send: Any, org: Any, graph: Any) -> None:
        add_rule(org.ada, actions={"forwardAsAttachmentTo": [person(ROOT)]})
        send("Report", attachments=[FILE])
        [one] = graph.inbox(org.root)
        assert (one["subject"], one["from"]["emailAddress"]["address"]) == ("FW: Report", ADA)
        path = f"/users/{org.root.id}/messages/{one['id']}/attachments"
        [held] = graph.get(f"{path}?$expand=microsoft.graph.itemattachment/item").values
        assert held["@odata.type"] == "#microsoft.graph.itemAttachment"
        assert held["item"]["subject"] == "Report"
        assert len(list(org.mailbox(org.ada).messages)) == 1

    def test_redirect(self, add_rule: Any, send: Any, org: Any, graph: Any) -> None:
        add_rule(org.ada, actions={"redirectTo": [person(ROOT)]})
        send("Report", internetMessageHeaders=[{"name": "x-tool", "value": "7"}])
        [original], [one] = graph.inbox(org.ada), graph.inbox(org.root)
        assert one["subject"] == "Report"
        assert one["from"]["emailAddress"]["address"] == BEN
        assert one["toRecipients"][0]["emailAddress"]["address"] == ADA
        assert one["internetMessageId"] == original["internetMessageId"]
        path = f"/users/{org.root.id}/messages/{one['id']}?$select=internetMessageHeaders"
        names = [header["name"].lower() for header in graph.get(path).json["internetMessageHeaders"]]
        assert names.count("x-tool") == names.count("x-ms-has-attach") == 1


class TestOrder:
    def test_by_sequence_and_stop(self, add_rule: Any, send: Any, org: Any, graph: Any) -> None:
        add_rule(org.ada, 3, actions={"assignCategories": ["third"]})
        add_rule(org.ada, 1, actions={"assignCategories": ["first"]})
        add_rule(
            org.ada,
            2,
            conditions={"categories": ["first"], "subjectContains": ["stop"]},
            actions={"assignCategories": ["second"], "stopProcessingRules": True},
        )
        send("Go on")
        send("Stop here")
        found = {one["subject"]: one["categories"] for one in graph.inbox(org.ada)}
        assert found == {"Go on": ["first", "third"], "Stop here": ["first", "second"]}

    def test_a_disabled_rule_rests(self, add_rule: Any, send: Any, org: Any, graph: Any) -> None:
        add_rule(org.ada, isEnabled=False, actions={"delete": True})
        send("Report")
        assert subjects(graph.inbox(org.ada)) == ["Report"]

    def test_a_rule_whose_folder_is_gone_says_so(self, add_rule: Any, send: Any, org: Any, graph: Any) -> None:
        folder = graph.post("/me/mailFolders", {"displayName": "A"}, as_=org.ada).json["id"]
        made = add_rule(org.ada, actions={"moveToFolder": folder})
        graph.post(f"/me/mailFolders/{folder}/permanentDelete", as_=org.ada)
        send("Report")
        assert subjects(graph.inbox(org.ada)) == ["Report"]
        scopes = ["MailboxSettings.ReadWrite"]
        assert graph.get(f"/me{PATH}/{made}", as_=org.ada, scopes=scopes).json["hasError"] is True
        repaired = {"actions": {"moveToFolder": org.mailbox(org.ada).ids.folder(273)}}
        assert graph.patch(f"/me{PATH}/{made}", repaired, as_=org.ada, scopes=scopes).json["hasError"] is False
        send("Second")
        assert subjects(graph.inbox(org.ada, "archive")) == ["Second"]


class TestLoops:
    def test_what_was_forwarded_is_not_forwarded_again(self, add_rule: Any, send: Any, org: Any, graph: Any) -> None:
        add_rule(org.ada, actions={"forwardTo": [person(ROOT)]})
        add_rule(org.root, actions={"forwardTo": [person(ADA)], "markAsRead": True})
        send("Report")
        assert subjects(graph.inbox(org.ada)) == ["Report"]
        [one] = graph.inbox(org.root)
        assert (one["subject"], one["isRead"]) == ("FW: Report", True)

    def test_to_oneself(self, add_rule: Any, send: Any, org: Any, graph: Any) -> None:
        add_rule(org.ada, actions={"redirectTo": [person(ADA)]})
        send("Report")
        assert subjects(graph.inbox(org.ada)) == ["Report", "Report"]


def test_rules_see_received_mail_too(add_rule: Any, org: Any) -> None:
    add_rule(org.ada, actions={"moveToFolder": org.mailbox(org.ada).ids.folder(273)})
    assert org.receive(org.ada, subject="x").folder == 273
    assert org.receive(org.ada, "sentitems", subject="x").folder == 265

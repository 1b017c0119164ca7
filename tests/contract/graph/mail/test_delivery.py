"""What delivery does: reference graph-mail 8."""

import json
from datetime import timedelta
from typing import Any

import pytest
from outlook365_emulator.directory.tenants import make_tenant
from outlook365_emulator.directory.users import add_user

FILE = {"@odata.type": "#microsoft.graph.fileAttachment", "name": "a.txt", "contentBytes": "aGVsbG8="}


@pytest.fixture
def send(graph: Any, org: Any, mail: Any) -> Any:
    """Send a message as ada."""

    def submit(*to: str, **members: Any) -> None:
        answer = graph.post("/me/sendMail", {"message": mail(*to, **members)}, as_=org.ada)
        assert answer.status == 202, answer.body

    return submit


def recipients(*addresses: str) -> list[dict[str, Any]]:
    return [{"emailAddress": {"address": address}} for address in addresses]


def test_what_arrives(graph: Any, org: Any, send: Any) -> None:
    send("ben@contoso.example", subject="Hi", body={"contentType": "html", "content": "<b>there</b>"})
    (found,) = graph.inbox(org.ben)
    assert (found["isRead"], found["isDraft"], found["isDeliveryReceiptRequested"]) == (False, False, None)
    assert (found["subject"], found["bodyPreview"]) == ("Hi", "there")
    assert found["parentFolderId"] == org.mailbox(org.ben).ids.folder(0x010C)
    assert found["toRecipients"] == [{"emailAddress": {"name": "Ben Franklin", "address": "ben@contoso.example"}}]


def test_one_thread_and_two_conversations(graph: Any, org: Any, send: Any) -> None:
    send("ben@contoso.example", subject="Hi")
    (sent,), (found,) = graph.inbox(org.ada, "sentitems"), graph.inbox(org.ben)
    for name in ("internetMessageId", "conversationIndex", "subject", "sentDateTime"):
        assert sent[name] == found[name]
    for name in ("id", "changeKey", "conversationId", "parentFolderId"):
        assert sent[name] != found[name]


def test_nobody_sees_who_got_a_blind_copy(graph: Any, org: Any, send: Any) -> None:
    blind = recipients("root@contoso.example", "x@example.org")
    send("ben@contoso.example", bccRecipients=blind, ccRecipients=recipients("support@contoso.example"))
    for user in (org.ben, org.root, org.support):
        (found,) = graph.inbox(user)
        assert found["bccRecipients"] == []
        assert [one["emailAddress"]["name"] for one in found["ccRecipients"]] == ["Support"]
    (sent,) = graph.inbox(org.ada, "sentitems")
    assert [one["emailAddress"]["address"] for one in sent["bccRecipients"]] == [
        "root@contoso.example",
        "x@example.org",
    ]


@pytest.mark.parametrize(
    ("member", "value", "arrives"),
    [
        ("importance", "high", "high"),
        ("isReadReceiptRequested", True, True),
        ("isDeliveryReceiptRequested", True, None),
        ("categories", ["Red category"], []),
        ("flag", {"flagStatus": "flagged"}, {"flagStatus": "notFlagged"}),
        ("inferenceClassification", "other", "focused"),
    ],
)
def test_what_a_copy_keeps(graph: Any, org: Any, send: Any, member: str, value: Any, arrives: Any) -> None:
    send("ben@contoso.example", **{member: value})
    (found,) = graph.inbox(org.ben)
    assert found[member] == arrives


def test_attachments_arrive(graph: Any, org: Any, send: Any) -> None:
    send("ben@contoso.example", attachments=[FILE, {**FILE, "name": "b", "contentBytes": "QUJD" * 50_000}])
    (found,) = graph.get(f"/users/{org.ben.id}/messages?$expand=attachments").values
    assert found["hasAttachments"] is True
    assert [(one["name"], len(one["contentBytes"])) for one in found["attachments"]] == [("a.txt", 8), ("b", 200_000)]


def test_a_copy_lives_its_own_life(graph: Any, org: Any, send: Any) -> None:
    send("ben@contoso.example", attachments=[FILE])
    (sent,) = graph.inbox(org.ada, "sentitems")
    for _ in range(3):
        for folder in ("sentitems", "deleteditems", "recoverableitemsdeletions"):
            for one in graph.inbox(org.ada, folder):
                graph.delete(f"/me/messages/{one['id']}", as_=org.ada)
    assert sent
    (found,) = graph.get(f"/users/{org.ben.id}/messages?$expand=attachments").values
    assert len(found["attachments"]) == 1


def test_mail_to_oneself_is_two_items(graph: Any, org: Any, send: Any) -> None:
    send("ada@contoso.example", subject="Note")
    (sent,), (found,) = graph.inbox(org.ada, "sentitems"), graph.inbox(org.ada)
    assert sent["id"] != found["id"]
    assert sent["conversationId"] == found["conversationId"]
    assert (sent["isRead"], found["isRead"]) == (True, False)


def test_one_copy_for_a_mailbox_whatever_its_addresses(graph: Any, org: Any) -> None:
    to = recipients("ada@contoso.example", "AL@contoso.example", "ada+news@contoso.example", "al+x@CONTOSO.example")
    answer = graph.post("/me/sendMail", {"message": {"toRecipients": to, "ccRecipients": to}}, as_=org.ben)
    assert answer.status == 202
    assert len(graph.inbox(org.ada)) == 1


def test_plus_addressing(graph: Any, org: Any, send: Any) -> None:
    send("ben+shop@contoso.example")
    (found,) = graph.inbox(org.ben)
    assert found["toRecipients"][0]["emailAddress"]["address"] == "ben+shop@contoso.example"


def test_every_domain_of_the_tenant(graph: Any, org: Any, send: Any) -> None:
    with org.world.unit() as unit:
        cleo = add_user(org.world, org.tenant, unit, "cleo@contoso.test")
    send("cleo@contoso.test")
    assert len(graph.inbox(cleo)) == 1


class TestFailure:
    @pytest.mark.parametrize("address", ["nobody@contoso.example", "ada@contoso.test", "guest@contoso.example"])
    def test_an_unknown_recipient_comes_back_as_a_report(self, graph: Any, org: Any, send: Any, address: str) -> None:
        send(address, "ben@contoso.example", subject="Hi")
        (report,) = graph.inbox(org.ada)
        sender = {
            "name": "Microsoft Outlook",
            "address": "MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@contoso.example",
        }
        assert report["subject"] == "Undeliverable: Hi"
        assert report["from"]["emailAddress"] == report["sender"]["emailAddress"] == sender
        assert report["bodyPreview"].startswith("Delivery has failed to these recipients or groups:")
        assert address in report["bodyPreview"]
        assert (report["isRead"], report["isDraft"]) == (False, False)
        assert len(graph.inbox(org.ben)) == 1
        assert org.world.outbox == []

    def test_a_refused_message_reports_nothing(self, graph: Any, org: Any, mail: Any) -> None:
        message = mail("nobody@contoso.example", **{"from": {"emailAddress": {"address": "ben@contoso.example"}}})
        assert graph.post("/me/sendMail", {"message": message}, as_=org.ada).status == 403
        assert graph.inbox(org.ada) == []


class TestOutside:
    def test_it_goes_to_the_outbox_of_the_world(self, org: Any, send: Any) -> None:
        org.world.clock.set(org.world.clock.now() + timedelta(hours=1))
        send("x@example.org", "ben@contoso.example", ccRecipients=recipients("y@example.net"), subject="Hi")
        (out,) = org.world.outbox
        assert (out.sender, out.recipients) == ("ada@contoso.example", ("x@example.org", "y@example.net"))
        assert out.at == org.world.clock.now()
        assert json.loads(out.document)["subject"] == "Hi"

    def test_a_refused_message_does_not(self, graph: Any, org: Any, mail: Any) -> None:
        answer = graph.post("/me/sendMail", {"message": mail("x@example.org", "nonsense")}, as_=org.ada)
        assert answer.status == 400
        assert org.world.outbox == []

    def test_another_tenant_of_the_world_is_reached(self, graph: Any, org: Any, send: Any) -> None:
        other = make_tenant(org.world, domains=("fabrikam.example",))
        org.hosting.add_tenant(org.world, other)
        with org.world.unit() as unit:
            zoe = add_user(org.world, other, unit, "zoe")
        send("zoe@fabrikam.example", subject="Hi")
        mailbox = other.mailbox_of(zoe)
        assert mailbox is not None
        assert [message.subject for message in mailbox.messages] == ["Hi"]
        assert org.world.outbox == []


def test_counts_follow(graph: Any, org: Any, send: Any) -> None:
    for _ in range(3):
        send("ben@contoso.example")
    inbox = graph.get(f"/users/{org.ben.id}/mailFolders/inbox").json
    sent = graph.get(f"/users/{org.ada.id}/mailFolders/sentitems").json
    assert (inbox["unreadItemCount"], inbox["totalItemCount"]) == (3, 3)
    assert (sent["unreadItemCount"], sent["totalItemCount"]) == (0, 3)


def test_each_mailbox_logs_its_own_change(org: Any, send: Any) -> None:
    send("ben@contoso.example", "nobody@contoso.example")
    kinds = {user.user_principal_name: [one.kind for one in org.mailbox(user).changes] for user in (org.ada, org.ben)}
    assert kinds == {"ada@contoso.example": ["created", "created"], "ben@contoso.example": ["created"]}

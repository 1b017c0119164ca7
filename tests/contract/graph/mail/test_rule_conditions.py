"""When a rule applies: reference graph-mail 14, one row for each condition."""

from typing import Any

import pytest
from outlook365_emulator.graph.mail.rule_conditions import CONDITIONS
from outlook365_emulator.tables.schema_types import type_of

ADA, BEN = "ada@contoso.example", "ben@contoso.example"
FILE = {"@odata.type": "#microsoft.graph.fileAttachment", "name": "a.bin", "contentBytes": "QUFB" * 2000}


def person(address: str, name: str = "") -> dict[str, Any]:
    return {"emailAddress": {"address": address, "name": name or address}}


def header(name: str, value: str) -> dict[str, Any]:
    return {"internetMessageHeaders": [{"name": name, "value": value}]}


# A condition, a message that it holds for, and one that it does not hold for.
ROWS: list[tuple[str, Any, dict[str, Any], dict[str, Any]]] = [
    ("bodyContains", ["lunch"], {"body": {"contentType": "html", "content": "<p>LUNCH</p>"}}, {"subject": "Lunch"}),
    ("bodyContains", ["<p>"], {"body": {"content": "<p>"}}, {"body": {"contentType": "html", "content": "<p>x</p>"}}),
    ("bodyOrSubjectContains", ["lunch", "tea"], {"subject": "Teatime"}, {"subject": "Supper"}),
    ("subjectContains", ["invoice"], {"subject": "Your INVOICE 17"}, {"body": {"content": "invoice"}}),
    ("senderContains", ["example.org"], {}, {"sender": BEN}),
    ("senderContains", ["franklin"], {"sender": BEN}, {}),
    (
        "recipientContains",
        ["lovelace"],
        {"toRecipients": [person(ADA, "Ada Lovelace")]},
        {"toRecipients": [person(BEN)]},
    ),
    ("recipientContains", ["ben"], {"ccRecipients": [person(BEN)]}, {}),
    ("headerContains", ["x-tool: jenkins"], header("X-Tool", "Jenkins 2"), {}),
    ("categories", ["Red category"], {"categories": ["Red category"]}, {"categories": ["Blue category"]}),
    ("fromAddresses", [person("EVE@example.org")], {}, {"sender": BEN}),
    ("sentToAddresses", [person(BEN)], {"ccRecipients": [person(BEN)]}, {}),
    ("hasAttachments", True, {"attachments": [FILE]}, {}),
    ("importance", "high", {"importance": "high"}, {}),
    ("sensitivity", "private", header("Sensitivity", "private"), {}),
    ("isApprovalRequest", True, header("X-MS-Exchange-Organization-MsgClass", "IPM.Note.Approval"), {}),
    ("isAutomaticForward", True, header("X-MS-Exchange-Inbox-Rules-Loop", BEN), {}),
    ("isAutomaticReply", True, header("Auto-Submitted", "auto-replied"), {}),
    ("isEncrypted", True, header("Content-Type", "application/pkcs7-mime; smime-type=enveloped-data"), {}),
    ("isNonDeliveryReport", True, {"sender": "MicrosoftExchange329e@contoso.example"}, {}),
    ("isNonDeliveryReport", True, header("Content-Type", "multipart/report; report-type=delivery-status"), {}),
    ("isPermissionControlled", True, header("Content-Class", "rpmsg.message"), {}),
    ("isReadReceipt", True, header("Content-Type", "multipart/report; report-type=disposition-notification"), {}),
    ("isSigned", True, header("Content-Type", "multipart/signed; micalg=sha-256"), {}),
    ("isVoicemail", True, header("Content-Class", "voice"), {}),
    ("messageActionFlag", "any", {"flag": {"flagStatus": "flagged"}}, {}),
    ("notSentToMe", True, {"toRecipients": [person(BEN)]}, {}),
    ("sentToMe", True, {"toRecipients": [person("AL@contoso.example")]}, {"toRecipients": [person(BEN)]}),
    ("sentCcMe", True, {"toRecipients": [person(BEN)], "ccRecipients": [person(ADA)]}, {}),
    ("sentOnlyToMe", True, {}, {"toRecipients": [person(ADA), person(BEN)]}),
    (
        "sentToOrCcMe",
        True,
        {"toRecipients": [person(BEN)], "ccRecipients": [person(ADA)]},
        {"toRecipients": [person(BEN)]},
    ),
    ("withinSizeRange", {"minimumSize": 5}, {"attachments": [FILE]}, {}),
    ("withinSizeRange", {"minimumSize": 0, "maximumSize": 5}, {}, {"attachments": [FILE]}),
]
IDS = [f"{name}-{number}" for number, (name, *_) in enumerate(ROWS)]
# Meeting messages are sent by the calendar; no document of a message makes one.
OF_THE_CALENDAR = {"isMeetingRequest", "isMeetingResponse"}


@pytest.fixture
def marked(org: Any, graph: Any) -> Any:
    """Whether a rule that marks as read applies to a message."""

    def run(message: dict[str, Any], **parts: Any) -> bool:
        body = {"displayName": "R", "sequence": 1, "actions": {"markAsRead": True}, **parts}
        path = "/me/mailFolders/inbox/messageRules"
        made = graph.post(path, body, as_=org.ada, scopes=["MailboxSettings.ReadWrite"])
        assert made.status == 201, made.body
        record = org.receive(org.ada, **message)
        graph.delete(f"{path}/{made.json['id']}", as_=org.ada, scopes=["MailboxSettings.ReadWrite"])
        return bool(record.is_read)

    return run


@pytest.mark.parametrize(("name", "value", "holds", "fails"), ROWS, ids=IDS)
class TestCondition:
    def test_alone(self, marked: Any, name: str, value: Any, holds: Any, fails: Any) -> None:
        assert marked(holds, conditions={name: value})
        assert not marked(fails, conditions={name: value})

    def test_as_an_exception(self, marked: Any, name: str, value: Any, holds: Any, fails: Any) -> None:
        assert not marked(holds, exceptions={name: value})
        assert marked(fails, exceptions={name: value})


def test_every_condition_of_the_schema_is_here() -> None:
    declared = {one.name for one in type_of("messageRulePredicates").properties.values()}
    assert set(CONDITIONS) == declared
    assert {name for name, *_ in ROWS} | OF_THE_CALENDAR == declared


def test_all_conditions_must_hold(marked: Any) -> None:
    both = {"subjectContains": ["invoice"], "hasAttachments": True}
    assert marked({"subject": "Invoice", "attachments": [FILE]}, conditions=both)
    assert not marked({"subject": "Invoice"}, conditions=both)


def test_one_exception_is_enough(marked: Any) -> None:
    exceptions = {"subjectContains": ["invoice"], "hasAttachments": True}
    assert not marked({"subject": "Invoice"}, exceptions=exceptions)
    assert marked({"subject": "Lunch"}, exceptions=exceptions)


def test_false_asks_for_nothing(marked: Any) -> None:
    assert marked({"attachments": [FILE]}, conditions={"hasAttachments": False})
    assert marked({"attachments": [FILE]}, exceptions={"hasAttachments": False})


def test_no_condition_applies_to_all(marked: Any) -> None:
    assert marked({"subject": "Anything"})

"""Whether a rule applies to a message that arrives: one predicate for each condition that Graph knows.

Reference `graph-mail.md` section 14: all conditions given must hold, one text or address of a list is enough. A rule
does not apply where one of its exceptions holds.
"""

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any

import msgspec

from outlook365_emulator.graph.mail.addresses import address_of
from outlook365_emulator.graph.mail.bodies import html_to_text
from outlook365_emulator.graph.mail.documents import members_of
from outlook365_emulator.store.mailbox import Mailbox
from outlook365_emulator.store.records.directory import User
from outlook365_emulator.store.records.mail import Message
from outlook365_emulator.store.records.mailbox_settings import MessageRule
from outlook365_emulator.store.tenant import addresses_of

LOOP_HEADER = "X-MS-Exchange-Inbox-Rules-Loop"
"""Header of what a rule sent on, with the address of the mailbox whose rule it was."""


class Letter:
    """A message as the conditions of a rule look at it.

    Args:
        mailbox: the mailbox that it arrived in.
        owner: whose mailbox it is.
        message: the message.
    """

    def __init__(self, mailbox: Mailbox, owner: User, message: Message) -> None:
        self.message = message
        self.members = members_of(message)
        self.own = frozenset(addresses_of(owner))
        self.to = frozenset(address_of(one).lower() for one in self.members["toRecipients"])
        self.cc = frozenset(address_of(one).lower() for one in self.members["ccRecipients"])
        self.size = len(message.document) + sum(_size(one.document) for one in mailbox.attachments.of(message))

    @property
    def subject(self) -> str:
        """The subject."""
        return self.message.subject

    @property
    def body(self) -> str:
        """The text of the body."""
        body = self.members["body"]
        content: str = body["content"]
        return html_to_text(content) if body["contentType"] == "html" else content

    @property
    def sender(self) -> str:
        """Name and address of the author."""
        return f"{self.message.from_name} {self.message.from_address}"

    @property
    def recipients(self) -> str:
        """Names and addresses of all open recipients, a line each."""
        found = [one["emailAddress"] for kind in ("toRecipients", "ccRecipients") for one in self.members[kind]]
        return "\n".join(f"{one.get('name') or ''} {one.get('address') or ''}" for one in found)

    @property
    def header(self) -> str:
        """The internet message headers, a line each."""
        return "\n".join(f"{name}: {value}" for name, value in self.message.headers)

    def header_value(self, name: str) -> str:
        """Return the value of a header in lower case, or ""."""
        wanted = name.lower()
        return next((value.lower() for key, value in self.message.headers if key.lower() == wanted), "")


def _size(document: bytes) -> int:
    return int(msgspec.json.decode(document).get("size") or 0)


Condition = Callable[[Letter, Any], bool]


def _contains(*parts: str) -> Condition:
    def holds(letter: Letter, texts: list[str]) -> bool:
        seen = "\n".join(getattr(letter, part) for part in parts).lower()
        return any(text.lower() in seen for text in texts)

    return holds


def _fact(find: Callable[[Letter], bool]) -> Condition:
    def holds(letter: Letter, wanted: bool) -> bool:
        return not wanted or find(letter)  # false asks for nothing, as in Outlook, where the box is not ticked

    return holds


def _addresses(recipients: Iterable[dict[str, Any]]) -> set[str]:
    return {address_of(one).lower() for one in recipients}


def _type_is(*names: str) -> Callable[[Letter], bool]:
    return lambda letter: str(letter.members.get("@odata.type", "")).rpartition(".")[2] in names


def _content_type(*parts: str) -> Callable[[Letter], bool]:
    return lambda letter: any(part in letter.header_value("Content-Type") for part in parts)


def _within(letter: Letter, size: dict[str, int]) -> bool:
    low, high = size.get("minimumSize") or 0, size.get("maximumSize")
    return low * 1024 <= letter.size and (not high or letter.size <= high * 1024)


def _is_failure_report(letter: Letter) -> bool:
    return _content_type("report-type=delivery-status")(letter) or letter.message.from_address.lower().startswith(
        "microsoftexchange"
    )


CONDITIONS: Mapping[str, Condition] = MappingProxyType(
    {
        "bodyContains": _contains("body"),
        "bodyOrSubjectContains": _contains("body", "subject"),
        "subjectContains": _contains("subject"),
        "senderContains": _contains("sender"),
        "recipientContains": _contains("recipients"),
        "headerContains": _contains("header"),
        "categories": lambda letter, names: bool(set(names) & set(letter.message.categories)),
        "fromAddresses": lambda letter, people: letter.message.from_address.lower() in _addresses(people),
        "sentToAddresses": lambda letter, people: bool(_addresses(people) & (letter.to | letter.cc)),
        "hasAttachments": _fact(lambda letter: letter.message.has_attachments),
        "importance": lambda letter, wanted: letter.message.importance == wanted,
        "sensitivity": lambda letter, wanted: (letter.header_value("Sensitivity") or "normal") == wanted.lower(),
        "isApprovalRequest": _fact(
            lambda letter: "approval" in letter.header_value("X-MS-Exchange-Organization-MsgClass")
        ),
        "isAutomaticForward": _fact(lambda letter: bool(letter.header_value(LOOP_HEADER))),
        "isAutomaticReply": _fact(lambda letter: "auto-" in letter.header_value("Auto-Submitted")),
        "isEncrypted": _fact(_content_type("pkcs7-mime", "multipart/encrypted")),
        "isMeetingRequest": _fact(_type_is("eventMessageRequest")),
        "isMeetingResponse": _fact(_type_is("eventMessageResponse")),
        "isNonDeliveryReport": _fact(_is_failure_report),
        "isPermissionControlled": _fact(lambda letter: "rpmsg" in letter.header_value("Content-Class")),
        "isReadReceipt": _fact(_content_type("report-type=disposition-notification")),
        "isSigned": _fact(_content_type("multipart/signed")),
        "isVoicemail": _fact(lambda letter: "voice" in letter.header_value("Content-Class")),
        "messageActionFlag": lambda letter, wanted: wanted == "any" and letter.message.flag_status != "notFlagged",
        "notSentToMe": _fact(lambda letter: not letter.own & letter.to),
        "sentCcMe": _fact(lambda letter: bool(letter.own & letter.cc)),
        "sentOnlyToMe": _fact(lambda letter: len(letter.to) == 1 and letter.to <= letter.own and not letter.cc),
        "sentToMe": _fact(lambda letter: bool(letter.own & letter.to)),
        "sentToOrCcMe": _fact(lambda letter: bool(letter.own & (letter.to | letter.cc))),
        "withinSizeRange": _within,
    }
)
"""What each condition asks of a message."""


def applies(rule: MessageRule, letter: Letter) -> bool:
    """Return whether a rule applies to a message."""
    conditions: dict[str, Any] = msgspec.json.decode(rule.conditions)
    exceptions: dict[str, Any] = msgspec.json.decode(rule.exceptions)
    if not all(CONDITIONS[name](letter, value) for name, value in conditions.items()):
        return False
    return not any(value is not False and CONDITIONS[name](letter, value) for name, value in exceptions.items())

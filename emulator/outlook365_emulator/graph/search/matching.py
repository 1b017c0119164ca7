"""From the tree of a search to a predicate over messages, and the texts that it reads.

Texts are folded to words between blanks, so that a phrase is a substring and a word ends where it ends. They are
prepared when a search first needs them and kept with the mailbox.
"""

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import msgspec

from outlook365_emulator.graph.search.kql import WORD
from outlook365_emulator.graph.search.tree import Between, Is, Many, Node, Not, Term
from outlook365_emulator.store.mailbox import Mailbox
from outlook365_emulator.store.records.mail import Message

_TAG = re.compile(r"<(style|script|head|title)\b.*?</\1\s*>|<[^>]*>", re.IGNORECASE | re.DOTALL)
_PARTS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "": ("subject", "from", "body"),
        "participants": ("from", "to", "cc", "bcc"),
        "recipients": ("to", "cc", "bcc"),
    }
)
_IMPORTANCE: Mapping[str, str] = MappingProxyType({"low": "low", "medium": "normal", "high": "high"})
_FLAGS: Mapping[str, bool] = MappingProxyType(
    {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
)
_EMAIL_KINDS = frozenset({"email", "emails", "mail"})
_MEETING_KINDS = frozenset({"meeting", "meetings"})


def folded(text: str) -> str:
    """Return a text as its words in lower case between blanks."""
    return f" {' '.join(WORD.findall(text.lower()))} "


class SearchText:
    """A message as searches read it; each part is prepared when it is first asked for.

    Args:
        mailbox: the mailbox, for names of attachments.
        message: the message.

    Attributes:
        message: the message.
    """

    __slots__ = ("_mailbox", "_members", "_texts", "message")

    def __init__(self, mailbox: Mailbox, message: Message) -> None:
        self.message = message
        self._mailbox = mailbox
        self._members: dict[str, Any] | None = None
        self._texts: dict[str, str] = {}

    def text(self, part: str) -> str:
        """Return the folded text of a part: `subject from to cc bcc body attachment`."""
        found = self._texts.get(part)
        if found is None:
            found = self._texts[part] = folded(self._read(part))
        return found

    def _read(self, part: str) -> str:
        message = self.message
        if part == "subject":
            return message.subject
        if part == "from":
            return f"{message.from_name} {message.from_address}"
        if part == "attachment":
            return " ".join(one.name for one in self._mailbox.attachments.of(message))
        if self._members is None:
            self._members = msgspec.json.decode(message.document)
        if part == "body":
            content = str((self._members.get("body") or {}).get("content") or "")
            return _TAG.sub(" ", content)
        addresses = (one.get("emailAddress") or {} for one in self._members.get(f"{part}Recipients") or ())
        return " ".join(f"{one.get('name') or ''} {one.get('address') or ''}" for one in addresses)

    @property
    def size(self) -> int:
        """The size of the message in bytes, attachments included, about."""
        held = self._mailbox.attachments.of(self.message) if self.message.has_attachments else ()
        files = (one.content if isinstance(one.content, bytes) else None for one in held)
        return len(self.message.document) + sum(len(content) for content in files if content is not None)

    @property
    def is_meeting(self) -> bool:
        """Whether the message is one about a meeting."""
        return self.message.document.startswith(b'{"@odata.type":"#microsoft.graph.eventMessage')


Predicate = Callable[[SearchText], bool]


def compile_search(node: Node) -> Predicate:
    """Return a predicate for a search."""
    match node:
        case Term():
            return _has_words(node)
        case Between():
            return _lies_between(node)
        case Is():
            return _is(node)
        case Not(operand=operand):
            inner = compile_search(operand)
            return lambda row: not inner(row)
        case Many(operator=operator, operands=operands):
            parts = [compile_search(one) for one in operands]
            if operator == "and":
                return lambda row: all(part(row) for part in parts)
            return lambda row: any(part(row) for part in parts)


def _has_words(node: Term) -> Predicate:
    if not node.words:
        return lambda row: True  # a star or a sign alone restricts nothing
    needle = f" {' '.join(node.words)}" + ("" if node.prefix else " ")
    parts = _PARTS.get(node.property, (node.property,))
    return lambda row: any(needle in row.text(part) for part in parts)


def _lies_between(node: Between) -> Predicate:
    low, high, negated = node.low, node.high, node.negated
    readers: dict[str, Callable[[SearchText], Any]] = {
        "received": lambda row: row.message.received,
        "sent": lambda row: row.message.sent,
        "size": lambda row: row.size,
    }
    read = readers[node.property]

    def test(row: SearchText) -> bool:
        value = read(row)
        inside = (low is None or value >= low) and (high is None or value < high)
        return inside is not negated

    return test


def _is(node: Is) -> Predicate:
    if node.property == "hasattachments":
        wanted = _FLAGS.get(node.value)
        return lambda row: row.message.has_attachments is wanted
    if node.property == "importance":
        importance = _IMPORTANCE.get(node.value)
        return lambda row: row.message.importance == importance
    if node.value in _MEETING_KINDS:
        return lambda row: row.is_meeting
    email = node.value in _EMAIL_KINDS
    return lambda row: email and not row.is_meeting

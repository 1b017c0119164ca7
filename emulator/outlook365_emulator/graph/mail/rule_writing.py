"""Writing a rule of the inbox: what is checked, and how it is stored.

Reference `graph-mail.md` section 14.
"""

from typing import Any, NamedTuple

import msgspec

from outlook365_emulator.errors import GraphError, graph_error
from outlook365_emulator.graph.mail.addresses import address_of, is_address, resolved_all
from outlook365_emulator.store.item_ids import MalformedId, read_id
from outlook365_emulator.store.mailbox import Mailbox
from outlook365_emulator.store.records.mailbox_settings import MessageRule
from outlook365_emulator.store.tenant import Tenant
from outlook365_emulator.store.unit import UnitOfWork
from outlook365_emulator.store.world import World

QUOTA = 256 * 1024
"""Bytes that all rules of a mailbox may take together (Exchange Online's RulesQuota)."""

_READ_ONLY = ("id", "hasError", "isReadOnly")
_UPPER = (
    "bodyContains",
    "bodyOrSubjectContains",
    "headerContains",
    "recipientContains",
    "senderContains",
    "subjectContains",
)
_FOLDERS = ("moveToFolder", "copyToFolder")
_PEOPLE = ("forwardTo", "forwardAsAttachmentTo", "redirectTo")


class RuleBook(NamedTuple):
    """Where rules are written: a mailbox, and the unit of work that it happens in."""

    world: World
    tenant: Tenant
    mailbox: Mailbox
    unit: UnitOfWork


def new_rule(book: RuleBook, body: dict[str, Any]) -> MessageRule:
    """Add a rule and return it.

    Args:
        book: where.
        body: members of Graph's `messageRule`, names canonical.

    Raises:
        GraphError: a member is missing, read-only or not allowed, or the rules take too much room.
    """
    given = _given(body)
    for name in ("displayName", "sequence", "actions"):
        if given.get(name) in (None, ""):
            raise graph_error("property_required", property=name, because=f"a rule needs {name}")
    rule = MessageRule(id=_new_id(book), display_name="", sequence=1, enabled=True, actions=b"{}")
    return _put(book, _changed(book, rule, given))


def change_rule(book: RuleBook, rule: MessageRule, body: dict[str, Any]) -> MessageRule:
    """Change members of a rule and return it; conditions, exceptions and actions are replaced as wholes.

    Args:
        book: where.
        rule: the rule.
        body: members of Graph's `messageRule`, names canonical.

    Raises:
        GraphError: a member is read-only or not allowed, or the rules take too much room.
    """
    return _put(book, _changed(book, rule, _given(body)))


def _given(body: dict[str, Any]) -> dict[str, Any]:
    given = {name: value for name, value in body.items() if "@" not in name}
    for name in _READ_ONLY:
        if given.get(name) is not None:
            raise graph_error("property_read_only", because=f"{name} of a rule is read-only")
    return given


def _new_id(book: RuleBook) -> str:
    import base64

    while True:
        text = base64.b64encode(b"\x01\x00\x00\x00" + book.world.ids.data(4)).decode()
        if "/" not in text and "+" not in text and text not in book.mailbox.rules:
            return text  # an id stands in a path: no character of it needs escaping


def _put(book: RuleBook, rule: MessageRule) -> MessageRule:
    others = [one for one in book.mailbox.rules if one.id != rule.id]
    size = sum(len(one.conditions) + len(one.exceptions) + len(one.actions) for one in (*others, rule))
    if size > QUOTA:
        raise graph_error("quota_exceeded", because=f"the rules of a mailbox take at most {QUOTA} bytes, not {size}")
    return book.unit.put(book.mailbox.rules, rule)


def _changed(book: RuleBook, rule: MessageRule, given: dict[str, Any]) -> MessageRule:
    changes: dict[str, Any] = {}
    if given.get("displayName"):
        changes["display_name"] = given["displayName"]
    if given.get("sequence") is not None:
        if given["sequence"] < 0:
            raise _invalid("sequence counts from 0")
        changes["sequence"] = given["sequence"]
    if given.get("isEnabled") is not None:
        changes["enabled"] = given["isEnabled"]
    for name in ("conditions", "exceptions"):
        if name in given:
            changes[name] = msgspec.json.encode(_predicates(book, given[name] or {}))
    if "actions" in given:
        changes |= {"actions": msgspec.json.encode(_actions(book, given["actions"] or {})), "has_error": False}
    return msgspec.structs.replace(rule, **changes)


def _invalid(because: str) -> GraphError:
    return graph_error("inbox_rule_invalid", because=because)


def _part(given: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in given.items() if value is not None and "@" not in name}


def _predicates(book: RuleBook, given: dict[str, Any]) -> dict[str, Any]:
    found = _part(given)
    for name, value in found.items():
        if name in _UPPER:
            found[name] = [text.upper() for text in value]  # Exchange stores these so (docs, POST messageRules)
        elif name in ("fromAddresses", "sentToAddresses"):
            found[name] = _people(book, name, value)
        if isinstance(value, list) and not value:
            raise _invalid(f"{name} is empty")
    size = found.get("withinSizeRange")
    if size and (size.get("minimumSize") or 0) > (size.get("maximumSize") or 2**31):
        raise _invalid("withinSizeRange has a minimum above its maximum")
    return found


def _actions(book: RuleBook, given: dict[str, Any]) -> dict[str, Any]:
    found = {name: value for name, value in _part(given).items() if value not in ([], "")}
    if not any(found.values()):
        raise _invalid("a rule needs an action")
    for name in _FOLDERS:
        if name in found:
            found[name] = _folder_id(book, name, found[name])
    for name in _PEOPLE:
        if name in found:
            found[name] = _people(book, name, found[name])
    return found


def _folder_id(book: RuleBook, name: str, text: str) -> str:
    try:
        found = read_id(text)
    except MalformedId:
        found = None
    if found is None or found.kind != "folder" or found.replica != book.mailbox.ids.replica:
        raise _invalid(f"{name} takes the id of a folder of this mailbox, not {text[:40]!r}")
    folder = book.mailbox.folders.get(found.number)
    if folder is None or folder.search is not None:
        raise _invalid(f"{name} names a folder that was deleted, or one that holds nothing")
    return book.mailbox.ids.folder(found.number)


def _people(book: RuleBook, name: str, given: list[dict[str, Any]]) -> list[dict[str, Any]]:
    for recipient in given:
        if not is_address(address_of(recipient)):
            raise _invalid(f"{name} holds {address_of(recipient)!r}, which is no SMTP address")
    return resolved_all(book.tenant, given)

"""Rules of the inbox: list, get, create, change, delete.

Reference `graph-mail.md` section 14.
"""

from functools import cache
from types import MappingProxyType
from typing import Any

import msgspec

from outlook365_emulator.errors import GraphError, graph_error
from outlook365_emulator.graph.answers import Entity as EntityAnswer
from outlook365_emulator.graph.answers import NoContent, Page
from outlook365_emulator.graph.call import Call
from outlook365_emulator.graph.convertors import read_item_id
from outlook365_emulator.graph.mail.addresses import address_of, is_address, resolved_all
from outlook365_emulator.graph.operation import Entity, operation
from outlook365_emulator.graph.resource import Resource
from outlook365_emulator.odata.records import Property, RecordType
from outlook365_emulator.store.records.mail import MailFolder
from outlook365_emulator.store.records.mailbox_settings import MessageRule

QUOTA = 256 * 1024
"""Bytes that all rules of a mailbox may take together (Exchange Online's RulesQuota)."""

_PATH = "/users/{user}/mailFolders/{folder}/messageRules"
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


def _members(_: Call, rule: MessageRule) -> dict[str, Any]:
    members: dict[str, Any] = {
        "id": rule.id,
        "displayName": rule.display_name,
        "sequence": rule.sequence,
        "isEnabled": rule.enabled,
        "hasError": rule.has_error,
        "isReadOnly": rule.read_only,
    }
    for name in ("conditions", "exceptions", "actions"):
        part = msgspec.json.decode(getattr(rule, name))
        if part:
            members[name] = part
    return members


@cache
def rule_resource() -> Resource:
    """Return the rule as a resource."""
    properties = (
        Property("id", "string", lambda rule: rule.id, nullable=False),
        Property("displayName", "string", lambda rule: rule.display_name, nullable=False),
        Property("sequence", "integer", lambda rule: rule.sequence, nullable=False),
        Property("isEnabled", "boolean", lambda rule: rule.enabled, nullable=False),
        Property("hasError", "boolean", lambda rule: rule.has_error, nullable=False),
        Property("isReadOnly", "boolean", lambda rule: rule.read_only, nullable=False),
        *(
            Property(name, "complex", None, filterable=False, sortable=False)
            for name in ("conditions", "exceptions", "actions")
        ),
    )
    kind = RecordType("microsoft.graph.messageRule", MappingProxyType({one.name.lower(): one for one in properties}))
    return Resource(name="messageRule", type=kind, compute=_members, page_size=1000, efficient_order=False)


def _path(call: Call) -> str:
    return f"{call.user_path}/mailFolders('inbox')/messageRules"


def _answer(call: Call, rule: MessageRule, status: int = 200) -> EntityAnswer:
    location = f"{_path(call)}('{rule.id}')" if status == 201 else ""
    return EntityAnswer(resource=rule_resource(), record=rule, path=_path(call), status=status, location=location)


def _judge_inbox(folder: MailFolder) -> None:
    if folder.well_known != "inbox":
        raise graph_error("item_not_found", because=f"only the inbox has rules, not {folder.display_name}")


@operation(f"GET {_PATH}", least="MailboxSettings.Read")
def list_(call: Call, folder: MailFolder) -> Page:
    """List the rules of the inbox in the order in which they run."""
    _judge_inbox(folder)
    found = sorted(call.mailbox.rules, key=lambda rule: rule.sequence)
    return Page(resource=rule_resource(), records=found, path=_path(call), total=len(found))


@operation(f"GET {_PATH}/{{rule}}", least="MailboxSettings.Read")
def get(call: Call, folder: MailFolder, rule: MessageRule) -> EntityAnswer:
    """Get a rule."""
    _judge_inbox(folder)
    return _answer(call, rule)


@operation(f"POST {_PATH}", least="MailboxSettings.ReadWrite", body=Entity("messageRule"))
def create(call: Call, folder: MailFolder, body: dict[str, Any]) -> EntityAnswer:
    """Create a rule; it runs on mail that arrives from then on."""
    _judge_inbox(folder)
    given = _given(body)
    for name in ("displayName", "sequence", "actions"):
        if given.get(name) in (None, ""):
            raise graph_error("property_required", property=name, because=f"a rule needs {name}")
    rule = MessageRule(id=_new_id(call), display_name="", sequence=1, enabled=True, actions=b"{}")
    return _answer(call, _put(call, _changed(call, rule, given)), 201)


@operation(f"PATCH {_PATH}/{{rule}}", least="MailboxSettings.ReadWrite", body=Entity("messageRule"))
def update(call: Call, folder: MailFolder, rule: MessageRule, body: dict[str, Any]) -> EntityAnswer:
    """Change a rule; conditions, exceptions and actions are replaced as wholes."""
    _judge_inbox(folder)
    _judge_writable(rule)
    return _answer(call, _put(call, _changed(call, rule, _given(body))))


@operation(f"DELETE {_PATH}/{{rule}}", least="MailboxSettings.ReadWrite")
def delete(call: Call, folder: MailFolder, rule: MessageRule) -> NoContent:
    """Delete a rule."""
    _judge_inbox(folder)
    _judge_writable(rule)
    call.unit.remove(call.mailbox.rules, rule)
    return NoContent()


def _judge_writable(rule: MessageRule) -> None:
    if rule.read_only:
        raise graph_error("access_denied", because=f"the rule {rule.display_name!r} belongs to a mail client")


def _given(body: dict[str, Any]) -> dict[str, Any]:
    given = {name: value for name, value in body.items() if "@odata." not in name}
    for name in _READ_ONLY:
        if given.get(name) is not None:
            raise graph_error("property_read_only", because=f"{name} of a rule is read-only")
    return given


def _new_id(call: Call) -> str:
    import base64

    while True:
        text = base64.b64encode(b"\x01\x00\x00\x00" + call.world.ids.data(4)).decode()
        if "/" not in text and "+" not in text and text not in call.mailbox.rules:
            return text  # an id stands in a path: no character of it needs escaping


def _put(call: Call, rule: MessageRule) -> MessageRule:
    others = [one for one in call.mailbox.rules if one.id != rule.id]
    size = sum(len(one.conditions) + len(one.exceptions) + len(one.actions) for one in (*others, rule))
    if size > QUOTA:
        raise graph_error("quota_exceeded", because=f"the rules of a mailbox take at most {QUOTA} bytes, not {size}")
    return call.unit.put(call.mailbox.rules, rule)


def _changed(call: Call, rule: MessageRule, given: dict[str, Any]) -> MessageRule:
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
            changes[name] = msgspec.json.encode(_predicates(call, given[name] or {}))
    if "actions" in given:
        changes |= {"actions": msgspec.json.encode(_actions(call, given["actions"] or {})), "has_error": False}
    return msgspec.structs.replace(rule, **changes)


def _invalid(because: str) -> GraphError:
    return graph_error("inbox_rule_invalid", because=because)


def _part(given: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in given.items() if value is not None and "@odata." not in name}


def _predicates(call: Call, given: dict[str, Any]) -> dict[str, Any]:
    found = _part(given)
    for name, value in found.items():
        if name in _UPPER:
            found[name] = [text.upper() for text in value]  # Exchange stores these so (docs, POST messageRules)
        elif name in ("fromAddresses", "sentToAddresses"):
            found[name] = _people(call, name, value)
        if isinstance(value, list) and not value:
            raise _invalid(f"{name} is empty")
    size = found.get("withinSizeRange")
    if size and (size.get("minimumSize") or 0) > (size.get("maximumSize") or 2**31):
        raise _invalid("withinSizeRange has a minimum above its maximum")
    return found


def _actions(call: Call, given: dict[str, Any]) -> dict[str, Any]:
    found = {name: value for name, value in _part(given).items() if value not in ([], "")}
    if not any(found.values()):
        raise _invalid("a rule needs an action")
    for name in _FOLDERS:
        if name in found:
            found[name] = _folder_id(call, name, found[name])
    for name in _PEOPLE:
        if name in found:
            found[name] = _people(call, name, found[name])
    return found


def _folder_id(call: Call, name: str, text: str) -> str:
    try:
        number = read_item_id(call, text, "folder").number
    except GraphError:
        raise _invalid(f"{name} takes the id of a folder of this mailbox, not {text[:40]!r}") from None
    folder = call.mailbox.folders.get(number)
    if folder is None or folder.search is not None:
        raise _invalid(f"{name} names a folder that was deleted, or one that holds nothing")
    return call.mailbox.ids.folder(number)


def _people(call: Call, name: str, given: list[dict[str, Any]]) -> list[dict[str, Any]]:
    for recipient in given:
        if not is_address(address_of(recipient)):
            raise _invalid(f"{name} holds {address_of(recipient)!r}, which is no SMTP address")
    return resolved_all(call.tenant, given)

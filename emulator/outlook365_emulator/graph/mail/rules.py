"""Rules of the inbox: list, get, create, change, delete.

Reference `graph-mail.md` section 14.
"""

from functools import cache
from typing import Any

import msgspec

from outlook365_emulator.errors import graph_error
from outlook365_emulator.graph.answers import Entity as EntityAnswer
from outlook365_emulator.graph.answers import NoContent, Page
from outlook365_emulator.graph.call import Call
from outlook365_emulator.graph.mail.rule_writing import RuleBook, change_rule, new_rule
from outlook365_emulator.graph.operation import Entity, operation
from outlook365_emulator.graph.resource import Resource
from outlook365_emulator.odata.records import Property, RecordType, by_name
from outlook365_emulator.store.records.mail import MailFolder
from outlook365_emulator.store.records.mailbox_settings import MessageRule

_PATH = "/users/{user}/mailFolders/{folder}/messageRules"


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
    kind = RecordType("microsoft.graph.messageRule", by_name(*properties))
    return Resource(name="messageRule", type=kind, compute=_members, page_size=1000, efficient_order=False)


def _path(call: Call) -> str:
    return f"{call.user_path}/mailFolders('inbox')/messageRules"


def _answer(call: Call, rule: MessageRule, status: int = 200) -> EntityAnswer:
    location = f"{_path(call)}('{rule.id}')" if status == 201 else ""
    return EntityAnswer(resource=rule_resource(), record=rule, path=_path(call), status=status, location=location)


def _book(call: Call) -> RuleBook:
    return RuleBook(call.world, call.tenant, call.mailbox, call.unit)


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
    return _answer(call, new_rule(_book(call), body), 201)


@operation(f"PATCH {_PATH}/{{rule}}", least="MailboxSettings.ReadWrite", body=Entity("messageRule"))
def update(call: Call, folder: MailFolder, rule: MessageRule, body: dict[str, Any]) -> EntityAnswer:
    """Change a rule; conditions, exceptions and actions are replaced as wholes."""
    _judge_inbox(folder)
    _judge_writable(rule)
    return _answer(call, change_rule(_book(call), rule, body))


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

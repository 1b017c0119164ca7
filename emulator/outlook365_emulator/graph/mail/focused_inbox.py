"""Focused Inbox: overrides that say where the mail of one sender goes, and what they do to arriving mail.

Reference `graph-mail.md` section 13.
"""

from functools import cache
from types import MappingProxyType
from typing import Any

import msgspec

from outlook365_emulator.errors import graph_error
from outlook365_emulator.graph.answers import Document, NoContent, Page
from outlook365_emulator.graph.answers import Entity as EntityAnswer
from outlook365_emulator.graph.call import Call
from outlook365_emulator.graph.mail.addresses import is_address, resolved
from outlook365_emulator.graph.operation import Entity, operation
from outlook365_emulator.graph.resource import Resource
from outlook365_emulator.odata.records import Property, RecordType, by_name
from outlook365_emulator.store.mailbox import Mailbox
from outlook365_emulator.store.records.mailbox_settings import ClassificationOverride

MAX_OVERRIDES = 1000
"""How many overrides a mailbox can have."""

_PATH = "/users/{user}/inferenceClassification"


def classification_of(mailbox: Mailbox, sender: str) -> str:
    """Return where mail of a sender goes in Focused Inbox: `focused`, or what an override of the owner says.

    Args:
        mailbox: the mailbox that the mail arrives in.
        sender: address of the sender.
    """
    override = mailbox.overrides.find("address", sender.lower())
    return override.classify_as if override else "focused"


def _members(_: Call, override: ClassificationOverride) -> dict[str, Any]:
    return {
        "id": override.id,
        "classifyAs": override.classify_as,
        "senderEmailAddress": {"name": override.name, "address": override.address},
    }


@cache
def override_resource() -> Resource:
    """Return the override as a resource."""
    sender = {
        "name": Property("name", "string", lambda override: override.name),
        "address": Property("address", "string", lambda override: override.address),
    }
    properties = (
        Property("id", "string", lambda override: override.id, nullable=False),
        Property("classifyAs", "enum", lambda override: override.classify_as, nullable=False),
        Property(
            "senderEmailAddress", "complex", None, MappingProxyType(sender), type_name="microsoft.graph.emailAddress"
        ),
    )
    kind = RecordType("microsoft.graph.inferenceClassificationOverride", by_name(*properties))
    return Resource(
        name="inferenceClassificationOverride",
        type=kind,
        compute=_members,
        page_size=MAX_OVERRIDES,
        efficient_order=False,
    )


def _answer(call: Call, override: ClassificationOverride, status: int = 200) -> EntityAnswer:
    path = f"{call.user_path}/inferenceClassification/overrides"
    location = f"{path}('{override.id}')" if status == 201 else ""
    return EntityAnswer(resource=override_resource(), record=override, path=path, status=status, location=location)


@operation(f"GET {_PATH}", least="Mail.Read")
def get_classification(call: Call) -> Document:
    """Get the Focused Inbox itself, which has nothing but its overrides."""
    return Document(body={"id": "inferenceClassification"}, context=f"{call.user_path}/inferenceClassification/$entity")


@operation(f"GET {_PATH}/overrides", least="Mail.Read")
def list_(call: Call) -> Page:
    """List the overrides of a mailbox."""
    found = list(call.mailbox.overrides)
    path = f"{call.user_path}/inferenceClassification/overrides"
    return Page(resource=override_resource(), records=found, path=path, total=len(found))


@operation(f"GET {_PATH}/overrides/{{override}}", least="Mail.Read")
def get(call: Call, override: ClassificationOverride) -> EntityAnswer:
    """Get an override."""
    return _answer(call, override)


@operation(f"POST {_PATH}/overrides", least="Mail.ReadWrite", body=Entity("inferenceClassificationOverride"))
def create(call: Call, body: dict[str, Any]) -> EntityAnswer:
    """Say where the mail of a sender goes; a second override for the same address changes the first."""
    classify_as, sender = body.get("classifyAs"), body.get("senderEmailAddress") or {}
    address = str(sender.get("address") or "").strip()
    if not classify_as:
        raise graph_error("property_required", property="classifyAs", because="an override needs classifyAs")
    if not is_address(address):
        because = f"senderEmailAddress holds {address!r}, which is no SMTP address"
        raise graph_error("property_required", property="senderEmailAddress", because=because)
    held = call.mailbox.overrides.find("address", address.lower())
    if held is None and len(call.mailbox.overrides) >= MAX_OVERRIDES:
        raise graph_error("quota_exceeded", because=f"a mailbox has at most {MAX_OVERRIDES} overrides")
    named = resolved(call.tenant, {"emailAddress": sender})["emailAddress"]["name"]
    override = ClassificationOverride(
        id=held.id if held else call.world.ids.guid(),
        address=held.address if held else address,
        name=named,
        classify_as=classify_as,
    )
    return _answer(call, call.unit.put(call.mailbox.overrides, override), 201)


@operation(
    f"PATCH {_PATH}/overrides/{{override}}", least="Mail.ReadWrite", body=Entity("inferenceClassificationOverride")
)
def update(call: Call, override: ClassificationOverride, body: dict[str, Any]) -> EntityAnswer:
    """Change where the mail of a sender goes; the sender cannot change."""
    sender = (body.get("senderEmailAddress") or {}).get("address")
    if sender is not None and sender.lower() != override.address.lower():
        raise graph_error("property_read_only", because="the sender of an override cannot change: create another one")
    classify_as = body.get("classifyAs") or override.classify_as
    changed = msgspec.structs.replace(override, classify_as=classify_as)
    return _answer(call, call.unit.put(call.mailbox.overrides, changed))


@operation(f"DELETE {_PATH}/overrides/{{override}}", least="Mail.ReadWrite")
def delete(call: Call, override: ClassificationOverride) -> NoContent:
    """Forget an override; mail that came meanwhile stays as it is."""
    call.unit.remove(call.mailbox.overrides, override)
    return NoContent()

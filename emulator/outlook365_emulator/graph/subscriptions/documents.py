"""What is posted to an endpoint: basic and rich notifications, and lifecycle notifications.

Shapes: reference `graph-core.md` sections 10.4 to 10.6; of rich ones docs: outlook-change-notifications-overview.md.
"""

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Final, NamedTuple

import msgspec

from outlook365_emulator.clouds import cloud as cloud_named
from outlook365_emulator.entra.keys import KeyRing
from outlook365_emulator.entra.tokens import signed
from outlook365_emulator.graph.mail.extended_properties import value_of
from outlook365_emulator.graph.subscriptions.encryption import encrypted
from outlook365_emulator.ids import base64url
from outlook365_emulator.odata.selection import project
from outlook365_emulator.store.mailbox import Mailbox
from outlook365_emulator.store.notices import Notice
from outlook365_emulator.store.records.mail import Message
from outlook365_emulator.store.records.subscriptions import Subscription
from outlook365_emulator.store.tenant import Tenant
from outlook365_emulator.store.world import World

CHANGE_TRACKING: Final = "0bf30f3b-4a52-48df-9a82-234910c4a086"
"""Client id of Microsoft Graph's change tracking, which signs validation tokens."""

TOKEN_LIFE: Final = timedelta(hours=8)

_TYPES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {"message": ("Messages", "#Microsoft.Graph.Message"), "event": ("Events", "#Microsoft.Graph.Event")}
)
_ANNOTATED: Mapping[str, str] = MappingProxyType(
    {
        "createdDateTime": "#DateTimeOffset",
        "lastModifiedDateTime": "#DateTimeOffset",
        "receivedDateTime": "#DateTimeOffset",
        "sentDateTime": "#DateTimeOffset",
        "importance": "#microsoft.graph.importance",
        "inferenceClassification": "#microsoft.graph.inferenceClassificationType",
        "sensitivity": "#microsoft.graph.sensitivity",
        "showAs": "#microsoft.graph.freeBusyStatus",
        "type": "#microsoft.graph.eventType",
    }
)
"""Types that resource data writes beside members that are no plain text, number or truth value."""

_PEOPLE: Final = frozenset({"from", "sender", "organizer"})
"""Members that resource data writes with their types inside (docs: outlook-change-notifications-overview.md)."""


class Said(NamedTuple):
    """What notifications say of an item, whatever subscription they belong to.

    Attributes:
        path: the item as `resource` names it.
        data: `resourceData`.
    """

    path: str
    data: dict[str, str]


def said_of(mailbox: Mailbox, one: Subscription, item: Any) -> Said:
    """Work out what notifications say of an item; it differs only by whether a subscription has immutable ids.

    Args:
        mailbox: the mailbox watched.
        one: a subscription to it.
        item: the record of the item.
    """
    segment, kind = _TYPES[one.watched]
    identity = _item_id(mailbox, one, item)
    path = f"Users/{one.mailbox}/{segment}/{identity}"
    etag = f'W/"{_change_key(mailbox, item)}"'
    return Said(path, {"@odata.type": kind, "@odata.id": path, "@odata.etag": etag, "id": identity})


def change_document(tenant: Tenant, mailbox: Mailbox, one: Subscription, notice: Notice, said: Said) -> dict[str, Any]:
    """Write the notification of a change.

    Args:
        tenant: the tenant.
        mailbox: the mailbox watched.
        one: the subscription.
        notice: the notification.
        said: what it says of its item.
    """
    number = notice.copy_of or notice.number
    document: dict[str, Any] = {
        "id": base64url(hashlib.blake2b(f"{one.id} {number}".encode(), digest_size=10).digest())[:13],
        "subscriptionId": one.id,
        "subscriptionExpirationDateTime": written(one.expires),
        "changeType": notice.event,
        "resource": said.path,
        "resourceData": said.data,
        "clientState": one.client_state,
        "tenantId": tenant.id,
    }
    if one.with_data and one.certificate is not None:
        path = f"Users('{one.mailbox}')/{one.watched}s('{said.data['id']}')"
        data = {**said.data, "@odata.type": f"#microsoft.graph.{one.watched}", "@odata.id": path}
        document |= {"resource": path, "resourceData": data}
        if notice.event != "deleted":
            content = msgspec.json.encode(_resource_data(tenant, one, notice.item, data))
            document["encryptedContent"] = encrypted(content, one.certificate, one.certificate_id or "")
    return document


def lifecycle_document(tenant: Tenant, one: Subscription, event: str) -> dict[str, Any]:
    """Write a lifecycle notification: the members that are documented, and those that arrive beside them."""
    document: dict[str, Any] = {
        "subscriptionId": one.id,
        "subscriptionExpirationDateTime": written(one.expires),
        "tenantId": tenant.id,
        "clientState": one.client_state,
        "lifecycleEvent": event,
    }
    if event == "reauthorizationRequired":
        identity = {"@odata.id": f"subscriptions/{one.id}", "@odata.type": "#microsoft.graph.subscription"}
        document |= {
            "organizationId": tenant.id,
            "encryptedContent": None,
            "resource": f"Subscriptions/{one.id}",
            "resourceChangeType": None,
            "resourceData": {**identity, "id": one.id},
        }
    return document


def validation_token(keys: KeyRing, world: World, tenant: Tenant, application: str) -> str:
    """Sign the token by which an application sees that notifications come from Microsoft Graph.

    Args:
        keys: the emulator's keys.
        world: the world.
        tenant: the tenant of the subscriptions.
        application: client id of the application that they belong to.
    """
    issued = int(world.clock.timestamp())
    claims = {
        "aud": application,
        "iss": cloud_named(tenant.cloud).issuer(tenant.id, 1),
        "iat": issued - 300,
        "nbf": issued - 300,
        "exp": issued + int(TOKEN_LIFE.total_seconds()),
        "appid": CHANGE_TRACKING,
        "appidacr": "2",
        "idp": cloud_named(tenant.cloud).issuer(tenant.id, 1),
        "tid": tenant.id,
        "uti": world.ids.text(22),
        "ver": "1.0",
    }
    return signed(keys, claims, world=world)


def written(instant: datetime) -> str:
    """Write an instant as notifications do: `2026-03-02T09:45:00+00:00`."""
    return instant.isoformat()


def _item_id(mailbox: Mailbox, one: Subscription, item: Any) -> str:
    if one.immutable_ids:
        return mailbox.ids.immutable(item.stable)
    return mailbox.ids.item(item.folder if isinstance(item, Message) else item.calendar, item.number)


def _change_key(mailbox: Mailbox, item: Any) -> str:
    if isinstance(item, Message):
        return mailbox.ids.change_key(item.change)
    return mailbox.ids.short_change_key(item.change)


def _resource_data(tenant: Tenant, one: Subscription, item: Any, basic: dict[str, str]) -> dict[str, Any]:
    members: dict[str, Any] = msgspec.json.decode(item.document)
    if any(path[0] == "internetMessageHeaders" for path in one.select):
        members["internetMessageHeaders"] = [{"name": name, "value": value} for name, value in item.headers]
    chosen = project(members, one.select)
    if one.immutable_ids and "id" in chosen:
        chosen["id"] = basic["id"]
    root = cloud_named(tenant.cloud).graph_url
    names = ",".join("/".join(path) for path in one.select)
    found: dict[str, Any] = {
        "@odata.context": f"{root}/v1.0/$metadata#users('{one.mailbox}')/{one.watched}s({names})/$entity",
        "@odata.type": basic["@odata.type"],
        "@odata.id": basic["@odata.id"],
        "@odata.etag": basic["@odata.etag"],
    }
    for name, value in chosen.items():
        if name.startswith("@odata."):
            continue
        if name in _ANNOTATED and value is not None:
            found[f"{name}@odata.type"] = _ANNOTATED[name]
        found[name] = _typed_person(value) if name in _PEOPLE and value is not None else value
    if one.properties and isinstance(item, Message):
        found |= _extended(item, one.properties)
    return found


def _typed_person(person: dict[str, Any]) -> dict[str, Any]:
    address = {"@odata.type": "#microsoft.graph.emailAddress", **person.get("emailAddress", {})}
    return {"@odata.type": "#microsoft.graph.recipient", **person, "emailAddress": address}


def _extended(message: Message, asked: tuple[str, ...]) -> dict[str, Any]:
    held = [(identity, value_of(message, identity)) for identity in asked]
    single = [{"id": identity, "value": value} for identity, value in held if isinstance(value, str)]
    multiple = [{"id": identity, "value": list(value)} for identity, value in held if isinstance(value, tuple)]
    found: dict[str, Any] = {}
    if single:
        found["singleValueExtendedProperties"] = single
    if multiple:
        found["multiValueExtendedProperties"] = multiple
    return found

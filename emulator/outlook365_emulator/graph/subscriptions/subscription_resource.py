"""The subscription as an API resource."""

from collections.abc import Callable, Mapping
from functools import cache
from types import MappingProxyType
from typing import Any

from outlook365_emulator.graph.call import Call
from outlook365_emulator.graph.resource import Resource
from outlook365_emulator.odata.records import Kind, Property, RecordType
from outlook365_emulator.store.records.subscriptions import Subscription
from outlook365_emulator.tables.schema_types import type_of

_KINDS: Mapping[str, Kind] = MappingProxyType({"Edm.DateTimeOffset": "datetime", "Edm.Boolean": "boolean"})


def written_instant(subscription: Subscription) -> str:
    """Write the expiration as answers do: seven digits below the second where there are any."""
    text = subscription.expires.strftime("%Y-%m-%dT%H:%M:%S")
    micro = subscription.expires.microsecond
    return f"{text}.{micro:06d}0Z" if micro else f"{text}Z"


def subscription_members(one: Subscription) -> dict[str, Any]:
    """Return the members of a subscription in the order of recorded answers (reference `graph-core.md` 10.1)."""
    return {
        "id": one.id,
        "resource": one.resource,
        "applicationId": one.application,
        "changeType": one.change_type,
        "clientState": one.client_state,
        "notificationUrl": one.notification_url,
        "notificationQueryOptions": one.query_options,
        "lifecycleNotificationUrl": one.lifecycle_url,
        "expirationDateTime": written_instant(one),
        "creatorId": one.creator,
        "includeResourceData": one.with_data,
        "latestSupportedTlsVersion": one.tls_version,
        "encryptionCertificate": None,
        "encryptionCertificateId": one.certificate_id,
        "notificationUrlAppId": one.url_app_id,
    }


def _told(_: Call, one: Subscription) -> dict[str, Any]:
    return subscription_members(one)


def _told_with_certificate(_: Call, one: Subscription) -> dict[str, Any]:
    return {**subscription_members(one), "encryptionCertificate": one.certificate}


def _read(name: str) -> Callable[[Subscription], Any]:
    if name == "expirationDateTime":
        return lambda one: one.expires
    return lambda one: subscription_members(one).get(name)


@cache
def subscription_resource(*, certificate: bool = False) -> Resource:
    """Return the subscription as a resource.

    Args:
        certificate: whether it shows its certificate, as the answer that creates it does
            (docs: outlook-change-notifications-overview.md, example 2); no other answer does.
    """
    declared = type_of("subscription").properties.values()
    properties = {
        one.name.lower(): Property(one.name, _KINDS.get(one.type, "string"), _read(one.name)) for one in declared
    }
    return Resource(
        name="subscription",
        type=RecordType("microsoft.graph.subscription", MappingProxyType(properties)),
        compute=_told_with_certificate if certificate else _told,
        page_size=100,
        page_limit=999,
        outlook=False,
        efficient_order=False,
    )

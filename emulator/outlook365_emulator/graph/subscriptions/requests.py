"""The body of a request about a subscription: what must be there, what it may say, and what it becomes.

Reference `graph-core.md` sections 10.1 and 10.3.
"""

import base64
import binascii
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Final

import msgspec

from outlook365_emulator.clock import iso_seconds
from outlook365_emulator.errors import GraphError, graph_error
from outlook365_emulator.graph.call import Call
from outlook365_emulator.graph.subscriptions.endpoints import judge_url
from outlook365_emulator.store.records.subscriptions import Subscription
from outlook365_emulator.tables.cloud_differences import absent_properties
from outlook365_emulator.tables.schema import SchemaViolation, canonical

SHORTEST: Final = timedelta(minutes=45)
"""An earlier expiration is raised to this."""

LONGEST: Final = timedelta(minutes=10070)
LONGEST_WITH_DATA: Final = timedelta(minutes=1440)

CHANGES: Final = ("created", "updated", "deleted")
_TLS: Final = ("v1_0", "v1_1", "v1_2", "v1_3")
_STATE_LENGTH: Final = 128
_REQUIRED: Final = ("changeType", "notificationUrl", "resource", "expirationDateTime")
_KEY_BITS: Final = (2048, 4096)

_CHANGEABLE: Final = ("expirationDateTime", "notificationUrl", "encryptionCertificate", "encryptionCertificateId")
_ELSEWHERE: Final = ("eventhub:", "eventgrid:")
"""How a notificationUrl begins that is no webhook (docs: change-notifications-delivery-event-hubs.md)."""


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What a client asks for when it subscribes; every value is judged but the resource.

    Attributes:
        change_type: the kinds of change as written.
        changes: the kinds of change.
        resource: the resource as written.
        notification_url: where notifications go.
        expires: when the subscription ends.
        lifecycle_url: where lifecycle notifications go, or None.
        client_state: what is repeated in notifications, or None.
        with_data: whether notifications carry the item.
        certificate: base64 of a certificate, or None.
        certificate_id: the client's name of it, or None.
        tls_version: `latestSupportedTlsVersion`.
        query_options: `notificationQueryOptions`, or None.
        url_app_id: `notificationUrlAppId`, or None.
    """

    change_type: str
    changes: tuple[str, ...]
    resource: str
    notification_url: str
    expires: datetime
    lifecycle_url: str | None
    client_state: str | None
    with_data: bool
    certificate: str | None
    certificate_id: str | None
    tls_version: str
    query_options: str | None
    url_app_id: str | None


def read_members(call: Call) -> dict[str, Any]:
    """Return the members of the body in the schema's spelling.

    Raises:
        GraphError: the body is no JSON object, or holds what a subscription does not have.
    """
    media = call.request.headers.get("content-type").partition(";")[0].strip().lower()
    because = "" if media.endswith("json") else f"Content-Type is {media or 'missing'}; send application/json"
    try:
        decoded = msgspec.json.decode(call.request.body)
        if not because:
            return canonical("subscription", decoded, partial(absent_properties, call.cloud.id))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        because = because or f"the body is no JSON: {error}"
    except SchemaViolation as violation:
        because = violation.explain()
    raise graph_error("subscription_payload_invalid", because=because)


def read_wanted(call: Call, members: dict[str, Any]) -> Wanted:
    """Return what the body of a POST asks for.

    Raises:
        GraphError: something is missing, or not allowed.
    """
    for name in _REQUIRED:
        if not members.get(name):
            raise graph_error("subscription_property_required", property=name, because=f"the body must hold {name}")
    with_data = bool(members.get("includeResourceData"))
    state = members.get("clientState")
    if state is not None and len(state) > _STATE_LENGTH:
        because = f"clientState has {len(state)} characters"
        raise _invalid(f"clientState must not be longer than {_STATE_LENGTH} characters.", because)
    version = members.get("latestSupportedTlsVersion") or "v1_2"
    if version not in _TLS:
        raise _invalid(
            f"The value '{version}' of latestSupportedTlsVersion is not supported.", f"use {', '.join(_TLS)}"
        )
    if with_data:
        _judge_certificate(members.get("encryptionCertificate"), members.get("encryptionCertificateId"))
    return Wanted(
        change_type=members["changeType"],
        changes=read_changes(members["changeType"]),
        resource=members["resource"],
        notification_url=read_url(call, members["notificationUrl"], "notificationUrl"),
        expires=read_expiration(call, members["expirationDateTime"], with_data=with_data),
        lifecycle_url=read_url(call, members.get("lifecycleNotificationUrl"), "lifecycleNotificationUrl") or None,
        client_state=state,
        with_data=with_data,
        certificate=members.get("encryptionCertificate"),
        certificate_id=members.get("encryptionCertificateId"),
        tls_version=version,
        query_options=members.get("notificationQueryOptions"),
        url_app_id=members.get("notificationUrlAppId"),
    )


def read_renewal(call: Call, members: dict[str, Any], held: Subscription) -> dict[str, Any]:
    """Return the fields of a subscription that the body of a PATCH changes.

    `expirationDateTime` and `notificationUrl` (docs: subscription-update.md), and the certificate, which is rotated so
    (docs: change-notifications-with-resource-data.md, "Rotating keys").

    Args:
        call: the call.
        members: the members of the body.
        held: the subscription as it is.

    Raises:
        GraphError: nothing is changed, or something that cannot be changed, or to what is not allowed.
    """
    given = {name: value for name, value in members.items() if "@" not in name}
    other = sorted(given.keys() - set(_CHANGEABLE))
    if other:
        because = f"of a subscription {', '.join(_CHANGEABLE)} can be changed; make a new one for the rest"
        raise _invalid(f"The property '{other[0]}' cannot be updated.", because)
    if not any(given.values()):
        detail = (
            "Subscription must contain either the 'expirationDateTime' or 'notificationUrl' property and its value."
        )
        raise _invalid(detail, "the body changes nothing")
    fields: dict[str, Any] = {}
    if given.get("expirationDateTime"):
        fields["expires"] = read_expiration(call, given["expirationDateTime"], with_data=held.with_data)
    if given.get("notificationUrl"):
        fields["notification_url"] = read_url(call, given["notificationUrl"], "notificationUrl")
    for name, field in (("encryptionCertificate", "certificate"), ("encryptionCertificateId", "certificate_id")):
        if given.get(name):
            fields[field] = given[name]
    if held.with_data:
        after = msgspec.structs.replace(held, **fields)
        _judge_certificate(after.certificate, after.certificate_id)
    return fields


def read_changes(text: str) -> tuple[str, ...]:
    """Return the kinds of change that a `changeType` names.

    Raises:
        GraphError: it names another, or none.
    """
    named = [one.strip().lower() for one in text.split(",")]
    wrong = [one for one in named if one not in CHANGES]
    if wrong:
        because = f"changeType takes a list of {', '.join(CHANGES)}; {text!r} holds {wrong[0]!r}"
        raise _invalid(f"The changeType '{text}' is not supported.", because)
    return tuple(dict.fromkeys(named))


def read_expiration(call: Call, text: str, *, with_data: bool) -> datetime:
    """Return when a subscription ends: what is too soon is raised to 45 minutes, what is too late refused.

    Raises:
        GraphError: `subscription_expiration_too_far`, or the text is no instant.
    """
    try:
        given = datetime.fromisoformat(text)
        expires = given.astimezone(UTC) if given.tzinfo else given.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        raise graph_error("subscription_payload_invalid", because=f"{text!r} is no instant") from None
    longest = LONGEST_WITH_DATA if with_data else LONGEST
    if expires > call.now + longest:
        minutes = int(longest.total_seconds() // 60)
        because = f"{text} lies more than {minutes} minutes ahead of the world's time, {iso_seconds(call.now)}"
        raise graph_error("subscription_expiration_too_far", minutes=minutes, because=because)
    return max(expires, call.now + SHORTEST)


def read_url(call: Call, text: str | None, name: str) -> str:
    """Return a URL for notifications, or "" where none is given.

    Raises:
        GraphError: it is not https, or the emulator may not deliver there; `not_emulated` for an event hub.
    """
    if not text:
        return ""
    if text.lower().startswith(_ELSEWHERE):
        because = f"{name}: notifications are delivered to webhooks only, not to Azure Event Hubs or Event Grid"
        raise graph_error(
            "not_emulated", operation=f"POST /subscriptions for {text.partition(':')[0]}", because=because
        )
    problem = judge_url(text, call.courier.allowed)
    if problem is None:
        return text
    if problem.is_scheme:
        raise graph_error("subscription_url_not_https", because=f"{name}: {problem.because}")
    raise graph_error("subscription_endpoint_failed", because=f"{name}: {problem.because}")


def _judge_certificate(certificate: str | None, identifier: str | None) -> None:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
    from cryptography.x509 import load_der_x509_certificate

    if not certificate or not identifier:
        name = "encryptionCertificateId" if certificate else "encryptionCertificate"
        raise _invalid(f"{name} is required when includeResourceData is set to true.", f"the body must hold {name}")
    if len(identifier) > _STATE_LENGTH:
        raise _invalid(f"encryptionCertificateId must not be longer than {_STATE_LENGTH} characters.", "shorten it")
    because = "encryptionCertificate is the base64 of an X.509 certificate (DER) with an RSA key of 2048 to 4096 bits"
    try:
        data = base64.b64decode(certificate, validate=True)
        key = load_der_x509_certificate(data).public_key()
    except (binascii.Error, ValueError) as problem:
        raise _invalid("The encryptionCertificate is not a valid certificate.", f"{because}: {problem}") from None
    if not isinstance(key, RSAPublicKey) or not _KEY_BITS[0] <= key.key_size <= _KEY_BITS[1]:
        raise _invalid("The encryptionCertificate must contain an RSA key of 2048 to 4096 bits.", because)


def _invalid(detail: str, because: str) -> GraphError:
    return graph_error("subscription_request_invalid", detail=detail, because=because)

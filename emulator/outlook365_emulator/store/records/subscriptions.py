"""Records of change notifications: the subscription of an application to a resource of a mailbox."""

from datetime import datetime
from typing import Literal

import msgspec

Watched = Literal["message", "event"]
Standing = Literal["active", "paused", "ended"]


class Subscription(msgspec.Struct, frozen=True, kw_only=True):
    """A subscription to change notifications (reference `graph-core.md` section 10).

    Attributes:
        id: GUID.
        application: client id of the application.
        creator: object id of the user, or of the service principal where the application acts on its own.
        delegated: whether a user is signed in.
        mailbox: object id of the user whose mailbox is watched.
        resource: the resource as the client wrote it.
        watched: kind of the items.
        folder: number of the folder or calendar watched; 0 for the whole mailbox.
        change_type: the kinds of change as the client wrote them.
        changes: the kinds of change.
        filter: text of `$filter`, or "".
        select: paths of `$select`.
        properties: ids of the extended properties that `$expand` asks for.
        notification_url: where notifications go.
        lifecycle_url: where lifecycle notifications go, or None.
        expires: when it ends.
        client_state: what is repeated in every notification, or None.
        with_data: whether notifications carry the item, encrypted (`includeResourceData`).
        certificate: base64 of the certificate (DER) that the key is encrypted for, or None.
        certificate_id: the client's name of the certificate, or None.
        tls_version: `latestSupportedTlsVersion`.
        query_options: `notificationQueryOptions`, or None.
        url_app_id: `notificationUrlAppId`, or None.
        immutable_ids: whether items are named by their immutable ids.
        authorized: when a token was last shown that allows it.
        authorized_until: when that token ends.
        standing: `active`, `paused` until it is reauthorized, or `ended` by its expiration.
    """

    id: str
    application: str
    creator: str
    delegated: bool
    mailbox: str
    resource: str
    watched: Watched
    folder: int
    change_type: str
    changes: tuple[str, ...]
    notification_url: str
    expires: datetime
    authorized: datetime
    authorized_until: datetime
    filter: str = ""
    select: tuple[tuple[str, ...], ...] = ()
    properties: tuple[str, ...] = ()
    lifecycle_url: str | None = None
    client_state: str | None = None
    with_data: bool = False
    certificate: str | None = None
    certificate_id: str | None = None
    tls_version: str = "v1_2"
    query_options: str | None = None
    url_app_id: str | None = None
    immutable_ids: bool = False
    standing: Standing = "active"

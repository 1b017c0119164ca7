"""The JSON document of a message, and the record that holds it.

Members and their order as Graph answers them: reference `graph-mail.md` section 2. What depends on where the message
lies (id, parent folder, change key, conversation id, web link) is stamped whenever the record is written.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote

import msgspec

from outlook365_emulator.clock import iso_seconds
from outlook365_emulator.graph.mail.bodies import preview_of, stored_body
from outlook365_emulator.graph.mail.sanitising import safe_html
from outlook365_emulator.store.item_ids import conversation_id, conversation_index, thread_of
from outlook365_emulator.store.mailbox import Mailbox
from outlook365_emulator.store.records.mail import MailFolder, Message
from outlook365_emulator.store.world import World

ORDER = (
    "@odata.type",
    "@odata.etag",
    "id",
    "createdDateTime",
    "lastModifiedDateTime",
    "changeKey",
    "categories",
    "receivedDateTime",
    "sentDateTime",
    "hasAttachments",
    "internetMessageId",
    "subject",
    "bodyPreview",
    "importance",
    "parentFolderId",
    "conversationId",
    "conversationIndex",
    "isDeliveryReceiptRequested",
    "isReadReceiptRequested",
    "isRead",
    "isDraft",
    "webLink",
    "inferenceClassification",
    "meetingMessageType",
    "type",
    "isOutOfDate",
    "isAllDay",
    "isDelegated",
    "responseType",
    "responseRequested",
    "allowNewTimeProposals",
    "meetingRequestType",
    "canAccept",
    "suggestedCalendarName",
    "sharingMessageAction",
    "sharingMessageActions",
    "body",
    "sender",
    "from",
    "toRecipients",
    "ccRecipients",
    "bccRecipients",
    "replyTo",
    "flag",
    "startDateTime",
    "endDateTime",
    "location",
    "recurrence",
    "proposedNewTime",
    "previousLocation",
    "previousStartDateTime",
    "previousEndDateTime",
)
"""Every member of a message in the order of the answers; some are of meeting messages or sharing invitations alone."""

_WEB_LINK = "https://outlook.office365.com/owa/?ItemID={id}&exvsurl=1&viewmodel=ReadMessageItem"
_EWS = str.maketrans("-_", "/+")


def members_of(message: Message) -> dict[str, Any]:
    """Return the members of a stored message as a new dictionary."""
    members: dict[str, Any] = msgspec.json.decode(message.document)
    return members


def fresh_members(world: World, now: datetime, given: dict[str, Any], *, draft: bool) -> dict[str, Any]:
    """Return the members of a new message: what was given, and what the server sets.

    Args:
        world: gives the internet message id and the thread.
        now: the instant of creation.
        given: members as sent, names canonical, recipients resolved.
        draft: whether it is a draft, which is read and asks for no delivery receipt.
    """
    stamp = iso_seconds(now)
    body = stored_body(given.get("body"))
    index = given.get("conversationIndex") or conversation_index(now, world.ids.data(16))
    members: dict[str, Any] = {
        "createdDateTime": stamp,
        "lastModifiedDateTime": stamp,
        "categories": given.get("categories") or [],
        "receivedDateTime": given.get("receivedDateTime") or stamp,
        "sentDateTime": given.get("sentDateTime") or stamp,
        "hasAttachments": False,
        "internetMessageId": given.get("internetMessageId") or new_message_id(world),
        "subject": given.get("subject") if given.get("subject") is not None else "",
        "bodyPreview": preview_of(body),
        "importance": given.get("importance") or "normal",
        "conversationIndex": index,
        "isDeliveryReceiptRequested": given.get("isDeliveryReceiptRequested", False if draft else None),
        "isReadReceiptRequested": bool(given.get("isReadReceiptRequested")),
        "isRead": bool(given.get("isRead", draft)),
        "isDraft": draft,
        "inferenceClassification": given.get("inferenceClassification") or "focused",
        "body": body,
        "toRecipients": given.get("toRecipients") or [],
        "ccRecipients": given.get("ccRecipients") or [],
        "bccRecipients": given.get("bccRecipients") or [],
        "replyTo": given.get("replyTo") or [],
        "flag": given.get("flag") or {"flagStatus": "notFlagged"},
    }
    for name in ("sender", "from"):
        if given.get(name):
            members[name] = given[name]
    return members


def new_message_id(world: World) -> str:
    """Return an internet message id in the shape of Exchange Online's."""
    text = world.ids.data(18).hex().upper()
    return f"<{text[:2]}2PR15MB{text[2:30]}@{text[:2]}2PR15MB{text[30:34]}.namprd15.prod.outlook.com>"


def write_message(
    mailbox: Mailbox,
    members: dict[str, Any],
    folder: MailFolder,
    *,
    number: int | None = None,
    stable: int | None = None,
    like: Message | None = None,
    headers: tuple[tuple[str, str], ...] | None = None,
    new_body: bool = False,
    **besides: Any,
) -> Message:
    """Make the record of a message in a folder of a mailbox, stamped with ids and a new change key.

    HTML that could run is taken out of the document; the record keeps the body as it was sent.

    Args:
        mailbox: the mailbox; gives the counters.
        members: every other member of the document.
        folder: where it lies.
        number: the item's counter, or None for a new one (a new message, or one that moves).
        stable: the counter of the immutable id, or None for a new message.
        like: the message whose headers, MIME text, properties and extensions it has, where `besides` says nothing.
        headers: internet message headers, or None for those of `like`.
        new_body: whether the body was just sent, and is not that of `like`.
        besides: `hidden`, `mime`, `properties`, `extensions` of the record.
    """
    number = mailbox.take_number() if number is None else number
    stable = number if stable is None else stable
    change = mailbox.take_number()
    item_id = mailbox.ids.item(folder.number, number)
    change_key = mailbox.ids.change_key(change)
    thread = thread_of(members["conversationIndex"])
    body, unsafe = _cleaned(members["body"], None if new_body else like)
    stamped = {
        **members,
        "body": body,
        "@odata.etag": f'W/"{change_key}"',
        "id": item_id,
        "changeKey": change_key,
        "parentFolderId": mailbox.ids.folder(folder.number),
        "conversationId": conversation_id(mailbox.guid, thread),
        "webLink": _WEB_LINK.format(id=quote(item_id.translate(_EWS), safe="")),
    }
    document = {name: stamped[name] for name in ORDER if name in stamped}
    sender, author = stamped.get("sender"), stamped.get("from")
    kept = {name: besides.get(name, getattr(like, name, default)) for name, default in _BESIDES.items()}
    return Message(
        number=number,
        stable=stable,
        folder=folder.number,
        change=change,
        document=msgspec.json.encode(document),
        subject=stamped["subject"] or "",
        received=datetime.fromisoformat(stamped["receivedDateTime"]),
        sent=datetime.fromisoformat(stamped["sentDateTime"]),
        created=datetime.fromisoformat(stamped["createdDateTime"]),
        modified=datetime.fromisoformat(stamped["lastModifiedDateTime"]),
        is_read=stamped["isRead"],
        is_draft=stamped["isDraft"],
        has_attachments=stamped["hasAttachments"],
        importance=stamped["importance"],
        inference=stamped["inferenceClassification"],
        flag_status=stamped["flag"].get("flagStatus", "notFlagged"),
        conversation=stamped["conversationId"],
        internet_message_id=stamped["internetMessageId"],
        from_address=_part(author, "address"),
        from_name=_part(author, "name"),
        sender_address=_part(sender, "address"),
        sender_name=_part(sender, "name"),
        preview=stamped["bodyPreview"],
        categories=tuple(stamped["categories"]),
        to=tuple(_part(one, "address") for one in stamped["toRecipients"]),
        headers=headers if headers is not None else like.headers if like is not None else (),
        unsafe_body=unsafe,
        **kept,
    )


_BESIDES: Mapping[str, Any] = {"hidden": False, "mime": None, "properties": (), "extensions": ()}
"""What a record holds beside its document, and what it is by default."""


def _cleaned(body: dict[str, Any], like: Message | None) -> tuple[dict[str, Any], str | None]:
    """Return a body that is safe to show, and the body as it was sent where that differs."""
    if like is not None and like.unsafe_body is not None and members_of(like)["body"] == body:
        return body, like.unsafe_body
    if body["contentType"] != "html":
        return body, None
    safe = safe_html(body["content"])
    return (body, None) if safe == body["content"] else ({**body, "content": safe}, body["content"])


def sent_body(message: Message, members: dict[str, Any]) -> dict[str, Any]:
    """Return the body of a message as it was sent, unsafe parts included."""
    body: dict[str, Any] = members["body"]
    return body if message.unsafe_body is None else {**body, "content": message.unsafe_body}


def _part(recipient: dict[str, Any] | None, name: str) -> str:
    return str(((recipient or {}).get("emailAddress") or {}).get(name) or "")

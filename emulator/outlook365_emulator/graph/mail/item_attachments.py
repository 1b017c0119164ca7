"""Attachments of any kind from request bodies and MIME texts; items as attachments.

An item attachment keeps the JSON of its item, as `$expand` shows it, and its content: MIME of a message, iCalendar of
an event (reference `graph-mail.md` section 11).
"""

import base64
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import msgspec

from outlook365_emulator.clock import iso_seconds
from outlook365_emulator.errors import graph_error
from outlook365_emulator.graph.mail.addresses import resolved_members
from outlook365_emulator.graph.mail.attached import (
    NewAttachment,
    item_document,
    read_file,
    shown_attachments,
)
from outlook365_emulator.graph.mail.bodies import stored_body
from outlook365_emulator.graph.mail.documents import ORDER, fresh_members
from outlook365_emulator.graph.mail.mime_reading import MimeContent, read_mime
from outlook365_emulator.graph.mail.mime_writing import MimePart, message_fields, write_mime
from outlook365_emulator.store.item_ids import conversation_id, thread_of
from outlook365_emulator.store.mailbox import Mailbox
from outlook365_emulator.store.tenant import Tenant
from outlook365_emulator.store.world import World
from outlook365_emulator.tables.time_zones import iana_name

MAX_DEPTH = 30
"""How deep items may be attached to items."""

_WEB_LINK = "https://outlook.office365.com/owa/?ItemID={id}&exvsurl=1&viewmodel=ItemAttachment"


class Maker:
    """Makes attachments for messages of one mailbox.

    Args:
        world: gives ids.
        tenant: resolves names.
        mailbox: the mailbox that will hold the message.
        now: when it happens.
    """

    __slots__ = ("_mailbox", "_now", "_tenant", "_world")

    def __init__(self, world: World, tenant: Tenant, mailbox: Mailbox, now: datetime) -> None:
        self._world = world
        self._tenant = tenant
        self._mailbox = mailbox
        self._now = now

    def read(self, given: dict[str, Any], depth: int = 0) -> NewAttachment:
        """Read an attachment as sent.

        Args:
            given: members as sent, names canonical.
            depth: how many items stand around it.

        Raises:
            GraphError: it is refused.
        """
        kind = str(given.get("@odata.type") or "fileAttachment").rpartition(".")[2].lower()
        if kind == "referenceattachment":
            because = "reference attachments cannot be created in v1.0: attach a file, or write a link into the body"
            raise graph_error("target_not_supported", because=because)
        if kind == "itemattachment":
            return self._item(given, depth)
        return read_file(self._now, given)

    def from_mime(self, content: MimeContent, depth: int = 0) -> list[NewAttachment]:
        """Return the attachments of a MIME text; messages among them become items."""
        made = []
        for new in content.attachments:
            if new.document["contentType"] == "message/rfc822" and depth < MAX_DEPTH:
                made.append(self.message_from_mime(new.document["name"], new.content, depth + 1))
            else:
                made.append(new)
        return made

    def message_from_mime(self, name: str, text: bytes, depth: int = 1) -> NewAttachment:
        """Return a message as an attachment, from its MIME text."""
        content = read_mime(text, self._now)
        members = fresh_members(self._world, self._now, content.members, draft=False)
        held = self.from_mime(content, depth)
        return NewAttachment(item_document(self._now, name, len(text)), text, self._json(members, held))

    def _item(self, given: dict[str, Any], depth: int) -> NewAttachment:
        item = given.get("item")
        if not isinstance(item, dict):
            raise graph_error("property_required", property="item", because="an item attachment needs an item")
        if depth >= MAX_DEPTH:
            raise graph_error("invalid_request", detail="Items are nested too deeply.", because="at most 30 levels")
        kind = str(item.get("@odata.type") or "#microsoft.graph.message").rpartition(".")[2]
        name = given.get("name") or item.get("subject") or ""
        inline = bool(given.get("isInline"))
        if kind == "event":
            document, text = self._event(item), calendar_of(item, self._world.ids.guid(), self._now)
            made = item_document(self._now, name, len(text), inline=inline)
            return NewAttachment(made, text, msgspec.json.encode(document))
        held = [self.read(one, depth + 1) for one in item.get("attachments") or ()]
        members = self._message(item, held)
        parts = [mime_part(new) for new in held]
        text = write_mime(message_fields(members), members["body"], parts)
        return NewAttachment(item_document(self._now, name, len(text), inline=inline), text, self._json(members, held))

    def _message(self, item: dict[str, Any], held: list[NewAttachment]) -> dict[str, Any]:
        given = resolved_members(self._tenant, item)
        members = fresh_members(self._world, self._now, given, draft=bool(item.get("isDraft")))
        members["hasAttachments"] = shown_attachments(held)
        return members

    def _json(self, members: dict[str, Any], held: list[NewAttachment]) -> bytes:
        thread = thread_of(members["conversationIndex"])
        members["conversationId"] = conversation_id(self._mailbox.guid, thread)
        members["webLink"] = _WEB_LINK.format(id=quote(self._world.ids.text(64), safe=""))
        kept = {name: members[name] for name in ORDER if name in members}
        document = {"@odata.type": "#microsoft.graph.message", "id": "", **kept}
        if held:
            document["attachments"] = [shown(new) for new in held]
        return msgspec.json.encode(document)

    def _event(self, item: dict[str, Any]) -> dict[str, Any]:
        stamp = iso_seconds(self._now)
        document: dict[str, Any] = {
            "@odata.type": "#microsoft.graph.event",
            "id": "",
            "createdDateTime": stamp,
            "lastModifiedDateTime": stamp,
            "categories": [],
            **{name: value for name, value in item.items() if "@" not in name},
        }
        document["body"] = stored_body(item.get("body"))
        document["hasAttachments"] = bool(item.get("attachments"))
        document["webLink"] = _WEB_LINK.format(id=quote(self._world.ids.text(64), safe=""))
        return document


def shown(new: NewAttachment) -> dict[str, Any]:
    """Return an attachment of an attached item as a JSON object; such ones have no id of their own."""
    document = dict(new.document)
    named = ("@odata.type", "@odata.mediaContentType")
    head: dict[str, Any] = {name: document.pop(name) for name in named if name in document}
    members = {**head, "id": "", **document}
    if new.item:
        return {**members, "item": msgspec.json.decode(new.item)}
    return {**members, "contentBytes": base64.b64encode(new.content).decode()}


def mime_part(new: NewAttachment) -> MimePart:
    """Return an attachment as a part of a MIME text."""
    document = new.document
    kind = "message/rfc822" if new.item else document["contentType"]
    if new.item and msgspec.json.decode(new.item).get("@odata.type", "").endswith("event"):
        kind = "text/calendar"
    return MimePart(
        name=document["name"],
        content_type=kind,
        content=new.content,
        inline=document["isInline"],
        content_id=document.get("contentId") or "",
    )


def calendar_of(item: dict[str, Any], uid: str, now: datetime) -> bytes:
    """Return an event that is attached as iCalendar text (RFC 5545), published as Exchange does (page attachment-get).

    Times are in UTC, so that the text needs no definition of a time zone.

    Args:
        item: the Graph resource `event` as sent.
        uid: its UID where it has none of its own.
        now: the instant.
    """
    body = item.get("body") or {}
    lines = ["BEGIN:VCALENDAR", "METHOD:PUBLISH", "PRODID:Microsoft Exchange Server 2010", "VERSION:2.0"]
    lines += ["BEGIN:VEVENT", f"UID:{item.get('iCalUId') or uid}", f"DTSTAMP:{now:%Y%m%dT%H%M%SZ}"]
    lines += _moment("DTSTART", item.get("start")) + _moment("DTEND", item.get("end"))
    lines.append(f"SUMMARY:{_escaped(str(item.get('subject') or ''))}")
    location = (item.get("location") or {}).get("displayName")
    lines += [f"LOCATION:{_escaped(str(location))}"] if location else []
    lines += [f"DESCRIPTION:{_escaped(str(body.get('content') or ''))}", "SEQUENCE:0"]
    lines += ["STATUS:CONFIRMED", "END:VEVENT", "END:VCALENDAR"]
    return "".join(f"{_folded(line)}\r\n" for line in lines).encode()


def _moment(name: str, given: dict[str, Any] | None) -> list[str]:
    text = str((given or {}).get("dateTime") or "")
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return []
    from zoneinfo import ZoneInfo

    zone = found.tzinfo or ZoneInfo(iana_name(str((given or {}).get("timeZone") or "UTC")) or "UTC")
    try:
        return [f"{name}:{found.replace(tzinfo=zone).astimezone(UTC):%Y%m%dT%H%M%SZ}"]
    except OverflowError:
        return []


def _escaped(text: str) -> str:
    for character in "\\;,":
        text = text.replace(character, f"\\{character}")
    return text.replace("\r\n", "\\n").replace("\n", "\\n").replace("\r", "")


def _folded(line: str) -> str:
    return "\r\n ".join(line[at : at + 70] for at in range(0, len(line), 70)) or line

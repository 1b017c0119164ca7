"""From a message as a client sends it, JSON or MIME, to what a draft consists of."""

from datetime import datetime
from typing import Any

import msgspec

from outlook365_emulator.clock import iso_seconds
from outlook365_emulator.errors import graph_error
from outlook365_emulator.graph.call import Call
from outlook365_emulator.graph.mail.addresses import resolved_members
from outlook365_emulator.graph.mail.attached import NewAttachment, attach, shown_attachments
from outlook365_emulator.graph.mail.documents import fresh_members, write_message
from outlook365_emulator.graph.mail.extended_properties import (
    FLAGS,
    HIDDEN,
    HIDDEN_FLAG,
    IN_REPLY_TO,
    INTERNET_ID,
    READ_FLAG,
    RECEIVED,
    REFERENCES,
    SUBMITTED,
    UNSENT_FLAG,
    Properties,
    held,
    merged,
    read_properties,
)
from outlook365_emulator.graph.mail.item_attachments import Maker
from outlook365_emulator.graph.mail.mime_reading import decode_mime, read_mime
from outlook365_emulator.graph.open_extensions import Extensions, read_extension, with_extension
from outlook365_emulator.store.blobs import THRESHOLD, Blob
from outlook365_emulator.store.mailbox import Mailbox
from outlook365_emulator.store.records.mail import MailFolder, Message
from outlook365_emulator.store.world import World

MAX_HEADERS = 5
"""How many custom headers Exchange takes in one message."""

MAX_SUBJECT = 255
"""How many characters the subject of a message has at most."""

Headers = tuple[tuple[str, str], ...]

_SET_BY_SERVER = ("receivedDateTime", "sentDateTime", "conversationIndex")


class Composition(msgspec.Struct, kw_only=True):
    """A message before it is a record.

    Attributes:
        members: members of its document.
        attachments: its attachments.
        headers: its own `x-` header fields.
        properties: its extended properties.
        extensions: its open extensions.
        hidden: whether lists leave it out.
        mime: the MIME text that it was sent as, or None.
        calendar: the iCalendar part of that text, or empty; it is among the attachments too.
    """

    members: dict[str, Any]
    attachments: list[NewAttachment] = []
    headers: Headers = ()
    properties: Properties = ()
    extensions: Extensions = ()
    hidden: bool = False
    mime: bytes | None = None
    calendar: bytes = b""


def judge_headers(body: dict[str, Any]) -> None:
    """Refuse internet message headers that a client may not set.

    Raises:
        GraphError: `header_name_invalid`, `too_many_headers`.
    """
    headers = body.get("internetMessageHeaders") or []
    if len(headers) > MAX_HEADERS:
        raise graph_error("too_many_headers", because=f"{len(headers)} custom headers; at most {MAX_HEADERS} are taken")
    for header in headers:
        name = header.get("name") or ""
        if not name.lower().startswith("x-"):
            raise graph_error("header_name_invalid", name=name, because=f"{name!r} is no custom header")


def judge_subject(body: dict[str, Any]) -> None:
    """Refuse a subject that Exchange does not hold.

    Raises:
        GraphError: `property_validation_failed`.
    """
    length = len(body.get("subject") or "")
    if length > MAX_SUBJECT:
        because = f"the subject has {length} characters; Exchange holds {MAX_SUBJECT}"
        raise graph_error("property_validation_failed", because=because)


def follow_up_flag(call: Call, flag: dict[str, Any]) -> dict[str, Any]:
    """Return a flag as it is stored.

    Raises:
        GraphError: a due date without a start date (Graph resource `followupFlag`).
    """
    if flag.get("dueDateTime") and not flag.get("startDateTime"):
        raise graph_error(
            "invalid_request", detail="dueDateTime requires startDateTime.", because="set startDateTime too"
        )
    stored = {"flagStatus": flag.get("flagStatus") or "notFlagged"}
    for name in ("startDateTime", "dueDateTime", "completedDateTime"):
        if flag.get(name):
            stored[name] = flag[name]
    if stored["flagStatus"] == "complete":
        day = f"{call.now:%Y-%m-%d}T00:00:00.0000000"
        stored.setdefault("completedDateTime", {"dateTime": day, "timeZone": "UTC"})
    return stored


def maker_of(call: Call) -> Maker:
    """Return what makes attachments for the mailbox addressed."""
    return Maker(call.world, call.tenant, call.mailbox, call.now)


def compose(call: Call, body: dict[str, Any]) -> Composition:
    """Read a message to be created or sent.

    Args:
        call: the call.
        body: members as sent, names canonical.

    Raises:
        GraphError: a header, an attachment, a property or an extension that is refused.
    """
    judge_headers(body)
    judge_subject(body)
    maker = maker_of(call)
    attachments = [maker.read(one) for one in body.get("attachments") or ()]
    properties = merged((), read_properties(body))
    extensions: Extensions = ()
    for one in body.get("extensions") or ():
        extensions = with_extension(extensions, *read_extension(one))
    settable = {name: value for name, value in body.items() if name not in _SET_BY_SERVER}
    given = resolved_members(call.tenant, settable)
    if given.get("flag"):
        given["flag"] = follow_up_flag(call, given["flag"])
    members = fresh_members(call.world, call.now, given, draft=True)
    members["hasAttachments"] = shown_attachments(attachments)
    headers = tuple((one["name"], one.get("value") or "") for one in body.get("internetMessageHeaders") or ())
    composition = Composition(
        members=members, attachments=attachments, headers=headers, properties=properties, extensions=extensions
    )
    _import_state(composition, given)
    return composition


def _import_state(composition: Composition, given: dict[str, Any]) -> None:
    """Let MAPI properties say what JSON cannot: that a message is no draft, when it came, that lists leave it out.

    Programs that import mail depend on it (`graph-mail.md` section 5).
    """
    members, properties = composition.members, composition.properties
    flags = held(properties, FLAGS)
    if flags:
        number = int(flags)
        members["isDraft"] = bool(number & UNSENT_FLAG)
        if given.get("isRead") is None:
            members["isRead"] = bool(number & READ_FLAG)
        composition.hidden = bool(number & HIDDEN_FLAG)
    composition.hidden = composition.hidden or held(properties, HIDDEN) == "true"
    for identity, member in ((RECEIVED, "receivedDateTime"), (SUBMITTED, "sentDateTime")):
        if held(properties, identity):
            members[member] = held(properties, identity)
    if held(properties, INTERNET_ID):
        members["internetMessageId"] = held(properties, INTERNET_ID)


def compose_mime(call: Call, body: bytes) -> Composition:
    """Read a message that is sent as base64 MIME.

    Args:
        call: the call.
        body: the request body.

    Raises:
        GraphError: `mime_base64_invalid`, `mime_invalid`.
    """
    return composition_of(call.world, call.mailbox, maker_of(call), decode_mime(body), call.now)


def composition_of(world: World, mailbox: Mailbox, maker: Maker, text: bytes, now: datetime) -> Composition:
    """Return what a MIME text says as a message to be stored.

    Args:
        world: gives what the text does not say.
        mailbox: knows the messages that it may answer.
        maker: makes the attachments.
        text: the MIME text.
        now: the instant.

    Raises:
        GraphError: `mime_invalid`.
    """
    content = read_mime(text, now)
    attachments = maker.from_mime(content)
    given = dict(content.members)
    if not given.get("conversationIndex"):
        answered = _answered(mailbox, f"{content.in_reply_to} {content.references}".split())
        if answered is not None:
            given["conversationIndex"] = msgspec.json.decode(answered.document)["conversationIndex"]
    members = fresh_members(world, now, given, draft=True)
    members["receivedDateTime"] = iso_seconds(now)
    members["isDeliveryReceiptRequested"] = None
    members["hasAttachments"] = shown_attachments(attachments)
    properties = tuple(
        (identity, value)
        for identity, value in ((IN_REPLY_TO, content.in_reply_to), (REFERENCES, content.references))
        if value
    )
    return Composition(
        members=members,
        attachments=attachments,
        headers=content.headers,
        properties=properties,
        mime=content.text,
        calendar=content.calendar,
    )


def _answered(mailbox: Mailbox, identities: list[str]) -> Message | None:
    wanted = frozenset(identities)
    if not wanted:
        return None
    return next((one for one in mailbox.messages if one.internet_message_id in wanted), None)


def kept_mime(world: World, composition: Composition) -> Blob | bytes | None:
    """Return the MIME text of a composition as a record holds it."""
    text = composition.mime
    return world.blobs.add(text) if text is not None and len(text) > THRESHOLD else text


def store(call: Call, composition: Composition, folder: MailFolder) -> Message:
    """Make a composition a message in a folder.

    Args:
        call: the call.
        composition: the message.
        folder: where it lies.
    """
    message = write_message(
        call.mailbox,
        composition.members,
        folder,
        headers=composition.headers,
        hidden=composition.hidden,
        properties=composition.properties,
        extensions=composition.extensions,
        mime=kept_mime(call.world, composition),
    )
    call.unit.put_item(call.mailbox, call.mailbox.messages, message)
    for new in composition.attachments:
        attach(call.world, call.mailbox, call.unit, message.stable, new)
    return message

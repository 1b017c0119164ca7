"""Extended properties: ids in their forms, values by type, and the properties that a message has by nature.

Forms of ids and the tags that clients use: reference `graph-mail.md` section 16.
"""

import base64
import binascii
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

from outlook365_emulator.clock import iso_seconds
from outlook365_emulator.errors import graph_error
from outlook365_emulator.graph.asked_ids import asked_ids
from outlook365_emulator.graph.call import Call
from outlook365_emulator.store.records.mail import Message

Properties = tuple[tuple[str, str | tuple[str, ...]], ...]

FLAGS = "Integer 0xe07"
RECEIVED = "SystemTime 0xe06"
SUBMITTED = "SystemTime 0x39"
HIDDEN = "Boolean 0x10f4"
MESSAGE_CLASS = "String 0x1a"
INTERNET_ID = "String 0x1035"
REFERENCES = "String 0x1039"
IN_REPLY_TO = "String 0x1042"
DEFERRED = "SystemTime 0x3fef"
LAST_VERB = "Integer 0x1081"
LAST_VERB_TIME = "SystemTime 0x1082"

EVER_READ = "EverRead"
"""Our own mark on a message that was read before; no client can ask for it, since it is no property id."""

READ_FLAG, UNSENT_FLAG, ATTACHMENT_FLAG, HIDDEN_FLAG, EVER_READ_FLAG = 0x1, 0x8, 0x10, 0x40, 0x400

_ID = re.compile(
    r"([A-Za-z]+)\s+(?:\{?([0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})\}?\s+)?"
    r"(?:[Nn]ame\s+(\S.*)|(?:[Ii]d\s+)?(0[xX][0-9a-fA-F]{1,8}|[0-9]{1,10}))"
)
_TYPES = {
    name.lower(): name
    for one in "Binary Boolean CLSID Currency Double Float Integer Long Short String SystemTime ApplicationTime".split()
    for name in (one, f"{one}Array")
} | {"null": "Null", "object": "Object", "error": "Error"}


class BadPropertyId(ValueError):
    """A text that is no id of an extended property."""


def normal_id(text: str) -> str:
    """Return the id of an extended property in the form in which Graph repeats it.

    Hex is in lower case without leading zeros, the GUID in lower case and braces, a name as given.

    Raises:
        BadPropertyId: the text is no id.
    """
    match = _ID.fullmatch(text.strip())
    kind = _TYPES.get(match[1].lower()) if match else None
    if match is None or kind is None:
        raise BadPropertyId(f"{text!r} is no property id: write 'String {{guid}} Name Color' or 'String 0x1042'")
    guid, name, tag = match[2], match[3], match[4]
    if name is not None and guid is None:
        raise BadPropertyId(f"{text!r}: a named property needs a property set GUID before Name")
    if name is not None:
        return f"{kind} {{{guid.lower()}}} Name {name}"
    number = int(tag, 16) if tag.lower().startswith("0x") else int(tag)
    return f"{kind} {{{guid.lower()}}} Id 0x{number:x}" if guid else f"{kind} 0x{number:x}"


def _whole(bits: int) -> Callable[[str], str]:
    def read(text: str) -> str:
        number = int(text)
        if not -(2 ** (bits - 1)) <= number < 2**bits:
            raise ValueError(text)
        return str(number)

    return read


def _boolean(text: str) -> str:
    if text.lower() not in ("true", "false", "1", "0"):
        raise ValueError(text)
    return "true" if text.lower() in ("true", "1") else "false"


def _instant(text: str) -> str:
    found = datetime.fromisoformat(text)
    return iso_seconds(found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC))


def _binary(text: str) -> str:
    try:
        return base64.b64encode(base64.b64decode(text, validate=True)).decode()
    except binascii.Error as error:
        raise ValueError(text) from error


def _number(text: str) -> str:
    float(text)
    return text


_READERS: Mapping[str, Callable[[str], str]] = MappingProxyType(
    {
        "Integer": _whole(32),
        "Short": _whole(16),
        "Long": _whole(64),
        "Boolean": _boolean,
        "SystemTime": _instant,
        "Binary": _binary,
        "Double": _number,
        "Float": _number,
    }
)


def _value(identity: str, text: object) -> str:
    kind = identity.partition(" ")[0].removesuffix("Array")
    try:
        return _READERS.get(kind, str)(str(text))
    except (ValueError, OverflowError):
        because = f"{str(text)[:60]!r} is no value of {identity}"
        raise graph_error("extended_property_value_invalid", because=because) from None


def read_properties(body: Mapping[str, Any]) -> dict[str, str | tuple[str, ...] | None]:
    """Read both kinds of extended properties of a request body.

    Args:
        body: members as sent, names canonical.

    Returns:
        Values by normalised id; None for one that is to be cleared.

    Raises:
        GraphError: `extended_property_invalid`, `extended_property_value_invalid`.
    """
    found: dict[str, str | tuple[str, ...] | None] = {}
    for member, many in (("singleValueExtendedProperties", False), ("multiValueExtendedProperties", True)):
        for one in body.get(member) or ():
            try:
                identity = normal_id(str(one.get("id") or ""))
            except BadPropertyId as bad:
                raise graph_error("extended_property_invalid", because=str(bad)) from None
            if many is not identity.partition(" ")[0].endswith("Array"):
                because = f"{identity} does not belong into {member}: types that end in Array have many values"
                raise graph_error("extended_property_invalid", because=because)
            value = one.get("value")
            if value is None:
                found[identity] = None
            else:
                found[identity] = tuple(_value(identity, text) for text in value) if many else _value(identity, value)
    return found


def merged(held: Properties, given: Mapping[str, str | tuple[str, ...] | None]) -> Properties:
    """Return properties after others were set or cleared."""
    found = {**dict(held), **given}
    return tuple((identity, value) for identity, value in found.items() if value is not None)


def held(properties: Iterable[tuple[str, Any]], identity: str) -> str:
    """Return the value of a single-value property, or ""."""
    return next((str(value) for name, value in properties if name == identity), "")


def _flags(message: Message) -> int:
    return (
        (READ_FLAG if message.is_read else 0)
        | (UNSENT_FLAG if message.is_draft else 0)
        | (ATTACHMENT_FLAG if message.has_attachments else 0)
        | (HIDDEN_FLAG if message.hidden else 0)
        | (EVER_READ_FLAG if held(message.properties, EVER_READ) else 0)
    )


def _transport(message: Message) -> str | None:
    return None if message.is_draft else "".join(f"{name}: {value}\r\n" for name, value in message.headers) or None


_BY_NATURE: Mapping[str, Callable[[Message], str | None]] = MappingProxyType(
    {
        FLAGS: lambda message: str(_flags(message)),
        RECEIVED: lambda message: iso_seconds(message.received),
        SUBMITTED: lambda message: iso_seconds(message.sent),
        "SystemTime 0x3007": lambda message: iso_seconds(message.created),
        "SystemTime 0x3008": lambda message: iso_seconds(message.modified),
        "String 0x37": lambda message: message.subject,
        INTERNET_ID: lambda message: message.internet_message_id,
        HIDDEN: lambda message: "true" if message.hidden else "false",
        "Boolean 0xe1b": lambda message: "true" if message.has_attachments else "false",
        "Integer 0x17": lambda message: str(("low", "normal", "high").index(message.importance)),
        "String 0x7d": _transport,
        "String 0x70": lambda message: topic_of(message.subject),
    }
)
"""What MAPI knows of every message, by the ids under which clients ask for it."""


def topic_of(subject: str) -> str:
    """Return the subject of a thread: without the prefixes of replies and forwards."""
    return re.sub(r"^(?:(?:re|fwd?)\s*:\s*)+", "", subject, flags=re.IGNORECASE)


def value_of(message: Message, identity: str) -> str | tuple[str, ...] | None:
    """Return the value of a property of a message by its normalised id, or None."""
    natural = _BY_NATURE.get(identity)
    if natural is not None:
        return natural(message)
    stored = dict(message.properties).get(identity)
    return "IPM.Note" if stored is None and identity == MESSAGE_CLASS else stored


def asked_properties(call: Call, name: str) -> frozenset[str]:
    """Return the normal ids of the extended properties that an `$expand` asks for.

    Args:
        call: the call.
        name: `singleValueExtendedProperties` or `multiValueExtendedProperties`.

    Raises:
        GraphError: there is no `$filter` on id, or it holds what is no id of a property.
    """
    try:
        asked = asked_ids(call, name, normal_id)
    except BadPropertyId as bad:
        raise graph_error("extended_property_invalid", because=str(bad)) from None
    if asked is None:
        because = f"$expand={name} needs a $filter on id: there is no way to read all properties"
        raise graph_error("filter_node_invalid", because=because)
    return asked


def single_values(message: Message) -> list[dict[str, Any]]:
    """Return every single-value property of a message, for `$filter`."""
    natural = [{"id": name, "value": read(message)} for name, read in _BY_NATURE.items()]
    own = [{"id": name, "value": value} for name, value in message.properties if isinstance(value, str)]
    named = () if any(one["id"] == MESSAGE_CLASS for one in own) else ({"id": MESSAGE_CLASS, "value": "IPM.Note"},)
    return [*natural, *named, *(one for one in own if one["id"] not in _BY_NATURE)]


def multi_values(message: Message) -> list[dict[str, Any]]:
    """Return every multi-value property of a message, for `$filter`."""
    return [{"id": name, "value": value} for name, value in message.properties if isinstance(value, tuple)]

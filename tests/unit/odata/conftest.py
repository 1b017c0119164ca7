"""A dozen messages and the type that describes them."""

import base64
import json
import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from operator import itemgetter
from pathlib import Path
from typing import Any

import pytest
from outlook365_emulator.odata.records import Property, RecordType

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


def _converted(name: str, read: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda record: None if record[name] is None else read(record[name])


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(re.sub(r"(\.\d{6})\d", r"\1", text)).astimezone(UTC)


def _seven_digits(text: str) -> str:
    return datetime.fromisoformat(re.sub(r"(\.\d{6})\d$", r"\1", text)).isoformat(timespec="microseconds") + "0"


def _by_name(*properties: Property) -> dict[str, Property]:
    return {one.name.lower(): one for one in properties}


def _plain(name: str, kind: Any, **more: Any) -> Property:
    return Property(name, kind, itemgetter(name), **more)


def _recipient(name: str) -> Property:
    email = _plain(
        "emailAddress",
        "complex",
        type_name="microsoft.graph.emailAddress",
        children=_by_name(_plain("name", "string"), _plain("address", "string")),
    )
    return _plain(name, "complex", type_name="microsoft.graph.recipient", children=_by_name(email))


EXTENDED = Property(
    "",
    "complex",
    None,
    children=_by_name(_plain("id", "string", fold=False), _plain("value", "string")),
    type_name="microsoft.graph.singleValueLegacyExtendedProperty",
)
MESSAGE = _by_name(
    _plain("id", "string", nullable=False, fold=False),
    _plain("subject", "string"),
    _recipient("from"),
    _plain("isRead", "boolean"),
    _plain("isDraft", "boolean", nullable=False),
    _plain("hasAttachments", "boolean", nullable=False),
    _plain("importance", "enum"),
    _plain("rights", "enum"),
    Property("receivedDateTime", "datetime", _converted("receivedDateTime", _instant), nullable=False),
    Property("sentDateTime", "datetime", _converted("sentDateTime", _instant)),
    _plain("categories", "collection", element=Property("", "string", None)),
    _plain("size", "integer", nullable=False),
    Property("score", "decimal", _converted("score", Decimal)),
    # The record itself answers for its flag: the parent passes it on.
    Property(
        "flag",
        "complex",
        None,
        children=_by_name(Property("flagStatus", "enum", lambda record: record["flag"]["flagStatus"])),
        type_name="microsoft.graph.followupFlag",
    ),
    Property("dueDate", "date", _converted("dueDate", date.fromisoformat)),
    _plain("toRecipients", "collection", filterable=False, sortable=False, element=_recipient("")),
    Property(
        "bodyPreview",
        "string",
        itemgetter("bodyPreview"),
        folded=_converted("bodyPreview", str.lower),
    ),
    _plain("singleValueExtendedProperties", "collection", element=EXTENDED),
    _plain("conversationGuid", "guid"),
    _plain("parentFolderId", "string", sortable=False),
    _plain(
        "start",
        "complex",
        type_name="microsoft.graph.dateTimeTimeZone",
        children=_by_name(_plain("dateTime", "string", literal=_seven_digits), _plain("timeZone", "string")),
    ),
    Property("digest", "binary", _converted("digest", base64.b64decode)),
)
EVENT_MESSAGE = RecordType(
    "microsoft.graph.eventMessage", {**MESSAGE, **_by_name(_plain("meetingMessageType", "enum"))}
)


@pytest.fixture(scope="session")
def message_type() -> RecordType:
    """The type of the messages in `filters.json`."""
    return RecordType(
        "microsoft.graph.message",
        MESSAGE,
        derived={"microsoft.graph.eventmessage": EVENT_MESSAGE},
        type_of=itemgetter("type"),
    )


@pytest.fixture(scope="session")
def messages() -> list[dict[str, Any]]:
    """The messages of `filters.json`."""
    path = Path(__file__).parents[2] / "data" / "odata" / "filters.json"
    records: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["records"]
    return records


@pytest.fixture(scope="session")
def now() -> datetime:
    """The instant of `now()` in the cases."""
    return NOW

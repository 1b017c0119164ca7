"""Mailbox settings: get, get a part, change; the languages and time zones on offer.

Reference `graph-mail.md` section 15.
"""

from typing import Any

import msgspec

from outlook365_emulator.errors import graph_error
from outlook365_emulator.graph.answers import Document
from outlook365_emulator.graph.call import Call
from outlook365_emulator.graph.mail.mailbox_settings import ORDER, change_settings, settings_of
from outlook365_emulator.graph.operation import Entity, operation
from outlook365_emulator.tables.languages import languages
from outlook365_emulator.tables.time_zones import iana_zones, zone_names

_SETTINGS = "/users/{user}/mailboxSettings"


@operation(f"GET {_SETTINGS}", least="MailboxSettings.Read")
def get(call: Call) -> Document:
    """Get the settings of a mailbox."""
    settings = settings_of(call.mailbox, call.user, call.now)
    return Document(body={name: settings[name] for name in ORDER}, context=f"{call.user_path}/mailboxSettings")


@operation(
    f"PATCH {_SETTINGS}",
    least="MailboxSettings.ReadWrite",
    body=Entity("mailboxSettings", enum_error="argument_invalid"),
)
def update(call: Call, body: dict[str, Any]) -> Document:
    """Change settings; only the changed ones are answered."""
    changed = change_settings(call.unit, call.mailbox, call.user, body, call.now)
    return Document(body=changed, context=f"{call.user_path}/mailboxSettings")


def _part(call: Call, name: str) -> Document:
    value = settings_of(call.mailbox, call.user, call.now)[name]
    body = value if isinstance(value, dict) else {"value": value}
    return Document(body=body, context=f"{call.user_path}/mailboxSettings/{name}")


@operation(f"GET {_SETTINGS}/automaticRepliesSetting", least="MailboxSettings.Read")
def get_automatic_replies(call: Call) -> Document:
    """Get how arriving mail is answered."""
    return _part(call, "automaticRepliesSetting")


@operation(f"GET {_SETTINGS}/language", least="MailboxSettings.Read")
def get_language(call: Call) -> Document:
    """Get the language of a mailbox."""
    return _part(call, "language")


@operation(f"GET {_SETTINGS}/workingHours", least="MailboxSettings.Read")
def get_working_hours(call: Call) -> Document:
    """Get the working hours of a person."""
    return _part(call, "workingHours")


@operation(f"GET {_SETTINGS}/timeZone", least="MailboxSettings.Read")
def get_time_zone(call: Call) -> Document:
    """Get the time zone of a mailbox."""
    return _part(call, "timeZone")


@operation(f"GET {_SETTINGS}/dateFormat", least="MailboxSettings.Read")
def get_date_format(call: Call) -> Document:
    """Get how a person likes dates written."""
    return _part(call, "dateFormat")


@operation(f"GET {_SETTINGS}/timeFormat", least="MailboxSettings.Read")
def get_time_format(call: Call) -> Document:
    """Get how a person likes times written."""
    return _part(call, "timeFormat")


@operation(f"GET {_SETTINGS}/userPurpose", least="MailboxSettings.Read")
def get_user_purpose(call: Call) -> Document:
    """Get what a mailbox is for: a person, a shared mailbox, a room, equipment."""
    return _part(call, "userPurpose")


@operation(f"GET {_SETTINGS}/delegateMeetingMessageDeliveryOptions", least="MailboxSettings.Read")
def get_delegate_options(call: Call) -> Document:
    """Get who receives the meeting messages of a person with delegates."""
    return _part(call, "delegateMeetingMessageDeliveryOptions")


@operation("GET /users/{user}/outlook", least="User.Read")
def get_outlook(call: Call) -> Document:
    """Get the `outlookUser` of a mailbox, which has an id besides categories, languages and zones: its owner's."""
    return Document(body={"id": call.user.id}, context=f"{call.user_path}/outlook/$entity")


@operation("GET /users/{user}/outlook/supportedLanguages", least="User.Read")
def supported_languages(call: Call) -> Document:
    """List the languages that a mailbox can be set to."""
    rows = [msgspec.to_builtins(row) for row in languages()]
    return Document(body={"value": rows}, context="Collection(microsoft.graph.localeInfo)")


@operation("GET /users/{user}/outlook/supportedTimeZones", least="User.Read")
def supported_time_zones(call: Call) -> Document:
    """List the time zones, Windows names unless `TimeZoneStandard` says IANA."""
    standard = call.place.arguments.get("timezonestandard", "Windows")
    if standard.lower() == "iana":
        rows = [{"alias": name, "displayName": name} for name in iana_zones()]
    elif standard.lower() == "windows":
        rows = [{"alias": row.windows, "displayName": row.display} for row in zone_names()]
    else:
        because = f"TimeZoneStandard is Windows or Iana, not {standard!r}"
        raise graph_error("argument_invalid", value=standard, because=because)
    return Document(body={"value": rows}, context="Collection(microsoft.graph.timeZoneInformation)")

"""Mailbox settings as values: defaults, what was set over them, and what may be set.

Reference `graph-mail.md` section 15, errors `graph-core.md` section 5.4.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from outlook365_emulator.errors import GraphError, graph_error
from outlook365_emulator.store.mailbox import Mailbox
from outlook365_emulator.store.records.directory import User
from outlook365_emulator.store.records.mailbox_settings import MailboxSettings
from outlook365_emulator.store.unit import UnitOfWork
from outlook365_emulator.tables.languages import language
from outlook365_emulator.tables.time_zones import iana_name

ORDER = (
    "archiveFolder",
    "timeZone",
    "delegateMeetingMessageDeliveryOptions",
    "dateFormat",
    "timeFormat",
    "userPurpose",
    "automaticRepliesSetting",
    "language",
    "workingHours",
)
"""The members in the order of the answers."""

_READ_ONLY = ("archiveFolder", "userPurpose")
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday")


def settings_of(mailbox: Mailbox, user: User, now: datetime) -> dict[str, Any]:
    """Return the settings of a mailbox with their defaults.

    Args:
        mailbox: the mailbox.
        user: its owner.
        now: the present, for the window that automatic replies have before one is set.
    """
    archive = mailbox.folders.well_known("archive")
    today = now.replace(minute=0, second=0, microsecond=0)
    spoken = language(user.preferred_language or "") or language("en-US")
    settings: dict[str, Any] = {
        "archiveFolder": mailbox.ids.folder(archive.number) if archive else None,
        "timeZone": "UTC",
        "delegateMeetingMessageDeliveryOptions": "sendToDelegateOnly",
        "dateFormat": "M/d/yyyy",
        "timeFormat": "h:mm tt",
        "userPurpose": user.purpose,
        "automaticRepliesSetting": {
            "status": "disabled",
            "externalAudience": "all",
            "internalReplyMessage": "",
            "externalReplyMessage": "",
            "scheduledStartDateTime": _utc(today),
            "scheduledEndDateTime": _utc(today + timedelta(days=1)),
        },
        "language": msgspec.to_builtins(spoken),
        "workingHours": {
            "daysOfWeek": list(_DAYS),
            "startTime": "08:00:00.0000000",
            "endTime": "17:00:00.0000000",
            "timeZone": {"name": "Pacific Standard Time"},
        },
    }
    held = mailbox.settings.get("settings")
    if held is not None:
        settings.update(msgspec.json.decode(held.document))
    return settings


def change_settings(
    unit: UnitOfWork, mailbox: Mailbox, user: User, given: dict[str, Any], now: datetime
) -> dict[str, Any]:
    """Set what a client sent and return the members that it named, as they are afterwards.

    Args:
        unit: the unit of work that it happens in.
        mailbox: the mailbox.
        user: its owner.
        given: members as sent, checked against the schema.
        now: the present.

    Raises:
        GraphError: a read-only member, an unknown zone or language, or a time that ends before it starts.
    """
    settings = settings_of(mailbox, user, now)
    held = mailbox.settings.get("settings")
    stored: dict[str, Any] = msgspec.json.decode(held.document) if held else {}
    changed = {}
    for name, value in given.items():
        if name in _READ_ONLY:
            raise graph_error("property_read_only", because=f"{name} cannot be set")
        if value is not None and "@" not in name:
            changed[name] = _CHECKS[name](value, settings[name], stored.get(name) or {})
    if "automaticRepliesSetting" in changed:
        for answered in list(mailbox.answered):
            unit.remove(mailbox.answered, answered)  # every sender is answered anew under a new setting
    unit.put(mailbox.settings, MailboxSettings(document=msgspec.json.encode(stored | changed)))
    return {name: changed[name] for name in ORDER if name in changed}


def _time_zone(value: str, _: Any, __: Any) -> str:
    if iana_name(value) is None:
        raise graph_error("time_zone_invalid", because=f"{value!r} is neither a Windows nor an IANA time zone")
    return value


def _language(value: dict[str, Any], _: Any, __: Any) -> dict[str, Any]:
    found = language(value.get("locale") or "")
    if found is None:
        because = f"Exchange offers no language {value.get('locale')!r}; see outlook/supportedLanguages"
        raise graph_error("argument_invalid", value=value.get("locale") or "", because=because)
    return {"locale": found.locale, "displayName": found.display_name}


def _format(*letters: tuple[str, ...]) -> Callable[[Any, Any, Any], Any]:
    def check(value: str, _: Any, __: Any) -> str:
        if not 0 < len(value) <= 40 or not all(any(one in value for one in group) for group in letters):
            because = f"{value!r} is no such format: it needs {' and '.join(' or '.join(group) for group in letters)}"
            raise graph_error("argument_invalid", value=value, because=because)
        return value

    return check


def _replies(value: dict[str, Any], present: dict[str, Any], stored: dict[str, Any]) -> dict[str, Any]:
    given = {name: one for name, one in value.items() if one is not None and "@" not in name}
    for name in ("scheduledStartDateTime", "scheduledEndDateTime"):
        if name in given:
            given[name] = _utc(instant_of(given[name]))
        elif given.get("status") == "scheduled" and name not in stored:
            raise _times(f"automatic replies that are scheduled need {name}")
    replies: dict[str, Any] = {**present, **given}
    start, end = (instant_of(replies[f"scheduled{edge}DateTime"]) for edge in ("Start", "End"))
    if replies["status"] == "scheduled" and start >= end:
        raise _times(f"automatic replies would start at {start} and end at {end}")
    return replies


def _hours(value: dict[str, Any], present: dict[str, Any], _: Any) -> dict[str, Any]:
    hours = {**present, **{name: one for name, one in value.items() if one is not None and "@" not in name}}
    for name in ("startTime", "endTime"):
        hours[name] = _clock_time(hours[name])
    if hours["startTime"] >= hours["endTime"]:
        raise _times(f"working hours would start at {hours['startTime']} and end at {hours['endTime']}")
    zone = hours["timeZone"]
    if not str(zone.get("@odata.type", "")).endswith("customTimeZone"):
        hours["timeZone"] = {"name": _time_zone(zone.get("name") or "", None, None)}
    else:
        hours["timeZone"] = _custom_zone(zone)
    return hours


def _custom_zone(zone: dict[str, Any]) -> dict[str, Any]:
    if not (zone.get("standardOffset") and zone.get("daylightOffset") and zone.get("bias") is not None):
        because = "a customTimeZone needs bias, standardOffset and daylightOffset"
        raise graph_error("time_zone_invalid", because=because)
    for edge in ("standardOffset", "daylightOffset"):
        offset = zone[edge]
        if offset.get("time"):
            zone = {**zone, edge: {**offset, "time": _clock_time(offset["time"])}}
    return zone


def _clock_time(text: str) -> str:
    """Write a time of day with seven decimals: `09:00:00.0000000`."""
    whole, _, fraction = text.partition(".")
    parts = whole.split(":")
    return ":".join([*parts, "00"][:3]) + "." + fraction[:7].ljust(7, "0")


def _times(because: str) -> GraphError:
    return graph_error("time_settings_invalid", because=because)


def _utc(instant: datetime) -> dict[str, str]:
    return {"dateTime": f"{instant.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}0", "timeZone": "UTC"}


def instant_of(value: dict[str, Any]) -> datetime:
    """Return the instant of a `dateTimeTimeZone`.

    Raises:
        GraphError: `body_literal_mismatch` for no date, `time_zone_invalid` for no zone.
    """
    from zoneinfo import ZoneInfo

    text = str(value.get("dateTime") or "")
    zone = iana_name(str(value.get("timeZone") or "UTC"))
    if zone is None:
        raise graph_error("time_zone_invalid", because=f"{value.get('timeZone')!r} is no time zone")
    try:
        found = datetime.fromisoformat(text)
        return (found if found.tzinfo else found.replace(tzinfo=ZoneInfo(zone))).astimezone(UTC)
    except (ValueError, OverflowError):
        because = f"{text[:60]!r} is no date and time"
        raise graph_error("body_literal_mismatch", literal=text, type="Edm.DateTimeOffset", because=because) from None


def _as_given(value: Any, _: Any, __: Any) -> Any:
    return value


_CHECKS: Mapping[str, Callable[[Any, Any, Any], Any]] = {
    "timeZone": _time_zone,
    "language": _language,
    "dateFormat": _format(("d",), ("M",), ("y",)),
    "timeFormat": _format(("h", "H"), ("m",)),
    "automaticRepliesSetting": _replies,
    "workingHours": _hours,
    "delegateMeetingMessageDeliveryOptions": _as_given,
}

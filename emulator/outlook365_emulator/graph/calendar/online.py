"""Online meetings: which provider a calendar allows in which cloud, and what an event gains by one.

Reference `graph-calendar.md` section 18. A provider that the calendar does not allow is ignored, as Graph does.
"""

import base64
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from outlook365_emulator.graph.mail.bodies import preview_of
from outlook365_emulator.store.records.calendar import Calendar
from outlook365_emulator.store.records.directory import User
from outlook365_emulator.store.tenant import Tenant
from outlook365_emulator.store.world import World

TEAMS_HOSTS: Mapping[str, str] = MappingProxyType(
    {
        "global": "teams.microsoft.com",
        "usgov": "gov.teams.microsoft.us",
        "usgov_dod": "dod.teams.microsoft.us",
    }
)
"""Where Teams meetings are joined, by cloud; a cloud without a host offers none."""

TOLL_NUMBER: Final = "+1 425 555 0100"
"""The number under which every meeting is dialled into; one of those kept for fiction."""

_RULE: Final = "_" * 80


def allowed_providers(tenant: Tenant, calendar: Calendar) -> tuple[str, ...]:
    """Return the online meeting providers that a calendar allows in its tenant's cloud."""
    return calendar.providers if tenant.cloud in TEAMS_HOSTS else ()


def provider_for(tenant: Tenant, calendar: Calendar, given: dict[str, Any]) -> str:
    """Return the provider that an event gets, or "" for none.

    Args:
        tenant: the calendar owner's tenant.
        calendar: the calendar.
        given: members as sent, names canonical.
    """
    allowed = allowed_providers(tenant, calendar)
    if not given.get("isOnlineMeeting") or not allowed:
        return ""
    wanted = given.get("onlineMeetingProvider") or "unknown"
    return allowed[0] if wanted == "unknown" else wanted if wanted in allowed else ""


def join_online(world: World, tenant: Tenant, owner: User, members: dict[str, Any], provider: str) -> None:
    """Give an event an online meeting.

    Args:
        world: gives the meeting's id.
        tenant: the organizer's tenant.
        owner: the organizer.
        members: the event; changed.
        provider: the provider.
    """
    thread = base64.b64encode(world.ids.guid().encode()).decode().rstrip("=")
    context = f"%7b%22Tid%22%3a%22{tenant.id}%22%2c%22Oid%22%3a%22{owner.id}%22%7d"
    host = TEAMS_HOSTS[tenant.cloud]
    url = f"https://{host}/l/meetup-join/19%3ameeting_{thread}%40thread.v2/0?context={context}"
    members["isOnlineMeeting"] = True
    members["onlineMeetingProvider"] = provider
    members["onlineMeeting"] = {
        "joinUrl": url,
        "conferenceId": str(100_000_000 + int.from_bytes(world.ids.data(4), "big") % 900_000_000),
        "tollNumber": TOLL_NUMBER,
    }
    members["body"] = with_join_block(members["body"], url)
    members["bodyPreview"] = preview_of(members["body"])


def leave_online(members: dict[str, Any]) -> None:
    """Take the online meeting off an event."""
    members.update(isOnlineMeeting=False, onlineMeetingProvider="unknown", onlineMeeting=None)


def with_join_block(body: dict[str, Any], url: str) -> dict[str, Any]:
    """Return an HTML body with the block by which people join, between two rules."""
    block = f'<div>{_RULE}</div>\r\n<div>Online meeting: <a href="{url}">{url}</a></div>\r\n<div>{_RULE}</div>'
    content = body["content"]
    position = content.lower().rfind("</body")
    if position < 0:
        return {"contentType": "html", "content": f"<html><body>{content}{block}</body></html>"}
    return {"contentType": "html", "content": f"{content[:position]}{block}{content[position:]}"}


def has_join_block(body: dict[str, Any], url: str) -> bool:
    """Return whether a body still holds the link of its online meeting."""
    return url in body["content"] or url.replace("&", "&amp;") in body["content"]

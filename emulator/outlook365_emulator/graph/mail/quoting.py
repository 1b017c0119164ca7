"""The original below an answer to it: head and text, as Outlook on the web writes them.

Reference `graph-mail.md` section 9.
"""

import html
from datetime import UTC, datetime, tzinfo
from typing import Any

from outlook365_emulator.graph.mail.bodies import in_form, inner_html, insert_before, text_to_html
from outlook365_emulator.tables.time_zones import iana_name

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January February March April May June July August September October November December".split()
)  # fmt: skip


def zone_named(name: str) -> tzinfo:
    """Return a zone by its Windows or IANA name; UTC where there is none of that name."""
    from zoneinfo import ZoneInfo

    known = iana_name(name)
    return ZoneInfo(known) if known else UTC


def quoted(first: dict[str, Any], comment: str, zone: tzinfo) -> dict[str, str]:
    """Return the body of an answer: the comment, and the original below its head.

    Args:
        first: the original's members.
        comment: text in front.
        zone: zone of the time that the head says.
    """
    at = datetime.fromisoformat(first["sentDateTime"]).astimezone(zone)
    noon = "AM" if at.hour < 12 else "PM"
    sent = f"{_DAYS[at.weekday()]}, {_MONTHS[at.month - 1]} {at.day}, {at.year} {(at.hour % 12) or 12}:{at:%M} {noon}"
    lines = [("From", _names([first["from"]] if first.get("from") else [])), ("Sent", sent)]
    lines += [("To", _names(first["toRecipients"]))]
    lines += [("Cc", _names(first["ccRecipients"]))] if first["ccRecipients"] else []
    lines += [("Subject", first["subject"] or "")]
    if first["body"]["contentType"] == "text":
        head = "\r\n".join(f"{name}: {text}" for name, text in lines)
        text = f"{comment}\r\n\r\n{'_' * 32}\r\n{head}\r\n\r\n{first['body']['content']}"
        return {"contentType": "html", "content": text_to_html(text)}
    fields = "<br>".join(f"<b>{name}:</b> {html.escape(text, quote=False)}" for name, text in lines)
    head = (
        f"{inner_html(text_to_html(comment)) if comment else ''}"
        '<hr style="display:inline-block;width:98%" tabindex="-1"><div id="divRplyFwdMsg" dir="ltr">'
        f'<font face="Calibri, sans-serif" style="font-size:11pt" color="#000000">{fields}</font>'
        "<div>&nbsp;</div></div>"
    )
    return {"contentType": "html", "content": insert_before(in_form(first["body"], "html")["content"], head)}


def _names(recipients: list[dict[str, Any]]) -> str:
    parts = [one["emailAddress"] for one in recipients]
    return "; ".join(f"{one.get('name') or ''} <{one.get('address') or ''}>".strip() for one in parts)

"""The content of a meeting message as MIME: text, HTML and the iCalendar part (RFC 2046 section 5.1.4, RFC 6047)."""

import base64
import hashlib
from typing import Any

from outlook365_emulator.graph.mail.bodies import html_to_text


def alternative(body: dict[str, Any], calendar: bytes, method: str) -> bytes:
    """Return a `multipart/alternative` with its own header fields; those of the message are written in front of it.

    Args:
        body: the body as `itemBody`.
        calendar: the iCalendar text.
        method: its METHOD, which the media type repeats.
    """
    boundary = f"_000_{hashlib.blake2b(calendar, digest_size=12).hexdigest()}_"
    text = html_to_text(body["content"]) if body["contentType"] == "html" else body["content"]
    parts = [
        ("text/plain; charset=utf-8", text.encode("utf-8", "replace")),
        ("text/html; charset=utf-8", body["content"].encode("utf-8", "replace")),
        (f"text/calendar; charset=utf-8; method={method}", calendar),
    ]
    lines = [f'Content-Type: multipart/alternative;\r\n\tboundary="{boundary}"', "MIME-Version: 1.0", ""]
    for kind, content in parts:
        encoded = base64.b64encode(content).decode()
        wrapped = (encoded[at : at + 76] for at in range(0, len(encoded), 76))
        lines += [f"--{boundary}", f"Content-Type: {kind}", "Content-Transfer-Encoding: base64", "", *wrapped]
    return "\r\n".join([*lines, f"--{boundary}--", ""]).encode()

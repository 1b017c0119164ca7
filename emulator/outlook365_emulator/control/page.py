"""The page at `/` of the HTTP port: what this is, how to connect, and where to go on."""

from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

ROWS = (
    ("http_url", "HTTP"),
    ("https_port", "HTTPS port"),
    ("proxy_url", "Proxy"),
    ("ca_file", "Certificate authority"),
    ("graph_url", "Microsoft Graph"),
    ("login_url", "Sign-in"),
    ("tenant_id", "Tenant"),
    ("domain", "Domain"),
    ("client_id", "Client id (application)"),
    ("public_client_id", "Client id (public)"),
    ("web_client_id", "Client id (web)"),
    ("redirect_uri", "Redirect URI"),
    ("user", "User"),
    ("shared_mailbox", "Shared mailbox"),
    ("admin", "Administrator"),
)
"""Details that the page shows, no secret among them."""

LINKS = (
    ("/_emulator/v1/", "control API"),
    ("/_emulator/v1/worlds", "worlds"),
    ("/_emulator/v1/ready", "connection details with secrets, as JSON"),
    ("/_emulator/v1/openapi.json", "OpenAPI description"),
)

_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:56rem;margin:2rem auto;padding:0 1rem}"
    "th{text-align:left;padding-right:2rem;font-weight:600}code{font-size:.95em;overflow-wrap:anywhere}"
)


def start_page(version: str, details: Mapping[str, Any], worlds: Iterable[str]) -> str:
    """Write the page.

    Args:
        version: version of the emulator.
        details: content of the ready file.
        worlds: names of the worlds.
    """
    rows = "\n".join(
        f"<tr><th scope=row>{escape(title)}</th><td><code>{escape(str(details[key]))}</code></td></tr>"
        for key, title in ROWS
        if details.get(key) is not None
    )
    links = "\n".join(f'<li><a href="{path}">{escape(title)}</a></li>' for path, title in LINKS)
    named = ", ".join(f"<code>{escape(name)}</code>" for name in worlds) or "none"
    return (
        "<!doctype html>\n"
        '<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>Outlook 365 emulator</title><style>{_STYLE}</style></head>\n"
        f"<body><h1>Outlook 365 emulator {escape(version)}</h1>\n"
        "<p>This is a local emulator of Microsoft Entra ID and the Microsoft Graph mail and calendar API. "
        "Nothing here belongs to Microsoft, and nothing reaches it.</p>\n"
        f"<p>Worlds: {named}</p>\n"
        f"<h2>Connection</h2>\n<table>\n{rows}\n</table>\n"
        f"<h2>Go on</h2>\n<ul>\n{links}\n</ul>\n</body></html>\n"
    )

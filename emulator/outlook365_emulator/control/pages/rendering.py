"""From a template to an answer, with a policy that lets no script run but our own."""

import base64
import hashlib
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any

from outlook365_emulator.wire import Response

if TYPE_CHECKING:
    from jinja2 import Environment

PAGE = "text/html; charset=utf-8"

_ALWAYS = (
    ("Cache-Control", "no-store"),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
)

FOREIGN = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; base-uri 'none'"
"""The policy of what a message holds: no script, no request, an origin of its own (CSP level 3, `sandbox`)."""


def page(template: str, *, status: int = 200, **context: Any) -> Response:
    """Render a page.

    Args:
        template: name of the template.
        status: HTTP status.
        context: values for the template.
    """
    text = _environment().get_template(template).render(style=_text("style.css"), script=_text("script.js"), **context)
    policy = (
        f"default-src 'none'; style-src '{_hash('style.css')}'; script-src '{_hash('script.js')}'; connect-src 'self'; "
        "frame-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
    headers = [("Content-Type", PAGE), ("Content-Security-Policy", policy), ("X-Frame-Options", "DENY"), *_ALWAYS]
    return Response(status, text.encode("utf-8", "replace"), headers)


def fragment(template: str, **context: Any) -> Response:
    """Render a part of a page, which our script puts into it."""
    text = _environment().get_template(template).render(**context)
    headers = [("Content-Type", PAGE), ("Content-Security-Policy", "default-src 'none'; sandbox"), *_ALWAYS]
    return Response(200, text.encode("utf-8", "replace"), headers)


def foreign(text: str, media_type: str) -> Response:
    """Answer with what a message holds, so that nothing in it runs, however it is opened.

    Args:
        text: the content.
        media_type: `text/html` or `text/plain`.
    """
    headers = [
        ("Content-Type", f"{media_type}; charset=utf-8"),
        ("Content-Security-Policy", FOREIGN),
        ("X-Frame-Options", "SAMEORIGIN"),
        *_ALWAYS,
    ]
    return Response(200, text.encode("utf-8", "replace"), headers)


def redirect(location: str) -> Response:
    """Lead on to a page after a form was sent (RFC 9110 section 15.4.4)."""
    return Response(303, b"", [("Location", location), *_ALWAYS])


@cache
def _text(name: str) -> str:
    from importlib.resources import files

    return files(__package__).joinpath(name).read_text("utf-8")


@cache
def _hash(name: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(_text(name).encode()).digest()).decode()


@cache
def _environment() -> "Environment":
    from jinja2 import Environment, PackageLoader, StrictUndefined

    made = Environment(
        loader=PackageLoader("outlook365_emulator.control", "pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    when: Callable[[str], str] = _when
    made.filters["when"] = when
    return made


def _when(instant: Any) -> str:
    """Write an instant of JSON for people: `2026-03-02 09:00:00`."""
    return str(instant or "").replace("T", " ")[:19]

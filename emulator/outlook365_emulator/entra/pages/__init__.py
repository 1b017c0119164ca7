"""The pages that people see: templates of this folder, rendered on the server, usable without JavaScript."""

import base64
import hashlib
import re
from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING, Any

import msgspec

from outlook365_emulator.entra.call import Call
from outlook365_emulator.wire import Response

if TYPE_CHECKING:
    from jinja2 import Environment

SUBMIT = "document.forms[0].submit();"
"""The only script there is: it sends the form of `form_post`, whose button does the same."""

ONWARDS = ("https:", "http://localhost:*", "http://127.0.0.1:*")
"""Where an application may lead on to after its redirect URI: Chromium judges `form-action` along the whole chain of
redirects that a sent form begins, and a callback that redirects to another origin is the rule."""

_SECURITY = (
    ("Cache-Control", "no-store, no-cache"),
    ("Pragma", "no-cache"),
    ("Expires", "-1"),
    ("Content-Type", "text/html; charset=utf-8"),
    ("Strict-Transport-Security", "max-age=31536000; includeSubDomains"),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "strict-origin-when-cross-origin"),
)


def page(
    call: Call,
    template: str,
    *,
    title: str,
    status: int = 200,
    form_origins: Iterable[str] = (),
    frame_origins: Iterable[str] = (),
    submits: bool = False,
    config: dict[str, Any] | None = None,
    **context: Any,
) -> Response:
    """Render a page.

    Args:
        call: the request that is answered.
        template: name of the template.
        title: title of the document.
        status: HTTP status.
        form_origins: where forms of the page lead in the end, besides here: browsers judge redirects after a post too.
        frame_origins: whose pages it shows in frames.
        submits: whether it sends its form by itself; such a page may be in a frame (silent sign-in).
        config: what the `$Config` block says besides the page's name, as programs read it on Entra's pages.
        context: values for the template.
    """
    shown = {"pgid": template.removesuffix(".html"), "correlationId": call.correlation, **(config or {})}
    flow = call.flow
    text = (
        _environment()
        .get_template(template)
        .render(
            title=title,
            style=_style(),
            script=SUBMIT,
            here=call.here,
            segment=call.segments.get("tenant", "common").lower(),
            ctx=flow.id if flow is not None else "",
            canary=flow.canary if flow is not None else "",
            config=_for_script(shown),
            **context,
        )
    )
    policy = _policy(tuple(filter(None, form_origins)), tuple(filter(None, frame_origins)), submits)
    headers = [*_SECURITY, ("Content-Security-Policy", policy)]
    if not submits:
        headers.append(("X-Frame-Options", "DENY"))
    return Response(status, text.encode("utf-8", "replace"), headers)


def _policy(forms: tuple[str, ...], frames: tuple[str, ...], submits: bool) -> str:
    parts = [
        "default-src 'none'",
        f"style-src '{_hash(_style())}'",
        " ".join(("form-action 'self'", *forms, *(ONWARDS if forms else ()))),
        "base-uri 'none'",
        "img-src data:",
    ]
    if submits:
        parts.append(f"script-src '{_hash(SUBMIT)}'")
    else:
        parts.append("frame-ancestors 'none'")
    if frames:
        parts.append(f"frame-src {' '.join(frames)}")
    return "; ".join(parts)


@cache
def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


@cache
def _style() -> str:
    from importlib.resources import files

    text = files(__package__).joinpath("style.css").read_text("utf-8")
    return re.sub(r"\s*\n\s*", "", text)


@cache
def _environment() -> "Environment":
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader("outlook365_emulator.entra", "pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _for_script(value: dict[str, Any]) -> str:
    """Write JSON that cannot end the element it stands in."""
    text = msgspec.json.encode(value).decode()
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text

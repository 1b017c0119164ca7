"""Answers that go to a redirect URI: in the query, in the fragment, or as a form (reference entra 2.1)."""

import re
from urllib.parse import quote, quote_plus

from outlook365_emulator.entra.call import Call, Redirect
from outlook365_emulator.entra.pages import page
from outlook365_emulator.entra.redirect_uris import origin_of
from outlook365_emulator.wire import Response

Fields = list[tuple[str, str]]

MODES = ("query", "fragment", "form_post")
_IN_URLS = "%/:=&?~#+!$,;'@()*[]-._"
_ESCAPE = re.compile(r"%[0-9A-F]{2}")


def send(call: Call, redirect: Redirect, fields: Fields) -> Response:
    """Send fields to a redirect URI in its mode; `state` goes last among them where the caller has put it.

    Args:
        call: the request that is answered.
        redirect: where they go.
        fields: names and values in order.
    """
    if redirect.mode == "form_post":
        return page(
            call,
            "form_post.html",
            title="Working",
            form_origins=(origin_of(redirect.uri),),
            submits=True,
            action=redirect.uri,
            fields=fields,
        )
    return go(with_fields(redirect.uri, fields, "#" if redirect.mode == "fragment" else "?"))


def go(url: str) -> Response:
    """Redirect a browser.

    Args:
        url: an address that is trusted.
    """
    headers = [("Location", url), ("Cache-Control", "no-store, no-cache"), ("Pragma", "no-cache")]
    return Response(302, b"", headers)


def with_fields(uri: str, fields: Fields, mark: str = "?") -> str:
    """Append fields to a URI as Entra does: lower-case escapes, a plus sign for a space.

    Args:
        uri: the redirect URI; without a path it gets a slash.
        fields: names and values in order.
        mark: `?` or `#`.
    """
    if re.fullmatch(r"https?://[^/?#]+", uri):
        uri += "/"
    if mark == "?" and "?" in uri:
        mark = "" if uri.endswith(("?", "&")) else "&"
    text = "&".join(f"{name}={_escaped(value)}" for name, value in fields)
    return quote(uri, safe=_IN_URLS) + mark + text


def _escaped(value: str) -> str:
    return _ESCAPE.sub(lambda match: match[0].lower(), quote_plus(value.encode("utf-8", "replace"), safe="!*()-._"))

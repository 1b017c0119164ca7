"""Redirect URIs: which ones an application may be sent back to, and as what (reference entra 5.5)."""

import re
from urllib.parse import SplitResult, urlsplit

from outlook365_emulator.store.records.directory import Application
from outlook365_emulator.store.records.sign_in import Platform

LOOPBACK = frozenset({"localhost", "127.0.0.1"})
"""Hosts for which the port does not count; `[::1]` is not among them."""

_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*")
_SCRIPTS = frozenset({"javascript", "data", "vbscript", "file", "blob", "about", "view-source"})
_UNSAFE = re.compile(r"[\x00-\x20\x7f<>\"\\^`{|}]")
_NETLOC = re.compile(r"[A-Za-z0-9._-]+(:[0-9]{1,5})?")


def find_redirect_uri(application: Application, given: str) -> tuple[Platform, str] | None:
    """Return the platform for which a redirect URI is registered, and where it leads; None where it is not registered.

    A URI that matches a wildcard loses its query; wildcards count for applications of organisations only.

    Args:
        application: the registration.
        given: the URI as the client sent it.
    """
    if not may_be_redirected_to(given):
        return None
    bare = given.partition("?")[0]
    wild = application.audience in ("AzureADMyOrg", "AzureADMultipleOrgs")
    platforms: tuple[tuple[Platform, tuple[str, ...]], ...] = (
        ("web", application.web_redirect_uris),
        ("spa", application.spa_redirect_uris),
        ("public", application.public_redirect_uris),
    )
    for platform, registered in platforms:
        if any(is_same(one, given) for one in registered):
            return platform, given
        if wild and any(_covers(one, bare) for one in registered):
            return platform, bare
    return None


def platform_of(application: Application, given: str) -> Platform | None:
    """Return the platform for which a redirect URI is registered, or None where it is not."""
    found = find_redirect_uri(application, given)
    return found[0] if found is not None else None


def _covers(registered: str, given: str) -> bool:
    """Tell whether a wildcard covers a URI.

    `https://*.contoso.com/back` stands for one label of the host, `https://contoso.com/*` for any path below.
    """
    begin, wild, rest = registered.partition("*")
    if not wild or "*" in rest or not may_be_redirected_to(f"{begin}x{rest}"):
        return False
    if begin == "https://" and rest.startswith("."):
        label = r"[A-Za-z0-9-]+"
    elif not rest and begin.endswith("/") and begin.count("/") > 2:
        label = r"[^?#]*"
    else:
        return False
    end = f"{rest}/" if rest and "/" not in rest else rest
    return re.fullmatch(re.escape(begin) + label + re.escape(end), _with_slash(given)) is not None


def registered_uris(application: Application) -> tuple[str, ...]:
    """Return every registered redirect URI."""
    return (*application.web_redirect_uris, *application.spa_redirect_uris, *application.public_redirect_uris)


def may_be_redirected_to(uri: str) -> bool:
    """Tell whether Entra lets anybody register a URI: https, http on this machine, or an application's own scheme."""
    parts = _split(uri)
    if parts is None or _UNSAFE.search(uri) or _SCHEME.fullmatch(parts.scheme) is None or parts.fragment:
        return False
    if parts.scheme == "https":
        return bool(parts.hostname) and "@" not in parts.netloc
    if parts.scheme == "http":
        return parts.hostname in LOOPBACK and "@" not in parts.netloc
    return parts.scheme not in _SCRIPTS


def is_same(registered: str, given: str) -> bool:
    """Tell whether a URI is the registered one: letter by letter, but for the port of a loopback address.

    A URI without a path equals the one with a slash after the host.
    """
    if _with_slash(registered) == _with_slash(given):
        return True
    one, other = _split(registered), _split(given)
    if one is None or other is None or one.hostname not in LOOPBACK:
        return False
    return (one.scheme, one.hostname, one.path or "/", one.query) == (
        other.scheme,
        other.hostname,
        other.path or "/",
        other.query,
    )


def origin_of(uri: str) -> str:
    """Return what a Content-Security-Policy names a redirect URI by: its origin, or the scheme of an application."""
    parts = _split(uri)
    if parts is None:
        return ""
    if parts.scheme in ("http", "https"):
        return f"{parts.scheme}://{parts.netloc}" if _NETLOC.fullmatch(parts.netloc) else ""
    return f"{parts.scheme}:"


def _split(uri: str) -> SplitResult | None:
    try:
        parts = urlsplit(uri)
        _ = parts.port, parts.hostname  # both raise for what is no host or port
    except ValueError:
        return None
    return parts


def _with_slash(uri: str) -> str:
    return f"{uri}/" if re.fullmatch(r"https?://[^/?#]+", uri) else uri

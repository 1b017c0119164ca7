"""Who may talk to the control API: requests that name this machine as Host, and no page of somewhere else.

A page that a browser shows from another site can make it send requests to a local port (DNS rebinding, cross-site
requests). Host tells the first, Origin the second (RFC 9110 section 7.2, RFC 6454 section 7).
"""

import base64
import binascii
import hmac
import ipaddress
import socket
from collections.abc import Iterable

from outlook365_emulator.control.problems import ControlError
from outlook365_emulator.wire import Request

LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]"})


def own_names(allowed: Iterable[str] = ()) -> frozenset[str]:
    """Return the names that a request may have as Host beside loopback names and addresses.

    Args:
        allowed: further names, `--allow-host`.
    """
    machine = socket.gethostname().lower()
    return frozenset({machine, machine.partition(".")[0], *(name.lower() for name in allowed)} - {""})


def check_sender(request: Request, names: frozenset[str]) -> None:
    """Refuse a request that names a foreign Host, or comes from a page of a foreign Origin.

    Args:
        request: the request.
        names: what `own_names` returned.

    Raises:
        ControlError: 403.
    """
    authority = request.headers.get("host").lower()
    host = _without_port(authority)
    if not (host in LOOPBACK or host in names or host.endswith(".localhost") or _is_address(host)):
        message = (
            f"the control API is not reachable as {host or 'an unnamed host'!r}; start with --allow-host to allow it"
        )
        raise ControlError(403, "foreign_host", message)
    for origin in request.headers.all("origin"):
        scheme, _, named = origin.lower().partition("://")
        if scheme not in ("http", "https") or named != authority:
            raise ControlError(403, "foreign_origin", f"pages of {origin!r} may not use the control API")


def check_token(request: Request, token: str | None) -> None:
    """Refuse a request that does not carry the token of `--control-token`.

    Programs send it as `Authorization: Bearer` (RFC 6750 section 2.1), browsers as the password of any user, which they
    ask for once (RFC 7617).

    Args:
        request: the request.
        token: the token, or None where everybody on this machine may ask.

    Raises:
        ControlError: 401.
    """
    if token is None or hmac.compare_digest(_token_of(request.headers.get("authorization")), token.encode()):
        return
    message = "this emulator was started with --control-token: send 'Authorization: Bearer TOKEN' with each request"
    challenge = (("WWW-Authenticate", 'Basic realm="Outlook 365 emulator"'), ("WWW-Authenticate", "Bearer"))
    raise ControlError(401, "token_needed", message, headers=challenge)


def _token_of(field: str) -> bytes:
    scheme, _, value = field.partition(" ")
    if scheme.lower() == "bearer":
        return value.strip().encode("utf-8", "replace")
    if scheme.lower() == "basic":
        try:
            return base64.b64decode(value.strip(), validate=True).partition(b":")[2]
        except binascii.Error:
            return b""
    return b""


def _without_port(authority: str) -> str:
    if authority.startswith("["):
        return authority.partition("]")[0] + "]"
    return authority.partition(":")[0].removesuffix(".")


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True

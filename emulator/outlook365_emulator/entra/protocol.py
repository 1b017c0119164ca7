"""The steps of the protocol itself: verb, form, grant type, parameters, grant."""

import base64
from urllib.parse import unquote_plus

from outlook365_emulator.entra.call import Call
from outlook365_emulator.entra.envelope import NotEmulated
from outlook365_emulator.entra.grants import GRANTS, NOT_EMULATED
from outlook365_emulator.wire import parse_pairs

FORM = "application/x-www-form-urlencoded"


def verb(call: Call) -> None:
    """Step: does the endpoint take this verb? (900561)."""
    if call.request.method not in call.endpoint.verbs:
        allowed = " or ".join(call.endpoint.verbs)
        because = f"this endpoint is asked with {allowed}"
        raise call.error(900561, allowed=allowed, received=call.request.method, because=because)


def form(call: Call) -> None:
    """Step: read the parameters of the body, and the client's name and secret from Basic authentication.

    A body of another type counts as empty, so that the first missing parameter is reported (reference entra 2.2).

    Raises:
        EntraError: 9002313 where a parameter comes twice with different values, or Basic and body name two clients.
    """
    kind = call.request.headers.get("content-type").partition(";")[0].strip().lower()
    if kind in (FORM, ""):
        for name, value in parse_pairs(call.request.body.decode("utf-8", "replace")):
            if call.form.setdefault(name, value) != value:
                raise call.error(9002313, because=f"the parameter {name[:40]!r} comes twice with different values")
    authorization = call.request.headers.get("authorization")
    if authorization[:6].lower() == "basic ":
        _basic(call, authorization[6:])


def _basic(call: Call, text: str) -> None:
    """Take client id and secret from Basic authentication, where the body lacks them (RFC 6749 section 2.3.1)."""
    try:
        decoded = base64.b64decode(text.strip(), validate=True).decode()
    except ValueError:
        raise call.error(9002313, because="the Authorization header is no Basic authentication") from None
    client_id, _, secret = (unquote_plus(part) for part in decoded.partition(":"))
    if call.form.setdefault("client_id", client_id).lower() != client_id.lower():
        raise call.error(9002313, because="Basic authentication and the body name different clients")
    if secret and not call.form.get("client_assertion"):
        call.form.setdefault("client_secret", secret)


def grant_type(call: Call) -> None:
    """Step: which grant? (900144, 70003)."""
    given = call.form.get("grant_type", "")
    if not given:
        kind = call.request.headers.get("content-type") or "none"
        because = f"the body names no grant_type; it has to be a form ({FORM}), its Content-Type is {kind[:80]}"
        raise call.error(900144, parameter="grant_type", because=because)
    call.grant = GRANTS.get(given)
    if call.grant is None:
        if given in NOT_EMULATED:
            raise NotEmulated(f"the grant {given}")
        because = f"known grants are {', '.join(GRANTS)}"
        raise call.error(70003, grant_type=given, because=because)
    call.entry.operation = f"{call.endpoint.name.partition('.')[0]}.{call.grant.name}"


def parameters(call: Call) -> None:
    """Step: does the body have what the grant needs? (900144, and 901002 for `resource` at v2)."""
    assert call.grant is not None
    if call.version == 2 and call.form.get("resource"):
        raise call.error(901002, because="the v2.0 endpoint takes scope; resource belongs to /oauth2/token")
    for name in call.grant.parameters:
        wanted = "resource" if name == "scope" and call.version == 1 else name
        if not call.form.get(wanted, "").strip():
            raise call.error(900144, parameter=wanted, because=f"the grant {call.grant.name} needs {wanted}")


def grant(call: Call) -> None:
    """Step: judge the grant itself, as its module says."""
    assert call.grant is not None
    call.grant.handle(call)

"""The steps that judge an authorization request before any page is shown (reference entra 2.1).

Until the redirect URI is known to be registered, errors are pages; afterwards most go to the redirect URI.
"""

import re

from outlook365_emulator.entra.call import Call, Redirect
from outlook365_emulator.entra.redirect_uris import find_redirect_uri, may_be_redirected_to, registered_uris
from outlook365_emulator.entra.redirects import MODES
from outlook365_emulator.entra.scopes import Asked, parse_scopes
from outlook365_emulator.errors import EntraError

PROMPTS = frozenset({"", "login", "none", "consent", "select_account", "create", "no_session"})
PROMPTS_V1 = PROMPTS | {"admin_consent", "refresh_session"}

RESPONSE_TYPES = ({"code"}, {"id_token"}, {"code", "id_token"}, {"id_token", "token"}, {"token"})
"""What can be answered with. The metadata of v2.0 leaves `token` alone out; Microsoft, "OAuth 2.0 implicit grant flow",
section "Acquire access tokens silently", asks for it there."""

_CHALLENGE = re.compile(r"[A-Za-z0-9._~-]{43,128}")


def redirect_uri(call: Call) -> None:
    """Step: where does the answer go?

    Raises:
        EntraError: 500113 where no redirect URI is registered, 900971 where none is sent, 50011 where the one that is
            sent is not registered.
    """
    assert call.application is not None
    given = call.form.get("redirect_uri", "").strip()
    registered = registered_uris(call.application)
    if not registered:
        raise call.error(500113, because="the application has no redirect URI on any platform")
    plain = [one for one in registered if "*" not in one]
    if not given:
        if not plain:
            raise call.error(900971, because="the request names no redirect_uri, and only wildcards are registered")
        if call.version == 2 and "openid" not in call.form.get("scope", "").lower().split():
            raise call.error(900971, because="the request names no redirect_uri")
        given = plain[0]
        call.form["redirect_uri"] = given
    found = find_redirect_uri(call.application, given)
    if found is None:
        raise call.error(50011, uri=given, because=_why_not(given, registered))
    platform, uri = found
    call.redirect = Redirect(uri, platform, _mode(call), call.form.get("state"))


def _why_not(given: str, registered: tuple[str, ...]) -> str:
    if not may_be_redirected_to(given):
        return f"{given!r} cannot be registered: https, http on localhost, or an application's own scheme, no fragment"
    return f"registered are {', '.join(registered[:5])}; the comparison is exact, but for the port of localhost"


def _mode(call: Call) -> str:
    """Return the response mode; one that does not fit is refused by `response` and answered in the default."""
    asked = call.form.get("response_mode", "").strip().lower()
    front = bool(set(call.form.get("response_type", "").split()) & {"id_token", "token"})
    default = "fragment" if front else "query"
    return asked if asked in MODES and not (front and asked == "query") else default


def response(call: Call) -> None:
    """Step: which response is asked for, and is the application set up for it?

    Raises:
        EntraError: 900144 without `response_type`, 70005 and 90023 for one that there is not, 700051 and 700054 for
            tokens that the application does not let the authorize endpoint give, 70007 for a mode that does not fit,
            900144 without a nonce.
    """
    assert call.application is not None
    given = call.form.get("response_type", "").strip().lower()
    if not given:
        raise _missing(call, "response_type")
    call.responses = frozenset(given.split())
    if call.responses not in RESPONSE_TYPES:
        raise call.error(70005, because=f"response_type {given[:60]!r} is none of code, id_token, token, their pairs")
    _check_front_channel(call)
    mode = call.form.get("response_mode", "").strip().lower()
    front = call.responses != {"code"}
    if mode and (mode not in MODES or (mode == "query" and front)):
        because = "tokens never travel in a query" if mode == "query" else f"modes are {', '.join(MODES)}"
        raise call.error(70007, response_mode=mode, because=because)
    if "id_token" in call.responses and not call.form.get("nonce"):
        raise _missing(call, "nonce")


def _check_front_channel(call: Call) -> None:
    application = call.application
    assert application is not None
    if "token" in call.responses and not application.access_tokens:
        raise call.error(700051, because="access tokens from the authorize endpoint are off for the application")
    if "id_token" in call.responses and not application.id_tokens:
        raise call.error(700054, because="ID tokens from the authorize endpoint are off for the application")


def _missing(call: Call, name: str) -> EntraError:
    return call.error(900144, parameter=name, because=f"an authorization request needs {name} here")


def prompt(call: Call) -> None:
    """Step: are `prompt` and `max_age` understood? (90023)."""
    allowed = PROMPTS_V1 if call.version == 1 else PROMPTS
    if call.prompt not in allowed:
        because = f"prompt may be {', '.join(sorted(filter(None, allowed)))}"
        raise call.error(90023, detail="Unsupported 'prompt' value.", because=because)
    age = call.form.get("max_age", "")
    if age and not (age.isascii() and age.isdecimal() and len(age) < 12):
        raise call.error(90023, detail="The value of 'max_age' is not valid.", because="max_age is a number of seconds")


def proof_key(call: Call) -> None:
    """Step: PKCE (RFC 7636): a challenge of the right size, and one at all where a single-page application asks.

    Raises:
        EntraError: 9002325, 501491 and 90023.
    """
    challenge, method = call.form.get("code_challenge", ""), call.form.get("code_challenge_method", "")
    if method and method not in ("S256", "plain"):
        detail = "The value of 'code_challenge_method' is not valid."
        raise call.error(90023, detail=detail, because="code_challenge_method is S256 or plain, in these letters")
    if (challenge or method) and _CHALLENGE.fullmatch(challenge) is None:
        raise call.error(501491, because="code_challenge has 43 to 128 characters of A-Z a-z 0-9 - . _ ~")
    if call.redirect is not None and call.redirect.platform == "spa" and "code" in call.responses and not challenge:
        raise call.error(9002325, because="the redirect URI is registered as a single-page application: send PKCE")


def scopes(call: Call) -> None:
    """Step: read `scope`, or `resource` at v1.

    Raises:
        EntraError: 900144 without scopes, 70011 for a text that is no scope or `.default` beside names, 901002 for
            `resource` at v2.0, 70011 for an ID token without `openid`.
    """
    text = call.form.get("scope", "")
    if call.version == 1:
        resource = call.form.get("resource", "")
        call.asked = Asked(openid=parse_scopes(text).openid, resources=(resource,), default=True)
        return
    if call.form.get("resource"):
        raise call.error(901002, because="the v2.0 endpoint takes scope; resource belongs to /oauth2/authorize")
    if not text.strip():
        raise _missing(call, "scope")
    call.asked = parse_scopes(text)
    if call.asked.bad:
        raise call.error(70011, scope=call.asked.bad, because="a scope is a name, or a resource, a slash and a name")
    if call.asked.mixed:
        because = ".default stands for everything and cannot stand beside names"
        raise call.error(70011, where="default", scope=text, because=because)
    if "id_token" in call.responses and "openid" not in call.asked.openid:
        raise call.error(70011, scope=text, because="an ID token is given for the scope openid")

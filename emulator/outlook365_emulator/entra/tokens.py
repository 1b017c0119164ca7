"""Tokens: JSON Web Tokens signed with the emulator's key, and reading them back (RFC 7515, RFC 7519)."""

import base64
import binascii
import hashlib
from typing import Any, Literal

import msgspec

from outlook365_emulator.entra.claims import Holder, graph_claims
from outlook365_emulator.entra.keys import KeyRing
from outlook365_emulator.ids import base64url
from outlook365_emulator.store.tenant import Tenant
from outlook365_emulator.store.world import World

Problem = Literal["empty", "malformed", "algorithm", "unknown_key", "signature"]

_VERIFIED = 4096


class BadToken(Exception):
    """A text that is no token of this emulator.

    Attributes:
        problem: which check failed: `empty`, `malformed` (no three parts of base64url JSON), `algorithm` (`none` or
            anything but RS256), `unknown_key`, `signature`.
        because: a sentence for the journal; holds nothing of the token but the names in its header.
    """

    def __init__(self, problem: Problem, because: str) -> None:
        super().__init__(because)
        self.problem: Problem = problem
        self.because = because


class Claims(msgspec.Struct, frozen=True, kw_only=True):
    """What a verified token says; expiry and audience are for the resource to judge.

    Attributes:
        tid: tenant id.
        oid: object id of the user, or of the service principal for an application on its own.
        appid: client id (`appid`, in v2 tokens `azp`).
        upn: user principal name, or "".
        scopes: delegated permissions.
        roles: application permissions.
        is_app: whether the application acts on its own.
        iat: issue time in seconds since 1970 (five minutes before the instant of issue).
        exp: end in seconds since 1970.
        aud: audience.
        iss: issuer.
        version: 1 or 2.
        raw: every claim.
    """

    tid: str
    oid: str
    appid: str
    upn: str
    scopes: frozenset[str]
    roles: frozenset[str]
    is_app: bool
    iat: float
    exp: float
    aud: str
    iss: str
    version: int
    raw: dict[str, Any]


def signed(
    keys: KeyRing, claims: dict[str, Any], *, thumbprint: bool = True, nonce: str = "", world: World | None = None
) -> str:
    """Sign claims as a JWT with RS256.

    Args:
        keys: the emulator's keys.
        claims: the payload.
        thumbprint: whether the header has `x5t`: v1 tokens do, v2 tokens do not (reference entra 4.2, 4.3).
        nonce: a `nonce` for the header, as Graph's tokens have it: what is signed then holds its SHA-256, so that
            nobody but the resource can verify the token.
        world: the world that issues, which may have changed its key.
    """
    key = keys.signing(world)
    header, signed_header = _headers(key.kid, thumbprint, nonce)
    payload = base64.urlsafe_b64encode(msgspec.json.encode(claims)).rstrip(b"=")
    signature = base64.urlsafe_b64encode(key.sign(signed_header + b"." + payload)).rstrip(b"=")
    return (header + b"." + payload + b"." + signature).decode()


_HEADERS_CACHE: dict[tuple[str, bool], bytes] = {}


def _headers(kid: str, thumbprint: bool, nonce: str) -> tuple[bytes, bytes]:
    """Return the encoded header as sent and as signed."""
    if nonce:
        sent, hashed = ({"typ": "JWT", "nonce": one, "alg": "RS256", "x5t": kid, "kid": kid} for one in _pair(nonce))
        return _encoded(sent), _encoded(hashed)
    found = _HEADERS_CACHE.get((kid, thumbprint))
    if found is None:
        beyond = {"x5t": kid} if thumbprint else {}
        found = _encoded({"typ": "JWT", "alg": "RS256", **beyond, "kid": kid})
        if len(_HEADERS_CACHE) > 64:
            _HEADERS_CACHE.clear()
        _HEADERS_CACHE[kid, thumbprint] = found
    return found, found


def _pair(nonce: str) -> tuple[str, str]:
    return nonce, base64url(hashlib.sha256(nonce.encode()).digest())


def _encoded(header: dict[str, str]) -> bytes:
    return base64.urlsafe_b64encode(msgspec.json.encode(header)).rstrip(b"=")


def graph_access_token(
    keys: KeyRing, world: World, tenant: Tenant, holder: Holder, *, audience: str, at: float, lifetime: int
) -> str:
    """Issue an access token for Microsoft Graph: always in the v1.0 format (reference entra 4.1, 4.2).

    The header has no `nonce`, so that anybody can verify the token with the published keys. Graph's real tokens have
    one and cannot be verified by others; the world's setting `graph_token_nonce` = `on` makes them so.

    Args:
        keys: the emulator's keys.
        world: gives the ids in the token.
        tenant: the tenant that issues.
        holder: application, user, permissions.
        audience: the resource as the client named it: URL or appId.
        at: the instant of issue in seconds since 1970.
        lifetime: `expires_in` in seconds.
    """
    nonce = world.ids.text(43) if world.settings.get("graph_token_nonce") == "on" else ""
    claims = graph_claims(tenant, holder, audience=audience, at=at, lifetime=lifetime, token_id=world.ids.text(22))
    return signed(keys, claims, nonce=nonce, world=world)


def read_token(text: str, keys: KeyRing) -> Claims:
    """Verify a token that this emulator issued and return what it says.

    A token is verified once; the answer is kept, for a bounded number of tokens.

    Args:
        text: the token as sent, without `Bearer`.
        keys: the emulator's keys.

    Raises:
        BadToken: it says which check failed.
    """
    found = keys.verified.get(text)
    if found is None:
        found = _verified(text, keys)
        if len(keys.verified) >= _VERIFIED:
            del keys.verified[next(iter(keys.verified))]
        keys.verified[text] = found
    claims: Claims = found
    return claims


def _verified(text: str, keys: KeyRing) -> Claims:
    if not text:
        raise BadToken("empty", "the request carries an empty token")
    parts = text.split(".")
    if len(parts) != 3:
        raise BadToken("malformed", f"a token has three parts between dots, this one has {len(parts)}")
    try:
        header, payload, signature = decode_part(parts[0]), decode_part(parts[1]), decode_bytes(parts[2])
    except ValueError:
        raise BadToken("malformed", "a part of the token is no base64url, or no JSON object") from None
    algorithm = header.get("alg")
    if algorithm != "RS256":
        raise BadToken("algorithm", f"the token's header says alg {algorithm!r}; Entra signs with RS256")
    kid = header.get("kid")
    key = keys.find(kid) if isinstance(kid, str) else None
    if key is None:
        raise BadToken("unknown_key", f"the key {kid!r} of the token's header is none of this emulator's")
    signed_header = parts[0].encode()
    if isinstance(header.get("nonce"), str):
        hashed = _pair(header["nonce"])[1]
        signed_header = _encoded({**header, "nonce": hashed})
    if not key.verifies(signed_header + b"." + parts[1].encode(), signature):
        raise BadToken("signature", "the token's signature does not fit its content: it was changed or made elsewhere")
    return _claims(payload)


def _claims(payload: dict[str, Any]) -> Claims:
    def text(*names: str) -> str:
        return next((payload[name] for name in names if isinstance(payload.get(name), str)), "")

    def number(name: str) -> float:
        value = payload.get(name)
        return value if isinstance(value, int | float) and not isinstance(value, bool) else 0

    roles = payload.get("roles")
    scopes = text("scp")
    return Claims(
        tid=text("tid"),
        oid=text("oid"),
        appid=text("appid", "azp"),
        upn=text("upn"),
        scopes=frozenset(scopes.split()),
        roles=frozenset(one for one in roles if isinstance(one, str)) if isinstance(roles, list) else frozenset(),
        is_app=payload.get("idtyp") == "app" or (payload.get("idtyp") != "user" and not scopes),
        iat=number("iat"),
        exp=number("exp"),
        aud=text("aud"),
        iss=text("iss"),
        version=2 if payload.get("ver") == "2.0" else 1,
        raw=payload,
    )


def decode_bytes(part: str) -> bytes:
    """Decode base64url text; padding may be there or not.

    Raises:
        ValueError: it is no base64url.
    """
    try:
        return base64.b64decode(part.encode("ascii") + b"=" * (-len(part) % 4), altchars=b"-_", validate=True)
    except (UnicodeEncodeError, binascii.Error) as error:
        raise ValueError(str(error)) from None


def decode_part(part: str) -> dict[str, Any]:
    """Decode a part of a JWT that holds a JSON object.

    Raises:
        ValueError: it is no base64url, or no JSON object.
    """
    try:
        decoded = msgspec.json.decode(decode_bytes(part), type=dict[str, Any])
    except (msgspec.MsgspecError, RecursionError) as error:
        raise ValueError(str(error)) from None
    return decoded

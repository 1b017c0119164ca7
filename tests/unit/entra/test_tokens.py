"""Signing and reading tokens: what is accepted, and which check refuses the rest."""

import base64
import json
from collections.abc import Callable
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import given
from hypothesis import strategies as st
from outlook365_emulator.entra import tokens
from outlook365_emulator.entra.keys import KeyRing
from outlook365_emulator.entra.tokens import BadToken, read_token, signed

KEYS = KeyRing()
CLAIMS: dict[str, Any] = {
    "aud": "https://graph.microsoft.com", "iss": "https://sts.windows.net/t/", "iat": 100, "exp": 4000, "tid": "t",
    "oid": "o", "appid": "a", "upn": "ada@contoso.example", "scp": "Mail.Read User.Read", "idtyp": "user", "ver": "1.0",
}  # fmt: skip


def refused(text: str) -> str:
    with pytest.raises(BadToken) as caught:
        read_token(text, KEYS)
    assert caught.value.because
    return caught.value.problem


def with_header(change: Callable[[dict[str, Any]], dict[str, Any]]) -> str:
    _, payload, signature = signed(KEYS, CLAIMS).split(".")
    header = change({"typ": "JWT", "alg": "RS256", "kid": KEYS.current.kid})
    return f"{base64.urlsafe_b64encode(json.dumps(header).encode()).decode().rstrip('=')}.{payload}.{signature}"


def test_claims_come_back_typed() -> None:
    claims = read_token(signed(KEYS, CLAIMS), KEYS)
    assert (claims.tid, claims.oid, claims.appid, claims.upn) == ("t", "o", "a", "ada@contoso.example")
    assert claims.scopes == {"Mail.Read", "User.Read"}
    assert claims.roles == frozenset()
    assert (claims.is_app, claims.iat, claims.exp, claims.version) == (False, 100, 4000, 1)
    assert (claims.aud, claims.iss) == ("https://graph.microsoft.com", "https://sts.windows.net/t/")
    assert claims.raw == CLAIMS


def test_an_application_token_has_roles() -> None:
    claims = read_token(signed(KEYS, {"roles": ["Mail.Send", 7], "idtyp": "app", "ver": "2.0", "azp": "a"}), KEYS)
    assert claims.is_app
    assert claims.roles == {"Mail.Send"}
    assert (claims.version, claims.appid) == (2, "a")


@pytest.mark.parametrize(
    ("claims", "is_app"),
    [
        ({"idtyp": "user"}, False),
        ({"scp": "Mail.Read"}, False),
        ({"roles": ["Mail.Read"]}, True),
        ({"idtyp": "app"}, True),
    ],
)
def test_whose_token_it_is(claims: dict[str, Any], is_app: bool) -> None:
    assert read_token(signed(KEYS, claims), KEYS).is_app is is_app


def test_a_token_is_verified_once(monkeypatch: pytest.MonkeyPatch) -> None:
    text = signed(KEYS, CLAIMS)
    first = read_token(text, KEYS)
    monkeypatch.setattr(tokens, "_verified", None)
    assert read_token(text, KEYS) is first


def test_the_kept_tokens_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "_VERIFIED", 3)
    ring = KeyRing()
    texts = [signed(ring, {"jti": number}) for number in range(5)]
    for text in texts:
        read_token(text, ring)
    assert list(ring.verified) == texts[2:]


def test_anybody_can_verify_it() -> None:
    public = rsa.RSAPublicNumbers(65537, int.from_bytes(base64.urlsafe_b64decode(KEYS.current.n + "=="), "big"))
    text = signed(KEYS, CLAIMS)
    options = {"verify_exp": False}
    assert jwt.decode(text, public.public_key(), ["RS256"], options, audience=CLAIMS["aud"]) == CLAIMS


def test_with_a_nonce_only_we_can_verify_it() -> None:
    text = signed(KEYS, CLAIMS, nonce="n" * 43)
    assert jwt.get_unverified_header(text)["nonce"] == "n" * 43
    public = rsa.RSAPublicNumbers(65537, int.from_bytes(base64.urlsafe_b64decode(KEYS.current.n + "=="), "big"))
    with pytest.raises(jwt.InvalidSignatureError):
        jwt.decode(text, public.public_key(), ["RS256"], audience=CLAIMS["aud"])
    assert read_token(text, KEYS).tid == "t"


@pytest.mark.parametrize("text", ["abc", "a.b", "a.b.c.d", "..", "%.%.%", "e30.e30.!", "W10.e30.AA", "é.é.é"])
def test_malformed(text: str) -> None:
    assert refused(text) == "malformed"


def test_empty() -> None:
    assert refused("") == "empty"


@pytest.mark.parametrize("algorithm", ["none", "None", "HS256", "RS512", None, 7, ["RS256"]])
def test_another_algorithm_is_refused(algorithm: Any) -> None:
    assert refused(with_header(lambda header: {**header, "alg": algorithm})) == "algorithm"


def test_alg_none_without_signature_is_refused() -> None:
    assert refused(jwt.encode(CLAIMS, None, "none")) == "algorithm"


@pytest.mark.parametrize("kid", ["", "other", None, 7])
def test_an_unknown_key_is_refused(kid: Any) -> None:
    assert refused(with_header(lambda header: {**header, "kid": kid})) == "unknown_key"


def test_a_foreign_key_under_our_name_is_refused() -> None:
    foreign = rsa.generate_private_key(65537, 2048)
    assert refused(jwt.encode(CLAIMS, foreign, "RS256", {"kid": KEYS.current.kid})) == "signature"


def test_changed_claims_are_refused() -> None:
    header, _, signature = signed(KEYS, CLAIMS).split(".")
    payload = base64.urlsafe_b64encode(json.dumps({**CLAIMS, "scp": "Mail.Send"}).encode()).decode().rstrip("=")
    assert refused(f"{header}.{payload}.{signature}") == "signature"


@given(st.text())
def test_no_text_raises_anything_else(text: str) -> None:
    assert refused(text) in ("empty", "malformed", "algorithm", "unknown_key", "signature")

"""Federated credentials: an application proves itself with a token of an issuer that it trusts (reference entra 4.7).

Microsoft, "Workload identity federation". Nothing is fetched from an issuer: either its keys were given when the trust
was made, or the emulator plays the issuer and signs assertions itself (`assertion`).
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from outlook365_emulator.clock import real_timestamp
from outlook365_emulator.entra.assertion_times import check_times
from outlook365_emulator.entra.call import Call
from outlook365_emulator.entra.keys import KeyRing
from outlook365_emulator.entra.tokens import decode_bytes, decode_part, signed
from outlook365_emulator.errors import EntraError
from outlook365_emulator.ids import Ids, fresh_nonce
from outlook365_emulator.store.records.directory import Application, FederatedCredential

ISSUER_PREFIXES = ("https://login.", "https://sts.")
"""How the issuers of Entra itself begin."""


def is_federated(header: Mapping[str, Any], claims: Mapping[str, Any]) -> bool:
    """Tell whether an assertion is a token of somebody else: it names no certificate, and its issuer is a URL."""
    issuer = claims.get("iss")
    named = any(header.get(name) for name in ("x5t", "x5t#S256"))
    return isinstance(issuer, str) and issuer.startswith("https://") and not named


def check_federated(call: Call, application: Application, text: str) -> None:
    """Check a token of an issuer that an application trusts: issuer, audience, subject, signature, time, in this order.

    The three are compared exactly, in their case.

    Raises:
        EntraError: 70021 where the application trusts nobody; 700211, 700212, 700213; 5002738; 700027; 700024; 700229
            for a token that Entra issued to a person.
    """
    encoded_header, encoded_claims, encoded_signature = text.split(".")
    header, claims = decode_part(encoded_header), decode_part(encoded_claims)
    credential = _credential(call, application, claims)
    if str(claims["iss"]).startswith(ISSUER_PREFIXES) and claims.get("scp"):
        raise call.error(700229, because="the assertion is a person's token")
    if header.get("alg") != "RS256":
        raise call.error(5002738, algorithm=header.get("alg"), because="tokens of an issuer are signed with RS256")
    data, signature = f"{encoded_header}.{encoded_claims}".encode(), decode_bytes(encoded_signature)
    if not _verifies(call.keys, credential, str(header.get("kid", "")), data, signature):
        because = f"the assertion was not signed with a key of the issuer {credential.issuer}"
        raise call.error(700027, thumbprint=str(header.get("kid", "")), because=because)
    check_times(call, claims)


def _credential(call: Call, application: Application, claims: Mapping[str, Any]) -> FederatedCredential:
    issuer, subject = str(claims.get("iss", "")), str(claims.get("sub", ""))
    audience = claims.get("aud")
    audience = audience[0] if isinstance(audience, list) and len(audience) == 1 else audience
    left = application.federated
    if not left:
        because = "the application has no federated credential"
        raise call.error(70021, issuer=issuer, subject=subject, audience=audience, because=because)
    wanted = ((700211, "issuer", issuer), (700212, "audience", audience), (700213, "subject", subject))
    for number, name, value in wanted:
        fitting = tuple(one for one in left if getattr(one, name) == value)
        if not fitting:
            raise _mismatch(call, number, name, value, left)
        left = fitting
    return left[0]


def _mismatch(
    call: Call, number: int, name: str, value: object, trusted: tuple[FederatedCredential, ...]
) -> EntraError:
    expected = " or ".join(repr(getattr(one, name)) for one in trusted)
    because = f"the assertion's {name} is {str(value)[:200]!r}, and the federated credential says {expected}"
    return call.error(number, because=because, **{name: str(value)})


def _verifies(keys: KeyRing, credential: FederatedCredential, kid: str, data: bytes, signature: bytes) -> bool:
    if not credential.keys:
        own = keys.find(kid)
        return own is not None and own.verifies(data, signature)
    return any(_verified_by(one, data, signature) for one in _key_set(credential) if one.get("kid", "") in ("", kid))


def _key_set(credential: FederatedCredential) -> list[dict[str, Any]]:
    document: dict[str, Any] = msgspec.json.decode(credential.keys)
    return [one for one in document.get("keys", []) if isinstance(one, dict)]


def _verified_by(key: Mapping[str, Any], data: bytes, signature: bytes) -> bool:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers

    try:
        e, n = (int.from_bytes(decode_bytes(str(key.get(name, ""))), "big") for name in ("e", "n"))
        RSAPublicNumbers(e, n).public_key().verify(signature, data, PKCS1v15(), hashes.SHA256())
    except (ValueError, InvalidSignature):
        return False
    return True


def assertion(
    keys: KeyRing,
    credential: FederatedCredential,
    *,
    issuer: str | None = None,
    subject: str | None = None,
    audience: str | None = None,
    lifetime: int = 600,
) -> str:
    """Return a token as the issuer of a credential gives it, signed with the emulator's key.

    Its dates are the issuer's own, so they are the real time.

    Args:
        keys: the emulator's keys.
        credential: whose issuer is played; one whose keys were given can only be signed for by whoever has them.
        issuer: another `iss` than the credential's, to be refused.
        subject: another `sub`.
        audience: another `aud`.
        lifetime: seconds until it ends; negative for one that has ended.
    """
    now = int(real_timestamp())
    claims = {
        "iss": credential.issuer if issuer is None else issuer,
        "sub": credential.subject if subject is None else subject,
        "aud": credential.audience if audience is None else audience,
        "iat": now + min(lifetime, 0) - 60,
        "nbf": now + min(lifetime, 0) - 60,
        "exp": now + lifetime,
        "jti": Ids(fresh_nonce()).guid(),
    }
    return signed(keys, claims, thumbprint=False)

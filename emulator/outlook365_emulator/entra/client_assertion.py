"""Client assertions: a client proves itself with a JWT that it signs with its certificate (reference entra 4.7).

The assertion's dates are the client's own, so they are judged by the real time, whatever the world's clock says; the
end of a registered certificate is ours and is judged by the world's clock.
"""

import base64
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from outlook365_emulator.entra.assertion_times import check_times
from outlook365_emulator.entra.call import Call
from outlook365_emulator.entra.federation import check_federated, is_federated
from outlook365_emulator.entra.tokens import decode_bytes, decode_part
from outlook365_emulator.store.records.directory import Application, KeyCredential

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512")


def check_assertion(call: Call, text: str) -> None:
    """Check that an assertion was signed with a certificate of the application, for this endpoint, and is in time.

    Raises:
        EntraError: 50027 (no JWT), 5002738 (algorithm), 5002723 (names no key), 700027 (key unknown, expired, or the
            signature does not fit), 90014 (a claim is missing), 50048 and 700021 (whose), 700023 (audience),
            700024 (time), and those of `check_federated` for a token of another issuer.
    """
    application = call.application
    assert application is not None
    try:
        encoded_header, encoded_claims, encoded_signature = text.split(".")
        header, claims = decode_part(encoded_header), decode_part(encoded_claims)
        signature = decode_bytes(encoded_signature)
    except ValueError:
        raise call.error(50027, because="the client assertion is no JWT: three parts of base64url") from None
    if is_federated(header, claims):
        check_federated(call, application, text)
        return
    algorithm = header.get("alg")
    if algorithm not in ALGORITHMS:
        because = f"assertions are checked for {', '.join(ALGORITHMS)}"
        raise call.error(5002738, algorithm=algorithm, because=because)
    credential = _credential(call, application, header)
    signed = f"{encoded_header}.{encoded_claims}".encode()
    if not _verifies(credential, algorithm, signed, signature):
        because = f"the assertion was not signed with the key of the certificate {credential.thumbprint}"
        raise call.error(700027, where="signature", because=because, **_key_params(credential, application))
    _check_claims(call, application, claims)


def _credential(call: Call, application: Application, header: Mapping[str, Any]) -> KeyCredential:
    """Return the registered certificate that the header names by `x5t#S256`, `x5t` or `kid`."""
    sha256, sha1, kid = (str(header.get(name) or "").rstrip("=") for name in ("x5t#S256", "x5t", "kid"))
    if not (sha256 or sha1 or kid):
        raise call.error(5002723, because="the header names no key: x5t, x5t#S256 or kid")
    for one in application.certificates:
        short = base64.urlsafe_b64encode(bytes.fromhex(one.thumbprint)).decode().rstrip("=")
        if sha256 == one.thumbprint_sha256 or sha1 == short or kid in (one.id, one.thumbprint, short):
            if one.expires <= call.now:
                because = f"the certificate {one.thumbprint} ended {one.expires:%Y-%m-%d}"
                raise call.error(700027, where="key_expired", because=because, **_key_params(one, application))
            return one
    count = len(application.certificates)
    because = f"the certificate is not registered with the application, which has {count or 'none'}"
    raise call.error(700027, thumbprint=_hex(sha256 or sha1 or kid), because=because)


def _hex(thumbprint: str) -> str:
    try:
        return decode_bytes(thumbprint).hex().upper()
    except ValueError:
        return thumbprint


def _key_params(credential: KeyCredential, application: Application) -> dict[str, str]:
    from cryptography.x509 import load_der_x509_certificate

    start = load_der_x509_certificate(credential.certificate).not_valid_before_utc
    return {
        "thumbprint": credential.thumbprint,
        "start": f"{start:%m/%d/%Y %H:%M:%S}",
        "end": f"{credential.expires:%m/%d/%Y %H:%M:%S}",
        "app_id": application.client_id,
    }


def _verifies(credential: KeyCredential, algorithm: str, data: bytes, signature: bytes) -> bool:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import padding
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
    from cryptography.x509 import load_der_x509_certificate

    key = load_der_x509_certificate(credential.certificate).public_key()
    if not isinstance(key, RSAPublicKey):
        return False
    kinds: dict[str, hashes.HashAlgorithm] = {"256": hashes.SHA256(), "384": hashes.SHA384(), "512": hashes.SHA512()}
    kind = kinds[algorithm[2:]]
    scheme: padding.AsymmetricPadding = padding.PKCS1v15()
    if algorithm.startswith("PS"):
        scheme = padding.PSS(padding.MGF1(kind), padding.PSS.DIGEST_LENGTH)  # RFC 7518 section 3.5
    try:
        key.verify(signature, data, scheme, kind)
    except InvalidSignature:
        return False
    return True


def _check_claims(call: Call, application: Application, claims: Mapping[str, Any]) -> None:
    for name in ("aud", "exp", "iss", "sub"):
        if claims.get(name) in (None, ""):
            raise call.error(90014, parameter=name, because=f"the assertion has no claim {name}")
    if claims["iss"] != claims["sub"]:
        raise call.error(50048, because="iss and sub of an assertion are both the client id")
    if str(claims["iss"]).lower() != application.client_id:
        raise call.error(700021, because="iss and sub of the assertion are not the client_id of the request")
    if not _meant_for(call, claims["aud"]):
        because = f"the assertion is meant for {str(claims['aud'])[:200]!r}, not for this token endpoint"
        raise call.error(700023, because=because)
    check_times(call, claims)


def _meant_for(call: Call, audience: object) -> bool:
    """Tell whether an audience is this token endpoint or the tenant's issuer, in any form in which we write them."""
    named = audience if isinstance(audience, list) else [audience]
    return any(isinstance(one, str) and _plain(call, one) in _endpoints(call) for one in named)


def _plain(call: Call, url: str) -> str:
    """Return `host/path` of a URL in lower case, with the door of the prefix form taken off."""
    try:
        parts = urlsplit(url.lower())
    except ValueError:
        return ""
    whole = f"{parts.netloc}{parts.path}".rstrip("/")
    _, _, behind = whole.partition("/")
    return behind if behind.partition("/")[0] in _hosts(call) else whole


def _hosts(call: Call) -> set[str]:
    return {call.request.host.lower(), *(host for cloud in call.clouds for host in cloud.login_hosts)}


def _endpoints(call: Call) -> Iterator[str]:
    names = {call.segments["tenant"].lower()}
    if call.tenant is not None:
        names |= {call.tenant.id, *call.tenant.domains}
        yield call.cloud.issuer(call.tenant.id, 1).removeprefix("https://").rstrip("/")
    for host in _hosts(call):
        for name in names:
            yield from (f"{host}/{name}/{tail}" for tail in ("oauth2/v2.0/token", "oauth2/token", "v2.0"))

"""Resource data in notifications: a fresh key for each, encrypted with the subscriber's certificate.

Steps: reference `graph-core.md` section 10.5 ("Decrypting resource data from change notifications").
"""

import base64
import hashlib
import hmac
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from outlook365_emulator.ids import fresh_nonce

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

_BLOCK: Final = 16


def encrypted(content: bytes, certificate: str, name: str) -> dict[str, str]:
    """Encrypt resource data.

    Args:
        content: the item as JSON.
        certificate: base64 of the subscriber's certificate (DER).
        name: the subscriber's name of it.

    Returns:
        `encryptedContent`: data by AES-256-CBC, whose key is encrypted by RSA-OAEP (SHA-1) and whose initialisation
        vector is the first 16 bytes of the key, and its HMAC-SHA256.
    """
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import padding
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    key = fresh_nonce() + fresh_nonce()
    public, thumbprint = _certificate(certificate)
    cipher = Cipher(algorithms.AES(key), modes.CBC(key[:_BLOCK])).encryptor()
    data = cipher.update(_padded(content)) + cipher.finalize()
    oaep = padding.OAEP(padding.MGF1(hashes.SHA1()), hashes.SHA1(), None)  # noqa: S303 - what Microsoft Graph documents
    return {
        "data": _text(data),
        "dataKey": _text(public.encrypt(key, oaep)),
        "dataSignature": _text(hmac.digest(key, data, "sha256")),
        "encryptionCertificateId": name,
        "encryptionCertificateThumbprint": thumbprint,
    }


@lru_cache(maxsize=256)
def _certificate(text: str) -> "tuple[RSAPublicKey, str]":
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
    from cryptography.x509 import load_der_x509_certificate

    data = base64.b64decode(text)
    key = load_der_x509_certificate(data).public_key()
    assert isinstance(key, RSAPublicKey), "the certificate was judged when it was given"
    return key, hashlib.sha1(data, usedforsecurity=False).hexdigest().upper()


def _padded(content: bytes) -> bytes:
    """Pad by PKCS #7 (RFC 5652 section 6.3)."""
    missing = _BLOCK - len(content) % _BLOCK
    return content + bytes([missing]) * missing


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()

"""The signing key of an emulator: made in the background, published as a key set (JWKS)."""

import contextlib
import hashlib
import threading
from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import msgspec

from outlook365_emulator.clock import real_now
from outlook365_emulator.ids import base64url
from outlook365_emulator.store.recording import NotKept

if TYPE_CHECKING:
    from pathlib import Path

    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

    from outlook365_emulator.store.world import World

KEY_BITS = 2048
CERTIFICATE_LIFETIME = timedelta(days=5 * 365)
SUBJECT = "accounts.accesscontrol.windows.net"
"""The common name in the certificates of Entra's key sets (reference entra 1.6)."""

FIRST = "signing-key.pem"
"""Name of the file that keeps the emulator's own key."""

_KEY_SETS = 2048

ROLLED = "signing_keys"
"""Name of the world's setting that lists the ids of the keys that it rolled over to, the last one signs."""


def kids_of(world: "World | None") -> list[str]:
    """Return the ids of the keys that a world rolled over to, the oldest first."""
    return world.settings.get(ROLLED, "").split() if world is not None else []


class SigningKey:
    """An RSA key, its self-signed certificate, and what goes into token headers and key sets.

    Attributes:
        kid: base64url of the SHA-1 of the certificate: `kid` and `x5t` (reference entra 1.6).
        certificate: the certificate, DER.
    """

    __slots__ = ("_hash", "_padding", "_private", "_public", "certificate", "kid", "n")

    def __init__(self, private: "RSAPrivateKey", certificate: bytes | None = None) -> None:
        from cryptography.hazmat.primitives import hashes
        from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15

        self._private = private
        self._public = private.public_key()
        self._hash = hashes.SHA256()
        self._padding = PKCS1v15()
        numbers = self._public.public_numbers()
        self.n = base64url(numbers.n.to_bytes(KEY_BITS // 8, "big"))
        self.certificate = certificate or _self_signed(private)
        self.kid = base64url(hashlib.sha1(self.certificate, usedforsecurity=False).digest())

    def sign(self, data: bytes) -> bytes:
        """Return the RS256 signature of the data (RFC 7518 section 3.3)."""
        return self._private.sign(data, self._padding, self._hash)

    def verifies(self, data: bytes, signature: bytes) -> bool:
        """Tell whether a signature of the data was made with this key."""
        from cryptography.exceptions import InvalidSignature

        try:
            self._public.verify(signature, data, self._padding, self._hash)
        except InvalidSignature:
            return False
        return True

    def pem(self) -> bytes:
        """Return private key and certificate as PEM, to be read again by `read_key`."""
        import ssl

        from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

        private = self._private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        return private + ssl.DER_cert_to_PEM_cert(self.certificate).encode("ascii")

    def document(self) -> dict[str, Any]:
        """Return the key as an entry of a key set, without the fields that depend on the tenant."""
        import base64

        return {
            "kty": "RSA",
            "use": "sig",
            "kid": self.kid,
            "x5t": self.kid,
            "n": self.n,
            "e": "AQAB",
            "x5c": [base64.b64encode(self.certificate).decode()],
        }


def read_key(pem: bytes) -> SigningKey:
    """Read a signing key as `SigningKey.pem` writes it.

    Raises:
        ValueError: it is no RSA key with a certificate.
    """
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key

    private = load_pem_private_key(pem, None)
    if not isinstance(private, RSAPrivateKey):
        raise ValueError("the signing key is no RSA key")
    return SigningKey(private, x509.load_pem_x509_certificate(pem).public_bytes(Encoding.DER))


def _self_signed(private: "RSAPrivateKey") -> bytes:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
    from cryptography.x509.oid import NameOID

    public = private.public_key()
    spki = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, SUBJECT)])
    start = real_now().replace(microsecond=0) - timedelta(days=1)
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(public)
        .serial_number(int.from_bytes(hashlib.sha256(spki).digest()[:15], "big") + 1)
        .not_valid_before(start)
        .not_valid_after(start + CERTIFICATE_LIFETIME)
    )
    return builder.sign(private, hashes.SHA256()).public_bytes(Encoding.DER)


class KeyRing:
    """The keys with which an emulator signs tokens.

    `start` begins to make the key in a thread of its own (RSA costs 30 to 110 ms and releases the interpreter);
    whoever needs it first waits for it.

    Args:
        folder: where the keys are kept across restarts (`signing-key.pem`, and one file for each further key), or None.

    Raises:
        ValueError: a file there is no signing key; the message names it.
    """

    __slots__ = ("_current", "_folder", "_further", "_lock", "_sets", "_thread", "verified")

    def __init__(self, folder: "Path | None" = None) -> None:
        self._folder = folder
        self._current: SigningKey | None = None
        self._further: dict[str, SigningKey] = {}
        self._lock = threading.Lock()
        self._sets: dict[tuple[str, str, int, str], bytes] = {}
        self._thread: threading.Thread | None = None
        self.verified: dict[str, Any] = {}
        if folder is not None:
            self._read(folder)

    def _read(self, folder: "Path") -> None:
        for file in sorted(folder.glob("*.pem")):
            try:
                key = read_key(file.read_bytes())
            except ValueError as error:
                raise ValueError(f"{file} holds no signing key: {error}") from None
            if file.name == FIRST:
                self._current = key
            else:
                self._further[key.kid] = key

    def _keep(self, name: str, key: SigningKey) -> None:
        """Write a key at once and for the owner's eyes only, where keys are kept.

        Raises:
            NotKept: it cannot be written.
        """
        if self._folder is None:
            return
        draft = self._folder / f"{name}.draft"
        try:
            draft.touch(mode=0o600)
            draft.write_bytes(key.pem())
            draft.replace(self._folder / name)
        except OSError as error:
            raise NotKept(f"the signing key cannot be written to {self._folder} ({error})") from None

    def start(self) -> None:
        """Begin to make the signing key in the background; further calls do nothing."""
        if self._thread is None and self._current is None:
            # No daemon: a process that ends while the key is made would be aborted inside the library.
            self._thread = threading.Thread(target=self._make_ahead, name="outlook365-signing-key")
            self._thread.start()

    def _make_ahead(self) -> None:
        with contextlib.suppress(NotKept):  # whoever needs the key tries again, and is told
            self._make()

    def _make(self) -> None:
        from cryptography.hazmat.primitives.asymmetric import rsa

        with self._lock:
            if self._current is None:
                key = SigningKey(rsa.generate_private_key(65537, KEY_BITS))
                self._keep(FIRST, key)
                self._current = key

    @property
    def current(self) -> SigningKey:
        """The key that signs; waits for it where it is not ready."""
        if self._current is None:
            self._make()
        assert self._current is not None
        return self._current

    def find(self, kid: str) -> SigningKey | None:
        """Return the key with an id, or None."""
        return self.current if kid == self.current.kid else self._further.get(kid)

    def signing(self, world: "World | None") -> SigningKey:
        """Return the key that signs for a world: the emulator's, or the last one that the world rolled over to."""
        kids = self._further_of(world)
        return self._further[kids[-1]] if kids else self.current

    def _further_of(self, world: "World | None") -> list[str]:
        """Return the keys that a world rolled over to; a world that was imported has left its own behind."""
        return [kid for kid in kids_of(world) if kid in self._further]

    def roll(self, world: "World") -> str:
        """Make a new key that signs for a world from now on; the ones before stay published and valid.

        Clients re-fetch the key set when they meet an unknown `kid` (reference entra 1.6).

        Args:
            world: the world; others go on with the keys that they have.

        Returns:
            The `kid` of the new key.

        Raises:
            NotKept: it cannot be written where keys are kept.
        """
        from cryptography.hazmat.primitives.asymmetric import rsa

        key = SigningKey(rsa.generate_private_key(65537, KEY_BITS))
        self._keep(f"{key.kid}.pem", key)
        self._further[key.kid] = key
        world.settings[ROLLED] = " ".join([*kids_of(world), key.kid])
        return key.kid

    def forget(self, world: "World") -> None:
        """Throw away the keys that a world rolled over to; the world is dropped."""
        for kid in kids_of(world):
            self._further.pop(kid, None)
            if self._folder is not None:
                (self._folder / f"{kid}.pem").unlink(missing_ok=True)

    def published(self, world: "World | None") -> list[SigningKey]:
        """Return the keys of a world's key set, the oldest first; of every world where the request leads to none."""
        further = self._further if world is None else self._further_of(world)
        return [self.current, *(self._further[kid] for kid in further)]

    def key_set(self, instance: str, issuer: str, version: int = 2, world: "World | None" = None) -> bytes:
        """Return the key set (JWKS) of a tenant as JSON.

        Args:
            instance: `cloud_instance_name` of the cloud.
            issuer: the issuer that the keys are published for, or its template with `{tenantid}`.
            version: 1 or 2; the v1 set has neither issuer nor instance.
            world: the world of the tenant, or None where the request leads to none.
        """
        keys = self.published(world)
        which = " ".join(key.kid for key in keys)
        found = self._sets.get((instance, issuer, version, which))
        if found is None:
            if len(self._sets) >= _KEY_SETS:
                self._sets.clear()
            beyond: Mapping[str, str] = {"cloud_instance_name": instance, "issuer": issuer} if version == 2 else {}
            found = msgspec.json.encode({"keys": [{**key.document(), **beyond} for key in keys]})
            self._sets[instance, issuer, version, which] = found
        return found

"""Certificates for applications: made on demand, one RSA key for all of a process.

An RSA key costs 30 to 110 ms, so every certificate of a process has the same key; certificate, serial number and
thumbprint are each its own.
"""

import base64
from datetime import datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from outlook365_emulator.directory.applications import add_certificate
from outlook365_emulator.store.records.directory import Application, KeyCredential
from outlook365_emulator.store.tenant import Tenant
from outlook365_emulator.store.unit import UnitOfWork
from outlook365_emulator.store.world import World

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

KDF_ROUNDS = 2048
"""OpenSSL's default for PKCS #12."""


class Pfx(NamedTuple):
    """Certificate and private key in one file, as connectors ask for it.

    Attributes:
        content: PKCS #12 in base64.
        password: its password.
    """

    content: str
    password: str


@cache
def client_key() -> "RSAPrivateKey":
    """Return the RSA key of this process's client certificates, 2048 bits, made on first demand."""
    from cryptography.hazmat.primitives.asymmetric import rsa

    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def give_certificate(
    world: World,
    tenant: Tenant,
    unit: UnitOfWork,
    application: Application,
    *,
    days: int = 365,
    password: str | None = None,
    display_name: str | None = None,
) -> tuple[Application, KeyCredential]:
    """Make a certificate for an application and register it; `pfx_of` returns the file.

    Args:
        world: gives serial number and, where none is given, the password; keeps the file.
        tenant: the home tenant.
        unit: the unit of work that it happens in.
        application: the registration.
        days: validity from the present; a negative number makes a certificate that has ended.
        password: password of the file, or None for a new one.
        display_name: the credential's description.

    Returns:
        The application's new record and the credential.

    Raises:
        OverflowError: the end lies outside of the calendar.
    """
    expires = unit.now + timedelta(days=days)
    begins = min(unit.now, expires) - timedelta(days=1)
    der, content, password = _certificate(world, application.display_name, begins, expires, password)
    application, credential = add_certificate(
        world, tenant, unit, application, der, expires=expires, display_name=display_name
    )
    unit.after(lambda: world.settings.update(_kept(credential, Pfx(content, password))))
    return application, credential


def pfx_of(world: World, credential: KeyCredential) -> Pfx | None:
    """Return the file of a certificate that was made here, or None for one that was registered otherwise."""
    content = world.settings.get(f"pfx {credential.id}")
    return None if content is None else Pfx(content, world.settings[f"pfx password {credential.id}"])


def _kept(credential: KeyCredential, pfx: Pfx) -> dict[str, str]:
    return {f"pfx {credential.id}": pfx.content, f"pfx password {credential.id}": pfx.password}


def _certificate(
    world: World, name: str, begins: datetime, ends: datetime, password: str | None
) -> tuple[bytes, str, str]:
    """Return a self-signed certificate as DER, the PFX in base64, and its password."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.serialization import pkcs12
    from cryptography.x509.oid import NameOID

    key = client_key()
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name[:64])])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(int.from_bytes(world.ids.data(16), "big") | 1 << 127)
        .not_valid_before(begins)
        .not_valid_after(ends)
        .sign(key, hashes.SHA256())
    )
    password = password or world.ids.text(16)
    encryption = (
        serialization.PrivateFormat.PKCS12.encryption_builder()
        .kdf_rounds(KDF_ROUNDS)
        .key_cert_algorithm(pkcs12.PBES.PBESv2SHA256AndAES256CBC)
        .hmac_hash(hashes.SHA256())
        .build(password.encode())
    )
    pfx = pkcs12.serialize_key_and_certificates(name.encode(), key, certificate, None, encryption)
    return certificate.public_bytes(serialization.Encoding.DER), base64.b64encode(pfx).decode(), password

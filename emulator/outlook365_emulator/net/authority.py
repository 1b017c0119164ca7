"""The emulator's certificate authority: signs for the emulated hosts, and is trusted by nobody who was not told."""

import os
import ssl
import tempfile
import threading
import weakref
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from outlook365_emulator import config

if TYPE_CHECKING:
    import trustme

LOCAL_NAMES = ("localhost", "127.0.0.1", "::1")
"""Names under which the HTTPS port is asked with the emulated host as a path prefix."""

REGIONAL_NAMES = ("*.login.microsoft.com",)
"""Regional sign-in hosts, `westeurope.login.microsoft.com` (MSAL's `azure_region`)."""

BUNDLE_VARIABLES = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
"""Variables that replace a client's trust store: OpenSSL and httpx, requests and MSAL, curl."""

ORGANIZATION = "outlook365-emulator"

LONG_AGO = (datetime(2019, 1, 1, tzinfo=UTC), datetime(2020, 1, 1, tzinfo=UTC))
"""Between these a certificate was valid that has expired."""

PEM_BEGIN = b"-----BEGIN CERTIFICATE-----"


class Authority:
    """A certificate authority with EC keys, valid from the year 2000 to 3000 of the real time (trustme's dates).

    One that is not kept is made when it is first needed: many runs need no certificate at all.

    Args:
        directory: where the authority is kept (`ca.pem`, `ca-key.pem`) so that trust outlives a restart, or None for
            one that lives as long as this object.

    Raises:
        ValueError: the directory holds files that are no certificate and key.
    """

    def __init__(self, directory: Path | None = None) -> None:
        self._names: tuple[str, ...] = ()
        self._leaf: trustme.LeafCert | None = None
        self._spoiled: dict[str, ssl.SSLContext] = {}
        self._made: trustme.CA | None = None
        self._lock = threading.Lock()
        if directory is not None:
            self._made = _kept_in(directory)
        else:
            _unmade().add(self)

    @property
    def _ca(self) -> "trustme.CA":
        # The event loop asks at the first handshake, other threads for the file.
        with self._lock:
            if self._made is None:
                import trustme

                self._made = trustme.CA(organization_name=ORGANIZATION)
            return self._made

    @property
    def ca_pem(self) -> bytes:
        """The authority's certificate as PEM."""
        return self._ca.cert_pem.bytes()

    def issue(self, hosts: Iterable[str]) -> ssl.SSLContext:
        """Sign one certificate for all hosts and return a server's context that presents it.

        Args:
            hosts: host names, wildcards (`*.example.org`) or addresses; loopback names and the regional sign-in
                hosts are added.

        Returns:
            A context for TLS 1.2 and later that offers HTTP/1.1 by ALPN (RFC 7301); clients that want HTTP/2 fall
            back.
        """
        self._names = tuple(dict.fromkeys((*hosts, *REGIONAL_NAMES, *LOCAL_NAMES)))
        self._leaf = self._ca.issue_cert(*self._names, organization_name=ORGANIZATION)
        return self.context()

    def context(self) -> ssl.SSLContext:
        """Return a further server's context with the certificate that was issued last.

        Raises:
            ValueError: none was issued.
        """
        if self._leaf is None:
            raise ValueError("issue a certificate first")
        return _server_context(self._leaf)

    def spoiled(self, problem: str) -> ssl.SSLContext:
        """Return a server's context with a certificate that clients refuse.

        Args:
            problem: `expired`; `wrong_host`: it names another one; `untrusted`: an authority that nobody was told of
                has signed it.
        """
        found = self._spoiled.get(problem)
        if found is None:
            found = self._spoiled[problem] = _server_context(self._spoiled_leaf(problem))
        return found

    def _spoiled_leaf(self, problem: str) -> "trustme.LeafCert":
        import trustme

        names = self._names or LOCAL_NAMES
        if problem == "expired":
            return self._ca.issue_cert(*names, not_before=LONG_AGO[0], not_after=LONG_AGO[1])
        if problem == "wrong_host":
            return self._ca.issue_cert("host.invalid")
        return trustme.CA(organization_name="nobody knows it").issue_cert(*names)

    def client_context(self) -> ssl.SSLContext:
        """Return a client's context that trusts this authority and nobody else."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.load_verify_locations(cadata=self.ca_pem.decode("ascii"))
        return context

    def write_ca(self, path: Path) -> Path:
        """Write the authority's certificate as PEM, for `NODE_EXTRA_CA_CERTS` and for people; return the path."""
        return _write(path, self._ca.cert_pem.bytes())

    def combined_bundle(self, path: Path) -> Path:
        """Write what was trusted before plus this authority, for variables that replace a trust store.

        What was trusted before are the files that `SSL_CERT_FILE`, `REQUESTS_CA_BUNDLE` and `CURL_CA_BUNDLE` name;
        without any the default of OpenSSL, then certifi's, then the system's store.

        Args:
            path: the file to write; its directory exists.

        Returns:
            The path.
        """
        return _write(path, b"".join((*trusted_before(), self.ca_pem)))


@cache
def _unmade() -> "weakref.WeakSet[Authority]":
    """Return the authorities that are made when needed, at the latest before a fork: a child must have its parent's."""
    waiting: weakref.WeakSet[Authority] = weakref.WeakSet()

    def make() -> None:
        for authority in list(waiting):
            authority.ca_pem  # noqa: B018 - reading it makes it
        waiting.clear()

    if hasattr(os, "register_at_fork"):
        os.register_at_fork(before=make)
    return waiting


def _kept_in(directory: Path) -> "trustme.CA":
    """Return the authority that a directory holds; a new one is written there where it holds none."""
    import trustme

    certificate, key = directory / "ca.pem", directory / "ca-key.pem"
    if certificate.exists() and key.exists():
        return trustme.CA.from_pem(certificate.read_bytes(), key.read_bytes())
    made = trustme.CA(organization_name=ORGANIZATION)
    key.touch(mode=0o600)
    key.write_bytes(made.private_key_pem.bytes())
    _write(certificate, made.cert_pem.bytes())
    return made


def _server_context(leaf: "trustme.LeafCert") -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    leaf.configure_cert(context)
    return context


def trusted_before() -> list[bytes]:
    """Return the PEM texts that this process's environment trusts, each once and ending in a newline."""
    environment = config.environment()
    named = dict.fromkeys(environment[name] for name in BUNDLE_VARIABLES if environment.get(name))
    texts = [text for place in named for text in _certificates_in(Path(place))]
    return list(dict.fromkeys(texts)) or _system_bundle()


def _certificates_in(place: Path) -> list[bytes]:
    """Read a bundle, or the bundles of a directory (requests takes both); what cannot be read is not trusted."""
    files = sorted(place.iterdir()) if place.is_dir() else [place]
    texts = []
    for file in files:
        try:
            text = file.read_bytes()
        except OSError:
            continue
        if PEM_BEGIN in text:
            texts.append(text if text.endswith(b"\n") else text + b"\n")
    return texts


def _system_bundle() -> list[bytes]:
    default = ssl.get_default_verify_paths().cafile
    if default and (texts := _certificates_in(Path(default))):
        return texts
    try:
        import certifi
    except ImportError:
        pass
    else:
        return _certificates_in(Path(certifi.where()))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_default_certs()
    return [ssl.DER_cert_to_PEM_cert(der).encode("ascii") for der in context.get_ca_certs(binary_form=True)]


def _write(path: Path, content: bytes) -> Path:
    """Write a file at once: a client that starts meanwhile reads the former or the new one, never a half."""
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=path.name, delete=False) as draft:
        draft.write(content)
    Path(draft.name).chmod(0o644)
    Path(draft.name).replace(path)
    return path

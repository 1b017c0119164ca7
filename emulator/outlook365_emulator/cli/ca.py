"""`outlook365-emulator ca`: the authority whose certificates clients have to trust."""

import sys
from pathlib import Path
from typing import Any

import click

from outlook365_emulator.cli.asking import Asked, facts, json_option, tell, url_option
from outlook365_emulator.cli.serving import Refused

WAYS = {
    "python": "export SSL_CERT_FILE={bundle} REQUESTS_CA_BUNDLE={bundle}   # requests and msal, httpx, ssl",
    "node": "export NODE_EXTRA_CA_CERTS={file}",
    "curl": "export CURL_CA_BUNDLE={bundle}   # or: curl --cacert {file}",
    "go": "export SSL_CERT_FILE={bundle}   # Linux; macOS and Windows read the system's store",
    "java": "keytool -importcert -noprompt -alias outlook365 -file {file} -keystore emulator.p12 -storepass changeit\n"
    "export JAVA_TOOL_OPTIONS='-Djavax.net.ssl.trustStore=emulator.p12 -Djavax.net.ssl.trustStorePassword=changeit'",
    "dotnet": "export SSL_CERT_FILE={bundle}   # Linux; macOS and Windows read the system's store",
    "debian": "sudo cp {file} /usr/local/share/ca-certificates/outlook365.crt && sudo update-ca-certificates",
    "fedora": "sudo cp {file} /etc/pki/ca-trust/source/anchors/outlook365.pem && sudo update-ca-trust",
    "macos": "sudo security add-trusted-cert -d -r trustRoot -k /Library/Keychains/System.keychain {file}",
    "windows": "certutil -user -addstore Root {file}",
    "firefox": "Settings, Privacy & Security, View Certificates, Authorities, Import: {file}",
}
"""How each kind of client is made to trust a certificate."""


@click.group(epilog="\b\nExample:\n  outlook365-emulator ca install")
def ca() -> None:
    """Show, export and trust the certificate that signs for the emulated hosts."""


@ca.command(epilog="\b\nExample:\n  outlook365-emulator ca show")
@url_option
@json_option
def show(url: str, as_json: bool) -> None:
    """Show the certificate: subject, fingerprint, and how long it is valid."""
    tell(described(certificate_of(Asked(url))), facts, as_json=as_json)


@ca.command(epilog="\b\nExample:\n  outlook365-emulator ca export emulator-ca.pem")
@url_option
@json_option
@click.argument("file", required=False, type=click.Path(dir_okay=False, allow_dash=True, path_type=Path))
def export(url: str, as_json: bool, file: Path | None) -> None:
    """Write the certificate (PEM) to FILE, or to standard output."""
    pem = certificate_of(Asked(url))
    if file is None or str(file) == "-":
        tell({"certificate": pem}, lambda one: [one["certificate"].rstrip()], as_json=as_json)
        return
    try:
        file.write_text(pem, "ascii")
    except OSError as error:
        raise Refused(f"{file} cannot be written: {error.strerror or error}") from None
    tell({"file": str(file)}, lambda one: [f"written to {one['file']}"], as_json=as_json)


@ca.command(epilog="\b\nExample:\n  outlook365-emulator ca install node java")
@url_option
@json_option
@click.argument("clients", nargs=-1, metavar="[CLIENT]...")
def install(url: str, as_json: bool, clients: tuple[str, ...]) -> None:
    """Say what to do so that a CLIENT trusts the emulator; nothing is changed.

    Clients: python, node, curl, go, java, dotnet, debian, fedora, macos, windows, firefox. All when left out.
    """
    from difflib import get_close_matches

    for name in clients:
        if name not in WAYS:
            near = get_close_matches(name, WAYS, n=1)
            raise Refused(f"no client is called {name!r}; " + (f"did you mean {near[0]!r}?" if near else "see --help"))
    details = Asked(url).ready
    names = {"file": details["ca_file"], "bundle": details["env"].get("SSL_CERT_FILE", details["ca_file"])}
    found = {name: WAYS[name].format(**names) for name in clients or WAYS}
    tell(found, _instructions, as_json=as_json)


def _instructions(found: dict[str, str]) -> Any:
    own = "macos" if sys.platform == "darwin" else "windows" if sys.platform == "win32" else "debian"
    for name, text in found.items():
        yield click.style(name + (" (this machine)" if name == own and len(found) > 1 else ""), bold=True)
        yield from (f"  {line}" for line in text.splitlines())
    yield ""
    yield "Trust it for tests only: whoever has the emulator's key could speak for any of these hosts."


def certificate_of(asked: Asked) -> str:
    """Return the certificate of an emulator's authority as PEM.

    Raises:
        Refused: nothing answers, or something else.
    """
    answer = asked.exchange("GET", "/_emulator/v1/ca.pem", {})
    text: str = answer.body.decode("ascii", "replace")
    if answer.status != 200 or "BEGIN CERTIFICATE" not in text:
        raise Refused(f"what answers at {asked.connection.url} is no emulator: it has no certificate")
    return text


def described(pem: str) -> dict[str, Any]:
    """Return what a certificate says.

    Raises:
        Refused: it is none.
    """
    from cryptography import x509
    from cryptography.hazmat.primitives.hashes import SHA256

    try:
        found = x509.load_pem_x509_certificate(pem.encode("ascii", "replace"))
    except ValueError:
        raise Refused("what the emulator sent is no certificate") from None
    return {
        "subject": found.subject.rfc4514_string(),
        "fingerprint_sha256": found.fingerprint(SHA256()).hex(":"),
        "not_before": found.not_valid_before_utc.isoformat(),
        "not_after": found.not_valid_after_utc.isoformat(),
    }

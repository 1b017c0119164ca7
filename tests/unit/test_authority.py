"""The certificate authority: what it signs, how long, and what it tells clients to trust."""

import ssl
from datetime import UTC, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from outlook365_emulator import clock
from outlook365_emulator.net import authority as module
from outlook365_emulator.net.authority import Authority

HOSTS = ["login.microsoftonline.com", "graph.microsoft.com"]


def handshake(server: ssl.SSLContext, client: ssl.SSLContext, name: str) -> ssl.SSLObject:
    """Do a TLS handshake in memory and return the client's side."""
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    ours = client.wrap_bio(to_client, to_server, server_hostname=name)
    theirs = server.wrap_bio(to_server, to_client, server_side=True)
    for side in (ours, theirs, ours, theirs):
        try:
            side.do_handshake()
        except ssl.SSLWantReadError:
            continue
    return ours


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority()


@pytest.fixture(scope="module")
def server_context(authority: Authority) -> ssl.SSLContext:
    return authority.issue(HOSTS)


@pytest.mark.parametrize("name", [*HOSTS, "westeurope.login.microsoft.com", "localhost", "127.0.0.1", "::1"])
def test_every_name_is_certified(authority: Authority, server_context: ssl.SSLContext, name: str) -> None:
    client = handshake(server_context, authority.client_context(), name)

    assert client.getpeercert()


@pytest.mark.parametrize("name", ["example.org", "127.0.0.2", "a.b.login.microsoft.com"])
def test_another_name_is_not_certified(authority: Authority, server_context: ssl.SSLContext, name: str) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        handshake(server_context, authority.client_context(), name)


def test_another_authority_is_not_trusted(server_context: ssl.SSLContext) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        handshake(server_context, Authority().client_context(), HOSTS[0])


def test_a_client_that_wants_http2_gets_http1(authority: Authority, server_context: ssl.SSLContext) -> None:
    context = authority.client_context()
    context.set_alpn_protocols(["h2", "http/1.1"])

    assert handshake(server_context, context, HOSTS[0]).selected_alpn_protocol() == "http/1.1"


def test_tls_before_1_2_is_refused(server_context: ssl.SSLContext) -> None:
    assert server_context.minimum_version == ssl.TLSVersion.TLSv1_2


def test_validity_spans_years_of_real_time_and_keys_are_elliptic(
    authority: Authority, server_context: ssl.SSLContext
) -> None:
    der = handshake(server_context, authority.client_context(), HOSTS[0]).getpeercert(binary_form=True)
    assert der is not None
    for certificate in (x509.load_pem_x509_certificate(authority.ca_pem), x509.load_der_x509_certificate(der)):
        assert certificate.not_valid_before_utc < clock.real_now() - timedelta(days=365)
        assert certificate.not_valid_after_utc > clock.real_now() + timedelta(days=3650)
        assert certificate.not_valid_after_utc.tzinfo == UTC
        assert isinstance(certificate.public_key(), ec.EllipticCurvePublicKey)


def test_an_authority_in_a_directory_outlives_the_process(tmp_path: Path) -> None:
    first = Authority(tmp_path)
    second = Authority(tmp_path)

    assert second.ca_pem == first.ca_pem == (tmp_path / "ca.pem").read_bytes()
    assert (tmp_path / "ca-key.pem").stat().st_mode & 0o077 == 0
    assert handshake(second.issue(HOSTS), first.client_context(), HOSTS[0]).getpeercert()


def test_a_directory_with_something_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("no certificate")
    (tmp_path / "ca-key.pem").write_text("no key")

    with pytest.raises(ValueError):
        Authority(tmp_path)


def test_the_ca_file_is_what_a_client_needs(
    authority: Authority, server_context: ssl.SSLContext, tmp_path: Path
) -> None:
    path = authority.write_ca(tmp_path / "ca.pem")

    client = ssl.create_default_context(cafile=path)
    assert handshake(server_context, client, HOSTS[0]).getpeercert()


@pytest.fixture
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in module.BUNDLE_VARIABLES:
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


@pytest.mark.parametrize("variable", ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_the_bundle_keeps_what_the_environment_trusts(
    authority: Authority, bare_environment: pytest.MonkeyPatch, tmp_path: Path, variable: str
) -> None:
    company = Authority()
    bare_environment.setenv(variable, str(company.write_ca(tmp_path / "company.pem")))

    bundle = authority.combined_bundle(tmp_path / "bundle.pem").read_bytes()

    assert bundle == company.ca_pem + authority.ca_pem


def test_the_bundle_joins_variables_that_differ_and_names_each_once(
    authority: Authority, bare_environment: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    one, two = Authority(), Authority()
    first, second = one.write_ca(tmp_path / "one.pem"), two.write_ca(tmp_path / "two.pem")
    for variable, path in zip(module.BUNDLE_VARIABLES, (first, second, first), strict=True):
        bare_environment.setenv(variable, str(path))

    assert authority.combined_bundle(tmp_path / "bundle.pem").read_bytes() == one.ca_pem + two.ca_pem + authority.ca_pem


def test_a_directory_of_certificates_is_read(
    authority: Authority, bare_environment: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    certificates = tmp_path / "certs"
    certificates.mkdir()
    company = Authority()
    company.write_ca(certificates / "company.pem")
    (certificates / "README").write_text("not a certificate")
    (certificates / "nested").mkdir()
    bare_environment.setenv("REQUESTS_CA_BUNDLE", str(certificates))

    assert module.trusted_before() == [company.ca_pem]


def test_without_variables_the_system_is_trusted(
    authority: Authority, bare_environment: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    bare_environment.setenv("SSL_CERT_FILE", str(tmp_path / "missing.pem"))

    bundle = authority.combined_bundle(tmp_path / "bundle.pem")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(cafile=bundle)

    assert len(context.get_ca_certs()) > 20
    assert bundle.read_bytes().endswith(authority.ca_pem)

"""`@azure/identity`, the Microsoft Graph client and `openid-client` from npm, unmodified, by the real host names."""

import base64
import json
import os
import subprocess

import pytest

pytestmark = [pytest.mark.system]

PACKAGES = ("@azure/identity@4", "@microsoft/microsoft-graph-client@3", "openid-client@6")


@pytest.fixture(scope="session")
def modules(needs, tmp_path_factory):
    """A folder in which the libraries are installed."""
    npm, folder = needs("npm"), tmp_path_factory.mktemp("node")
    command = [npm, "install", "--no-audit", "--no-fund", "--ignore-scripts", *PACKAGES]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=110, check=False)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture
def run(needs, modules, repository, outlook365):
    """Takes one step of the program for a connection; a person goes where it sends the browser."""

    def step(name, connection, **more):
        folder = modules / "program.js"
        folder.write_bytes((repository / "tests/data/programs/graph_js.js").read_bytes())
        told = {
            "step": name,
            "tenant_id": connection.tenant_id,
            "client_id": connection.client_id,
            "client_secret": connection.client_secret,
            "redirect_uri": connection.redirect_uri,
            "account": connection.account,
            "graph_root": connection.graph_root,
            "authority_host": connection.authority.rpartition("/")[0],
            **more,
        }
        with subprocess.Popen(
            [needs("node"), str(folder)],
            env={**os.environ, **outlook365.env},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as process:
            process.stdin.write(json.dumps(told) + "\n")
            process.stdin.flush()
            answer = json.loads(process.stdout.readline())
            if isinstance(answer, dict) and "url" in answer:
                process.stdin.write(json.dumps({"url": str(connection.user.sign_in(answer["url"]))}) + "\n")
                process.stdin.flush()
                answer = json.loads(process.stdout.readline())
        return answer

    return step


@pytest.mark.outlook365(auth="client_credentials")
def test_a_mailbox_by_pages_delta_upload_and_batch(outlook365, run):
    connection = outlook365.connection(permissions=["Mail.ReadWrite", "User.Read.All"])
    for number in range(12):
        connection.user.mailbox.receive(subject=f"Invoice {number}", sender="billing@example.org")
    found = run("mailbox", connection)
    assert sorted(found.pop("subjects")) == sorted(f"Invoice {number}" for number in range(12))
    assert found.pop("size") > 4000000
    assert found == {
        "left": 0,
        "uploaded": True,
        "batch": [200, "In a batch"],
        "error": [400, "BadRequest", True],
    }


@pytest.mark.outlook365(auth="client_credentials", environment="*")
def test_a_secret_in_every_cloud(outlook365, run):
    connection = outlook365.connection()
    assert run("read", connection) == connection.account


@pytest.mark.outlook365(auth="client_certificate")
def test_a_certificate(outlook365, run):
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
    from cryptography.hazmat.primitives.serialization.pkcs12 import load_key_and_certificates

    connection = outlook365.connection()
    content = base64.b64decode(connection.certificate_pfx_base64)
    key, certificate, _ = load_key_and_certificates(content, connection.certificate_password.encode())
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) + certificate.public_bytes(Encoding.PEM)
    assert run("read", connection, certificate=pem.decode()) == connection.account


@pytest.mark.outlook365(auth="client_credentials")
def test_a_wrong_secret(outlook365, run):
    answer = run("read", outlook365.connection(), client_secret="wrong")
    assert "AADSTS7000215" in answer["message"]


@pytest.mark.outlook365(auth="own_app", environment="*")
def test_a_person_by_metadata_alone(outlook365, run):
    connection = outlook365.connection()
    assert run("oidc", connection) == connection.account

"""`@azure/msal-node` from npm, unmodified, by the prefix form over TLS: authorization code, secret, certificate."""

import base64
import json
import os
import subprocess

import pytest

pytestmark = [pytest.mark.system, pytest.mark.outlook365(intercept=False)]

GRAPH = ["https://graph.microsoft.com/.default"]
SCOPES = ["User.Read", "Mail.Read"]


@pytest.fixture(scope="session")
def modules(needs, tmp_path_factory):
    """A folder in which the library is installed."""
    npm, folder = needs("npm"), tmp_path_factory.mktemp("node")
    command = [npm, "install", "--no-audit", "--no-fund", "--ignore-scripts", "@azure/msal-node@3"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=110, check=False)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture
def node(needs, modules, repository, outlook365, outlook365_emulator):
    """Starts the program for an application; the answer is a function that takes one step."""
    started = []

    def start(app, tenant, **told):
        process = subprocess.Popen(
            [needs("node"), str(repository / "tests/data/programs/msal_node.js")],
            env={
                **os.environ,
                "NODE_PATH": str(modules / "node_modules"),
                "NODE_EXTRA_CA_CERTS": str(outlook365.ca_file),
            },
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        authority = f"https://127.0.0.1:{outlook365_emulator.https_port}/login.microsoftonline.com/{tenant}"
        basis = {"client_id": app.client_id, "authority": authority, **told}

        def step(name, **more):
            process.stdin.write(json.dumps({**basis, "step": name, **more}) + "\n")
            process.stdin.flush()
            return json.loads(process.stdout.readline())

        return step

    yield start
    for process in started:
        process.communicate(timeout=30)


def claims(token):
    payload = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))


def test_client_credentials_with_a_secret(outlook365, node):
    app = outlook365.tenant.add_app(auth="client_credentials", permissions=["Mail.Read"])
    step = node(app, app.tenant_id, secret=app.client_secret)
    assert claims(step("credentials", scopes=GRAPH)["accessToken"])["roles"] == ["Mail.Read"]


def test_a_wrong_secret(outlook365, node):
    app = outlook365.tenant.add_app(auth="client_credentials", permissions=["Mail.Read"])
    answer = node(app, app.tenant_id, secret="wrong")("credentials", scopes=GRAPH)
    assert (answer["error"], answer["name"]) == ("invalid_client", "ServerError")
    assert "AADSTS7000215" in answer["message"]


def test_client_credentials_with_a_certificate(outlook365, node):
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
    from cryptography.hazmat.primitives.serialization.pkcs12 import load_key_and_certificates

    app = outlook365.tenant.add_app(auth="client_certificate", permissions=["Mail.Read"])
    content = base64.b64decode(app.certificate_pfx_base64)
    key, certificate, _ = load_key_and_certificates(content, app.certificate_password.encode())
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    held = {"privateKey": pem, "thumbprintSha256": certificate.fingerprint(hashes.SHA256()).hex()}
    step = node(app, app.tenant_id, certificate=held)
    found = claims(step("credentials", scopes=GRAPH)["accessToken"])
    assert (found["roles"], found["appidacr"]) == (["Mail.Read"], "2")


@pytest.mark.parametrize("kind", ["public", "secret"])
def test_an_authorization_code(outlook365, node, kind):
    auth = {"public": "authorization_code", "secret": "own_app"}[kind]
    app = outlook365.tenant.add_app(auth=auth, permissions=SCOPES, consent=None)
    ada = outlook365.tenant.add_user("ada")
    told = {"public": True} if kind == "public" else {"secret": app.client_secret}
    step = node(app, app.tenant_id, redirect_uri=app.redirect_uri, scopes=SCOPES, **told)
    begun = step("begin")
    redirect = ada.sign_in(begun["url"])
    result = step("redeem", code=redirect.parameters["code"], verifier=begun["verifier"])
    assert result["account"]["username"] == ada.upn
    assert claims(result["accessToken"])["upn"] == ada.upn
    silent = step("silent")
    assert silent["accessToken"] != result["accessToken"]
    ada.revoke_sessions()
    refused = step("silent")
    assert (refused["error"], refused["name"]) == ("invalid_grant", "InteractionRequiredAuthError")

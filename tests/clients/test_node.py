"""`examples/node/mail.js`, unmodified, started with the variables of a world."""

import os
import shutil
import subprocess

import pytest

pytestmark = [pytest.mark.system, pytest.mark.outlook365(intercept=False)]


@pytest.fixture(scope="session")
def folder(needs, repository, tmp_path_factory):
    """The example with what it depends on."""
    made = tmp_path_factory.mktemp("example")
    for name in ("package.json", "mail.js"):
        shutil.copy(repository / "examples/node" / name, made)
    command = [needs("npm"), "install", "--omit=dev", "--no-audit", "--no-fund", "--ignore-scripts"]
    done = subprocess.run(command, cwd=made, capture_output=True, text=True, timeout=110, check=False)
    assert done.returncode == 0, done.stderr
    return made


def test_it_reads_and_sends(outlook365, needs, folder):
    app = outlook365.tenant.add_app(auth="client_credentials", permissions=["Mail.Read", "Mail.Send"])
    ada = outlook365.tenant.add_user("ada")
    ada.mailbox.receive(subject="Invoice 17", sender="billing@example.org")
    told = {"TENANT_ID": app.tenant_id, "CLIENT_ID": app.client_id, "CLIENT_SECRET": app.client_secret}
    environment = {**os.environ, **outlook365.env, **told, "MAILBOX": ada.upn}
    command = [needs("node"), str(folder / "mail.js")]
    found = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert (found.stdout, found.returncode) == ("billing@example.org\tInvoice 17\nsent\n", 0), found.stderr
    assert "Hello from Node" in [message.subject for message in ada.mailbox.messages()]


def test_it_says_what_is_missing(outlook365, needs, folder):
    app = outlook365.tenant.add_app(auth="client_credentials", permissions=["User.Read.All"])
    ada = outlook365.tenant.add_user("ada")
    told = {"TENANT_ID": app.tenant_id, "CLIENT_ID": app.client_id, "CLIENT_SECRET": app.client_secret}
    environment = {**os.environ, **outlook365.env, **told, "MAILBOX": ada.upn}
    command = [needs("node"), str(folder / "mail.js")]
    found = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert found.returncode == 1
    assert "Access is denied" in found.stderr

import gc
import json
import os
import runpy
import subprocess
import sys
import warnings

import pytest

KIOTA = {
    "test_calendar",
    "test_day",
    "test_faults",
    "test_kinds",
    "test_meetings",
    "test_msgraph_mail",
    "test_msgraph_sdk",
    "test_revocation",
}
"""Modules that use kiota, whose transport never closes the one that it wraps and says so when it is collected."""


def pytest_collection_modifyitems(items):
    for item in items:
        if item.path.parent.name == "clients" and item.path.stem in KIOTA:
            item.add_marker(pytest.mark.filterwarnings("ignore::ResourceWarning"))


@pytest.fixture(autouse=True)
def _collected(request):
    """Collects what kiota leaves within the test that left it."""
    yield
    if request.path.stem in KIOTA:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ResourceWarning)
            gc.collect()


@pytest.fixture
def connection(outlook365):
    """What a connector asks for, for a mailbox with 35 messages and a colleague to write to."""
    app = outlook365.tenant.add_app(
        auth="client_credentials", permissions=["Mail.ReadWrite", "Mail.Send", "User.Read.All"]
    )
    ada, ben = outlook365.tenant.add_user("ada"), outlook365.tenant.add_user("ben")
    for number in range(35):
        ada.mailbox.receive(subject=f"Invoice {number}", sender="billing@example.org")
    return {
        "tenant_id": app.tenant_id,
        "client_id": app.client_id,
        "client_secret": app.client_secret,
        "account": ada.upn,
        "recipient": ben.upn,
    }


@pytest.fixture
def program(repository):
    """Runs a program of tests/data/programs in this process."""

    def run(name, connection):
        main = runpy.run_path(str(repository / "tests/data/programs" / f"{name}.py"))["run"]
        return main(connection)

    return run


@pytest.fixture
def child(repository, outlook365):
    """Runs a program of tests/data/programs in a process of its own, with the emulator's environment."""

    def run(name, connection, **variables):
        done = subprocess.run(
            [sys.executable, str(repository / "tests/data/programs" / f"{name}.py")],
            input=json.dumps(connection),
            env={**os.environ, **outlook365.env, **variables},
            capture_output=True,
            text=True,
            timeout=100,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return run

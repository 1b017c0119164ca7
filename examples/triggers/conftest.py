import pytest
from connection import as_application


@pytest.fixture
def ada(outlook365):
    return outlook365.tenant.add_user("ada")


@pytest.fixture
def graph(outlook365):
    """The connector's connection: an application that reads mail."""
    app = outlook365.tenant.add_app(auth="client_credentials", permissions=["Mail.Read", "User.Read.All"])
    with as_application(app.tenant_id, app.client_id, app.client_secret) as client:
        yield client


@pytest.fixture
def fired():
    """The subjects of the messages for which a trigger fired."""
    return []


@pytest.fixture
def fire(fired):
    return lambda message: fired.append(message["subject"])

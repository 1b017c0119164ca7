from contextlib import nullcontext
from urllib.parse import parse_qs, urlsplit

import pytest
from mail_connector import Connection, GraphError, Session, connect


@pytest.fixture
def form():
    """Fills the connection form in with what the emulator has made for the connection."""

    def fill(details):
        person = (
            {} if details.is_application else {"scopes": tuple(details.scopes), "redirect_uri": details.redirect_uri}
        )
        return Connection(
            client_id=details.client_id,
            environment=details.environment_name,
            tenant_id=details.authority.rsplit("/", 1)[-1],
            client_secret=details.client_secret,
            certificate_pfx_base64=details.certificate_pfx_base64,
            certificate_password=details.certificate_password,
            account=details.account if details.is_application else None,
            shared_mailbox=details.shared_mailbox,
            **person,
        )

    return fill


@pytest.fixture
def opened(form):
    """Opens the mailbox of a connection; where a person has to sign in, the person does."""
    mailboxes = []

    def open_mailbox(details):
        connection, code = form(details), None
        if not connection.is_application:
            redirect = details.user.sign_in(Session(connection).authorize_url(state="17"))
            answer = parse_qs(urlsplit(redirect).query)
            assert answer["state"] == ["17"]
            code = answer["code"][0]
        mailboxes.append(connect(connection, code=code))
        return mailboxes[-1]

    yield open_mailbox
    for mailbox in mailboxes:
        mailbox.close()


@pytest.fixture(params=["own", "shared"])
def details(request, outlook365):
    """A connection with every permission, to the account's own or to a shared mailbox."""
    shared = "support" if request.param == "shared" else None
    found = outlook365.connection(preset="full", shared_mailbox=shared)
    if shared:
        found.tenant.user(shared).share_with(found.user, send_as=True)
    return found


@pytest.fixture
def at_work(details, opened):
    """The connector at work on a mailbox, and the mailbox as the test sees it."""
    return opened(details), details.tenant.user(details.mailbox).mailbox


@pytest.fixture
def refused_to_delegates(details):
    """Expects a refusal where a person works on a mailbox that is not the person's."""

    def expect():
        if details.is_application or details.shared_mailbox is None:
            return nullcontext()
        return pytest.raises(GraphError, match="ErrorAccessDenied")

    return expect

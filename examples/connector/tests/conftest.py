from urllib.parse import parse_qs, urlsplit

import pytest
from mail_connector import Connection, Session, connect


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
def at_work(request, outlook365, opened):
    """The connector at work on a person's or a shared mailbox, and the mailbox as the test sees it."""
    shared = "support" if request.param == "shared" else None
    details = outlook365.connection(preset="full", shared_mailbox=shared)
    owner = details.user
    if shared:
        owner = details.tenant.user("support")
        owner.share_with(details.user, send_as=True)
    return opened(details), owner.mailbox

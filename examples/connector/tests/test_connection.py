"""What a connection has to bear: other clouds, refusals, revocation, a busy Graph."""

import pytest
from mail_connector import ConnectionLost, GraphError, connect


@pytest.mark.outlook365(auth="*", environment="*")
def test_every_environment(outlook365, opened):
    details = outlook365.connection()
    details.user.mailbox.receive(subject="Hello")
    assert [one["subject"] for one in opened(details).messages()] == ["Hello"]


def test_a_wrong_secret_loses_the_connection(outlook365, form):
    details = outlook365.connection("client_credentials")
    details.app.remove_secret(details.app.secrets[0]["id"])
    with pytest.raises(ConnectionLost, match="AADSTS7000215"):
        list(connect(form(details)).messages())


@pytest.mark.parametrize("state", ["expired", "not_registered"])
def test_a_certificate_that_is_not_good(outlook365, form, state):
    details = outlook365.connection("client_certificate", certificate=state)
    with pytest.raises(ConnectionLost, match="AADSTS700027"):
        list(connect(form(details)).messages())


@pytest.mark.outlook365(auth=["authorization_code", "own_app"])
def test_tokens_are_renewed_until_they_are_revoked(outlook365, opened):
    details = outlook365.connection()
    connector = opened(details)
    outlook365.clock.advance(hours=2)
    assert list(connector.messages()) == []
    details.user.revoke_sessions()
    outlook365.clock.advance(hours=2)
    with pytest.raises(ConnectionLost, match="AADSTS50173"):
        list(connector.messages())


@pytest.mark.outlook365(auth="*")
def test_a_permission_that_is_missing(outlook365, opened):
    connector = opened(outlook365.connection(preset="minimum"))
    with pytest.raises(GraphError) as refused:
        connector.send(["eve@example.org"], "Hello", "Hi")
    assert (refused.value.status, refused.value.code) == (403, "ErrorAccessDenied")
    assert "Mail.Send" in outlook365.journal.find(status=403)[0].missing


def test_a_person_without_rights_on_the_shared_mailbox(outlook365, opened):
    details = outlook365.connection("own_app", preset="full", shared_mailbox="support")
    details.tenant.user("support").share_with(details.user, full_access=False)
    with pytest.raises(GraphError) as refused:
        list(opened(details).messages())
    assert refused.value.status in (403, 404)


def test_a_busy_graph(outlook365, opened):
    connector = opened(outlook365.connection("client_credentials"))
    outlook365.faults.add("throttled", times=2, retry_after=0)
    assert list(connector.messages()) == []
    assert len(outlook365.journal.find(status=429)) == 2

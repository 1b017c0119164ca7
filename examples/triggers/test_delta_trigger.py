import httpx
import pytest
from connection import as_person
from delta_trigger import DeltaTrigger


@pytest.fixture
def trigger(graph, ada, fire):
    ada.mailbox.receive(subject="Old news")
    trigger = DeltaTrigger(graph, f"/users/{ada.upn}/mailFolders/inbox", fire)
    trigger.start()
    return trigger


def test_it_fires_for_what_arrives(trigger, ada, fired):
    trigger.poll()
    assert fired == []
    ada.mailbox.receive(subject="Invoice 17")
    ada.mailbox.receive(subject="Invoice 18")
    trigger.poll()
    assert sorted(fired) == ["Invoice 17", "Invoice 18"]


def test_reading_a_message_is_no_arrival(outlook365, trigger, ada, fired):
    ada.mailbox.receive(subject="Invoice 17")
    trigger.poll()
    with outlook365.graph(ada) as client:
        newest = client.get("/me/mailFolders/inbox/messages?$top=1").json()["value"][0]["id"]
        client.patch(f"/me/messages/{newest}", json={"isRead": True})
    trigger.poll()
    assert fired == ["Invoice 17"]


def test_it_goes_on_after_a_restart(graph, trigger, ada, fire, fired):
    ada.mailbox.receive(subject="While it was down")
    again = DeltaTrigger(graph, trigger.folder, fire, link=trigger.link)
    again.poll()
    assert fired == ["While it was down"]


def test_a_token_that_is_too_old(outlook365, trigger, ada, fired):
    outlook365.faults.add("resync_required", times=1)
    ada.mailbox.receive(subject="Invoice 17")
    trigger.poll()
    assert fired == ["Invoice 17"]


def test_a_shared_mailbox_of_a_person(outlook365, ada, fire, fired):
    support = outlook365.tenant.add_shared_mailbox("support", open_to=[ada])
    scopes = ["Mail.Read", "Mail.Read.Shared", "offline_access"]
    app = outlook365.tenant.add_app(auth="authorization_code", permissions=scopes[:2])
    form = {"grant_type": "password", "client_id": app.client_id, "scope": " ".join(scopes)}
    login = f"https://login.microsoftonline.com/{app.tenant_id}/oauth2/v2.0/token"
    kept = httpx.post(login, data={**form, "username": ada.upn, "password": ada.password}).json()["refresh_token"]
    with as_person(app.tenant_id, app.client_id, kept, scopes) as graph:
        trigger = DeltaTrigger(graph, f"/users/{support.upn}/mailFolders/inbox", fire)
        trigger.start()
        support.mailbox.receive(subject="My printer is on fire")
        trigger.poll()
    assert fired == ["My printer is on fire"]

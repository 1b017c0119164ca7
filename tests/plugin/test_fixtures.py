"""What a test gets from the fixtures, by the handles; the emulator is the one of this very session."""

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from typing import Any

import msal
import pytest
import requests
from outlook365_emulator.client import BadDocument, Control, ControlError, NotFound, SignInFailed, Taken, World

GRAPH = "https://graph.microsoft.com/v1.0"


def token_of(app: Any) -> dict[str, Any]:
    client = msal.ConfidentialClientApplication(app.client_id, app.client_secret, authority=app.authority)
    return client.acquire_token_for_client(["https://graph.microsoft.com/.default"])


def get(url: str, token: str) -> requests.Response:
    return requests.get(url, headers={"Authorization": f"Bearer {token}"}, timeout=10)


def test_unmodified_code_reads_the_inbox(outlook365: World) -> None:
    app = outlook365.tenant.add_app(auth="client_credentials", permissions=["Mail.Read", "User.Read.All"])
    ada = outlook365.tenant.add_user("ada")
    ada.mailbox.receive(subject="Invoice 17", sender="billing@example.org")
    found = get(f"{GRAPH}/users/{ada.upn}/messages", token_of(app)["access_token"]).json()["value"]
    assert [message["subject"] for message in found] == ["Invoice 17"]


def test_the_world_is_fresh(outlook365: World) -> None:
    assert len(outlook365.tenants) == 1
    assert outlook365.tenant.users == []
    assert outlook365.tenant.apps == []
    assert len(outlook365.journal) == 0
    assert list(outlook365.outbox) == []
    assert list(outlook365.faults) == []
    assert not outlook365.clock.frozen


def test_messages_and_folders(outlook365: World) -> None:
    ada = outlook365.tenant.add_user("ada")
    box = ada.mailbox
    box.receive(subject="first", received=timedelta(hours=-2), read=True, categories=["Blue"])
    second = box.receive(
        subject="second", sender="Bob <bob@example.org>", body="hello", attachments=[{"name": "a.txt", "text": "hi"}]
    )
    box.receive(subject="old", folder="archive")
    assert box.inbox.subjects == ["second", "first"]
    assert [message.subject for message in box.inbox.unread] == ["second"]
    assert {message.subject for message in box.messages()} == {"first", "second", "old"}
    assert box.folder("archive").subjects == ["old"]
    assert len(box.sent) == len(box.drafts) == len(box.deleted) == 0
    assert (second.sender, second.to, second.has_attachments) == ("bob@example.org", [ada.upn], True)
    assert "inbox" in [folder["wellKnownName"] for folder in box.folders]


def test_a_folder_that_is_not_there_names_the_nearest(outlook365: World) -> None:
    ada = outlook365.tenant.add_user("ada")
    with pytest.raises(NotFound, match="inbox"):
        _ = ada.mailbox.folder("inbxo").subjects


def test_consent(outlook365: World) -> None:
    app = outlook365.tenant.add_app(auth="client_credentials", permissions=["Mail.Read"], consent=None)
    assert app.consent.permissions == []
    app.consent.grant(["Mail.Read"])
    assert app.consent.permissions == ["Mail.Read"]
    assert app.consent.revoke("Mail.Read") == ["Mail.Read"]
    assert app.consent.permissions == []


def test_consent_of_a_user(outlook365: World) -> None:
    app = outlook365.tenant.add_app(auth="own_app", permissions=["Mail.Read"], consent=None)
    ada = outlook365.tenant.add_user("ada")
    app.consent.grant("Mail.Read", user=ada)
    assert app.consent.by_user == {ada.upn: ["Mail.Read"]}
    assert app.consent.permissions == []


def test_credentials(outlook365: World) -> None:
    app = outlook365.tenant.add_app(auth="client_credentials", permissions=["Mail.Read"])
    first = app.client_secret
    added = app.add_secret(expires=timedelta(days=-1), name="ended")
    assert {one["id"] for one in app.secrets} >= {added["id"]}
    app.remove_secret(added["id"])
    assert [one["secret"] for one in app.secrets] == [first]
    certificate = app.add_certificate(days=30)
    assert certificate["certificate_pfx_base64"]
    assert app.thumbprint == certificate["thumbprint"]
    assert app.certificate_pfx_base64 == certificate["certificate_pfx_base64"]
    app.remove_certificate(certificate["id"])
    assert app.certificates == []


def test_a_secret_that_has_ended_is_refused(outlook365: World) -> None:
    app = outlook365.tenant.add_app(auth="client_credentials", permissions=["Mail.Read"])
    outlook365.clock.advance(days=3 * 365)
    assert "AADSTS7000222" in token_of(app)["error_description"]


def test_people(outlook365: World) -> None:
    ada = outlook365.tenant.add_user("ada", display_name="Ada Lovelace", roles=["Global Administrator"])
    assert (ada.display_name, ada.roles, ada.enabled) == ("Ada Lovelace", ["Global Administrator"], True)
    ada.set_password("Another-1")
    ada.disable()
    same = outlook365.tenant.user("ada")
    assert (same.id, same.password, same.enabled) == (ada.id, "Another-1", False)
    same.enable()
    assert ada.refresh().enabled
    assert ada.update(display_name="A. Lovelace").display_name == "A. Lovelace"
    ada.revoke_sessions()
    ada.delete()
    assert outlook365.tenant.users == []


def test_shared_mailboxes(outlook365: World) -> None:
    ada, bob = outlook365.tenant.add_user("ada"), outlook365.tenant.add_user("bob")
    support = outlook365.tenant.add_shared_mailbox("support", open_to=[ada])
    support.share_with(bob, send_as=True)
    app = outlook365.tenant.add_app(auth="own_app", permissions=["Mail.Read.Shared"])
    assert app.permissions == ["Mail.Read.Shared"]
    assert support.password is None
    assert support.refresh()._view["rights"] == [
        {"user": ada.upn, "full_access": True, "send_as": False, "send_on_behalf": False},
        {"user": bob.upn, "full_access": True, "send_as": True, "send_on_behalf": False},
    ]


def test_the_clock(outlook365: World) -> None:
    start = outlook365.clock.freeze(at=datetime(2026, 3, 2, 9, tzinfo=UTC))
    assert start == outlook365.clock.now == datetime(2026, 3, 2, 9, tzinfo=UTC)
    assert outlook365.clock.advance(hours=2, minutes=30) == datetime(2026, 3, 2, 11, 30, tzinfo=UTC)
    assert outlook365.clock.advance(timedelta(days=1)) == datetime(2026, 3, 3, 11, 30, tzinfo=UTC)
    assert outlook365.clock.set("2026-03-02T09:00:00Z") == start
    assert outlook365.clock.frozen
    outlook365.clock.resume()
    assert not outlook365.clock.frozen


@pytest.mark.parametrize("wrong", [{"hours": -1}, {"delta": timedelta(seconds=-1)}])
def test_the_clock_does_not_advance_backwards(outlook365: World, wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="advance goes forward"):
        outlook365.clock.advance(**wrong)


def test_faults(outlook365: World) -> None:
    app = outlook365.tenant.add_app(auth="client_credentials", permissions=["User.Read.All"])
    token = token_of(app)["access_token"]
    fault = outlook365.faults.add("throttled", times=1, retry_after=3)
    answer = get(f"{GRAPH}/users", token)
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "3")
    assert get(f"{GRAPH}/users", token).status_code == 200
    assert (fault.served, len(outlook365.faults)) == (1, 1)
    assert outlook365.journal.find(status=429)[0].fault == fault.name
    fault.remove()
    outlook365.faults.add(kind="latency", name="slow", seconds=0.001)
    assert [one.name for one in outlook365.faults] == ["slow"]
    outlook365.faults.clear()
    assert len(outlook365.faults) == 0


def test_snapshots(outlook365: World) -> None:
    ada = outlook365.tenant.add_user("ada")
    outlook365.snapshot()
    ada.mailbox.receive(subject="later")
    outlook365.restore()
    assert ada.mailbox.inbox.subjects == []
    with pytest.raises(NotFound, match="snapshot"):
        outlook365.restore("other")


def test_a_client_of_graph_for_looking(outlook365: World) -> None:
    ada = outlook365.tenant.add_user("ada")
    ada.mailbox.receive(subject="hello")
    with outlook365.graph(ada) as client:
        assert [one["subject"] for one in client.get("/me/messages").json()["value"]] == ["hello"]
    app = outlook365.tenant.add_app(auth="client_credentials", permissions=["User.Read.All"])
    with outlook365.graph(app) as client:
        assert client.get("/users").status_code == 200
        assert client.get(f"/users/{ada.upn}/messages").status_code == 403


def test_mail_to_the_outside_lies_in_the_outbox(outlook365: World) -> None:
    ada = outlook365.tenant.add_user("ada")
    to = [{"emailAddress": {"address": "Bob@example.org"}}]
    message = {"subject": "out", "body": {"contentType": "text", "content": "x"}, "toRecipients": to}
    with outlook365.graph(ada) as client:
        assert client.post("/me/sendMail", json={"message": message}).status_code == 202
    (sent,) = outlook365.outbox.to("bob@example.org")
    assert (sent.subject, sent.envelope_sender, sent.recipients) == ("out", ada.upn, ["Bob@example.org"])
    assert outlook365.outbox[0].id == sent.id
    assert ada.mailbox.sent.subjects == ["out"]


def test_a_client_that_cannot_sign_in_is_told_so(outlook365: World) -> None:
    ada = outlook365.tenant.add_user("ada")
    app = outlook365.tenant.add_app(auth="authorization_code", permissions=["Mail.Read"], consent=None)
    with pytest.raises(SignInFailed, match="AADSTS65001"):
        outlook365.graph(ada, app=app)


@pytest.mark.parametrize(
    ("misuse", "told"),
    [
        (lambda world: world.tenant.add_app(auth="client_credentials", permissions=["Mail.Raed"]), "Mail.Read"),
        (lambda world: world.tenant.add_app(auth="client_credential"), "client_credentials"),
        (lambda world: world.tenant.add_app(permission=["Mail.Read"]), "permissions"),
        (lambda world: world.tenant.add_user("ada", displayname="Ada"), "display_name"),
        (lambda world: world.add_tenant(cloud="usgv"), "usgov"),
        (lambda world: world.faults.add("throtled"), "throttled"),
        (lambda world: world.faults.add(kind="latncy"), "latency"),
        (lambda world: world.tenant.add_user("ada").mailbox.receive(subjct="x"), "subject"),
    ],
)
def test_a_misuse_is_told_at_the_call_with_the_nearest_right_name(outlook365: World, misuse: Any, told: str) -> None:
    with pytest.raises(BadDocument, match=told):
        misuse(outlook365)


def test_names_that_are_taken(outlook365: World, outlook365_emulator: Control) -> None:
    outlook365.tenant.add_user("ada")
    with pytest.raises(Taken):
        outlook365.tenant.add_user("ada")
    with pytest.raises(Taken):
        outlook365_emulator.add_world(name=outlook365.name)


def test_further_tenants(outlook365: World) -> None:
    partner = outlook365.add_tenant(name="Partner", cloud="usgov", domains=["partner.example"])
    assert (partner.cloud, partner.domain) == ("usgov", "partner.example")
    app = partner.add_app(auth="client_credentials", permissions=["User.Read.All"])
    assert app.authority == f"https://login.microsoftonline.us/{partner.id}"
    with outlook365.graph(app) as client:
        assert client.base_url.path.startswith("/graph.microsoft.us/")
        assert client.get("/users").status_code == 200
    assert [tenant.id for tenant in outlook365.tenants] == [outlook365.tenant.id, partner.id]


CHILDREN = {
    "requests": "import requests; print(requests.get(URL, timeout=10).status_code)",
    "httpx": "import httpx; print(httpx.get(URL).status_code)",
    "without the environment": (
        "import requests; session = requests.Session(); session.trust_env = False; print(session.get(URL).status_code)"
    ),
    "urllib": """
import urllib.error, urllib.request
try:
    urllib.request.urlopen(URL, timeout=10)
except urllib.error.HTTPError as error:
    print(error.code)
""",
}


@pytest.mark.parametrize(
    ("client", "intercepted"),
    [(client, True) for client in CHILDREN] + [("requests", False), ("httpx", False), ("urllib", False)],
)
def test_a_child_process_reaches_the_world(outlook365: World, client: str, intercepted: bool) -> None:
    """By interception, or by the proxy; a request that names no tenant is placed by what the connection leads to."""
    variables = {**os.environ, **outlook365.env, "OUTLOOK365_INTERCEPT": "1" if intercepted else "0"}
    command = [sys.executable, "-c", f"URL = '{GRAPH}/me'\n{CHILDREN[client]}"]
    ended = subprocess.run(command, env=variables, capture_output=True, text=True, timeout=30)
    assert ended.stdout.strip() == "401", ended.stderr
    assert [entry.placed for entry in outlook365.journal] == ["lead"]


def test_where_the_emulator_is(outlook365: World, outlook365_emulator: Control) -> None:
    assert outlook365.http_url == outlook365_emulator.http_url
    assert requests.get(f"{outlook365.http_url}/graph.microsoft.com/v1.0/me", timeout=5).status_code == 401
    with open(outlook365.ca_file) as file:  # noqa: PTH123 - it is what a user would write
        assert "BEGIN CERTIFICATE" in file.read()
    assert outlook365.name in outlook365_emulator.worlds
    assert outlook365_emulator.world(outlook365.name).seed == outlook365.seed


def test_a_world_that_is_gone_is_told(outlook365_emulator: Control) -> None:
    world = outlook365_emulator.add_world(tenants=[{}])
    world.drop()
    with pytest.raises(ControlError, match=rf"{world.name}.*the world of a test ends with the test"):
        world.clock.freeze()


def test_a_graph_client_is_of_a_handle(outlook365: World) -> None:
    with pytest.raises(TypeError, match=r"as tenant\.user\('ada'\) returns it"):
        outlook365.graph("ada")


def test_a_world_of_a_wider_scope_is_reached_beside_the_own(outlook365: World, outlook365_emulator: Control) -> None:
    shared = outlook365_emulator.add_world(tenants=[{"users": [{"name": "ada"}]}])
    app = shared.tenant.add_app(auth="client_credentials", permissions=["User.Read.All"])
    form = {
        "grant_type": "client_credentials",
        "client_id": app.client_id,
        "client_secret": app.client_secret,
        "scope": "https://graph.microsoft.com/.default",
    }
    token = requests.post(f"{app.authority}/oauth2/v2.0/token", data=form, timeout=5).json()["access_token"]
    users = requests.get(f"{GRAPH}/users", headers={"Authorization": f"Bearer {token}"}, timeout=5).json()["value"]
    assert [user["userPrincipalName"] for user in users] == [shared.tenant.user("ada").upn]
    shared.drop()

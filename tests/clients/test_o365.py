"""python-o365, unmodified: signing in in every way it knows, mail, folders, settings, calendars and people."""

import base64
import datetime as dt
from zoneinfo import ZoneInfo

import O365
import pytest
import requests
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.hazmat.primitives.serialization.pkcs12 import load_key_and_certificates
from O365.utils import QueryBuilder
from O365.utils.token import MemoryTokenBackend

pytestmark = [
    pytest.mark.filterwarnings("ignore:response_mode='form_post' is recommended:UserWarning"),  # MSAL warns of a query
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]

NATIVE = "https://login.microsoftonline.com/common/oauth2/nativeclient"
"""The redirect URI that the library uses where it is told none."""


def account(credentials, **options):
    options.setdefault("token_backend", MemoryTokenBackend())
    return O365.Account(credentials, requests_delay=0, timezone="UTC", **options)


def signed_in(account, person, scopes, **options):
    """Goes through both halves of the authorization-code flow, with the address that the browser was sent to."""
    url, flow = account.get_authorization_url(account.protocol.get_scopes_for(scopes), **options)
    assert account.request_token(str(person.sign_in(url)), flow=flow)
    return account


def pem_of(app):
    key, certificate, _ = load_key_and_certificates(
        base64.b64decode(app.certificate_pfx_base64), app.certificate_password.encode()
    )
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    return {"private_key": private, "thumbprint": certificate.fingerprint(SHA1()).hex()}


@pytest.fixture
def ada(outlook365):
    return outlook365.tenant.add_user("ada")


@pytest.fixture
def ben(outlook365):
    return outlook365.tenant.add_user("ben")


@pytest.fixture
def mine(outlook365, ada):
    """An application's account, on the mailbox of ada."""
    app = outlook365.tenant.add_app(auth="client_credentials", preset="full")
    made = account(
        (app.client_id, app.client_secret), auth_flow_type="credentials", tenant_id=app.tenant_id, main_resource=ada.upn
    )
    assert made.authenticate()
    return made


def test_an_application_with_a_certificate(outlook365, ada):
    app = outlook365.tenant.add_app(auth="client_certificate", permissions=["Mail.Read"])
    ada.mailbox.receive(subject="Invoice 17", sender="billing@example.org")
    made = account(
        (app.client_id, pem_of(app)), auth_flow_type="credentials", tenant_id=app.tenant_id, main_resource=ada.upn
    )
    assert made.authenticate()
    assert [message.subject for message in made.mailbox().get_messages()] == ["Invoice 17"]


def test_a_person_by_the_redirect_that_the_library_has(outlook365, ada):
    app = outlook365.tenant.add_app(auth="authorization_code", permissions=["User.Read"], redirect_uris=[NATIVE])
    made = signed_in(account((app.client_id,), auth_flow_type="public"), ada, ["basic"])
    assert (made.username, made.get_current_user_data().mail) == (ada.upn, ada.mail)


@pytest.mark.outlook365(world="contoso")
def test_the_applications_of_contoso_know_that_redirect_too(outlook365):
    public, web = (outlook365.tenant.app(name) for name in ("Connector (public)", "Connector (web)"))
    ada = outlook365.tenant.user("ada")
    person = signed_in(account((public.client_id,), auth_flow_type="public"), ada, ["basic"])
    assert person.get_current_user_data().mail == ada.mail
    person = signed_in(account((web.client_id, web.client_secret), tenant_id=web.tenant_id), ada, ["basic"])
    assert person.get_current_user_data().mail == ada.mail


@pytest.mark.outlook365(not_emulated="allow")
def test_a_person_asks_for_more_than_is_emulated(outlook365, ada):
    app = outlook365.tenant.add_app(auth="authorization_code", permissions=["User.Read"])
    scopes = ["basic", "message_all", "calendar_all", "address_book_all", "tasks_all", "onedrive_all", "settings_all"]
    made = signed_in(account((app.client_id,), auth_flow_type="public"), ada, scopes, redirect_uri=app.redirect_uri)
    assert list(made.mailbox().get_messages()) == []
    with pytest.raises(requests.HTTPError, match="501"):
        made.tasks().list_folders()
    assert outlook365.journal.not_emulated == {"GET https://graph.microsoft.com/v1.0/me/todo/lists": 1}


def test_a_token_is_kept_and_renewed(outlook365, ada, tmp_path):
    app = outlook365.tenant.add_app(auth="own_app", permissions=["User.Read", "Mail.Read"])

    def made():
        kept = O365.FileSystemTokenBackend(token_path=tmp_path, token_filename="token.txt")
        return account((app.client_id, app.client_secret), tenant_id=app.tenant_id, token_backend=kept)

    signed_in(made(), ada, ["basic", "mailbox"], redirect_uri=app.redirect_uri)
    again = made()
    assert again.is_authenticated
    cached = again.con.token_backend.get_access_token(username=ada.upn)
    first, cached["expires_on"] = cached["secret"], "1"  # the library judges its cache by the machine's clock
    outlook365.clock.advance(hours=2)
    assert [*again.mailbox().get_messages()] == []
    assert again.con.token_backend.get_access_token(username=ada.upn)["secret"] != first


def test_a_password(outlook365, ada):
    app = outlook365.tenant.add_app(auth="authorization_code", permissions=["User.Read", "Mail.Read"])
    made = account(
        (app.client_id,),
        auth_flow_type="password",
        username=ada.upn,
        password=ada.password,
        tenant_id=app.tenant_id,
    )
    assert made.authenticate(requested_scopes=["https://graph.microsoft.com/User.Read"])
    assert [*made.mailbox(resource="me").get_messages()] == []
    wrong = account(
        (app.client_id,), auth_flow_type="password", username=ada.upn, password="wrong", tenant_id=app.tenant_id
    )
    assert not wrong.authenticate(requested_scopes=["https://graph.microsoft.com/User.Read"])
    assert outlook365.journal.find(code="AADSTS50126")


def test_messages_in_pages_and_by_query(mine, ada):
    for number in range(12):
        ada.mailbox.receive(subject=f"Invoice {number}", sender="billing@example.org")
    box = mine.mailbox()
    assert len(list(box.get_messages(limit=None, batch=5))) == 12
    query = QueryBuilder(protocol=mine.protocol)
    narrow = query.chain_and(
        query.greater("receivedDateTime", dt.datetime(2020, 1, 1, tzinfo=ZoneInfo("UTC"))),
        query.contains("subject", "Invoice 1"),
    )
    subjects = {message.subject for message in box.get_messages(query=narrow)}
    assert subjects == {"Invoice 1", "Invoice 10", "Invoice 11"}
    found = box.get_messages(query=query.search("billing"), limit=3)
    assert len(list(found)) == 3
    [one] = box.get_messages(limit=1, query=query.select("subject", "from"), order_by="receivedDateTime desc")
    assert one.sender.address == "billing@example.org"


def test_a_draft_with_a_large_attachment_is_sent(mine, ben, tmp_path):
    large = tmp_path / "large.bin"
    large.write_bytes(bytes(range(256)) * 16384)
    message = mine.new_message()
    message.to.add(ben.mail)
    message.subject, message.body = "Plans", "<html><body><b>See there</b></body></html>"
    message.add_message_header("x-project", "17")
    assert message.save_draft()
    message.attachments.add(str(large))
    message.importance = "high"
    assert message.save_draft()
    assert message.send()
    [received] = mine.mailbox(resource=ben.upn).get_messages(download_attachments=True)
    [attachment] = received.attachments
    assert base64.b64decode(attachment.content) == large.read_bytes()
    headers = mine.con.get(
        f"{mine.protocol.service_url}users/{ben.upn}/messages/{received.object_id}?$select=internetMessageHeaders"
    )
    assert {"name": "x-project", "value": "17"} in headers.json()["internetMessageHeaders"]


def test_answers_flags_and_folders(mine, ada, ben):
    ada.mailbox.receive(subject="Invoice 17", sender=ben.mail)
    box = mine.mailbox()
    [message] = box.inbox_folder().get_messages()
    reply = message.reply()
    reply.body = "<b>Thanks</b>"
    assert reply.send()
    forward = message.forward()
    forward.to.add(ben.mail)
    assert forward.send()
    assert {one.subject for one in ben.mailbox.messages()} == {"RE: Invoice 17", "FW: Invoice 17"}
    message.mark_as_read()
    message.flag.set_flagged(due_date=dt.datetime(2026, 12, 1, tzinfo=ZoneInfo("UTC")))
    message.add_category("Paid")
    assert message.save_message()
    folder = box.create_child_folder("Paid").create_child_folder("2026")
    assert folder.update_folder_name("2027")
    assert message.move(folder)
    [moved] = folder.get_messages()
    assert (moved.flag.is_flagged, moved.categories, moved.is_read) == (True, ["Paid"], True)
    assert b"Subject: Invoice 17" in moved.get_mime_content()
    assert box.get_folder(folder_name="Paid").child_folders_count == 1
    assert moved.delete()


def test_settings_and_categories(mine, ada):
    box = mine.mailbox()
    start, end = (dt.datetime(2026, 12, day, tzinfo=ZoneInfo("UTC")) for day in (1, 8))
    assert box.set_automatic_reply("Away", "Away", start, end)
    settings = box.get_settings().automaticrepliessettings
    assert (settings.status.value, settings.internal_reply_message) == ("scheduled", "Away")
    assert box.set_disable_reply()
    categories = mine.outlook_categories()
    made = categories.create_category("Paid", color="red")
    assert made.update_color("blue")
    assert [(one.name, one.color.name) for one in categories.get_categories() if one.name == "Paid"] == [
        ("Paid", "BLUE")
    ]


def test_a_calendar_with_a_series(mine, ben):
    schedule = mine.schedule()
    event = schedule.new_event("Stand-up")
    event.start, event.end = (dt.datetime(2026, 12, 7, hour, tzinfo=ZoneInfo("Europe/Berlin")) for hour in (9, 10))
    event.recurrence.set_weekly(1, days_of_week=["monday"], first_day_of_week="monday", start=dt.date(2026, 12, 7))
    event.attendees.add(ben.mail)
    assert event.save()
    calendar = schedule.get_default_calendar()
    first, last = (dt.datetime(2026, 12, day, tzinfo=ZoneInfo("UTC")) for day in (1, 28))
    shown = [
        *calendar.get_events(
            start_recurring=first, end_recurring=last, include_recurring=True, order_by="start/dateTime"
        )
    ]
    assert [one.start.day for one in shown] == [7, 14, 21]
    assert len([*calendar.get_event(event.object_id).get_occurrences(first, last)]) == 3
    [invited] = mine.schedule(resource=ben.upn).get_default_calendar().get_events(include_recurring=False)
    assert invited.accept_event(comment="Fine")
    answers = [one.response_status.status for one in calendar.get_event(event.object_id).attendees]
    assert [answer.value for answer in answers] == ["accepted"]
    [busy] = schedule.get_availability([ben.upn], first, last)
    assert busy["scheduleId"] == ben.upn


def test_people(mine, ada):
    directory = mine.directory()
    query = QueryBuilder(protocol=mine.protocol)
    assert [user.mail for user in directory.get_users(query=query.startswith("displayName", ada.display_name))] == [
        ada.mail
    ]
    found = directory.get_user(ada.upn)
    assert found.get_profile_photo() is None, "nobody has a picture"

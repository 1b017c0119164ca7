"""Real clients meet the faults that a service answers with a straight face: SDK, MSAL, httpx, requests."""

import asyncio
import base64
import gc
import warnings
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from typing import Any

import httpx
import jwt
import msal
import pytest
import requests
from azure.identity import ClientSecretCredential
from kiota_abstractions.api_error import APIError
from msgraph import GraphServiceClient
from msgraph.generated.models.message import Message
from msgraph.generated.models.subscription import Subscription
from outlook365_emulator.client import App, SignInFailed, User, World

SCOPES = ["https://graph.microsoft.com/.default"]
GRAPH = "https://graph.microsoft.com/v1.0"
SUBJECTS = [f"Message {number}" for number in range(1, 6)]

Work = Callable[[Any], Awaitable[Any]]
Sdk = Callable[[Work], Any]


@pytest.fixture
def app(outlook365: World) -> App:
    return outlook365.tenant.add_app(auth="client_credentials", permissions=["Mail.ReadWrite", "Mail.Send"])


@pytest.fixture
def ada(outlook365: World) -> User:
    user = outlook365.tenant.add_user("ada")
    for number, subject in enumerate(SUBJECTS):
        user.mailbox.receive(subject=subject, sender="eve@example.org", received=f"-{number + 1}h")
    return user


@pytest.fixture
def sdk(app: App, ada: User) -> Iterator[Sdk]:
    """`sdk(work)` awaits `work(client of the mailbox)` of the msgraph-sdk."""

    def run(work: Work) -> Any:
        async def inside() -> Any:
            credential = ClientSecretCredential(app.tenant_id, app.client_id, str(app.client_secret))
            try:
                return await work(GraphServiceClient(credential, SCOPES).users.by_user_id(ada.upn))
            finally:
                credential.close()

        return asyncio.run(inside())

    with warnings.catch_warnings():
        # kiota's transport never closes the one that it wraps, and says so when it is collected.
        warnings.simplefilter("ignore", ResourceWarning)
        yield run
        gc.collect()


async def read_all(mailbox: Any) -> list[str]:
    """Read every page as the SDK's documentation shows."""
    page, found = await mailbox.messages.get(), []
    while True:
        found += [message.subject for message in page.value]
        if not page.odata_next_link:
            return found
        page = await mailbox.messages.with_url(page.odata_next_link).get()


class TestSdk:
    def test_another_content_type_has_no_parser(self, outlook365: World, sdk: Sdk) -> None:
        outlook365.faults.add(kind="content_type", value="text/html", match={"service": "graph"})
        with pytest.raises(Exception, match="text/html"):
            sdk(read_all)

    @pytest.mark.usefixtures("outlook365_auto_advance")
    def test_a_limit_is_waited_out(self, outlook365: World, sdk: Sdk) -> None:
        outlook365.observe()
        outlook365.faults.add(kind="rate_limit", requests=2, seconds=30)

        async def work(mailbox: Any) -> int:
            return len([await mailbox.messages.get() for _ in range(4)])

        assert sdk(work) == 4
        findings = outlook365.report()["findings"]
        assert (findings["honoured_waits"], findings["early_retries"]) == (1, 0)

    def test_an_item_comes_twice(self, outlook365: World, sdk: Sdk) -> None:
        outlook365.faults.add(kind="pages", how="repeat", match={"service": "graph"})
        assert sdk(read_all) == [*SUBJECTS, SUBJECTS[-1]]

    def test_short_pages_lose_nothing(self, outlook365: World, sdk: Sdk) -> None:
        outlook365.faults.add(kind="short_pages", items=2)
        assert sdk(read_all) == SUBJECTS
        assert len(outlook365.journal.find(operation="mail.messages.list")) == 3

    def test_what_was_just_made_is_not_found(self, outlook365: World, sdk: Sdk) -> None:
        outlook365.faults.add(kind="stale_read", match={"method": "GET"})

        async def work(mailbox: Any) -> Any:
            made = await mailbox.messages.post(Message(subject="New"))
            return await mailbox.messages.by_message_id(made.id).get()

        with pytest.raises(APIError) as raised:
            sdk(work)
        assert raised.value.response_status_code == 404

    def test_a_delta_link_is_gone(self, outlook365: World, sdk: Sdk) -> None:
        outlook365.faults.add(kind="delta_reset", times=1, after=1, match={"operation": "mail.*"})

        async def work(mailbox: Any) -> Any:
            delta = mailbox.mail_folders.by_mail_folder_id("inbox").messages.delta
            page = await delta.get()
            return await delta.with_url(page.odata_delta_link or page.odata_next_link).get()

        with pytest.raises(APIError) as raised:
            sdk(work)
        assert raised.value.response_status_code == 410

    def test_an_id_has_changed(self, outlook365: World, sdk: Sdk) -> None:
        outlook365.faults.add(kind="changed_ids", times=1, after=1)

        async def work(mailbox: Any) -> Any:
            page = await mailbox.messages.get()
            return await mailbox.messages.by_message_id(page.value[0].id).get()

        with pytest.raises(APIError) as raised:
            sdk(work)
        assert raised.value.response_status_code == 404

    def test_an_endpoint_that_does_not_answer_in_time(self, outlook365: World, app: App, ada: User) -> None:
        outlook365.faults.add(kind="validation_timeout")
        hook = outlook365.webhook()

        async def subscribe() -> Any:
            credential = ClientSecretCredential(app.tenant_id, app.client_id, str(app.client_secret))
            try:
                wanted = Subscription(
                    change_type="created",
                    notification_url=hook.url,
                    resource=f"users/{ada.upn}/messages",
                    expiration_date_time=outlook365.clock.now.replace(microsecond=0),
                )
                return await GraphServiceClient(credential, SCOPES).subscriptions.post(wanted)
            finally:
                credential.close()

        with pytest.raises(APIError, match="timed out"):
            asyncio.run(subscribe())


class TestHttpx:
    @pytest.fixture
    def graph(self, outlook365: World, app: App) -> Iterator[httpx.Client]:
        with outlook365.graph(app) as client:
            yield client

    def test_a_slow_body_passes_where_only_silence_is_limited(self, outlook365: World, ada: User, graph: Any) -> None:
        outlook365.faults.add(kind="dribble", seconds=0.6, pieces=6)
        page = graph.get(f"/users/{ada.upn}/messages", timeout=0.5).json()
        assert [one["subject"] for one in page["value"]] == SUBJECTS

    def test_a_header_field_comes_twice(self, outlook365: World, ada: User, graph: Any) -> None:
        outlook365.faults.add(kind="headers", repeat=["Content-Type"], set={"Retry-After": "soon"})
        answer = graph.get(f"/users/{ada.upn}/messages")
        assert len(answer.headers.get_list("content-type")) == 2
        assert answer.headers["retry-after"] == "soon"

    def test_mail_that_is_late(self, outlook365: World, ada: User, graph: Any) -> None:
        ben = outlook365.tenant.add_user("ben")
        outlook365.faults.add(kind="delayed_delivery", seconds=60, times=1)
        message = {"subject": "Late", "toRecipients": [{"emailAddress": {"address": ben.upn}}]}
        assert graph.post(f"/users/{ada.upn}/sendMail", json={"message": message}).status_code == 202
        assert ben.mailbox.messages() == []
        outlook365.clock.advance(seconds=60)
        assert [one["subject"] for one in ben.mailbox.messages()] == ["Late"]

    def test_an_upload_is_lost(self, outlook365: World, ada: User, graph: Any) -> None:
        draft = graph.post(f"/users/{ada.upn}/messages", json={"subject": "Draft"}).json()["id"]
        item = {"AttachmentItem": {"attachmentType": "file", "name": "a.bin", "size": 4_000_000}}
        path = f"/users/{ada.upn}/messages/{draft}/attachments/createUploadSession"
        url = graph.post(path, json=item).json()["uploadUrl"]
        outlook365.faults.add(kind="upload_lost", times=1)
        answer = httpx.put(url, content=b"x" * 100_000, headers={"Content-Range": "bytes 0-99999/4000000"})
        assert answer.status_code == 404


def confidential(app: App, **credential: Any) -> msal.ConfidentialClientApplication:
    authority = f"https://login.microsoftonline.com/{app.tenant_id}"
    return msal.ConfidentialClientApplication(app.client_id, authority=authority, **credential)


def certified(app: App) -> msal.ConfidentialClientApplication:
    with TemporaryDirectory() as folder:
        pfx = Path(folder, "app.pfx")
        pfx.write_bytes(base64.b64decode(str(app.certificate_pfx_base64)))
        credential = {"private_key_pfx_path": str(pfx), "passphrase": app.certificate_password}
        return confidential(app, client_credential=credential)


class TestMsal:
    def test_its_assertion_is_judged_by_another_clock(self, outlook365: World) -> None:
        app = outlook365.tenant.add_app(auth="client_certificate", permissions=["Mail.Read"])
        outlook365.faults.add(kind="clock_skew", seconds=3600, match={"operation": "token.*"})
        assert certified(app).acquire_token_for_client(SCOPES)["error_codes"] == [700024]

    @pytest.mark.parametrize(
        ("change", "number"),
        [("expire_secrets", 7000222), ("roll_secrets", 7000215), ("disable_app", 7000112)],
    )
    def test_a_daemon_with_a_secret(self, outlook365: World, app: App, change: str, number: int) -> None:
        client = confidential(app, client_credential=app.client_secret)
        outlook365.faults.add(kind="change", change=change, times=1, match={"operation": "token.*"})
        assert client.acquire_token_for_client(SCOPES)["error_codes"] == [number]

    def test_a_daemon_that_is_let_in_again(self, outlook365: World, app: App) -> None:
        def asked() -> Any:  # by a new application of MSAL, for one remembers a refusal a while
            return confidential(app, client_credential=app.client_secret).acquire_token_for_client(SCOPES)

        outlook365.change("disable_app", app=app)
        outlook365.faults.add(kind="change", change="enable_app", times=1, after=1, match={"operation": "token.*"})
        assert asked()["error_codes"] == [7000112]
        assert "access_token" in asked()

    @pytest.mark.parametrize(("change", "number"), [("expire_certificates", 700027), ("roll_certificates", 700027)])
    def test_a_daemon_with_a_certificate(self, outlook365: World, change: str, number: int) -> None:
        app = outlook365.tenant.add_app(auth="client_certificate", permissions=["Mail.Read"])
        client = certified(app)
        outlook365.faults.add(kind="change", change=change, times=1, match={"operation": "token.*"})
        assert client.acquire_token_for_client(SCOPES)["error_codes"] == [number]

    @pytest.fixture
    def person(self, outlook365: World) -> Any:
        """What a person's sign-in gives: the client, its connection and the answer."""
        connection = outlook365.connection("authorization_code", permissions=["openid", "offline_access", "Mail.Read"])
        client = msal.PublicClientApplication(connection.client_id, authority=connection.authority)
        flow = client.initiate_auth_code_flow(
            connection.resource_scopes, redirect_uri=connection.redirect_uri, response_mode="form_post"
        )
        answer = client.acquire_token_by_auth_code_flow(flow, connection.user.sign_in(flow["auth_uri"]).parameters)
        assert "access_token" in answer, answer
        return SimpleNamespace(client=client, connection=connection, answer=answer)

    def renewed(self, person: Any) -> Any:
        """What MSAL answers when it has to renew; another application of its, for one remembers a refusal a while."""
        connection, cache = person.connection, person.client.token_cache
        client = msal.PublicClientApplication(connection.client_id, authority=connection.authority, token_cache=cache)
        [account] = client.get_accounts()
        return client.acquire_token_silent_with_error(connection.resource_scopes, account, force_refresh=True)

    @pytest.mark.parametrize(
        ("change", "number"),
        [
            ("revoke_sessions", 50173),
            ("change_password", 50173),
            ("withdraw_consent", 65001),
            ("demand_admin_consent", 65001),
            ("disable_account", 50057),
            ("delete_account", 500341),
            ("require_mfa", 50076),
            ("block_by_policy", 53003),
        ],
    )
    def test_a_person_who_has_signed_in(self, outlook365: World, person: Any, change: str, number: int) -> None:
        outlook365.faults.add(kind="change", change=change, times=1, match={"operation": "token.refresh_token"})
        assert number in self.renewed(person)["error_codes"]

    @pytest.mark.parametrize(
        ("broken", "number", "mended"),
        [("disable_account", 50057, "enable_account"), ("block_by_policy", 53003, "lift_policies")],
    )
    def test_a_person_who_is_let_in_again(
        self, outlook365: World, person: Any, broken: str, number: int, mended: str
    ) -> None:
        outlook365.change(broken)
        assert number in self.renewed(person)["error_codes"]
        outlook365.faults.add(kind="change", change=mended, times=1, match={"operation": "token.refresh_token"})
        assert "access_token" in self.renewed(person)

    def test_a_person_whose_password_has_expired(self, outlook365: World, person: Any) -> None:
        flow = person.client.initiate_auth_code_flow(
            person.connection.resource_scopes, redirect_uri=person.connection.redirect_uri, response_mode="form_post"
        )
        outlook365.faults.add(kind="change", change="expire_password", times=1, match={"service": "entra"})
        with pytest.raises(SignInFailed) as raised:
            person.connection.user.sign_in(flow["auth_uri"])
        assert raised.value.number == 50055

    def test_the_signing_key_is_another_one(self, outlook365: World, app: App) -> None:
        url = f"https://login.microsoftonline.com/{app.tenant_id}/discovery/v2.0/keys"
        known = {key["kid"] for key in requests.get(url, timeout=5).json()["keys"]}
        outlook365.faults.add(kind="change", change="roll_signing_key", times=1, match={"operation": "token.*"})
        token = confidential(app, client_credential=app.client_secret).acquire_token_for_client(SCOPES)["access_token"]
        kid = jwt.get_unverified_header(token)["kid"]
        assert kid not in known
        assert kid in {key["kid"] for key in requests.get(url, timeout=5).json()["keys"]}

    def test_delta_tokens_are_gone(self, outlook365: World, person: Any) -> None:
        headers = {"Authorization": f"Bearer {person.answer['access_token']}"}
        first = requests.get(f"{GRAPH}/me/mailFolders/inbox/messages/delta", headers=headers, timeout=5).json()
        outlook365.faults.add(kind="change", change="reset_delta", times=1, match={"service": "graph"})
        link = first.get("@odata.deltaLink") or first["@odata.nextLink"]
        assert requests.get(link, headers=headers, timeout=5).status_code == 410


class TestWebhook:
    """A subscriber in this process: an httpx client and a web server that keeps what it is told."""

    @pytest.fixture
    def told(self, outlook365: World, ada: User, app: App) -> Callable[[], list[str]]:
        """Subscribe; `told()` delivers what is due and returns the kinds of what has arrived."""
        hook = outlook365.webhook()
        outlook365.clock.freeze()
        wanted = {
            "changeType": "created",
            "notificationUrl": hook.url,
            "lifecycleNotificationUrl": hook.lifecycle_url,
            "resource": f"users/{ada.upn}/mailFolders('inbox')/messages",
            "expirationDateTime": outlook365.clock.now.isoformat(),
        }
        with outlook365.graph(app) as graph:
            assert graph.post("/subscriptions", json=wanted).status_code == 201

        def arrived() -> list[str]:
            outlook365.notifications.deliver_pending(everything=False)
            return [one.get("lifecycleEvent") or one["resourceData"]["id"] for one in hook.notifications] + [
                one["lifecycleEvent"] for one in hook.lifecycle
            ]

        return arrived

    @pytest.mark.parametrize(
        ("kind", "at_once", "later"),
        [
            ("lost_notification", "", ""),
            ("missed_notification", "L", "L"),
            ("duplicated_notification", "NN", "NN"),
            ("delayed_notification", "", "N"),
            ("expired_subscription", "L", "L"),
        ],
    )
    def test_what_it_is_told(
        self, outlook365: World, ada: User, told: Callable[[], list[str]], kind: str, at_once: str, later: str
    ) -> None:
        outlook365.faults.add(kind=kind, times=1, match={"operation": "notifications.deliver"})
        ada.mailbox.receive(subject="New")

        def seen() -> str:
            return "".join("L" if one in ("missed", "subscriptionRemoved") else "N" for one in told())

        assert seen() == at_once
        outlook365.clock.advance(minutes=5)
        assert seen() == later

    def test_the_later_one_comes_first(self, outlook365: World, ada: User, told: Callable[[], list[str]]) -> None:
        outlook365.faults.add(kind="reordered_notification", times=1)
        for subject in ("first", "second"):
            ada.mailbox.receive(subject=subject)
            told()
        subjects = {one["id"]: one["subject"] for one in ada.mailbox.messages()}
        assert [subjects[one] for one in told()] == ["second", "first"]

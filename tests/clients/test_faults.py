"""Real clients meet faults: MSAL, msgraph-sdk with its retry middleware, azure-identity, requests, httpx."""

import asyncio
import socket
from typing import Any

import aiohttp
import httpx
import msal
import pytest
import requests
from azure.core.exceptions import ClientAuthenticationError, ServiceRequestError
from azure.identity import ClientSecretCredential
from kiota_abstractions.api_error import APIError
from msgraph import GraphServiceClient
from outlook365_emulator.client import App, User, World
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

SCOPES = ["https://graph.microsoft.com/.default"]
GRAPH = "https://graph.microsoft.com/v1.0"


@pytest.fixture
def app(outlook365: World) -> App:
    return outlook365.tenant.add_app(auth="client_credentials", permissions=["Mail.ReadWrite"])


@pytest.fixture
def ada(outlook365: World) -> User:
    user = outlook365.tenant.add_user("ada")
    user.mailbox.receive(subject="Invoice 17", sender="billing@example.org")
    return user


@pytest.fixture
def token(app: App) -> str:
    form = {
        "grant_type": "client_credentials",
        "client_id": app.client_id,
        "client_secret": app.client_secret,
        "scope": SCOPES[0],
    }
    answer = httpx.post(f"https://login.microsoftonline.com/{app.tenant_id}/oauth2/v2.0/token", data=form)
    return str(answer.json()["access_token"])


def written(fault: dict[str, Any]) -> dict[str, Any]:
    """A fault as a document: all but the kind are its settings."""
    return {"kind": fault["kind"], "with": {key: value for key, value in fault.items() if key != "kind"}}


def sdk(app: App, ada: User) -> Any:
    """Read a mailbox with the msgraph-sdk."""

    async def read() -> Any:
        with ClientSecretCredential(app.tenant_id, app.client_id, str(app.client_secret)) as credential:
            page = await GraphServiceClient(credential, SCOPES).users.by_user_id(ada.upn).messages.get()
            return [message.subject for message in page.value]

    return asyncio.run(read())


class TestMsgraphSdk:
    @pytest.mark.parametrize("error", ["throttled", "service_unavailable", "gateway_timeout"])
    def test_its_retry_middleware_comes_through(self, outlook365: World, app: App, ada: User, error: str) -> None:
        outlook365.faults.add(error, times=1, retry_after=1)
        outlook365.observe()
        assert sdk(app, ada) == ["Invoice 17"]
        assert outlook365.report()["findings"]["honoured_waits"] == 1

    @pytest.mark.usefixtures("outlook365_auto_advance")
    def test_it_gives_up_when_it_does_not_end(self, outlook365: World, app: App, ada: User) -> None:
        fault = outlook365.faults.add("throttled", retry_after=0)
        with pytest.raises(APIError):
            sdk(app, ada)
        assert fault.served == 4  # once, and three times again

    def test_a_claims_challenge_is_answered_with_another_token(self, outlook365: World, app: App, ada: User) -> None:
        reason = {"reason": "TokenIssuedBeforeRevocationTimestamp"}
        outlook365.faults.add("access_evaluation_challenge", params=reason, times=1)
        assert sdk(app, ada) == ["Invoice 17"]
        assert len(outlook365.journal.find(operation="token.client_credentials")) == 2

    def test_broken_json_is_an_error(self, outlook365: World, app: App, ada: User) -> None:
        outlook365.faults.add(kind="malformed", match={"service": "graph"})
        with pytest.raises(ValueError, match=r"."):
            sdk(app, ada)


class TestMsal:
    def client(self, app: App) -> msal.ConfidentialClientApplication:
        authority = f"https://login.microsoftonline.com/{app.tenant_id}"
        return msal.ConfidentialClientApplication(app.client_id, app.client_secret, authority)

    def test_it_repeats_what_it_reads_and_not_what_it_posts(self, outlook365: World, app: App) -> None:
        metadata = outlook365.faults.add(kind="reset", how="close", times=1, match={"operation": "metadata.v2"})
        client = self.client(app)
        assert metadata.served == 1
        outlook365.faults.add(kind="reset", how="close", times=1, match={"operation": "token.*"})
        with pytest.raises(requests.ConnectionError):
            client.acquire_token_for_client(SCOPES)
        assert "access_token" in client.acquire_token_for_client(SCOPES)

    def test_an_error_of_entra_is_told_with_its_number(self, outlook365: World, app: App) -> None:
        outlook365.faults.add(kind="error", aadsts=7000222, match={"operation": "token.*"})
        found = self.client(app).acquire_token_for_client(SCOPES)
        assert (found["error"], found["error_codes"]) == ("invalid_client", [7000222])

    def test_a_token_without_expires_in(self, outlook365: World, app: App) -> None:
        outlook365.faults.add(kind="members", remove=["expires_in"], match={"operation": "token.*"})
        client = self.client(app)
        assert "access_token" in client.acquire_token_for_client(SCOPES)
        assert len(outlook365.journal.find(operation="token.client_credentials")) == 1

    def test_a_page_of_a_proxy_is_no_token(self, outlook365: World, app: App) -> None:
        client = self.client(app)
        outlook365.faults.add(kind="malformed", how="html", match={"operation": "token.*"})
        with pytest.raises(ValueError, match=r"."):
            client.acquire_token_for_client(SCOPES)


class TestAzureIdentity:
    def test_it_repeats_503(self, outlook365: World, app: App) -> None:
        body = "<html><body>503</body></html>"
        outlook365.faults.add(kind="error", status=503, body=body, times=1, match={"operation": "token.*"})
        with ClientSecretCredential(app.tenant_id, app.client_id, str(app.client_secret)) as credential:
            assert credential.get_token(SCOPES[0]).token

    def test_it_says_what_entra_says(self, outlook365: World, app: App) -> None:
        outlook365.faults.add(kind="change", change="roll_secrets", times=1, match={"operation": "token.*"})
        credential = ClientSecretCredential(app.tenant_id, app.client_id, str(app.client_secret))
        with credential, pytest.raises(ClientAuthenticationError, match="AADSTS7000215"):
            credential.get_token(SCOPES[0])

    def test_nobody_listens(self, outlook365: World, app: App) -> None:
        outlook365.faults.add(kind="refused")
        with (
            ClientSecretCredential(app.tenant_id, app.client_id, str(app.client_secret), retry_total=0) as credential,
            pytest.raises((ClientAuthenticationError, ServiceRequestError)),
        ):
            credential.get_token(SCOPES[0])


class TestRequests:
    def test_a_session_with_retries_waits_as_it_is_told(self, outlook365: World, ada: User, token: str) -> None:
        outlook365.observe()
        outlook365.faults.add("throttled", times=2, retry_after=1)
        retries = Retry(total=3, status_forcelist=[429, 503], respect_retry_after_header=True)
        with requests.Session() as session:
            session.mount("https://", HTTPAdapter(max_retries=retries))
            answer = session.get(f"{GRAPH}/users/{ada.upn}/messages", headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 200
        assert outlook365.report()["findings"]["honoured_waits"] == 2

    @pytest.mark.parametrize(
        ("fault", "error"),
        [
            ({"kind": "reset"}, requests.ConnectionError),
            ({"kind": "truncate"}, requests.exceptions.ChunkedEncodingError),
            ({"kind": "gzip"}, requests.exceptions.ContentDecodingError),
            ({"kind": "no_answer"}, requests.ReadTimeout),
            ({"kind": "malformed"}, requests.JSONDecodeError),
            ({"kind": "dns"}, requests.ConnectionError),
            ({"kind": "refused"}, requests.ConnectionError),
            ({"kind": "tls"}, requests.exceptions.SSLError),
        ],
        ids=lambda value: value["kind"] if isinstance(value, dict) else None,
    )
    def test_what_it_raises(
        self, outlook365: World, ada: User, token: str, fault: dict[str, str], error: type[Exception]
    ) -> None:
        outlook365.faults.add(fault)
        headers = {"Authorization": f"Bearer {token}"}
        with pytest.raises(error):
            requests.get(f"{GRAPH}/users/{ada.upn}/messages", headers=headers, timeout=0.5).json()


CONNECTION_FAULTS: tuple[tuple[dict[str, str], str], ...] = (
    ({"kind": "dns"}, "not known"),
    ({"kind": "dns", "how": "again"}, "Temporary failure"),
    ({"kind": "refused"}, "refused|Connect"),
    ({"kind": "tls", "problem": "expired"}, "certificate has expired"),
    ({"kind": "tls", "problem": "wrong_host"}, "Hostname mismatch"),
    ({"kind": "tls", "problem": "untrusted"}, "unable to get local issuer|self.signed"),
    ({"kind": "tls", "problem": "handshake"}, "EOF|handshake failure|^$"),
)


class TestHttpx:
    @pytest.mark.parametrize(("fault", "text"), CONNECTION_FAULTS)
    def test_before_there_is_a_request(
        self, outlook365: World, ada: User, token: str, fault: dict[str, str], text: str
    ) -> None:
        headers = {"Authorization": f"Bearer {token}"}
        with httpx.Client(headers=headers) as client:
            assert client.get(f"{GRAPH}/users/{ada.upn}/messages").status_code == 200
            outlook365.faults.add(written(fault), times=1, match={"host": "graph.microsoft.com"})
            with pytest.raises(httpx.ConnectError, match=text):
                client.get(f"{GRAPH}/users/{ada.upn}/messages")
            assert client.get(f"{GRAPH}/users/{ada.upn}/messages").status_code == 200
        [entry] = [one for one in outlook365.journal if one.service == "network"]
        assert entry.status == 0

    @pytest.mark.parametrize(("fault", "text"), CONNECTION_FAULTS)
    def test_asynchronously(self, outlook365: World, fault: dict[str, str], text: str) -> None:
        outlook365.faults.add(written(fault))

        async def ask() -> None:
            async with httpx.AsyncClient() as client:
                await client.get(f"{GRAPH}/me")

        # anyio words a refused connection itself.
        with pytest.raises(httpx.ConnectError, match=f"{text}|All connection attempts failed"):
            asyncio.run(ask())

    @pytest.mark.parametrize(
        ("fault", "error"),
        [
            ({"kind": "reset"}, httpx.TransportError),
            ({"kind": "reset", "at": "body"}, httpx.TransportError),
            ({"kind": "lost_answer"}, httpx.TransportError),
            ({"kind": "truncate"}, httpx.RemoteProtocolError),
            ({"kind": "content_length"}, httpx.RemoteProtocolError),
            ({"kind": "gzip", "how": "plain"}, httpx.DecodingError),
            ({"kind": "no_answer"}, httpx.ReadTimeout),
            ({"kind": "latency", "seconds": 2}, httpx.ReadTimeout),
        ],
        ids=lambda value: value["kind"] if isinstance(value, dict) else None,
    )
    def test_what_it_raises(
        self, outlook365: World, ada: User, token: str, fault: dict[str, Any], error: type[Exception]
    ) -> None:
        outlook365.faults.add(written(fault))
        headers = {"Authorization": f"Bearer {token}"}
        with pytest.raises(error):
            httpx.get(f"{GRAPH}/users/{ada.upn}/messages", headers=headers, timeout=0.5)


def test_aiohttp_finds_no_name(outlook365: World) -> None:
    outlook365.faults.add(kind="dns")

    async def ask() -> None:
        async with aiohttp.ClientSession() as session, session.get(f"{GRAPH}/me"):
            pass

    with pytest.raises(aiohttp.ClientConnectorError):
        asyncio.run(ask())


def test_a_plain_socket(outlook365: World) -> None:
    outlook365.faults.add(kind="refused", times=1)
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("graph.microsoft.com", 443), timeout=5)
    socket.create_connection(("graph.microsoft.com", 443), timeout=5).close()

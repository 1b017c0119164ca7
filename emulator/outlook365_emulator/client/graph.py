"""An `httpx.Client` that speaks to the emulated Graph with a token of its own."""

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from outlook365_emulator.client.app import App
from outlook365_emulator.client.connection import Connection
from outlook365_emulator.client.errors import SignInFailed
from outlook365_emulator.client.user import User

if TYPE_CHECKING:
    import httpx


def graph_client(connection: Connection, holder: User | App, app: App) -> "httpx.Client":
    """Return a client of Microsoft Graph whose requests carry a token.

    It speaks to the emulator's HTTP port in the prefixed form, past interception and whatever mocks HTTP libraries.

    Args:
        connection: to the emulator.
        holder: who signs in: a user with the password, or an application with its secret.
        app: the application that signs in; the same as `holder` for an application of its own.

    Returns:
        A client with the base URL of Graph's v1.0.

    Raises:
        SignInFailed: the token endpoint refused.
    """
    __tracebackhide__ = True
    import httpx

    login = app.authority.removeprefix("https://")
    metadata = ask_entra(connection, "GET", f"/{login}/v2.0/.well-known/openid-configuration")
    host = metadata["msgraph_host"]
    form = {"client_id": app.client_id, "scope": f"https://{host}/.default"}
    if app.client_secret is not None:
        form["client_secret"] = app.client_secret
    if isinstance(holder, App):
        form["grant_type"] = "client_credentials"
    else:
        form |= {"grant_type": "password", "username": holder.upn, "password": holder.password or ""}
    token = ask_entra(connection, "POST", f"/{login}/oauth2/v2.0/token", form)["access_token"]
    return httpx.Client(
        base_url=f"{connection.url}/{host}/v1.0",
        headers={"Authorization": f"Bearer {token}"},
        transport=_transport(connection),
        trust_env=False,
    )


def ask_entra(connection: Connection, method: str, target: str, form: dict[str, str] | None = None) -> dict[str, Any]:
    """Ask a login host by the prefix form, and return the answer.

    Args:
        connection: to the emulator.
        method: verb.
        target: host, path and query.
        form: fields of the body.

    Raises:
        SignInFailed: an error was answered, or something that is no JSON object (faults do that).
    """
    __tracebackhide__ = True
    headers = {"Content-Type": "application/x-www-form-urlencoded"} if form else {}
    answer = connection.exchange(method, target, headers, urlencode(form).encode() if form else None)
    document = _object_in(answer.body)
    if answer.status >= 400 or document is None:
        told = document or {}
        said = told.get("error_description") or document or answer.body[:200].decode("utf-8", "replace")
        raise SignInFailed(f"{target}: {said}", status=answer.status, code=str(told.get("error", "")))
    return document


def _object_in(body: bytes) -> dict[str, Any] | None:
    import json

    try:
        found = json.loads(body)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _transport(connection: Connection) -> "httpx.BaseTransport":
    import httpx

    class Transport(httpx.BaseTransport):
        """Sends requests by the connection of the handles, which no mock of a library catches."""

        def handle_request(self, request: httpx.Request) -> httpx.Response:
            headers = {name: value for name, value in request.headers.items() if name not in _OURS}
            answer = connection.exchange(request.method, request.url.raw_path.decode(), headers, request.read())
            return httpx.Response(answer.status, headers=answer.headers, content=answer.body)

    return Transport()


_OURS = ("host", "content-length", "connection", "transfer-encoding")

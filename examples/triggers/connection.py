"""Connections to a mailbox: as an application, or as a person."""

from collections.abc import Generator

import httpx

LOGIN = "https://login.microsoftonline.com"
GRAPH = "https://graph.microsoft.com/v1.0"


def as_application(tenant_id: str, client_id: str, client_secret: str) -> httpx.Client:
    """Sign in as the application."""
    return _signed_in(
        tenant_id,
        {
            "grant_type": "client_credentials",
            "client_id": client_id,
            "client_secret": client_secret,
            "scope": "https://graph.microsoft.com/.default",
        },
    )


def as_person(tenant_id: str, client_id: str, refresh_token: str, scopes: list[str]) -> httpx.Client:
    """Go on with the connection of a person, by the refresh token that was kept."""
    form = {"grant_type": "refresh_token", "client_id": client_id, "refresh_token": refresh_token}
    return _signed_in(tenant_id, {**form, "scope": " ".join(scopes)})


def _signed_in(tenant_id: str, form: dict[str, str]) -> httpx.Client:
    return httpx.Client(base_url=GRAPH, auth=Token(tenant_id, form))


class Token(httpx.Auth):
    """Adds an access token to each request, and gets a new one where Graph says that it has ended."""

    requires_response_body = True

    def __init__(self, tenant_id: str, form: dict[str, str]) -> None:
        self.url = f"{LOGIN}/{tenant_id}/oauth2/v2.0/token"
        self.form = form
        self.value = ""

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        if not self.value:
            yield from self._get()
        request.headers["Authorization"] = f"Bearer {self.value}"
        response = yield request
        if response.status_code == 401:
            yield from self._get()
            request.headers["Authorization"] = f"Bearer {self.value}"
            yield request

    def _get(self) -> Generator[httpx.Request, httpx.Response, None]:
        answer = yield httpx.Request("POST", self.url, data=self.form)
        answer.raise_for_status()
        tokens = answer.json()
        self.value = tokens["access_token"]
        if "refresh_token" in tokens:
            self.form["refresh_token"] = tokens["refresh_token"]

"""responses beside the fixture: it mocks what it was told to, and our own calls never meet it."""

import httpx
import requests
import responses
from outlook365_emulator.client import World


@responses.activate
def test_responses_mocks_others_and_lets_ours_pass(outlook365: World) -> None:
    responses.get("https://api.example.org/", json={"mocked": True})
    responses.add_passthru("https://graph.microsoft.com/")
    assert requests.get("https://api.example.org/", timeout=5).json() == {"mocked": True}
    assert requests.get("https://graph.microsoft.com/v1.0/me", timeout=5).status_code == 401
    assert httpx.get("https://graph.microsoft.com/v1.0/me").status_code == 401
    ada = outlook365.tenant.add_user("ada")
    with outlook365.graph(ada) as client:
        assert client.get("/me").json()["userPrincipalName"] == ada.upn
    assert len(outlook365.journal.find(status=401)) == 2

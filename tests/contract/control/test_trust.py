"""Roll-over of signing keys, and federated credentials, over the control API."""

from typing import Any

import jwt
import pytest

Api = Any
ISSUER = "https://ci.example"


@pytest.fixture
def app(api: Api, tenant: str) -> str:
    """Path of an application."""
    return f"{tenant}/apps/{api('POST', f'{tenant}/apps', {'auth': 'client_credentials'})['client_id']}"


def test_a_world_rolls_over_to_new_keys(api: Api, world: str) -> None:
    (first,) = api("GET", f"{world}/signing-keys")["kids"]
    kids = api("POST", f"{world}/signing-keys", status=201)["kids"]
    assert kids[0] == first
    assert len(set(kids)) == 2
    assert api("GET", f"{world}/signing-keys")["kids"] == kids


def test_the_emulator_signs_as_the_issuer(api: Api, app: str) -> None:
    trust = api("POST", f"{app}/federated", {"issuer": ISSUER, "subject": "repo:sync"}, status=201)
    assert trust["audience"] == "api://AzureADTokenExchange"
    text = api("POST", f"{app}/federated/{trust['id']}/assertion", {})["assertion"]
    claims = jwt.decode(text, options={"verify_signature": False})
    assert (claims["iss"], claims["sub"], claims["aud"]) == (ISSUER, "repo:sync", "api://AzureADTokenExchange")
    other = api("POST", f"{app}/federated/federated/assertion", {"subject": "x", "lifetime": -60})["assertion"]
    claims = jwt.decode(other, options={"verify_signature": False})
    assert (claims["sub"], claims["exp"] < claims["iat"] + 61) == ("x", True)
    api("DELETE", f"{app}/federated/{trust['id']}", status=204)
    api.refused("POST", f"{app}/federated/{trust['id']}/assertion", {}, status=404)


def test_whoever_has_the_keys_signs(api: Api, app: str) -> None:
    trust = api("POST", f"{app}/federated", {"issuer": ISSUER, "subject": "s", "keys": {"keys": []}})
    error = api.refused("POST", f"{app}/federated/{trust['id']}/assertion", {}, status=400)
    assert "keys were given" in error["message"]


@pytest.mark.parametrize(
    "document",
    [{"issuer": ISSUER}, {"subject": "s"}, {"issuer": "ci.example", "subject": "s"}, {"issuer": ISSUER, "subject": ""}],
)
def test_a_trust_that_cannot_be(api: Api, app: str, document: dict[str, str]) -> None:
    api.refused("POST", f"{app}/federated", document, status=400)


def test_an_application_trusts_at_most_twenty(api: Api, app: str) -> None:
    for number in range(20):
        api("POST", f"{app}/federated", {"issuer": ISSUER, "subject": f"s{number}"})
    error = api.refused("POST", f"{app}/federated", {"issuer": ISSUER, "subject": "one more"}, status=400)
    assert "at most 20" in error["message"]

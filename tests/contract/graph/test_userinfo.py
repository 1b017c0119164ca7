"""UserInfo of OpenID Connect at Graph's host: fixed claims, as far as the scopes go."""

from typing import Any

import pytest
from outlook365_emulator.entra.claims import pairwise_subject

PATH = "/oidc/userinfo"


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("path", [PATH, "/OIDC/UserInfo", "/oidc/userinfo/"])
def test_who_the_person_is(graph: Any, org: Any, method: str, path: str) -> None:
    answer = graph.ask(method, path, as_=org.ada, scopes=["openid", "profile", "email"], raw=True)
    assert answer.status == 200
    assert answer.json == {
        "sub": pairwise_subject(org.tenant.id, org.ada.id, org.app.client_id),
        "name": "Ada Lovelace",
        "family_name": "Lovelace",
        "given_name": "Ada",
        "picture": "https://graph.microsoft.com/v1.0/me/photo/$value",
        "email": "ada@contoso.example",
    }
    assert answer.entry.operation == "userinfo"


def test_the_address_needs_its_scope(graph: Any, org: Any) -> None:
    answer = graph.get(PATH, as_=org.ada, scopes=["openid", "User.Read"], raw=True)
    assert "email" not in answer.json
    assert answer.json["name"] == "Ada Lovelace"


def test_without_openid(graph: Any, org: Any) -> None:
    answer = graph.get(PATH, as_=org.ada, scopes=["User.Read"], raw=True)
    assert answer.status == 403
    assert answer.entry.missing == ["openid"]


def test_an_application_is_nobody(graph: Any) -> None:
    assert graph.get(PATH, roles=["User.Read.All"], raw=True).status == 403


def test_without_a_token(graph: Any) -> None:
    answer = graph.get(PATH, token="", raw=True)
    assert (answer.status, answer.message) == (401, "Access token is empty.")


def test_a_token_for_something_else(graph: Any, org: Any) -> None:
    token = graph.token(org.ada, scopes=["openid"], audience="api://own")
    assert graph.get(PATH, token=token, raw=True).status == 401


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_other_verbs(graph: Any, org: Any, method: str) -> None:
    assert graph.ask(method, PATH, as_=org.ada, scopes=["openid"], raw=True).status == 405


@pytest.mark.parametrize("cloud", ["usgov", "usgov_dod", "china"])
def test_every_cloud_has_it(new_graph: Any, cloud: str) -> None:
    graph = new_graph(cloud)
    assert graph.get(PATH, as_=graph.org.ada, scopes=["openid"], raw=True).status == 200

"""Token answers of both versions, for every grant: names, order and kinds of the values (reference entra 2.2, 2.10)."""

from typing import Any

import pytest

GRAPH = "https://graph.microsoft.com"
V1, V2 = "oauth2/token", "oauth2/v2.0/token"
WEB = {"client_id": "{web}", "client_secret": "{web.secret}"}
ADA = {"username": "{ada}", "password": "wonderland"}


def asked(scene: Any, version: int, form: dict[str, str]) -> dict[str, Any]:
    """The answer of a version's endpoint; `{all}` is everything of Graph in its words."""
    wanted = (
        {"resource": GRAPH, "scope": "openid"} if version == 1 else {"scope": f"{GRAPH}/.default openid offline_access"}
    )
    path = V1 if version == 1 else V2
    answer = scene.ask("POST", f"login.microsoftonline.com/{{contoso}}/{path}", {**wanted, **form})
    assert answer.status == 200, answer.json
    body: dict[str, Any] = answer.json
    return body


def client_credentials(scene: Any, version: int) -> dict[str, Any]:
    form = {"grant_type": "client_credentials", "client_id": "{daemon}", "client_secret": "{daemon.secret}"}
    return asked(scene, version, {**form, "scope": f"{GRAPH}/.default"})


def password(scene: Any, version: int) -> dict[str, Any]:
    return asked(scene, version, {"grant_type": "password", **WEB, **ADA})


def refresh_token(scene: Any, version: int) -> dict[str, Any]:
    token = password(scene, version)["refresh_token"]
    return asked(scene, version, {"grant_type": "refresh_token", **WEB, "refresh_token": token})


def on_behalf_of(scene: Any, version: int) -> dict[str, Any]:
    caller = scene.password(scope=scene.fill("api://{web}/access_as_user")).json["access_token"]
    form = {"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "requested_token_use": "on_behalf_of"}
    return asked(scene, version, {**form, **WEB, "assertion": caller})


USERS_GRANTS = [password, refresh_token, on_behalf_of]


@pytest.mark.parametrize("grant", USERS_GRANTS)
def test_a_users_answer_at_v2(scene: Any, grant: Any) -> None:
    body = grant(scene, 2)
    assert list(body) == [
        "token_type",
        "scope",
        "expires_in",
        "ext_expires_in",
        "access_token",
        "refresh_token",
        "id_token",
    ]
    assert isinstance(body["expires_in"], int)
    assert body["ext_expires_in"] == body["expires_in"]


@pytest.mark.parametrize("grant", USERS_GRANTS)
def test_a_users_answer_at_v1(scene: Any, grant: Any) -> None:
    body = grant(scene, 1)
    assert list(body) == [
        "token_type",
        "scope",
        "expires_in",
        "ext_expires_in",
        "expires_on",
        "not_before",
        "resource",
        "access_token",
        "refresh_token",
        "id_token",
    ]
    assert all(isinstance(value, str) for value in body.values())
    assert body["resource"] == GRAPH
    assert int(body["expires_on"]) - int(body["not_before"]) == 300 + int(body["expires_in"]) + 1
    assert set(body["scope"].split()) >= {"Mail.Read", "User.Read"}, "everything that was granted"


@pytest.mark.parametrize(
    ("version", "names"),
    [
        (1, ["token_type", "expires_in", "ext_expires_in", "expires_on", "not_before", "resource", "access_token"]),
        (2, ["token_type", "expires_in", "ext_expires_in", "access_token"]),
    ],
)
def test_an_applications_answer(scene: Any, version: int, names: list[str]) -> None:
    assert list(client_credentials(scene, version)) == names


@pytest.mark.parametrize("client_info", ["1", "0", ""])
def test_client_info_where_it_was_asked_for(scene: Any, client_info: str) -> None:
    body = scene.password(client_info=client_info).json
    assert ("client_info" in body) == (client_info == "1")
    assert "client_info" not in scene.credentials(client_info="1").json

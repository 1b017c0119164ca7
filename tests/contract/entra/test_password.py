"""A user's name and password: the answer, its tokens, and the scopes in it."""

import base64
import json
from typing import Any

import jwt
import pytest
from outlook365_emulator.entra.tokens import read_token

GRAPH = "https://graph.microsoft.com"


def decoded(token: str) -> dict[str, Any]:
    return jwt.decode(token, options={"verify_signature": False})


def test_the_answer_has_these_members_in_this_order(scene: Any) -> None:
    body = scene.password(client_info="1").json
    assert list(body) == (
        "token_type scope expires_in ext_expires_in access_token refresh_token id_token client_info".split()
    )
    assert body["token_type"] == "Bearer"
    assert 3599 <= body["expires_in"] == body["ext_expires_in"] <= 5399
    assert body["refresh_token"].startswith("1.A")


def test_the_life_of_a_token_is_drawn(scene: Any) -> None:
    assert len({scene.password().json["expires_in"] for _ in range(20)}) > 10


def test_the_access_token_is_the_users(scene: Any) -> None:
    body = scene.password().json
    claims = decoded(body["access_token"])
    ada, now = scene.users["ada"], int(scene.world.clock.timestamp())
    assert claims["iat"] == claims["nbf"] == now - 300
    assert claims["exp"] == now + body["expires_in"] + 1
    assert (claims["oid"], claims["upn"], claims["unique_name"], claims["name"]) == (
        ada.id,
        "ada@contoso.example",
        "ada@contoso.example",
        "Ada Lovelace",
    )
    assert (claims["given_name"], claims["family_name"]) == ("Ada", "Lovelace")
    assert claims["scp"] == "Mail.Read User.Read profile openid"
    assert (claims["idtyp"], claims["appidacr"], claims["acct"], claims["acr"]) == ("user", "0", 0, "1")
    assert claims["amr"] == ["pwd"]
    assert claims["ipaddr"] == "127.0.0.1"
    assert claims["wids"] == ["f2ef992c-3afb-46b9-b7cf-a126ee74c451", "b79fbf4d-3ef9-4689-8143-76b194e85509"]
    assert claims["xms_st"]["sub"] == decoded(body["id_token"])["sub"] != claims["sub"]
    assert "roles" not in claims


def test_graph_reads_it(scene: Any) -> None:
    answer = scene.password()
    claims = read_token(answer.json["access_token"], scene.keys)
    assert not claims.is_app
    assert claims.upn == "ada@contoso.example"
    assert {"Mail.Read", "User.Read"} <= claims.scopes
    assert (answer.entry.user, answer.entry.operation) == ("ada@contoso.example", "token.password")


def test_the_id_token_is_v2(scene: Any) -> None:
    body = scene.password().json
    claims, header = decoded(body["id_token"]), jwt.get_unverified_header(body["id_token"])
    contoso = scene.tenants["contoso"]
    assert list(header) == ["typ", "alg", "kid"]
    assert claims["aud"] == scene.apps["public"].client_id
    assert claims["iss"] == f"https://login.microsoftonline.com/{contoso.id}/v2.0"
    assert claims["exp"] - claims["iat"] == 3900
    assert (claims["name"], claims["preferred_username"]) == ("Ada Lovelace", "ada@contoso.example")
    assert (claims["tid"], claims["oid"], claims["ver"]) == (contoso.id, scene.users["ada"].id, "2.0")
    assert not {"nonce", "email", "at_hash", "c_hash"} & set(claims)


def test_client_info_names_the_account(scene: Any) -> None:
    text = scene.password(client_info="1").json["client_info"]
    info = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    assert info == {"uid": scene.users["ada"].id, "utid": scene.tenants["contoso"].id}
    assert "client_info" not in scene.password().json


@pytest.mark.parametrize(
    ("scope", "answered", "refresh", "id_token"),
    [
        ("User.Read", "Mail.Read User.Read", False, False),
        ("user.read", "Mail.Read User.Read", False, False),
        ("Mail.Read User.Read openid profile email", "Mail.Read User.Read profile openid email", False, True),
        ("Mail.Read offline_access", "Mail.Read User.Read", True, False),
        (f"{GRAPH}/Mail.Read", f"{GRAPH}/Mail.Read {GRAPH}/User.Read", False, False),
        (f"{GRAPH}/Mail.Read openid", f"openid {GRAPH}/Mail.Read {GRAPH}/User.Read", False, True),
        (f"{GRAPH}/.default", f"{GRAPH}/Mail.Read {GRAPH}/User.Read {GRAPH}/.default", False, False),
        (f"openid {GRAPH}//.default", f"openid {GRAPH}/Mail.Read {GRAPH}/User.Read {GRAPH}//.default", False, True),
        ("openid", "Mail.Read User.Read openid", False, True),
    ],
)
def test_the_scopes_come_back_in_the_form_asked_for(
    scene: Any, scope: str, answered: str, refresh: bool, id_token: bool
) -> None:
    body = scene.password(scope=scope).json
    assert body["scope"] == answered
    assert ("refresh_token" in body, "id_token" in body) == (refresh, id_token)


@pytest.mark.parametrize(
    ("scope", "audience"),
    [
        ("Mail.Read", "00000003-0000-0000-c000-000000000000"),
        (f"{GRAPH}/Mail.Read", GRAPH),
        (f"{GRAPH}/.default", GRAPH),
    ],
)
def test_the_audience_follows_the_form(scene: Any, scope: str, audience: str) -> None:
    assert read_token(scene.password(scope=scope).json["access_token"], scene.keys).aud == audience


def test_user_names_have_no_case(scene: Any) -> None:
    assert scene.password(username="ADA@Contoso.example").status == 200


def test_a_confidential_client_proves_itself(scene: Any) -> None:
    body = scene.password(client_id="{web}", client_secret="{web.secret}").json
    assert decoded(body["access_token"])["appidacr"] == "1"


def test_at_organizations_the_name_tells_the_tenant(scene: Any) -> None:
    contoso, application = scene.tenants["contoso"], scene.apps["multi"]
    principal = contoso.service_principals.find("client", application.client_id)
    from outlook365_emulator.directory.consent import grant_scopes

    with scene.world.unit() as unit:
        grant_scopes(scene.world, contoso, unit, principal, ["User.Read"])
    answer = scene.token("organizations", grant_type="password", client_id="{multi}", client_secret="{multi.secret}",
                         username="{ada}", password="wonderland", scope="User.Read")  # fmt: skip
    assert read_token(answer.json["access_token"], scene.keys).tid == contoso.id


def test_an_account_without_password_cannot_sign_in(scene: Any) -> None:
    from outlook365_emulator.directory.users import add_user

    with scene.world.unit() as unit:
        add_user(scene.world, scene.tenants["contoso"], unit, "room", purpose="room", enabled=True)
    assert scene.password(username="room@contoso.example").json["error_codes"] == [50056]


def test_a_missing_consent_is_explained(scene: Any) -> None:
    answer = scene.password(scope="User.Read Mail.Send")
    assert answer.json["suberror"] == "consent_required"
    assert answer.entry.missing == ["Mail.Send"]
    assert "granted is Mail.Read, User.Read" in answer.entry.reason


def test_a_wrong_password_is_never_written_down(scene: Any) -> None:
    answer = scene.password(password="hunter2")
    assert "hunter2" not in answer.entry.reason + answer.response.body.decode()


def test_v1_gives_everything_that_was_granted(scene: Any) -> None:
    body = scene.ask("POST", "login.microsoftonline.com/{contoso}/oauth2/token", {
        "grant_type": "password", "client_id": "{public}", "username": "{ada}", "password": "wonderland",
        "resource": GRAPH, "scope": "openid",
    }).json  # fmt: skip
    times = ["expires_in", "ext_expires_in", "expires_on", "not_before"]
    tokens = ["access_token", "refresh_token", "id_token"]
    assert list(body) == ["token_type", "scope", *times, "resource", *tokens]
    assert body["scope"] == "Mail.Read User.Read openid"
    claims = decoded(body["id_token"])
    assert claims["iss"] == f"https://sts.windows.net/{scene.tenants['contoso'].id}/"
    assert (claims["ver"], claims["upn"]) == ("1.0", "ada@contoso.example")

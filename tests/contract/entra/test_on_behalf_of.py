"""The on-behalf-of grant: a middle tier exchanges its caller's token for one of Microsoft Graph."""

from datetime import timedelta
from typing import Any

import pytest
from outlook365_emulator.directory.account_states import require_mfa
from outlook365_emulator.directory.applications import change_application
from outlook365_emulator.directory.conditional_access import add_policy
from outlook365_emulator.directory.consent import revoke
from outlook365_emulator.directory.users import delete_user, revoke_sessions
from outlook365_emulator.entra.tokens import read_token

GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
GRAPH = "https://graph.microsoft.com"


def callers_token(scene: Any, scope: str = "api://{web}/access_as_user") -> str:
    """The token with which a caller of the application `web` comes."""
    return scene.password(scope=scene.fill(scope)).json["access_token"]


def exchange(scene: Any, token: str, /, *, client: str = "web", **form: str) -> Any:
    basis = {
        "grant_type": GRANT,
        "client_id": f"{{{client}}}",
        "client_secret": f"{{{client}.secret}}",
        "assertion": token,
        "scope": f"{GRAPH}/Mail.Read offline_access openid",
        "requested_token_use": "on_behalf_of",
    }
    return scene.token(**{name: value for name, value in {**basis, **form}.items() if value})


def test_it_gives_the_users_token_for_graph(scene: Any) -> None:
    answer = exchange(scene, callers_token(scene))
    claims = read_token(answer.json["access_token"], scene.keys)
    assert (claims.upn, claims.aud, claims.appid) == ("ada@contoso.example", GRAPH, scene.apps["web"].client_id)
    assert {"Mail.Read", "User.Read"} <= claims.scopes
    assert {"refresh_token", "id_token"} <= answer.json.keys()
    assert answer.entry.operation == "token.on_behalf_of"


def test_the_session_and_the_methods_are_the_callers(scene: Any) -> None:
    token = callers_token(scene)
    claims = read_token(exchange(scene, token).json["access_token"], scene.keys)
    caller = read_token(token, scene.keys)
    assert (claims.raw["sid"], claims.raw["amr"]) == (caller.raw["sid"], caller.raw["amr"])


def test_its_refresh_token_goes_on(scene: Any) -> None:
    token = exchange(scene, callers_token(scene)).json["refresh_token"]
    assert scene.refresh(token, client_id="{web}", client_secret="{web.secret}").status == 200


def test_default_is_enough(scene: Any) -> None:
    answer = exchange(scene, callers_token(scene), scope=f"{GRAPH}/.default")
    assert answer.json["scope"].endswith(f"{GRAPH}/.default")


@pytest.mark.parametrize("version", [1, 2])
def test_the_callers_token_may_have_either_version(scene: Any, version: int) -> None:
    contoso = scene.tenants["contoso"]
    with scene.world.unit() as unit:
        web = contoso.applications.get(scene.apps["web"].id)
        change_application(contoso, unit, web, api_token_version=version)
    token = callers_token(scene)
    assert read_token(token, scene.keys).version == version
    assert exchange(scene, token).status == 200


def test_at_v1(scene: Any) -> None:
    form = {
        "grant_type": GRANT,
        "client_id": "{web}",
        "client_secret": "{web.secret}",
        "assertion": callers_token(scene),
        "resource": GRAPH,
        "requested_token_use": "on_behalf_of",
        "scope": "openid",
    }
    body = scene.ask("POST", "login.microsoftonline.com/{contoso}/oauth2/token", form).json
    assert isinstance(body["expires_in"], str)
    assert body["resource"] == GRAPH


def no_consent(scene: Any, tenant: Any, unit: Any) -> None:
    revoke(tenant, unit, tenant.service_principals.find("client", scene.apps["web"].client_id))


def second_factor(scene: Any, tenant: Any, unit: Any) -> None:
    require_mfa(tenant, unit, scene.users["ada"], True)


def enrolment(scene: Any, tenant: Any, unit: Any) -> None:
    add_policy(scene.world, tenant, unit, "mfa")
    require_mfa(tenant, unit, scene.users["ada"], False, registered=False)


def blocked(scene: Any, tenant: Any, unit: Any) -> None:
    add_policy(scene.world, tenant, unit, "block")


def signed_out_everywhere(scene: Any, tenant: Any, unit: Any) -> None:
    scene.world.clock.set(scene.world.clock.now() + timedelta(seconds=5))
    revoke_sessions(tenant, unit, scene.users["ada"])
    scene.world.clock.set(scene.world.clock.now() + timedelta(seconds=5))


def gone(scene: Any, tenant: Any, unit: Any) -> None:
    delete_user(tenant, unit, scene.users["ada"])


def forbidden(scene: Any, tenant: Any, unit: Any) -> None:
    change_application(tenant, unit, tenant.applications.get(scene.apps["web"].id), on_behalf_of=False)


def expired(scene: Any, tenant: Any, unit: Any) -> None:
    scene.world.clock.set(scene.world.clock.now() + timedelta(hours=2))


@pytest.mark.parametrize(
    ("event", "error", "number", "suberror"),
    [
        (no_consent, "invalid_grant", 65001, "consent_required"),
        (second_factor, "interaction_required", 50076, "basic_action"),
        (enrolment, "interaction_required", 50079, "basic_action"),
        (blocked, "interaction_required", 53003, "message_only"),
        (gone, "invalid_grant", 500341, ""),
        (forbidden, "unauthorized_client", 7000114, ""),
        (expired, "invalid_grant", 500133, ""),
    ],
)
def test_what_stops_it(scene: Any, event: Any, error: str, number: int, suberror: str) -> None:
    token = callers_token(scene)
    with scene.world.unit() as unit:
        event(scene, scene.tenants["contoso"], unit)
    answer = exchange(scene, token)
    body = answer.json
    assert (answer.status, body["error"], body["error_codes"]) == (400, error, [number])
    assert body.get("suberror", "") == suberror
    assert answer.entry.reason
    assert ("claims" in body) == (event in (enrolment, blocked)), "what a policy wants, the middle tier passes on"


def test_revoked_sessions(scene: Any) -> None:
    token = callers_token(scene)
    scene.world.clock.set(scene.world.clock.now() + timedelta(seconds=5))
    with scene.world.unit() as unit:
        revoke_sessions(scene.tenants["contoso"], unit, scene.users["ada"])
    answer = exchange(scene, token)
    assert (answer.json["error_codes"], answer.json["suberror"]) == ([50173], "bad_token")


def graph_token(scene: Any) -> str:
    return scene.password().json["access_token"]


def id_token(scene: Any) -> str:
    return scene.password().json["id_token"]


def application_token(scene: Any) -> str:
    return scene.credentials(scope=scene.fill("api://{web}/.default")).json["access_token"]


def changed(scene: Any) -> str:
    token = callers_token(scene)
    return token[:-8] + ("A" * 8 if not token.endswith("A" * 8) else "B" * 8)


def unsigned(scene: Any) -> str:
    _, payload, _ = callers_token(scene).split(".")
    return f"eyJhbGciOiJub25lIn0.{payload}."


def foreign(scene: Any) -> str:
    _, payload, signature = callers_token(scene).split(".")
    return f"eyJhbGciOiJSUzI1NiIsImtpZCI6Im5vYm9keSJ9.{payload}.{signature}"


@pytest.mark.parametrize(
    ("assertion", "error", "number", "says"),
    [
        (
            graph_token,
            "invalid_grant",
            500131,
            "The audience in the assertion was '00000003-0000-0000-c000-000000000000'",
        ),
        (id_token, "invalid_grant", 240002, "Input id_token cannot be used"),
        (application_token, "invalid_grant", 50013, "Assertion failed signature validation"),
        (changed, "invalid_grant", 50013, "Assertion failed signature validation"),
        (unsigned, "invalid_grant", 50013, "Assertion failed signature validation"),
        (foreign, "invalid_grant", 50013, "The key was not found."),
        (lambda scene: "garbage", "invalid_request", 50027, "JWT token is invalid or malformed"),
        (lambda scene: "a.b.c", "invalid_request", 50027, "JWT token is invalid or malformed"),
    ],
    ids=lambda value: value.__name__ if callable(value) else "",
)
def test_what_is_no_callers_token(scene: Any, assertion: Any, error: str, number: int, says: str) -> None:
    answer = exchange(scene, assertion(scene))
    body = answer.json
    assert (answer.status, body["error"], body["error_codes"]) == (400, error, [number])
    assert says in body["error_description"]


@pytest.mark.parametrize(
    ("form", "status", "number"),
    [
        ({"assertion": ""}, 400, 900144),
        ({"scope": ""}, 400, 900144),
        ({"requested_token_use": ""}, 400, 900144),
        ({"requested_token_use": "logon_cert"}, 400, 90023),
        ({"client_secret": ""}, 401, 7000218),
        ({"client_secret": "wrong"}, 401, 7000215),
        ({"client_id": "{public}", "client_secret": ""}, 401, 7000218),
        ({"scope": "https://graph.microsoft.com/Mail.Send"}, 400, 65001),
    ],
    ids=lambda value: str(value),
)
def test_how_it_can_be_asked_wrongly(scene: Any, form: dict[str, str], status: int, number: int) -> None:
    answer = exchange(scene, callers_token(scene), **form)
    assert (answer.status, answer.json["error_codes"]) == (status, [number])


def test_another_tenants_token(scene: Any) -> None:
    answer = scene.token(
        "{fabrikam}",
        grant_type=GRANT,
        client_id="{stranger}",
        client_secret="{stranger.secret}",
        assertion=callers_token(scene),
        scope="User.Read",
        requested_token_use="on_behalf_of",
    )
    assert answer.json["error_codes"] == [500131]

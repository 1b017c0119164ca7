"""Applications as APIs: tokens for them, in the version that they ask for."""

from typing import Any

import pytest
from outlook365_emulator.directory.applications import change_application
from outlook365_emulator.entra.tokens import read_token

NAMES_V1 = set("aud iss iat nbf exp aio appid appidacr rh tid uti ver xms_ftd oid sub".split())
NAMES_V2 = set("aud iss iat nbf exp aio azp azpacr rh tid uti ver xms_ftd oid sub".split())


def change(scene: Any, **fields: Any) -> None:
    contoso = scene.tenants["contoso"]
    with scene.world.unit() as unit:
        change_application(contoso, unit, contoso.applications.get(scene.apps["web"].id), **fields)


@pytest.mark.parametrize(
    ("version", "resource", "audience", "issuer"),
    [
        (1, "api://{web}", "api://{web}", "https://sts.windows.net/{contoso}/"),
        (1, "{web}", "{web}", "https://sts.windows.net/{contoso}/"),
        (2, "api://{web}", "{web}", "https://login.microsoftonline.com/{contoso}/v2.0"),
    ],
)
def test_a_persons_token(scene: Any, version: int, resource: str, audience: str, issuer: str) -> None:
    change(scene, api_token_version=version)
    scope = scene.fill(f"{resource}/access_as_user openid profile offline_access")
    body = scene.password(scope=scope).json
    claims = read_token(body["access_token"], scene.keys)
    assert (claims.aud, claims.iss, claims.version) == (scene.fill(audience), scene.fill(issuer), version)
    assert (claims.appid, claims.oid, claims.scopes) == (
        scene.apps["public"].client_id,
        scene.users["ada"].id,
        {"access_as_user"},
    )
    assert scene.fill(f"{resource}/access_as_user") in body["scope"].split()
    assert {"refresh_token", "id_token"} <= body.keys()


@pytest.mark.parametrize(("version", "names"), [(1, NAMES_V1), (2, NAMES_V2)])
def test_an_applications_token(scene: Any, version: int, names: set[str]) -> None:
    change(scene, api_token_version=version)
    claims = read_token(scene.credentials(scope="api://{web}/.default").json["access_token"], scene.keys)
    assert set(claims.raw) == names
    assert claims.oid == claims.raw["sub"]


def test_default_means_everything_that_is_offered(scene: Any) -> None:
    change(scene, api_scopes=("Read", "Write"))
    claims = read_token(scene.password(scope="api://{web}/.default").json["access_token"], scene.keys)
    assert claims.scopes == {"Read", "Write"}


def test_names_have_no_case(scene: Any) -> None:
    body = scene.password(scope=scene.fill("api://{web}/ACCESS_AS_USER")).json
    assert read_token(body["access_token"], scene.keys).scopes == {"access_as_user"}


@pytest.mark.parametrize(
    ("scope", "number"),
    [
        ("api://{web}/nothing", 650053),
        ("api://11111111-2222-4333-8444-555555555555/.default", 500011),
        ("api://{public}/.default", 90009),
        ("api://{foreign}/.default", 500011),
    ],
)
def test_what_cannot_be_asked_for(scene: Any, scope: str, number: int) -> None:
    assert scene.password(scope=scene.fill(scope)).json["error_codes"] == [number]


def test_an_application_may_ask_for_itself_by_its_id(scene: Any) -> None:
    body = scene.password(scope=scene.fill("{public}/.default")).json
    assert read_token(body["access_token"], scene.keys).aud == scene.apps["public"].client_id

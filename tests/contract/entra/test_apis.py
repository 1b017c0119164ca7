"""Applications as APIs: tokens for them, in the version that they ask for."""

from typing import Any

import pytest
from outlook365_emulator.directory.applications import change_application, ensure_service_principal
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


def resource_error(scene: Any, browser: Any, resource: str) -> Any:
    """What a browser and the token endpoint are told of a resource: their numbers, and the page."""
    browser.authorize(scope=f"{resource}/access_as_user openid")
    page = browser.sign_in() if browser.page.heading == "Sign in" else browser.page
    told = scene.password(scope=scene.fill(f"{resource}/access_as_user openid"))
    return page.number or page.told, told.json["error_codes"][0], page


def test_another_tenants_api_has_to_be_provisioned_first(site: Any, browser: Any) -> None:
    shown, told, page = resource_error(site, browser, "api://{stranger}")
    assert (shown, told) == (650052, 500011)
    assert site.fill("{stranger}") in page.text
    assert "lacks a service principal for" in page.text
    silent = browser.authorize(scope="api://{stranger}/access_as_user openid", prompt="none")
    assert silent.told == 650052
    world, contoso = site.world, site.tenants["contoso"]
    with world.unit() as unit:
        ensure_service_principal(world, contoso, unit, site.apps["stranger"])
    assert site.password(scope=site.fill("api://{stranger}/access_as_user openid")).status == 200


def test_an_api_whose_service_principal_is_disabled_gets_no_tokens(site: Any, browser: Any) -> None:
    assert resource_error(site, browser, "api://{retired}")[:2] == (500014, 500014)


def test_an_api_whose_registration_is_gone(site: Any, browser: Any) -> None:
    world, contoso, fabrikam = site.world, site.tenants["contoso"], site.tenants["fabrikam"]
    with world.unit() as unit:
        ensure_service_principal(world, contoso, unit, site.apps["stranger"])
        unit.remove(fabrikam.applications, site.apps["stranger"])
    assert resource_error(site, browser, "api://{stranger}")[:2] == (650054, 650054)


def test_an_application_may_ask_for_itself_by_its_id(scene: Any) -> None:
    body = scene.password(scope=scene.fill("{public}/.default")).json
    assert read_token(body["access_token"], scene.keys).aud == scene.apps["public"].client_id

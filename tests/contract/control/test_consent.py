"""Consent over the control API: given and withdrawn, by an administrator or by one user."""

from typing import Any

import pytest

Api = Any


def register(api: Api, tenant: str, **document: Any) -> str:
    return f"{tenant}/apps/{api('POST', f'{tenant}/apps', document)['client_id']}"


def test_an_administrator_consents_to_what_is_registered(api: Api, tenant: str) -> None:
    app = register(api, tenant, auth="own_app", permissions=["Mail.Read", "User.Read"], consent=None)
    assert api("GET", app)["consented"] == []
    assert api("POST", f"{app}/consent")["consented"] == ["Mail.Read", "User.Read"]
    assert api("DELETE", f"{app}/consent", {"permissions": ["mail.read"]}) == {"revoked": ["Mail.Read"]}
    assert api("DELETE", f"{app}/consent") == {"revoked": ["User.Read"]}
    assert api("DELETE", f"{app}/consent") == {"revoked": []}


def test_a_user_consents_for_one_person(api: Api, tenant: str, ada: str) -> None:
    app = register(api, tenant, auth="own_app", consent=None)
    shown = api("POST", f"{app}/consent", {"permissions": ["Mail.Read", "openid"], "user": "ada"})
    upn = api("GET", ada)["upn"]
    assert (shown["consented"], shown["user_consents"]) == ([], {upn: ["Mail.Read", "openid"]})
    assert api("DELETE", f"{app}/consent", {"user": "ada"})["revoked"] == ["Mail.Read", "openid"]
    assert api("GET", app)["user_consents"] == {}


@pytest.mark.parametrize(
    ("auth", "kind", "roles"),
    [
        ("client_credentials", None, True),
        ("own_app", None, False),
        ("own_app", "application", True),
    ],
)
def test_a_name_means_the_kind_that_the_application_uses(
    api: Api, tenant: str, auth: str, kind: str | None, roles: bool
) -> None:
    app = register(api, tenant, auth=auth, consent=None)
    api("POST", f"{app}/consent", {"permissions": ["Mail.Send"], **({"kind": kind} if kind else {})})
    assert api("DELETE", f"{app}/consent", {"kind": "delegated"})["revoked"] == ([] if roles else ["Mail.Send"])
    assert api("DELETE", f"{app}/consent", {"kind": "application"})["revoked"] == (["Mail.Send"] if roles else [])


@pytest.mark.parametrize(
    ("document", "where"),
    [
        ({"permissions": ["Mial.Read"]}, "permissions[0]"),
        ({"permissions": ["Mail.Read"], "user": "adda"}, "user"),
        ({"permissions": ["User.Read"], "kind": "application"}, "permissions[0]"),
        ({"permissions": ["Mail.Read"], "kind": "application", "user": "ada"}, "user"),
        ({"permissions": ["Mail.Read"], "knd": "application"}, "knd"),
    ],
)
def test_what_cannot_be_consented_to(api: Api, tenant: str, ada: str, document: dict[str, Any], where: str) -> None:
    app = register(api, tenant, auth="own_app", consent=None)
    assert api.refused("POST", f"{app}/consent", document, status=400)["where"] == where


def test_another_tenant_consents_to_a_multi_tenant_application(api: Api, world: str, tenant: str) -> None:
    client_id = api("POST", f"{tenant}/apps", {"auth": "authorization_code", "consent": None})["client_id"]
    other = f"{world}/tenants/{api('POST', f'{world}/tenants', {})['id']}/apps/{client_id}"
    assert "Mail.Read" in api("POST", f"{other}/consent")["consented"]
    assert api("GET", f"{tenant}/apps/{client_id}")["consented"] == []

"""Applications over the control API: registrations and their credentials."""

import base64
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import pkcs12

Api = Any


@pytest.mark.parametrize(
    ("auth", "secret", "certificate", "redirect"),
    [
        ("client_credentials", True, False, False),
        ("client_certificate", False, True, False),
        ("authorization_code", False, False, True),
        ("own_app", True, False, True),
    ],
)
def test_what_a_connector_needs(
    api: Api, tenant: str, auth: str, secret: bool, certificate: bool, redirect: bool
) -> None:
    app = api("POST", f"{tenant}/apps", {"auth": auth}, status=201)
    assert app["tenant_id"] == tenant.rpartition("/")[2]
    assert app["authority"] == f"https://login.microsoftonline.com/{app['tenant_id']}"
    given = app["client_secret"], app["certificate_pfx_base64"], app["redirect_uri"]
    assert [one is not None for one in given] == [secret, certificate, redirect]
    assert api("GET", f"{tenant}/apps/{app['client_id']}") == app
    assert api("GET", f"{tenant}/apps/connector") == app
    assert api("GET", f"{tenant}/apps")["apps"] == [app]


def test_the_full_preset_says_what_an_application_type_leaves_out(api: Api, tenant: str) -> None:
    app = api("POST", f"{tenant}/apps", {"auth": "client_credentials", "preset": "full"})
    assert {"Mail.Read.Shared", "User.Read"} <= set(app["left_out"])
    assert not set(app["left_out"]) & set(app["permissions"])
    assert app["consented"] == sorted(app["permissions"])


def test_a_delegated_permission_is_refused_with_the_nearest(api: Api, tenant: str) -> None:
    document = {"auth": "client_credentials", "permissions": ["Mail.Send", "Mail.ReadWrite.Shared"]}
    error = api.refused("POST", f"{tenant}/apps", document, status=400)
    assert error["where"] == "permissions[1]"
    assert "nearest application permission is Mail.ReadWrite" in error["message"]


def test_certificates_are_each_their_own_and_open_with_their_password(api: Api, tenant: str) -> None:
    app = f"{tenant}/apps/{api('POST', f'{tenant}/apps', {'auth': 'client_certificate'})['client_id']}"
    made = [api("POST", f"{app}/certificates", status=201), api("POST", f"{app}/certificates", {"days": -1})]
    shown = api("GET", app)["certificates"]
    assert len({one["thumbprint"] for one in shown}) == 3
    for one in (*made, shown[0]):
        pfx = base64.b64decode(one["certificate_pfx_base64"])
        key, certificate, _ = pkcs12.load_key_and_certificates(pfx, one["certificate_password"].encode())
        assert key is not None
        assert certificate is not None
        assert certificate.fingerprint(hashes.SHA1()).hex().upper() == one["thumbprint"]
    assert made[1]["expires"] < made[0]["expires"]
    api("DELETE", f"{app}/certificates/{made[0]['thumbprint']}", status=204)
    api("DELETE", f"{app}/certificates/{made[1]['id']}", status=204)
    assert len(api("GET", app)["certificates"]) == 1
    assert api.refused("DELETE", f"{app}/certificates/{made[0]['id']}", status=404)["code"] == "unknown_certificate"


def test_secrets_come_and_go(api: Api, tenant: str) -> None:
    app = f"{tenant}/apps/{api('POST', f'{tenant}/apps', {'auth': 'own_app', 'secret': 'first'})['client_id']}"
    made = api("POST", f"{app}/secrets", {"secret": "second", "expires": "-1d", "name": "old"}, status=201)
    assert (made["secret"], made["name"]) == ("second", "old")
    assert made["expires"] < api("GET", app)["secrets"][0]["expires"]
    api("DELETE", f"{app}/secrets/{made['id']}", status=204)
    assert [one["secret"] for one in api("GET", app)["secrets"]] == ["first"]
    assert api.refused("DELETE", f"{app}/secrets/{made['id']}", status=404)["code"] == "unknown_secret"
    assert api.refused("POST", f"{app}/secrets", {"expires": "soon"}, status=400)["where"] == "expires"


def test_fields_change(api: Api, tenant: str) -> None:
    app = f"{tenant}/apps/{api('POST', f'{tenant}/apps', {'auth': 'own_app'})['client_id']}"
    change = {
        "name": "Renamed",
        "audience": "AzureADMultipleOrgs",
        "redirect_uris": ["https://app.example/back"],
        "enabled": False,
        "assignment_required": True,
        "permissions": ["mail.send"],
    }
    changed = api("PATCH", app, change)
    for key in ("name", "audience", "redirect_uris", "enabled", "assignment_required"):
        assert changed[key] == change[key]
    assert changed["permissions"] == ["Mail.Send"]
    assert api.refused("PATCH", app, {"permissions": ["Mail.Sned"]}, status=400)["where"] == "permissions[0]"


def test_a_deleted_application_is_gone_with_its_consent(api: Api, tenant: str) -> None:
    app = api("POST", f"{tenant}/apps", {"name": "Daemon", "auth": "client_credentials"})
    world = api.emulator.hosting.by_client(app["client_id"])
    assert world is not None
    api("DELETE", f"{tenant}/apps/Daemon", status=204)
    assert api.refused("GET", f"{tenant}/apps/Daemon", status=404)["code"] == "unknown_app"
    assert api.emulator.hosting.by_client(app["client_id"]) is None
    assert api("POST", f"{tenant}/apps", {"client_id": app["client_id"]})["consented"] == []


def test_a_client_id_is_registered_once_in_a_tenant(api: Api, tenant: str) -> None:
    client_id = api("POST", f"{tenant}/apps", {})["client_id"]
    error = api.refused("POST", f"{tenant}/apps", {"client_id": client_id}, status=409)
    assert error["where"] == "client_id"

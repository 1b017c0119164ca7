"""Requests to the administrators of a tenant."""

from typing import Any

import pytest
from outlook365_emulator.directory.consent_requests import send_request


@pytest.fixture
def tenant(api: Any) -> str:
    apps = [{"name": "Sync", "auth": "authorization_code", "consent": None}]
    api(
        "POST",
        "/worlds",
        {"name": "red", "tenants": [{"domains": ["r.example"], "users": [{"name": "ada"}], "apps": apps}]},
    )
    world, home = api.emulator.hosting.by_tenant("r.example")
    with world.unit() as unit:
        [app], [ada] = list(home.applications), list(home.users)
        send_request(world, home, unit, app, ada, ["Mail.Read", "openid"], "for invoices")
    return "/worlds/red/tenants/r.example"


def test_approving_grants_for_everybody_once(api: Any, tenant: str) -> None:
    [request] = api("GET", f"{tenant}/consent-requests")["requests"]
    assert (request["user"], request["app"], request["state"]) == ("ada@r.example", "Sync", "pending")
    assert (request["permissions"], request["reason"]) == (["Mail.Read", "openid"], "for invoices")
    approved = api("POST", f"{tenant}/consent-requests/{request['id']}/approve")
    assert (approved["state"], bool(approved["decided"])) == ("approved", True)
    assert api("GET", f"{tenant}/apps/Sync")["consented"] == ["Mail.Read", "openid"]
    error = api("POST", f"{tenant}/consent-requests/{request['id']}/deny", status=409)["error"]
    assert error["code"] == "decided"


def test_denying_grants_nothing(api: Any, tenant: str) -> None:
    [request] = api("GET", f"{tenant}/consent-requests")["requests"]
    assert api("POST", f"{tenant}/consent-requests/{request['id']}/deny")["state"] == "denied"
    assert api("GET", f"{tenant}/apps/Sync")["consented"] == []


def test_an_unknown_request(api: Any, tenant: str) -> None:
    error = api("POST", f"{tenant}/consent-requests/x/approve", status=404)["error"]
    assert error["code"] == "unknown_request"

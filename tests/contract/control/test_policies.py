"""Consent settings of a tenant."""

from typing import Any

import pytest


@pytest.fixture
def tenant(api: Any) -> str:
    api("POST", "/worlds", {"name": "red", "tenants": [{"domains": ["red.example"]}]})
    return "/worlds/red/tenants/red.example"


def test_everything_is_allowed_until_it_is_not(api: Any, tenant: str) -> None:
    policy = api("GET", f"{tenant}/consent-policy")
    assert (policy["user_consent"], policy["workflow"], policy["stay_signed_in"]) == ("everything", False, True)
    changed = api("PATCH", f"{tenant}/consent-policy", {"user_consent": "low-impact", "low_impact": ["mail.read"]})
    assert (changed["user_consent"], changed["low_impact"]) == ("low-impact", ["Mail.Read"])
    again = api("PATCH", f"{tenant}/consent-policy", {"workflow": True})
    assert (again["user_consent"], again["workflow"]) == ("low-impact", True)


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"user_consent": "noting"}, "user_consent"),
        ({"low_impact": ["Mail.Reed"]}, "low_impact"),
        ({"work": True}, "work"),
    ],
)
def test_what_is_unknown_is_refused(api: Any, tenant: str, change: dict[str, Any], where: str) -> None:
    error = api("PATCH", f"{tenant}/consent-policy", change, status=400)["error"]
    assert error["where"] == where
    assert error["message"]


def test_a_document_says_it_too(api: Any) -> None:
    api("POST", "/worlds", {"name": "blue", "tenants": [{"domains": ["b.example"], "user_consent": "nothing"}]})
    assert api("GET", "/worlds/blue/tenants/b.example/consent-policy")["user_consent"] == "nothing"

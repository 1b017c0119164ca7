"""Who is assigned to an application."""

from typing import Any

import pytest


@pytest.fixture
def app(api: Any) -> str:
    users = [{"name": "ada"}, {"name": "ben"}]
    tenant = {"domains": ["red.example"], "users": users, "groups": [{"name": "Sales", "members": ["ada"]}]}
    tenant["apps"] = [{"name": "Sync", "auth": "authorization_code", "consent": None}]
    api("POST", "/worlds", {"name": "red", "tenants": [tenant]})
    return "/worlds/red/tenants/red.example/apps/Sync"


def test_assigning_closes_the_application(api: Any, app: str) -> None:
    assert api("GET", app)["assignment_required"] is False
    api("POST", f"{app}/assignments", {"user": "ada"})
    listed = api("POST", f"{app}/assignments", {"group": "sales"})["assignments"]
    assert [(one["principal"], one["principal_type"]) for one in listed] == [
        ("ada@red.example", "User"),
        ("Sales", "Group"),
    ]
    assert api("GET", app)["assignment_required"] is True
    left = api("DELETE", f"{app}/assignments", {"user": "ada"})["assignments"]
    assert [one["principal"] for one in left] == ["Sales"]


@pytest.mark.parametrize(("body", "status"), [({}, 400), ({"user": "ada", "group": "Sales"}, 400)])
def test_one_of_them_is_named(api: Any, app: str, body: dict[str, str], status: int) -> None:
    api("POST", f"{app}/assignments", body, status=status)


@pytest.mark.parametrize(
    ("body", "status", "near"), [({"user": "adda"}, 400, "ada@red.example"), ({"group": "Sals"}, 404, "Sales")]
)
def test_the_nearest_is_told(api: Any, app: str, body: dict[str, str], status: int, near: str) -> None:
    assert near in api("POST", f"{app}/assignments", body, status=status)["error"]["message"]


def test_consent_for_some_people_and_for_a_group(api: Any, app: str) -> None:
    api("POST", f"{app}/consent", {"permissions": ["Mail.Read"], "group": "Sales"})
    view = api("POST", f"{app}/consent", {"permissions": ["User.Read"], "users": ["ada", "ben"]})
    assert view["user_consents"] == {"ada@red.example": ["Mail.Read", "User.Read"], "ben@red.example": ["User.Read"]}
    assert view["consented"] == []
    assert api("DELETE", f"{app}/consent", {"group": "Sales"})["revoked"] == ["Mail.Read", "User.Read"]
    assert api("GET", app)["user_consents"] == {"ben@red.example": ["User.Read"]}

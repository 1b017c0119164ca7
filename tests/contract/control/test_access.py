"""Conditional access policies, states of accounts and limits of a tenant over the control API."""

from typing import Any

import pytest

Api = Any


@pytest.fixture
def ada(api: Api, tenant: str) -> str:
    """Path of a user."""
    return f"{tenant}/users/{api('POST', f'{tenant}/users', {'name': 'ada'})['id']}"


def test_a_policy_is_added_changed_and_removed(api: Api, tenant: str, ada: str) -> None:
    app = api("POST", f"{tenant}/apps", {"auth": "own_app"})
    document = {"control": "mfa", "name": "Second factor", "users": ["ada"], "apps": [app["client_id"]]}
    policy = api("POST", f"{tenant}/conditional-access", document, status=201)
    assert (policy["users"], policy["apps"]) == ([ada.rpartition("/")[2]], [app["client_id"]])
    assert api("GET", f"{tenant}/conditional-access")["policies"] == [policy]
    path = f"{tenant}/conditional-access/second%20factor"
    assert api("PATCH", path, {"enabled": False})["enabled"] is False
    assert api("PATCH", path, {})["enabled"] is False
    api("DELETE", f"{tenant}/conditional-access/{policy['id']}", status=204)
    assert api("GET", f"{tenant}/conditional-access")["policies"] == []


@pytest.mark.parametrize(
    ("document", "status", "says"),
    [
        ({}, 400, "control"),
        ({"control": "mffa"}, 400, "mfa"),
        ({"control": "block", "hours": 1}, 400, "sign_in_frequency"),
        ({"control": "sign_in_frequency"}, 400, "hours"),
        ({"control": "sign_in_frequency", "hours": -1}, 400, "hours"),
        ({"control": "block", "users": ["adda"]}, 404, "ada@"),
        ({"control": "block", "apps": ["nothing"]}, 404, "nothing"),
        ({"control": "block", "nmae": "x"}, 400, "name"),
    ],
)
def test_a_policy_that_cannot_be(
    api: Api, tenant: str, ada: str, document: dict[str, Any], status: int, says: str
) -> None:
    error = api.refused("POST", f"{tenant}/conditional-access", document, status=status)
    assert says in error["message"] + error.get("where", "")


def test_a_name_that_is_taken_and_one_that_is_unknown(api: Api, tenant: str) -> None:
    document = {"control": "block", "name": "Closed"}
    api("POST", f"{tenant}/conditional-access", document)
    api.refused("POST", f"{tenant}/conditional-access", {**document, "name": "CLOSED"}, status=409)
    error = api.refused("DELETE", f"{tenant}/conditional-access/close", status=404)
    assert (error["code"], "Closed" in error["message"]) == ("unknown_policy", True)


def test_states_of_an_account(api: Api, ada: str) -> None:
    shown = api("PATCH", ada, {"locked": True, "password_expired": True, "mfa_required": True})
    assert (shown["locked"], shown["password_expired"], shown["mfa_required"]) == (True, True, True)
    api("POST", f"{ada}/password", {"password": "new"})
    shown = api("PATCH", ada, {"locked": False, "mfa_required": False})
    assert (shown["locked"], shown["password_expired"], shown["mfa_required"]) == (False, False, False)


def test_a_password_changes_in_a_way_that_exists(api: Api, ada: str) -> None:
    api("POST", f"{ada}/password", {"password": "x", "event": "password_changed_by_user"}, status=204)
    error = api.refused("POST", f"{ada}/password", {"password": "x", "event": "password_changed_by_usr"}, status=400)
    assert "password_changed_by_user" in error["message"]


def test_limits(api: Api, tenant: str) -> None:
    microsofts = {
        "max_recipients": 500,
        "recipients_per_day": 10000,
        "messages_per_minute": None,
        "max_message_size": 35 * 1024 * 1024,
    }
    assert api("GET", f"{tenant}/limits") == {"lockout_threshold": 10, "identical_requests": None, **microsofts}
    changed = api("PATCH", f"{tenant}/limits", {"lockout_threshold": 3, "identical_requests": 20})
    assert changed == {"lockout_threshold": 3, "identical_requests": 20, **microsofts}
    assert api("PATCH", f"{tenant}/limits", {"max_recipients": 2})["max_recipients"] == 2
    assert api("PATCH", f"{tenant}/limits", {"identical_requests": None})["identical_requests"] is None
    api.refused("PATCH", f"{tenant}/limits", {"lockout_threshold": 0}, status=400)

"""What happens to people, applications and consent right before a request, or at once."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest
from outlook365_emulator.client import BadDocument, NotFound

SCOPES = "offline_access Mail.ReadWrite"
Assertion = Callable[[Any, str], dict[str, str]]


@pytest.fixture
def signed_in(place: Any) -> dict[str, str]:
    """The form of a refresh: ada has signed in with her password."""
    app = place.tenant.add_app(name="Client", auth="authorization_code", permissions=["Mail.ReadWrite"])
    form = {"client_id": app.client_id, "scope": SCOPES}
    first = place_token(
        place, {**form, "grant_type": "password", "username": place.ada.upn, "password": str(place.ada.password)}
    )
    assert first.status_code == 200, first.text
    return {**form, "grant_type": "refresh_token", "refresh_token": first.json()["refresh_token"]}


def place_token(place: Any, form: dict[str, str]) -> httpx.Response:
    return httpx.post(place.token_url, data=form, trust_env=False)


@pytest.mark.parametrize(
    ("change", "number"),
    [
        ("revoke_sessions", 50173),
        ("change_password", 50173),
        ("withdraw_consent", 65001),
        ("demand_admin_consent", 65001),
        ("disable_account", 50057),
        ("delete_account", 500341),
        ("require_mfa", 50076),
        ("block_by_policy", 53003),
        ("disable_app", 7000112),
    ],
)
def test_a_refresh_fails_from_the_request_on_that_the_change_comes_with(
    place: Any, signed_in: dict[str, str], change: str, number: int
) -> None:
    place.faults.add(kind="change", change=change, times=1, after=1, match={"operation": "token.refresh_token"})
    first = place_token(place, signed_in)
    assert first.status_code == 200, first.text
    for _ in range(2):
        answer = place_token(place, signed_in)
        assert answer.status_code >= 400, answer.text
        assert number in answer.json()["error_codes"], answer.text
    assert place.faults["change-1"].served == 1


@pytest.mark.parametrize("running", [False, True], ids=["frozen", "running"])
@pytest.mark.parametrize(("change", "number"), [("expire_secrets", 7000222), ("roll_secrets", 7000215)])
def test_a_secret_stops_working(place: Any, change: str, number: int, running: bool) -> None:
    if running:
        place.world.clock.resume()
    place.faults.add(kind="change", change=change, times=1, match={"operation": "token.*"})
    answer = place.ask_token()
    assert answer.status_code == 401
    assert answer.json()["error_codes"] == [number]


@pytest.mark.parametrize("running", [False, True], ids=["frozen", "running"])
@pytest.mark.parametrize("change", ["expire_certificates", "roll_certificates"])
def test_a_certificate_stops_working(place: Any, assertion: Assertion, change: str, running: bool) -> None:
    app = place.tenant.add_app(auth="client_certificate", permissions=["Mail.Read"])
    if running:
        place.world.clock.resume()
    place.faults.add(kind="change", change=change, times=1, after=1, match={"operation": "token.*"})
    form = {name: value for name, value in place.token_form.items() if name != "client_secret"}
    form |= {"client_id": app.client_id, **assertion(app, place.tenant.id)}
    assert place_token(place, form).status_code == 200
    for _ in range(2):
        answer = place_token(place, form)
        assert (answer.status_code, answer.json()["error_codes"]) == (401, [700027])


def test_a_password_expires(place: Any, signed_in: dict[str, str]) -> None:
    place.faults.add(kind="change", change="expire_password", times=1, match={"operation": "token.password"})
    form = {name: signed_in[name] for name in ("client_id", "scope")}
    form |= {"grant_type": "password", "username": place.ada.upn, "password": str(place.ada.password)}
    for _ in range(2):
        assert place_token(place, form).json()["error_codes"] == [50055]
    place.ada.set_password("another one")
    assert place_token(place, {**form, "password": "another one"}).status_code == 200


@pytest.mark.parametrize(("broken", "mended"), [("disable_app", "enable_app"), ("expire_password", "change_password")])
def test_a_change_takes_another_back(place: Any, signed_in: dict[str, str], broken: str, mended: str) -> None:
    form = {name: signed_in[name] for name in ("client_id", "scope")}
    form |= {"grant_type": "password", "username": place.ada.upn, "password": str(place.ada.password)}
    place.world.change(broken)
    assert place_token(place, form).status_code >= 400
    settings = {"password": place.ada.password} if mended == "change_password" else {}
    place.faults.add(kind="change", change=mended, times=1, match={"operation": "token.*"}, **settings)
    assert place_token(place, form).status_code == 200


def test_delta_tokens_are_gone(place: Any) -> None:
    first = place.graph("GET", f"{place.mailbox}/mailFolders/inbox/messages/delta").json()
    place.faults.add(kind="change", change="reset_delta", times=1, match={"service": "graph"})
    for _ in range(2):
        assert place.graph("GET", first["@odata.deltaLink"]).status_code == 410


def test_the_signing_key_rolls_and_old_tokens_stay_good(place: Any) -> None:
    keys = f"{place.emulator.http_url}/login.microsoftonline.com/{place.tenant.id}/discovery/v2.0/keys"
    before = httpx.get(keys, trust_env=False).json()["keys"]
    place.faults.add(kind="change", change="roll_signing_key", times=1, match={"operation": "token.*"})
    place.ask_token()
    after = httpx.get(keys, trust_env=False).json()["keys"]
    assert len(after) == len(before) + 1
    assert place.graph("GET", f"{place.mailbox}/messages").status_code == 200


def test_a_change_happens_at_once_and_to_whom_it_names(place: Any) -> None:
    ben = place.tenant.add_user("ben")
    place.world.change("disable_account", user=ben)
    rows = {user.upn: user.enabled for user in place.tenant.users}
    assert rows[ben.upn] is False
    assert rows[place.ada.upn] is True
    place.world.change("enable_account")
    assert all(user.enabled for user in place.tenant.users)


def test_consent_is_withdrawn_in_part(place: Any) -> None:
    place.world.change("withdraw_consent", app=place.app, permissions=["Mail.Send"])
    place.token = place.ask_token().json()["access_token"]
    assert place.graph("GET", f"{place.mailbox}/messages").status_code == 200
    assert place.graph("POST", f"{place.mailbox}/sendMail", json={"message": {}}).status_code == 403


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ({"change": "revoke_session"}, "revoke_sessions|Invalid enum value"),
        ({"change": "revoke_sessions", "user": "eda"}, "ada"),
        ({"change": "expire_secrets", "app": "Nobody"}, "no application"),
    ],
)
def test_a_wrong_change_is_refused(place: Any, given: dict[str, str], text: str) -> None:
    with pytest.raises((BadDocument, NotFound), match=text):
        place.world.change(given.pop("change"), **given)


def test_a_fault_that_names_nobody_is_refused_when_it_is_set(place: Any) -> None:
    with pytest.raises(BadDocument, match="ada"):
        place.faults.add(kind="change", change="disable_account", user="eda")
    with pytest.raises(BadDocument, match=r"Mail\.Read"):
        place.faults.add(kind="change", change="withdraw_consent", permissions=["Mail.Raed"])
    assert len(place.faults) == 0


def test_whom_a_fault_names_may_be_gone_when_it_acts(place: Any) -> None:
    ben = place.tenant.add_user("ben")
    place.faults.add(kind="change", change="disable_account", user=ben.upn)
    ben.delete()
    assert place.ask_token().status_code == 200
    assert place.graph("GET", f"{place.mailbox}/messages").status_code == 200
    assert "did not happen" in place.journal[-1].reason


def test_a_change_may_be_planned(place: Any) -> None:
    place.world.change("expire_secrets", after=timedelta(hours=2))
    place.world.change("lift_policies", after=timedelta(hours=3))
    assert place.ask_token().status_code == 200
    place.world.clock.advance(hours=2)
    assert place.ask_token().status_code == 401

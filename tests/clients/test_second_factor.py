"""A second factor, policies and states of accounts on the sign-in pages, as `user.sign_in` meets them."""

import json

import httpx
import pytest
from msal.oauth2cli.oidc import decode_part
from outlook365_emulator.client import SignInFailed


@pytest.fixture
def connection(outlook365):
    return outlook365.connection("own_app")


def amr(answer):
    """How the person signed in, as the access token says."""
    return json.loads(decode_part(answer["access_token"].split(".")[1]))["amr"]


def test_a_person_approves_on_the_telephone(connection):
    connection.user.require_mfa()
    answer = connection.sign_in()
    assert amr(answer) == ["pwd", "mfa"]
    got = httpx.get(f"{connection.graph_root}/v1.0/me", headers={"Authorization": f"Bearer {answer['access_token']}"})
    assert got.status_code == 200


def test_a_person_without_one_sets_it_up(connection):
    connection.user.require_mfa(registered=False)
    assert amr(connection.sign_in()) == ["pwd", "mfa"]


def test_it_is_waived(connection):
    connection.user.require_mfa()
    connection.user.waive_mfa()
    assert amr(connection.sign_in()) == ["pwd"]


def test_a_policy_asks_for_it_too(connection):
    connection.tenant.conditional_access.require_mfa(apps=[connection.app])
    assert amr(connection.sign_in()) == ["pwd", "mfa"]


def test_a_person_who_denies_it(connection):
    connection.user.require_mfa()
    with pytest.raises(SignInFailed) as raised:
        connection.user.sign_in(connection.authorize_url(), second_factor=False)
    assert raised.value.number == 500121


def test_an_expired_password_is_changed_on_the_way(connection):
    user = connection.user
    user.expire_password()
    with pytest.raises(SignInFailed, match="expired") as raised:
        user.sign_in(connection.authorize_url())
    assert raised.value.number == 50055
    with pytest.raises(SignInFailed, match="three kinds") as raised:
        user.sign_in(connection.authorize_url(), new_password="weak")
    assert raised.value.number == 120002
    redirect = user.sign_in(connection.authorize_url(), new_password="Anew, 2 times")
    assert redirect.parameters["code"]
    assert user.password == "Anew, 2 times"
    assert user.sign_in(connection.authorize_url()).parameters["code"]


def told(connection, **options):
    """What a second application request in the same browser is told with `prompt=none`."""
    browser = connection.user.browser()
    connection.user.sign_in(connection.authorize_url(), browser=browser)
    yield
    redirect = connection.user.sign_in(connection.authorize_url(prompt="none"), browser=browser)
    yield redirect.parameters


@pytest.mark.parametrize(
    ("demand", "error", "number"),
    [
        (lambda one: one.user.require_mfa(), "interaction_required", 50076),
        (lambda one: one.user.require_mfa(registered=False), "interaction_required", 50079),
        (lambda one: one.tenant.conditional_access.block(), "access_denied", 53003),
        (lambda one: one.tenant.conditional_access.require_compliant_device(), "interaction_required", 53000),
        (lambda one: one.tenant.conditional_access.require_domain_joined_device(), "interaction_required", 53001),
    ],
    ids=["mfa", "enrol", "block", "compliant", "joined"],
)
def test_what_prompt_none_is_told(connection, demand, error, number):
    steps = told(connection)
    next(steps)
    demand(connection)
    parameters = next(steps)
    assert parameters["error"] == error
    assert f"AADSTS{number}" in parameters["error_description"]


def test_an_old_sign_in(outlook365, connection):
    steps = told(connection)
    next(steps)
    connection.tenant.conditional_access.limit_sign_in_age(hours=1)
    outlook365.clock.advance(hours=2)
    parameters = next(steps)
    assert (parameters["error"], "AADSTS70044" in parameters["error_description"]) == ("login_required", True)
    assert "access_token" in connection.sign_in(), "signing in anew helps"


def test_every_time_means_that_renewing_never_works(outlook365, connection):
    connection.tenant.conditional_access.limit_sign_in_age(hours=0)
    answer = connection.sign_in()
    outlook365.clock.advance(seconds=1)
    form = {"grant_type": "refresh_token", "refresh_token": answer["refresh_token"], "client_id": connection.client_id}
    refused = httpx.post(
        f"{connection.authority}/oauth2/v2.0/token", data={**form, "client_secret": connection.client_secret}
    )
    assert refused.json()["error_codes"] == [70043]


@pytest.mark.parametrize(
    ("state", "number"),
    [
        (lambda user: user.lock(), 50053),
        (lambda user: user.expire_password(), 50055),
        (lambda user: user.disable(), 50057),
    ],
    ids=["locked", "expired", "disabled"],
)
def test_states_of_an_account_on_the_password_page(connection, state, number):
    state(connection.user)
    with pytest.raises(SignInFailed) as raised:
        connection.sign_in()
    assert raised.value.number == number


def test_a_blocked_sign_in_ends_on_a_page_or_at_the_application(connection):
    connection.tenant.conditional_access.block(users=[connection.user])
    with pytest.raises(SignInFailed, match="53003"):
        connection.sign_in()

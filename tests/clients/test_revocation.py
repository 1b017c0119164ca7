"""What ends a connection, as MSAL and azure-identity tell it: exception classes, attributes, claims challenges."""

import asyncio
import base64
import json
import re

import azure.identity
import httpx
import msal
import pytest
from azure.core.exceptions import ClientAuthenticationError
from azure.identity import AuthenticationRequiredError
from msgraph import GraphServiceClient

GRAPH = "https://graph.microsoft.com"
ME = f"{GRAPH}/v1.0/me"


@pytest.fixture
def connection(outlook365):
    return outlook365.connection(
        "authorization_code", permissions=["openid", "offline_access", "User.Read", "Mail.Read"]
    )


@pytest.fixture
def signed_in(connection):
    """An MSAL application that a person has signed in to, and its account."""
    return sign_in(connection)


def sign_in(connection, **options):
    if connection.client_secret is None:
        app = msal.PublicClientApplication(connection.client_id, authority=connection.authority, **options)
    else:
        options["client_credential"] = connection.client_secret
        app = msal.ConfidentialClientApplication(connection.client_id, authority=connection.authority, **options)
    flow = app.initiate_auth_code_flow(
        connection.resource_scopes, redirect_uri=connection.redirect_uri, response_mode="form_post"
    )
    answer = app.acquire_token_by_auth_code_flow(flow, connection.user.sign_in(flow["auth_uri"]).parameters)
    assert "access_token" in answer, answer
    return app


def renewed(app, connection, **options):
    """What MSAL answers when it has to renew."""
    return app.acquire_token_silent_with_error(
        connection.resource_scopes, account=app.get_accounts()[0], force_refresh=True, **options
    )


def revoke_sessions(world, connection):
    connection.user.revoke_sessions()


def change_password(world, connection):
    connection.user.set_password("another one", event="password_changed_by_user")


def reset_password(world, connection):
    connection.user.set_password("another one")


def disable(world, connection):
    connection.user.disable()


def delete(world, connection):
    connection.user.delete()


def withdraw_consent(world, connection):
    connection.app.consent.revoke()


def switch_off(world, connection):
    connection.app.update(enabled=False)


def stay_away(world, connection):
    world.clock.advance(days=91)


def require_mfa(world, connection):
    connection.user.require_mfa()


def require_enrolment(world, connection):
    connection.user.require_mfa(registered=False)


def block(world, connection):
    connection.tenant.conditional_access.block(users=[connection.user])


def demand_device(world, connection):
    connection.tenant.conditional_access.require_compliant_device(apps=[connection.app])


def demand_domain(world, connection):
    connection.tenant.conditional_access.require_domain_joined_device()


def demand_recent_sign_in(world, connection):
    connection.tenant.conditional_access.limit_sign_in_age(hours=1)
    world.clock.advance(hours=2)


def demand_assignment(world, connection):
    connection.app.update(assignment_required=True)


EVENTS = [
    # event, error, number, classification of MSAL
    (revoke_sessions, "invalid_grant", 50173, ""),
    (change_password, "invalid_grant", 50173, ""),
    (reset_password, "invalid_grant", 50173, ""),
    (disable, "invalid_grant", 50057, None),
    (delete, "invalid_grant", 500341, None),
    (withdraw_consent, "invalid_grant", 65001, "consent_required"),
    (switch_off, "unauthorized_client", 7000112, None),
    (stay_away, "invalid_grant", 700082, None),
    (require_mfa, "invalid_grant", 50076, "basic_action"),
    (require_enrolment, "invalid_grant", 50079, "basic_action"),
    (block, "interaction_required", 53003, "message_only"),
    (demand_device, "invalid_grant", 53000, "message_only"),
    (demand_domain, "invalid_grant", 53001, "message_only"),
    (demand_recent_sign_in, "invalid_grant", 70043, ""),
    (demand_assignment, "invalid_grant", 50105, "message_only"),
]
NAMES = [event.__name__ for event, *_ in EVENTS]


@pytest.mark.parametrize(("event", "error", "number", "classification"), EVENTS, ids=NAMES)
def test_msal_says_why_a_renewal_fails(outlook365, connection, signed_in, event, error, number, classification):
    event(outlook365, connection)
    answer = renewed(signed_in, connection)
    assert (answer["error"], answer["error_codes"]) == (error, [number])
    assert answer.get("classification") == classification


CHALLENGE = json.dumps({"access_token": {"nbf": {"essential": True, "value": "1772442060"}}})


@pytest.fixture
def credential(connection):
    """A credential of azure-identity that a person has approved by device code, and that may not ask again."""
    made = azure.identity.DeviceCodeCredential(
        client_id=connection.client_id,
        tenant_id=connection.tenant_id,
        prompt_callback=lambda uri, user_code, expires: connection.user.approve_device_code(user_code),
        disable_automatic_authentication=True,
    )
    made.authenticate(scopes=[f"{GRAPH}/Mail.Read"])
    return made


@pytest.mark.parametrize(("event", "error", "number", "classification"), EVENTS, ids=NAMES)
def test_azure_identity_asks_for_authentication(
    outlook365, connection, credential, event, error, number, classification
):
    assert credential.get_token(f"{GRAPH}/Mail.Read").token
    event(outlook365, connection)
    # Claims make it renew although its token has not ended.
    with pytest.raises(AuthenticationRequiredError) as raised:
        credential.get_token(f"{GRAPH}/Mail.Read", claims=CHALLENGE)
    assert list(raised.value.scopes) == [f"{GRAPH}/Mail.Read"]
    assert raised.value.claims == CHALLENGE
    assert f"AADSTS{number}" in [entry.code for entry in outlook365.journal]


def test_before_anybody_has_signed_in(connection):
    credential = azure.identity.DeviceCodeCredential(
        client_id=connection.client_id, tenant_id=connection.tenant_id, disable_automatic_authentication=True
    )
    with pytest.raises(AuthenticationRequiredError) as raised:
        credential.get_token(f"{GRAPH}/Mail.Read")
    assert raised.value.claims is None


class TestApplications:
    """An application on its own: what MSAL answers and azure-identity raises."""

    @pytest.fixture
    def connection(self, outlook365):
        return outlook365.connection("client_credentials")

    def wrong_secret(self, connection):
        return "wrong"

    def removed_secret(self, connection):
        connection.app.remove_secret(connection.app.secrets[0]["id"])
        return connection.client_secret

    def expired_secret(self, connection):
        return connection.app.add_secret(expires="-1d")["secret"]

    def switched_off(self, connection):
        connection.app.update(enabled=False)
        return connection.client_secret

    def deleted(self, connection):
        connection.app.delete()
        return connection.client_secret

    @pytest.mark.parametrize(
        ("event", "error", "number", "status"),
        [
            (wrong_secret, "invalid_client", 7000215, 401),
            (removed_secret, "invalid_client", 7000215, 401),
            (expired_secret, "invalid_client", 7000222, 401),
            (switched_off, "unauthorized_client", 7000112, 400),
            (deleted, "unauthorized_client", 700016, 400),
        ],
    )
    def test_what_fails(self, outlook365, connection, event, error, number, status):
        secret = event(self, connection)
        app = msal.ConfidentialClientApplication(
            connection.client_id, authority=connection.authority, client_credential=secret
        )
        answer = app.acquire_token_for_client(connection.scopes)
        assert (answer["error"], answer["error_codes"]) == (error, [number])
        assert status in [entry.status for entry in outlook365.journal]
        credential = azure.identity.ClientSecretCredential(connection.tenant_id, connection.client_id, secret)
        with pytest.raises(ClientAuthenticationError, match=f"AADSTS{number}"):
            credential.get_token(*connection.scopes)


class TestContinuousAccessEvaluation:
    """A client that can take a challenge learns of a revocation at once."""

    def me(self, token):
        return httpx.get(ME, headers={"Authorization": f"Bearer {token}"})

    def test_msal_passes_the_challenge_on_and_the_person_signs_in_again(self, outlook365, connection):
        app = sign_in(connection, client_capabilities=["CP1"])
        account = app.get_accounts()[0]
        held = app.acquire_token_silent(connection.resource_scopes, account=account)
        assert self.me(held["access_token"]).status_code == 200
        connection.user.revoke_sessions()
        refused = self.me(held["access_token"])
        assert refused.status_code == 401
        challenge = refused.headers["www-authenticate"]
        assert 'error="insufficient_claims"' in challenge
        claims = decode_claims(challenge)
        answer = app.acquire_token_silent_with_error(
            connection.resource_scopes, account=account, claims_challenge=claims
        )
        assert (answer["error"], answer["error_codes"]) == ("invalid_grant", [50173])
        again = sign_in(connection, client_capabilities=["CP1"])
        token = again.acquire_token_silent(connection.resource_scopes, account=again.get_accounts()[0])
        assert self.me(token["access_token"]).status_code == 200

    def test_a_token_asked_for_with_the_claims_is_taken_where_the_grant_still_counts(self, outlook365):
        connection = outlook365.connection("own_app")
        app = sign_in(connection, client_capabilities=["CP1"])
        account = app.get_accounts()[0]
        held = app.acquire_token_silent(connection.resource_scopes, account=account)
        assert held["expires_in"] > 70000
        connection.user.set_password("another one", event="password_changed_by_user")
        refused = self.me(held["access_token"])
        assert refused.status_code == 401
        claims = decode_claims(refused.headers["www-authenticate"])
        fresh = app.acquire_token_silent(connection.resource_scopes, account=account, claims_challenge=claims)
        assert self.me(fresh["access_token"]).status_code == 200

    def test_others_learn_of_it_when_their_token_ends(self, outlook365, connection):
        app = sign_in(connection)
        held = app.acquire_token_silent(connection.resource_scopes, account=app.get_accounts()[0])
        connection.user.revoke_sessions()
        assert self.me(held["access_token"]).status_code == 200
        outlook365.clock.advance(hours=2)
        assert self.me(held["access_token"]).status_code == 401
        assert "insufficient_claims" not in self.me(held["access_token"]).headers["www-authenticate"]

    def test_the_graph_sdk_meets_the_challenge_itself(self, outlook365):
        connection = outlook365.connection("own_app")
        redirect = connection.user.sign_in(connection.authorize_url())
        credential = azure.identity.AuthorizationCodeCredential(
            connection.tenant_id,
            connection.client_id,
            redirect.parameters["code"],
            connection.redirect_uri,
            client_secret=connection.client_secret,
        )

        async def twice():
            client = GraphServiceClient(credential, scopes=connection.resource_scopes)
            first = await client.me.get()
            connection.user.set_password("another one", event="password_changed_by_user")
            return first, await client.me.get()

        first, second = asyncio.run(twice())
        assert first.user_principal_name == second.user_principal_name == connection.account
        asked = [entry.status for entry in outlook365.journal if entry.service == "graph"]
        assert asked == [200, 401, 200]


def decode_claims(challenge):
    return base64.b64decode(re.search('claims="([^"]+)"', challenge)[1]).decode()


class TestOnBehalfOf:
    """A middle tier, by MSAL and azure-identity."""

    @pytest.fixture
    def tier(self, outlook365):
        """The middle tier's application, and the token with which a person's client calls it."""
        app = outlook365.tenant.add_app(auth="own_app", name="Middle tier", permissions=["User.Read", "Mail.Read"])
        client = outlook365.tenant.add_app(auth="authorization_code", name="Front end", permissions=["User.Read"])
        ada = outlook365.tenant.add_user("ada")
        form = {"grant_type": "password", "client_id": client.client_id, "username": ada.upn, "password": ada.password}
        scope = f"api://{app.client_id}/access_as_user"
        answer = httpx.post(f"{client.authority}/oauth2/v2.0/token", data={**form, "scope": scope})
        return app, ada, answer.json()["access_token"]

    def msal_app(self, app):
        return msal.ConfidentialClientApplication(
            app.client_id, authority=app.authority, client_credential=app.client_secret
        )

    def test_msal(self, tier):
        app, ada, token = tier
        answer = self.msal_app(app).acquire_token_on_behalf_of(token, [f"{GRAPH}/Mail.Read"])
        got = httpx.get(ME, headers={"Authorization": f"Bearer {answer['access_token']}"})
        assert got.json()["userPrincipalName"] == ada.upn

    def test_azure_identity(self, tier):
        app, ada, token = tier
        credential = azure.identity.OnBehalfOfCredential(
            app.tenant_id, app.client_id, client_secret=app.client_secret, user_assertion=token
        )
        got = httpx.get(ME, headers={"Authorization": f"Bearer {credential.get_token(f'{GRAPH}/User.Read').token}"})
        assert got.json()["userPrincipalName"] == ada.upn

    def test_a_policy_that_the_middle_tier_has_to_pass_on(self, outlook365, tier):
        app, _, token = tier
        policy = outlook365.tenant.conditional_access.require_mfa()
        answer = self.msal_app(app).acquire_token_on_behalf_of(token, [f"{GRAPH}/Mail.Read"])
        assert (answer["error"], answer["suberror"]) == ("interaction_required", "basic_action")
        assert policy.id in json.loads(answer["claims"])["access_token"]["capolids"]["values"]
        credential = azure.identity.OnBehalfOfCredential(
            app.tenant_id, app.client_id, client_secret=app.client_secret, user_assertion=token
        )
        with pytest.raises(ClientAuthenticationError, match="AADSTS50076"):
            credential.get_token(f"{GRAPH}/User.Read")


def test_a_federated_assertion_by_msal_and_azure_identity(outlook365):
    connection = outlook365.connection("client_credentials")
    trust = connection.app.add_federated_credential(issuer="https://ci.example", subject="repo:sync")
    app = msal.ConfidentialClientApplication(
        connection.client_id,
        authority=connection.authority,
        client_credential={"client_assertion": trust.assertion},
    )
    assert "access_token" in app.acquire_token_for_client(connection.scopes)
    credential = azure.identity.ClientAssertionCredential(
        connection.tenant_id, connection.client_id, func=trust.assertion
    )
    assert credential.get_token(*connection.scopes).token
    wrong = azure.identity.ClientAssertionCredential(
        connection.tenant_id, connection.client_id, func=lambda: trust.assertion(subject="repo:other")
    )
    with pytest.raises(ClientAuthenticationError, match="AADSTS700213"):
        wrong.get_token(*connection.scopes)

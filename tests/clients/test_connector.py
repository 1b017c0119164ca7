"""Unmodified MSAL and azure-identity sign in with every auth type in every environment, and read what they may."""

import base64

import azure.identity
import httpx
import msal
import pytest
from azure.core.exceptions import ClientAuthenticationError


def pfx_file(connection, folder):
    file = folder / "connection.pfx"
    file.write_bytes(base64.b64decode(connection.certificate_pfx_base64))
    return str(file)


def confidential(connection, folder=None):
    """The MSAL application of a connection."""
    if connection.auth == "client_certificate":
        file = pfx_file(connection, folder)
        credential = {"private_key_pfx_path": file, "passphrase": connection.certificate_password}
    else:
        credential = connection.client_secret
    return msal.ConfidentialClientApplication(
        connection.client_id, authority=connection.authority, client_credential=credential
    )


def signed_in_with_msal(connection, folder):
    """What MSAL answers for a connection."""
    if connection.is_application:
        return confidential(connection, folder).acquire_token_for_client(connection.scopes)
    if connection.client_secret is None:
        app = msal.PublicClientApplication(connection.client_id, authority=connection.authority)
    else:
        app = confidential(connection)
    flow = app.initiate_auth_code_flow(
        connection.resource_scopes, redirect_uri=connection.redirect_uri, response_mode="form_post"
    )
    redirect = connection.user.sign_in(flow["auth_uri"])
    return app.acquire_token_by_auth_code_flow(flow, redirect.parameters)


def credential_of(connection, folder):
    """The azure-identity credential of an application's connection."""
    common = {"tenant_id": connection.tenant_id, "authority": connection.authority.split("/")[2]}
    if connection.auth == "client_certificate":
        return azure.identity.CertificateCredential(
            client_id=connection.client_id,
            certificate_data=base64.b64decode(connection.certificate_pfx_base64),
            password=connection.certificate_password,
            **common,
        )
    if connection.is_application:
        return azure.identity.ClientSecretCredential(
            client_id=connection.client_id, client_secret=connection.client_secret, **common
        )
    redirect = connection.user.sign_in(connection.authorize_url())
    return azure.identity.AuthorizationCodeCredential(
        client_id=connection.client_id,
        authorization_code=redirect.parameters["code"],
        redirect_uri=connection.redirect_uri,
        client_secret=connection.client_secret,
        **common,
    )


def reads(connection, token):
    """The user principal name that Graph answers to the token of a connection."""
    path = f"/users/{connection.account}" if connection.is_application else "/me"
    answer = httpx.get(f"{connection.graph_root}/v1.0{path}", headers={"Authorization": f"Bearer {token}"})
    return answer.json().get("userPrincipalName", answer.text)


@pytest.mark.outlook365(auth="*", environment="*")
def test_msal_signs_in_and_reads_the_account(outlook365, tmp_path):
    connection = outlook365.connection()
    answer = signed_in_with_msal(connection, tmp_path)
    assert "access_token" in answer, answer
    assert reads(connection, answer["access_token"]) == connection.account


@pytest.mark.outlook365(auth="*", environment="*")
def test_azure_identity_signs_in_and_reads_the_account(outlook365, tmp_path):
    connection = outlook365.connection()
    token = credential_of(connection, tmp_path).get_token(*connection.resource_scopes)
    assert reads(connection, token.token) == connection.account


@pytest.mark.outlook365(auth=["authorization_code", "own_app"], environment="*")
def test_msal_renews_silently(outlook365):
    connection = outlook365.connection()
    app = (
        confidential(connection)
        if connection.client_secret
        else msal.PublicClientApplication(connection.client_id, authority=connection.authority)
    )
    answer = app.acquire_token_by_refresh_token(connection.refresh_token, connection.resource_scopes)
    assert reads(connection, answer["access_token"]) == connection.account
    outlook365.clock.advance(hours=2)
    again = app.acquire_token_by_refresh_token(answer["refresh_token"], connection.resource_scopes)
    assert reads(connection, again["access_token"]) == connection.account


@pytest.mark.outlook365(auth="*")
def test_a_shared_mailbox_is_reached(outlook365, tmp_path):
    connection = outlook365.connection(shared_mailbox="support")
    answer = signed_in_with_msal(connection, tmp_path)
    got = httpx.get(
        f"{connection.graph_root}/v1.0/users/{connection.mailbox}/messages",
        headers={"Authorization": f"Bearer {answer['access_token']}"},
    )
    assert (connection.mailbox, got.status_code) == (f"support@{connection.tenant.domain}", 200), got.text


class TestCertificates:
    """The PFX of a connection: good, wrong password, expired, not registered."""

    def test_wrong_password(self, outlook365, tmp_path):
        connection = outlook365.connection("client_certificate", certificate="wrong_password")
        with pytest.raises(ValueError, match="Invalid password"):
            confidential(connection, tmp_path)

    @pytest.mark.parametrize(
        ("state", "says"), [("expired", "The key used is expired"), ("not_registered", "The key was not found")]
    )
    def test_refused(self, outlook365, tmp_path, state, says):
        connection = outlook365.connection("client_certificate", certificate=state)
        answer = confidential(connection, tmp_path).acquire_token_for_client(connection.scopes)
        assert (answer["error"], answer["error_codes"]) == ("invalid_client", [700027])
        assert says in answer["error_description"]
        with pytest.raises(ClientAuthenticationError, match="AADSTS700027"):
            credential_of(connection, tmp_path).get_token(*connection.scopes)


@pytest.mark.parametrize("other", ["usgov", "usgov_dod", "china"])
def test_a_connection_for_the_wrong_environment_fails(outlook365, other):
    connection = outlook365.connection("client_credentials")
    host = {"china": "login.partner.microsoftonline.cn"}.get(other, "login.microsoftonline.us")
    with pytest.raises(ValueError, match=r"AADSTS90002|Unable to get authority configuration"):
        msal.ConfidentialClientApplication(
            connection.client_id,
            authority=f"https://{host}/{connection.tenant_id}",
            client_credential=connection.client_secret,
        ).acquire_token_for_client(connection.scopes)

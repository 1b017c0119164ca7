"""Authlib and PyJWT, unmodified: a sign-in that knows nothing of Microsoft but its metadata document."""

import jwt
import pytest
from authlib.integrations.requests_client import OAuth2Session

VERIFIER = "v" * 48
SCOPE = "openid profile email offline_access User.Read"


@pytest.mark.outlook365(auth="own_app", environment="*")
def test_a_person_signs_in_and_the_id_token_is_validated(outlook365):
    connection = outlook365.connection()
    with OAuth2Session(
        connection.client_id,
        connection.client_secret,
        scope=SCOPE,
        redirect_uri=connection.redirect_uri,
        code_challenge_method="S256",
    ) as client:
        document = f"{connection.authority}/v2.0/.well-known/openid-configuration"
        metadata = client.get(document, withhold_token=True).json()
        url, _ = client.create_authorization_url(
            metadata["authorization_endpoint"], code_verifier=VERIFIER, nonce="a nonce"
        )
        redirect = connection.user.sign_in(url)
        token = client.fetch_token(
            metadata["token_endpoint"], authorization_response=str(redirect), code_verifier=VERIFIER
        )
        key = jwt.PyJWKClient(metadata["jwks_uri"]).get_signing_key_from_jwt(token["id_token"])
        claims = jwt.decode(
            token["id_token"], key, algorithms=["RS256"], audience=connection.client_id, issuer=metadata["issuer"]
        )
        assert (claims["nonce"], claims["preferred_username"]) == ("a nonce", connection.account)
        person = client.get(metadata["userinfo_endpoint"]).json()
        assert person["sub"] == claims["sub"]
        client.refresh_token(metadata["token_endpoint"])
        assert client.get(f"{connection.graph_root}/v1.0/me").json()["userPrincipalName"] == connection.account


@pytest.mark.outlook365(auth="client_credentials", environment="*")
@pytest.mark.parametrize("method", ["client_secret_post", "client_secret_basic"])
def test_an_application_signs_in(outlook365, method):
    connection = outlook365.connection()
    with OAuth2Session(
        connection.client_id,
        connection.client_secret,
        scope=connection.scopes[0],
        token_endpoint_auth_method=method,
    ) as client:
        client.fetch_token(f"{connection.authority}/oauth2/v2.0/token", grant_type="client_credentials")
        answer = client.get(f"{connection.graph_root}/v1.0/users/{connection.account}")
        assert answer.json()["userPrincipalName"] == connection.account

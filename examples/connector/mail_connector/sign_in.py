"""Signing in: a secret, a certificate, or a person in a browser."""

import base64
import time
import uuid
from urllib.parse import urlencode

import httpx
import jwt
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import pkcs12

from mail_connector.connection import Connection

EARLY = 60
"""Seconds before its end at which a token is renewed."""


class ConnectionLost(Exception):
    """The connection has to be mended by a person; trying again is of no use."""

    def __init__(self, code: str, description: str) -> None:
        super().__init__(description)
        self.code = code


class Session:
    """Holds the tokens of a connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._token = ""
        self._ends = 0.0
        self._refresh_token: str | None = None

    def authorize_url(self, state: str) -> str:
        """The address that the person's browser is sent to."""
        fields = {
            "client_id": self._connection.client_id,
            "response_type": "code",
            "redirect_uri": self._connection.redirect_uri,
            "scope": " ".join(self._connection.scopes),
            "state": state,
        }
        return f"{self._authority}/authorize?{urlencode(fields)}"

    def redeem(self, code: str) -> None:
        """Take the code that the browser came back with."""
        self._ask({"grant_type": "authorization_code", "code": code, "redirect_uri": self._connection.redirect_uri})

    def token(self, *, fresh: bool = False) -> str:
        """An access token that is good for a while, or a new one."""
        if fresh or time.time() > self._ends - EARLY:
            self._renew()
        return self._token

    def _renew(self) -> None:
        if self._connection.is_application:
            scope = f"{self._connection.hosts.graph}/.default"
            self._ask({"grant_type": "client_credentials", "scope": scope, **self._proof()})
        elif self._refresh_token is None:
            raise ConnectionLost("interaction_required", "nobody has signed in")
        else:
            scope = " ".join(self._connection.scopes)
            self._ask({"grant_type": "refresh_token", "refresh_token": self._refresh_token, "scope": scope})

    def _ask(self, fields: dict) -> None:
        form = {"client_id": self._connection.client_id, **fields}
        if self._connection.client_secret is not None:
            form["client_secret"] = self._connection.client_secret
        answer = httpx.post(f"{self._authority}/token", data=form)
        told = answer.json()
        if answer.is_error:
            raise ConnectionLost(told["error"], told["error_description"])
        self._token, self._ends = told["access_token"], time.time() + told["expires_in"]
        self._refresh_token = told.get("refresh_token", self._refresh_token)

    @property
    def _authority(self) -> str:
        return f"{self._connection.hosts.login}/{self._connection.tenant_id}/oauth2/v2.0"

    def _proof(self) -> dict[str, str]:
        """The signed assertion of a connection with a certificate."""
        if self._connection.certificate_pfx_base64 is None:
            return {}
        password = (self._connection.certificate_password or "").encode()
        pfx = base64.b64decode(self._connection.certificate_pfx_base64)
        key, certificate, _ = pkcs12.load_key_and_certificates(pfx, password)
        thumbprint = base64.urlsafe_b64encode(certificate.fingerprint(hashes.SHA256())).rstrip(b"=").decode()
        now = int(time.time())
        claims = {
            "aud": f"{self._authority}/token",
            "iss": self._connection.client_id,
            "sub": self._connection.client_id,
            "jti": str(uuid.uuid4()),
            "nbf": now,
            "exp": now + 300,
        }
        assertion = jwt.encode(claims, key, algorithm="PS256", headers={"x5t#S256": thumbprint})
        kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
        return {"client_assertion_type": kind, "client_assertion": assertion}

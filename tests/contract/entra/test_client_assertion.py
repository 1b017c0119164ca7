"""Client assertions: what a certificate may sign and how, and every way in which one is refused."""

import base64
import hashlib
from datetime import timedelta
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from outlook365_emulator.clock import real_timestamp
from outlook365_emulator.directory.applications import change_application
from outlook365_emulator.entra.tokens import read_token

TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
LOGIN = "https://login.microsoftonline.com"


def sha1(scene: Any) -> str:
    return base64.urlsafe_b64encode(hashlib.sha1(scene.certificate).digest()).decode()


def sha256(scene: Any) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(scene.certificate).digest()).decode().rstrip("=")


def assertion(
    scene: Any,
    headers: dict[str, Any] | None = None,
    algorithm: str = "PS256",
    key: Any = None,
    **change: Any,
) -> str:
    now = real_timestamp()
    claims = {
        "aud": f"{LOGIN}/{scene.tenants['contoso'].id}/oauth2/v2.0/token",
        "iss": scene.apps["daemon"].client_id,
        "sub": scene.apps["daemon"].client_id,
        "jti": "7",
        "iat": now,
        "exp": now + 600,
        **change,
    }
    claims = {name: value for name, value in claims.items() if value is not None}
    named = {"x5t#S256": sha256(scene)} if headers is None else headers
    return jwt.encode(claims, key or scene.private_key, algorithm, named)


def send(scene: Any, text: str, tenant: str = "{contoso}", **form: str) -> Any:
    basis = {"grant_type": "client_credentials", "client_id": "{daemon}", "client_assertion_type": TYPE}
    scope = "https://graph.microsoft.com/.default"
    return scene.token(tenant, **{**basis, "client_assertion": text, "scope": scope, **form})


@pytest.mark.parametrize("algorithm", ["RS256", "PS256", "RS512", "PS384"])
def test_every_algorithm_of_the_documentation(scene: Any, algorithm: str) -> None:
    answer = send(scene, assertion(scene, algorithm=algorithm))
    assert answer.status == 200, answer.json
    assert read_token(answer.json["access_token"], scene.keys).raw["appidacr"] == "2"


def test_every_name_of_the_certificate(scene: Any) -> None:
    credential = scene.apps["daemon"].certificates[0]
    for headers in (
        {"x5t": sha1(scene)},
        {"x5t": sha1(scene).rstrip("=")},
        {"x5t#S256": sha256(scene)},
        {"kid": credential.thumbprint},
        {"kid": sha1(scene).rstrip("=")},
        {"x5t": sha1(scene), "x5t#S256": sha256(scene), "x5c": ["MII"]},
    ):
        assert send(scene, assertion(scene, headers, "RS256")).status == 200, headers


@pytest.mark.parametrize(
    "audience",
    [
        LOGIN + "/{contoso}/oauth2/v2.0/token",
        LOGIN + "/contoso.example/oauth2/v2.0/token",
        LOGIN + "/{contoso}/oauth2/token",
        LOGIN + "/{contoso}/v2.0",
        LOGIN + "/{contoso}/OAuth2/v2.0/Token?client-request-id=7",
        "https://login.windows.net/{contoso}/oauth2/v2.0/token",
        "https://sts.windows.net/{contoso}/",
        "http://127.0.0.1:8365/login.microsoftonline.com/{contoso}/oauth2/v2.0/token",
        "https://localhost:8443/login.microsoftonline.com/contoso.example/oauth2/v2.0/token",
    ],
)
def test_every_form_of_the_audience(scene: Any, audience: str) -> None:
    assert send(scene, assertion(scene, aud=scene.fill(audience))).status == 200


def test_the_worlds_clock_does_not_spoil_it(scene: Any) -> None:
    scene.world.clock.set(scene.world.clock.now() + timedelta(days=-200))
    assert send(scene, assertion(scene)).status == 200


def test_whole_numbers_and_no_start_will_do(scene: Any) -> None:
    now = int(real_timestamp())
    assert send(scene, assertion(scene, iat=None, jti=None, exp=now + 60)).status == 200
    assert send(scene, assertion(scene, nbf=now, iat=now)).status == 200


@pytest.mark.parametrize(
    ("change", "status", "error", "number"),
    [
        ({"aud": f"{LOGIN}/other.example/oauth2/v2.0/token"}, 401, "invalid_client", 700023),
        ({"aud": "https://evil.example/login.microsoftonline.com"}, 401, "invalid_client", 700023),
        ({"aud": "https://[bad"}, 401, "invalid_client", 700023),
        ({"aud": 7}, 401, "invalid_client", 700023),
        ({"aud": None}, 400, "invalid_request", 90014),
        ({"iss": None}, 400, "invalid_request", 90014),
        ({"sub": None}, 400, "invalid_request", 90014),
        ({"exp": None}, 400, "invalid_request", 90014),
        ({"sub": "someone-else"}, 401, "invalid_client", 50048),
        ({"iss": "someone", "sub": "someone"}, 401, "invalid_client", 700021),
        ({"exp": 1000000000}, 401, "invalid_client", 700024),
        ({"nbf": 4000000000}, 401, "invalid_client", 700024),
        ({"exp": "soon"}, 401, "invalid_client", 700024),
        ({"exp": 10**30}, 401, "invalid_client", 700024),
        ({"nbf": -(10**15)}, 401, "invalid_client", 700024),
    ],
    ids=str,
)
def test_claims_that_do_not_fit(scene: Any, change: dict[str, Any], status: int, error: str, number: int) -> None:
    answer = send(scene, assertion(scene, **change))
    assert (answer.status, answer.json["error"], answer.json["error_codes"]) == (status, error, [number])
    assert answer.entry.reason


@pytest.mark.parametrize(
    ("headers", "number", "says"),
    [
        ({}, 5002723, "specified in token header"),
        (
            {"x5t": "AAAAAAAAAAAAAAAAAAAAAAAAAAA"},
            700027,
            "The key was not found., Thumbprint of key used by client: '0",
        ),
        ({"x5t": {"a": 1}}, 700027, "The key was not found"),
    ],
    ids=str,
)
def test_keys_that_are_not_registered(scene: Any, headers: dict[str, Any], number: int, says: str) -> None:
    text = jwt.encode({"iss": "x"}, scene.private_key, "RS256", headers)
    answer = send(scene, text)
    assert (answer.status, answer.json["error_codes"]) == (401, [number])
    assert says in answer.json["error_description"]


def test_another_key_does_not_fit_the_certificate(scene: Any) -> None:
    answer = send(scene, assertion(scene, key=rsa.generate_private_key(65537, 2048)))
    assert answer.json["error_codes"] == [700027]
    assert "did not match the expected signature" in answer.json["error_description"]


def test_a_certificate_ends_by_the_worlds_clock(scene: Any) -> None:
    scene.world.clock.set(scene.world.clock.now() + timedelta(days=301))
    answer = send(scene, assertion(scene))
    assert answer.json["error_codes"] == [700027]
    assert "The key used is expired" in answer.json["error_description"]


def test_a_certificate_that_was_removed_is_unknown(scene: Any) -> None:
    with scene.world.unit() as unit:
        change_application(scene.tenants["contoso"], unit, scene.apps["daemon"], certificates=())
    answer = send(scene, assertion(scene))
    assert answer.json["error_codes"] == [700027]
    assert "has none" in answer.entry.reason


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("nothing", 50027),
        ("a.b.c", 50027),
        ("a.b.c.d", 50027),
        ("e30.e30.", 5002738),
        (jwt.encode({"iss": "x"}, "secret" * 8, "HS256"), 5002738),
        (jwt.encode({"iss": "x"}, None, "none"), 5002738),
        ("W10.W10.AA", 50027),
    ],
)
def test_what_is_no_assertion(scene: Any, text: str, number: int) -> None:
    assert send(scene, text).json["error_codes"] == [number]


def test_the_type_is_needed_and_right(scene: Any) -> None:
    assert send(scene, assertion(scene), client_assertion_type="").json["error_codes"] == [900144]
    assert send(scene, assertion(scene), client_assertion_type="saml").json["error_codes"] == [90023]


def test_at_common_it_still_needs_a_tenant(scene: Any) -> None:
    answer = send(scene, assertion(scene, aud=f"{LOGIN}/common/oauth2/v2.0/token"), "common")
    assert answer.json["error_codes"] == [50194]

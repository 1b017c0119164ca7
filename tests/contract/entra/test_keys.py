"""Roll-over of the signing key: the old key stays published, and clients fetch the new one."""

import base64
from collections.abc import Iterator
from typing import Any

import jwt
import pytest
from cryptography import x509
from outlook365_emulator.clock import Clock
from outlook365_emulator.entra.tokens import read_token
from outlook365_emulator.store.world import World


@pytest.fixture(autouse=True)
def forgotten(scene: Any) -> Iterator[None]:
    """The key ring is shared by all tests: it forgets what a test has rolled over to."""
    yield
    scene.keys.forget(scene.world)


KEYS = "login.microsoftonline.com/{contoso}/discovery/v2.0/keys"


def published(scene: Any, url: str = KEYS, **options: Any) -> dict[str, Any]:
    return {key["kid"]: key for key in scene.ask("GET", url, **options).json["keys"]}


def kid_of(token: str) -> str:
    return str(jwt.get_unverified_header(token)["kid"])


def test_a_new_key_signs_and_the_old_one_stays(scene: Any) -> None:
    before = scene.password().json
    assert list(published(scene)) == [kid_of(before["access_token"])]
    kid = scene.keys.roll(scene.world)
    after = scene.password().json
    assert kid_of(after["access_token"]) == kid_of(after["id_token"]) == kid
    assert list(published(scene)) == [kid_of(before["access_token"]), kid]
    for body in (before, after):
        assert read_token(body["access_token"], scene.keys).upn == "ada@contoso.example"
    again = scene.keys.roll(scene.world)
    assert list(published(scene))[1:] == [kid, again]
    assert kid_of(scene.credentials().json["access_token"]) == again


def test_clients_verify_with_the_new_key(scene: Any) -> None:
    scene.keys.roll(scene.world)
    token = scene.password().json["id_token"]
    key = published(scene)[kid_of(token)]
    claims = jwt.decode(
        token,
        jwt.PyJWK(key, "RS256").key,
        ["RS256"],
        audience=scene.apps["public"].client_id,
        options={"verify_exp": False, "verify_nbf": False, "verify_iat": False},
    )
    assert claims["oid"] == scene.users["ada"].id


def test_x5c_is_the_certificate_of_the_key(scene: Any) -> None:
    scene.keys.roll(scene.world)
    for kid, key in published(scene).items():
        (content,) = key["x5c"]
        certificate = x509.load_der_x509_certificate(base64.b64decode(content))
        numbers = certificate.public_key().public_numbers()
        assert int.from_bytes(base64.urlsafe_b64decode(key["n"] + "=="), "big") == numbers.n
        assert "accounts.accesscontrol.windows.net" in certificate.subject.rfc4514_string()
        assert key["x5t"] == kid


def test_other_worlds_keep_their_key(scene: Any) -> None:
    kid = scene.keys.roll(scene.world)
    other = World("other", seed=2, nonce=b"other", clock=Clock(frozen=True))
    assert scene.keys.signing(other) is scene.keys.current
    assert [key.kid for key in scene.keys.published(other)] == [scene.keys.current.kid]
    assert kid in published(scene, "login.microsoftonline.com/common/discovery/keys", nowhere=True), (
        "v1 clients ask here"
    )

"""Federated credentials: an application proves itself with the token of an issuer that it trusts."""

import base64
from typing import Any

import jwt
import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from outlook365_emulator.clock import real_timestamp
from outlook365_emulator.directory.applications import change_application
from outlook365_emulator.entra.federation import assertion
from outlook365_emulator.entra.tokens import read_token
from outlook365_emulator.store.records.directory import FederatedCredential

ISSUER = "https://token.actions.example"
CREDENTIAL = FederatedCredential(
    id="f1", name="ci", issuer=ISSUER, subject="repo:contoso/sync:main", audience="api://AzureADTokenExchange"
)


def trust(scene: Any, *credentials: FederatedCredential) -> None:
    contoso = scene.tenants["contoso"]
    with scene.world.unit() as unit:
        daemon = contoso.applications.get(scene.apps["daemon"].id)
        scene.apps["daemon"] = change_application(contoso, unit, daemon, federated=credentials)


def ask(scene: Any, text: str, **form: str) -> Any:
    basis = {
        "grant_type": "client_credentials",
        "client_id": "{daemon}",
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "client_assertion": text,
        "scope": "https://graph.microsoft.com/.default",
    }
    return scene.token(**{**basis, **form})


def test_the_emulator_plays_the_issuer(scene: Any) -> None:
    trust(scene, CREDENTIAL)
    answer = ask(scene, assertion(scene.keys, CREDENTIAL))
    assert answer.status == 200
    assert read_token(answer.json["access_token"], scene.keys).raw["appidacr"] == "2"


@pytest.mark.parametrize(
    ("change", "number", "says"),
    [
        ({"issuer": f"{ISSUER}/other"}, 700211, f"assertion issuer '{ISSUER}/other'"),
        ({"issuer": ISSUER.upper().replace("HTTPS", "https")}, 700211, "assertion issuer"),
        ({"audience": "api://other"}, 700212, "assertion audience 'api://other'"),
        ({"subject": "repo:contoso/sync:MAIN"}, 700213, "assertion subject 'repo:contoso/sync:MAIN'"),
        ({"lifetime": -600}, 700024, "is not within its valid time range"),
    ],
)
def test_what_does_not_fit(scene: Any, change: dict[str, Any], number: int, says: str) -> None:
    trust(scene, CREDENTIAL)
    answer = ask(scene, assertion(scene.keys, CREDENTIAL, **change))
    assert (answer.status, answer.json["error"], answer.json["error_codes"]) == (401, "invalid_client", [number])
    assert says in answer.json["error_description"]
    assert answer.entry.reason


def test_an_application_that_trusts_nobody(scene: Any) -> None:
    answer = ask(scene, assertion(scene.keys, CREDENTIAL))
    assert (answer.status, answer.json["error_codes"]) == (401, [70021])


def test_one_of_several_credentials_is_enough(scene: Any) -> None:
    other = msgspec.structs.replace(CREDENTIAL, id="f2", name="other", subject="repo:contoso/sync:next")
    trust(scene, other, CREDENTIAL)
    assert ask(scene, assertion(scene.keys, CREDENTIAL)).status == 200
    assert ask(scene, assertion(scene.keys, other)).status == 200


@pytest.fixture(scope="module")
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


class TestGivenKeys:
    """The issuer's key set was given with the credential."""

    def credential(self, key: rsa.RSAPrivateKey, kid: str = "k1") -> FederatedCredential:
        numbers = key.public_key().public_numbers()

        def text(number: int) -> str:
            return base64.urlsafe_b64encode(number.to_bytes((number.bit_length() + 7) // 8, "big")).decode().rstrip("=")

        keys = {"keys": [{"kty": "RSA", "kid": kid, "n": text(numbers.n), "e": text(numbers.e)}]}
        return msgspec.structs.replace(CREDENTIAL, keys=msgspec.json.encode(keys).decode())

    def token(self, key: Any, *, algorithm: str = "RS256", kid: str = "k1", **claims: Any) -> str:
        now = int(real_timestamp())
        body = {"iss": ISSUER, "sub": CREDENTIAL.subject, "aud": CREDENTIAL.audience, "iat": now, "exp": now + 600}
        return jwt.encode({**body, **claims}, key, algorithm=algorithm, headers={"kid": kid})

    def test_a_token_of_the_issuer(self, scene: Any, key: rsa.RSAPrivateKey) -> None:
        trust(scene, self.credential(key))
        assert ask(scene, self.token(key)).status == 200

    @pytest.mark.parametrize(
        ("token", "number"),
        [
            ({"kid": "k2"}, 700027),
            ({"algorithm": "PS256"}, 5002738),
            ({"aud": [CREDENTIAL.audience, "second"]}, 700212),
            ({"exp": 1}, 700024),
        ],
        ids=str,
    )
    def test_one_that_is_refused(self, scene: Any, key: rsa.RSAPrivateKey, token: dict[str, Any], number: int) -> None:
        trust(scene, self.credential(key))
        answer = ask(scene, self.token(key, **token))
        assert (answer.status, answer.json["error_codes"]) == (401, [number])

    def test_one_that_somebody_else_signed(self, scene: Any, key: rsa.RSAPrivateKey) -> None:
        trust(scene, self.credential(key))
        other = rsa.generate_private_key(65537, 2048)
        assert ask(scene, self.token(other)).json["error_codes"] == [700027]
        assert ask(scene, assertion(scene.keys, CREDENTIAL)).json["error_codes"] == [700027]

    @pytest.mark.parametrize("key_set", ['{"keys":[]}', '{"keys":[1]}', '{"keys":[{"n":"!","e":""}]}', "{}"])
    def test_a_key_set_without_a_key_that_fits(self, scene: Any, key: rsa.RSAPrivateKey, key_set: str) -> None:
        trust(scene, msgspec.structs.replace(CREDENTIAL, keys=key_set))
        assert ask(scene, self.token(key)).json["error_codes"] == [700027]


def test_a_persons_token_of_entra_is_none(scene: Any) -> None:
    body = scene.password(scope=scene.fill("api://{web}/access_as_user")).json
    claims = read_token(body["access_token"], scene.keys)
    trust(
        scene,
        FederatedCredential(id="f3", name="entra", issuer=claims.iss, subject=claims.raw["sub"], audience=claims.aud),
    )
    header, payload, signature = body["access_token"].split(".")
    document = msgspec.json.decode(base64.urlsafe_b64decode(header + "=="))
    del document["x5t"]
    header = base64.urlsafe_b64encode(msgspec.json.encode(document)).decode().rstrip("=")
    answer = ask(scene, f"{header}.{payload}.{signature}")
    assert (answer.status, answer.json["error_codes"]) == (401, [700229])

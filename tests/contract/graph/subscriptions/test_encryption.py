"""Rich notifications: a subscriber's code that follows the documented steps reads them (reference graph-core 10.5)."""

import base64
import datetime
import hashlib
import hmac
import json
from typing import Any

import jwt
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, padding
from cryptography.hazmat.primitives.asymmetric import padding as asymmetric
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.serialization import Encoding

CHANGE_TRACKING = "0bf30f3b-4a52-48df-9a82-234910c4a086"


@pytest.fixture(scope="module")
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


def certificate_for(key: Any) -> bytes:
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "subscriber")])
    start = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(7).not_valid_before(start).not_valid_after(start + datetime.timedelta(days=900))
    return builder.sign(key, hashes.SHA256()).public_bytes(Encoding.DER)


@pytest.fixture(scope="module")
def certificate(key: Any) -> bytes:
    return certificate_for(key)


@pytest.fixture
def rich(certificate: bytes) -> dict[str, Any]:
    """The members of a subscription with resource data."""
    return {
        "resource": "me/mailFolders('inbox')/messages?$select=subject,receivedDateTime,importance,from",
        "includeResourceData": True,
        "encryptionCertificate": base64.b64encode(certificate).decode(),
        "encryptionCertificateId": "our certificate",
    }


def decrypted(content: dict[str, str], key: rsa.RSAPrivateKey) -> Any:
    """The documented steps: the key by RSA-OAEP, the signature by HMAC-SHA256, the data by AES-CBC."""
    oaep = asymmetric.OAEP(asymmetric.MGF1(hashes.SHA1()), hashes.SHA1(), None)
    symmetric = key.decrypt(base64.b64decode(content["dataKey"]), oaep)
    data = base64.b64decode(content["data"])
    signature = hmac.new(symmetric, data, hashlib.sha256).digest()
    assert hmac.compare_digest(signature, base64.b64decode(content["dataSignature"]))
    cipher = Cipher(algorithms.AES(symmetric), modes.CBC(symmetric[:16])).decryptor()
    unpadder = padding.PKCS7(128).unpadder()
    return json.loads(unpadder.update(cipher.update(data) + cipher.finalize()) + unpadder.finalize())


def test_it_decrypts(
    org: Any, endpoint: Any, subscribe: Any, deliver: Any, rich: Any, key: Any, certificate: bytes
) -> None:
    made = subscribe(**rich)
    assert (made["includeResourceData"], made["encryptionCertificate"]) == (True, rich["encryptionCertificate"])
    assert made["encryptionCertificateId"] == "our certificate"
    record = org.receive(org.ada, subject="Invoice 17", importance="high", sender="billing@example.org")
    deliver()
    [found] = endpoint.notifications
    identity = org.mailbox(org.ada).ids.item(record.folder, record.number)
    assert found["resource"] == found["resourceData"]["@odata.id"] == f"Users('{org.ada.id}')/messages('{identity}')"
    assert found["resourceData"]["@odata.type"] == "#microsoft.graph.message"
    content = found["encryptedContent"]
    assert content["encryptionCertificateId"] == "our certificate"
    assert content["encryptionCertificateThumbprint"] == hashlib.sha1(certificate).hexdigest().upper()
    data = decrypted(content, key)
    assert data["subject"] == "Invoice 17"
    assert data["importance"] == "high"
    assert data["importance@odata.type"] == "#microsoft.graph.importance"
    assert data["receivedDateTime@odata.type"] == "#DateTimeOffset"
    assert data["from"]["@odata.type"] == "#microsoft.graph.recipient"
    assert data["from"]["emailAddress"]["@odata.type"] == "#microsoft.graph.emailAddress"
    assert data["from"]["emailAddress"]["address"] == "billing@example.org"
    assert data["@odata.id"] == found["resourceData"]["@odata.id"]
    assert not {"body", "bodyPreview", "isRead"} & set(data)


def test_every_notification_has_a_key_of_its_own(
    org: Any, endpoint: Any, subscribe: Any, deliver: Any, rich: Any
) -> None:
    subscribe(**rich)
    org.receive(org.ada)
    org.receive(org.ada)
    deliver()
    first, second = (one["encryptedContent"] for one in endpoint.notifications)
    assert first["dataKey"] != second["dataKey"]


def test_the_certificate_is_told_once_and_rotated_by_an_update(
    graph: Any, org: Any, endpoint: Any, subscribe: Any, deliver: Any, rich: Any, key: Any, certificate: bytes
) -> None:
    path = f"/subscriptions/{subscribe(**{**rich, 'encryptionCertificateId': 'old'})['id']}"
    assert graph.get(path, as_=org.ada).json["encryptionCertificate"] is None
    renewed = {"encryptionCertificate": base64.b64encode(certificate).decode(), "encryptionCertificateId": "new"}
    assert graph.patch(path, renewed, as_=org.ada).json["encryptionCertificateId"] == "new"
    refused = graph.patch(path, {"encryptionCertificate": "bm8gY2VydGlmaWNhdGU="}, as_=org.ada)
    assert (refused.status, refused.code) == (400, "InvalidRequest")
    org.receive(org.ada, subject="Invoice 17")
    deliver()
    content = endpoint.notifications[0]["encryptedContent"]
    assert content["encryptionCertificateId"] == "new"
    assert decrypted(content, key)["subject"] == "Invoice 17"


def test_it_shows_the_item_as_it_was(
    graph: Any, org: Any, endpoint: Any, subscribe: Any, deliver: Any, rich: Any, key: Any
) -> None:
    subscribe(**rich, changeType="created,updated")
    record = org.receive(org.ada, importance="low")
    path = f"/me/messages/{org.mailbox(org.ada).ids.item(record.folder, record.number)}"
    graph.patch(path, {"importance": "high"}, as_=org.ada)
    deliver()
    seen = {one["changeType"]: decrypted(one["encryptedContent"], key)["importance"] for one in endpoint.notifications}
    assert seen == {"created": "low", "updated": "high"}


def test_the_validation_token(graph: Any, org: Any, endpoint: Any, subscribe: Any, deliver: Any, rich: Any) -> None:
    subscribe(**rich)
    org.receive(org.ada)
    org.receive(org.ada)
    deliver()
    [(_, content)] = endpoint.posted
    [token] = content["validationTokens"]
    document = graph.keys.key_set("microsoftonline.com", "x", 1, org.world)
    keys = {one["kid"]: jwt.PyJWK(one) for one in json.loads(document)["keys"]}
    claims = jwt.decode(
        token,
        keys[jwt.get_unverified_header(token)["kid"]],
        ["RS256"],
        audience=org.app.client_id,
        issuer=f"https://sts.windows.net/{org.tenant.id}/",
        options={"verify_exp": False, "verify_nbf": False, "verify_iat": False},
    )
    assert (claims["appid"], claims["tid"], claims["appidacr"]) == (CHANGE_TRACKING, org.tenant.id, "2")
    assert claims["exp"] - org.world.clock.timestamp() == 8 * 3600


def test_what_is_deleted_has_no_content(
    graph: Any, org: Any, endpoint: Any, subscribe: Any, deliver: Any, rich: Any
) -> None:
    record = org.receive(org.ada)
    subscribe(**rich, changeType="deleted")
    path = f"/me/messages/{org.mailbox(org.ada).ids.item(record.folder, record.number)}"
    assert graph.delete(path, as_=org.ada).status == 204
    deliver()
    assert "encryptedContent" not in endpoint.notifications[0]


def test_extended_properties(
    graph: Any, org: Any, endpoint: Any, subscribe: Any, deliver: Any, rich: Any, key: Any
) -> None:
    identity = "String {00020329-0000-0000-C000-000000000046} Name Colour"
    expand = f"$expand=singleValueExtendedProperties($filter=id eq '{identity}')"
    subscribe(**{**rich, "resource": f"me/messages?$select=subject&{expand}"})
    properties = [{"id": identity, "value": "green"}]
    made = graph.post("/me/messages", {"subject": "x", "singleValueExtendedProperties": properties}, as_=org.ada)
    assert made.status == 201
    deliver()
    [held] = decrypted(endpoint.notifications[0]["encryptedContent"], key)["singleValueExtendedProperties"]
    assert held["value"] == "green"


def small_key() -> str:
    return base64.b64encode(certificate_for(rsa.generate_private_key(65537, 1024))).decode()


@pytest.mark.parametrize(
    "members",
    [
        {"resource": "me/messages"},
        {"resource": "me/messages?$select=subject,body"},
        {"resource": "me/messages?$select=*"},
        {"resource": "me/messages?$select=subject&$top=1"},
        {"resource": "me/messages?$select=subject&$expand=attachments"},
        {"encryptionCertificate": None},
        {"encryptionCertificateId": None},
        {"encryptionCertificateId": "x" * 129},
        {"encryptionCertificate": "!"},
        {"encryptionCertificate": base64.b64encode(b"no certificate").decode()},
        {"encryptionCertificate": small_key()},
    ],
    ids=lambda members: str(members)[:50],
)
def test_what_is_refused(graph: Any, org: Any, body: Any, rich: Any, members: Any) -> None:
    refused = graph.post("/subscriptions", body(**{**rich, **members}), as_=org.ada)
    assert (refused.status, refused.code) == (400, "InvalidRequest")
    assert refused.entry.reason


def test_it_lives_a_day_at_most(graph: Any, org: Any, body: Any, rich: Any) -> None:
    assert graph.post("/subscriptions", body(**rich, minutes=1440), as_=org.ada).status == 201
    refused = graph.post("/subscriptions", body(**rich, minutes=1441), as_=org.ada)
    assert refused.message == "Subscription expiration can only be 1440 minutes in the future."

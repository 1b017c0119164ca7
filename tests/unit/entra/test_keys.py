"""The key ring: one key, made in the background, published as a cached document."""

import json
import threading
from pathlib import Path

import pytest
from cryptography.x509 import load_der_x509_certificate
from outlook365_emulator.entra.keys import SUBJECT, KeyRing
from outlook365_emulator.store.recording import NotKept
from outlook365_emulator.store.world import World


def test_starting_does_not_wait_and_using_does() -> None:
    ring = KeyRing()
    ring.start()
    ring.start()
    signature = ring.current.sign(b"data")
    assert ring.current.verifies(b"data", signature)
    assert not ring.current.verifies(b"other", signature)


def test_everybody_waits_for_the_same_key() -> None:
    ring = KeyRing()
    found = []
    threads = [threading.Thread(target=lambda: found.append(ring.current.kid)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(found)) == 1


def test_two_emulators_share_no_key() -> None:
    assert KeyRing().current.kid != KeyRing().current.kid


def test_a_key_is_found_by_its_id_alone() -> None:
    ring = KeyRing()
    assert ring.find(ring.current.kid) is ring.current
    assert ring.find("other") is None


def test_the_certificate_is_self_signed() -> None:
    certificate = load_der_x509_certificate(KeyRing().current.certificate)
    assert certificate.subject == certificate.issuer
    assert certificate.subject.rfc4514_string() == f"CN={SUBJECT}"
    certificate.verify_directly_issued_by(certificate)


def test_a_key_set_is_made_once_for_each_issuer() -> None:
    ring = KeyRing()
    one = ring.key_set("microsoftonline.com", "https://login.microsoftonline.com/a/v2.0")
    assert ring.key_set("microsoftonline.com", "https://login.microsoftonline.com/a/v2.0") is one
    other = ring.key_set("microsoftonline.com", "https://login.microsoftonline.com/b/v2.0")
    assert json.loads(other)["keys"][0]["issuer"].endswith("/b/v2.0")
    assert "issuer" not in json.loads(ring.key_set("", "", 1))["keys"][0]


def test_a_key_that_cannot_be_kept_is_refused_and_tried_again(tmp_path: Path) -> None:
    ring = KeyRing(tmp_path / "keys")
    ring.start()
    with pytest.raises(NotKept, match="the signing key cannot be written"):
        ring.roll(World("w"))
    with pytest.raises(NotKept):
        _ = ring.current
    (tmp_path / "keys").mkdir()
    assert KeyRing(tmp_path / "keys").current.kid == KeyRing(tmp_path / "keys").current.kid
    assert ring.current.sign(b"data")


def test_a_world_that_left_its_keys_behind_signs_with_the_emulators() -> None:
    ring, world = KeyRing(), World("w")
    kid = KeyRing().roll(world)
    assert ring.signing(world) is ring.current
    assert kid not in [key.kid for key in ring.published(world)]
    assert ring.roll(world) == ring.signing(world).kid

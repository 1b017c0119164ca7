"""Asking Entra for the handles: what is no answer of Entra's is told as a failed sign-in."""

import json

import pytest
from outlook365_emulator.client import SignInFailed
from outlook365_emulator.client.connection import Answer, Connection
from outlook365_emulator.client.graph import ask_entra


@pytest.mark.parametrize(
    ("status", "body", "said", "code"),
    [
        (
            400,
            b'{"error": "invalid_grant", "error_description": "AADSTS70000: no"}',
            "AADSTS70000: no",
            "invalid_grant",
        ),
        (503, b"<h1>Our services are not available</h1>", "Our services are not available", ""),
        (503, b"[1]", "[1]", ""),
        (200, b"cut of", "cut of", ""),
        (500, b"", "", ""),
    ],
)
def test_what_is_no_answer(
    connection: Connection, monkeypatch: pytest.MonkeyPatch, status: int, body: bytes, said: str, code: str
) -> None:
    monkeypatch.setattr(connection, "exchange", lambda *_: Answer(status, [], body))
    with pytest.raises(SignInFailed, match=r"^/login/token: ") as caught:
        ask_entra(connection, "GET", "/login/token")
    assert said in str(caught.value)
    assert (caught.value.status, caught.value.code) == (status, code)


def test_an_answer(connection: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "exchange", lambda *_: Answer(200, [], json.dumps({"a": 1}).encode()))
    assert ask_entra(connection, "GET", "/login/token") == {"a": 1}

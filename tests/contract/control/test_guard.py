"""Who may talk to the control API."""

import json
import socket
from typing import Any

import pytest

Api = Any


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.0.0.1:8365",
        "localhost:1",
        "LOCALHOST",
        "app.localhost",
        "[::1]:8365",
        "192.0.2.7:80",
        "emulator.internal:8365",
        socket.gethostname(),
    ],
)
def test_this_machine_is_asked_by_its_names(api: Api, host: str) -> None:
    assert api.send("GET", "/_emulator/v1/", host=host).status == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "localhost.evil.example",
        "graph.microsoft.com",
        "127.0.0.1.evil.example",
        "",
        ":80",
        "[",
        "internal",
        "emulator.internal.evil.example",
        "a b",
    ],
)
def test_a_foreign_host_is_refused(api: Api, host: str) -> None:
    for path in ("/", "/_emulator/v1/worlds", "/_emulator/v1/openapi.json"):
        response = api.send("GET", path, host=host)
        assert response.status == 403
        assert json.loads(response.body)["error"]["code"] == "foreign_host"


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        ("http://127.0.0.1:8365", 200),
        ("http://127.0.0.1:9000", 403),
        ("http://localhost:8365", 403),
        ("https://evil.example", 403),
        ("null", 403),
        ("", 403),
        ("file://127.0.0.1:8365", 403),
    ],
)
def test_pages_of_another_origin_are_refused(api: Api, origin: str, status: int) -> None:
    assert api.send("GET", "/_emulator/v1/", origin=origin).status == status

"""How host names are spelled, and what a refused host raises."""

import errno
import pickle

import pytest
from outlook365_emulator.net.interception.guard import RefusedHost, spelled


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("graph.microsoft.com", "graph.microsoft.com"),
        ("Graph.Microsoft.COM.", "graph.microsoft.com"),
        (b"graph.microsoft.com", "graph.microsoft.com"),
        (bytearray(b"GRAPH.microsoft.com"), "graph.microsoft.com"),
        ("graph。microsoft.com", "graph.microsoft.com"),
        ("ｇraph.microsoft.com", "graph.microsoft.com"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("", None),
        (".", None),
        (None, None),
        (443, None),
        (b"\xff", None),
        ("\udcff", None),
        ("ü" * 80, None),
    ],
)
def test_a_host_has_one_spelling(host: object, name: str | None) -> None:
    assert spelled(host) == name


def test_a_refused_host_is_a_connection_error_that_says_why() -> None:
    error = RefusedHost("management.azure.com")
    assert isinstance(error, ConnectionRefusedError)
    assert error.errno == errno.ECONNREFUSED
    assert error.host == "management.azure.com"
    assert "management.azure.com is Microsoft's, is not emulated" in str(error)
    assert "pytest-outlook365 lets nothing reach the real service" in str(error)


def test_a_refused_host_survives_pickling() -> None:
    error = pickle.loads(pickle.dumps(RefusedHost("management.azure.com")))
    assert (type(error), error.host) == (RefusedHost, "management.azure.com")

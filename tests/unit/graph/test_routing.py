"""The trie of operations, and what is said where none is found."""

from typing import Any

import pytest
from outlook365_emulator.errors import GraphError
from outlook365_emulator.graph.paths import read_path
from outlook365_emulator.graph.routing import Routes
from outlook365_emulator.tables.graph_segments import graph_segments


class Stub:
    """As much of an operation as the trie looks at."""

    def __init__(self, route: str) -> None:
        self.method, _, self.path = route.partition(" ")


OURS = ["GET /users", "GET /users/{user}", "GET /users/{user}/messages", "GET /users/{user}/messages/{message}",
        "PATCH /users/{user}/messages/{message}", "GET /users/{user}/messages/$count"]  # fmt: skip
PUBLISHED = [*OURS, "DELETE /users/{user}/messages/{message}", "GET /users/{user}/messages/{message}/attachments"]


@pytest.fixture(scope="module")
def routes() -> Routes:
    operations: Any = {route: Stub(route) for route in OURS}
    return Routes(operations, PUBLISHED, graph_segments())


@pytest.mark.parametrize(
    ("method", "path", "route", "keys"),
    [
        ("GET", "/users", "/users", []),
        ("GET", "/me", "/users/{user}", ["me"]),
        ("GET", "/users/ada/messages", "/users/{user}/messages", ["ada"]),
        ("GET", "/users/ada/messages/$count", "/users/{user}/messages/$count", ["ada"]),
        ("PATCH", "/me/messages('AbC')", "/users/{user}/messages/{message}", ["me", "AbC"]),
    ],
)
def test_finding(routes: Routes, method: str, path: str, route: str, keys: list[str]) -> None:
    found, found_keys = routes.find(read_path(f"/v1.0{path}"), method)
    assert (found.path, found.method, found_keys) == (route, method, keys)


@pytest.mark.parametrize(
    ("method", "path", "name", "told"),
    [
        ("POST", "/users/ada/messages/x", "method_not_allowed", "DELETE, GET, PATCH"),
        ("DELETE", "/users/ada/messages/x", "not_emulated", "does not have it yet"),
        ("GET", "/me/messages/x/attachments", "not_emulated", "/me/messages/x/attachments"),
        ("GET", "/me/planner", "not_emulated", "/me/planner"),
        ("GET", "/sites/root", "not_emulated", "/sites/root"),
        ("GET", "/me/Nonsense", "segment_not_found", "'Nonsense'"),
        ("GET", "/nonsense/users", "segment_not_found", "'nonsense'"),
        ("GET", "/users/ada/messages/x/y", "segment_not_found", "'y'"),
        ("GET", "", "segment_not_found", ""),
    ],
)
def test_refusing(routes: Routes, method: str, path: str, name: str, told: str) -> None:
    with pytest.raises(GraphError) as caught:
        routes.find(read_path(f"/v1.0{path}"), method)
    assert caught.value.name == name
    assert told in caught.value.because


def test_a_wrong_verb_names_the_right_ones(routes: Routes) -> None:
    with pytest.raises(GraphError) as caught:
        routes.find(read_path("/v1.0/me/messages/x"), "PUT")
    assert ("Allow", "DELETE, GET, PATCH") in caught.value.headers

"""Header fields and envelopes that every answer of Graph has: reference graph-core 3 and 5.1."""

import re
from typing import Any

import pytest

GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
JSON = "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8"

CASES = {
    "a list": ("GET", "/me/messages", None, 200),
    "an entity": ("GET", "/me", None, 200),
    "a creation": ("POST", "/me/messages", {}, 201),
    "accepted": (
        "POST",
        "/me/sendMail",
        {"message": {"toRecipients": [{"emailAddress": {"address": "x@y.example"}}]}},
        202,
    ),
    "a count": ("GET", "/me/messages/$count", None, 200),
    "an error of Exchange": ("GET", "/me/messages/xyz", None, 400),
    "an error of the gateway": ("GET", "/me/nowhere", None, 400),
    "an error of the directory": ("GET", "/users/nobody", None, 404),
    "a wrong verb": ("PUT", "/me", None, 405),
    "not emulated": ("GET", "/me/planner", None, 501),
    "no version": ("GET", "/../", None, 400),
}


@pytest.mark.parametrize(("method", "path", "body", "status"), CASES.values(), ids=CASES)
class TestEveryAnswer:
    def test_header_fields(self, graph: Any, org: Any, method: str, path: str, body: Any, status: int) -> None:
        answer = graph.ask(method, path, body, as_=org.ada)
        assert answer.status == status, answer.body
        headers = answer.headers
        assert GUID.fullmatch(headers["request-id"])
        assert headers["client-request-id"] == headers["request-id"]
        assert headers["strict-transport-security"] == "max-age=31536000"
        assert headers["x-ms-ags-diagnostic"].startswith('{"ServerInfo":{"DataCenter":')
        assert headers["cache-control"] in ("private", "no-cache")
        names = [name.lower() for name, _ in answer.response.headers]
        assert len(names) == len(set(names))
        assert "access-control-allow-origin" not in headers

    def test_the_clients_own_id_comes_back(
        self, graph: Any, org: Any, method: str, path: str, body: Any, status: int
    ) -> None:
        own = "6ba7b810-9dad-11d1-80b4-00c04fd430c8"
        answer = graph.ask(method, path, body, as_=org.ada, headers=[("Client-Request-Id", own)])
        assert answer.headers["client-request-id"] == own
        assert answer.headers["request-id"] != own
        if status >= 400 and "innerError" in answer.json["error"]:
            inner = answer.json["error"]["innerError"]
            assert (inner["client-request-id"], inner["request-id"]) == (own, answer.headers["request-id"])

    def test_a_browser_may_read_it(self, graph: Any, org: Any, method: str, path: str, body: Any, status: int) -> None:
        answer = graph.ask(method, path, body, as_=org.ada, headers=[("Origin", "http://localhost:3000")])
        assert answer.headers["access-control-allow-origin"] == "*"
        exposed = answer.headers["access-control-expose-headers"].split(", ")
        assert {"ETag", "Location", "Preference-Applied", "Retry-After", "WWW-Authenticate"} <= set(exposed)

    def test_content_type(self, graph: Any, org: Any, method: str, path: str, body: Any, status: int) -> None:
        answer = graph.ask(method, path, body, as_=org.ada)
        kind = answer.headers.get("content-type")
        if status == 202:
            assert (kind, answer.body) == (None, b"")
        elif path.endswith("$count"):
            assert kind == "text/plain"
        else:
            assert kind == ("application/json" if status >= 400 else JSON)


@pytest.mark.parametrize(
    "given", ["", "no guid", "6ba7b810", "6ba7b810-9dad-11d1-80b4-00c04fd430c8x", "\r\nSet-Cookie: x"]
)
def test_an_id_that_is_no_guid_is_not_repeated(graph: Any, org: Any, given: str) -> None:
    answer = graph.get("/me", as_=org.ada, headers=[("client-request-id", given)])
    assert answer.headers["client-request-id"] == answer.headers["request-id"]


def test_every_request_has_its_own_id(graph: Any, org: Any) -> None:
    ids = {graph.get("/me", as_=org.ada).headers["request-id"] for _ in range(5)}
    assert len(ids) == 5


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/users", {"cache-control": "no-cache", "odata-version": "4.0", "x-ms-resource-unit": "1"}),
        ("/me/messages", {"cache-control": "private", "odata-version": None, "x-ms-resource-unit": None}),
    ],
)
def test_the_directory_and_exchange(graph: Any, org: Any, path: str, fields: dict[str, str | None]) -> None:
    headers = graph.get(path, as_=org.ada).headers
    assert {name: headers.get(name) for name in fields} == fields


@pytest.mark.parametrize(
    ("path", "inner"),
    [("/me/nowhere", True), ("/users/nobody", True), ("/me/messages/xyz", False), ("/me/mailFolders/clutter", False)],
)
def test_inner_error_is_for_gateway_and_directory(graph: Any, org: Any, path: str, inner: bool) -> None:
    error = graph.get(path, as_=org.ada).json["error"]
    assert list(error) == (["code", "message", "innerError"] if inner else ["code", "message"])
    if inner:
        assert error["innerError"]["date"] == "2026-03-02T09:00:00"


def test_preflight(graph: Any) -> None:
    headers = [("Origin", "http://localhost"), ("Access-Control-Request-Headers", "authorization,prefer")]
    answer = graph.ask("OPTIONS", "/me", token="", headers=headers)
    assert (answer.status, answer.body) == (200, b"")
    assert "PATCH" in answer.headers["access-control-allow-methods"]
    assert answer.headers["access-control-allow-headers"] == "authorization,prefer"
    assert len([name for name, _ in answer.response.headers if name == "Access-Control-Allow-Origin"]) == 1


@pytest.mark.parametrize("preference", ["respond-async", 'outlook.body-content-type="rtf"', "a=b, c", ",,,", '"', "=x"])
def test_unknown_preferences_are_ignored(graph: Any, org: Any, preference: str) -> None:
    answer = graph.get("/me/messages", as_=org.ada, headers=[("Prefer", preference)])
    assert answer.status == 200
    assert "preference-applied" not in answer.headers


def test_the_time_zone_is_applied_everywhere(graph: Any, org: Any) -> None:
    prefer = 'outlook.timezone="Pacific Standard Time"'
    org.receive(org.ada)
    answer = graph.get("/me/messages", as_=org.ada, headers=[("Prefer", prefer)])
    assert answer.headers["preference-applied"] == prefer
    assert answer.values[0]["receivedDateTime"] == "2026-03-02T09:00:00Z"


class TestUnplaced:
    """A request that leads to no world: the emulator answers for itself."""

    @pytest.mark.parametrize(
        ("path", "token", "status"), [("/v1.0/me", "", 401), ("/v1.0/me", "x.y.z", 401), ("/v9/me", "", 400)]
    )
    def test_it_is_refused(self, graph: Any, org: Any, path: str, token: str, status: int) -> None:
        org.world, kept = None, org.world
        answer = graph.ask("GET", path, raw=True, token=token)
        org.world = kept
        assert answer.status == status
        assert answer.entry.reason
        assert GUID.fullmatch(answer.headers["request-id"])

"""Requests that schemathesis makes of the OpenAPI description: none is answered with a 500."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from outlook365_emulator.control.openapi import openapi_document
from outlook365_emulator.control.routes import ROUTES

if TYPE_CHECKING:
    from outlook365_emulator.emulator import Emulator

DOCUMENT = openapi_document(ROUTES)
SCHEMA = schemathesis.openapi.from_dict(DOCUMENT)
OPERATIONS = {f"{one.ok().method.upper()} {one.ok().path}": one.ok() for one in SCHEMA.get_all_operations()}
WAITS = "/notifications/wait"
TOO_RICH = ("POST /_emulator/v1/worlds", "POST /_emulator/v1/worlds/{world}/faults")
"""What schemathesis cannot make bodies for, as it says; `test_no_body_fails` makes them."""

NO_JSON = ("POST /_emulator/v1/import",)
"""What takes a file; `test_archives.py` damages some."""

NAMES = sorted({name for one in DOCUMENT["components"]["schemas"].values() for name in one.get("properties", ())})
VALUES = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=9)
)
WORDS = VALUES | st.sampled_from(
    ["global", "error", "latency", "*", "mail.*", "2026-03-02T09:00:00Z", "PT5M", "ada", 429]
)
BODIES = st.recursive(
    WORDS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=4)
)
FILLS = {"/fill": "messages", "/calendar/fill": "weeks"}
"""What is invented by the thousand on demand: a handful of it says as much, and takes no gigabytes."""

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")


@pytest.fixture(scope="module")
def fuzzed() -> Iterator["Emulator"]:
    """An emulator of these tests' own, with worlds that come and go; what it did not expect fails the last of them."""
    from outlook365_emulator.config import Settings
    from outlook365_emulator.emulator import Emulator

    with Emulator(Settings()) as running:
        yield running
        errors = running.errors
    assert not errors, errors


@pytest.fixture(scope="module")
def client(fuzzed: "Emulator") -> Iterator[httpx.Client]:
    with httpx.Client(base_url=fuzzed.http_url, trust_env=False, timeout=30) as made:
        yield made


@pytest.fixture(autouse=True)
def _world_of_its_own(client: httpx.Client) -> Iterator[None]:
    """Drop the world after each test: hundreds of examples fill it."""
    yield
    client.delete("/_emulator/v1/worlds/fuzzed")


def few(path: str, body: Any) -> Any:
    """Return a body that asks for no more than a handful of what is invented."""
    member = next((member for end, member in FILLS.items() if path.endswith(end)), "")
    if isinstance(body, dict) and isinstance(body.get(member), int):
        return {**body, member: min(body[member], 5)}
    return body


def there(client: httpx.Client) -> dict[str, str]:
    """Values of the placeholders that lead somewhere; what an earlier request has taken away is made anew."""
    if client.get("/_emulator/v1/worlds/fuzzed").status_code == 404:
        app = {"name": "Daemon", "auth": "client_credentials", "permissions": ["Mail.Read"]}
        tenant = {"domains": ["fuzzed.example"], "users": [{"name": "ada"}, {"name": "ben"}], "apps": [app]}
        made = client.post("/_emulator/v1/worlds", json={"name": "fuzzed", "tenants": [tenant]})
        assert made.status_code in (201, 409), made.text
    return {"world": "fuzzed", "tenant": "fuzzed.example", "user": "ada", "grantee": "ben", "app": "Daemon"}


def judged(answer: httpx.Response) -> None:
    assert answer.status_code < 500, answer.text
    if answer.status_code >= 400:
        error = answer.json()["error"]
        assert error["code"]
        assert error["message"]


@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", [name for name in OPERATIONS if WAITS not in name and name not in TOO_RICH + NO_JSON])
def test_no_request_of_the_description_fails(
    client: httpx.Client, amount: Callable[[int, int], int], name: str
) -> None:
    operation = OPERATIONS[name]

    @settings(max_examples=amount(3, 100), deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(case=operation.as_strategy(), real=st.sets(st.sampled_from(["world", "tenant", "user", "grantee", "app"])))
    def ask(case: Any, real: set[str]) -> None:
        found = there(client) if "world" in real or operation.path.count("{") else {}
        values = {**(case.path_parameters or {}), **{key: found[key] for key in real | {"world"} if key in found}}
        path = operation.path
        for key, value in values.items():
            path = path.replace(f"{{{key}}}", quote(str(value), safe=""))
        body = {} if isinstance(case.body, schemathesis.core.NotSet) else {"json": few(path, case.body)}
        query = {key: str(value) for key, value in (case.query or {}).items()}
        judged(client.request(operation.method, path, params=query, **body))

    ask()


@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", TOO_RICH)
def test_no_body_fails(client: httpx.Client, amount: Callable[[int, int], int], name: str) -> None:
    method, path = name.split(" ")
    schema = DOCUMENT["components"]["schemas"]["Envelope" if "faults" in path else "WorldDocument"]
    properties = schema.get("properties") or {"kind": {}, "match": {}, "with": {}, "times": {}}
    members = st.dictionaries(st.sampled_from(sorted(properties)), BODIES, max_size=4)

    @settings(max_examples=amount(60, 5000), deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(body=members | BODIES)
    def ask(body: Any) -> None:
        there(client)
        answer = client.request(method, path.replace("{world}", "fuzzed"), json=body)
        judged(answer)
        if answer.status_code == 201 and "faults" not in path:
            client.delete(f"/_emulator/v1/worlds/{quote(answer.json()['name'], safe='')}")

    ask()


@pytest.mark.timeout(600)
def test_nothing_at_all_fails(client: httpx.Client, amount: Callable[[int, int], int]) -> None:
    segments = st.sampled_from(
        [part for path in DOCUMENT["paths"] for part in path.split("/")] + ["..", "%2e", "", "é"]
    )

    @settings(max_examples=amount(150, 20_000), deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(
        method=st.sampled_from(METHODS),
        path=st.lists(segments | st.text(max_size=8), max_size=8),
        query=st.text(max_size=20),
        body=st.binary(max_size=60),
    )
    def ask(method: str, path: list[str], query: str, body: bytes) -> None:
        target = "/_emulator/" + "/".join(quote(part, safe="%") for part in path) + "?" + quote(query, safe="=&%")
        if WAITS in target:
            return
        answer = client.request(method, target, content=body)
        assert answer.status_code < 500, (target, answer.text)

    ask()

"""Every route of the table: described, reached, and safe from garbage."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from outlook365_emulator.control.openapi import summary_of
from outlook365_emulator.control.reference import reference_page
from outlook365_emulator.control.routes import PREFIX, ROUTES, Route
from outlook365_emulator.control.service import LIMIT

Api = Any


def name(route: Route) -> str:
    return f"{route.method} {route.path}"


def filled(route: Route, world: str, tenant: str) -> str:
    """The path of a route, with a world and a tenant that are there and nothing else."""
    path = route.path.replace("{world}", world.rpartition("/")[2]).replace("{tenant}", tenant.rpartition("/")[2])
    for key in ("user", "app", "grantee", "fault", "snapshot", "secret", "certificate", "policy", "credential"):
        path = path.replace(f"{{{key}}}", "nobody")
    return PREFIX + path + ("?milliseconds=1" if path.endswith("/wait") else "")


@pytest.mark.parametrize("route", ROUTES, ids=name)
def test_a_route_is_reached_and_described(api: Api, world: str, tenant: str, route: Route) -> None:
    response = api.send(route.method, filled(route, world, tenant))
    assert response.status < 500
    assert b"unknown_route" not in response.body
    assert response.status != 405
    assert summary_of(route).endswith(".")
    assert (route.status == 204) == (route.answer is None)


@pytest.mark.parametrize("route", [route for route in ROUTES if "{" in route.path], ids=name)
def test_nothing_is_found_in_a_world_that_is_not_there(api: Api, route: Route) -> None:
    response = api.send(route.method, filled(route, "/worlds/none", "/tenants/none"))
    assert json.loads(response.body)["error"]["code"] in {"unknown_world", "bad_document"}


GARBAGE = (
    st.binary(max_size=40)
    | st.sampled_from([b"{", b"null", b"[]", b'{"name":"\\ud800"}', b'{"name":1e999}', b"[" * 5000, b'{"a":' * 3000])
    | st.builds(
        lambda document: json.dumps(document).encode(),
        st.dictionaries(
            st.sampled_from("name permissions user kind set advance messages subject folder auth consent days".split()),
            st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.lists(st.text(max_size=5), max_size=2),
            max_size=4,
        ),
    )
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(ROUTES), GARBAGE, st.sampled_from(["", "application/json", "text/plain"]))
def test_garbage_is_refused_in_words(api: Api, route: Route, body: bytes, content_type: str) -> None:
    made = json.loads(api.send("POST", f"{PREFIX}/worlds", b'{"tenants":[{}]}').body)
    path = filled(route, made["name"], made["tenants"][0]["id"])
    response = api.send(route.method, path, body, content_type=content_type)
    assert response.status < 500
    if response.status >= 400:
        assert json.loads(response.body)["error"]["message"]


@given(st.text(max_size=30), st.sampled_from(["GET", "POST", "BREW", ""]), st.text(max_size=20))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_path_is_answered(api: Api, path: str, method: str, query: str) -> None:
    for whole in (path, f"{PREFIX}/{path}", f"{PREFIX}/worlds/{path}"):
        assert api.send(method, f"{whole}?{query}").status < 500


@pytest.mark.parametrize(
    ("method", "path", "body", "content_type", "status", "code"),
    [
        ("GET", "/wrlds", b"", "", 404, "unknown_route"),
        ("DELETE", "/worlds", b"", "", 405, "method_not_allowed"),
        ("POST", "/openapi.json", b"", "", 405, "method_not_allowed"),
        ("POST", "/worlds", b"{", "application/json", 400, "bad_json"),
        ("POST", "/worlds", b"\xff", "application/json", 400, "bad_json"),
        ("POST", "/worlds", b"a=b", "application/x-www-form-urlencoded", 415, "unsupported_media_type"),
        ("POST", "/worlds", b" " * (LIMIT + 1), "application/json", 413, "too_large"),
    ],
)
def test_refusals(api: Api, method: str, path: str, body: bytes, content_type: str, status: int, code: str) -> None:
    response = api.send(method, PREFIX + path, body, content_type=content_type)
    assert response.status == status
    assert json.loads(response.body)["error"]["code"] == code
    assert (status == 405) == ("Allow" in dict(response.headers))


def test_the_overview_and_the_ready_file(api: Api, world: str) -> None:
    shown = api("GET", "/")
    assert shown["worlds"] == [world.rpartition("/")[2]]
    assert shown["http_url"] == "http://127.0.0.1:8365"
    assert api("GET", "/ready") == api.emulator.details()
    assert api.send("HEAD", PREFIX).status == 200


def test_the_reference_page_is_up_to_date(repository: Path) -> None:
    page = repository / "docs" / "reference" / "control-api.md"
    assert page.read_text() == reference_page(), f"python -m outlook365_emulator.control > {page}"


def test_openapi_describes_every_route(api: Api) -> None:
    document = api("GET", "/openapi.json")
    assert document["openapi"].startswith("3.1")
    described = {(method.upper(), path) for path, item in document["paths"].items() for method in item}
    assert described == {(route.method, PREFIX + route.path) for route in ROUTES}
    operations = [one["operationId"] for item in document["paths"].values() for one in item.values()]
    assert len(set(operations)) == len(operations)
    schemas = document["components"]["schemas"]
    for reference in set(json.dumps(document).split('"#/components/schemas/')[1:]):
        assert reference.partition('"')[0] in schemas
    for schema in schemas.values():
        jsonschema.Draft202012Validator.check_schema(schema)


def test_answers_fit_their_description(api: Api, world: str, tenant: str, ada: str) -> None:
    api("POST", f"{tenant}/apps", {"auth": "client_certificate"})
    document = api("GET", "/openapi.json")
    for path, shown in (("/worlds/{world}", world), ("/worlds/{world}/tenants/{tenant}/users/{user}", ada)):
        content = document["paths"][PREFIX + path]["get"]["responses"]["200"]["content"]
        schema = {**content["application/json"]["schema"], "components": document["components"]}
        jsonschema.Draft202012Validator(schema).validate(api("GET", shown))

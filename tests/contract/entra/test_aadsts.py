"""Every AADSTS number of the table can be provoked by name, and looks as the row says: status, fields, layout."""

import re
from typing import Any

import pytest
from outlook365_emulator.tables.aadsts import entra_error_rows

ROWS = list(entra_error_rows().values())
ORDER = [
    "error",
    "error_description",
    "error_codes",
    "timestamp",
    "trace_id",
    "correlation_id",
    "error_uri",
    "suberror",
    "claims",
]
CORRELATION = "0f8fad5b-d9cb-469f-a165-70867728950e"
PARAMETER = re.compile(r"\{([a-z_]+)\}")
FILLED_BY_ITSELF = {"resource", "resource_name", "tenant", "user", "app", "app_id", "tid", "scope", "grant_type"}


def params_of(text: str) -> dict[str, str]:
    return {name: f"some {name}" for name in PARAMETER.findall(text) if name not in FILLED_BY_ITSELF}


def provoke(scene: Any, number: int, params: dict[str, str], operation: str) -> None:
    document = {"kind": "error", "times": 1, "match": {"operation": operation}}
    settings = {"aadsts": number, **({"params": params} if params else {})}
    scene.world.faults.add({**document, "with": settings}, scene.world.clock.now())


@pytest.mark.parametrize("row", ROWS, ids=lambda row: str(row.number))
def test_any_number_on_the_next_token_request(scene: Any, row: Any) -> None:
    provoke(scene, row.number, params_of(row.text), "token.*")
    headers = {"client-request-id": CORRELATION, "return-client-request-id": "true", "x-client-current-telemetry": "4|"}
    form = {"grant_type": "password", "client_id": "{public}", "username": "{ada}", "password": "wonderland"}
    url = "login.microsoftonline.com/{contoso}/oauth2/v2.0/token"
    answer = scene.ask("POST", url, {**form, "scope": "User.Read"}, headers=headers)
    body = answer.json
    there = row.elsewhere.get("token")
    status = there.status if there is not None and there.status is not None else row.status
    error = there.error if there is not None and there.error is not None else row.error
    assert (answer.status, body["error"], body["error_codes"]) == (status, error, [row.number])
    assert body.get("suberror", "") == row.suberror
    assert ("error_uri" in body) == row.has_uri
    if row.has_uri:
        assert body["error_uri"] == f"https://login.microsoftonline.com/error?code={row.number}"
    assert list(body) == [name for name in ORDER if name in body]
    head, _, tail = body["error_description"].partition(" Trace ID: ")
    assert head.startswith(f"AADSTS{row.number}: ")
    assert not PARAMETER.search(head), "every parameter of the text is filled"
    assert tail == f"{body['trace_id']} Correlation ID: {CORRELATION} Timestamp: {body['timestamp']}"
    assert body["timestamp"] == "2026-03-02 09:00:00Z"
    assert body["correlation_id"] == CORRELATION == answer.headers["client-request-id"]
    assert body["trace_id"] == answer.headers["x-ms-request-id"]
    assert answer.headers["x-ms-clitelem"] == f"1,{row.number},0,,"
    assert answer.headers["cache-control"] == "no-store, no-cache"
    assert answer.headers["content-type"] == "application/json; charset=utf-8"
    assert answer.entry.code == f"AADSTS{row.number}"
    assert scene.ask("POST", url, {**form, "scope": "User.Read"}).status == 200, "once, as asked"


METADATA = [row for row in ROWS if "metadata" in row.where]


@pytest.mark.parametrize("row", METADATA, ids=lambda row: str(row.number))
def test_what_metadata_answers_on_the_next_request(scene: Any, row: Any) -> None:
    provoke(scene, row.number, params_of(row.text), "metadata.*")
    answer = scene.ask("GET", "login.microsoftonline.com/{contoso}/v2.0/.well-known/openid-configuration")
    there = row.elsewhere.get("metadata")
    assert answer.json["error"] == (there.error if there is not None and there.error else row.error)
    assert answer.json["error_codes"] == [row.number]


@pytest.mark.parametrize(("status", "retry_after"), [(429, "30"), (503, "7")])
def test_transient_errors_say_when_to_come_back(scene: Any, status: int, retry_after: str) -> None:
    number = 90055 if status == 429 else 90033
    settings = {"aadsts": number, "retry_after": int(retry_after)}
    scene.world.faults.add({"kind": "error", "times": 1, "with": settings}, scene.world.clock.now())
    answer = scene.credentials()
    assert (answer.status, answer.headers["retry-after"]) == (status, retry_after)
    assert answer.json["error"] == "temporarily_unavailable"

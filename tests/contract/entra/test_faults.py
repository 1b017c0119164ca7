"""Faults at the token endpoint: they see the request, answer in Entra's envelope, and hold answers back."""

from typing import Any

import pytest
from outlook365_emulator.entra.tokens import read_token


def add(scene: Any, **document: Any) -> None:
    scene.world.faults.add(document, scene.world.clock.now())


def test_an_error_by_number(scene: Any) -> None:
    add(scene, name="mfa", kind="error", **{"with": {"aadsts": 50076, "params": {"resource": "Graph"}}}, times=1)
    answer = scene.password()
    assert (answer.status, answer.json["error_codes"], answer.json["suberror"]) == (400, [50076], "basic_action")
    assert answer.json["trace_id"] == answer.headers["x-ms-request-id"]
    assert (answer.entry.fault, answer.entry.code) == ("mfa", "AADSTS50076")
    assert scene.password().status == 200


def test_an_answer_of_its_own(scene: Any) -> None:
    add(scene, name="html", kind="error", **{"with": {"status": 502, "body": "<html>Bad gateway</html>"}})
    answer = scene.credentials()
    assert (answer.status, answer.response.body) == (502, b"<html>Bad gateway</html>")
    assert answer.entry.fault == "html"


def test_a_wait_is_left_to_whoever_sends(scene: Any) -> None:
    add(scene, name="slow", kind="latency", **{"with": {"seconds": 2}})
    answer = scene.credentials()
    assert read_token(answer.json["access_token"], scene.keys).is_app
    assert answer.request.delay == pytest.approx(2)
    assert answer.entry.fault == "slow"


@pytest.mark.parametrize(
    ("match", "hit"),
    [
        ({"operation": "token.password"}, True),
        ({"operation": "token.client_credentials"}, False),
        ({"operation": "metadata.*"}, False),
        ({"grant": "password"}, True),
        ({"user": "ada@contoso.example"}, True),
        ({"user": "bob@fabrikam.example"}, False),
        ({"scope": "Mail.Read"}, True),
        ({"cloud": "global"}, True),
        ({"cloud": "china"}, False),
        ({"service": "entra", "method": "POST"}, True),
        ({"service": "graph"}, False),
    ],
    ids=str,
)
def test_what_a_fault_can_match(scene: Any, match: dict[str, Any], hit: bool) -> None:
    add(
        scene, kind="error", match=match, **{"with": {"status": 503, "code": "temporarily_unavailable", "message": "x"}}
    )
    assert scene.password().status == (503 if hit else 200)


def test_it_knows_the_user_of_a_refresh_token(scene: Any) -> None:
    token = scene.password().json["refresh_token"]
    add(scene, kind="error", match={"user": "ada@contoso.example"}, **{"with": {"aadsts": 50057}})
    assert scene.refresh(token).json["error_codes"] == [50057]


def test_metadata_has_faults_too(scene: Any) -> None:
    add(scene, kind="error", match={"operation": "metadata.v2"}, **{"with": {"aadsts": 90033, "retry_after": 7}})
    answer = scene.ask("GET", "login.microsoftonline.com/common/v2.0/.well-known/openid-configuration")
    assert (answer.status, answer.headers["retry-after"]) == (503, "7")
    assert answer.json["error"] == "temporarily_unavailable"

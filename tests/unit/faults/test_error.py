"""Kind `error`: rows of both error tables, answers of one's own, header fields, and what is refused."""

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from outlook365_emulator.errors import EntraError, GraphError
from outlook365_emulator.faults.decode import FaultError
from outlook365_emulator.faults.engine import FaultEngine
from outlook365_emulator.faults.facts import Facts
from outlook365_emulator.faults.fault import decode_fault
from outlook365_emulator.faults.outcomes import Answer
from outlook365_emulator.ids import Chance
from outlook365_emulator.wire import Response

NOW = datetime(2026, 11, 8, 9, 5, 7, tzinfo=UTC)
GRAPH = Facts(service="graph", operation="mail.messages.list", user="ada@contoso.com")
ENTRA = Facts(service="entra", operation="token.password", application="a0000000-0000-4000-8000-000000000001")


def answer(settings: dict[str, Any], facts: Facts = GRAPH) -> Answer:
    engine = FaultEngine(Chance(1))
    engine.add({"name": "f", "kind": "error", "with": settings}, NOW)
    outcome = engine.decide(facts, NOW)
    assert isinstance(outcome, Answer)
    assert outcome.fault == "f"
    return outcome


def graph(settings: dict[str, Any]) -> GraphError:
    error = answer(settings).error
    assert isinstance(error, GraphError)
    return error


def response(settings: dict[str, Any], facts: Facts = GRAPH) -> Response:
    made = answer(settings, facts).response
    assert made is not None
    return made


def test_a_row_of_graph_errors() -> None:
    error = graph({"error": "throttled", "retry_after": 10})
    assert (error.status, error.code) == (429, "ApplicationThrottled")
    assert error.message == "Application is over its MailboxConcurrency limit."
    assert error.headers == [("Retry-After", "10")]
    assert error.because == "the fault 'f' answered"


def test_the_text_of_a_row_is_filled_from_params_or_the_request() -> None:
    assert graph({"error": "throttled", "params": {"limit": "IncomingBytes"}}).message.endswith("IncomingBytes limit.")
    assert graph({"error": "invalid_user"}).message == "The requested user 'ada@contoso.com' is invalid."


def test_a_row_may_be_varied() -> None:
    error = graph({"error": "server_busy", "status": 429, "code": "ErrorServerBusy2", "message": "No."})
    assert (error.status, error.code, error.message) == (429, "ErrorServerBusy2", "No.")


def test_a_number_of_entra() -> None:
    error = answer({"aadsts": 65001}, ENTRA).error
    assert isinstance(error, EntraError)
    assert error.numbers == (65001,)
    assert error.error == "invalid_grant"
    assert error.description.startswith("AADSTS65001: ")
    assert ENTRA.application in error.description


def test_every_answer_is_a_new_value() -> None:
    engine = FaultEngine(Chance(1))
    engine.add({"kind": "error", "with": {"status": 503, "headers": {"X-A": "1"}}}, NOW)
    first, second = engine.decide(GRAPH, NOW), engine.decide(GRAPH, NOW)
    assert isinstance(first, Answer)
    assert isinstance(second, Answer)
    assert first.response is not second.response
    assert first.response is not None
    assert second.response is not None
    first.response.headers.append(("X-B", "2"))
    assert second.response.headers == [("X-A", "1")]


def test_a_code_of_ones_own_is_rendered_by_the_service() -> None:
    error = graph({"status": 503, "code": "Oops", "message": "Try again."})
    assert (error.status, error.code, error.message) == (503, "Oops", "Try again.")
    made = response({"status": 503, "code": "temporarily_unavailable", "message": "Try again."}, ENTRA)
    assert msgspec.json.decode(made.body) == {
        "error": "temporarily_unavailable",
        "error_description": "Try again.",
    }


@pytest.mark.parametrize(
    ("body", "sent", "kind"),
    [
        ({"error": {"code": 1}}, b'{"error":{"code":1}}', "application/json; charset=utf-8"),
        ("", b"", "text/plain; charset=utf-8"),
        ("<html>503</html>", b"<html>503</html>", "text/html; charset=utf-8"),
        ("Ünavailable", "Ünavailable".encode(), "text/plain; charset=utf-8"),
    ],
)
def test_a_body_of_ones_own_is_sent_as_it_is(body: Any, sent: bytes, kind: str) -> None:
    made = response({"status": 503, "body": body})
    assert (made.status, made.body, made.headers) == (503, sent, [("Content-Type", kind)])


def test_a_status_alone_has_an_empty_body() -> None:
    made = response({"status": 502})
    assert (made.status, made.body, made.headers) == (502, b"", [])


def test_header_fields_replace_those_of_the_answer() -> None:
    made = response({"status": 500, "body": "x", "headers": {"content-type": "application/xml", "X-A": "1"}})
    assert made.headers == [("content-type", "application/xml"), ("X-A", "1")]


@pytest.mark.parametrize(
    ("settings", "sent"),
    [
        ({"retry_after": 30}, "30"),
        ({"retry_after": 0}, "0"),
        ({"retry_after": 2.128}, "2.128"),
        ({"retry_after": "soon"}, "soon"),
        ({"retry_after": 55, "retry_after_as": "date"}, "Sun, 08 Nov 2026 09:06:02 GMT"),
    ],
)
def test_retry_after_as_seconds_text_or_date(settings: dict[str, Any], sent: str) -> None:
    assert graph({"error": "too_many_requests", **settings}).headers == [("Retry-After", sent)]


def test_there_is_no_retry_after_where_none_is_given() -> None:
    assert graph({"error": "too_many_requests"}).headers == []


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({}, "with: give error"),
        ({"error": "throttled", "aadsts": 50076}, "with: give error"),
        ({"error": "throtled"}, "with: unknown Graph error 'throtled'; did you mean 'throttled'?"),
        ({"aadsts": 50077}, "with: unknown AADSTS number 50077; did you mean "),
        ({"error": "forbidden"}, "with: the Graph error forbidden needs detail"),
        ({"error": "throttled", "params": {"limti": "x"}}, "with: params: the text names no 'limti'"),
        ({"error": "throttled", "body": "x"}, "with: body goes with status alone"),
        ({"status": 500, "body": "x", "code": "y"}, "with: body replaces code and message"),
        ({"status": 500, "params": {"a": "b"}}, "with: params fill the text"),
        ({"status": 204, "body": "x"}, "with: status 204 has no body"),
        ({"status": 100}, "with.status: Expected `int` >= 200"),
        ({"status": 500, "headers": {"Content-Length": "5"}}, "with: Content-Length follows from the body"),
        ({"status": 500, "headers": {"X A": "5"}}, "with: 'X A' is no name of a header field"),
        ({"status": 500, "headers": {"X-A": "5\r\nX-B: 6"}}, "with: the value of X-A holds characters"),
        ({"status": 500, "retry_after": "5\n"}, "with: the value of Retry-After holds characters"),
        ({"status": 500, "retry_after": 1, "headers": {"retry-after": "2"}}, "with: Retry-After is given twice"),
        ({"status": 500, "retry_after": "x", "retry_after_as": "date"}, "with: retry_after_as: date needs"),
        ({"status": 500, "retry_after_as": "date"}, "with: retry_after_as: date needs"),
        ({"status": 500, "retry_after": -1}, "with.retry_after: Expected `float` >= 0"),
        ({"status": 500, "body": object()}, "it holds what JSON cannot"),
    ],
)
def test_settings_that_do_not_fit_together_are_refused(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(FaultError) as caught:
        decode_fault({"kind": "error", "with": settings})
    assert str(caught.value).startswith(message)

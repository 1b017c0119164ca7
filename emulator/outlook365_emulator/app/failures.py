"""Answers that no service gives: to a bug of ours, to a host that is not emulated yet, to a request for nobody."""

from typing import Any, Literal

import msgspec

from outlook365_emulator.clock import Clock, iso_seconds
from outlook365_emulator.clouds import Service
from outlook365_emulator.errors import GraphError, entra_error, graph_error
from outlook365_emulator.graph.error_answers import error_response
from outlook365_emulator.ids import Ids
from outlook365_emulator.wire import Request, Response

JSON = ("Content-Type", "application/json; charset=utf-8")
PLAIN = ("Content-Type", "text/plain; charset=utf-8")


def sentence_response(status: int, sentence: str) -> Response:
    """Answer in plain text.

    Args:
        status: HTTP status.
        sentence: what is wrong and what would be right.
    """
    return Response(status, f"{sentence}\n".encode(), [PLAIN])


def failure_response(service: Service, ids: Ids, clock: Clock) -> Response:
    """Answer 500 in the shape of a service, for an exception that nobody expected.

    Args:
        service: what should have answered.
        ids: where the ids of the answer come from.
        clock: the clock of the answer's dates.
    """
    if service != "login":
        return graph_failure(graph_error("internal_error"), ids, clock)
    error = entra_error(50000)
    trace, now = ids.guid(), iso_seconds(clock.now()).replace("T", " ")
    body = {
        "error": error.error,
        "error_description": f"{error.description} Trace ID: {trace} Correlation ID: {trace} Timestamp: {now}",
        "error_codes": error.numbers,
        "timestamp": now,
        "trace_id": trace,
        "correlation_id": trace,
    }
    return Response(error.status, msgspec.json.encode(body), [JSON, ("x-ms-request-id", trace)])


def not_kept(service: Service | Literal["control"], sentence: str) -> Response:
    """Answer 507 where a change could not be written to the data directory; no service of Microsoft's answers this.

    Args:
        service: what should have answered.
        sentence: why it could not.
    """
    body: dict[str, Any] = {"error": {"code": "not_kept" if service == "control" else "NotKept", "message": sentence}}
    if service == "login":
        body = {"error": "temporarily_unavailable", "error_description": sentence}
    return Response(507, msgspec.json.encode(body), [JSON])


def graph_failure(error: GraphError, ids: Ids, clock: Clock) -> Response:
    """Answer an error in Graph's shape.

    Args:
        error: the error.
        ids: where the id of the answer comes from.
        clock: the clock of the answer's date.
    """
    number = ids.guid()
    response = error_response(error, number, number, clock)
    response.headers.append(("request-id", number))
    return response


def not_emulated(request: Request) -> GraphError:
    """Make the error for a host of Outlook whose upload sessions are not emulated.

    Args:
        request: the request.
    """
    because = f"{request.host} serves the upload sessions of Outlook, which are not emulated"
    return graph_error("not_emulated", operation=f"{request.method} https://{request.host}", because=because)


def control_failure(problem: BaseException) -> Response:
    """Answer 500 in the shape of the control API.

    Args:
        problem: the exception that nobody expected.
    """
    sentence = f"the emulator failed: {type(problem).__name__}: {problem}"
    return Response(500, msgspec.json.encode({"error": {"code": "internal_error", "message": sentence}}), [JSON])

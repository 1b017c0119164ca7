"""The error envelopes of Graph, and the header fields that every answer has.

Reference `graph-core.md` sections 3 and 5.1: the gateway and the directory send `innerError`, Exchange does not.
"""

from typing import Any

import msgspec

from outlook365_emulator.clock import Clock
from outlook365_emulator.errors import GraphError
from outlook365_emulator.wire import Request, Response

_DIAGNOSTIC = msgspec.json.encode(
    {
        "ServerInfo": {
            "DataCenter": "Emulated",
            "Slice": "E",
            "Ring": "0",
            "ScaleUnit": "000",
            "RoleInstance": "OUTLOOK365EMULATOR",
        }
    }
).decode()


def error_response(
    error: GraphError, request_id: str, client_request_id: str, clock: Clock, *, in_batch: bool = False
) -> Response:
    """Write an error.

    Args:
        error: the error.
        request_id: id of the request, as in the header field.
        client_request_id: the client's own id of it.
        clock: the world's clock, for the date.
        in_batch: whether it answers an item of a `$batch`, whose errors all carry `innerError` (`graph-core.md` 8).
    """
    body: dict[str, Any] = {"code": error.code, "message": error.message, **error.members}
    if error.envelope == "gateway" or in_batch:
        body["innerError"] = {
            "date": clock.now().strftime("%Y-%m-%dT%H:%M:%S"),
            "request-id": request_id,
            "client-request-id": client_request_id,
        }
    headers = [("Content-Type", "application/json"), *error.headers]
    return Response(error.status, msgspec.json.encode({"error": body}), headers)


def add_standing_headers(
    response: Response, request: Request, request_id: str, client_request_id: str, *, outlook: bool
) -> None:
    """Add the header fields that every answer of Graph has; an item of a `$batch` has only a few of them.

    Args:
        response: the answer.
        request: what it answers.
        request_id: id of the request.
        client_request_id: the client's own id of it.
        outlook: whether Exchange answered, not the directory.
    """
    response.headers.append(("Cache-Control", "private" if outlook else "no-cache"))
    if not outlook:
        response.headers.append(("x-ms-resource-unit", "1"))
        if response.status < 400:
            response.headers.append(("OData-Version", "4.0"))
    if request.in_batch:
        return
    response.headers += [
        ("Vary", "Accept-Encoding"),
        ("Strict-Transport-Security", "max-age=31536000"),
        ("request-id", request_id),
        ("client-request-id", client_request_id),
        ("x-ms-ags-diagnostic", _DIAGNOSTIC),
    ]
    if "origin" in request.headers:
        response.headers += [
            ("Access-Control-Allow-Origin", "*"),
            (
                "Access-Control-Expose-Headers",
                "ETag, Location, Preference-Applied, Content-Range, request-id, client-request-id, "
                "ReadWriteConsistencyToken, SdkVersion, WWW-Authenticate, x-ms-client-gcc-tenant, Retry-After",
            ),
        ]

"""Kind `error`: answer with an error and do not ask the handler."""

from typing import Annotated, Any, Literal

import msgspec

from outlook365_emulator.errors import EntraError, GraphError
from outlook365_emulator.faults.facts import Facts
from outlook365_emulator.faults.kinds.headers import check_headers, merged, retry_after_date
from outlook365_emulator.faults.kinds.kind import Kind, Occasion
from outlook365_emulator.faults.kinds.rows import entra_row, graph_row
from outlook365_emulator.faults.outcomes import Answer
from outlook365_emulator.wire import BODILESS, Response

_JSON = ("Content-Type", "application/json; charset=utf-8")

Wait = Annotated[float, msgspec.Meta(ge=0, le=86400)]


class Error(msgspec.Struct, kw_only=True, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Settings: a row of the Graph errors (`error`), one of Entra's (`aadsts`), or an answer of your own (`status`).

    Attributes:
        error: name of a Graph error, `service_unavailable`; the fault then serves Graph and Outlook only.
        aadsts: AADSTS number of an Entra error, 50076; the fault then serves Entra only.
        params: what the text of the row names in braces; facts of the request (`tenant`, `user`) fill themselves in.
        status: HTTP status; beside a row instead of the row's.
        code: `error.code` of Graph or `error` of Entra; beside a row instead of the row's.
        message: `error.message` of Graph or `error_description` of Entra; beside a row instead of the row's.
        body: the whole body beside `status`: a text is sent as it is, anything else as JSON.
        headers: header fields, over those of the answer.
        retry_after: `Retry-After` in seconds, or a text that is sent as it is; absent where not given.
        retry_after_as: `seconds`, or `date` for an HTTP date that many seconds ahead of the world's time.
    """

    error: str | None = None
    aadsts: int | None = None
    params: dict[str, str] = {}
    status: Annotated[int, msgspec.Meta(ge=200, le=599)] | None = None
    code: str | None = None
    message: str | None = None
    body: Any = None
    headers: dict[str, str] = {}
    retry_after: Wait | str | None = None
    retry_after_as: Literal["seconds", "date"] = "seconds"

    def __post_init__(self) -> None:
        _check_basis(self)
        check_headers(self.headers)
        if self.retry_after is not None and "retry-after" in map(str.lower, self.headers):
            raise ValueError("Retry-After is given twice: in retry_after and in headers")
        if isinstance(self.retry_after, str):
            check_headers({"Retry-After": self.retry_after})
        if self.retry_after_as == "date" and not isinstance(self.retry_after, float):
            raise ValueError("retry_after_as: date needs retry_after in seconds")
        row_of(self, Facts())


def row_of(settings: Error, facts: Facts) -> GraphError | EntraError | None:
    """Make the error of the table row that the settings name, its texts filled from the facts; None for no row.

    Raises:
        ValueError: there is no such row, or its text needs a parameter that is not given.
    """
    made: GraphError | EntraError
    if settings.error is not None:
        made = graph_row(settings.error, settings.params, facts)
        made.code = settings.code if settings.code is not None else made.code
        made.message = settings.message if settings.message is not None else made.message
    elif settings.aadsts is not None:
        made = entra_row(settings.aadsts, settings.params, facts)
        made.error = settings.code if settings.code is not None else made.error
        made.description = settings.message if settings.message is not None else made.description
    else:
        return None
    made.status = settings.status or made.status
    return made


def answer(settings: Error, occasion: Occasion) -> Answer:
    """Make the answer to a request."""
    made = row_of(settings, occasion.facts) or _own_answer(settings, occasion.facts)
    made.headers = merged(made.headers, _headers(settings, occasion))
    if isinstance(made, Response):
        return Answer(fault=occasion.fault, response=made)
    made.because = f"the fault {occasion.fault!r} answered"
    return Answer(fault=occasion.fault, error=made)


def _own_answer(settings: Error, facts: Facts) -> GraphError | Response:
    """Answer without a row: a given body, else the error envelope of the service, else an empty body."""
    status, code, message = settings.status or 500, settings.code or "", settings.message or ""
    if isinstance(settings.body, str):
        kind = "text/html" if settings.body.lstrip().startswith("<") else "text/plain"
        return Response(status, settings.body.encode(), [("Content-Type", f"{kind}; charset=utf-8")])
    if settings.body is not None:
        return Response(status, msgspec.json.encode(settings.body), [_JSON])
    if settings.code is None and settings.message is None:
        return Response(status)
    if facts.service == "entra":
        return Response(status, msgspec.json.encode({"error": code, "error_description": message}), [_JSON])
    return GraphError("fault", status, code, message, "gateway")


def _headers(settings: Error, occasion: Occasion) -> dict[str, str]:
    wait = settings.retry_after
    if wait is None:
        return settings.headers
    if settings.retry_after_as == "date" and not isinstance(wait, str):
        return {**settings.headers, "Retry-After": retry_after_date(occasion.now, wait)}
    return {**settings.headers, "Retry-After": wait if isinstance(wait, str) else f"{round(wait, 3):.8g}"}


def _check_basis(settings: Error) -> None:
    rows = [name for name in ("error", "aadsts") if getattr(settings, name) is not None]
    if len(rows) > 1 or not (rows or settings.status):
        raise ValueError(
            "give error (a row of Graph's), aadsts (a number of Entra's) or status (an answer of your own)"
        )
    if rows and settings.body is not None:
        raise ValueError(f"body goes with status alone; {rows[0]} has a body of its own")
    if settings.params and not rows:
        raise ValueError("params fill the text of error or aadsts; here is neither")
    content = (settings.body, settings.code, settings.message)
    if settings.status in BODILESS and (rows or any(one is not None for one in content)):
        raise ValueError(f"status {settings.status} has no body (RFC 9110 section 15)")
    if settings.body is not None and (settings.code, settings.message) != (None, None):
        raise ValueError("body replaces code and message: give one or the other")


def _services(settings: Error) -> tuple[str, ...]:
    if settings.error is not None:
        return ("graph", "outlook")
    return ("entra",) if settings.aadsts is not None else ()


KIND = Kind(settings=Error, act=answer, services=_services)

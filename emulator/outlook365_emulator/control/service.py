"""The control API as a service: a request in, an answer out."""

import inspect
from collections.abc import Awaitable
from functools import cached_property
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import msgspec

from outlook365_emulator.control.archives import MEDIA, Archive
from outlook365_emulator.control.context import Call, Context, Snapshots
from outlook365_emulator.control.guard import check_sender, check_token, own_names
from outlook365_emulator.control.matching import Matcher
from outlook365_emulator.control.openapi import openapi_document
from outlook365_emulator.control.opening import OPEN, answer_openly
from outlook365_emulator.control.problems import REFUSALS, ControlError, ProblemView, refused, unknown
from outlook365_emulator.control.routes import HOME, PLACE, PREFIX, ROUTES, Route
from outlook365_emulator.wire import Headers, Request, Response, parse_pairs
from outlook365_emulator.worlds.reading import decode_document

if TYPE_CHECKING:
    from outlook365_emulator.control.pages import Pages

LIMIT = 64 * 1024 * 1024
"""Longest body that is taken, in bytes."""

_JSON = ("Content-Type", "application/json")
_NOT_KEPT = ("Cache-Control", "no-store")


class Control:
    """Answers the control API and the page at `/`.

    Args:
        context: the emulator.
    """

    def __init__(self, context: Context) -> None:
        self._context = context
        self._matcher = Matcher(ROUTES)
        self._names = own_names(context.settings.allow_hosts)
        self._snapshots: Snapshots = context.kept_snapshots()
        self._encoder = msgspec.json.Encoder()

    def answer(self, request: Request) -> Response | Awaitable[Response]:
        """Answer a request to the HTTP port that addresses no emulated host.

        Args:
            request: the request; its path is `/`, or begins with `/_emulator`.

        Returns:
            The answer, or an awaitable of it where the route has to wait.
        """
        try:
            check_sender(request, self._names)
            if request.path in OPEN:
                _check_reading(request)
                return answer_openly(request.path, self._context)
            check_token(request, self._context.settings.control_token)
            if len(request.body) > LIMIT:
                raise ControlError(413, "too_large", f"a body may have {LIMIT} bytes, this one has {len(request.body)}")
            if request.path in (HOME, PLACE) or request.path.startswith(f"{PLACE}/"):
                return self._pages.answer(request)
            if request.path == f"{PREFIX}/openapi.json":
                return self._openapi(request)
            return self._routed(request)
        except ControlError as error:
            return self._refusal(error)
        except REFUSALS as error:
            return self._refusal(refused(error))

    @cached_property
    def _pages(self) -> "Pages":
        from outlook365_emulator.control.pages import Pages  # brings Graph's mail and calendar

        return Pages(self._context, self._ask, self._submit)

    def _routed(self, request: Request) -> Response | Awaitable[Response]:
        found = self._matcher.find(request.path)
        if found is None:
            raise unknown("route", request.path, (PREFIX + route.path for route in ROUTES))
        routes, keys = found
        route = routes.get("GET" if request.method == "HEAD" else request.method)
        if route is None:
            raise _not_allowed(request.method, routes)
        call = Call(self._context, self._snapshots, keys, _query(route, request.query))
        answer = route.handler(call) if route.body is None else route.handler(call, _body(request, route.body))
        if inspect.isawaitable(answer):
            return self._later(route, answer)
        return self._written(route, answer)

    async def _later(self, route: Route, answer: Awaitable[Any]) -> Response:
        try:
            return self._written(route, await answer)
        except ControlError as error:
            return self._refusal(error)
        except REFUSALS as error:
            return self._refusal(refused(error))

    def _written(self, route: Route, answer: Any) -> Response:
        if route.answer is None:
            return Response(route.status, b"", [_NOT_KEPT])
        if isinstance(answer, Archive):
            return Response(route.status, answer.content, [("Content-Type", MEDIA), _NOT_KEPT])
        return Response(route.status, self._encoder.encode(answer), [_JSON, _NOT_KEPT])

    def _ask(self, method: str, path: str, document: Any = None) -> Any:
        """Ask a route that answers at once, as a page does."""
        answer = self._routed(_own_request(method, path, document))
        assert isinstance(answer, Response), f"{method} {path} has to be waited for"
        return msgspec.json.decode(answer.body) if answer.body else None

    async def _submit(self, method: str, path: str, document: Any = None) -> Any:
        """Send a form of a page on to its route."""
        try:
            answer = self._routed(_own_request(method, path, document))
            found = answer if isinstance(answer, Response) else await answer
        except REFUSALS as error:
            raise refused(error) from None
        if found.status >= 400:
            problem = msgspec.json.decode(found.body, type=ProblemView).error
            raise ControlError(found.status, problem.code, problem.message, problem.where)
        return msgspec.json.decode(found.body) if found.body else None

    def _openapi(self, request: Request) -> Response:
        _check_reading(request)
        return Response(200, self._encoder.encode(openapi_document(ROUTES)), [_JSON])

    def _refusal(self, error: ControlError) -> Response:
        return Response(
            error.status, self._encoder.encode(ProblemView(error.problem)), [_JSON, _NOT_KEPT, *error.headers]
        )


def _own_request(method: str, path: str, document: Any) -> Request:
    """Make the request that a page sends to the control API."""
    where, _, query = path.partition("?")
    body = b"" if document is None else msgspec.json.encode(document)
    return Request(method, "127.0.0.1", PREFIX + where, query, Headers([]), body)


def _check_reading(request: Request) -> None:
    if request.method not in ("GET", "HEAD"):
        raise _not_allowed(request.method, {"GET": ROUTES[0]})


def _not_allowed(method: str, routes: dict[str, Route]) -> ControlError:
    allowed = ", ".join(sorted(routes))
    return ControlError(
        405, "method_not_allowed", f"{method} is not possible here; there is {allowed}", headers=(("Allow", allowed),)
    )


def _query(route: Route, text: str) -> dict[str, str]:
    """Read the query string; a name that the route does not know is refused."""
    if not text:
        return {}
    found = dict(parse_pairs(text))
    for name in found:
        if name not in route.query:
            problem = unknown("parameter", name, route.query).problem
            raise ControlError(HTTPStatus.BAD_REQUEST, "bad_query", problem.message, name)
    return found


def _body(request: Request, kind: type[msgspec.Struct]) -> msgspec.Struct:
    """Read the body; an empty one counts as an empty document."""
    media = request.headers.get("content-type").partition(";")[0].strip().lower()
    expected = MEDIA if kind is Archive else "application/json"
    if request.body and media not in ("", expected):
        raise ControlError(415, "unsupported_media_type", f"send {expected}, not {media!r}")
    if kind is Archive:
        return Archive(request.body)
    try:
        return decode_document(request.body or b"{}", kind)
    except msgspec.DecodeError as error:
        raise ControlError(400, "bad_json", f"the body is no JSON: {error}") from None

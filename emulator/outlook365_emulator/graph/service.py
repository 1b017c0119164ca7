"""The Graph service: from a request to its answer, with the journal entry that explains it."""

import re
from collections.abc import Awaitable, Mapping
from functools import cache, partial

from outlook365_emulator.clock import Clock
from outlook365_emulator.clouds import Cloud
from outlook365_emulator.entra.keys import KeyRing
from outlook365_emulator.errors import GraphError, graph_error
from outlook365_emulator.faults.altering import altered
from outlook365_emulator.faults.outcomes import FaultAnswered
from outlook365_emulator.graph import batch
from outlook365_emulator.graph.bearer import bearer_text, challenge
from outlook365_emulator.graph.calendar.meetings.event_messages import expanded_event
from outlook365_emulator.graph.calendar.meetings.sent_mime import take_meetings
from outlook365_emulator.graph.calendar.operations import CALENDAR
from outlook365_emulator.graph.call import Call
from outlook365_emulator.graph.error_answers import add_standing_headers, error_response
from outlook365_emulator.graph.gate import Gate
from outlook365_emulator.graph.mail import (
    attachments,
    categories,
    changes,
    exchange_ids,
    extensions,
    focused_inbox,
    folder_changes,
    folders,
    mail_tips,
    messages,
    replies,
    rules,
    settings,
    submissions,
    upload_sessions,
)
from outlook365_emulator.graph.metadata_document import metadata_response
from outlook365_emulator.graph.operation import OPERATIONS, Operation
from outlook365_emulator.graph.paths import read_path
from outlook365_emulator.graph.people import (
    applications,
    grants,
    groups,
    managers,
    memberships,
    photos,
    role_assignments,
    service_principals,
    sessions,
    user_changes,
    user_delta,
    user_extensions,
    users,
)
from outlook365_emulator.graph.routing import Routes
from outlook365_emulator.graph.subscriptions import subscriptions
from outlook365_emulator.graph.subscriptions.courier import Courier
from outlook365_emulator.graph.throttling import Throttling
from outlook365_emulator.graph.userinfo import asks_for_userinfo, userinfo
from outlook365_emulator.ids import Ids, fresh_nonce
from outlook365_emulator.journal import Entry
from outlook365_emulator.store.hosting import Hosting
from outlook365_emulator.store.world import World
from outlook365_emulator.tables.graph_permissions import permission_rows
from outlook365_emulator.tables.graph_segments import graph_segments
from outlook365_emulator.wire import Request, Response

DECLARING = (
    batch,
    users,
    changes,
    folders,
    folder_changes,
    messages,
    submissions,
    replies,
    attachments,
    upload_sessions,
    extensions,
    settings,
    categories,
    rules,
    focused_inbox,
    mail_tips,
    exchange_ids,
    user_changes,
    user_delta,
    user_extensions,
    managers,
    memberships,
    photos,
    sessions,
    grants,
    service_principals,
    role_assignments,
    applications,
    groups,
    *CALENDAR,
    subscriptions,
)
"""The modules whose functions are operations."""


def operations() -> Mapping[str, Operation]:
    """Return every operation by its route; importing this module has declared them."""
    return OPERATIONS


_GUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


class Graph:
    """Microsoft Graph in all clouds.

    Args:
        hosting: the worlds.
        keys: judges the signatures of tokens.
        courier: sends notifications; one that reaches loopback only where none is given.
    """

    def __init__(self, hosting: Hosting, keys: KeyRing, courier: Courier | None = None) -> None:
        self._hosting = hosting
        self._courier = courier or Courier(hosting, keys)
        self._keys = keys
        self._gate = Gate(keys, _routes(), Throttling(hosting))
        self._unplaced_ids = Ids(fresh_nonce())
        self._unplaced_clock = Clock()

    def answer(
        self, request: Request, cloud: Cloud, world: World | None, entry: Entry
    ) -> Response | Awaitable[Response]:
        """Answer one request.

        Args:
            request: the request.
            cloud: the cloud whose Graph was addressed.
            world: the world that the request was placed in, or None where nothing leads to one.
            entry: the journal entry to fill in.

        Returns:
            The answer, or an awaitable of it where the operation has to wait.
        """
        entry.service = "graph"
        ids = world.ids if world is not None else self._unplaced_ids
        exchange = _Exchange(request, cloud, entry, ids.guid(), world.clock if world else self._unplaced_clock)
        if request.method == "OPTIONS":
            return exchange.preflight()
        if _asks_for_metadata(request):
            entry.operation = "metadata"
            return exchange.finished(metadata_response(), None)
        call: Call | None = None
        try:
            if world is None:
                raise _unplaced(request)
            ask = partial(self._ask, cloud, world)
            call = Call(request, cloud, self._hosting, world, entry, ask)
            call.courier = self._courier
            call.event_of = expanded_event
            call.take_meetings = take_meetings
            if asks_for_userinfo(request):
                return exchange.finished(userinfo(call, self._keys), None)
            result = self._gate.pass_through(call)
        except GraphError as error:
            return exchange.refused(error, call)
        except FaultAnswered as fault:
            return exchange.finished(fault.response, call)
        if isinstance(result, Response):
            return exchange.finished(result, call)
        return self._later(exchange, result, call)

    def _ask(self, cloud: Cloud, world: World, request: Request, entry: Entry) -> Response | Awaitable[Response]:
        """Answer an item of a batch, changed where a fault says so."""
        answer = self.answer(request, cloud, world, entry)
        return altered(answer, request) if isinstance(answer, Response) else self._altered(answer, request)

    @staticmethod
    async def _altered(answer: Awaitable[Response], request: Request) -> Response:
        return altered(await answer, request)

    @staticmethod
    async def _later(exchange: "_Exchange", result: Awaitable[Response], call: Call) -> Response:
        try:
            return exchange.finished(await result, call)
        except GraphError as error:
            return exchange.refused(error, call)


class _Exchange:
    """What one request and its answer share: ids, clock, journal entry."""

    __slots__ = ("client_request_id", "clock", "cloud", "entry", "request", "request_id")

    def __init__(self, request: Request, cloud: Cloud, entry: Entry, request_id: str, clock: Clock) -> None:
        self.request = request
        self.cloud = cloud
        self.entry = entry
        self.request_id = request_id
        given = request.headers.get("client-request-id")
        self.client_request_id = given if _GUID.fullmatch(given) else request_id
        self.clock = clock

    def finished(self, response: Response, call: Call | None) -> Response:
        outlook = call is None or getattr(call, "operation", None) is None or call.operation.workload == "outlook"
        add_standing_headers(response, self.request, self.request_id, self.client_request_id, outlook=outlook)
        return response

    def refused(self, error: GraphError, call: Call | None) -> Response:
        self.entry.code = error.code
        self.entry.reason = error.because
        if error.status == 401:
            challenge(self.request.root_of(self.cloud.login_host), error, self.clock.timestamp())
        in_batch = self.request.in_batch
        response = error_response(error, self.request_id, self.client_request_id, self.clock, in_batch=in_batch)
        return self.finished(response, call)

    def preflight(self) -> Response:
        headers = [
            ("Access-Control-Allow-Methods", "GET, POST, PATCH, PUT, DELETE, OPTIONS"),
            ("Access-Control-Allow-Headers", self.request.headers.get("access-control-request-headers", "*")),
            ("Access-Control-Max-Age", "3600"),
        ]
        self.entry.operation = "preflight"
        return self.finished(Response(200, b"", headers), None)


@cache
def _routes() -> Routes:
    """Return the tree of all paths, which every Graph of a process shares: a test may make hundreds."""
    published = [row.operation for row in permission_rows().values()]
    return Routes(OPERATIONS, published, graph_segments())


def _asks_for_metadata(request: Request) -> bool:
    """Return whether a request is for the metadata document, which anybody may read without a token."""
    if request.method != "GET" or not request.path.lower().rstrip("/").endswith("metadata"):
        return False
    try:
        return read_path(request.path).segments == [("$metadata", False)]
    except GraphError:
        return False


def _unplaced(request: Request) -> GraphError:
    try:
        read_path(request.path)
        bearer_text(request.headers.get("authorization"))
    except GraphError as error:
        return error
    because = "the token names no tenant of this emulator: was it issued by another one, or its world dropped?"
    return graph_error("validation_failure", because=because)

"""The steps around every operation, in the order in which Graph makes its checks.

The order decides which error wins (reference `graph-core.md` sections 1 and 12): version, token, path, limits, faults,
scope, mailbox and its rights, id, precondition, query options, body. A step returns nothing and goes on, or raises the
error that is answered.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from outlook365_emulator.entra.keys import KeyRing
from outlook365_emulator.errors import GraphError, graph_error
from outlook365_emulator.graph.answers import Answer
from outlook365_emulator.graph.bearer import read_bearer
from outlook365_emulator.graph.call import Call
from outlook365_emulator.graph.convertors import CONVERTORS
from outlook365_emulator.graph.fault_effects import LATE, after_handler, before_handler
from outlook365_emulator.graph.faults import apply_faults, mailbox_name
from outlook365_emulator.graph.paths import read_path
from outlook365_emulator.graph.permissions import judge_mailbox, judge_permission, refuse_me_without_person
from outlook365_emulator.graph.preconditions import judge_precondition
from outlook365_emulator.graph.preferences import read_preferences
from outlook365_emulator.graph.query import read_options
from outlook365_emulator.graph.render import render
from outlook365_emulator.graph.request_body import judge_size, read_body
from outlook365_emulator.graph.routing import Routes
from outlook365_emulator.graph.throttling import Throttling
from outlook365_emulator.wire import Response


class Gate:
    """The list of steps, and what they need of the service.

    Args:
        keys: judges signatures.
        routes: finds operations.
        throttling: the limits of Exchange.
    """

    __slots__ = ("_keys", "_routes", "_throttling", "steps")

    def __init__(self, keys: KeyRing, routes: Routes, throttling: Throttling) -> None:
        self._keys = keys
        self._routes = routes
        self._throttling = throttling
        self.steps: tuple[Callable[[Call], None], ...] = (
            self.version,
            self.token,
            self.person,
            self.route,
            self.throttling,
            self.fault,
            self.permission,
            self.owner,
            self.rights,
            self.entities,
            self.precondition,
            self.options,
            self.body,
        )

    def pass_through(self, call: Call) -> Response | Awaitable[Response]:
        """Take a call through all steps, run its operation and write the answer.

        Raises:
            GraphError: what the first failing step or the operation answers.
            FaultAnswered: a fault answered instead.
        """
        for step in self.steps:
            step(call)
        return self._run_async(call) if call.operation.waits else self._run(call)

    def version(self, call: Call) -> None:
        """Judge the size of the body; read the path and the preferences."""
        judge_size(call.request.body)
        call.place = read_path(call.request.path)
        prefer = call.request.headers.all("prefer")
        if prefer:
            call.preferences = read_preferences(",".join(prefer))

    def token(self, call: Call) -> None:
        """Judge the access token."""
        read_bearer(call, self._keys)

    def person(self, call: Call) -> None:
        """Refuse `/me` for an application."""
        refuse_me_without_person(call)

    def route(self, call: Call) -> None:
        """Find the operation."""
        call.operation, call.keys = self._routes.find(call.place, call.request.method)
        call.entry.operation = call.operation.name
        row = call.operation.permissions
        if row is not None and call.cloud.id not in row.clouds:
            raise _absent_in_cloud(call)

    def throttling(self, call: Call) -> None:
        """Hold Exchange's limits where the world asks for them."""
        if call.operation.workload == "outlook":
            self._throttling.judge(call, mailbox_name(call))

    def fault(self, call: Call) -> None:
        """Let the world's faults have their say."""
        if call.world.faults.active:
            apply_faults(call, self._keys)

    def permission(self, call: Call) -> None:
        """Judge scopes and roles."""
        judge_permission(call)

    def owner(self, call: Call) -> None:
        """Load the user addressed, and the mailbox."""
        if call.operation.placeholders[:1] == ("user",):
            call.loaded["user"] = CONVERTORS["user"](call, call.keys[0])

    def rights(self, call: Call) -> None:
        """Judge the person's own right on the mailbox."""
        if call.operation.workload == "outlook" and not call.operation.shared_singly:
            judge_mailbox(call)

    def entities(self, call: Call) -> None:
        """Load what else the path names."""
        for name, key in zip(call.operation.placeholders, call.keys, strict=True):
            if name not in call.loaded:
                call.loaded[name] = CONVERTORS[name](call, key)

    def precondition(self, call: Call) -> None:
        """Hold `If-Match` against what is changed."""
        judge_precondition(call)

    def options(self, call: Call) -> None:
        """Read the query options."""
        call.options = read_options(call, call.operation.options)

    def body(self, call: Call) -> None:
        """Decode and check the request body."""
        call.body = read_body(call)

    @staticmethod
    def _arguments(call: Call) -> dict[str, Any]:
        found: dict[str, Any] = {"call": call, "body": call.body, **call.loaded}
        return {name: found[name] for name in call.operation.parameters}

    def _run(self, call: Call) -> Response:
        operation = call.operation
        if not operation.writes:
            return render(call, self._handled(call))
        with call.world.unit(call.now) as call.unit:
            call.unit.delivery_delay = call.unusual[LATE]["seconds"] if LATE in call.unusual else 0.0
            return render(call, self._handled(call))

    def _handled(self, call: Call) -> Answer:
        if call.unusual:
            before_handler(call)
        answer: Answer = call.operation.handler(**self._arguments(call))
        return after_handler(call, answer) if call.unusual else answer

    async def _run_async(self, call: Call) -> Response:
        return render(call, await call.operation.handler(**self._arguments(call)))


def _absent_in_cloud(call: Call) -> GraphError:
    names = [name for name, is_key in call.place.segments if not is_key]
    segment = next((one for one in call.place.written if one.lower().partition("(")[0] == names[-1]), names[-1])
    because = f"the cloud {call.cloud.id!r} does not have {call.operation.route}"
    return graph_error("segment_not_found", segment=segment, because=because)

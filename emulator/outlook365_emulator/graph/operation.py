"""Declaring a Graph operation: route, permission and handler in one place.

    @operation("POST /users/{user}/messages/{message}/move", least="Mail.ReadWrite", body=Action("move", "message"))
    def move(call: Call, message: Message, body: Move) -> Entity: ...

The decorator registers the function in `OPERATIONS`. Parameters are found by name: `call`; the placeholders of the
route, loaded by `convertors`; `body`, checked against the schema. `least` enforces nothing: the published table does,
and a test compares the two.
"""

import inspect
import re
from collections.abc import Callable
from typing import Any, Literal, TypeVar, get_type_hints

import msgspec

from outlook365_emulator.graph.answers import ENTITY_OPTIONS, options_of
from outlook365_emulator.tables.graph_permissions import PermissionRow, permission_row

Handler = TypeVar("Handler", bound=Callable[..., Any])
Workload = Literal["outlook", "directory"]

_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_PACKAGE = "outlook365_emulator.graph."


class Entity(msgspec.Struct, frozen=True):
    """A request body that is an entity of a schema type.

    Attributes:
        type: name of the schema type.
        enum_error: row of the error for a name that an enumeration does not have, where it differs from the usual one.
    """

    type: str
    enum_error: str = ""


class Action(msgspec.Struct, frozen=True):
    """A request body that holds the parameters of an action.

    Attributes:
        name: name of the action.
        on: schema type that it is bound to.
        required: parameters that must be given.
        optional_body: whether the body may be missing altogether.
    """

    name: str
    on: str
    required: tuple[str, ...] = ()
    optional_body: bool = False


class Operation(msgspec.Struct, frozen=True, kw_only=True):
    """One operation of Graph.

    Attributes:
        name: name in the journal, in faults and in reports, `mail.messages.move`.
        method: verb.
        path: canonical path, `/users/{user}/messages/{message}/move`.
        least: least privileged permission, as the reader of the source should see it.
        handler: the function.
        placeholders: names in braces, in order.
        parameters: names of the handler's parameters.
        body: what the request body is, or None where there is none.
        mime: whether the body may be base64 MIME as `text/plain`.
        writes: whether it runs in a unit of work.
        waits: whether the handler is an `async def`.
        workload: who answers: Exchange (`outlook`) or the directory.
        permissions: its row of the published table.
        shared_singly: whether what it opens is shared piece by piece, as calendars are, and not with the whole mailbox:
            then its convertors and handler judge the person's own right (`graph.calendar.seen_calendars`).
        options: the query options that it takes.
    """

    name: str
    method: str
    path: str
    least: str
    handler: Callable[..., Any]
    placeholders: tuple[str, ...]
    parameters: tuple[str, ...]
    body: Entity | Action | None
    mime: bool
    writes: bool
    waits: bool
    workload: Workload
    permissions: PermissionRow | None
    shared_singly: bool = False
    options: frozenset[str] = ENTITY_OPTIONS

    @property
    def route(self) -> str:
        """Verb and path, as in the permission table."""
        return f"{self.method} {self.path}"


OPERATIONS: dict[str, Operation] = {}
"""Every operation by its route; filled when `graph.service` imports the modules that declare them."""


def operation(
    route: str,
    *,
    least: str,
    body: Entity | Action | None = None,
    mime: bool = False,
    workload: Workload | None = None,
    options: frozenset[str] | None = None,
) -> Callable[[Handler], Handler]:
    """Declare the function below as the handler of an operation.

    Args:
        route: verb and canonical path; placeholders name convertors.
        least: the least privileged permission.
        body: what the request body is.
        mime: whether a base64 MIME body is taken instead.
        workload: who answers, where the path does not tell: below `/users/{user}` it is Exchange unless said.
        options: the query options that it takes, where the kind of its answer does not tell.

    Raises:
        ValueError: the route is declared twice.
    """
    method, _, path = route.partition(" ")

    def declare(handler: Handler) -> Handler:
        if route in OPERATIONS:
            raise ValueError(f"{route} is declared by {OPERATIONS[route].name} already")
        module = handler.__module__.removeprefix(_PACKAGE)
        row = permission_row(route)
        work = row.work if row is not None else ()
        OPERATIONS[route] = Operation(
            name=f"{module}.{handler.__name__.rstrip('_')}",
            method=method,
            path=path,
            least=least,
            handler=handler,
            placeholders=tuple(_PLACEHOLDER.findall(path)),
            parameters=tuple(inspect.signature(handler).parameters),
            body=body,
            mime=mime,
            writes=method != "GET",
            waits=inspect.iscoroutinefunction(handler),
            workload=workload or ("outlook" if path.count("/") > 2 else "directory"),
            permissions=row,
            shared_singly=bool(work) and all(one.startswith("Calendars.") for one in work),
            options=options_of(get_type_hints(handler).get("return")) if options is None else options,
        )
        return handler

    return declare

"""From what an operation answers to bytes: context, selection, expansion, preferences, header fields.

Conventions of the JSON and of the header fields: reference `graph-core.md` sections 3 and 4.
"""

from collections.abc import Callable
from typing import Any

import msgspec

from outlook365_emulator.errors import graph_error
from outlook365_emulator.graph.answers import Accepted, Answer, Document, Entity, Page, Text
from outlook365_emulator.graph.call import Call
from outlook365_emulator.graph.query import COLLECTION_OPTIONS, ENTITY_OPTIONS, Cut, count_of, cut_page, read_options
from outlook365_emulator.graph.query_errors import select_error
from outlook365_emulator.graph.resource import Resource
from outlook365_emulator.odata.problems import OdataError
from outlook365_emulator.odata.selection import SelectPath, canonical_select, project
from outlook365_emulator.tables.graph_permissions import hidden_properties
from outlook365_emulator.wire import Response

JSON = "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8"
JSON_NONE = "application/json;odata.metadata=none;odata.streaming=true;IEEE754Compatible=false;charset=utf-8"

Write = Callable[[Any], bytes]


def render(call: Call, answer: Answer) -> Response:
    """Write the answer of an operation.

    Raises:
        GraphError: for query options that the answer does not take.
    """
    if isinstance(answer, Page):
        if call.operation.path.endswith("/$count"):
            call.options = read_options(call, frozenset({"filter", "search"}))
            return Response(200, str(count_of(call, answer)).encode(), [("Content-Type", "text/plain")])
        return _page(call, answer)
    if isinstance(answer, Entity):
        return _entity(call, answer)
    if isinstance(answer, Document):
        context = f"{call.root}/$metadata#{answer.context}"
        body = {"@odata.context": context, **answer.body} if answer.context else answer.body
        return _json(call, msgspec.json.encode(body), answer.status)
    if isinstance(answer, Text):
        return Response(200, answer.content, [("Content-Type", answer.content_type)])
    return Response(202 if isinstance(answer, Accepted) else 204)


def _page(call: Call, answer: Page) -> Response:
    call.options = read_options(call, COLLECTION_OPTIONS)
    writing = Writing(call, answer.resource)
    cut = cut_page(call, answer)
    context = f"{call.root}/$metadata#{answer.path}{writing.selected}"
    body = _collection(context, cut, [writing.write(record) for record in cut.records], bare=writing.bare)
    return _json(call, body, 200, applied=answer.resource.outlook)


def _collection(context: str, cut: Cut, items: list[bytes], *, bare: bool) -> bytes:
    head = b"" if bare else b'"@odata.context":' + msgspec.json.encode(context) + b","
    if cut.count is not None:
        head += b'"@odata.count":%d,' % cut.count
    if cut.next_link:
        head += b'"@odata.nextLink":' + msgspec.json.encode(cut.next_link) + b","
    return b"{" + head + b'"value":[' + b",".join(items) + b"]}"


def _entity(call: Call, answer: Entity) -> Response:
    call.options = read_options(call, ENTITY_OPTIONS)
    writing = Writing(call, answer.resource)
    item = writing.write(answer.record)
    if not writing.bare:
        context = f"{call.root}/$metadata#{answer.path}{writing.selected}/$entity"
        item = b'{"@odata.context":' + msgspec.json.encode(context) + b"," + item[1:]
    response = _json(call, item, answer.status, applied=answer.resource.outlook)
    if answer.location:
        response.headers.append(("Location", f"{call.root}/{answer.location}"))
    etag = answer.resource.etag
    if etag is not None and answer.status == 200:
        response.headers.append(("ETag", etag(call, answer.record)))
    return response


def _json(call: Call, body: bytes, status: int, *, applied: bool = False) -> Response:
    bare = "odata.metadata=none" in call.request.headers.get("accept").lower()
    headers = [("Content-Type", JSON_NONE if bare else JSON)]
    if applied and (preferences := call.preferences.applied()):
        headers.append(("Preference-Applied", preferences))
    return Response(status, body, headers)


class Writing:
    """How the records of one answer are written.

    Args:
        call: the call, with its options read.
        resource: the type of the records.

    Attributes:
        write: returns a record as JSON.
        selected: the selection as `@odata.context` says it, `(subject,from)`, or "".
        bare: whether the client asked for no metadata.

    Raises:
        GraphError: for a selection or expansion that the type does not have.
    """

    __slots__ = ("_call", "_hidden", "_paths", "_resource", "bare", "selected", "write")

    def __init__(self, call: Call, resource: Resource) -> None:
        self._call = call
        self._resource = resource
        accept = call.request.headers.get("accept").lower()
        if "odata.metadata=full" in accept:
            raise graph_error(
                "not_emulated", operation="odata.metadata=full", because="full metadata in answers is not emulated yet"
            )
        self.bare = "odata.metadata=none" in accept
        self._paths = self._selection()
        self.selected = "(" + ",".join("/".join(path) for path in self._paths) + ")" if self._paths else ""
        self._hidden = hidden_properties(call.permissions, resource.name) if resource.outlook else frozenset()
        preferences = call.preferences
        plain = not (self._paths or self._hidden or self.bare or call.options.expand)
        plain = plain and not (preferences.immutable_ids or preferences.body) and resource.document is not None
        self.write: Write = self._stored if plain else self._composed
        for item in call.options.expand:
            self._judge_expand(item.path)
        self._judge_hidden()

    def _selection(self) -> tuple[SelectPath, ...]:
        select = self._call.options.select
        if select is None or ("*",) in select:
            return ()
        try:
            return canonical_select(select, self._resource.type)
        except OdataError as problem:
            raise select_error(problem) from None

    def _judge_hidden(self) -> None:
        """Refuse to select or expand what the token may not see (reference `graph-core.md` section 12)."""
        asked = {path[0] for path in self._paths} | {item.path[0] for item in self._call.options.expand}
        closed = sorted(name for name in self._hidden if name.lower() in {one.lower() for one in asked})
        if closed:
            held = ", ".join(sorted(self._call.permissions))
            because = f"{held} hides {', '.join(closed)} of a {self._resource.name}: ask for a Read permission"
            raise graph_error("access_denied", because=because)

    def _judge_expand(self, path: SelectPath) -> None:
        name = "/".join(path)
        if name.lower() not in self._resource.expand:
            because = f"{self._resource.name} can expand {', '.join(self._resource.expand) or 'nothing'}"
            raise graph_error("expand_not_supported", property=name, because=because)

    def _stored(self, record: Any) -> bytes:
        assert self._resource.document is not None, "only stored resources are written as they are"
        return self._resource.document(self._call, record)

    def _composed(self, record: Any) -> bytes:
        resource, call = self._resource, self._call
        if resource.document is not None:
            members: dict[str, Any] = msgspec.json.decode(resource.document(call, record))
        else:
            assert resource.compute is not None, "a resource is stored or computed"
            members = resource.compute(call, record)
        if resource.adapt is not None:
            resource.adapt(call, record, members)
        for name in self._hidden:
            members.pop(name, None)
        if self._paths:
            for path in self._paths:
                extra = resource.on_demand.get(path[0])
                if extra is not None and path[0] not in self._hidden:
                    members[path[0]] = extra(call, record)
            members = project(members, self._paths)
        elif resource.default_select is not None:
            members = {name: value for name, value in members.items() if name in resource.default_select}
        for item in call.options.expand:
            members.update(resource.expand["/".join(item.path).lower()](call, record))
        if self.bare:
            members = {name: value for name, value in members.items() if "@odata." not in name}
        return msgspec.json.encode(members)

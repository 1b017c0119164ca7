"""From what an operation answers to bytes: context, header fields, and which part writes what.

Conventions of the JSON and of the header fields: reference `graph-core.md` sections 3 and 4.
"""

from typing import Any
from urllib.parse import quote

import msgspec

from outlook365_emulator.errors import graph_error
from outlook365_emulator.graph.answers import Accepted, Answer, Changes, Count, Document, Entity, Page, Text
from outlook365_emulator.graph.call import Call
from outlook365_emulator.graph.delta import Changed, cut_round
from outlook365_emulator.graph.metadata_level import json_type, level_of, without_metadata
from outlook365_emulator.graph.property_paths import property_response
from outlook365_emulator.graph.query import Cut, count_of, cut_page
from outlook365_emulator.graph.writing import Writing
from outlook365_emulator.store.change_log import Change
from outlook365_emulator.tables.schema_types import derives, short_name, types
from outlook365_emulator.wire import Response

_KEPT_IN_URLS = "/'()=@:,;$!*+&~?"
"""What `Location` holds unencoded beside letters and digits."""


def render(call: Call, answer: Answer) -> Response:
    """Write the answer of an operation.

    Raises:
        GraphError: for query options that the answer does not take.
    """
    if call.place.property:
        return _property(call, answer)
    if isinstance(answer, Page):
        return _page(call, answer)
    if isinstance(answer, Count):
        return Response(200, b"%d" % count_of(call, answer.page), [("Content-Type", "text/plain")])
    if isinstance(answer, Changes):
        return _changes(call, answer)
    if isinstance(answer, Entity):
        return _entity(call, answer)
    if isinstance(answer, Document):
        return _document(call, answer)
    if isinstance(answer, Text):
        response = Response(200, answer.content, [("Content-Type", answer.content_type)])
        response.pieces, response.pieces_length = answer.pieces, answer.length
        return response
    return Response(202 if isinstance(answer, Accepted) else 204)


def _page(call: Call, answer: Page) -> Response:
    writing = Writing(call, answer.resource, answer.path)
    cut = cut_page(call, answer)
    context = call.context(f"{answer.path}{_cast(call)}{writing.selected}")
    body = _collection(context, cut, [writing.write(record) for record in cut.records], bare=writing.level == "none")
    return _json(call, body, 200, applied=answer.resource.outlook)


def _cast(call: Call) -> str:
    return f"/microsoft.graph.{types()[call.place.cast].name}" if call.place.cast else ""


def _collection(context: str, cut: Cut, items: list[bytes], *, bare: bool) -> bytes:
    head = b"" if bare else b'"@odata.context":' + msgspec.json.encode(context) + b","
    if cut.count is not None:
        head += b'"@odata.count":%d,' % cut.count
    if cut.next_link:
        head += b'"@odata.nextLink":' + msgspec.json.encode(cut.next_link) + b","
    return b"{" + head + b'"value":[' + b",".join(items) + b"]}"


def _changes(call: Call, answer: Changes) -> Response:
    changed = cut_round(call, answer)
    writing = Writing(call, answer.resource, options=changed.options)
    items = [_changed_item(answer, item, writing) for item in changed.items]
    context = call.context(f"Collection({answer.resource.name})")
    body = _round(context, changed, items, bare=writing.level == "none")
    response = _json(call, body, 200)
    applied = [call.preferences.applied()] if call.preferences.applied() else []
    if call.preferences.page_size:
        applied.append(f"odata.maxpagesize={call.preferences.page_size}")
    if applied:
        response.headers.append(("Preference-Applied", ", ".join(applied)))
    return response


def _changed_item(answer: Changes, item: Any, writing: Writing) -> bytes:
    kind = f"#microsoft.graph.{answer.resource.name}"
    if isinstance(item, Change):
        gone = {"@odata.type": kind, "id": answer.removed_id(item), "@removed": {"reason": "deleted"}}
        return msgspec.json.encode(without_metadata(gone) if writing.level == "none" else gone)
    written = writing.write(item)
    if writing.level == "none" or written.startswith(b'{"@odata.type"'):
        return written
    return b'{"@odata.type":' + msgspec.json.encode(kind) + b"," + written[1:]


def _round(context: str, changed: Changed, items: list[bytes], *, bare: bool) -> bytes:
    head = b"" if bare else b'"@odata.context":' + msgspec.json.encode(context) + b","
    name, link = ("nextLink", changed.next_link) if changed.next_link else ("deltaLink", changed.delta_link)
    head += b'"@odata.%s":' % name.encode() + msgspec.json.encode(link) + b","
    return b"{" + head + b'"value":[' + b",".join(items) + b"]}"


def _entity(call: Call, answer: Entity) -> Response:
    writing = Writing(call, answer.resource, answer.path)
    if call.place.cast:
        _judge_cast(call, writing.members(answer.record), answer)
    item = writing.write(answer.record)
    if writing.level != "none":
        context = call.context(f"{answer.path}{_cast(call)}{writing.selected}/$entity")
        item = b'{"@odata.context":' + msgspec.json.encode(context) + b"," + item[1:]
    response = _json(call, item, answer.status, applied=answer.resource.outlook)
    if answer.location:
        # A name may hold any character, a URI only some of ASCII (RFC 3986 section 2).
        response.headers.append(("Location", f"{call.root}/{quote(answer.location, safe=_KEPT_IN_URLS)}"))
    etag = answer.resource.etag
    if etag is not None and answer.status == 200:
        response.headers.append(("ETag", etag(call, answer.record)))
    return response


def _judge_cast(call: Call, members: dict[str, Any], answer: Entity) -> None:
    actual = types()[short_name(str(members.get("@odata.type") or answer.resource.name))]
    wanted = types()[call.place.cast]
    if not derives(actual, wanted):
        raise graph_error("item_not_found", because=f"the path casts to {wanted.name}, and the item is a {actual.name}")


def _document(call: Call, answer: Document) -> Response:
    body = answer.body if answer.selected else _selected(answer.body, call)
    if level_of(call) == "none":
        body = without_metadata(body)
    elif answer.context:
        body = {"@odata.context": call.context(answer.context), **body}
    return _json(call, msgspec.json.encode(body), answer.status, applied=answer.applied)


def _selected(body: dict[str, Any], call: Call) -> dict[str, Any]:
    """Cut a finished object, or the rows of its `value`, to what `$select` names."""
    select = call.options.select
    if select is None or ("*",) in select:
        return body
    wanted = {path[0].lower() for path in select}
    rows = body.get("value")
    if isinstance(rows, list):
        return {**body, "value": [_kept(row, wanted) if isinstance(row, dict) else row for row in rows]}
    return _kept(body, wanted)


def _kept(row: dict[str, Any], wanted: set[str]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if "@" in name or name.lower() in wanted}


def _property(call: Call, answer: Answer) -> Response:
    path = call.place.property
    if isinstance(answer, Entity):
        options = type(call.options)(select=(path,))
        members = Writing(call, answer.resource, options=options).members(answer.record)
        base = f"{answer.path}('{members.get('id') or _key(answer)}')"
    elif isinstance(answer, Document):
        members, base = answer.body, answer.context.removesuffix("/$entity")
    else:
        raise graph_error("segment_not_found", segment=path[0], because="what the path names has no properties")
    level = level_of(call)
    context = call.context(f"{base}/{'/'.join(path)}") if level != "none" else ""
    return property_response(members, path, context, raw=call.place.raw, content_type=json_type(level))


def _key(answer: Entity) -> str:
    return str(getattr(answer.record, "id", ""))


def _json(call: Call, body: bytes, status: int, *, applied: bool = False) -> Response:
    headers = [("Content-Type", json_type(level_of(call)))]
    if applied and (preferences := call.preferences.applied()):
        headers.append(("Preference-Applied", preferences))
    return Response(status, body, headers)

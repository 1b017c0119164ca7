"""`POST /$batch`: up to twenty requests in one, each answered as if it had come alone.

Reference `graph-core.md` section 8. The items go back through the service, so that permissions, faults, throttling and
the journal see each of them. Order is not guaranteed: answers are shuffled by the world's chance, unless its setting
`batch_order` says `request`.
"""

from collections.abc import Iterator
from inspect import isawaitable
from typing import Any

import msgspec

from outlook365_emulator.clock import monotonic
from outlook365_emulator.errors import graph_error
from outlook365_emulator.graph.answers import Document
from outlook365_emulator.graph.batch_items import Item, answer_of, body_of, read_items
from outlook365_emulator.graph.call import Call
from outlook365_emulator.graph.operation import operation
from outlook365_emulator.journal import Entry
from outlook365_emulator.wire import Headers, Request, Response

ORDER_SETTING = "batch_order"
"""The world's setting for the order of answers: `request` for that of the requests, anything else for a shuffle."""


@operation("POST /$batch", least="")
async def batch(call: Call) -> Document:
    """Answer several requests at once; each item fails or succeeds by itself."""
    if call.request.in_batch:
        raise graph_error("segment_not_found", segment="$batch", because="a batch may not hold another batch")
    items = read_items(call.request.body, call.request.headers.get("content-type"))
    statuses: dict[str, int] = {}
    answers: list[dict[str, Any]] = []
    for item in _in_dependency_order(items):
        failed = next((one for one in item.depends_on if statuses[one] >= 400), None)
        response = _failed_dependency(call, item, failed) if failed else await _answer(call, item)
        statuses[item.key] = response.status
        answers.append(answer_of(item, response))
    if call.world.settings.get(ORDER_SETTING) == "request":
        place = {item.id: index for index, item in enumerate(items)}
        answers.sort(key=lambda answer: place[answer["id"]])
    else:
        call.world.chance.shuffle(answers)
    return Document(body={"responses": answers})


def _in_dependency_order(items: list[Item]) -> Iterator[Item]:
    """Yield the items so that each comes after those that it depends on.

    Raises:
        GraphError: items depend on each other in a circle.
    """
    done: set[str] = set()
    waiting = list(items)
    while waiting:
        ready = next((item for item in waiting if done.issuperset(item.depends_on)), None)
        if ready is None:
            because = f"the requests {', '.join(item.id for item in waiting)} depend on each other in a circle"
            raise graph_error("batch_payload_invalid", because=because)
        waiting.remove(ready)
        done.add(ready.key)
        yield ready


def _entry(call: Call, item: Item, url: str) -> Entry:
    outer = call.entry
    return Entry(at=outer.at, method=item.method, url=url, service="graph", placed=outer.placed, batch=item.id)


async def _answer(call: Call, item: Item) -> Response:
    request = _request_of(call, item)
    entry = _entry(call, item, request.url)
    started = monotonic()
    answer = call.ask(request, entry)
    response = await answer if isawaitable(answer) else answer
    # Items run side by side at Microsoft: the slowest one holds the whole answer back.
    call.request.delay = max(call.request.delay, request.delay)
    request.finish()
    entry.status = response.status
    entry.duration_ms = (monotonic() - started + request.delay) * 1000
    call.world.journal.add(entry)
    call.request.items.append((request, response, entry))
    return response


def _failed_dependency(call: Call, item: Item, dependency: str) -> Response:
    error = graph_error("batch_dependency_failed", because=f"the request {dependency!r} that it depends on failed")
    entry = _entry(call, item, _request_of(call, item).url)
    entry.status, entry.code, entry.reason = error.status, error.code, error.because
    call.world.journal.add(entry)
    body = {"error": {"code": error.code, "message": error.message}}
    return Response(error.status, msgspec.json.encode(body), [("Content-Type", "application/json")])


def _request_of(call: Call, item: Item) -> Request:
    outer = call.request
    path, _, query = item.url.partition("#")[0].partition("?")
    fields = dict(item.headers)
    for name in ("authorization", "client-request-id"):
        if name not in fields and name in outer.headers:
            fields[name] = outer.headers.get(name)
    request = Request(
        item.method,
        outer.host,
        f"/{call.place.version}/{path.lstrip('/')}",
        query,
        Headers([(name.encode("latin-1"), value.encode("latin-1", "replace")) for name, value in fields.items()]),
        body_of(item),
        form=outer.form,
        door=outer.door,
        client=outer.client,
        lead=outer.lead,
    )
    request.in_batch = True
    return request

"""`If-Match`: a message or event is changed or deleted only in the state that the client has seen.

Reference `graph-core.md` section 2 and RFC 9110 section 13.1.1. The etags of Exchange are weak, and it takes them here
all the same. `If-None-Match` is left unread: Exchange has no 304 (issue 5012 of microsoft-graph-docs).
"""

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from outlook365_emulator.errors import graph_error
from outlook365_emulator.graph.calendar.event_resource import event_etag
from outlook365_emulator.graph.call import Call
from outlook365_emulator.graph.mail.message_resource import message_etag

ETAGS: Mapping[str, Callable[[Call, Any], str]] = MappingProxyType({"message": message_etag, "event": event_etag})
"""The etag of what a placeholder of the route has loaded."""

_CHANGING = frozenset({"PATCH", "DELETE"})
_OPAQUE = re.compile(r'"[^"]*"')
"""The part of an etag that is compared, without the mark of a weak one."""


def judge_precondition(call: Call) -> None:
    """Hold `If-Match` against the message or event that the path leads to.

    Raises:
        GraphError: `change_key_conflict` where none of its etags is the present one.
    """
    wanted = ",".join(call.request.headers.all("if-match")).strip()
    operation = call.operation
    name = operation.placeholders[-1] if operation.placeholders else ""
    if wanted in ("", "*") or operation.method not in _CHANGING or name not in ETAGS:
        return
    if not operation.path.endswith(f"{{{name}}}"):
        return
    etag = ETAGS[name](call, call.loaded[name])
    if etag.removeprefix("W/") not in _OPAQUE.findall(wanted):
        because = f"If-Match is {wanted}, and the {name}'s etag is {etag}"
        raise graph_error("change_key_conflict", because=because)

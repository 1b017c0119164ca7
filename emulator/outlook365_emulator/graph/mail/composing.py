"""From a message as a client sends it to the members of a draft, its attachments and its own headers."""

from typing import Any

from outlook365_emulator.errors import graph_error
from outlook365_emulator.graph.call import Call
from outlook365_emulator.graph.mail.addresses import resolved, resolved_all
from outlook365_emulator.graph.mail.attachments import read_file, shown_attachments
from outlook365_emulator.graph.mail.documents import fresh_members

MAX_HEADERS = 5
"""How many custom headers Exchange takes in one message."""

Composed = tuple[dict[str, Any], list[tuple[dict[str, Any], bytes]], tuple[tuple[str, str], ...]]

_SET_BY_SERVER = ("receivedDateTime", "sentDateTime", "conversationIndex")


def judge_headers(body: dict[str, Any]) -> None:
    """Refuse internet message headers that a client may not set.

    Raises:
        GraphError: `header_name_invalid`, `too_many_headers`.
    """
    headers = body.get("internetMessageHeaders") or []
    if len(headers) > MAX_HEADERS:
        raise graph_error("too_many_headers", because=f"{len(headers)} custom headers; at most {MAX_HEADERS} are taken")
    for header in headers:
        name = header.get("name") or ""
        if not name.lower().startswith("x-"):
            raise graph_error("header_name_invalid", name=name, because=f"{name!r} is no custom header")


def refuse_extended_properties(body: dict[str, Any]) -> None:
    """Refuse what a message cannot hold yet, rather than drop it without a word.

    Raises:
        GraphError: `not_emulated`.
    """
    for name in ("singleValueExtendedProperties", "multiValueExtendedProperties", "extensions"):
        if body.get(name):
            raise graph_error("not_emulated", operation=f"{name} of a message", because=f"{name} are not emulated yet")


def follow_up_flag(call: Call, flag: dict[str, Any]) -> dict[str, Any]:
    """Return a flag as it is stored.

    Raises:
        GraphError: a due date without a start date (Graph resource `followupFlag`).
    """
    if flag.get("dueDateTime") and not flag.get("startDateTime"):
        raise graph_error(
            "invalid_request", detail="dueDateTime requires startDateTime.", because="set startDateTime too"
        )
    stored = {"flagStatus": flag.get("flagStatus") or "notFlagged"}
    for name in ("startDateTime", "dueDateTime", "completedDateTime"):
        if flag.get(name):
            stored[name] = flag[name]
    if stored["flagStatus"] == "complete":
        day = f"{call.now:%Y-%m-%d}T00:00:00.0000000"
        stored.setdefault("completedDateTime", {"dateTime": day, "timeZone": "UTC"})
    return stored


def compose(call: Call, body: dict[str, Any]) -> Composed:
    """Read a message to be created or sent.

    Args:
        call: the call.
        body: members as sent, names canonical.

    Returns:
        The members of a draft, its attachments, and its own headers.

    Raises:
        GraphError: a header or an attachment that is refused, or a part that is not emulated yet.
    """
    judge_headers(body)
    refuse_extended_properties(body)
    files = [read_file(one) for one in body.get("attachments") or ()]
    given = {name: value for name, value in body.items() if name not in _SET_BY_SERVER}
    for name in ("toRecipients", "ccRecipients", "bccRecipients", "replyTo"):
        given[name] = resolved_all(call.tenant, given.get(name))
    for name in ("from", "sender"):
        if given.get(name):
            given[name] = resolved(call.tenant, given[name])
    if given.get("from") and not given.get("sender"):
        given["sender"] = given["from"]
    if given.get("flag"):
        given["flag"] = follow_up_flag(call, given["flag"])
    members = fresh_members(call.world, call.now, given, draft=True)
    members["hasAttachments"] = shown_attachments(files)
    headers = tuple((one["name"], one.get("value") or "") for one in body.get("internetMessageHeaders") or ())
    return members, files, headers

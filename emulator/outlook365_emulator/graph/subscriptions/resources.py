"""What a subscription watches: from the text of `resource` to mailbox, folder or calendar, filter and selection.

Which resources there are, and who may watch them: reference `graph-core.md` section 10.1, `graph-calendar.md` 26.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import msgspec

from outlook365_emulator.directory.users import find_by_address, find_user
from outlook365_emulator.errors import GraphError, graph_error
from outlook365_emulator.graph.asked_ids import ids_in
from outlook365_emulator.graph.calendar.convertors import find_calendar
from outlook365_emulator.graph.calendar.event_resource import event_type
from outlook365_emulator.graph.calendar.seen_calendars import default_calendar
from outlook365_emulator.graph.call import Call
from outlook365_emulator.graph.convertors import find_folder
from outlook365_emulator.graph.mail.extended_properties import BadPropertyId, normal_id
from outlook365_emulator.graph.mail.message_resource import message_type
from outlook365_emulator.graph.paths import Place, read_path, template
from outlook365_emulator.graph.permissions import PERSONAL_TENANT
from outlook365_emulator.graph.subscriptions.permissions import opening
from outlook365_emulator.odata.evaluator import compile_filter
from outlook365_emulator.odata.options import ExpandItem, QueryOptions, parse_options
from outlook365_emulator.odata.problems import OdataError
from outlook365_emulator.odata.records import RecordType
from outlook365_emulator.odata.selection import SelectPath, canonical_select
from outlook365_emulator.store.mailbox import Mailbox
from outlook365_emulator.store.records.directory import User
from outlook365_emulator.store.records.subscriptions import Watched
from outlook365_emulator.tables.graph_permissions import Scheme

KINDS: Mapping[str, Watched] = MappingProxyType(
    {
        "/users/{}/messages": "message",
        "/users/{}/mailfolders/{}/messages": "message",
        "/users/{}/events": "event",
        "/users/{}/calendars/{}/events": "event",
    }
)
"""The resources that can be watched, in the one spelling of their paths."""

_ELSEWHERE: Final = frozenset(
    "chats communications contacts contactfolders drive drives groups print security sites teams todo".split()
)
"""First or last segments of resources that Graph can watch and the emulator cannot."""

_OPTIONS: Final = frozenset({"filter", "select", "expand"})
_NOT_IN_DATA: Final = frozenset({"body", "uniqueBody", "attachments", "*"})


class Target(msgspec.Struct, frozen=True):
    """What a subscription watches.

    Attributes:
        owner: whose mailbox it is.
        mailbox: the mailbox.
        watched: kind of the items.
        folder: number of the folder or calendar; 0 for all folders of the mailbox.
        filter: text of `$filter`, or "".
        select: paths of `$select`.
        properties: ids of the extended properties asked for by `$expand`.
    """

    owner: User
    mailbox: Mailbox
    watched: Watched
    folder: int
    filter: str = ""
    select: tuple[SelectPath, ...] = ()
    properties: tuple[str, ...] = ()


def type_of(watched: Watched) -> RecordType:
    """Return what filters and selections may name of an item."""
    return message_type() if watched == "message" else event_type()


def find_target(call: Call, text: str, *, with_data: bool, operation: str = "Create") -> Target:
    """Read a resource, look up what it names, and judge whether the token may watch it.

    Args:
        call: the call.
        text: the resource as the client wrote it: `me/mailFolders('Inbox')/messages?$filter=isRead eq false`.
        with_data: whether notifications shall carry the item.
        operation: what Exchange calls the operation in its errors, `Create`.

    Raises:
        GraphError: it cannot be watched, does not exist, or the token may not watch it.
    """
    path, _, query = text.strip().partition("?")
    place, watched = _place(path, text, operation)
    keys = [name for name, is_key in place.segments if is_key]
    _judge_scopes(call, path, operation)
    owner = _owner(call, place, keys[0], operation)
    mailbox = call.tenant.mailbox_of(owner)
    if mailbox is None:
        reason = "REST API is not yet supported for this mailbox. This error can occur for sandbox (test) accounts."
        raise _not_found(operation, reason, f"{owner.user_principal_name} has no mailbox")
    call.user, call.mailbox = owner, mailbox
    call.entry.mailbox = owner.user_principal_name
    folder = _folder(call, watched, keys[1] if len(keys) > 1 else "", operation)
    options = parse_options(query, _OPTIONS)
    return _with_options(call, Target(owner, mailbox, watched, folder), options, with_data=with_data)


def _place(path: str, text: str, operation: str) -> tuple[Place, Watched]:
    try:
        place = read_path(f"/v1.0/{path.strip('/')}")
    except GraphError as error:
        raise _unsupported(operation, text, error.because) from None
    watched = KINDS.get(template(place.segments))
    if watched is not None:
        return place, watched
    names = [name for name, is_key in place.segments if not is_key]
    if names == ["users"] or (names and (names[0] in _ELSEWHERE or names[-1] in _ELSEWHERE)):
        because = f"Microsoft Graph can watch {text!r}; this emulator watches messages and events"
        raise graph_error("not_emulated", operation=f"POST /subscriptions for {path}", because=because)
    because = "what can be watched: " + ", ".join(KINDS).replace("{}", "{id}")
    raise _unsupported(operation, text, because)


def _judge_scopes(call: Call, path: str, operation: str) -> None:
    wanted = opening(path, scheme_of(call))
    if not wanted & call.permissions:
        call.entry.missing = sorted(wanted)
        held = ", ".join(sorted(call.permissions)) or "no permission at all"
        because = f"the token holds {held}; watching {path} needs one of {', '.join(sorted(wanted)) or 'none there is'}"
        raise _denied(operation, because)


def scheme_of(call: Call) -> Scheme:
    """Return the kind of token by which permissions of a subscription are judged."""
    if call.claims.is_app:
        return "application"
    return "personal" if call.claims.tid == PERSONAL_TENANT else "work"


def _owner(call: Call, place: Place, key: str, operation: str) -> User:
    if place.is_me:
        if call.caller is None:
            because = "the token was issued to an application: write /users/{user principal name} in resource"
            raise graph_error("me_needs_delegated", because=because)
        return call.caller
    name = key.removesuffix(f"@{call.tenant.id}")
    owner = find_user(call.tenant, name) or find_by_address(call.tenant, name)
    if owner is None:
        because = f"the tenant {call.tenant.domains[0]} has no user {key!r}"
        raise _not_found(operation, f"The requested user '{key}' is invalid.", because)
    if call.caller is not None and owner.id != call.caller.id:
        because = (
            f"{call.caller.user_principal_name} is signed in, and a delegated token watches its own mailbox only: "
            f"watch {owner.user_principal_name} as an application, or poll it (Shared scopes cannot subscribe)"
        )
        raise _denied(operation, because)
    return owner


def _folder(call: Call, watched: Watched, key: str, operation: str) -> int:
    try:
        if watched == "message":
            return find_folder(call, key).number if key else 0
        calendar = find_calendar(call, key) if key else default_calendar(call.mailbox)
    except GraphError as error:
        raise _not_found(operation, error.message, error.because) from None
    if calendar.shown:
        raise _denied(operation, "a calendar that somebody else shares is watched in its owner's mailbox only")
    return calendar.number


def _with_options(call: Call, target: Target, options: QueryOptions, *, with_data: bool) -> Target:
    if options.problems:
        raise _bad_query(f"the query of the resource cannot be read: {options.problems[0]}")
    kind = type_of(target.watched)
    select: tuple[SelectPath, ...] = ()
    try:
        if options.filter is not None:
            compile_filter(options.filter, kind, now=call.now)
        if options.select is not None:
            named = [path for path in options.select if path != ("*",)]
            select = canonical_select(named, kind)
            if len(named) < len(options.select):
                select = (("*",), *select)
    except OdataError as problem:
        raise _bad_query(f"the query of the resource: {problem}") from None
    properties = tuple(one for item in options.expand for one in _properties(item))
    if with_data:
        _judge_selection(select)
    return msgspec.structs.replace(target, filter=options.raw.get("filter", ""), select=select, properties=properties)


def _judge_selection(select: tuple[SelectPath, ...]) -> None:
    if not select:
        detail = "The resource must contain a $select clause when includeResourceData is set to true."
        raise graph_error("subscription_request_invalid", detail=detail, because="add ?$select=… to the resource")
    closed = sorted({path[0] for path in select} & _NOT_IN_DATA)
    if closed:
        detail = f"The properties '{', '.join(closed)}' cannot be selected for change notifications with resource data."
        because = "bodies and attachments are not part of notifications: get the item instead"
        raise graph_error("subscription_request_invalid", detail=detail, because=because)


def _properties(item: ExpandItem) -> list[str]:
    name = "/".join(item.path)
    if name.lower() not in ("singlevalueextendedproperties", "multivalueextendedproperties"):
        raise _bad_query(f"$expand={name}: only extended properties can be expanded")
    found = ids_in(item.options.filter) if item.options.filter is not None else None
    if not found:
        raise _bad_query(f"$expand={name} takes a $filter of the form id eq '...'")
    try:
        return [normal_id(one) for one in found]
    except BadPropertyId as bad:
        raise _bad_query(str(bad)) from None


def _bad_query(because: str) -> GraphError:
    detail = "The query options of the subscription resource are not supported."
    return graph_error("subscription_request_invalid", detail=detail, because=because)


def _denied(operation: str, because: str) -> GraphError:
    return graph_error("subscription_access_denied", operation=operation, because=because)


def _not_found(operation: str, reason: str, because: str) -> GraphError:
    return graph_error("subscription_target_not_found", operation=operation, reason=reason, because=because)


def _unsupported(operation: str, resource: str, because: str) -> GraphError:
    return graph_error("subscription_resource_unsupported", operation=operation, resource=resource, because=because)

"""What changed among the users of a tenant: delta queries of the directory.

Graph page user-delta; reference `graph-core.md` section 9. Records never change, so the difference between two rounds
is that of two tables: whatever is another record has changed.
"""

from typing import Any

import msgspec

from outlook365_emulator.errors import GraphError, graph_error
from outlook365_emulator.graph.answers import Document
from outlook365_emulator.graph.call import Call
from outlook365_emulator.graph.operation import operation
from outlook365_emulator.graph.people.user_resource import user_resource
from outlook365_emulator.graph.writing import Writing
from outlook365_emulator.odata.options import QueryOptions
from outlook365_emulator.odata.selection import SelectPath
from outlook365_emulator.store.records.directory import User
from outlook365_emulator.store.tenant import Tenant

KEPT_TOKENS = 500
"""How many tokens a tenant remembers; the oldest are forgotten, as Entra ID forgets them after seven days."""

_PAGE = 100
_LATEST = "latest"


class UserRound(msgspec.Struct, frozen=True):
    """What a token stands for.

    Attributes:
        before: the users as the last round left them, by id; empty in the first round.
        users: the users as this round shows them, by id.
        shown: how many of the changes have been shown.
        select: the properties asked for in the first request, or ().
        size: changes on a page.
    """

    before: dict[str, User]
    users: dict[str, User]
    shown: int
    select: tuple[SelectPath, ...]
    size: int

    def changes(self) -> list[User | str]:
        """Return the users that are new or another record, and the ids of those who are gone."""
        changed = [user for key, user in self.users.items() if self.before.get(key) is not user]
        return [*changed, *(key for key in self.before if key not in self.users)]


@operation("GET /users/delta", least="User.Read.All", workload="directory")
def list_changes(call: Call) -> Document:
    """List the users of the tenant, and from then on who came, changed or went."""
    now = _begun(call)
    changes = now.changes()
    page, shown = changes[now.shown : now.shown + now.size], now.shown + now.size
    options = QueryOptions(select=now.select or None)
    writing = Writing(call, user_resource(), "users", options=options, always=("id",))
    body: dict[str, Any] = {"value": [_written(writing, one) for one in page]}
    if shown < len(changes):
        link = _link(call, "skiptoken", msgspec.structs.replace(now, shown=shown))
        body = {"@odata.nextLink": link, **body}
    else:
        after = UserRound(before=now.users, users={}, shown=0, select=now.select, size=now.size)
        body = {"@odata.deltaLink": _link(call, "deltatoken", after), **body}
    return Document(body=body, context=f"users{writing.selected}", selected=True)


def _begun(call: Call) -> UserRound:
    """Return the round that a request asks for a page of."""
    options = call.options
    present = {user.id: user for user in call.tenant.users}
    size = min(options.top or _PAGE, 999)
    if options.filter is not None or options.orderby or options.search is not None or options.expand:
        detail = "The query is not supported on users/delta."
        because = "users/delta takes $select and $top here, and the tokens of its own links"
        raise graph_error("directory_request_invalid", detail=detail, because=because)
    if options.skiptoken is not None:
        return _remembered(call.tenant, options.skiptoken, "nextLink")
    select = options.select or ()
    if options.deltatoken is None:
        return UserRound(before={}, users=present, shown=0, select=select, size=size)
    if options.deltatoken.lower() == _LATEST:
        return UserRound(before=present, users=present, shown=0, select=select, size=size)
    return msgspec.structs.replace(_remembered(call.tenant, options.deltatoken, "deltaLink"), users=present)


def _written(writing: Writing, one: User | str) -> dict[str, Any]:
    if isinstance(one, str):
        # A deleted user can be restored for thirty days, so the reason is "changed" (page user-delta).
        return {"id": one, "@removed": {"reason": "changed"}}
    return writing.members(one)


def _link(call: Call, name: str, kept: UserRound) -> str:
    token = call.world.opaque("")
    tokens = call.tenant.user_rounds
    tokens[token] = kept
    while len(tokens) > KEPT_TOKENS:
        del tokens[next(iter(tokens))]
    return f"{call.request.root_of(call.request.host)}{call.request.path}?${name}={token}"


def _remembered(tenant: Tenant, token: str, link: str) -> UserRound:
    found = tenant.user_rounds.get(token)
    if isinstance(found, UserRound):
        return found
    raise _forgotten(token, link)


def _forgotten(token: str, link: str) -> GraphError:
    return graph_error("resync_required", because=f"no {link} of this tenant had the token {token[:20]!r}: start anew")

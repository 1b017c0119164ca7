"""How records are written: selection, expansion, preferences, level of metadata."""

from collections.abc import Callable
from typing import Any

import msgspec

from outlook365_emulator.errors import graph_error
from outlook365_emulator.graph.call import Call
from outlook365_emulator.graph.expansion import shaped
from outlook365_emulator.graph.metadata_level import level_of, with_full_metadata, without_metadata
from outlook365_emulator.graph.query_errors import select_error
from outlook365_emulator.graph.resource import Resource
from outlook365_emulator.odata.options import ExpandItem, QueryOptions
from outlook365_emulator.odata.problems import OdataError, UnknownProperty
from outlook365_emulator.odata.selection import SelectPath, canonical_select, project
from outlook365_emulator.tables.cloud_differences import absent_properties
from outlook365_emulator.tables.graph_permissions import hidden_properties

Write = Callable[[Any], bytes]


class Writing:
    """How the records of one answer are written.

    Args:
        call: the call.
        resource: the type of the records.
        path: path of their collection below the version, for full metadata, or "".
        options: the query options with selection and expansion, or None for those of the call.
        keeps_id: whether the id stays whatever is selected. Exchange always keeps it (examples with `$select` of the
            pages user-list-messages, message-get and user-list-events), the directory in delta queries.

    Attributes:
        write: returns a record as JSON.
        selected: the selection as `@odata.context` says it, `(subject,from)`, or "".
        level: how much metadata the client asked for.

    Raises:
        GraphError: for a selection or expansion that the type does not have, or the token may not see.
    """

    __slots__ = ("_absent", "_call", "_hidden", "_kept", "_options", "_path", "_paths", "_resource", "level",
                 "selected", "write")  # fmt: skip

    def __init__(
        self,
        call: Call,
        resource: Resource,
        path: str = "",
        options: QueryOptions | None = None,
        *,
        keeps_id: bool = False,
    ) -> None:
        self._call = call
        self._resource = resource
        self._path = path
        self._options = call.options if options is None else options
        self._kept: tuple[SelectPath, ...] = (("id",),) if keeps_id or resource.outlook else ()
        self.level = level_of(call)
        self._absent = absent_properties(call.cloud.id, resource.name)
        self._paths = self._selection()
        self.selected = "(" + ",".join("/".join(path) for path in self._paths) + ")" if self._paths else ""
        self._hidden = hidden_properties(call.permissions, resource.name) if resource.outlook else frozenset()
        preferences = call.preferences
        plain = not (self._paths or self._hidden or self._absent or self._options.expand or self.level != "minimal")
        plain = plain and not (
            preferences.immutable_ids or preferences.body or preferences.unsafe_html or preferences.time_zone
        )
        self.write: Write = self._stored if plain and resource.document is not None else self._composed
        for item in self._options.expand:
            self._judge_expand(item)
        self._judge_hidden()

    def _selection(self) -> tuple[SelectPath, ...]:
        select = self._options.select
        if select is None or ("*",) in select:
            return ()
        try:
            paths = canonical_select(select, self._resource.type)
            for path in paths:
                if path[0] in self._absent:
                    raise UnknownProperty(path[0], self._resource.type.name)
        except OdataError as problem:
            raise select_error(problem) from None
        return paths

    def _judge_hidden(self) -> None:
        """Refuse to select or expand what the token may not see (reference `graph-core.md` section 12)."""
        asked = {path[0] for path in self._paths} | {item.path[0] for item in self._options.expand}
        closed = sorted(name for name in self._hidden if name.lower() in {one.lower() for one in asked})
        if closed:
            held = ", ".join(sorted(self._call.permissions))
            because = f"{held} hides {', '.join(closed)} of a {self._resource.name}: ask for a Read permission"
            raise graph_error("access_denied", because=because)

    def _judge_expand(self, item: ExpandItem) -> None:
        name = "/".join(item.path)
        if name.lower() not in self._resource.expand or item.path[0] in self._absent:
            because = f"{self._resource.name} can expand {', '.join(self._resource.expand) or 'nothing'}"
            raise graph_error("expand_not_supported", property=name, because=because)

    def _stored(self, record: Any) -> bytes:
        assert self._resource.document is not None, "only stored resources are written as they are"
        return self._resource.document(self._call, record)

    def members(self, record: Any) -> dict[str, Any]:
        """Return a record as a JSON object, everything but the level of metadata applied."""
        resource, call = self._resource, self._call
        if resource.document is not None:
            members: dict[str, Any] = msgspec.json.decode(resource.document(call, record))
        else:
            assert resource.compute is not None, "a resource is stored or computed"
            members = resource.compute(call, record)
        if resource.adapt is not None:
            resource.adapt(call, record, members)
        for name in (*self._hidden, *self._absent):
            members.pop(name, None)
        if self._paths:
            members = self._selected(record, members)
        elif resource.default_select is not None:
            members = {name: value for name, value in members.items() if name in resource.default_select}
        for item in self._options.expand:
            self._expand(record, item, members)
        return members

    def _selected(self, record: Any, members: dict[str, Any]) -> dict[str, Any]:
        for path in self._paths:
            extra = self._resource.on_demand.get(path[0])
            if extra is not None and path[0] not in self._hidden:
                members[path[0]] = extra(self._call, record)
        along = (name for path in self._paths for name in self._resource.along.get(path[0], ()))
        return project(members, (*self._paths, *self._kept, *((name,) for name in along)))

    def _expand(self, record: Any, item: ExpandItem, members: dict[str, Any]) -> None:
        added = self._resource.expand["/".join(item.path).lower()](self._call, record)
        for name, value in added.items():
            finished = "@" in name or name in self._resource.filters_own
            members[name] = value if finished else shaped(value, self._resource.name, name, item, self._call.now)

    def _composed(self, record: Any) -> bytes:
        members = self.members(record)
        if self.level == "none":
            members = without_metadata(members)
        elif self.level == "full":
            identity = members.get("id")
            path = f"{self._path}('{identity}')" if self._path and identity else ""
            members = with_full_metadata(members, self._resource.name, self._call.root, path)
        return msgspec.json.encode(members)

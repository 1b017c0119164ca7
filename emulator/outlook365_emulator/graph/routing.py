"""From canonical segments to an operation: a trie with one dictionary per segment."""

from collections.abc import Iterable, Mapping
from typing import Any

from outlook365_emulator.errors import graph_error
from outlook365_emulator.graph.operation import Operation
from outlook365_emulator.graph.paths import Place
from outlook365_emulator.graph.property_paths import property_path
from outlook365_emulator.tables.graph_segments import GraphSegments

KEY = "{}"


class Node:
    """One segment of the trie: what may follow, and the operations that end here by verb."""

    __slots__ = ("following", "methods")

    def __init__(self) -> None:
        self.following: dict[str, Node] = {}
        self.methods: dict[str, Any] = {}

    def add(self, path: str, method: str, value: Any) -> None:
        """Add a path with placeholders in braces."""
        node = self
        for part in path.strip("/").split("/"):
            key = KEY if part.startswith("{") else part.lower().removeprefix("microsoft.graph.").partition("(")[0]
            node = node.following.setdefault(key, Node())
        node.methods[method] = value


class Routes:
    """The operations that are emulated, and the published ones that are not.

    Args:
        operations: what is emulated.
        published: verb and path of everything that Microsoft publishes for our resources.
        known: segments that Graph has at its root and below a user.
    """

    __slots__ = ("_below_user", "_published", "_root", "_roots")

    def __init__(self, operations: Mapping[str, Operation], published: Iterable[str], known: GraphSegments) -> None:
        self._root = Node()
        self._published = Node()
        self._roots = frozenset(name.lower() for name in known.roots)
        self._below_user = frozenset(name.lower() for name in known.user)
        for one in operations.values():
            self._root.add(one.path, one.method, one)
        for route in published:
            method, _, path = route.partition(" ")
            self._published.add(path, method, route)

    def find(self, place: Place, method: str) -> tuple[Operation, list[str]]:
        """Return the operation and the keys in its path.

        Args:
            place: where the request goes.
            method: verb.

        Returns:
            The operation and its keys. Where the path goes on to a property, or ends in a cast, the operation is that
            of the entity or collection, and `place` says the rest.

        Raises:
            GraphError: `segment_not_found`, `method_not_allowed`, `target_not_supported`, or `not_emulated` for what
                Graph has and we have not.
        """
        node, keys, depth = self._walk(self._root, place.segments)
        if node is not None:
            found = node.methods.get(method)
            if found is not None:
                return found, keys
        other = self._without_cast(place, method) or self._of_entity(place, method)
        if other is not None:
            return other
        raise self._refusal(place, method, node, depth)

    def _without_cast(self, place: Place, method: str) -> tuple[Operation, list[str]] | None:
        """Find the operation behind a cast: `/messages/microsoft.graph.eventMessage` lists messages of that type."""
        if not place.casts or method != "GET":
            return None
        kept = [(name, is_key) for name, is_key in place.segments if is_key or name not in place.casts]
        node, keys, _ = self._walk(self._root, kept)
        found = node.methods.get(method) if node is not None else None
        if found is None:
            return None
        place.cast = place.casts[-1]
        return found, keys

    def _of_entity(self, place: Place, method: str) -> tuple[Operation, list[str]] | None:
        """Find the operation that gets the entity whose property a path names: `/mailboxSettings/timeZone`."""
        segments = place.segments
        raw = bool(segments) and segments[-1] == ("$value", False)
        if raw:
            segments = segments[:-1]
        known, _, _ = self._walk(self._published, place.segments)
        for length in range(len(segments) - 1, max(len(segments) - 4, 1), -1):
            node, keys, _ = self._walk(self._root, segments[:length])
            found = node.methods.get("GET") if node is not None else None
            names = [name for name, is_key in segments[length:] if not is_key]
            if found is None or len(names) != len(segments) - length or (known is not None and length == 2):
                continue
            path = property_path(segments[:length], names)
            if path:
                if method != "GET":
                    return None
                place.property, place.raw = path, raw
                return found, keys
        return None

    @staticmethod
    def _walk(root: Node, segments: list[tuple[str, bool]]) -> tuple[Node | None, list[str], int]:
        node, keys = root, list[str]()
        for depth, (name, is_key) in enumerate(segments):
            following = node.following.get(KEY if is_key else name)
            if following is None:
                return None, keys, depth
            if is_key:
                keys.append(name)
            node = following
        return (node if node.methods else None), keys, len(segments)

    def _refusal(self, place: Place, method: str, node: Node | None, depth: int) -> Exception:
        written = "/" + "/".join(place.written)
        published, _, known = self._walk(self._published, place.segments)
        first = place.segments[0][0] if place.segments else ""
        below = place.segments[2][0] if len(place.segments) > 2 else ""
        beyond = below in self._below_user if first == "users" else first in self._roots
        is_published = published is not None and method in published.methods
        if is_published or (beyond and node is None):
            return graph_error(
                "not_emulated",
                operation=f"{method} {written}",
                because=f"Microsoft Graph has {method} {written}, and this emulator does not have it yet",
            )
        if place.segments and place.segments[-1] == ("$ref", False) and node is None:
            return graph_error("target_not_supported", because=f"references ($ref) are not served: {written}")
        if node is not None or published is not None:
            allowed = sorted({*(node.methods if node else ()), *(published.methods if published else ())})
            return graph_error(
                "method_not_allowed",
                headers=[("Allow", ", ".join(allowed))],
                because=f"{written} takes {', '.join(allowed)}, not {method}",
            )
        depth = max(depth, known)
        names = [name for name, _ in place.segments]
        name = names[depth] if depth < len(names) else (names[-1] if names else "")
        segment = next((one for one in place.written if one.lower() == name), name)
        return graph_error(
            "segment_not_found", segment=segment, because=f"nothing is called {segment!r} at this place of {written}"
        )

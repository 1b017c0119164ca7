"""From a path to its route: a tree with one dictionary a segment."""

from collections.abc import Iterable
from urllib.parse import unquote

from outlook365_emulator.control.routes import PREFIX, Route


class Node:
    """A place in the tree of paths."""

    __slots__ = ("children", "placeholder", "routes")

    def __init__(self) -> None:
        self.children: dict[str, Node] = {}
        self.placeholder: tuple[str, Node] | None = None
        self.routes: dict[str, Route] = {}


class Matcher:
    """The tree of all routes.

    Args:
        routes: the routes; two of one path name their placeholders alike.
    """

    __slots__ = ("_root",)

    def __init__(self, routes: Iterable[Route]) -> None:
        self._root = Node()
        for route in routes:
            node = self._root
            for segment in filter(None, route.path.split("/")):
                if segment.startswith("{"):
                    node.placeholder = node.placeholder or (segment[1:-1], Node())
                    assert node.placeholder[0] == segment[1:-1], f"{route.path}: another name for {node.placeholder[0]}"
                    node = node.placeholder[1]
                else:
                    node = node.children.setdefault(segment, Node())
            assert route.method not in node.routes, f"{route.method} {route.path} stands twice"
            node.routes[route.method] = route

    def find(self, path: str) -> tuple[dict[str, Route], dict[str, str]] | None:
        """Return the routes of a path by method and the values of its placeholders, or None.

        Args:
            path: percent-encoded path with `PREFIX`; one slash at the end makes no difference.
        """
        if not path.startswith(PREFIX):
            return None
        segments = path[len(PREFIX) :].split("/")
        if segments[0]:
            return None
        if len(segments) > 1 and not segments[-1]:
            segments.pop()
        node, keys = self._root, {}
        for segment in segments[1:]:
            child = node.children.get(segment)
            if child is None:
                if node.placeholder is None or not segment:
                    return None
                name, child = node.placeholder
                keys[name] = unquote(segment) if "%" in segment else segment
            node = child
        return (node.routes, keys) if node.routes else None

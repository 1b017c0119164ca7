"""Replace attributes of other modules and classes, and put back exactly what was there."""

import sys
from collections.abc import Callable, Iterator
from typing import Any

_PATCH = "_outlook365_patch"


class Patch:
    """One replaced attribute of a module or class.

    Args:
        owner: module or class that holds the attribute.
        name: the attribute's name.
        make: makes the replacement from this patch; the replacement calls `patch.original` and passes everything
            on once `patch.active` is False, since another library may have kept it.
        keeper: the `Patches` that undoes this one.
    """

    __slots__ = ("active", "inherited", "keeper", "name", "original", "owner", "replacement")

    def __init__(self, owner: Any, name: str, make: Callable[["Patch"], Callable[..., Any]], keeper: object) -> None:
        self.owner = owner
        self.keeper = keeper
        self.name = name
        self.inherited = name not in vars(owner)
        self.original: Callable[..., Any] = getattr(owner, name)
        self.active = True
        self.replacement = make(self)
        for attribute in ("__name__", "__qualname__", "__doc__"):
            setattr(self.replacement, attribute, getattr(self.original, attribute, None) or name)
        setattr(self.replacement, _PATCH, self)
        setattr(owner, name, self.replacement)

    @property
    def on_top(self) -> bool:
        """Whether the owner's attribute is this patch's replacement."""
        return vars(self.owner).get(self.name) is self.replacement

    @property
    def bottom(self) -> "Patch":
        """The last of this patch and the inert ones directly below it."""
        bottom = self
        while (below := patch_of(bottom.original)) is not None and not below.active:
            bottom = below
        return bottom

    def undo(self) -> None:
        """Put the original back if the attribute is still ours; make the replacement pass everything on."""
        self.active = False
        if not self.on_top:
            return
        bottom = self.bottom
        if bottom.inherited:
            delattr(self.owner, self.name)
        else:
            setattr(self.owner, self.name, bottom.original)


def patch_of(function: object) -> Patch | None:
    """Return the patch that made a function, or None where it is not a replacement of ours."""
    found = getattr(function, _PATCH, None)
    return found if isinstance(found, Patch) else None


class Patches:
    """The patches of one interception, undone in reverse."""

    def __init__(self) -> None:
        self._made: dict[tuple[int, str, int], Patch] = {}

    def add(self, owner: Any, name: str, make: Callable[[Patch], Callable[..., Any]]) -> Patch:
        """Replace an attribute, unless a replacement of ours is on top already.

        A patch over the same original is used again: libraries that put the original back after every test would
        make one for each test otherwise. Over another library's function there is a new one, so that a function which
        calls our earlier replacement does not end up in a circle.

        Args:
            owner: module or class.
            name: the attribute's name.
            make: makes the replacement.

        Returns:
            The patch that is on top.
        """
        current = getattr(owner, name)
        on_top = patch_of(current)
        if on_top is not None and on_top.owner is owner and on_top.keeper is self and on_top.active:
            return on_top
        key = (id(owner), name, id(current))
        patch = self._made.get(key)
        if patch is None:
            patch = self._made[key] = Patch(owner, name, make, self)
        else:
            setattr(owner, name, patch.replacement)
        return patch

    def pause(self) -> None:
        """Leave the patches where they are and have them pass everything on, until `resume` or `undo`."""
        for patch in self._made.values():
            patch.active = False

    def resume(self) -> None:
        """Have the patches act again."""
        for patch in self._made.values():
            patch.active = True

    def undo(self) -> None:
        """Undo all patches, the latest first, and in modules that copied a replacement of ours too."""
        made = list(self._made.values())
        self._made.clear()
        for patch in reversed(made):
            patch.undo()
        replace_copies(
            {id(patch.replacement): patch.bottom.original for patch in made if not isinstance(patch.owner, type)}
        )


def _namespaces() -> Iterator[dict[str, Any]]:
    for module in list(sys.modules.values()):
        try:
            # Not getattr: that would load a module whose import is lazy.
            namespace = object.__getattribute__(module, "__dict__")
        except AttributeError:
            continue
        if isinstance(namespace, dict):
            yield namespace


def replace_copies(replacements: dict[int, Any]) -> None:
    """Replace copies of functions that modules hold by `from socket import getaddrinfo`, under whatever name.

    Args:
        replacements: the new function by the `id` of the old one.
    """
    for namespace in _namespaces():
        # A list first: other threads may import meanwhile.
        copies = [(name, value) for name, value in list(namespace.items()) if id(value) in replacements]
        for name, value in copies:
            namespace[name] = replacements[id(value)]

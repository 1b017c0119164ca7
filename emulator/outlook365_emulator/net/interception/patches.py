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
    """

    __slots__ = ("active", "inherited", "name", "original", "owner", "replacement")

    def __init__(self, owner: Any, name: str, make: Callable[["Patch"], Callable[..., Any]]) -> None:
        self.owner = owner
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

    def undo(self) -> None:
        """Put the original back if the attribute is still ours; make the replacement pass everything on."""
        self.active = False
        if not self.on_top:
            return
        bottom = self
        while (below := patch_of(bottom.original)) is not None and not below.active:
            bottom = below
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
        self._made: list[Patch] = []

    def add(self, owner: Any, name: str, make: Callable[[Patch], Callable[..., Any]]) -> Patch:
        """Replace an attribute, unless our replacement is on top already.

        Args:
            owner: module or class.
            name: the attribute's name.
            make: makes the replacement.

        Returns:
            The patch that is on top.
        """
        for patch in self._made:
            if patch.owner is owner and patch.name == name and patch.on_top:
                return patch
        patch = Patch(owner, name, make)
        self._made.append(patch)
        return patch

    def undo(self) -> None:
        """Undo all patches, the latest first."""
        while self._made:
            self._made.pop().undo()


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

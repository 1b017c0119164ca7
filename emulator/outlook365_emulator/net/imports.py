"""Run a function right after a module is imported, while active.

Only modules that every interpreter has loaded anyway are imported: each Python child process imports this at its start.
"""

import sys
from collections.abc import Callable, Mapping, Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType


class AfterImport:
    """An entry of `sys.meta_path` that watches for a few modules; it loads nothing itself.

    Args:
        actions: what to run, with no arguments, by the module's full name.
    """

    def __init__(self, actions: Mapping[str, Callable[[], None]]) -> None:
        self._actions = actions
        self._looking: set[str] = set()

    def install(self) -> None:
        """Start watching."""
        if self not in sys.meta_path:
            sys.meta_path.insert(0, self)

    def remove(self) -> None:
        """Stop watching."""
        if self in sys.meta_path:
            sys.meta_path.remove(self)

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Find a watched module by the other finders and have its loader run our action afterwards."""
        action = self._actions.get(name)
        if action is None or name in self._looking:
            return None
        self._looking.add(name)
        try:
            spec = self._found_by_others(name, path, target)
        finally:
            self._looking.discard(name)
        if spec is not None and hasattr(spec.loader, "exec_module"):
            _run_after(spec, action)
        return spec

    def _found_by_others(self, name: str, path: Sequence[str] | None, target: ModuleType | None) -> ModuleSpec | None:
        for finder in list(sys.meta_path):
            if finder is self or not hasattr(finder, "find_spec"):
                continue
            spec = finder.find_spec(name, path, target)
            if spec is not None:
                return spec
        return None


def _run_after(spec: ModuleSpec, action: Callable[[], None]) -> None:
    loader = spec.loader
    assert loader is not None
    create, execute = loader.create_module, loader.exec_module

    class Loader:
        def create_module(self, spec: ModuleSpec) -> ModuleType | None:
            return create(spec)

        def exec_module(self, module: ModuleType) -> None:
            # The module and its code see their own loader (resources, inspect, pickles).
            module.__loader__ = loader
            if module.__spec__ is not None:
                module.__spec__.loader = loader
            execute(module)
            action()

    spec.loader = Loader()  # type: ignore[assignment]  # the import system asks for no base class

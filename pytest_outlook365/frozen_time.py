"""Keeping freezegun away from the emulator.

freezegun replaces `datetime` in every module that is loaded, the emulator's too, whose records would then hold its
stand-ins. A world has a clock of its own, so the emulator's modules are put on freezegun's list of those to leave alone
as soon as freezegun is imported: a decorator takes the list when the test's module is read.
"""

import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

_WATCHED = "freezegun.config"
_OURS = "outlook365_emulator"


class _Watch:
    """An entry of `sys.meta_path` that waits for freezegun and loads nothing itself."""

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Find freezegun's configuration by the other finders and have it amended once it is loaded."""
        if name != _WATCHED:
            return None
        sys.meta_path.remove(self)
        finders = (getattr(finder, "find_spec", None) for finder in sys.meta_path)
        spec = next((found for find in finders if find and (found := find(name, path, target))), None)
        if spec is not None and spec.loader is not None:
            execute = spec.loader.exec_module

            def amended(module: ModuleType) -> None:
                execute(module)
                _leave_ours_alone(module)

            spec.loader.exec_module = amended  # this loader serves one module
        return spec


def _leave_ours_alone(config: Any) -> None:
    if _OURS not in config.settings.default_ignore_list:
        config.configure(extend_ignore_list=[_OURS])


def leave_emulator_alone() -> None:
    """Tell freezegun, loaded or yet to come, to leave the emulator's modules as they are."""
    loaded = sys.modules.get(_WATCHED)
    if loaded is not None:
        _leave_ours_alone(loaded)
    elif not any(isinstance(finder, _Watch) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Watch())


def stop_waiting() -> None:
    """Wait for freezegun no longer."""
    sys.meta_path[:] = [finder for finder in sys.meta_path if not isinstance(finder, _Watch)]


def is_loaded() -> bool:
    """Return whether freezegun is there: what is imported while it is active gets its stand-ins."""
    return _WATCHED in sys.modules

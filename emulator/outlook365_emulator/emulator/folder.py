"""The temporary folder of a running emulator, and the removal of those that killed processes have left behind."""

import atexit
import contextlib
import os
import shutil
import sys
import tempfile
import weakref
from functools import cache
from pathlib import Path

from outlook365_emulator.clock import real_timestamp

if sys.platform != "win32":
    import fcntl

PREFIX = "outlook365-"

_LOCK = "lock"
_YOUNG = 60.0
"""Folders are left alone for this many seconds: the process that makes one may not have locked it yet."""


class TemporaryFolder:
    """A folder that is removed with the object, or at the end of the process.

    A process that is killed removes nothing. Its lock on a file in the folder (`flock`) ends with it, by which the
    next process with an emulator knows at its end that the folder is nobody's.

    Attributes:
        path: the folder.
        remove: removes it, unless a forked child calls: it is the parent's; further calls do nothing.
    """

    def __init__(self) -> None:
        self.path = Path(tempfile.mkdtemp(prefix=PREFIX))
        descriptor = os.open(self.path / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        _lock(descriptor)
        self.remove = weakref.finalize(self, _remove, self.path, descriptor, os.getpid())
        _sweep_at_exit(self.path.parent)


def _lock(descriptor: int) -> bool:
    """Return whether a file could be locked; it stays so until every copy of the descriptor is closed."""
    if sys.platform == "win32":
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _remove(folder: Path, descriptor: int, owner: int) -> None:
    if os.getpid() != owner:
        return
    shutil.rmtree(folder, ignore_errors=True)
    os.close(descriptor)


@cache
def _sweep_at_exit(parent: Path) -> None:
    """Have what others left behind removed when this process ends: an emulator that stops must not wait for it."""
    atexit.register(remove_left_behind, parent)


def remove_left_behind(parent: Path) -> None:
    """Remove the folders of emulators whose processes were killed.

    Args:
        parent: where temporary folders are made.
    """
    with contextlib.suppress(OSError), os.scandir(parent) as entries:
        for entry in entries:
            if entry.name.startswith(PREFIX) and entry.is_dir(follow_symlinks=False):
                _remove_if_left(Path(entry.path))


def _remove_if_left(folder: Path) -> None:
    with contextlib.suppress(OSError):  # no lock in it, somebody else's, or gone meanwhile
        if real_timestamp() - folder.stat().st_mtime < _YOUNG:
            return
        descriptor = os.open(folder / _LOCK, os.O_RDWR)
        try:
            if _lock(descriptor):
                shutil.rmtree(folder, ignore_errors=True)
        finally:
            os.close(descriptor)

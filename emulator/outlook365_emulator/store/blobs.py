"""Content too large to live in records: one file per world, an unlinked temporary one where no data is kept."""

import hashlib
import os
import tempfile
import threading
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import msgspec

from outlook365_emulator.store.recording import NotKept

THRESHOLD = 64 * 1024
"""Content of more bytes than this lies here; smaller content lies in its record."""

_SLICE = 256 * 1024


class Blob(msgspec.Struct, frozen=True):
    """Where a piece of content lies, how long it is, and its SHA-256 in hex."""

    offset: int
    length: int
    digest: str


class HeldContent:
    """All content of a world as it was at a moment, to be read in any thread; it outlives the world.

    Args:
        file: a descriptor of its own for the world's file; closed with this object.
        end: where the content ended.
        turn: held by whoever seeks in the file and reads or writes there, since descriptors share their position.
    """

    __slots__ = ("__weakref__", "_end", "_file", "_turn")

    def __init__(self, file: IO[bytes], end: int, turn: threading.Lock) -> None:
        self._file = file
        self._end = end
        self._turn = turn
        weakref.finalize(self, file.close)

    def slices(self) -> Iterator[bytes]:
        """Yield the content in pieces of at most 256 kB, as far as it was written."""
        position = 0
        while position < self._end:
            with self._turn:
                self._file.seek(position)
                piece = self._file.read(min(_SLICE, self._end - position))
            if not piece:
                return
            position += len(piece)
            yield piece

    def close(self) -> None:
        """Give the descriptor back to the system."""
        self._file.close()


class Blobs:
    """The content file of a world; made when the first content arrives, gone with the world.

    Attributes:
        path: the file that keeps the content, or None for a temporary one; set it before content arrives, or by
            `keep_in`.
    """

    __slots__ = ("__weakref__", "_end", "_file", "_growing", "_turn", "path")

    def __init__(self) -> None:
        self.path: Path | None = None
        self._file: IO[bytes] | None = None
        self._end = 0
        self._growing: dict[int, tuple[int, Any]] = {}
        self._turn = threading.Lock()

    def _opened(self) -> IO[bytes]:
        if self._file is not None:
            return self._file
        # Unbuffered: what is written is with the system, a full disk leaves nothing behind in a buffer, and no buffer
        # relies on a position that `HeldContent` has moved.
        if self.path is not None:
            self.path.touch(mode=0o600)
            self._file = self.path.open("r+b", buffering=0)
        else:
            self._file = tempfile.TemporaryFile(prefix="outlook365-", buffering=0)  # noqa: SIM115 - lives with the world
        # No __del__: among objects that refer to each other the file could be collected first, unclosed.
        weakref.finalize(self, self._file.close)
        return self._file

    @property
    def end(self) -> int:
        """Where the next content will lie."""
        return self._end

    def resume(self, end: int) -> None:
        """Go on with content that `path` keeps.

        Args:
            end: where the next content will lie.
        """
        self._end = end
        if self.path is not None and self.path.exists():
            self._opened()

    def flush(self) -> None:
        """Hand what was written to the system, so that it outlives this process."""
        if self._file is not None:
            self._file.flush()

    def _write(self, position: int, content: bytes) -> None:
        """Write content at a position.

        Raises:
            NotKept: the file that keeps it cannot be written.
        """
        try:
            file = self._opened()
            with self._turn:
                file.seek(position)
                rest = memoryview(content)
                while rest:
                    rest = rest[file.write(rest) :]
        except OSError as error:
            raise NotKept(f"the content could not be written to {self.path or 'a temporary file'} ({error})") from None

    def add(self, content: bytes) -> Blob:
        """Append content and return where it lies."""
        self._write(self._end, content)
        blob = Blob(self._end, len(content), hashlib.sha256(content).hexdigest())
        self._end += len(content)
        return blob

    def reserve(self, length: int) -> int:
        """Keep room for content that arrives in pieces, and return where it will lie."""
        offset = self._end
        self._end += length
        return offset

    def write_piece(self, offset: int, position: int, piece: bytes) -> None:
        """Write a piece of content into the room that was kept for it.

        Args:
            offset: what `reserve` returned.
            position: where the piece stands within the content; pieces come in order.
            piece: the bytes.
        """
        self._write(offset + position, piece)
        hashed, digest = self._growing.get(offset, (0, None))
        if digest is None or hashed != position:
            digest = hashlib.sha256()
            for held in self.slices(Blob(offset, position, "")):
                digest.update(held)
        digest.update(piece)
        self._growing[offset] = (position + len(piece), digest)

    def whole(self, offset: int, length: int) -> Blob:
        """Return content whose pieces are all written."""
        hashed, digest = self._growing.pop(offset, (0, None))
        if digest is None or hashed != length:
            digest = hashlib.sha256()
            for held in self.slices(Blob(offset, length, "")):
                digest.update(held)
        return Blob(offset, length, digest.hexdigest())

    def forget_pieces(self, offset: int) -> None:
        """Forget content that will not be finished."""
        self._growing.pop(offset, None)

    def slices(self, blob: Blob) -> Iterator[bytes]:
        """Yield content in pieces of at most 256 kB.

        Raises:
            LookupError: the file does not hold it.
        """
        if self._file is None:
            raise LookupError(f"no content at {blob.offset}: this world holds none")
        position, end = blob.offset, blob.offset + blob.length
        while position < end:
            with self._turn:
                self._file.seek(position)
                piece = self._file.read(min(_SLICE, end - position))
            if not piece:
                raise LookupError(f"no content at {position}: the file of this world ends before")
            position += len(piece)
            yield piece

    def held(self) -> HeldContent | None:
        """Return all content as it is at this moment, or None where there is none.

        Raises:
            OSError: the process has no descriptor left.
        """
        if self._file is None:
            return None
        file = os.fdopen(os.dup(self._file.fileno()), "rb", buffering=0)
        return HeldContent(file, self._end, self._turn)

    def fill(self, source: IO[bytes]) -> None:
        """Take in all content of another world, in the place of what is there.

        Raises:
            NotKept: it cannot be written.
        """
        position = 0
        while piece := source.read(_SLICE):
            self._write(position, piece)
            position += len(piece)

    def keep_in(self, path: Path) -> None:
        """Have the content kept in a file from here on, what there is of it included.

        Args:
            path: the file; what it holds is overwritten.

        Raises:
            NotKept: it cannot be written.
        """
        held, self._file, self.path = self._file, None, path
        if held is not None:
            held.seek(0)
            self.fill(held)
            held.close()

    def read(self, blob: Blob) -> bytes:
        """Return content whole."""
        return b"".join(self.slices(blob))

    def close(self) -> None:
        """Give the file back to the system."""
        if self._file is not None:
            self._file.close()
            self._file = None

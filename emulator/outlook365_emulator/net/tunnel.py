"""Two connections joined: what arrives at one end is written to the other."""

import asyncio
from typing import cast

HALF_CLOSED_SECONDS = 60.0
"""How long a tunnel may lie idle after one side has said that it sends no more."""


class End(asyncio.Protocol):
    """One end of a tunnel.

    Args:
        ends: the set that holds every open end; the end enters and leaves it by itself.
        limit: number of bytes that this end may still send to the other, the rest is dropped; None for no limit.
    """

    def __init__(self, ends: set[asyncio.BaseProtocol], limit: int | None = None) -> None:
        self.transport: asyncio.Transport | None = None
        self.other: End | None = None
        self._ends = ends
        self._limit = limit
        self._finished = False
        self._moved = False
        self._patience: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the transport; also called by hand for a connection that had another protocol before."""
        self.transport = cast(asyncio.Transport, transport)
        self._ends.add(self)

    def data_received(self, data: bytes) -> None:
        """Pass data on."""
        if self._limit is not None:
            data = data[: self._limit]
            self._limit -= len(data)
        if data and self.other is not None:
            self._moved = self.other._moved = True
            self.other.write(data)

    def eof_received(self) -> bool:
        """Pass the end of the stream on; the other direction stays open until it ends too."""
        self._finished = True
        other = self.other
        if other is None or other._finished:
            self.close()
            if other is not None:
                other.close()
            return False
        other.finish()
        self._wait()
        return True

    def pause_writing(self) -> None:
        """Stop reading from the other end while this one is slow."""
        if self.other is not None and self.other.transport is not None:
            self.other.transport.pause_reading()

    def resume_writing(self) -> None:
        """Read from the other end again."""
        if self.other is not None and self.other.transport is not None:
            self.other.transport.resume_reading()

    def connection_lost(self, exc: Exception | None) -> None:
        """Close the other end: at once after an error, else when what is buffered has been sent."""
        self._ends.discard(self)
        if self._patience is not None:
            self._patience.cancel()
        other, self.other = self.other, None
        if other is not None:
            other.other = None
            if exc is None:
                other.close()
            else:
                other.abort()

    def write(self, data: bytes) -> None:
        """Send data unless the connection is closing."""
        if self.transport is not None and not self.transport.is_closing():
            self.transport.write(data)

    def finish(self) -> None:
        """Say that no more data follows."""
        if self.transport is not None and not self.transport.is_closing():
            self.transport.write_eof()

    def close(self) -> None:
        """Close after what is buffered has been sent, but do not wait for ever on a peer that does not read."""
        if self.transport is not None and not self.transport.is_closing():
            if self._patience is None and self.transport.get_write_buffer_size():
                self._wait()
            self.transport.close()

    def abort(self) -> None:
        """Close at once."""
        if self.transport is not None:
            self.transport.abort()

    def _wait(self) -> None:
        self._moved = False
        self._patience = asyncio.get_running_loop().call_later(HALF_CLOSED_SECONDS, self._give_up)

    def _give_up(self) -> None:
        if self._moved:
            self._wait()
            return
        other = self.other
        self.abort()
        if other is not None:
            other.abort()


def join(near: End, far: End) -> None:
    """Make two ends a tunnel."""
    near.other = far
    far.other = near

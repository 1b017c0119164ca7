"""A world in one file: a ZIP of `world.json` (what it is), `records.jsonl` (a record a line) and `blobs` (content).

The format is described in docs/how-to/keep-data.md.
"""

import os
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import IO, Any, NamedTuple

import msgspec

from outlook365_emulator.store.blobs import HeldContent
from outlook365_emulator.store.durable.database import BadData
from outlook365_emulator.store.durable.parts import Part
from outlook365_emulator.store.durable.reading import read_world
from outlook365_emulator.store.durable.rows import Content, held_rows, plain
from outlook365_emulator.store.durable.shelves import Place
from outlook365_emulator.store.world import World

FORMAT = 1
"""Version of the format that is written, and the newest that can be read."""

_DAY_ONE = (1980, 1, 1, 0, 0, 0)


class Header(msgspec.Struct, kw_only=True):
    """What `world.json` says.

    Attributes:
        format: version of the format.
        name: the world's name.
        timestamp: the world's time when it was written, in seconds since 1970-01-01 UTC.
        tenants: the initial domain of each tenant.
    """

    format: int
    name: str
    timestamp: float
    tenants: list[str]


class Line(msgspec.Struct):
    """A line of `records.jsonl`: where a record lies, its key, and the record as JSON, bytes in base64."""

    tenant: str
    mailbox: str
    shelf: str
    key: str
    record: msgspec.Raw


class Archived(NamedTuple):
    """A world that was read from a file, and its time when that was written."""

    world: World
    timestamp: float


class Captured(NamedTuple):
    """A world as it was at a moment: another thread may write it while the world goes on or ends.

    Attributes:
        header: what it is.
        rows: everything of it, once.
        content: its large content, or None where there is none to write.
    """

    header: Header
    rows: Iterator[Content]
    content: HeldContent | None


def capture(world: World, parts: Sequence[Part], *, content: bool = True) -> Captured:
    """Return a world as it is at this moment; nothing but lists of its records is copied.

    Args:
        world: the world.
        parts: the parts of a world.
        content: whether the large content is meant too.

    Raises:
        OSError: the process has no descriptor left.
    """
    tenants = [tenant.domains[0] for tenant in world.tenants.values()]
    header = Header(format=FORMAT, name=world.name, timestamp=world.clock.timestamp(), tenants=tenants)
    return Captured(header, held_rows(world, parts), world.blobs.held() if content else None)


def write_archive(captured: Captured, target: IO[bytes]) -> None:
    """Write a world, and let go of its large content.

    Args:
        captured: the world.
        target: takes the bytes.

    Raises:
        OSError: it cannot be written.
    """
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        document = msgspec.json.format(msgspec.json.encode(captured.header), indent=2)
        archive.writestr(_entry("world.json"), document)
        with archive.open(_entry("records.jsonl"), "w", force_zip64=True) as records:
            _write_records(captured.rows, records)
        if captured.content is not None:
            with archive.open(_entry("blobs"), "w", force_zip64=True) as blobs, closing(captured.content):
                for piece in captured.content.slices():
                    blobs.write(piece)


def save_archive(world: World, file: Path, parts: Sequence[Part], *, content: bool = True) -> None:
    """Write a world to a file at once: whoever reads the file meanwhile finds the former one.

    Args:
        world: the world.
        file: the file; its directory exists.
        parts: the parts of a world.
        content: whether the large content is written too.

    Raises:
        OSError: the file cannot be written.
    """
    descriptor, draft = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    try:
        with os.fdopen(descriptor, "wb") as stream:
            write_archive(capture(world, parts, content=content), stream)
        Path(draft).replace(file)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _DAY_ONE)
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


def _write_records(rows: Iterator[Content], records: IO[bytes]) -> None:
    encoder = msgspec.json.Encoder(enc_hook=plain)
    for place, key, record in rows:
        records.write(encoder.encode(Line(*place, key, msgspec.Raw(encoder.encode(record)))) + b"\n")


def read_archive(source: Path | IO[bytes], parts: Sequence[Part], *, limit: int | None = None) -> Archived:
    """Read a world; its large content goes to a temporary file, from which `Blobs.keep_in` moves it.

    Args:
        source: a file, or the bytes of one.
        parts: the parts of a world.
        limit: how many bytes it may have when it is unpacked, or None for any number.

    Raises:
        BadData: it is no export of a world, was written by a newer emulator, is damaged or too large.
    """
    named = str(source) if isinstance(source, Path) else "what was sent"
    try:
        with zipfile.ZipFile(source) as archive:
            return _read(archive, named, parts, limit)
    except BadData:
        raise
    except OSError as error:
        raise BadData(f"{named} cannot be read: {error.strerror or error}") from None
    except Exception as error:  # the file may hold anything, and any part of a world may stumble over it
        raise BadData(f"{named} is no export of a world, or is damaged: {error}") from None


def _read(archive: zipfile.ZipFile, named: str, parts: Sequence[Part], limit: int | None) -> Archived:
    size = sum(entry.file_size for entry in archive.infolist())
    if limit is not None and size > limit:
        raise BadData(f"{named} has {size} bytes when it is unpacked; it may have {limit}")
    header = msgspec.json.decode(archive.read("world.json"), type=Header)
    if header.format > FORMAT:
        raise BadData(f"{named} was written by a newer emulator (format {header.format}, not {FORMAT})")
    with archive.open("records.jsonl") as records:
        world = read_world(_lines(records), _decoded, parts, None)
    world.clock.now()  # raises where the clock stands outside the calendar
    if "blobs" in archive.namelist():
        with archive.open("blobs") as content:
            world.blobs.fill(content)
    return Archived(world, header.timestamp)


def _lines(records: IO[bytes]) -> Iterator[tuple[Place, str, Any]]:
    decoder = msgspec.json.Decoder(Line)
    for text in records:
        line = decoder.decode(text)
        yield Place(line.tenant, line.mailbox, line.shelf), line.key, line.record


def _decoded(record: Any, kind: Any) -> Any:
    return _decoder(kind).decode(record)


@cache
def _decoder(kind: Any) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(kind)

"""Content too large for records."""

import gc
import hashlib
import threading
import warnings

import pytest
from hypothesis import given
from hypothesis import strategies as st
from outlook365_emulator.store.blobs import Blob, Blobs


@given(st.lists(st.binary(max_size=300_000), max_size=4))
def test_what_goes_in_comes_out(contents: list[bytes]) -> None:
    blobs = Blobs()
    held = [blobs.add(content) for content in contents]
    for blob, content in reversed(list(zip(held, contents, strict=True))):
        assert blobs.read(blob) == content
        assert (blob.length, blob.digest) == (len(content), hashlib.sha256(content).hexdigest())


def test_it_comes_in_slices() -> None:
    blobs = Blobs()
    blob = blobs.add(bytes(600_000))
    assert [len(piece) for piece in blobs.slices(blob)] == [262_144, 262_144, 75_712]


def test_reading_and_writing_take_turns() -> None:
    blobs = Blobs()
    first = blobs.add(b"a" * 300_000)
    slices = blobs.slices(first)
    next(slices)
    second = blobs.add(b"b" * 10)
    assert next(slices) == b"a" * (300_000 - 262_144)
    assert blobs.read(second) == b"b" * 10


def test_no_file_before_it_is_needed_and_none_after() -> None:
    blobs = Blobs()
    with pytest.raises(LookupError, match="holds none"):
        blobs.read(Blob(0, 1, ""))
    blob = blobs.add(b"x")
    blobs.close()
    blobs.close()
    with pytest.raises(LookupError):
        blobs.read(blob)


def test_a_world_that_is_let_go_closes_its_file() -> None:
    blobs = Blobs()
    blobs.add(b"x")
    del blobs  # an unclosed file would warn, and a warning fails the test


def test_the_file_of_a_world_that_nobody_holds_is_closed() -> None:
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        for _ in range(20):
            blobs = Blobs()
            blobs.add(b"content")
            circle: list[object] = [blobs]
            circle.append(circle)
        del blobs, circle
        gc.collect()
    assert not said


def test_held_content_is_of_the_moment_and_outlives_the_world() -> None:
    blobs = Blobs()
    assert blobs.held() is None
    blobs.add(b"a" * 300_000)
    held = blobs.held()
    assert held is not None
    blobs.add(b"later")
    blobs.close()
    assert b"".join(held.slices()) == b"a" * 300_000
    held.close()


def test_a_thread_reads_what_is_held_while_the_world_writes_and_reads() -> None:
    blobs, content, found = Blobs(), bytes(range(256)) * 20_000, []
    first = blobs.add(content)
    held = blobs.held()
    assert held is not None
    reading = threading.Thread(target=lambda: found.extend(b"".join(held.slices()) for _ in range(20)))
    reading.start()
    while reading.is_alive():
        added = blobs.add(b"x" * 100_000)
        assert blobs.read(added) == b"x" * 100_000
    reading.join()
    assert found == [content] * 20
    assert blobs.read(first) == content
    held.close()

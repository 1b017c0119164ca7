"""Size and media type of pictures: ITU-T T.81, RFC 2083, GIF89a."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st
from outlook365_emulator.graph.people.pictures import Picture, picture_of

PNG = b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", 300, 240)
GIF = b"GIF89a" + struct.pack("<HH", 300, 240)
FRAME = b"\xff\xc2\x00\x0b\x08" + struct.pack(">HH", 240, 300)
TABLES = b"\xff\xe0\x00\x04ab" + b"\xff\xc4\x00\x02" + b"\xff\xd0"


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (PNG, "image/png"),
        (GIF, "image/gif"),
        (b"\xff\xd8" + FRAME, "image/jpeg"),
        (b"\xff\xd8" + TABLES + b"\xff" + FRAME, "image/jpeg"),
    ],
)
def test_a_picture(content: bytes, media_type: str) -> None:
    assert picture_of(content + b"more") == Picture(media_type, 300, 240)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"Binary data for the image",
        PNG[:23],
        PNG[:16] + bytes(8),
        GIF[:9],
        b"\xff\xd8" + FRAME[:8],
        b"\xff\xd8" + TABLES,
        b"\xff\xd8\xff\xe0\xff\xff",
        b"\xff\xd8" + b"\xff\xc8" + FRAME[2:],
    ],
)
def test_what_is_none(content: bytes) -> None:
    assert picture_of(content) is None


@given(st.sampled_from([b"", b"\xff\xd8", PNG[:8], b"GIF87a"]), st.binary(max_size=60))
def test_any_bytes_are_a_picture_with_a_size_or_none(start: bytes, rest: bytes) -> None:
    found = picture_of(start + rest)
    assert found is None or (found.width > 0 and found.height > 0)

"""Pictures as far as profile photos need them: the media type and the size in pixels, read from the first bytes.

JPEG (ITU-T T.81 annex B.2), PNG (RFC 2083 section 4.1.1), GIF (GIF89a section 18).
"""

import msgspec

_PNG = b"\x89PNG\r\n\x1a\n"
_NO_FRAME = frozenset({0xC4, 0xC8, 0xCC})
"""Markers among those of frames that begin something else: Huffman tables, an extension, arithmetic conditioning."""

_ALONE = frozenset({0x01, *range(0xD0, 0xD9)})
"""Markers without a length."""


class Picture(msgspec.Struct, frozen=True):
    """What a picture is.

    Attributes:
        media_type: `image/jpeg`, `image/png` or `image/gif`.
        width, height: its size in pixels.
    """

    media_type: str
    width: int
    height: int


def picture_of(content: bytes) -> Picture | None:
    """Return what a file holds, or None where it is no JPEG, PNG or GIF with a size.

    Args:
        content: the file.
    """
    found: tuple[int, int] | None = None
    kind = ""
    if content.startswith(b"\xff\xd8"):
        kind, found = "image/jpeg", _jpeg_size(content)
    elif content.startswith(_PNG) and len(content) >= 24:
        kind, found = "image/png", (_number(content, 16, 4), _number(content, 20, 4))
    elif content[:6] in (b"GIF87a", b"GIF89a") and len(content) >= 10:
        kind = "image/gif"
        found = int.from_bytes(content[6:8], "little"), int.from_bytes(content[8:10], "little")
    return Picture(kind, *found) if found is not None and all(found) else None


def _jpeg_size(content: bytes) -> tuple[int, int] | None:
    """Return width and height of the first frame."""
    at = 2
    while at + 9 <= len(content) and content[at] == 0xFF:
        marker = content[at + 1]
        if 0xC0 <= marker <= 0xCF and marker not in _NO_FRAME:
            return _number(content, at + 7, 2), _number(content, at + 5, 2)
        if marker == 0xFF:  # a byte that fills up
            at += 1
        else:
            at += 2 if marker in _ALONE else 2 + max(_number(content, at + 2, 2), 2)
    return None


def _number(content: bytes, at: int, length: int) -> int:
    return int.from_bytes(content[at : at + length], "big")

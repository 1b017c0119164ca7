"""The only source of identity, secrets and chance.

Identity comes from a nonce, chance from a seed: two worlds with one seed invent the same people and draw the same
lots, and yet never share an id.
"""

import base64
import hashlib
import random
import secrets

Chance = random.Random
"""A seeded source of chance; each world has one (`World.chance`)."""


def fresh_nonce() -> bytes:
    """Return 16 unpredictable bytes, for a world without fixed ids."""
    return secrets.token_bytes(16)


def fresh_seed() -> int:
    """Return a seed for a world that was not given one."""
    return secrets.randbits(32)


def same_secret(given: str, expected: str) -> bool:
    """Compare two secrets in constant time."""
    return secrets.compare_digest(given.encode(), expected.encode())


def guid_of(data: bytes) -> str:
    """Write 16 bytes as a version 4 GUID in lower case."""
    number = int.from_bytes(data[:16], "big")
    number = number & ~(0xF << 76) | (0x4 << 76)
    number = number & ~(0x3 << 62) | (0x2 << 62)
    text = f"{number:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def base64url(data: bytes) -> str:
    """Encode bytes as base64url without padding (RFC 7515 section 2)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Ids:
    """A stream of ids and secrets that nothing but the nonce determines.

    Args:
        nonce: bytes that no other stream has; the same nonce gives the same ids in the same order.
    """

    __slots__ = ("_count", "_nonce")

    def __init__(self, nonce: bytes) -> None:
        self._nonce = nonce
        self._count = 0

    @property
    def nonce(self) -> bytes:
        """What determines the stream."""
        return self._nonce

    @property
    def count(self) -> int:
        """How often something was drawn."""
        return self._count

    def resume(self, count: int) -> None:
        """Go on after a number of drawings, so that none of them comes again."""
        self._count = count

    def data(self, length: int = 32) -> bytes:
        """Return the next bytes of the stream, at most 64."""
        self._count += 1
        return hashlib.blake2b(self._count.to_bytes(8, "big"), key=self._nonce[:64], digest_size=length).digest()

    def guid(self) -> str:
        """Return a new GUID in lower case."""
        return guid_of(self.data(16))

    def secret(self) -> str:
        """Return a new client secret in the shape of Entra's: 40 characters, `abc8Q~…`."""
        text = base64url(self.data(32)).replace("_", ".").replace("-", "~")
        return f"{text[:3]}8Q~{text[3:37]}"

    def text(self, length: int = 22) -> str:
        """Return new base64url text of a length of at most 85 characters."""
        return base64url(self.data(64))[:length]

    def named(self, *names: str) -> "Ids":
        """Return a stream of its own for a name: the same names give the same stream whatever was drawn before."""
        joined = "\x00".join(names).encode()
        return Ids(hashlib.blake2b(joined, key=self._nonce[:64], digest_size=32).digest())

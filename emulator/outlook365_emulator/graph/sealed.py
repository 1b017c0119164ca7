"""Opaque tokens that carry their state: `$skiptoken` and `$deltatoken`.

A token begins with the key of its world, by which a request is placed, and is sealed with a secret of the world, so
that nobody can make one up or change one. Nothing is stored for it. In shape it is `base64url.base64url`, as Graph's.
"""

import base64
import binascii
import hashlib
from typing import TypeVar

import msgspec

from outlook365_emulator.ids import base64url, same_secret
from outlook365_emulator.store.world import KEY_LENGTH, World

S = TypeVar("S", bound=msgspec.Struct)

_SEAL_BYTES = 15


def _seal(world: World, purpose: str, body: bytes) -> str:
    secret = world.ids.named("sealed", purpose).data(32)
    return base64url(hashlib.blake2b(body, key=secret, digest_size=_SEAL_BYTES).digest())


def seal(world: World, purpose: str, state: msgspec.Struct) -> str:
    """Write a state as a token.

    Args:
        world: the world that the token leads back to.
        purpose: what the token is for; one purpose's token is none for another.
        state: plain data.
    """
    body = msgspec.msgpack.encode(state)
    return f"{world.key}{base64url(body)}.{_seal(world, purpose, body)}"


def unseal(world: World, purpose: str, token: str, kind: type[S]) -> S | None:
    """Read a token.

    Args:
        world: the world that must have written it.
        purpose: what it must be for.
        token: the text as sent.
        kind: the type of the state.

    Returns:
        The state, or None where the token is none of this world and purpose.
    """
    text, _, seal_text = token.partition(".")
    if not text.startswith(world.key) or not token.isascii():
        return None
    encoded = text[KEY_LENGTH:]
    try:
        body = base64.b64decode(encoded + "=" * (-len(encoded) % 4), altchars=b"-_", validate=True)
        if not same_secret(seal_text, _seal(world, purpose, body)):
            return None
        return msgspec.msgpack.decode(body, type=kind)
    except (binascii.Error, ValueError, msgspec.DecodeError):
        return None

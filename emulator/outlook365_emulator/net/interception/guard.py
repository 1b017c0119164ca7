"""Which names are ours, which are refused: host names as callers spell them, and the error for a real service."""

import errno


class RefusedHost(ConnectionRefusedError):
    """A connection to a Microsoft host that is not emulated was refused.

    It is an `OSError`, so that HTTP libraries report it as their own connection error with this text in it.

    Args:
        host: the name that was asked for.
    """

    def __init__(self, host: str) -> None:
        super().__init__(
            errno.ECONNREFUSED,
            f"{host} is Microsoft's, is not emulated, and pytest-outlook365 lets nothing reach the real service: "
            "replace this call in the test",
        )
        self.host = host

    def __reduce__(self) -> tuple[type["RefusedHost"], tuple[str]]:
        """Pickle by the host name: test runners send errors between processes."""
        return (RefusedHost, (self.host,))


def spelled(host: object) -> str | None:
    """Return a host name in one spelling: text, lower case, ASCII (IDNA), no trailing dot.

    Args:
        host: what a caller handed to a socket function: text, bytes, or anything else.

    Returns:
        The name, or None where it is not a name at all (the socket function then judges it).
    """
    try:
        if isinstance(host, (bytes, bytearray)):
            name = host.decode("ascii")
        elif isinstance(host, str):
            name = host if host.isascii() else host.encode("idna").decode("ascii")
        else:
            return None
    except UnicodeError:
        return None
    return name.rstrip(".").lower() or None

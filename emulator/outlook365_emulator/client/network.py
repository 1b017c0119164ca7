"""What look-ups and connections fail with, as the operating system says it."""

import errno
import os
import socket


def failure_of(kind: str, how: str) -> OSError:
    """Return the error of a connection that a fault lets fail.

    Args:
        kind: `dns` or `refused`.
        how: particulars: `unknown`, `again`; `refused`, `unreachable`.
    """
    if kind == "dns":
        if how == "again":
            return socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
        return socket.gaierror(socket.EAI_NONAME, "Name or service not known")
    number = errno.EHOSTUNREACH if how == "unreachable" else errno.ECONNREFUSED
    return OSError(number, os.strerror(number))

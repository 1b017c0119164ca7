"""pytest-socket: a suite that closes all sockets still wants to reach the emulator from the tests that ask for it."""

import socket
import sys

_LOOPBACK = ("127.0.0.1", "::1")


def is_pytest_socket(thing: object) -> bool:
    """Say whether a function or class is one of pytest-socket's guards."""
    return str(getattr(thing, "__module__", "")).split(".")[0] == "pytest_socket"


def admit_emulator() -> bool:
    """Narrow `--disable-socket` for the running test: connections to loopback and to the emulator, nothing else.

    pytest-socket refuses the making of a socket, when it is not known yet where it will connect. This turns that into
    its other guard, the one of `--allow-hosts`, which judges connections and which interception stands above;
    pytest-socket lifts either after the test. Call `Interception.start` afterwards.

    Returns:
        True if sockets were closed and are not any more.
    """
    guard = sys.modules.get("pytest_socket")
    if guard is None or not is_pytest_socket(socket.socket):
        return False
    guard.enable_socket()
    guard.socket_allow_hosts(list(_LOOPBACK))
    return True

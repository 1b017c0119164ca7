"""What the HTTP port tells without a token: that the emulator is there, and whose certificates to trust."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from outlook365_emulator.control.context import Context
from outlook365_emulator.wire import Response

HEALTH = "/_emulator/v1/health"
AUTHORITY = "/_emulator/v1/ca.pem"
_NOT_KEPT = ("Cache-Control", "no-store")


def show_health(context: Context) -> Response:
    """Say that requests are answered; for probes of containers."""
    return Response(200, b'{"status":"ok"}', [("Content-Type", "application/json"), _NOT_KEPT])


def show_authority(context: Context) -> Response:
    """Return the certificate of the authority that signs for the emulated hosts, as PEM (RFC 7468)."""
    name = ("Content-Disposition", 'attachment; filename="outlook365-emulator-ca.pem"')
    return Response(200, context.ca_pem, [("Content-Type", "application/x-pem-file"), name, _NOT_KEPT])


OPEN: Mapping[str, Callable[[Context], Response]] = MappingProxyType({HEALTH: show_health, AUTHORITY: show_authority})
"""What needs no token, by path."""


def answer_openly(path: str, context: Context) -> Response:
    """Answer one of the paths in `OPEN`.

    Args:
        path: the path.
        context: the emulator.
    """
    return OPEN[path](context)

"""The emulator as a whole: where it is, and what a connector must be told."""

from typing import Any

import msgspec

from outlook365_emulator import __version__
from outlook365_emulator.control.context import Call

SHOWN = ("http_url", "https_port", "proxy_url", "control_url", "ca_file")


class Overview(msgspec.Struct, omit_defaults=True):
    """Version, worlds, and where the emulator is."""

    version: str
    worlds: list[str]
    http_url: str | None = None
    https_port: int | None = None
    proxy_url: str | None = None
    control_url: str | None = None
    ca_file: str | None = None


def show_overview(call: Call) -> Overview:
    """Show version, worlds, and where the emulator is."""
    details = call.context.details()
    worlds = [world.name for world in call.context.hosting]
    return Overview(__version__, worlds, **{key: details[key] for key in SHOWN if key in details})


def show_ready(call: Call) -> dict[str, Any]:
    """Show the content of the ready file: everything that a connector must be told about the default world."""
    return call.context.details()

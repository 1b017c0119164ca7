"""The web page at `/` of the HTTP port: templates of this folder, rendered on the server, usable without JavaScript."""

from outlook365_emulator.control.pages.site import HOME, Pages
from outlook365_emulator.control.pages.visit import PLACE

__all__ = ["HOME", "PLACE", "Pages"]

"""The web page at `/` of the HTTP port: templates of this folder, rendered on the server, usable without JavaScript."""

from outlook365_emulator.control.pages.site import Pages

__all__ = ["Pages"]

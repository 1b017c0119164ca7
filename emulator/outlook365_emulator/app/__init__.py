"""The application behind the HTTP and HTTPS ports: it places a request in its world and hands it to the service."""

from outlook365_emulator.app.asgi import App
from outlook365_emulator.app.effects import run_effect
from outlook365_emulator.app.placement import Placed, place

__all__ = ["App", "Placed", "place", "run_effect"]

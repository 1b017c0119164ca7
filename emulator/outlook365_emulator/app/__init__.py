"""The application behind the HTTP and HTTPS ports: it places a request in its world and hands it to the service."""

from .asgi import App
from .effects import run_effect
from .placement import Placed, place

__all__ = ["App", "Placed", "place", "run_effect"]

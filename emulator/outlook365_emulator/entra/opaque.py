"""What the opaque values of Entra begin with; the key of their world follows (`World.opaque`).

Whoever makes a value and whoever finds the world of a request read them here. Source: reference entra 3.2, 4.5.
"""

COOKIE = "1."
"""Cookies of a browser, and the sign-in that it is in."""

CODE = "1.A"
"""Authorization codes and refresh tokens."""

DEVICE_CODE = "1.D"
"""Device codes; what people type is another text."""

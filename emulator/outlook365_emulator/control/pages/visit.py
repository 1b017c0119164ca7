"""One visit of the web page: where it leads, and the control API, which it asks for everything."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple
from urllib.parse import quote

from outlook365_emulator.control.context import Context
from outlook365_emulator.control.routes import PLACE

Ask = Callable[..., Any]
"""Asks the control API: `ask("GET", "/worlds")` returns the decoded answer, and raises where it is refused."""


class Visit(NamedTuple):
    """One visit.

    Attributes:
        ask: asks the control API.
        context: the emulator.
        world: name of the world.
        rest: the segments of the path behind the page's name, decoded.
        query: values of the query string.
    """

    ask: Ask
    context: Context
    world: str
    rest: tuple[str, ...]
    query: Mapping[str, str]

    @property
    def base(self) -> str:
        """Path of the world's pages."""
        return f"{PLACE}/{quote(self.world, safe='')}"

    @property
    def api(self) -> str:
        """Path of the world in the control API."""
        return f"/worlds/{quote(self.world, safe='')}"

    @property
    def tenants(self) -> list[dict[str, Any]]:
        """The world's tenants, with their users and applications."""
        found: list[dict[str, Any]] = self.ask("GET", f"{self.api}/tenants")["tenants"]
        return found

    def tenant_api(self, tenant: str) -> str:
        """Path of a tenant in the control API."""
        return f"{self.api}/tenants/{quote(tenant, safe='')}"

    def user_api(self, tenant: str, user: str) -> str:
        """Path of a user in the control API."""
        return f"{self.tenant_api(tenant)}/users/{quote(user, safe='')}"

"""What the connection form asks for."""

from dataclasses import dataclass
from typing import NamedTuple


class Environment(NamedTuple):
    """Hosts of a cloud."""

    login: str
    graph: str


ENVIRONMENTS = {
    "Office 365": Environment("https://login.microsoftonline.com", "https://graph.microsoft.com"),
    "US Government L4 - Public Sector domain": Environment(
        "https://login.microsoftonline.us", "https://graph.microsoft.us"
    ),
    "US Government L5 - Public Sector domain": Environment(
        "https://login.microsoftonline.us", "https://dod-graph.microsoft.us"
    ),
    "China": Environment("https://login.partner.microsoftonline.cn", "https://microsoftgraph.chinacloudapi.cn"),
}


@dataclass(frozen=True, kw_only=True)
class Connection:
    """A filled-in form.

    An application's connection has a tenant, an account, and a secret or a certificate; a person's has scopes, a
    redirect URI, a tenant or "organizations", and a secret where the application has one.
    """

    client_id: str
    environment: str = "Office 365"
    tenant_id: str = "organizations"
    client_secret: str | None = None
    certificate_pfx_base64: str | None = None
    certificate_password: str | None = None
    account: str | None = None
    scopes: tuple[str, ...] = ()
    redirect_uri: str | None = None
    shared_mailbox: str | None = None

    @property
    def hosts(self) -> Environment:
        """Hosts of the environment."""
        return ENVIRONMENTS[self.environment]

    @property
    def is_application(self) -> bool:
        """Whether nobody signs in."""
        return not self.scopes

    @property
    def mailbox(self) -> str | None:
        """Address of the mailbox to work on, or None for that of the person who signs in."""
        return self.shared_mailbox or self.account

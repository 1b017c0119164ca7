"""Rows of `clouds.json` and `hosts.json`: the environments of Microsoft's service and the names they answer to."""

from functools import cache

import msgspec

from outlook365_emulator.tables.files import read_rows


class Cloud(msgspec.Struct, frozen=True):
    """One environment (national cloud) of Entra and Graph.

    Attributes:
        id: `global`, `usgov`, `usgov_dod` or `china`.
        title: the name that people know it by.
        login_host: the Entra host that documents and issuers name.
        login_aliases: further hosts of the same Entra instance.
        cache_host: the host under which MSAL caches tokens of this instance.
        graph_host: host of Microsoft Graph; `https://{graph_host}` is the resource and the v1 audience.
        outlook_hosts: hosts of upload sessions, the usual one first.
        v1_issuer: issuer of v1 tokens, with `{tid}`.
        v2_issuer: issuer of v2 tokens, with `{tid}`.
        cloud_instance_name: as OIDC metadata and key sets say it.
        aad_graph_host: `cloud_graph_host_name` of OIDC metadata.
        rbac_url: `rbac_url` of OIDC metadata.
        region_scope: the usual `tenant_region_scope` of a tenant of this cloud.
        region_sub_scope: `tenant_region_sub_scope`, or None where the member is absent.
        initial_domain_suffix: what follows the tenant's name in its initial domain.
        portal: Azure portal.
        admin_center: Entra admin center.
        device_login: page where a person types a device code.
        mtls_host: host of the mTLS token endpoint, or None.
        federated_audience: audience of federated credentials.
        personal_accounts: whether Microsoft (personal) accounts exist here.
        schema: which published CSDL describes its Graph: `Prod`, `Fairfax` or `Mooncake`.
        source: where the row comes from.
    """

    id: str
    title: str
    login_host: str
    login_aliases: tuple[str, ...]
    cache_host: str
    graph_host: str
    outlook_hosts: tuple[str, ...]
    v1_issuer: str
    v2_issuer: str
    cloud_instance_name: str
    aad_graph_host: str
    rbac_url: str
    region_scope: str
    region_sub_scope: str | None
    initial_domain_suffix: str
    portal: str
    admin_center: str
    device_login: str
    mtls_host: str | None
    federated_audience: str
    personal_accounts: bool
    schema: str
    source: str

    @property
    def login_hosts(self) -> tuple[str, ...]:
        """Every fixed Entra host of this cloud, the documented one first."""
        return (self.login_host, *self.login_aliases)

    @property
    def graph_url(self) -> str:
        """Root of Graph without version: also the App ID URI of the resource."""
        return f"https://{self.graph_host}"

    def issuer(self, tenant_id: str, version: int = 2) -> str:
        """Return the issuer of a tenant's tokens.

        Args:
            tenant_id: GUID of the tenant, or the literal `{tenantid}` of multi-tenant metadata.
            version: 1 or 2, the version of the token.
        """
        return (self.v1_issuer if version == 1 else self.v2_issuer).replace("{tid}", tenant_id)


class Instance(msgspec.Struct, frozen=True):
    """One alias group of instance discovery, as the real answer lists it (reference entra 1.3)."""

    preferred_network: str
    preferred_cache: str
    aliases: tuple[str, ...]


class Hosts(msgspec.Struct, frozen=True):
    """Host names beyond those of the clouds' rows.

    Attributes:
        instances: the alias groups of instance discovery in the order served.
        further_login_hosts: Entra hosts outside every alias group, with the cloud they serve.
        regional_login_suffixes: suffixes of regional Entra hosts, with the clouds they serve.
        microsoft_domains: registrable domains that are Microsoft's: the guard refuses what is not emulated there.
    """

    instances: tuple[Instance, ...]
    further_login_hosts: dict[str, str]
    regional_login_suffixes: dict[str, tuple[str, ...]]
    microsoft_domains: tuple[str, ...]


@cache
def cloud_rows() -> tuple[Cloud, ...]:
    """Return every cloud, `global` first."""
    return read_rows("clouds.json", tuple[Cloud, ...])


@cache
def host_rows() -> Hosts:
    """Return the further host names."""
    return read_rows("hosts.json", Hosts)

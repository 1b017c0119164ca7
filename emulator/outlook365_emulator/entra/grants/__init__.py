"""The grants of the token endpoint, one module each; the list is what the emulator can do."""

from types import MappingProxyType

from outlook365_emulator.entra.grants import (
    authorization_code,
    client_credentials,
    device_code,
    on_behalf_of,
    password,
    refresh_token,
)
from outlook365_emulator.entra.grants.grant import Grant

MODULES: tuple[Grant, ...] = (
    authorization_code,
    client_credentials,
    device_code,
    on_behalf_of,
    password,
    refresh_token,
)

GRANTS = MappingProxyType({name: module for module in MODULES for name in module.grant_type})
"""Every accepted `grant_type`."""

NOT_EMULATED = frozenset(
    {
        "urn:ietf:params:oauth:grant-type:saml1_1-bearer",
        "urn:ietf:params:oauth:grant-type:saml2-bearer",
    }
)
"""Grants that Entra has and the emulator has not: answered with 501, so that nobody takes them for a refusal."""

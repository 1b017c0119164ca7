"""THE table: every endpoint of Entra that the emulator answers, and the steps that it takes in order.

The order of the steps decides which of two errors a client sees; for the token endpoints it is that of reference entra
3.5. A step is a function that notes something in the call, raises the error it is there for, or answers.
"""

from collections.abc import Mapping
from types import MappingProxyType
from urllib.parse import unquote

from outlook365_emulator.entra.accounts import take_sign_in, take_stay
from outlook365_emulator.entra.call import Call, Endpoint, Step
from outlook365_emulator.entra.clients import client, client_authentication, origin
from outlook365_emulator.entra.device_codes import (
    device_login,
    give_device_code,
    may_use_device_codes,
    take_code,
    take_confirmation,
)
from outlook365_emulator.entra.faults import fault
from outlook365_emulator.entra.flows import begin, browser_parameters, resume
from outlook365_emulator.entra.grants import MODULES
from outlook365_emulator.entra.issue import issue
from outlook365_emulator.entra.journeys import PAGES, REQUEST, take_approval_by_journey, take_by_journey, taking
from outlook365_emulator.entra.lookup import error_lookup, native_client
from outlook365_emulator.entra.metadata import instance, keys_v1, keys_v2, metadata_v1, metadata_v2, user_realm
from outlook365_emulator.entra.password_change import take_new_password
from outlook365_emulator.entra.permission import consent, scope, user
from outlook365_emulator.entra.protocol import form, grant, grant_type, parameters, verb
from outlook365_emulator.entra.second_factor import take_second_factor
from outlook365_emulator.entra.sign_out import sign_out_of_nothing, take_sign_out_choice
from outlook365_emulator.entra.tenancy import sign_in_audience, tenant
from outlook365_emulator.wire import Response

GET, POST, BOTH = ("GET",), ("POST",), ("GET", "POST")

TOKEN: tuple[Step, ...] = (
    verb,
    form,
    tenant,
    grant_type,
    fault,
    client,
    origin,
    client_authentication,
    sign_in_audience,
    parameters,
    grant,
    scope,
    user,
    consent,
    issue,
)
"""What a token request passes. The grant's own module is asked in `grant`; `issue` is where it ends."""

DEVICE_CODE: tuple[Step, ...] = (
    verb,
    form,
    tenant,
    fault,
    client,
    sign_in_audience,
    may_use_device_codes,
    give_device_code,
)
"""What a request for a device code passes."""

AUTHORIZE: tuple[Step, ...] = (
    verb,
    browser_parameters,
    *REQUEST["authorize"],
    fault,
    begin("authorize"),
    *PAGES["authorize"],
)
"""What an authorization request passes, until a page or the redirect answers it."""

ADMIN_CONSENT: tuple[Step, ...] = (
    verb,
    browser_parameters,
    *REQUEST["admin_consent"],
    fault,
    begin("admin_consent"),
    *PAGES["admin_consent"],
)
DEVICE_LOGIN: tuple[Step, ...] = (
    verb,
    browser_parameters,
    take_code,
    begin("device"),
    *REQUEST["device"],
    fault,
    *PAGES["device"],
)
SIGN_OUT: tuple[Step, ...] = (verb, browser_parameters, sign_out_of_nothing, begin("sign_out"), *PAGES["sign_out"])


def _page(take: Step, *, signed_in: bool = True) -> tuple[Step, ...]:
    return (verb, form, resume, taking(take, signed_in=signed_in))


SIGN_IN_PAGE = _page(take_sign_in, signed_in=False)
NEW_PASSWORD_PAGE = _page(take_new_password, signed_in=False)
SIGN_OUT_PAGE = _page(take_sign_out_choice, signed_in=False)
APPROVAL_PAGE = _page(take_approval_by_journey)

# fmt: off
OF_TENANT: tuple[Step, ...] = (verb, tenant, fault)
OF_ANYBODY: tuple[Step, ...] = (verb, fault)

ENDPOINTS: tuple[Endpoint, ...] = (
    #        name                   verbs path                                               steps
    Endpoint("token.v2",            POST, "/{tenant}/oauth2/v2.0/token",                     TOKEN),
    Endpoint("token.v1",            POST, "/{tenant}/oauth2/token",                          TOKEN),
    Endpoint("device_code.v2",      POST, "/{tenant}/oauth2/v2.0/devicecode",                DEVICE_CODE),
    Endpoint("device_code.v1",      POST, "/{tenant}/oauth2/devicecode",                     DEVICE_CODE),
    Endpoint("authorize.v2",        BOTH, "/{tenant}/oauth2/v2.0/authorize",                 AUTHORIZE),
    Endpoint("authorize.v1",        BOTH, "/{tenant}/oauth2/authorize",                      AUTHORIZE),
    Endpoint("adminconsent.v2",     BOTH, "/{tenant}/v2.0/adminconsent",                     ADMIN_CONSENT),
    Endpoint("adminconsent.v1",     BOTH, "/{tenant}/adminconsent",                          ADMIN_CONSENT),
    Endpoint("sign_out.v2",         BOTH, "/{tenant}/oauth2/v2.0/logout",                    SIGN_OUT),
    Endpoint("sign_out.v1",         BOTH, "/{tenant}/oauth2/logout",                         SIGN_OUT),
    Endpoint("page.device_code",    BOTH, "/common/oauth2/deviceauth",                       DEVICE_LOGIN),
    Endpoint("page.device_confirm", POST, "/{tenant}/oauth2/deviceconfirm",                  _page(take_confirmation)),
    Endpoint("page.sign_in",        POST, "/{tenant}/login",                                 SIGN_IN_PAGE),
    Endpoint("page.new_password",   POST, "/{tenant}/changepassword",                        NEW_PASSWORD_PAGE),
    Endpoint("page.second_factor",  POST, "/{tenant}/mfa",                                   _page(take_second_factor)),
    Endpoint("page.stay",           POST, "/{tenant}/kmsi",                                  _page(take_stay)),
    Endpoint("page.consent",        POST, "/{tenant}/consent",                               _page(take_by_journey)),
    Endpoint("page.approval",       POST, "/{tenant}/approval",                              APPROVAL_PAGE),
    Endpoint("page.sign_out",       POST, "/{tenant}/logout",                                SIGN_OUT_PAGE),
    Endpoint("page.error",          GET,  "/error",                                          (verb, error_lookup)),
    Endpoint("page.native_client",  BOTH, "/common/oauth2/nativeclient",                     (verb, native_client)),
    Endpoint("page.device_login",   GET,  "/devicelogin",                                    (verb, device_login)),
    Endpoint("page.device_login",   GET,  "/deviceloginus",                                  (verb, device_login)),
    Endpoint("metadata.v2",         GET,  "/{tenant}/v2.0/.well-known/openid-configuration", (*OF_TENANT, metadata_v2)),
    Endpoint("metadata.v1",         GET,  "/{tenant}/.well-known/openid-configuration",      (*OF_TENANT, metadata_v1)),
    Endpoint("metadata.keys.v2",    GET,  "/{tenant}/discovery/v2.0/keys",                   (*OF_TENANT, keys_v2)),
    Endpoint("metadata.keys.v1",    GET,  "/{tenant}/discovery/keys",                        (*OF_TENANT, keys_v1)),
    Endpoint("metadata.keys.v1",    GET,  "/discovery/keys",                                 (*OF_ANYBODY, keys_v1)),
    Endpoint("metadata.instance",   GET,  "/common/discovery/instance",                      (*OF_ANYBODY, instance)),
    Endpoint("metadata.user_realm", GET,  "/common/userrealm/{user}",                        (*OF_ANYBODY, user_realm)),
)
# fmt: on


def segments_of(path: str) -> tuple[str, ...]:
    """Split a path into decoded segments; doubled and trailing slashes do not count."""
    return tuple(unquote(one) for one in path.split("/") if one)


NOT_EMULATED: Mapping[tuple[str, ...], str] = MappingProxyType(
    {
        ("openid", "userinfo"): "the UserInfo endpoint of v1; /oidc/userinfo of Microsoft Graph is there",
        ("oauth2", "checksession"): "session management in a frame (checksession), which Microsoft does not describe",
        ("kerberos",): "Kerberos",
    }
)
"""Addresses that the metadata names and nobody answers: the ends of their paths, and what they would be."""


def missing(path: str) -> str:
    """Say what an address without an endpoint would be."""
    segments = tuple(one.lower() for one in segments_of(path))
    return next((what for end, what in NOT_EMULATED.items() if segments[-len(end) :] == end), "this address")


_PATTERNS = tuple((tuple(one.path.strip("/").split("/")), one) for one in ENDPOINTS)
_LENGTHS = MappingProxyType(
    {length: tuple(row for row in _PATTERNS if len(row[0]) == length) for length in {len(row[0]) for row in _PATTERNS}}
)


def endpoint_of(path: str) -> tuple[Endpoint, dict[str, str]] | None:
    """Find the endpoint of a path, in any case.

    Args:
        path: as received, percent-encoded.

    Returns:
        The row and the values of the names in its pattern, or None.
    """
    segments = segments_of(path)
    for pattern, row in _LENGTHS.get(len(segments), ()):
        values: dict[str, str] = {}
        for wanted, given in zip(pattern, segments, strict=True):
            if wanted[0] == "{":
                values[wanted[1:-1]] = given
            elif wanted != given.lower():
                break
        else:
            return row, values
    return None


def answer(call: Call) -> Response:
    """Take a request through the steps of its endpoint.

    Raises:
        EntraError: the error of the first step that found one.
        NotEmulated: the request needs what the emulator does not do.
        FaultAnswered: a fault gave the whole answer.
    """
    for step in call.endpoint.steps:
        found = step(call)
        if found is not None:
            return found
    raise AssertionError(f"the endpoint {call.endpoint.name} has no step that answers")


def operation_names() -> frozenset[str]:
    """Return every name that a request may have in journal and faults: `token.password`, `authorize.consent`."""
    tokens = {f"token.{module.name}" for module in MODULES}
    pages = {row.name.partition(".")[2] for row in ENDPOINTS if row.name.startswith("page.") and row.verbs == POST}
    sent = {f"{journey}.{page}" for journey in ("authorize", "adminconsent", "sign_out") for page in pages}
    return frozenset({row.name for row in ENDPOINTS} | tokens | sent)

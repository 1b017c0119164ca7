"""THE table: every endpoint of Entra that the emulator answers, and the steps that it takes in order.

The order of the steps decides which of two errors a client sees; for the token endpoints it is that of reference entra
3.5. A step is a function that notes something in the call, raises the error it is there for, or answers.
"""

from types import MappingProxyType
from urllib.parse import unquote

from outlook365_emulator.entra.call import Call, Endpoint, Step
from outlook365_emulator.entra.clients import client, client_authentication
from outlook365_emulator.entra.faults import fault
from outlook365_emulator.entra.grants import MODULES
from outlook365_emulator.entra.issue import issue
from outlook365_emulator.entra.metadata import instance, keys_v1, keys_v2, metadata_v1, metadata_v2, user_realm
from outlook365_emulator.entra.permission import consent, scope, user
from outlook365_emulator.entra.protocol import form, grant, grant_type, parameters, verb
from outlook365_emulator.entra.tenancy import sign_in_audience, tenant
from outlook365_emulator.wire import Response

GET, POST = ("GET",), ("POST",)

TOKEN: tuple[Step, ...] = (
    verb,
    form,
    tenant,
    grant_type,
    fault,
    client,
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

# fmt: off
OF_TENANT: tuple[Step, ...] = (verb, tenant, fault)
OF_ANYBODY: tuple[Step, ...] = (verb, fault)

ENDPOINTS: tuple[Endpoint, ...] = (
    #        name                   verbs path                                               steps
    Endpoint("token.v2",            POST, "/{tenant}/oauth2/v2.0/token",                     TOKEN),
    Endpoint("token.v1",            POST, "/{tenant}/oauth2/token",                          TOKEN),
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
        Finished: a fault gave the whole answer.
    """
    for step in call.endpoint.steps:
        found = step(call)
        if found is not None:
            return found
    raise AssertionError(f"the endpoint {call.endpoint.name} has no step that answers")


def operation_names() -> frozenset[str]:
    """Return every name that a request may have in journal and faults: `token.password`, `metadata.v2`."""
    tokens = {f"token.{module.name}" for module in MODULES}
    return frozenset({row.name for row in ENDPOINTS} | tokens)

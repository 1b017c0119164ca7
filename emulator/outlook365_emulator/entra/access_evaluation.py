"""Continuous access evaluation: clients that can take a claims challenge get long tokens (reference entra 6.2).

A client says so with `claims={"access_token":{"xms_cc":{"values":["CP1"]}}}`; its token says so with `xms_cc`, lives
20 to 24 hours, and Graph refuses it as soon as something has happened to the user (`graph/bearer.py`).
"""

from typing import Any, NamedTuple

import msgspec

from outlook365_emulator.entra.call import Call

CAPABILITY = "cp1"

CLOUDS = frozenset({"global"})
"""Clouds whose Microsoft Graph evaluates access continuously (reference entra 6.2, "resource")."""

USER_LIFETIME = (72000, 86400)
"""Bounds in seconds between which the life of a user's long token is drawn; `expires_in` is one less."""

APPLICATION_LIFETIME = 86399
"""`expires_in` of an application's long token (Microsoft, "Continuous access evaluation for workload identities")."""


class Lifetime(NamedTuple):
    """How long a token lives, in seconds.

    Attributes:
        expires_in: until it ends.
        refresh_in: until the client should renew it, or None where the answer does not say.
    """

    expires_in: int
    refresh_in: int | None = None


def claims_of(call: Call) -> dict[str, Any]:
    """Return the claims request of a token request, or of the sign-in that it goes back to; {} where there is none.

    Raises:
        EntraError: 9002313 for a text that is no JSON object.
    """
    text = call.form.get("claims", "") or (call.sign_in.claims if call.sign_in is not None else "")
    if not text.strip():
        return {}
    try:
        return msgspec.json.decode(text, type=dict[str, Any])
    except (msgspec.MsgspecError, RecursionError):
        raise call.error(9002313, because="the parameter claims is no JSON object") from None


def is_evaluated(call: Call) -> bool:
    """Tell whether the token of a request is evaluated continuously: the client can take a challenge, Graph makes it.

    Raises:
        EntraError: 9002313 where `claims` is no JSON object.
    """
    requested = claims_of(call).get("access_token")
    capabilities = requested.get("xms_cc") if isinstance(requested, dict) else None
    values = capabilities.get("values") if isinstance(capabilities, dict) else None
    able = isinstance(values, list) and any(isinstance(one, str) and one.lower() == CAPABILITY for one in values)
    return able and call.api is None and call.cloud.id in CLOUDS


def lifetime_of(call: Call, usual: int) -> Lifetime:
    """Return how long the token of a request lives.

    Args:
        call: the request.
        usual: `expires_in` of a token that is not evaluated continuously.
    """
    if not is_evaluated(call):
        return Lifetime(usual)
    world, _, _ = call.known()
    long = APPLICATION_LIFETIME if call.user is None else world.chance.randint(*USER_LIFETIME) - 1
    return Lifetime(long, long // 2)

"""Optional claims of ID tokens: those that an application has configured, and those that a request asks for.

Sources: Microsoft, "Optional claims reference"; OpenID Connect Core 1.0, 2 (`auth_time` is required where `max_age` was
sent) and 5.5 (the `claims` parameter).
"""

from base64 import urlsafe_b64decode
from binascii import Error as BadBase64
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from outlook365_emulator.entra.access_evaluation import claims_of
from outlook365_emulator.entra.call import Call
from outlook365_emulator.ids import base64url
from outlook365_emulator.store.records.directory import User
from outlook365_emulator.store.world import World

_HINT = "O."
"""What a value of the claim `login_hint` begins with."""


def optional_claims(call: Call) -> dict[str, Any]:
    """Return the optional claims of the ID token that a request gets; what a person does not have is left out.

    Raises:
        EntraError: 9002313 where the parameter `claims` is no JSON object.
    """
    assert call.application is not None
    assert call.sign_in is not None
    asked = claims_of(call).get("id_token")
    names = {*call.application.optional_claims, *(asked if isinstance(asked, dict) else ())}
    if call.sign_in.tells_time:
        names.add("auth_time")
    found = {name: _CLAIMS[name](call) for name in sorted(names) if name in _CLAIMS}
    return {name: value for name, value in found.items() if value is not None}


def hint_of(tenant_id: str, user_id: str) -> str:
    """Return the claim `login_hint` of a person: opaque, and good as `login_hint` and `logout_hint` of a request."""
    return _HINT + base64url(f"{tenant_id} {user_id}".encode())


def hinted_name(world: World | None, hint: str) -> str:
    """Return the user name that a `login_hint` stands for: itself, or that of the person whose claim it is."""
    if world is None or not hint.startswith(_HINT):
        return hint
    try:
        padded = hint.removeprefix(_HINT) + "=" * (-len(hint.removeprefix(_HINT)) % 4)
        tenant_id, _, user_id = urlsafe_b64decode(padded).decode("ascii").partition(" ")
    except (BadBase64, ValueError):
        return hint
    tenant = world.tenants.get(tenant_id)
    person = tenant.users.get(user_id) if tenant is not None else None
    return person.user_principal_name if person is not None else hint


def _of_user(read: Callable[[User], Any]) -> Callable[[Call], Any]:
    def claim(call: Call) -> Any:
        assert call.user is not None
        return read(call.user) or None

    return claim


def _account(call: Call) -> int:
    assert call.user is not None
    return 1 if call.user.guest_of else 0


def _time(call: Call) -> int:
    assert call.sign_in is not None
    return int((call.sign_in.authenticated or call.now).timestamp())


def _hint(call: Call) -> str:
    _, tenant, _ = call.known()
    assert call.user is not None
    return hint_of(tenant.id, call.user.id)


_CLAIMS: Mapping[str, Callable[[Call], Any]] = MappingProxyType(
    {
        "acct": _account,
        "auth_time": _time,
        "ctry": _of_user(lambda user: user.usage_location),
        "email": _of_user(lambda user: user.mail),
        "family_name": _of_user(lambda user: user.surname),
        "given_name": _of_user(lambda user: user.given_name),
        "ipaddr": lambda call: call.request.client,
        "login_hint": _hint,
        "tenant_region_scope": lambda call: call.cloud.region_scope,
        "tenant_region_sub_scope": lambda call: call.cloud.region_sub_scope,
        "upn": _of_user(lambda user: user.user_principal_name),
        "xms_pl": _of_user(lambda user: user.preferred_language),
    }
)
"""How each claim is read. `tenant_region_sub_scope` is asked for by msal-node and cannot be configured."""

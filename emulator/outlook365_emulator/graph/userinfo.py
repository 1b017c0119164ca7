"""UserInfo of OpenID Connect: `GET|POST https://{graph}/oidc/userinfo` (reference entra 2.13; Microsoft, "UserInfo").

It is no operation of Graph's API: it has no version, and its claims are fixed.
"""

import msgspec

from outlook365_emulator.entra.claims import pairwise_subject
from outlook365_emulator.entra.keys import KeyRing
from outlook365_emulator.errors import graph_error
from outlook365_emulator.graph.bearer import read_bearer
from outlook365_emulator.graph.call import Call
from outlook365_emulator.wire import Request, Response

PATH = "/oidc/userinfo"


def asks_for_userinfo(request: Request) -> bool:
    """Tell whether a request is for UserInfo."""
    return request.path.lower().rstrip("/") == PATH


def userinfo(call: Call, keys: KeyRing) -> Response:
    """Answer with what the token's client may know of the person.

    Args:
        call: the request.
        keys: judges the token's signature.

    Raises:
        GraphError: every 401 that a token can earn; 403 for one of an application, or one without `openid`; 405 for
            another verb.
    """
    call.entry.operation = "userinfo"
    if call.request.method not in ("GET", "POST"):
        raise graph_error("method_not_allowed", because="UserInfo is asked with GET or POST")
    read_bearer(call, keys)
    user = call.caller
    if user is None or "openid" not in call.permissions:
        call.entry.missing = ["openid"]
        who = "an application on its own" if user is None else "a sign-in without the scope openid"
        raise graph_error("authorization_denied", because=f"the token is of {who}: UserInfo needs openid")
    root = call.request.root_of(call.request.host)
    document = {
        "sub": pairwise_subject(call.tenant.id, user.id, call.claims.appid),
        "name": user.display_name,
        "family_name": user.surname,
        "given_name": user.given_name,
        "picture": f"{root}/v1.0/me/photo/$value",
        "email": user.mail if "email" in call.permissions else None,
    }
    shown = {name: value for name, value in document.items() if value}
    return Response(200, msgspec.json.encode(shown), [("Content-Type", "application/json; charset=utf-8")])

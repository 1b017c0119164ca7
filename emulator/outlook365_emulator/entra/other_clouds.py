"""Leaving for another cloud: what a browser is told that came to the wrong login host (reference entra 1.7)."""

from urllib.parse import urlencode

from outlook365_emulator.clouds import cloud as cloud_named
from outlook365_emulator.entra.call import Call
from outlook365_emulator.entra.redirects import go
from outlook365_emulator.store.tenant import Tenant
from outlook365_emulator.wire import Response


def leave(call: Call, home: Tenant, hint: str = "") -> Response:
    """Send a browser with its request to the cloud of a tenant, where the client can follow (`instance_aware`).

    Args:
        call: an authorization request.
        home: a tenant of another cloud.
        hint: the user name that was typed, or "".

    Raises:
        EntraError: 90038 where the client cannot.
    """
    cloud = cloud_named(home.cloud)
    if call.form.get("instance_aware", "").lower() == "true":
        version = "/v2.0" if call.version == 2 else ""
        query = urlencode({**call.form, **({"login_hint": hint} if hint else {})})
        root = call.request.root_of(cloud.login_host)
        return go(f"{root}/{call.segments['tenant']}/oauth2{version}/authorize?{query}")
    because = f"{hint or home.domains[0]} lives in the cloud {cloud.id}; its login host is {cloud.login_host}"
    raise call.error(90038, tenant=home.domains[0], cloud=cloud.cloud_instance_name, because=because)

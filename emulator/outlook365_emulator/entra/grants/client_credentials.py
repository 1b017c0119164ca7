"""`grant_type=client_credentials`: an application on its own (reference entra 2.5)."""

from outlook365_emulator.entra.call import Call

name = "client_credentials"
grant_type = ("client_credentials",)
parameters = ("scope",)
application_only = True


def handle(call: Call) -> None:
    """Check that the path says in which tenant the application acts, and that it is there.

    Raises:
        EntraError: 50059 at `common` and `organizations` (the number is not verified); 7000229 where the tenant has no
            service principal of the application.
    """
    if call.tenant is None:
        raise call.error(50059, because="client credentials need the id or a domain of the tenant in the path")
    if call.principal is None:
        because = f"nobody in {call.tenant.domains[0]} has consented to the application, so it has no service principal"
        raise call.error(7000229, tid=call.tenant.id, because=because)

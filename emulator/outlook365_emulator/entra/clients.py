"""Which application asks, and whether it is the one that it says (reference entra 2.2, 3.5, 5.4)."""

from outlook365_emulator.clouds import cloud as cloud_named
from outlook365_emulator.entra.call import Call
from outlook365_emulator.entra.client_assertion import ASSERTION_TYPE, check_assertion
from outlook365_emulator.entra.tenancy import GUID, settle
from outlook365_emulator.errors import EntraError
from outlook365_emulator.ids import same_secret
from outlook365_emulator.store.records.directory import Application
from outlook365_emulator.store.tenant import Tenant

_NIL = "00000000-0000-0000-0000-000000000000"


def client(call: Call) -> None:
    """Step: find the application that `client_id` names.

    Raises:
        EntraError: 900144 without `client_id`, 700038 where it is no GUID, 700016 where the tenant knows no such
            application, 7000112 where it is disabled.
    """
    given = call.form.get("client_id", "")
    if not given:
        raise call.error(900144, parameter="client_id", because="neither the body nor Basic authentication names it")
    client_id = given.lower()
    call.entry.application = client_id
    if GUID.fullmatch(client_id) is None or client_id == _NIL:
        raise call.error(700038, app_id=given, because="a client id is a GUID")
    call.application = _registration(call, client_id)
    if call.application is None:
        raise call.error(700016, app_id=given, tenant=call.directory, because=_why_unknown(call, client_id))
    if call.tenant is not None:
        settle(call, call.tenant)


def _registration(call: Call, client_id: str) -> Application | None:
    """Return the registration as the tenant sees it: its own, or a multi-tenant one of the same Entra instance."""
    if call.tenant is not None:
        own = call.tenant.applications.find("client", client_id)
        if own is not None:
            return own
    for home, application in _everywhere(call, client_id):
        here = any(cloud.id == home.cloud for cloud in call.clouds)
        if here and (call.tenant is None or application.audience != "AzureADMyOrg"):
            return application
    return None


def _everywhere(call: Call, client_id: str) -> list[tuple[Tenant, Application]]:
    tenants = call.world.tenants.values() if call.world is not None else ()
    found = ((one, one.applications.find("client", client_id)) for one in tenants)
    return [(home, application) for home, application in found if application is not None]


def _why_unknown(call: Call, client_id: str) -> str:
    known = _everywhere(call, client_id)
    if not known:
        return "no application of this world has that client id"
    home, application = known[0]
    if all(cloud.id != home.cloud for cloud in call.clouds):
        return f"the application is registered in the cloud {cloud_named(home.cloud).id}, in {home.domains[0]}"
    return f"the application is registered in {home.domains[0]} with the audience {application.audience}"


def presented_platform(call: Call) -> str:
    """Return the platform of the redirect URI behind the code or refresh token that is presented, or ""."""
    world, form = call.world, call.form
    if world is None or call.grant is None:
        return ""
    if call.grant.name == "authorization_code":
        code = world.sign_ins.codes.get(form.get("code", ""))
        return code.platform if code is not None else ""
    if call.grant.name == "refresh_token":
        value = form.get("refresh_token", "")
        found = (tenant.refresh_tokens.get(value) for tenant in world.tenants.values())
        return next((token.platform for token in found if token is not None), "")
    return ""


def origin(call: Call) -> None:
    """Step: may a browser's script ask? Only a single-page application, and it only so (reference entra 2.14).

    Raises:
        EntraError: 9002326 for an `Origin` of any other client, 9002327 for a single-page application without one.
    """
    sent, platform = call.request.headers.get("origin"), presented_platform(call)
    if platform == "spa":
        if not sent:
            because = "the code or token belongs to a single-page application: the request has to come from a script"
            raise call.error(9002327, because=because)
        call.cors = sent
    elif sent:
        because = "an Origin header came with a code or grant that is not a single-page application's"
        raise call.error(9002326, origin=sent[:200], because=because)


def client_authentication(call: Call) -> None:
    """Step: check the secret or the assertion that the client presents.

    Whether one is needed is decided by the platform of the redirect URI behind a code or refresh token, and without
    one by the application's fallback (`isFallbackPublicClient`).

    Raises:
        EntraError: 7000216 or 7000218 without a credential, 700025 where a public client presents one, 7000215 and
            7000222 for a wrong and an expired secret, and those of `check_assertion`.
    """
    assert call.application is not None
    secret, assertion = call.form.get("client_secret", ""), call.form.get("client_assertion", "")
    platform = presented_platform(call)
    if not secret and not assertion:
        _unauthenticated(call, call.application, platform)
    elif platform in ("public", "spa"):
        because = f"the redirect URI of the sign-in is registered on the platform {platform}, which has no secret"
        raise call.error(700025, because=because)
    elif call.application.public_client and not call.application.secrets and not call.application.certificates:
        raise call.error(700025, because="a public client has no credential: send client_id alone")
    elif assertion:
        _check_type(call)
        check_assertion(call, assertion)
        call.authentication = 2
    else:
        _check_secret(call, call.application, secret)
        call.authentication = 1


def _unauthenticated(call: Call, application: Application, platform: str) -> None:
    assert call.grant is not None
    if call.grant.application_only:
        raise call.error(7000216, because="this grant needs a client secret or a client assertion")
    if platform == "web":
        because = "the redirect URI of the sign-in is registered on the platform web: send the client's secret"
        raise call.error(7000218, because=because)
    if not platform and not application.public_client:
        because = "the application is no public client, so it has to send client_secret or client_assertion"
        raise call.error(7000218, because=because)


def _check_type(call: Call) -> None:
    given = call.form.get("client_assertion_type", "")
    if not given:
        raise call.error(900144, parameter="client_assertion_type", because="client_assertion came without its type")
    if given != ASSERTION_TYPE:
        detail = "The value of the input parameter 'client_assertion_type' is not supported."
        raise call.error(90023, detail=detail, because=f"the type has to be {ASSERTION_TYPE}")


def _check_secret(call: Call, application: Application, given: str) -> None:
    matching = [one for one in application.secrets if same_secret(given, one.secret)]
    if any(one.expires > call.now for one in matching):
        return
    valid = [one for one in application.secrets if one.expires > call.now]
    if matching:
        others = f"the application has {len(valid)} other that is valid" if valid else "the application has no other"
        raise call.error(7000222, because=f"the secret ended {matching[0].expires:%Y-%m-%d %H:%M}Z; {others}")
    raise _wrong_secret(call, application, given, len(valid))


def _wrong_secret(call: Call, application: Application, given: str, valid: int) -> EntraError:
    if any(one.id == given.lower() for one in application.secrets):
        return call.error(7000215, because="what was sent is the id of a secret, not its value")
    if not application.secrets:
        return call.error(7000215, because="the application has no client secret")
    return call.error(7000215, because=f"the secret is none of the application's; it has {valid} that is valid")

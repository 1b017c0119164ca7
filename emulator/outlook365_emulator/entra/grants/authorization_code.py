"""`grant_type=authorization_code`: tokens for a code from the authorize endpoint (reference entra 2.3, RFC 7636)."""

import hashlib

from outlook365_emulator.clouds import cloud as cloud_named
from outlook365_emulator.entra.call import Call, SignIn
from outlook365_emulator.entra.grants.refresh_token import check_revoked
from outlook365_emulator.entra.opaque import CODE
from outlook365_emulator.entra.redirect_uris import platform_of
from outlook365_emulator.entra.tenancy import settle
from outlook365_emulator.ids import base64url, same_secret
from outlook365_emulator.store.records.directory import User
from outlook365_emulator.store.records.sign_in import AuthorizationCode
from outlook365_emulator.store.tenant import Tenant

name = "authorization_code"
grant_type = ("authorization_code",)
parameters = ("code", "redirect_uri")
application_only = False


def presented_code(call: Call) -> AuthorizationCode | None:
    """Return the code that a request presents, whatever its state, or None."""
    return call.world.sign_ins.codes.get(call.form.get("code", "")) if call.world is not None else None


def handle(call: Call) -> None:
    """Judge the code: it is for one client, one redirect URI and one verifier, for ten minutes and one use.

    A wrong verifier leaves the code as it is.

    Raises:
        EntraError: 9002313 for a text that is no code, 70000 for one that is unknown or another client's, 90043 at
            another cloud, 700005 at another tenant, 54005 where it was used, 70008 where it has expired, 50011 and
            500112 for another redirect URI, 501481 and 9002325 for the verifier, 500341 and 50173 for the user.
    """
    code = _find(call)
    assert call.application is not None
    if code.client_id != call.application.client_id:
        because = f"the code was issued to another client, {code.client_id}"
        raise call.error(70000, where="parameter", parameter="code", because=because)
    home = _tenant(call, code)
    if code.redeemed is not None:
        because = f"the code was redeemed at {code.redeemed:%H:%M:%S}Z by the world's clock; it counts once"
        raise call.error(54005, because=because)
    if code.expires <= call.now:
        because = f"a code lives ten minutes by the world's clock; this one ended at {code.expires:%H:%M:%S}Z"
        raise call.error(70008, because=because)
    _check_redirect_uri(call, code)
    _check_verifier(call, code)
    call.user = _user(call, code, home)
    call.code = code
    call.sign_in = SignIn(
        code.session,
        code.methods,
        code.authenticated,
        code.scopes,
        code.platform,
        code.nonce,
        claims=code.claims,
        tells_time=code.tells_time,
    )


def _find(call: Call) -> AuthorizationCode:
    value = call.form["code"]
    if not value.startswith(CODE):
        raise call.error(9002313, because="what was sent is no authorization code")
    code = presented_code(call)
    if code is None:
        because = "no authorization code of this world reads so"
        raise call.error(70000, where="parameter", parameter="code", because=because)
    return code


def _tenant(call: Call, code: AuthorizationCode) -> Tenant:
    assert call.world is not None
    home = call.world.tenants.get(code.tenant)
    if home is None:
        because = "the tenant of the code is gone"
        raise call.error(70000, where="parameter", parameter="code", because=because)
    if all(cloud.id != home.cloud for cloud in call.clouds):
        raise call.error(90043, because=f"the code was issued at {cloud_named(home.cloud).login_host}: redeem it there")
    if call.tenant is None:
        settle(call, home)
    elif call.tenant is not home:
        because = f"the sign-in was for {home.domains[0]}; the path says {call.tenant.domains[0]}"
        raise call.error(700005, tid=home.id, because=because)
    return home


def _check_redirect_uri(call: Call, code: AuthorizationCode) -> None:
    given = call.form["redirect_uri"].strip()
    if given == code.redirect_uri:
        return
    assert call.application is not None
    if platform_of(call.application, given) is None:
        because = f"the redirect URI of the sign-in was {code.redirect_uri}, and this one is not registered"
        raise call.error(50011, uri=given, because=because)
    because = "the token request has to repeat the redirect URI of the authorization request"
    raise call.error(500112, given=given, expected=code.redirect_uri, because=because)


def _check_verifier(call: Call, code: AuthorizationCode) -> None:
    verifier = call.form.get("code_verifier", "")
    if code.platform == "spa" and not verifier:
        raise call.error(9002325, because="a single-page application redeems its code with code_verifier")
    if not code.challenge and not verifier:
        return
    computed = verifier
    if code.challenge_method == "S256":
        computed = base64url(hashlib.sha256(verifier.encode("utf-8", "replace")).digest())
    if verifier and code.challenge and same_secret(computed, code.challenge):
        return
    if not code.challenge:
        because = "a code_verifier was sent, but the authorization request had no code_challenge"
    elif not verifier:
        because = f"the authorization request had a code_challenge ({code.challenge_method}): send code_verifier"
    else:
        because = f"the verifier does not give the challenge of the authorization request ({code.challenge_method})"
    raise call.error(501481, because=because)


def _user(call: Call, code: AuthorizationCode, home: Tenant) -> User:
    user = home.users.get(code.user)
    if user is None:
        because = "the user that the code was issued for is deleted"
        raise call.error(500341, user="{EmailHidden}", tid=home.id, because=because)
    call.entry.user = user.user_principal_name
    check_revoked(call, user, code.issued, code.methods)
    return user

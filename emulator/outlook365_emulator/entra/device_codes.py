"""Device codes: the endpoint that gives them, and the pages where a person types one (reference entra 2.7)."""

from datetime import timedelta

import msgspec

from outlook365_emulator.clouds import CLOUDS
from outlook365_emulator.entra.accounts import picker_page
from outlook365_emulator.entra.call import Call
from outlook365_emulator.entra.envelope import PRIVATE
from outlook365_emulator.entra.flows import finish, note
from outlook365_emulator.entra.opaque import DEVICE_CODE
from outlook365_emulator.entra.pages import page
from outlook365_emulator.entra.redirects import go
from outlook365_emulator.entra.scopes import Asked, parse_scopes
from outlook365_emulator.entra.sessions import accounts
from outlook365_emulator.entra.tenancy import tenant
from outlook365_emulator.store.records.sign_in import DeviceCode
from outlook365_emulator.store.sign_ins import make_room
from outlook365_emulator.wire import Response

LIFETIME = timedelta(seconds=900)
INTERVAL = 5
SIGNS = "BCDFGHJKLMNPQRSTVWXYZ23456789"
"""What user codes are written in: no vowels, no digits that look like letters."""

USER_CODE_LENGTH = 9
KEPT = timedelta(days=1)

UNKNOWN = "That code didn't work. Check the code and try again."
EXPIRED = "That code has expired. Go back to the application or device and ask for a new one."
USED = "That code was already used. Go back to the application or device and ask for a new one."


# The endpoint that the client asks


def may_use_device_codes(call: Call) -> None:
    """Step: judge the request for a device code.

    Raises:
        EntraError: 900144 without `scope` (v1: `resource`), 901002 for `resource` at v2.0, 70011 for what is no scope,
            90133 at `consumers` for an application of organisations.
    """
    assert call.application is not None
    wanted = "scope" if call.version == 2 else "resource"
    if call.version == 2 and call.form.get("resource"):
        raise call.error(901002, because="the v2.0 endpoint takes scope")
    if not call.form.get(wanted, "").strip():
        raise call.error(900144, parameter=wanted, because=f"a device code is asked for with {wanted}")
    if call.version == 2:
        call.asked = parse_scopes(call.form["scope"])
        if call.asked.bad:
            raise call.error(
                70011, scope=call.asked.bad, because="a scope is a name, or a resource, a slash and a name"
            )


def give_device_code(call: Call) -> Response:
    """Step: answer with a device code and what the person types."""
    assert call.world is not None
    assert call.application is not None
    codes = call.world.sign_ins.device_codes
    user_code = _user_code(call)
    scopes = tuple(call.form.get("scope", "").split())
    if call.version == 1:
        scopes = (f"{call.form['resource']}/.default", "openid", "profile", "offline_access")
    code = DeviceCode(
        value=call.world.opaque(DEVICE_CODE, 85) + call.world.ids.text(85),
        user_code=user_code,
        client_id=call.application.client_id,
        tenant=call.tenant.id if call.tenant is not None else "",
        segment=call.segments["tenant"],
        scopes=scopes,
        version=call.version,
        expires=call.now + LIFETIME,
        claims=call.form.get("claims", ""),
    )
    with call.world.unit(call.now) as unit:
        make_room(unit, codes, lambda one: one.expires + KEPT)
        unit.put(codes, code)
    return Response(200, msgspec.json.encode(_document(call, code)), [*PRIVATE])


def _user_code(call: Call) -> str:
    """Draw a user code that no other of the emulator has: it alone leads from the page to its world."""
    assert call.world is not None
    while True:
        code = "".join(SIGNS[byte % len(SIGNS)] for byte in call.world.ids.data(USER_CODE_LENGTH))
        if all(world.sign_ins.device_codes.find("user_code", code) is None for world in call.hosting):
            return code


def _document(call: Call, code: DeviceCode) -> dict[str, object]:
    host = call.request.form == "host"
    page_ = call.cloud.device_login if host else f"{call.request.root_of(call.request.host)}/common/oauth2/deviceauth"
    message = (
        f"To sign in, use a web browser to open the page {page_} and enter the code {code.user_code} to authenticate."
    )
    seconds = int(LIFETIME.total_seconds())
    if call.version == 1:
        return {
            "user_code": code.user_code,
            "device_code": code.value,
            "verification_url": page_,
            "expires_in": str(seconds),
            "interval": str(INTERVAL),
            "message": message,
        }
    return {
        "user_code": code.user_code,
        "device_code": code.value,
        "verification_uri": page_,
        "expires_in": seconds,
        "interval": INTERVAL,
        "message": message,
    }


# The pages that the person sees


def device_login(call: Call) -> Response:
    """Step: lead from `microsoft.com/devicelogin` (and `deviceloginus`) to the page where the code is typed."""
    query = f"?{call.request.query}" if call.request.query else ""
    path = f"https://{call.request.host}{call.request.path.rstrip('/').lower()}"
    cloud = next((one for one in CLOUDS.values() if one.device_login == path), call.cloud)
    return go(f"{call.request.root_of(cloud.login_host)}/common/oauth2/deviceauth{query}")


def code_page(call: Call, user_code: str = "", problem: str = "", number: int = 0) -> Response:
    """Show the page where the code is typed."""
    if number:
        call.entry.code = f"AADSTS{number}"
    return page(
        call,
        "device.html",
        title="Sign in to your account",
        config={"pgid": "ConvergedRemoteConnect", **({"sErrorCode": str(number)} if number else {})},
        user_code=user_code,
        problem=problem,
    )


def take_code(call: Call) -> Response | None:
    """Step: take the code that a person typed, or that the address holds (`otc`); without one ask for it.

    A code is enough to begin: what it leads to is confirmed on a page of its own.
    """
    given = call.form.get("otc", "")
    typed = "".join(sign for sign in given.upper() if sign.isalnum())[:20]
    if call.request.method == "GET" or not typed:
        return code_page(call, typed, *((UNKNOWN, 90119) if call.request.method == "POST" else ()))
    device = call.world.sign_ins.device_codes.find("user_code", typed) if call.world is not None else None
    if device is None:
        call.entry.reason = "no device code of this world has that user code"
        return code_page(call, typed, UNKNOWN, 70018)
    if device.expires <= call.now:
        call.entry.reason = f"the user code ended at {device.expires:%H:%M:%S}Z by the world's clock"
        return code_page(call, typed, EXPIRED, 70019)
    if device.state != "pending":
        call.entry.reason = f"the user code was {device.state} before"
        return code_page(call, typed, USED, 90120)
    call.device = device
    return None


def of_device(call: Call) -> None:
    """Step: take up the request of the device: its client, tenant and scopes stand for those of the page.

    Raises:
        EntraError: 70019 where the code has expired meanwhile, 90120 where it was decided elsewhere.
    """
    assert call.device is not None
    if call.device.expires <= call.now:
        raise call.error(70019, because="the device code expired while the page was open")
    if call.device.state != "pending":
        raise call.error(90120, because=f"the device code was {call.device.state} meanwhile")
    device = call.device
    call.form = {"client_id": device.client_id, "scope": " ".join(device.scopes), "claims": device.claims}
    call.segments["tenant"] = device.segment
    tenant(call)
    call.asked = parse_scopes(call.form["scope"])
    if device.version == 1:
        call.asked = Asked(call.asked.openid, call.asked.resources, default=True)


def choose_account(call: Call) -> Response | None:
    """Step: let the person pick an account, also where just one is signed in: the device gets its rights."""
    _, flow = call.lived()
    signed_in = accounts(call)
    if flow.account or not signed_in or "account" in call.submitted:
        return None
    return picker_page(call, signed_in)


def confirm(call: Call) -> Response | None:
    """Step: "Are you trying to sign in to …?": the person confirms the application (50199)."""
    _, flow = call.lived()
    if flow.confirmed:
        return None
    assert call.user is not None
    assert call.application is not None
    return page(
        call,
        "device_confirm.html",
        title="Sign in to your account",
        config={"pgid": "ConvergedConfirm", "sErrorCode": "50199"},
        username=call.user.user_principal_name,
        application=call.application.display_name,
    )


def take_confirmation(call: Call) -> Response | None:
    """Step: take whether the person wants to sign in on the device."""
    if call.submitted.get("decision") == "continue":
        note(call, confirmed=True)
        return None
    return decline(call)


def decline(call: Call) -> Response:
    """Note that the person declined, which the next poll of the device tells."""
    _decide(call, state="declined")
    call.entry.reason = "the person declined the device code"
    return _done(call, "You did not sign in", "The application or device was told. You can close this window.")


def approve(call: Call) -> Response:
    """Step: note the approval; the next poll of the device gets tokens."""
    _, tenant_, application = call.known()
    assert call.user is not None
    assert call.sign_in is not None
    _decide(
        call,
        state="approved",
        approved_in=tenant_.id,
        user=call.user.id,
        session=call.sign_in.session,
        methods=call.sign_in.methods,
        authenticated=call.sign_in.authenticated,
        issued=max(call.now, call.user.sessions_valid_from, call.user.password_changed),
    )
    done = f"You have signed in to {application.display_name} on your device. You can close this window."
    return _done(call, application.display_name, done)


def _decide(call: Call, **changes: object) -> None:
    world, _ = call.lived()
    assert call.device is not None
    with world.unit(call.now) as unit:
        unit.put(world.sign_ins.device_codes, msgspec.structs.replace(call.device, **changes))
    finish(call)


def _done(call: Call, heading: str, message: str) -> Response:
    return page(
        call,
        "message.html",
        title="Sign in to your account",
        config={"pgid": "ConvergedRemoteConnectDone"},
        heading=heading,
        message=message,
        frames=(),
        next="",
    )

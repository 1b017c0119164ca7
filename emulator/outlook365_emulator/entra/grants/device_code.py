"""The device code grant: tokens once a person has approved the code elsewhere (reference entra 2.7, RFC 8628)."""

from outlook365_emulator.entra.call import Call, SignIn
from outlook365_emulator.entra.grants.refresh_token import check_revoked
from outlook365_emulator.entra.tenancy import settle
from outlook365_emulator.store.records.sign_in import DeviceCode

name = "device_code"
grant_type = ("urn:ietf:params:oauth:grant-type:device_code", "device_code")
parameters = ("device_code",)
application_only = False


def handle(call: Call) -> None:
    """Answer by the state of the code: pending, approved, declined, redeemed, or expired by the world's clock.

    Raises:
        EntraError: 9002313 for an unknown code, 70000 for another client's and for a second redemption, 70020 where it
            has expired, 70016 while it is pending, 70018 where the person declined, 500341 and 50173 for the user.
    """
    device = _find(call)
    if device.state == "redeemed":
        raise call.error(70000, where="device", because="the device code was redeemed; it counts once")
    if device.expires <= call.now:
        because = f"a device code lives 15 minutes by the world's clock; this one ended at {device.expires:%H:%M:%S}Z"
        raise call.error(70020, because=because)
    if device.state == "pending":
        raise call.error(70016, because=f"nobody has approved the code {device.user_code} so far")
    if device.state == "declined":
        raise call.error(70018, because=f"the person declined the code {device.user_code}")
    _take_user(call, device)


def _find(call: Call) -> DeviceCode:
    assert call.application is not None
    value = call.form["device_code"]
    device = call.world.sign_ins.device_codes.get(value) if call.world is not None else None
    if device is None:
        raise call.error(9002313, where="device", because="no device code of this world reads so")
    if device.client_id != call.application.client_id:
        because = f"the device code was issued to another client, {device.client_id}"
        raise call.error(70000, where="parameter", parameter="device_code", because=because)
    return device


def _take_user(call: Call, device: DeviceCode) -> None:
    assert call.world is not None
    home = call.world.tenants.get(device.approved_in)
    user = home.users.get(device.user) if home is not None else None
    if home is None or user is None:
        because = "the user who approved the code is deleted"
        raise call.error(500341, user="{EmailHidden}", tid=device.approved_in, because=because)
    call.entry.user = user.user_principal_name
    if call.tenant is None:
        settle(call, home)
    elif call.tenant is not home:
        raise call.error(700005, tid=home.id, because=f"the code was approved in {home.domains[0]}")
    check_revoked(call, user, device.issued or call.now, device.methods)
    call.user, call.device = user, device
    call.sign_in = SignIn(device.session, device.methods, device.authenticated, device.scopes, claims=device.claims)

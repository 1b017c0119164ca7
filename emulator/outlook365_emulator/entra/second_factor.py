"""What stands between a person who has signed in and the application: policies, and the page for a second factor.

The emulator has no telephone: the page has a button for what the person would do there.
"""

import msgspec

from outlook365_emulator.directory.account_states import register_mfa
from outlook365_emulator.entra.accounts import password_page
from outlook365_emulator.entra.call import Call
from outlook365_emulator.entra.conditional_access import ENROL, SECOND_FACTOR, first_problem
from outlook365_emulator.entra.pages import page
from outlook365_emulator.entra.redirect_uris import origin_of
from outlook365_emulator.wire import Response

DENIED = 500121
TOO_OLD = 70044


def demanded(call: Call) -> Response | None:
    """Step: does the sign-in meet what is demanded of it?

    Asks for a second factor, or for the password again, where that helps.

    Raises:
        EntraError: 53003, 53000, 53001; with `prompt=none` also 50076, 50079 and 70044.
    """
    problem = first_problem(call)
    if problem is None:
        return None
    assert call.user is not None
    if call.prompt != "none" and problem.number in (SECOND_FACTOR, ENROL):
        return _factor_page(call, problem.number)
    if call.prompt != "none" and problem.number == TOO_OLD:
        return password_page(call, call.user.user_principal_name)
    raise problem


def take_second_factor(call: Call) -> Response | None:
    """Step: take what the person did on the telephone: approve, deny, or set a second factor up."""
    world, _ = call.lived()
    assert call.tenant is not None
    assert call.user is not None
    assert call.session is not None
    if call.submitted.get("decision") != "approve":
        call.entry.reason = f"{call.user.user_principal_name} denied the request for a second factor"
        return _factor_page(call, DENIED)
    methods = tuple(dict.fromkeys((*call.session.methods, "mfa")))
    with world.unit(call.now) as unit:
        unit.put(world.sign_ins.sessions, msgspec.structs.replace(call.session, methods=methods))
        if not call.user.mfa_registered:
            call.user = register_mfa(call.tenant, unit, call.user)
    return None


def _factor_page(call: Call, number: int) -> Response:
    _, _, application = call.known()
    assert call.user is not None
    call.entry.code = f"AADSTS{number}"
    enrol = not call.user.mfa_registered
    return page(
        call,
        "second_factor.html",
        title="More information required" if enrol else "Approve sign in request",
        form_origins=(origin_of(call.redirect.uri),) if call.redirect is not None else (),
        config={"pgid": "ConvergedProofUpRedirect" if enrol else "ConvergedTFA", "sErrorCode": str(number)},
        application=application.display_name,
        username=call.user.user_principal_name,
        enrol=enrol,
        problem="We didn't hear from you, or the request was denied. Try again." if number == DENIED else "",
    )

"""Journeys: the steps of a browser's request, and what a page that was sent goes on with.

A post judges the request again by the steps of `REQUEST`, takes what the person sent, and goes on with `PAGES`: the
first of them that still has to ask something answers with its page, and the last one with the result.
"""

from collections.abc import Mapping
from types import MappingProxyType

from outlook365_emulator.entra import (
    accounts,
    admin_consent,
    answering,
    authorize,
    clients,
    consenting,
    device_codes,
    flows,
    second_factor,
    sign_out,
    tenancy,
)
from outlook365_emulator.entra.call import Call, Step
from outlook365_emulator.store.records.sign_in import Journey
from outlook365_emulator.wire import Response

REQUEST: Mapping[Journey, tuple[Step, ...]] = MappingProxyType(
    {
        "authorize": (
            flows.in_a_world,
            tenancy.tenant,
            clients.client,
            authorize.redirect_uri,
            tenancy.sign_in_audience,
            authorize.response,
            authorize.prompt,
            authorize.proof_key,
            authorize.scopes,
        ),
        "admin_consent": (
            flows.in_a_world,
            tenancy.tenant,
            clients.client,
            admin_consent.admin_redirect_uri,
            tenancy.sign_in_audience,
            admin_consent.admin_scopes,
        ),
        "device": (device_codes.of_device, clients.client, tenancy.sign_in_audience),
        "sign_out": (),
    }
)
"""What judges the request of each journey."""

PAGES: Mapping[Journey, tuple[Step, ...]] = MappingProxyType(
    {
        "authorize": (
            accounts.account,
            second_factor.demanded,
            accounts.stay_signed_in,
            accounts.admitted,
            consenting.resource,
            consenting.consent,
            answering.answer_authorization,
        ),
        "admin_consent": (accounts.account, accounts.stay_signed_in, admin_consent.administrators_page),
        "device": (
            device_codes.choose_account,
            accounts.account,
            device_codes.confirm,
            second_factor.demanded,
            accounts.stay_signed_in,
            accounts.admitted,
            consenting.resource,
            consenting.consent,
            device_codes.approve,
        ),
        "sign_out": (sign_out.choose_whom, sign_out.sign_out),
    }
)
"""What a person is led through."""


def taking(take: Step, *, signed_in: bool) -> Step:
    """Return the step that goes on with a page that was sent.

    Args:
        take: takes what the person sent.
        signed_in: whether the page is one for a person who is signed in already.
    """

    def step(call: Call) -> Response | None:
        _, flow = call.lived()
        known: tuple[Step, ...] = (accounts.account,) if signed_in else ()
        for one in (*REQUEST[flow.journey], *known, take, *PAGES[flow.journey]):
            found = one(call)
            if found is not None:
                return found
        return None

    step.__name__ = f"going_on_with_{take.__name__}"
    return step


def take_by_journey(call: Call) -> Response | None:
    """Step: take the answer to the consent page, of whichever journey."""
    _, flow = call.lived()
    if flow.journey == "admin_consent":
        return admin_consent.take_admin_consent(call)
    return consenting.take_consent(call)


def take_approval_by_journey(call: Call) -> Response | None:
    """Step: take what a person does who needs an administrator, of whichever journey."""
    _, flow = call.lived()
    if flow.journey == "admin_consent":
        return admin_consent.take_admin_consent(call)
    return consenting.take_approval(call)

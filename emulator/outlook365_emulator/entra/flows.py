"""Flows: what a browser is in the middle of, from the first request over the pages to the answer.

The first request is kept, and each page's form carries the id of the flow and its token against forged posts. Every
post judges the whole request again, so that nothing counts that has become untrue while a page was open.
"""

from datetime import timedelta
from types import MappingProxyType

import msgspec

from outlook365_emulator.entra.call import Call, Step
from outlook365_emulator.entra.opaque import COOKIE
from outlook365_emulator.entra.sessions import BROWSER_COOKIE, cookies_of, know_browser
from outlook365_emulator.ids import same_secret
from outlook365_emulator.store.records.sign_in import Flow, Journey
from outlook365_emulator.store.sign_ins import make_room
from outlook365_emulator.wire import parse_pairs

LIFETIME = timedelta(hours=1)
"""How long a page may stay open."""

_LONGEST = 16_000


def browser_parameters(call: Call) -> None:
    """Step: read the parameters of a request that a browser makes, from the query or from a posted form.

    Raises:
        EntraError: 9002313 where a parameter comes twice with different values, 90015 where the query is too long.
    """
    if len(call.request.query) > _LONGEST:
        raise call.error(90015, because=f"the query has {len(call.request.query)} characters, at most {_LONGEST} count")
    pairs = parse_pairs(call.request.query)
    if call.request.method == "POST":
        pairs = [*parse_pairs(call.request.body.decode("utf-8", "replace")), *pairs]
    twice = ""
    for name, value in pairs:
        if call.form.setdefault(name, value) != value and not twice:
            twice = name
    if twice:
        raise call.error(9002313, because=f"the parameter {twice[:40]!r} comes twice with different values")


def in_a_world(call: Call) -> None:
    """Step: is the request placed in a world? Without one there is nobody to sign in.

    Raises:
        EntraError: 700016 where no world knows the application, 50059 without any trace of a tenant.
    """
    if call.world is not None:
        return
    client_id = call.form.get("client_id", "")
    because = "nothing in the request leads to a world: no tenant, user name or client id that is known"
    if client_id:
        raise call.error(700016, app_id=client_id, tenant=call.directory, because=because)
    raise call.error(50059, because=because)


def begin(journey: Journey) -> Step:
    """Return the step that begins a flow."""

    def step(call: Call) -> None:
        assert call.world is not None
        know_browser(call)
        flow = Flow(
            id=call.world.opaque(COOKIE, 43),
            browser=call.browser,
            canary=call.world.ids.text(43),
            journey=journey,
            operation=call.endpoint.name,
            segment=call.segments.get("tenant", "common"),
            parameters=MappingProxyType(dict(call.form)),
            begun=call.now,
            device=call.device.value if call.device is not None else "",
        )
        flows = call.world.sign_ins.flows
        with call.world.unit(call.now) as unit:
            make_room(unit, flows, lambda one: one.begun + LIFETIME)
            call.flow = unit.put(flows, flow)

    step.__name__ = f"begin_{journey}"
    return step


def resume(call: Call) -> None:
    """Step: find the flow whose page was sent, and take up its request again.

    Raises:
        EntraError: 50089 where the flow has ended or is unknown, 90013 where the form comes from another browser or
            without its token.
    """
    call.submitted, call.form = call.form, {}
    flow = call.world.sign_ins.flows.get(call.submitted.get("ctx", "")) if call.world is not None else None
    if flow is None or call.now - flow.begun > LIFETIME:
        raise call.error(50089, because="the page was open for too long, or was sent already: begin again")
    call.browser = cookies_of(call).get(BROWSER_COOKIE, "")
    if not same_secret(call.browser, flow.browser):
        raise call.error(90013, because="the form comes from a browser that did not begin this sign-in (its cookie)")
    if not same_secret(call.submitted.get("canary", ""), flow.canary):
        raise call.error(90013, because="the form lacks its token against forged posts (canary)")
    call.flow = flow
    call.form = dict(flow.parameters)
    call.segments["tenant"] = flow.segment
    call.entry.operation = f"{flow.operation.partition('.')[0]}.{call.endpoint.name.partition('.')[2]}"
    if flow.device and call.world is not None:
        call.device = call.world.sign_ins.device_codes.get(flow.device)


def note(call: Call, **changes: object) -> Flow:
    """Note how far the person has come."""
    world, flow = call.lived()
    with world.unit(call.now) as unit:
        call.flow = unit.put(world.sign_ins.flows, msgspec.structs.replace(flow, **changes))
    return call.flow


def finish(call: Call) -> None:
    """Forget the flow: its pages cannot be sent again."""
    if call.world is not None and call.flow is not None and call.flow.id in call.world.sign_ins.flows:
        with call.world.unit(call.now) as unit:
            unit.remove(call.world.sign_ins.flows, call.flow)

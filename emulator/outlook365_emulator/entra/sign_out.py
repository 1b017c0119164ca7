"""Sign-out: `/oauth2/v2.0/logout` and `/oauth2/logout` (reference entra 2.13)."""

from collections.abc import Iterable

from outlook365_emulator.clouds import cloud as cloud_named
from outlook365_emulator.entra.accounts import picker_page
from outlook365_emulator.entra.call import Call
from outlook365_emulator.entra.flows import finish
from outlook365_emulator.entra.optional_claims import hinted_name
from outlook365_emulator.entra.pages import page
from outlook365_emulator.entra.redirect_uris import may_be_redirected_to, origin_of, platform_of
from outlook365_emulator.entra.redirects import go, with_fields
from outlook365_emulator.entra.sessions import Account, accounts, end_sessions
from outlook365_emulator.entra.tokens import BadToken, read_token
from outlook365_emulator.store.records.directory import Application
from outlook365_emulator.wire import Response


def take_sign_out_choice(call: Call) -> None:
    """Step: take the account that was picked for sign-out."""
    call.form["account"] = call.submitted.get("account", "")


def sign_out_of_nothing(call: Call) -> Response | None:
    """Step: answer at once where the request leads to no world, for nobody can be signed in there."""
    return sign_out(call) if call.world is None else None


def choose_whom(call: Call) -> Response | None:
    """Step: where several people are signed in and nothing names one, ask who signs out."""
    signed_in = accounts(call)
    if len(signed_in) < 2 or _named(call, signed_in) is not None:
        return None
    return picker_page(call, signed_in, "/logout")


def _named(call: Call, signed_in: list[Account]) -> Account | None:
    """Return who is meant: picked on the page, or by `logout_hint` or `id_token_hint`."""
    hint, picked = hinted_name(call.world, call.form.get("logout_hint", "")), call.form.get("account", "")
    subject = _subject(call)
    for one in signed_in:
        names = {one.session.id, one.user.user_principal_name, one.user.id}
        if picked == one.session.id or hint.lower() in names or subject == one.user.id:
            return one
    return None


def _subject(call: Call) -> str:
    text = call.form.get("id_token_hint", "")
    if not text:
        return ""
    try:
        return read_token(text, call.keys).oid
    except BadToken:
        return ""


def sign_out(call: Call) -> Response:
    """Step: end the session, tell the applications in hidden frames, and lead back where that is registered."""
    signed_in = accounts(call)
    named = _named(call, signed_in)
    leaving = [named] if named is not None else signed_in
    applications = _applications(call, leaving)
    end_sessions(call, [one.session for one in leaving])
    finish(call)
    target = _target(call, applications)
    frames = _frames(call, leaving)
    if target and not frames:
        return go(target)
    if call.form.get("post_logout_redirect_uri") and not target:
        call.entry.reason = (
            "post_logout_redirect_uri is not registered with an application that was signed in to in this session"
        )
    return page(
        call,
        "message.html",
        title="Sign out",
        config={"pgid": "SignOut"},
        frame_origins={origin_of(one) for one in frames},
        heading="You signed out of your account" if signed_in else "You are signed out",
        message="It's a good idea to close all browser windows.",
        frames=frames,
        next=target,
    )


def _applications(call: Call, leaving: Iterable[Account]) -> list[Application]:
    """Return the applications that were signed in to, and the one that an ID token names."""
    wanted = {client for one in leaving for client in one.session.clients}
    hinted = call.form.get("client_id", "").lower()
    tenants = call.world.tenants.values() if call.world is not None else ()
    everything = [app for tenant in tenants for app in tenant.applications]
    if not wanted and hinted:
        wanted = {hinted}
    return [app for app in everything if app.client_id in wanted]


def _target(call: Call, applications: Iterable[Application]) -> str:
    given = call.form.get("post_logout_redirect_uri", "").strip()
    if not given or not may_be_redirected_to(given):
        return ""
    if all(platform_of(app, given) is None for app in applications):
        return ""
    state = call.form.get("state")
    return with_fields(given, [("state", state)]) if state is not None else with_fields(given, []).removesuffix("?")


def _frames(call: Call, leaving: Iterable[Account]) -> list[str]:
    """Return the front-channel addresses of the applications, each with session and issuer."""
    found = []
    for one in leaving:
        issuer = cloud_named(one.home.cloud).issuer(one.home.id, 2)
        for app in _applications(call, [one]):
            if app.logout_url and may_be_redirected_to(app.logout_url) and one.session.clients:
                found.append(with_fields(app.logout_url, [("sid", one.session.id), ("iss", issuer)]))
    return found

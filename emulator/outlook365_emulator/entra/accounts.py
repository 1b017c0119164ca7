"""Who signs in: single sign-on, the account picker, user name and password, "Stay signed in?" (reference entra 2.1)."""

from datetime import timedelta

from outlook365_emulator.clouds import cloud as cloud_named
from outlook365_emulator.directory.assignments import is_kept_out
from outlook365_emulator.directory.consent_policy import consent_policy
from outlook365_emulator.entra.call import Call, SignIn
from outlook365_emulator.entra.conditional_access import stranger
from outlook365_emulator.entra.flows import note
from outlook365_emulator.entra.grants.password import check_password
from outlook365_emulator.entra.optional_claims import hinted_name
from outlook365_emulator.entra.other_clouds import leave
from outlook365_emulator.entra.pages import page
from outlook365_emulator.entra.redirect_uris import origin_of
from outlook365_emulator.entra.sessions import Account, account_of, accounts, begin_session, keep_session
from outlook365_emulator.entra.tenancy import settle, tenant_of
from outlook365_emulator.errors import EntraError
from outlook365_emulator.store.records.directory import User
from outlook365_emulator.store.tenant import Tenant
from outlook365_emulator.wire import Response

UNKNOWN_NAME = "This username may be incorrect. Make sure you typed it correctly. Otherwise, contact your admin."
PROBLEMS = {
    50126: "Your account or password is incorrect. If you don't remember your password, ask an administrator.",
    50056: "Your account or password is incorrect. If you don't remember your password, ask an administrator.",
    50057: "Your account has been locked. Contact your support person to unlock it, then try again.",
    50053: "Your account is temporarily locked to prevent unauthorized use. Try again later.",
}
"""What the password page says instead of the error's own text."""


def account(call: Call) -> Response | None:
    """Step: who is it? Answers with a page until that is known.

    Raises:
        EntraError: 50058 and 16000 with `prompt=none`; 50020 for a person of another tenant.
    """
    world, flow = call.lived()
    if flow.account:
        session = world.sign_ins.sessions.get(flow.account)
        known = account_of(world, session, call.now) if session is not None else None
        if known is not None:
            use(call, known)
            return None
        note(call, account="", asked_anew=False)
    signed_in = _fitting(call)
    if call.prompt == "none":
        use(call, _only(call, signed_in))
        return None
    hint = _hinted(call)
    if call.prompt in ("login", "create") or not signed_in:
        return name_page(call) if not hint else _known_name(call, hint)
    if call.prompt == "select_account" or (len(signed_in) > 1 and not hint):
        return picker_page(call, signed_in)
    hinted = [one for one in signed_in if one.user.user_principal_name.lower() == hint.lower()] if hint else signed_in
    if len(hinted) == 1 and _fresh(call, hinted[0]):
        use(call, hinted[0])
        return None
    return _known_name(call, hint or signed_in[0].user.user_principal_name)


def _hinted(call: Call) -> str:
    """Return the user name that the request suggests, or ""."""
    return hinted_name(call.world, call.form.get("login_hint", "").strip())


def _fitting(call: Call) -> list[Account]:
    """Return the signed-in people among whom the request lets one choose."""
    found = accounts(call)
    session, domain = call.form.get("sid", ""), call.form.get("domain_hint", "").strip().lower()
    if session:
        found = [one for one in found if one.session.id == session]
    if domain == "consumers":
        return []
    if domain and domain != "organizations":
        found = [one for one in found if domain in one.home.domains]
    if call.tenant is not None and len(found) > 1:
        at_home = [one for one in found if one.home is call.tenant]
        found = at_home or found
    return found


def _fresh(call: Call, one: Account) -> bool:
    age = call.form.get("max_age", "")
    return not age or call.now - one.session.authenticated <= timedelta(seconds=min(int(age), 10**9))


def _only(call: Call, signed_in: list[Account]) -> Account:
    hint = _hinted(call).lower()
    fitting = [one for one in signed_in if not hint or one.user.user_principal_name.lower() == hint]
    if len(fitting) > 1:
        names = ", ".join(one.user.user_principal_name for one in fitting)
        raise call.error(16000, because=f"prompt=none, and several people are signed in: {names}; send login_hint")
    if not fitting or not _fresh(call, fitting[0]):
        why = "nobody" if not signed_in else "nobody that login_hint or max_age allow"
        raise call.error(50058, because=f"prompt=none, and {why} is signed in, in this browser (its cookies)")
    return fitting[0]


def use(call: Call, chosen: Account) -> None:
    """Go on as a person: find the account in the tenant that the request is for.

    Raises:
        EntraError: 50020 where the tenant does not know the person.
    """
    call.session = chosen.session
    call.entry.user = chosen.user.user_principal_name
    note(call, account=chosen.session.id)
    if call.tenant is None:
        settle(call, chosen.home)
    call.user = resident(call, chosen.home, chosen.user)
    call.entry.user = call.user.user_principal_name
    call.sign_in = SignIn(
        chosen.session.id,
        chosen.session.methods,
        chosen.session.authenticated,
        tuple(call.form.get("scope", "").split()),
        call.redirect.platform if call.redirect is not None else "",
        call.form.get("nonce", ""),
        claims=call.form.get("claims", ""),
        tells_time=bool(call.form.get("max_age")),
    )


def resident(call: Call, home: Tenant, person: User) -> User:
    """Return a person's account in the tenant of the call: the own one, or that of a guest.

    Raises:
        EntraError: 50020 or 90072 where there is none.
    """
    tenant = call.tenant
    assert tenant is not None
    if tenant is home:
        return person
    names = {person.user_principal_name.lower(), (person.mail or "").lower()}
    for user in tenant.users:
        if user.guest_of == home.id and (user.mail or "").lower() in names:
            return user
    provider = cloud_named(home.cloud).issuer(home.id, 1)
    because = f"{person.user_principal_name} belongs to {home.domains[0]} and is no guest of {tenant.domains[0]}"
    raise call.error(
        stranger(tenant),
        user=person.user_principal_name,
        provider=provider,
        tenant=tenant.display_name,
        because=because,
        **({} if call.application is not None else {"app": "", "app_id": ""}),
    )


def admitted(call: Call) -> None:
    """Step: may the person use the application?

    Raises:
        EntraError: 50057 for an account that was disabled, 50105 where only assigned people may.
    """
    _, tenant, application = call.known()
    assert call.user is not None
    if not call.user.enabled:
        raise call.error(50057, because=f"the account {call.user.user_principal_name} is disabled")
    if is_kept_out(tenant, call.principal, call.user):
        because = f"{application.display_name} takes assigned users only, and {call.user.user_principal_name} is none"
        raise call.error(50105, user=call.user.user_principal_name, because=because)


# Pages


def _origins(call: Call) -> tuple[str, ...]:
    """Return where the forms of a flow lead in the end."""
    return (origin_of(call.redirect.uri),) if call.redirect is not None else ()


def _name_of_application(call: Call) -> str:
    return call.application.display_name if call.application is not None else ""


def name_page(call: Call, username: str = "", problem: str = "", number: int = 0) -> Response:
    """Show the page that asks for the user name."""
    return page(
        call,
        "sign_in.html",
        title="Sign in to your account",
        form_origins=_origins(call),
        config=_config(call, "ConvergedSignIn", number),
        application=_name_of_application(call),
        username=username,
        problem=problem,
        pick=bool(accounts(call)),
    )


def password_page(call: Call, username: str, problem: str = "", number: int = 0) -> Response:
    """Show the page that asks for the password."""
    config = _config(call, "ConvergedSignIn", number)
    return _account_page(call, "password.html", "Sign in to your account", config, username, problem)


def change_page(call: Call, username: str, problem: str = "", number: int = 50055) -> Response:
    """Show the page that has an expired password changed."""
    config = _config(call, "ConvergedChangePassword", number)
    return _account_page(call, "change_password.html", "Update your password", config, username, problem)


def _account_page(
    call: Call, template: str, title: str, config: dict[str, object], username: str, problem: str
) -> Response:
    """Show a page that is about one account."""
    return page(
        call,
        template,
        title=title,
        form_origins=_origins(call),
        config=config,
        username=username,
        problem=problem,
    )


def picker_page(call: Call, signed_in: list[Account], path: str = "/login") -> Response:
    """Show the account picker."""
    shown = [
        {"id": one.session.id, "name": one.user.display_name, "username": one.user.user_principal_name}
        for one in signed_in
    ]
    return page(
        call,
        "accounts.html",
        title="Pick an account",
        form_origins=_origins(call),
        config=_config(call, "ConvergedSignIn", 0),
        application=_name_of_application(call),
        accounts=shown,
        other=path == "/login",
        path=path,
    )


def _config(call: Call, name: str, number: int) -> dict[str, object]:
    if number:
        call.entry.code = f"AADSTS{number}"
    return {"pgid": name, **({"sErrorCode": str(number)} if number else {})}


def stay_signed_in(call: Call) -> Response | None:
    """Step: ask "Stay signed in?" after a password was typed, where the tenant asks that."""
    _, flow = call.lived()
    assert call.tenant is not None
    assert call.user is not None
    asked = flow.asked_anew and not flow.kept and call.session is not None and not call.session.persistent
    if not asked or not consent_policy(call.tenant).stay_signed_in:
        return None
    return page(
        call,
        "kmsi.html",
        title="Stay signed in?",
        form_origins=_origins(call),
        config={"pgid": "KmsiInterrupt", "sErrorCode": "50140"},
        username=call.user.user_principal_name,
    )


# What people send


def take_sign_in(call: Call) -> Response | None:
    """Step: take a user name, a password, or the account that was picked."""
    sent = call.submitted
    if sent.get("pick"):
        return picker_page(call, _fitting(call))
    if "account" in sent:
        return _picked(call, sent["account"])
    username = sent.get("loginfmt", "").strip()
    if sent.get("back") or not username:
        return name_page(call, username)
    if "passwd" not in sent:
        return _known_name(call, username)
    return _password(call, username, sent["passwd"])


def _picked(call: Call, session_id: str) -> Response | None:
    if session_id == "other":
        return name_page(call)
    chosen = next((one for one in accounts(call) if one.session.id == session_id), None)
    if chosen is None:
        return name_page(call)
    if not _fresh(call, chosen):
        return password_page(call, chosen.user.user_principal_name)
    note(call, account=chosen.session.id)
    return None


def _known_name(call: Call, username: str) -> Response:
    """Ask for the password of a name, or for the name again where nobody has it."""
    found = person_named(call, username)
    if found is not None:
        note(call, hint=username)
        return password_page(call, found[1].user_principal_name)
    moved = _other_cloud(call, username)
    if moved is not None:
        return moved
    call.entry.user = username
    call.entry.reason = f"nobody in this world and cloud is called {username!r}"
    return name_page(call, username, UNKNOWN_NAME, 50034)


def person_named(call: Call, username: str) -> tuple[Tenant, User] | None:
    """Return the person of this world and cloud with a user name, and the home tenant, or None."""
    home = tenant_of(call, username.rpartition("@")[2].strip().lower())
    user = home.users.find("name", username.lower()) if home is not None else None
    return (home, user) if home is not None and user is not None else None


def _other_cloud(call: Call, username: str) -> Response | None:
    """Send a person to the cloud that the name belongs to, where the client can follow (`instance_aware`).

    Raises:
        EntraError: 90038 where it cannot.
    """
    found = call.hosting.by_tenant(username.rpartition("@")[2].strip().lower())
    if found is None or found[0] is not call.world:
        return None
    cloud = cloud_named(found[1].cloud)
    if cloud in call.clouds or found[1].users.find("name", username.lower()) is None:
        return None
    return leave(call, found[1], username)


def _password(call: Call, username: str, password: str) -> Response | None:
    found = person_named(call, username)
    if found is None:
        return _known_name(call, username)
    home, user = found
    call.entry.user = user.user_principal_name
    try:
        check_password(call, user, password)
    except EntraError as wrong:
        call.entry.reason = wrong.because
        if wrong.number == 50055:
            return change_page(call, user.user_principal_name)
        problem = PROBLEMS.get(wrong.number, wrong.description.partition(": ")[2])
        return password_page(call, user.user_principal_name, problem, wrong.number)
    if not user.enabled:
        call.entry.reason = f"the account {user.user_principal_name} is disabled"
        return password_page(call, user.user_principal_name, PROBLEMS[50057], 50057)
    go_on_as(call, home, user)
    return None


def go_on_as(call: Call, home: Tenant, user: User) -> None:
    """Go on with the flow as a person who has just proved who it is."""
    session = begin_session(call, home, user)
    note(call, account=session.id, asked_anew=True)


def take_stay(call: Call) -> None:
    """Step: take the answer to "Stay signed in?"."""
    world, flow = call.lived()
    session = world.sign_ins.sessions.get(flow.account)
    if call.submitted.get("stay") == "1" and session is not None:
        keep_session(call, session)
    note(call, kept=True)

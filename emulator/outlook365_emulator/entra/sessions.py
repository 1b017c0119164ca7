"""Sign-in sessions of a browser: its cookies, and the people who are signed in (reference entra 4.5, 6.1)."""

from datetime import datetime, timedelta
from typing import NamedTuple

import msgspec

from outlook365_emulator.clock import cookie_date, real_now
from outlook365_emulator.entra.call import Call
from outlook365_emulator.entra.opaque import COOKIE
from outlook365_emulator.store.records.directory import User
from outlook365_emulator.store.records.sign_in import Session
from outlook365_emulator.store.sign_ins import make_room
from outlook365_emulator.store.tenant import Tenant
from outlook365_emulator.store.world import World

SESSION_COOKIE = "ESTSAUTH"
PERSISTENT_COOKIE = "ESTSAUTHPERSISTENT"
BROWSER_COOKIE = "buid"
COOKIES = (SESSION_COOKIE, PERSISTENT_COOKIE, BROWSER_COOKIE)
"""Cookies that carry the key of their world."""

LIFETIME = timedelta(hours=24)
"""How long a session lasts that ends with the browser."""

PERSISTENT_LIFETIME = timedelta(days=90)
"""How long a session lasts where the person stays signed in."""


class Account(NamedTuple):
    """A person who is signed in, in this browser."""

    session: Session
    home: Tenant
    user: User


def cookies_of(call: Call) -> dict[str, str]:
    """Return the cookies of a request, the first of each name."""
    found: dict[str, str] = {}
    for field in call.request.headers.all("cookie"):
        for part in field.split(";"):
            name, equals, value = part.strip().partition("=")
            if equals:
                found.setdefault(name, value.strip('"'))
    return found


def set_cookie(call: Call, name: str, value: str, lifetime: timedelta | None = None) -> None:
    """Have a cookie set for this login host.

    Over plain HTTP, which the prefix form allows, it is not `Secure`, since no client would send it back.

    Args:
        call: the request that is answered.
        name: its name.
        value: its value; "" removes it.
        lifetime: how long the browser keeps it; without one until it is closed.
    """
    request = call.request
    path = "/" if request.form == "host" else f"/{request.host}/"
    secure = request.form == "host" or request.door.startswith("https:")
    end = ""
    if not value:
        end = "; expires=Thu, 01-Jan-1970 00:00:00 GMT"
    elif lifetime is not None:
        end = f"; expires={cookie_date(real_now() + lifetime)}"
    site = "; secure; HttpOnly; SameSite=None" if secure else "; HttpOnly; SameSite=Lax"
    call.set_cookies.append(f"{name}={value}{end}; path={path}{site}")


def know_browser(call: Call) -> None:
    """Note which browser asks, by its cookie; a new one gets the cookie."""
    assert call.world is not None
    value = cookies_of(call).get(BROWSER_COOKIE, "")
    if not value.startswith(COOKIE + call.world.key):
        value = call.world.opaque(COOKIE, 43)
        set_cookie(call, BROWSER_COOKIE, value, PERSISTENT_LIFETIME)
    call.browser = value


def session_cookie(call: Call) -> str:
    """Return the value of the cookie that the browser's sessions hang on, or ""."""
    cookies = cookies_of(call)
    return cookies.get(PERSISTENT_COOKIE, "") or cookies.get(SESSION_COOKIE, "")


def accounts(call: Call) -> list[Account]:
    """Return the people who are signed in, in this browser and this cloud, whose sessions still count."""
    world = call.world
    if world is None:
        return []
    found = []
    for session in world.sign_ins.sessions_of(session_cookie(call)):
        account = account_of(world, session, call.now)
        if account is not None and any(cloud.id == account.home.cloud for cloud in call.clouds):
            found.append(account)
    return found


def account_of(world: World, session: Session, now: datetime) -> Account | None:
    """Return the person of a session, or None where the session has ended: by time, revocation or removal."""
    home = world.tenants.get(session.tenant)
    user = home.users.get(session.user) if home is not None else None
    if home is None or user is None or not user.enabled:
        return None
    valid_from = user.sessions_valid_from
    if "pwd" in session.methods:
        valid_from = max(valid_from, user.password_changed)
    lifetime = PERSISTENT_LIFETIME if session.persistent else LIFETIME
    if session.issued < valid_from or now - session.authenticated > lifetime:
        return None
    return Account(session, home, user)


def begin_session(call: Call, home: Tenant, user: User, methods: tuple[str, ...] = ("pwd",)) -> Session:
    """Sign a person in: the cookie gets a new value, so that nobody who knew the old one comes along.

    Args:
        call: the request in which the person proved who it is.
        home: the person's tenant.
        user: the person.
        methods: how the person signed in.
    """
    world, _ = call.lived()
    before = session_cookie(call)
    value = world.opaque(COOKIE, 60)
    sessions = world.sign_ins.sessions
    again = sessions.find("person", f"{before} {home.id} {user.id}")
    session = Session(
        id=again.id if again is not None else world.ids.guid(),
        browser=value,
        tenant=home.id,
        user=user.id,
        authenticated=call.now,
        issued=max(call.now, user.sessions_valid_from, user.password_changed),
        methods=methods,
        persistent=again is not None and again.persistent,
        clients=again.clients if again is not None else (),
    )
    with world.unit(call.now) as unit:
        others = [one for one in world.sign_ins.sessions_of(before) if one is not again]
        for other in others:
            unit.put(sessions, msgspec.structs.replace(other, browser=value))
        unit.put(sessions, session)
        make_room(unit, sessions, lambda one: one.authenticated + PERSISTENT_LIFETIME)
    _send_cookie(call, value, any(one.persistent for one in (*others, session)))
    return session


def keep_session(call: Call, session: Session) -> Session:
    """Let a session outlive the browser ("Stay signed in?")."""
    world, _ = call.lived()
    with world.unit(call.now) as unit:
        kept = unit.put(world.sign_ins.sessions, msgspec.structs.replace(session, persistent=True))
    _send_cookie(call, kept.browser, True)
    return kept


def _send_cookie(call: Call, value: str, persistent: bool) -> None:
    set_cookie(call, SESSION_COOKIE, value)
    if persistent:
        set_cookie(call, PERSISTENT_COOKIE, value, PERSISTENT_LIFETIME)


def end_sessions(call: Call, sessions: list[Session]) -> None:
    """Sign people out of this browser; the tokens of applications live on (reference entra 6.1, single sign-out)."""
    if call.world is None:
        return
    with call.world.unit(call.now) as unit:
        for session in sessions:
            unit.remove(call.world.sign_ins.sessions, session)
    if not call.world.sign_ins.sessions_of(session_cookie(call)):
        for name in (SESSION_COOKIE, PERSISTENT_COOKIE):
            set_cookie(call, name, "")

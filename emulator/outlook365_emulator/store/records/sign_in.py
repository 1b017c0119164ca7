"""Records of people who sign in: what a browser is in the middle of, its sessions, and the codes that come of it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

import msgspec

Platform = Literal["web", "spa", "public"]
"""The platform of a redirect URI: it decides how a client proves itself when it redeems the code."""

Journey = Literal["authorize", "admin_consent", "device", "sign_out"]
"""What a person is led through, page by page."""


class Flow(msgspec.Struct, frozen=True, kw_only=True):
    """What a browser is in the middle of: one request, and how far the person has come with it.

    Attributes:
        id: opaque value that every page carries (`ctx`).
        browser: value of the cookie of the browser that began it; no other one may go on.
        canary: the token against forged posts, in every form.
        journey: which pages follow.
        operation: name of the endpoint that began it, `authorize.v2`.
        segment: the tenant segment of the path.
        parameters: the parameters of the request.
        begun: when it began, by the world's clock.
        hint: the user name that the person typed, or "".
        account: id of the session that is used, or "".
        asked_anew: whether the person has signed in within this flow.
        kept: whether the person has answered "Stay signed in?".
        confirmed: whether the person has confirmed the application (device code).
        consented: whether the person has answered the consent page.
        device: the device code that is being approved, or "".
    """

    id: str
    browser: str
    canary: str
    journey: Journey
    operation: str
    segment: str
    parameters: Mapping[str, str]
    begun: datetime
    hint: str = ""
    account: str = ""
    asked_anew: bool = False
    kept: bool = False
    confirmed: bool = False
    consented: bool = False
    device: str = ""


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """A person who is signed in, in one browser (`sid`, `session_state`).

    Attributes:
        id: GUID of the session.
        browser: value of the browser's session cookie; a browser has one session for each person.
        tenant: id of the person's home tenant.
        user: object id in the home tenant.
        authenticated: when the person last proved who it is.
        issued: instant from which the session counts against revocation.
        methods: how the person signed in (`amr`).
        persistent: whether it outlives the browser.
        clients: client ids of the applications that were signed in to.
    """

    id: str
    browser: str
    tenant: str
    user: str
    authenticated: datetime
    issued: datetime
    methods: tuple[str, ...] = ("pwd",)
    persistent: bool = False
    clients: tuple[str, ...] = ()


class AuthorizationCode(msgspec.Struct, frozen=True, kw_only=True):
    """An authorization code (RFC 6749 section 4.1.2, RFC 7636).

    Attributes:
        value: the code as sent.
        client_id: the only client that may redeem it.
        tenant: id of the tenant that the sign-in was for.
        user: object id in that tenant.
        redirect_uri: as the client sent it.
        platform: the platform of the redirect URI.
        scopes: scopes asked for.
        session: id of the sign-in session.
        methods: how the person signed in.
        authenticated: when the person last proved who it is.
        issued: instant of issue against which revocation is judged.
        expires: end of its life.
        nonce: for the ID token, or "".
        challenge: PKCE challenge, or "".
        challenge_method: `S256` or `plain`.
        claims: the `claims` parameter, or "".
        version: 1 or 2: the endpoint that issued it.
        tells_time: whether the ID token says when the person signed in (`max_age`).
        redeemed: when it was redeemed, or None.
    """

    value: str
    client_id: str
    tenant: str
    user: str
    redirect_uri: str
    platform: Platform
    scopes: tuple[str, ...]
    session: str
    methods: tuple[str, ...]
    authenticated: datetime
    issued: datetime
    expires: datetime
    nonce: str = ""
    challenge: str = ""
    challenge_method: str = "plain"
    claims: str = ""
    version: int = 2
    tells_time: bool = False
    redeemed: datetime | None = None


DeviceState = Literal["pending", "approved", "declined", "redeemed"]


class DeviceCode(msgspec.Struct, frozen=True, kw_only=True):
    """A device code and what has become of it (RFC 8628).

    Attributes:
        value: the device code as sent.
        user_code: what the person types.
        client_id: the client that asked.
        tenant: id of the tenant in the path, or "" for `common` and `organizations`.
        segment: the tenant segment of the path.
        scopes: scopes asked for; at v1 the `.default` of the resource.
        version: 1 or 2: the endpoint that issued it.
        expires: end of its life; expiry is judged by the clock and is no state.
        state: what the person has decided so far.
        approved_in: id of the tenant of the person who approved, or "".
        user: object id of that person, or "".
        session: id of the sign-in session.
        methods: how the person signed in.
        authenticated: when the person last proved who it is.
        issued: instant of approval against which revocation is judged.
        claims: the `claims` parameter, or "".
    """

    value: str
    user_code: str
    client_id: str
    tenant: str
    segment: str
    scopes: tuple[str, ...]
    version: int
    expires: datetime
    state: DeviceState = "pending"
    approved_in: str = ""
    user: str = ""
    session: str = ""
    methods: tuple[str, ...] = ()
    authenticated: datetime | None = None
    issued: datetime | None = None
    claims: str = ""


RequestState = Literal["pending", "approved", "denied"]


class ConsentRequest(msgspec.Struct, frozen=True, kw_only=True):
    """A person's request that an administrator consents to an application (the admin-consent workflow).

    Attributes:
        client_id: the application.
        user: object id of the person.
        scopes: delegated permissions that were asked for.
        reason: the justification that the person wrote.
        created: when it was sent.
        state: what an administrator has decided.
        decided: when, or None.
    """

    id: str
    client_id: str
    user: str
    scopes: tuple[str, ...]
    reason: str
    created: datetime
    state: RequestState = "pending"
    decided: datetime | None = None

"""The handle of a person or shared mailbox."""

from typing import Any, Unpack
from urllib.parse import quote

from outlook365_emulator.client.calendar import Calendar, Event, Response
from outlook365_emulator.client.connection import Connection
from outlook365_emulator.client.fields import PasswordEvent, Person, UserChanges
from outlook365_emulator.client.mailbox import Mailbox
from outlook365_emulator.client.plain import plain
from outlook365_emulator.client.sign_in import Browser, Redirect, Visitor, ask_for_approval, sign_in, use_device_code


class User:
    """A person, shared mailbox, room or piece of equipment of a tenant.

    What it says is what the emulator said when the handle was made; `refresh()` asks again.

    Args:
        connection: to the control API.
        tenant_path: path of the tenant.
        view: the emulator's view of the user.
    """

    def __init__(self, connection: Connection, tenant_path: str, view: dict[str, Any]) -> None:
        self._connection = connection
        self._view = view
        # By id: the principal name may change.
        self._path = f"{tenant_path}/users/{view['id']}"

    def __repr__(self) -> str:
        return f"User({self.upn!r})"

    @property
    def reference(self) -> str:
        """The name by which documents refer to the user."""
        return self.upn

    @property
    def id(self) -> str:
        """Object id."""
        return str(self._view["id"])

    @property
    def upn(self) -> str:
        """User principal name, which people sign in with."""
        return str(self._view["upn"])

    @property
    def mail(self) -> str | None:
        """Primary address."""
        mail: str | None = self._view["mail"]
        return mail

    @property
    def password(self) -> str | None:
        """What the person types, or None where nobody can sign in."""
        password: str | None = self._view["password"]
        return password

    @property
    def display_name(self) -> str:
        """Name as people see it."""
        return str(self._view["display_name"])

    @property
    def tenant_id(self) -> str:
        """Id of the tenant."""
        return str(self._view["tenant_id"])

    @property
    def enabled(self) -> bool:
        """Whether the person may sign in."""
        return bool(self._view["enabled"])

    @property
    def roles(self) -> list[str]:
        """Names of directory roles."""
        return list(self._view["roles"])

    @property
    def mailbox(self) -> Mailbox:
        """The mailbox."""
        return Mailbox(self._connection, self._path, self.upn)

    @property
    def calendar(self) -> Calendar:
        """The calendar."""
        return Calendar(self._connection, self._path, self.upn)

    def respond(self, event: Event | str, response: Response, comment: str | None = None, *, send: bool = True) -> None:
        """Answer a meeting that somebody has invited the person to.

        Args:
            event: the meeting or one occurrence of it, from anybody's calendar, or its `iCalUId`.
            response: `accept`, `tentativelyAccept` or `decline`.
            comment: what is said to it.
            send: whether the organizer is told.

        Raises:
            BadDocument: there is no such answer (the nearest right one is told), or Exchange refuses it.
            NotFound: the person has no copy of it.
        """
        __tracebackhide__ = True
        self.calendar.respond(event, response, comment, send=send)

    def refresh(self) -> "User":
        """Ask the emulator how the user is at present, and return the handle."""
        __tracebackhide__ = True
        self._view = self._connection.call("GET", self._path)
        return self

    def update(self, **fields: Unpack[UserChanges]) -> "User":
        """Change fields of the user.

        Args:
            fields: see `UserChanges`.

        Raises:
            BadDocument: a field is unknown (the nearest right name is told) or a value is not allowed.
        """
        __tracebackhide__ = True
        self._view = self._connection.call("PATCH", self._path, plain(fields))
        return self

    def disable(self) -> None:
        """Block the person's sign-in, as an administrator does."""
        __tracebackhide__ = True
        self.update(enabled=False)

    def enable(self) -> None:
        """Allow the person to sign in."""
        __tracebackhide__ = True
        self.update(enabled=True)

    def lock(self) -> None:
        """Lock the account until `unlock`; the right password is refused too (AADSTS50053)."""
        __tracebackhide__ = True
        self.update(locked=True)

    def unlock(self) -> None:
        """Unlock the account, whether somebody locked it or wrong passwords did."""
        __tracebackhide__ = True
        self.update(locked=False)

    def expire_password(self) -> None:
        """Let the password expire: the next sign-in is refused until it is changed (AADSTS50055); tokens live on."""
        __tracebackhide__ = True
        self.update(password_expired=True)

    def require_mfa(self, *, registered: bool = True) -> None:
        """Demand a second factor at every sign-in and of every token (AADSTS50076).

        Args:
            registered: whether the person has one to answer with; one who has not has to enrol (AADSTS50079).
        """
        __tracebackhide__ = True
        self.update(mfa_required=True, mfa_registered=registered)

    def waive_mfa(self) -> None:
        """Demand no second factor any more."""
        __tracebackhide__ = True
        self.update(mfa_required=False)

    def revoke_sessions(self) -> None:
        """Revoke every session and refresh token, as `revokeSignInSessions` does."""
        __tracebackhide__ = True
        self._connection.call("POST", f"{self._path}/revoke-sessions")

    def set_password(self, password: str, *, event: PasswordEvent = "password_reset_by_administrator") -> None:
        """Set a new password.

        Args:
            password: what the person types from now on.
            event: who changed it and how. What ends with it differs, as at Microsoft: a reset by an administrator ends
                every refresh token; a change by the person ends those that a password gave to public clients.

        Raises:
            BadDocument: there is no such event; the message names the nearest.
        """
        __tracebackhide__ = True
        self._connection.call("POST", f"{self._path}/password", {"password": password, "event": event})
        self._view["password"] = password

    def share_with(
        self, other: Person, *, full_access: bool = True, send_as: bool = False, send_on_behalf: bool = False
    ) -> None:
        """Say what somebody else may do with the mailbox; without any right, nothing.

        Args:
            other: the other user, or its name.
            full_access: may open the mailbox and everything in it.
            send_as: may send as the owner.
            send_on_behalf: may send on behalf of the owner.

        Raises:
            NotFound: there is no such user; the message names the nearest.
        """
        __tracebackhide__ = True
        rights = {"full_access": full_access, "send_as": send_as, "send_on_behalf": send_on_behalf}
        self._connection.call("PUT", f"{self._path}/rights/{_segment(other)}", rights)

    def browser(self) -> Browser:
        """Return a browser that nobody is signed in with; several sign-ins in one of them share its session."""
        return Browser(self._connection)

    def sign_in(
        self,
        authorize_url: str,
        *,
        consent: bool = True,
        organization: bool = False,
        stay: bool = False,
        second_factor: bool = True,
        new_password: str | None = None,
        browser: Browser | None = None,
    ) -> Redirect:
        """Sign in at an authorization request as this person, through the same pages as in a browser.

        Args:
            authorize_url: what the application would open in a browser; `login_hint` is added where it has none.
            consent: whether the person accepts where consent is asked for; with False the application is told so.
            organization: whether an administrator consents for everybody.
            stay: the answer to "Stay signed in?".
            second_factor: whether the person approves the request for a second factor where one is demanded.
            new_password: what the person chooses where the password has expired; without it that fails (50055).
            browser: keeps the session; a new one when left out.

        Returns:
            The address that the browser was sent to, with `parameters` (`code`, `state`, `error` …).

        Raises:
            NeedsAdministrator: the person may not consent (90094, 90095).
            SignInFailed: the sign-in ended on a page with an error; `number` is its AADSTS number.
        """
        __tracebackhide__ = True
        person = Visitor(
            self.upn,
            self.password or "",
            consent,
            organization,
            stay,
            second_factor=second_factor,
            new_password=new_password,
        )
        redirect = sign_in(browser or self.browser(), authorize_url, person)
        if new_password is not None:
            self.refresh()
        return redirect

    def request_approval(self, authorize_url: str, reason: str = "") -> None:
        """Ask the administrators to consent, by the form of the admin-consent workflow.

        Args:
            authorize_url: what the application would open in a browser.
            reason: the justification.

        Raises:
            NeedsAdministrator: the tenant has no workflow.
            SignInFailed: the person may consent, or the sign-in failed.
        """
        __tracebackhide__ = True
        visitor = Visitor(self.upn, self.password or "", consent=False, reason=reason)
        ask_for_approval(self.browser(), authorize_url, visitor)

    def approve_device_code(self, user_code: str, *, consent: bool = True, browser: Browser | None = None) -> None:
        """Type a device code and sign in for the device.

        Args:
            user_code: what the application shows.
            consent: whether the person goes on; with False the code is declined.
            browser: keeps the session; a new one when left out.

        Raises:
            NeedsAdministrator: the person may not consent.
            SignInFailed: the code does not work, or the sign-in failed; `number` is the AADSTS number.
        """
        __tracebackhide__ = True
        authority = self._connection.call("GET", self._path.partition("/users/")[0])["authority"]
        page = f"{authority.rsplit('/', 1)[0]}/common/oauth2/deviceauth"
        use_device_code(browser or self.browser(), page, user_code, Visitor(self.upn, self.password or "", consent))

    def delete(self) -> None:
        """Delete the user and the mailbox."""
        __tracebackhide__ = True
        self._connection.call("DELETE", self._path)


def _segment(person: Person) -> str:
    return quote(person if isinstance(person, str) else person.reference, safe="@")

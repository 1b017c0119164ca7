"""Signing in without a browser: what a person does on the sign-in pages, done over HTTP.

The pages are asked for by the prefix form on the emulator's HTTP port, by the same connection as the control API, so
that nothing that a test patches stands in the way.
"""

import json
import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import parse_qsl, quote, urlencode, urljoin, urlsplit

from outlook365_emulator.client.connection import Connection
from outlook365_emulator.client.errors import NeedsAdministrator, SignInFailed

if TYPE_CHECKING:
    from outlook365_emulator.client.forms import Form

_LOCAL = re.compile(r"localhost|127(\.\d{1,3}){3}|::1|.*\.localhost")
_CONFIG = re.compile(r"^\$Config=(\{.*\});$", re.MULTILINE)
MOST_PAGES = 20
REQUEST_SENT = "ConvergedConsentRequested"
"""Name of the page that says that a request was sent."""


def _failed(message: str, number: int = 0) -> SignInFailed:
    return SignInFailed(message, code=f"AADSTS{number}" if number else "")


class Redirect(str):
    """The address that the browser was sent to at the end, with what it carries.

    Attributes:
        parameters: what the application was told: by query, by fragment, or by the posted form.
    """

    parameters: dict[str, str]

    def __new__(cls, url: str, fields: dict[str, str] | None = None) -> "Redirect":
        """Make one of a URL, and of the fields of the form where it was posted."""
        made = super().__new__(cls, url)
        parts = urlsplit(url)
        carried = parse_qsl(parts.fragment or parts.query, keep_blank_values=True)
        made.parameters = dict(carried) if fields is None else fields
        return made


class Page(NamedTuple):
    """A page: its address, its first form, and what its `$Config` says."""

    url: str
    form: "Form | None"
    config: dict[str, Any]
    text: str

    @property
    def number(self) -> int:
        """The AADSTS number that the page shows, or 0."""
        code = str(self.config.get("sErrorCode", ""))
        return int(code) if code.isdecimal() else 0


class Browser:
    """Keeps cookies, follows redirects within the emulator, and reads pages.

    Args:
        connection: to the emulator's HTTP port.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._cookies: dict[tuple[str, str], str] = {}

    def get(self, url: str) -> Page | Redirect:
        """Open an address; return its page, or where it leads outside the emulator."""
        return self._ask("GET", url, None)

    def post(self, page: Page, **fields: str) -> Page | Redirect:
        """Send the form of a page with some fields filled in."""
        form = page.form
        if form is None:
            raise _failed(f"the page {page.url} has no form", page.number)
        url = urljoin(page.url, form.action)
        return self._ask("POST", url, urlencode({**form.fields, **fields}).encode())

    def _ask(self, method: str, url: str, body: bytes | None) -> Page | Redirect:
        for _ in range(MOST_PAGES):
            host, target = _place(url)
            headers = {} if body is None else {"Content-Type": "application/x-www-form-urlencoded"}
            cookies = "; ".join(f"{name}={value}" for (owner, name), value in self._cookies.items() if owner == host)
            answer = self._connection.exchange(method, target, headers | ({"Cookie": cookies} if cookies else {}), body)
            self._keep(host, answer.headers)
            location = next((value for name, value in answer.headers if name.lower() == "location"), None)
            here = f"{self._connection.url}{target}"
            if location is None:
                return self._page(here, answer.status, answer.body.decode("utf-8", "replace"))
            url, method, body = urljoin(here, location), "GET", None
            if not url.startswith(f"{self._connection.url}/"):
                return Redirect(location)
        raise _failed(f"the emulator redirects in a circle: {url}")

    def _keep(self, host: str, headers: list[tuple[str, str]]) -> None:
        for name, value in headers:
            if name.lower() == "set-cookie":
                pair, _, rest = value.partition(";")
                key, _, content = pair.strip().partition("=")
                self._cookies[host, key] = content
                if not content or "1970" in rest:
                    self._cookies.pop((host, key))

    def _page(self, url: str, status: int, text: str) -> Page | Redirect:
        found = _CONFIG.search(text)
        config = json.loads(found[1]) if found else {}
        from outlook365_emulator.client.forms import FormReader  # most tests sign nobody in by a page

        reader = FormReader()
        reader.feed(text)
        page = Page(url, reader.form, config, text)
        if reader.form is not None and reader.leaves:
            return Redirect(reader.form.action, reader.form.fields)
        if not config:
            raise _failed(f"{url} answered {status} with no sign-in page: {text[:300]}")
        if config.get("pgid") == "ConvergedError":
            raise _failed(str(config.get("strServiceExceptionMessage")), page.number)
        return page


def _place(url: str) -> tuple[str, str]:
    """Return the emulated host of a URL, and the target in the prefix form."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    query = f"?{parts.query}" if parts.query else ""
    if _LOCAL.fullmatch(host):
        return parts.path.split("/")[1] if parts.path.count("/") else "", f"{parts.path}{query}"
    return host, f"/{host}{parts.path or '/'}{query}"


class Visitor(NamedTuple):
    """A person at the pages, and what the person does there.

    Attributes:
        username: what is typed as user name.
        password: what is typed as password.
        consent: whether the person accepts the consent page.
        organization: whether an administrator consents for everybody.
        stay: the answer to "Stay signed in?".
        reason: the justification of a request to the administrators, or None to send none.
        second_factor: whether the person approves the request for a second factor.
        new_password: what the person chooses where the password has expired, or None.
    """

    username: str
    password: str
    consent: bool = True
    organization: bool = False
    stay: bool = False
    reason: str | None = None
    second_factor: bool = True
    new_password: str | None = None


def sign_in(browser: Browser, url: str, person: Visitor) -> Redirect:
    """Go through the pages of an authorization or admin-consent request.

    Args:
        browser: keeps the cookies; a new one is a browser that nobody is signed in with.
        url: the address of the authorize endpoint with its parameters.
        person: who signs in, and what the person decides.

    Returns:
        Where the browser was sent; also for errors that go to the application.

    Raises:
        NeedsAdministrator: the person may not consent.
        SignInFailed: the sign-in ended on a page with an error, `number` is its AADSTS number.
    """
    end = _walk(browser, browser.get(_hinted(url, person.username)), person)
    if isinstance(end, Redirect):
        return end
    raise _failed(f"the sign-in ended on the page {end.config.get('pgid')}", end.number)


def ask_for_approval(browser: Browser, url: str, person: Visitor) -> None:
    """Go through the pages up to the form that asks the administrators, and send it.

    Args:
        browser: keeps the cookies.
        url: the address of the authorize endpoint with its parameters.
        person: who asks; `reason` is the justification.

    Raises:
        NeedsAdministrator: the tenant has no such form.
        SignInFailed: the person may consent, or the sign-in failed.
    """
    end = _walk(browser, browser.get(_hinted(url, person.username)), person)
    if isinstance(end, Redirect) or end.config.get("pgid") != REQUEST_SENT:
        raise _failed(f"nobody had to be asked: the sign-in ended at {end if isinstance(end, str) else end.url}")


def use_device_code(browser: Browser, url: str, user_code: str, person: Visitor) -> None:
    """Type a device code and go through the pages.

    Args:
        browser: keeps the cookies.
        url: the page where codes are typed.
        user_code: the code.
        person: who signs in; without `consent` the person declines.

    Raises:
        NeedsAdministrator: the person may not consent.
        SignInFailed: the code is wrong, used or expired, or the sign-in failed.
    """
    page = browser.get(url)
    if isinstance(page, Redirect):
        raise _failed(f"{url} leads away to {page}")
    answer = browser.post(page, otc=user_code)
    if isinstance(answer, Page) and answer.form is not None and "otc" in answer.form.fields:
        raise _failed(f"the code {user_code!r} does not work", answer.number)
    _walk(browser, answer, person)


def _hinted(url: str, username: str) -> str:
    """Name the person in the request, which leads it to the right world too."""
    parts = urlsplit(url)
    if "login_hint=" in parts.query:
        return url
    return parts._replace(query=f"{parts.query}&login_hint={quote(username, safe='')}".lstrip("&")).geturl()


def _walk(browser: Browser, place: Page | Redirect, person: Visitor) -> Page | Redirect:
    for _ in range(MOST_PAGES):
        if isinstance(place, Redirect) or place.form is None:
            return place
        answer = _ANSWERS.get(place.form.action.rsplit("/", 1)[-1])
        if answer is None:
            return place
        fields = answer(place, person)
        if fields is None:
            return place
        place = browser.post(place, **fields)
    raise _failed("the sign-in pages come again and again")


def _login(page: Page, person: Visitor) -> dict[str, str]:
    form = page.form
    assert form is not None
    if page.number:
        raise _failed(f"the page says: {_problem(page)}", page.number)
    if "passwd" in form.fields:
        if form.fields.get("loginfmt", "").lower() != person.username.lower():
            return {"back": "1"}
        return {"passwd": person.password}
    if "loginfmt" in form.fields:
        return {"loginfmt": person.username}
    chosen = next((one for one in form.buttons if one[2].endswith(person.username)), None)
    return {"account": chosen[1] if chosen else "other"}


def _second_factor(page: Page, person: Visitor) -> dict[str, str]:
    if page.number == 500121:
        raise _failed(f"{person.username} denied the request for a second factor", page.number)
    return {"decision": "approve" if person.second_factor else "deny"}


def _new_password(page: Page, person: Visitor) -> dict[str, str]:
    if page.number != 50055 or person.new_password is None:
        said = "the password has expired" if page.number == 50055 else f"the page says: {_problem(page)}"
        raise _failed(said, page.number)
    new = person.new_password
    return {"currentpasswd": person.password, "newpasswd": new, "confirmnewpasswd": new}


def _problem(page: Page) -> str:
    found = re.search(r'role="alert"[^>]*>([^<]*)<', page.text)
    return found[1] if found else str(page.config)


def _consent(page: Page, person: Visitor) -> dict[str, str]:
    fields = {"decision": "accept" if person.consent else "cancel"}
    return fields | ({"organization": "1"} if person.organization else {})


def _approval(page: Page, person: Visitor) -> dict[str, str] | None:
    assert page.form is not None
    if "justification" in page.form.fields and person.reason is not None:
        return {"decision": "request", "justification": person.reason}
    if page.config.get("pgid") == REQUEST_SENT:
        return None
    if not person.consent and person.reason is None:
        return {"decision": "cancel"}
    needs = "an administrator has to approve a request" if page.number == 90095 else "an administrator has to consent"
    code = f"AADSTS{page.number}"
    raise NeedsAdministrator(f"{person.username} may not consent: {needs} ({code})", code=code)


_ANSWERS: Mapping[str, Callable[[Page, Visitor], dict[str, str] | None]] = {
    "login": _login,
    "kmsi": lambda page, person: {"stay": "1" if person.stay else "0"},
    "changepassword": _new_password,
    "mfa": _second_factor,
    "consent": _consent,
    "approval": _approval,
    "deviceconfirm": lambda page, person: {"decision": "continue" if person.consent else "cancel"},
}
"""What a person answers on a page, by where its form is sent."""

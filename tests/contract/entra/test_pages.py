"""What holds for every page: nothing is injected, nobody else frames it, and everybody can use it."""

import re
from html.parser import HTMLParser
from typing import Any
from urllib.parse import quote

import pytest
from outlook365_emulator.directory.consent_policy import set_consent_policy

EVIL = "\"><script>alert(1)</script><img src=x onerror=alert(1)>'</script>"
REDIRECT = "https://connector.example/callback"


class Elements(HTMLParser):
    """Collects every element with its attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {name: value or "" for name, value in attributes}))


def pages(browser: Any, site: Any) -> list[Any]:
    """One of every kind, with as much as possible under an attacker's control."""
    wild = {"client_id": "{wild}", "scope": "User.Read", "state": EVIL, "nonce": EVIL, "claims": EVIL}
    found = [browser.authorize(**wild)]
    found.append(browser.send(loginfmt=EVIL))
    found.append(browser.authorize(**wild, login_hint=EVIL))
    browser.authorize(**wild)
    found.append(browser.send(loginfmt="eve@contoso.example"))
    found.append(browser.send(passwd=EVIL))
    found.append(browser.send(passwd="wonderland"))
    found.append(browser.send(stay="0"))
    found.append(browser.authorize(**wild, prompt="select_account"))
    set_consent_policy(site.tenants["contoso"], user_consent="nothing", workflow=True)
    found.append(browser.authorize(**wild))
    found.append(browser.send(decision="request", justification=EVIL))
    found.append(browser.authorize(**{**wild, "redirect_uri": EVIL}))
    found.append(browser.authorize(EVIL.replace("/", "%2F").replace("?", "%3F").replace("#", "%23"), **wild))
    found.append(browser.authorize(**{**wild, "client_id": EVIL}))
    form = {"client_id": "{desktop}", "scope": "openid"}
    code = site.ask("POST", "login.microsoftonline.com/{contoso}/oauth2/v2.0/devicecode", form).json["user_code"]
    found.append(browser.ask("GET", f"/common/oauth2/deviceauth?otc={quote(EVIL)}"))
    found.append(browser.send(otc=EVIL))
    browser.send(otc=code)
    found.append(browser.send(account=browser.page.forms.buttons["account"][0]))
    found.append(browser.send(decision="cancel"))
    found.append(browser.ask("GET", f"/error?code={quote(EVIL)}"))
    found.append(browser.ask("GET", f"/common/oauth2/v2.0/logout?post_logout_redirect_uri={quote(EVIL)}"))
    found.append(browser.ask("POST", "/common/login", {"ctx": EVIL, "canary": EVIL}))
    return found


@pytest.fixture
def every_page(browser: Any, site: Any) -> list[Any]:
    return pages(browser, site)


def test_every_kind_is_among_them(every_page: list[Any]) -> None:
    assert {page.heading for page in every_page} >= {
        "Sign in",
        "Enter password",
        "Stay signed in?",
        "Pick an account",
        "Permissions requested",
        "Approval required",
        "Request sent",
        "Enter code",
        "Are you trying to sign in to Desktop?",
        "You did not sign in",
        "Error",
        "You signed out of your account",
        "Sorry, but we're having trouble signing you in.",
    }


def test_nothing_is_injected(every_page: list[Any]) -> None:
    for page in every_page:
        elements = Elements()
        elements.feed(page.text)
        assert [given for tag, given in elements.found if tag == "script"] == [{"type": "text/x-config"}], page.heading
        assert not {"img", "b"} & {tag for tag, _ in elements.found}, page.heading
        assert not [name for _, given in elements.found for name in given if name.startswith("on")], page.heading
        for _, given in elements.found:
            assert not given.get("href", "").startswith("javascript:")
            assert re.fullmatch(r"(/[\w.-]+)*/?", given.get("action", "")), given


def test_a_policy_forbids_scripts_and_frames(every_page: list[Any]) -> None:
    for page in every_page:
        policy = page.answer.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; style-src 'sha256-")
        assert "frame-ancestors 'none'" in policy
        assert "base-uri 'none'" in policy
        assert "unsafe" not in policy
        assert "script-src" not in policy
        assert page.answer.headers["x-frame-options"] == "DENY"
        assert page.answer.headers["x-content-type-options"] == "nosniff"
        assert "no-store" in page.answer.headers["cache-control"]


def test_no_field_of_an_answer_is_split(every_page: list[Any], browser: Any) -> None:
    page = browser.authorize(state="a\r\nSet-Cookie: x=y", prompt="none")
    assert "%0d%0aSet-Cookie" in page.location
    for one in (*every_page, page):
        assert not any("\n" in value or "\r" in value for _, value in one.answer.response.headers)


def test_everybody_can_use_them(every_page: list[Any]) -> None:
    for page in every_page:
        text = page.text
        assert '<html lang="en"' in text
        assert '<meta name="viewport"' in text
        assert text.count("<h1") == 1
        assert "<main>" in text
        assert re.search(r"<title>[^<]+</title>", text)
        inputs = [one for one in re.findall(r"<(?:input|textarea)[^>]*>", text) if 'type="hidden"' not in one]
        for one in inputs:
            name = re.search(r'\bid="([^"]+)"', one)
            assert name is not None
            labelled = f'<label for="{name[1]}"' in text or re.search(rf'<label class="check">{re.escape(one)}', text)
            assert labelled, one
        if page.alert and page.heading != "Error":
            assert 'aria-invalid="true"' in text
        buttons = re.findall(r"<button[^>]*>(.*?)</button>", text)
        assert all(re.sub("<[^>]*>", "", one).strip() for one in buttons)


def test_they_say_what_they_are(every_page: list[Any]) -> None:
    assert all("Type no real password here" in page.text for page in every_page)


def test_the_colours_can_be_read() -> None:
    """Contrast of text and controls, by WCAG 2.2 success criterion 1.4.3."""
    from importlib.resources import files

    style = files("outlook365_emulator.entra.pages").joinpath("style.css").read_text()
    for block in re.findall(r":root\{([^}]*)\}", style):
        colours = dict(re.findall(r"--(\w+):(#[0-9a-f]{3,6})", block))
        for text, ground in (
            ("text", "card"),
            ("soft", "card"),
            ("soft", "page"),
            ("bad", "card"),
            ("on", "accent"),
            ("accent", "card"),
        ):
            assert contrast(colours[text], colours[ground]) >= 4.5, (text, ground)
        assert contrast(colours["line"], colours["card"]) >= 3


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def luminance(colour: str) -> float:
    digits = colour[1:]
    if len(digits) == 3:
        digits = "".join(2 * digit for digit in digits)
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    red, green, blue = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue

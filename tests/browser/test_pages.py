"""A person with a real browser: from the application to the pages and back, with and without JavaScript."""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

WAIT = 15


def find(chrome: Any, css: str) -> Any:
    from selenium.webdriver.common.by import By
    from selenium.webdriver.support.expected_conditions import element_to_be_clickable
    from selenium.webdriver.support.wait import WebDriverWait

    return WebDriverWait(chrome, WAIT).until(element_to_be_clickable((By.CSS_SELECTOR, css)))


def heading(chrome: Any) -> str:
    return str(find(chrome, "h1").text)


def until(chrome: Any, wanted: Callable[[Any], bool]) -> None:
    from selenium.webdriver.support.wait import WebDriverWait

    WebDriverWait(chrome, WAIT).until(wanted)


def type_in(chrome: Any, css: str, text: str) -> None:
    """Fill a field and send the form with the keyboard alone."""
    field = find(chrome, css)
    field.clear()
    field.send_keys(text + "\n")


def sign_in(chrome: Any, user: Any) -> None:
    """As scripts for Microsoft's pages do it, by the ids of its fields and buttons."""
    type_in(chrome, "#i0116", user.upn)
    type_in(chrome, "#i0118", user.password)
    until(chrome, lambda one: "Stay signed in?" in one.page_source)
    find(chrome, "#idBtn_Back").click()


@pytest.fixture
def app(world: Any, landing: Any) -> Any:
    """A desktop application that nobody has consented to."""
    return world.tenant.add_app(
        name="Mail Sync",
        auth="authorization_code",
        permissions=["User.Read", "Mail.Read"],
        consent=None,
        redirect_uris=["http://localhost/back"],
    )


def test_an_expired_password_is_changed(driver: Any, world: Any, app: Any, authorize: Any, landing: Any) -> None:
    ada = world.tenant.add_user("ada")
    ada.expire_password()
    chrome = driver()
    chrome.get(authorize(app))
    type_in(chrome, "#i0116", ada.upn)
    type_in(chrome, "#i0118", ada.password)
    until(chrome, lambda one: "Update your password" in one.page_source)
    find(chrome, "#currentPassword").send_keys(ada.password)
    find(chrome, "#newPassword").send_keys("Anew, 2 times")
    type_in(chrome, "#confirmNewPassword", "Anew, 2 times")
    until(chrome, lambda one: "Stay signed in?" in one.page_source)
    assert ada.refresh().password == "Anew, 2 times"


@pytest.mark.parametrize("script", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_from_the_application_and_back(
    driver: Any, world: Any, app: Any, authorize: Any, landing: Any, script: bool
) -> None:
    ada = world.tenant.add_user("ada", display_name="Ada Lovelace")
    chrome = driver(script=script)
    chrome.get(authorize(app, redirect_uri=landing.url))
    assert heading(chrome) == "Sign in"
    type_in(chrome, "#i0116", ada.upn)
    type_in(chrome, "#i0118", "wrong")
    until(chrome, lambda one: "password is incorrect" in one.page_source)
    assert chrome.switch_to.active_element.get_attribute("id") == "i0118"
    type_in(chrome, "#i0118", ada.password)
    until(chrome, lambda one: "Stay signed in?" in one.page_source)
    find(chrome, "#idSIButton9").click()
    until(chrome, lambda one: "Permissions requested" in one.page_source)
    assert "Read user mail" in chrome.page_source
    find(chrome, "#idSIButton9").click()
    until(chrome, lambda one: one.current_url.startswith(landing.url))
    query = parse_qs(urlsplit(chrome.current_url).query)
    assert query["state"] == ["s"]
    assert query["code"]
    chrome.get(authorize(app, redirect_uri=landing.url))
    until(chrome, lambda one: one.current_url.startswith(landing.url))


@pytest.mark.parametrize("script", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_form_post_arrives(driver: Any, world: Any, app: Any, authorize: Any, landing: Any, script: bool) -> None:
    app.consent.grant()
    chrome = driver(script=script)
    chrome.get(authorize(app, redirect_uri=landing.url, response_mode="form_post"))
    sign_in(chrome, world.tenant.add_user("ada"))
    if not script:
        find(chrome, "form[name=hiddenform] button").click()
    until(chrome, lambda one: one.current_url == landing.url)
    assert parse_qs(landing.posted[0])["code"]


def test_the_application_may_lead_on_to_another_origin(driver: Any, world: Any, authorize: Any, landing: Any) -> None:
    """Chrome judges `form-action` along the whole chain of redirects that a sent form begins."""
    hop = landing.url.replace("/back", "/hop")
    app = world.tenant.add_app(auth="authorization_code", redirect_uris=["http://localhost/hop"])
    chrome = driver()
    chrome.get(authorize(app, redirect_uri=hop))
    sign_in(chrome, world.tenant.add_user("ada"))
    until(chrome, lambda one: one.current_url == hop.replace("localhost", "127.0.0.1").replace("/hop", "/done"))


def test_cancel_leads_back(driver: Any, world: Any, app: Any, authorize: Any, landing: Any) -> None:
    chrome = driver()
    chrome.get(authorize(app, redirect_uri=landing.url))
    sign_in(chrome, world.tenant.add_user("ada"))
    until(chrome, lambda one: "Permissions requested" in one.page_source)
    find(chrome, "#idBtn_Back").click()
    until(chrome, lambda one: "error=access_denied" in one.current_url)


def test_a_request_to_the_administrators(driver: Any, world: Any, app: Any, authorize: Any, landing: Any) -> None:
    world.tenant.set_consent_policy(user_consent="nothing", workflow=True)
    chrome = driver()
    chrome.get(authorize(app, redirect_uri=landing.url))
    sign_in(chrome, world.tenant.add_user("ada"))
    until(chrome, lambda one: "Approval required" in one.page_source)
    find(chrome, "#justification").send_keys("for the invoices")
    find(chrome, "#idSIButton9").click()
    until(chrome, lambda one: "Request sent" in one.page_source)
    assert [request.reason for request in world.tenant.consent_requests] == ["for the invoices"]


def test_a_device_code(driver: Any, world: Any, control: Any) -> None:
    import httpx

    app = world.tenant.add_app(name="Printer", auth="authorization_code", permissions=["Mail.Read"])
    ada = world.tenant.add_user("ada")
    login = f"{control.http_url}/{app.authority.removeprefix('https://')}/oauth2/v2.0"
    form = {"client_id": app.client_id, "scope": "Mail.Read"}
    device = httpx.post(f"{login}/devicecode", data=form, trust_env=False).json()
    chrome = driver()
    chrome.get(device["verification_uri"])
    type_in(chrome, "#otc", device["user_code"])
    type_in(chrome, "#i0116", ada.upn)
    type_in(chrome, "#i0118", ada.password)
    until(chrome, lambda one: "Are you trying to sign in to Printer?" in one.page_source)
    find(chrome, "#idSIButton9").click()
    until(chrome, lambda one: "Stay signed in?" in one.page_source)
    find(chrome, "#idBtn_Back").click()
    until(chrome, lambda one: "You have signed in" in one.page_source)
    grant = {"grant_type": "device_code", "client_id": app.client_id, "device_code": device["device_code"]}
    assert httpx.post(f"{login}/token", data=grant, trust_env=False).json()["access_token"]


def test_a_name_with_markup_is_shown_and_does_nothing(driver: Any, world: Any, authorize: Any, landing: Any) -> None:
    name = "<img src=x onerror=\"document.title='taken'\"><script>document.title='taken'</script>"
    app = world.tenant.add_app(
        name=name, auth="authorization_code", consent=None, redirect_uris=["http://localhost/back"]
    )
    chrome = driver()
    chrome.get(authorize(app, redirect_uri=landing.url))
    sign_in(chrome, world.tenant.add_user("ada", display_name=name))
    until(chrome, lambda one: "Permissions requested" in one.page_source)
    assert chrome.title == "Permissions requested"
    assert find(chrome, "#appName").text == name
    assert not [entry for entry in chrome.get_log("browser") if "Content Security Policy" in entry["message"]]


@pytest.mark.parametrize(("width", "dark"), [(390, False), (390, True), (1100, True)])
def test_it_fits_a_phone_and_the_dark(
    driver: Any, world: Any, app: Any, authorize: Any, width: int, dark: bool
) -> None:
    chrome = driver(width=width, dark=dark)
    chrome.get(authorize(app))
    assert heading(chrome) == "Sign in"
    wide = chrome.execute_script("return document.documentElement.scrollWidth > document.documentElement.clientWidth")
    assert not wide
    ground = chrome.execute_script("return getComputedStyle(document.querySelector('main')).backgroundColor")
    assert (ground == "rgb(255, 255, 255)") is not dark

"""The web page in a real browser: nothing in a message runs, the journal goes on by itself, keys and phones do."""

import json
import os
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

if TYPE_CHECKING:
    from outlook365_emulator.client import Control, World

EVIL = """
<script>top.document.title = 'owned'; document.title = 'owned'</script>
<img src=x onerror="top.document.title = 'owned'"><svg onload="top.document.title = 'owned'"></svg>
<a id=go href="javascript:top.document.title = 'owned'" target=_top>go</a><form action="/"><button>b</button></form>
<meta http-equiv=refresh content="0;url=https://evil.example/">
<iframe src="javascript:top.document.title='owned'"></iframe>
<p id=said>Hello</p>
"""


@pytest.fixture
def ada(world: "World") -> Any:
    user = world.tenant.add_user("ada")
    user.mailbox.receive(subject="<script>document.title = 'owned'</script>", body=EVIL, body_type="html")
    return user


@pytest.fixture
def site(world: "World", control: "Control") -> str:
    return f"{control.http_url}/_emulator/web/{world.name}"


def test_nothing_in_a_message_runs(driver: Callable[..., Any], world: "World", site: str, ada: Any) -> None:
    chrome = driver()
    chrome.get(f"{site}/mailboxes/{world.tenant.id}/{ada.id}")
    assert chrome.title.startswith("Inbox of")
    chrome.find_element(By.PARTIAL_LINK_TEXT, "<script>").click()
    frame = WebDriverWait(chrome, 10).until(lambda page: page.find_elements(By.TAG_NAME, "iframe"))[0]
    body = frame.get_attribute("src")
    chrome.switch_to.frame(frame)
    assert chrome.find_element(By.ID, "said").text == "Hello"
    chrome.find_element(By.ID, "go").click()
    chrome.switch_to.default_content()
    assert "owned" not in chrome.title.split(" · ")[1]
    chrome.get(body)  # opened by itself, too
    assert chrome.title != "owned"
    assert chrome.find_element(By.ID, "said").text == "Hello"
    assert chrome.current_url.startswith(site)


def test_the_journal_goes_on_by_itself(
    driver: Callable[..., Any], world: "World", site: str, control: "Control"
) -> None:
    chrome = driver()
    chrome.get(f"{site}/journal")
    assert chrome.find_elements(By.CSS_SELECTOR, "#entries tr") == []
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    tenant = f"{control.http_url}/login.microsoftonline.com/{world.tenant.id}"
    with opener.open(f"{tenant}/v2.0/.well-known/openid-configuration") as answer:
        assert json.load(answer)
    rows = WebDriverWait(chrome, 10).until(lambda page: page.find_elements(By.CSS_SELECTOR, "#entries tr"))
    assert "openid-configuration" in rows[0].text
    assert chrome.get_log("browser") == []


def test_buttons_work_without_script(driver: Callable[..., Any], world: "World", site: str) -> None:
    chrome = driver(script=False)
    chrome.get(f"{site}/trouble")
    assert not any(one.is_displayed() for one in chrome.find_elements(By.CSS_SELECTOR, "[data-copy]"))
    chrome.find_element(By.XPATH, "//button[text()='Stop it']").click()
    told = WebDriverWait(chrome, 10).until(lambda page: page.find_elements(By.CSS_SELECTOR, "[role=status]"))
    assert "The clock stands." in told[0].text
    assert world.clock.frozen


def test_keys_alone_reach_the_content(driver: Callable[..., Any], site: str) -> None:
    chrome = driver()
    chrome.get(f"{site}/people")
    chrome.switch_to.active_element.send_keys(Keys.TAB)
    assert chrome.switch_to.active_element.text == "Skip to the content"
    chrome.switch_to.active_element.send_keys(Keys.ENTER)
    assert chrome.current_url.endswith("#main")


def test_every_field_and_picture_of_a_page_has_a_name(driver: Callable[..., Any], site: str, ada: Any) -> None:
    chrome = driver()
    for section in ("mailboxes", "outbox", "journal", "apps", "people", "trouble", "notifications", "connect"):
        chrome.get(f"{site}/{section}")
        nameless = chrome.execute_script(
            "return [...document.querySelectorAll('input:not([type=hidden]),select,textarea,button,iframe,a')]"
            ".filter(one => !one.closest('label') && !one.textContent.trim() && !one.title && !one.ariaLabel)"
            ".map(one => one.outerHTML)"
        )
        assert nameless == [], section
        assert chrome.get_log("browser") == [], section


@pytest.mark.parametrize("dark", [False, True])
def test_a_phone_shows_everything_without_sideways_scrolling(
    driver: Callable[..., Any], world: "World", site: str, ada: Any, dark: bool
) -> None:
    world.tenant.add_app(name="Daemon", auth="client_credentials", permissions=["Mail.Read"])
    chrome = driver(width=500, dark=dark)
    colours = set()
    for page in ("mailboxes", f"mailboxes/{world.tenant.id}/{ada.id}", "apps", "people", "trouble", "journal"):
        chrome.get(f"{site}/{page}")
        assert chrome.execute_script("return document.documentElement.scrollWidth - innerWidth") <= 0, page
        colours.add(chrome.execute_script("return getComputedStyle(document.body).backgroundColor"))
    assert colours == {"rgb(20, 23, 27)" if dark else "rgb(255, 255, 255)"}


def test_the_pictures_of_the_documentation(
    driver: Callable[..., Any], world: "World", control: "Control", tmp_path: Path
) -> None:
    """OUTLOOK365_PICTURES=docs/images writes them anew."""
    folder = Path(os.environ.get("OUTLOOK365_PICTURES") or tmp_path)
    made = control.add_world(
        name="pictures",
        tenants=[{"name": "Contoso", "users": [{"name": "ada", "display_name": "Ada Bernard"}]}],
    )
    ada = made.tenant.user("ada")
    for subject, sender in (("Invoice 17", "billing@example.org"), ("Are you free at four?", "ben@example.org")):
        ada.mailbox.receive(subject=subject, sender=sender)
    try:
        chrome = driver(width=1000, height=640)
        place = f"{control.http_url}/_emulator/web/{made.name}"
        for name, page in (("mailbox", f"mailboxes/{made.tenant.id}/{ada.id}"), ("trouble", "trouble")):
            chrome.get(f"{place}/{page}")
            assert chrome.save_screenshot(str(folder / f"page-{name}.png"))
            assert (folder / f"page-{name}.png").stat().st_size > 10_000
    finally:
        made.drop()

"""MSAL opens a browser at Microsoft's own host name: Secure cookies, the picker, and single sign-on there."""

import threading
from typing import Any

import pytest

WAIT = 15


def find(chrome: Any, css: str) -> Any:
    from selenium.webdriver.common.by import By
    from selenium.webdriver.support.expected_conditions import element_to_be_clickable
    from selenium.webdriver.support.wait import WebDriverWait

    return WebDriverWait(chrome, WAIT).until(element_to_be_clickable((By.CSS_SELECTOR, css)))


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Has `webbrowser.open` hand the address to a function, in a thread as a browser would be a process."""
    started: list[threading.Thread] = []
    failed: list[BaseException] = []

    def hand_to(drive: Any) -> None:
        def run(url: str) -> None:
            try:
                drive(url)
            except BaseException as problem:
                failed.append(problem)

        def open_(url: str, *_: object, **__: object) -> bool:
            started.append(threading.Thread(target=run, args=[url]))
            started[-1].start()
            return True

        monkeypatch.setattr("webbrowser.open", open_)

    yield hand_to
    for thread in started:
        thread.join()
    assert not failed, failed


def test_msal_signs_in_interactively(outlook365: Any, outlook365_emulator: Any, driver: Any, opened: Any) -> None:
    import msal

    app = outlook365.tenant.add_app(auth="authorization_code", permissions=["User.Read", "Mail.Read"], consent=None)
    ada = outlook365.tenant.add_user("ada")
    chrome = driver(tls_port=outlook365_emulator.https_port)
    desktop = msal.PublicClientApplication(app.client_id, authority=app.authority)

    def sign_in(url: str) -> None:
        chrome.get(url)
        find(chrome, "#i0116").send_keys(ada.upn + "\n")
        find(chrome, "#i0118").send_keys(ada.password + "\n")
        find(chrome, "[name=stay][value='1']").click()
        find(chrome, "[name=decision][value=accept]").click()

    opened(sign_in)
    result = desktop.acquire_token_interactive(["Mail.Read"], timeout=40)
    assert result.get("id_token_claims", {}).get("preferred_username") == ada.upn, result
    cookies = {one["name"]: one for one in chrome.execute_cdp_cmd("Storage.getCookies", {})["cookies"]}
    assert cookies["ESTSAUTHPERSISTENT"]["domain"] == "login.microsoftonline.com"
    assert cookies["ESTSAUTHPERSISTENT"]["secure"]
    assert cookies["ESTSAUTHPERSISTENT"]["httpOnly"]
    assert cookies["ESTSAUTHPERSISTENT"]["sameSite"] == "None"

    def pick(url: str) -> None:
        chrome.get(url)
        find(chrome, "button[name=account]").click()

    opened(pick)
    again = desktop.acquire_token_interactive(["Mail.Read"], prompt="select_account", timeout=40)
    assert again["access_token"] != result["access_token"]

"""Debian's Chromium, driven by selenium, in front of an emulator with a world of its own for each test."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest

if TYPE_CHECKING:
    from outlook365_emulator.client import Control, World
    from outlook365_emulator.emulator import Emulator
    from selenium.webdriver import Chrome

FLAGS = """
--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking
--disable-component-update --disable-sync --disable-dev-shm-usage --no-proxy-server --hide-scrollbars
""".split()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker("system")


@pytest.fixture(scope="session")
def emulator() -> Iterator["Emulator"]:
    from outlook365_emulator.config import Settings
    from outlook365_emulator.emulator import Emulator

    with Emulator(Settings()) as running:
        yield running
        errors = running.errors
    assert not errors, f"the emulator failed during these tests: {errors}"


@pytest.fixture(scope="session")
def control(emulator: "Emulator") -> Iterator["Control"]:
    from outlook365_emulator.client import Control

    held = Control(emulator.details()["http_url"])
    yield held
    held.close()


@pytest.fixture
def world(control: "Control") -> Iterator["World"]:
    made = control.add_world(tenants=[{"name": "Contoso"}])
    yield made
    made.drop()


@pytest.fixture
def driver(
    needs: Callable[[str], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., "Chrome"]]:
    """`driver(dark=True, width=390, script=False)` starts a browser with an empty profile.

    With `tls_port` the sign-in host's own name leads to that port of this machine.
    """
    browser, executable = needs("browser"), needs("chromedriver")
    from selenium.webdriver import Chrome, ChromeOptions
    from selenium.webdriver.chrome.service import Service

    monkeypatch.setenv("SE_AVOID_STATS", "true")
    started: list[Chrome] = []

    def start(
        *, dark: bool = False, width: int = 1100, height: int = 850, script: bool = True, tls_port: int = 0
    ) -> Chrome:
        options = ChromeOptions()
        options.binary_location = browser
        profile = tmp_path / f"profile{len(started)}"
        for flag in (*FLAGS, f"--user-data-dir={profile}", f"--window-size={width},{height}"):
            options.add_argument(flag)
        if tls_port:
            options.add_argument(f"--host-resolver-rules=MAP login.microsoftonline.com 127.0.0.1:{tls_port}")
            options.add_argument("--ignore-certificate-errors")
        if not script:
            options.add_experimental_option("prefs", {"profile.managed_default_content_settings.javascript": 2})
        chrome = Chrome(options=options, service=Service(executable))
        chrome.set_page_load_timeout(30)
        if dark:
            feature = {"name": "prefers-color-scheme", "value": "dark"}
            chrome.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [feature]})
        started.append(chrome)
        return chrome

    yield start
    for chrome in started:
        chrome.quit()


@pytest.fixture
def authorize(world: "World", control: "Control") -> Callable[..., str]:
    """Returns the address of an authorization request of an application, in the prefix form."""

    def address(app: Any, **changes: str) -> str:
        given = {
            "client_id": app.client_id,
            "response_type": "code",
            "redirect_uri": app.redirect_uri,
            "scope": "openid profile offline_access User.Read Mail.Read",
            "state": "s",
            **changes,
        }
        authority = app.authority.removeprefix("https://")
        return f"{control.http_url}/{authority}/oauth2/v2.0/authorize?{urlencode(given)}"

    return address


@pytest.fixture
def landing(emulator: "Emulator") -> Iterator[Any]:
    """A page of the application's own, on a port of this machine: `url`, and `posted`, the bodies it was sent."""
    import http.server
    import threading

    class Landing(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if not self.path.startswith("/hop"):
                return self.answer()
            self.send_response(302)
            self.send_header("Location", f"http://127.0.0.1:{server.server_port}/done")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return None

        def do_POST(self) -> None:
            posted.append(self.rfile.read(int(self.headers.get("Content-Length", 0))).decode())
            self.answer()

        def answer(self) -> None:
            body = b"<!doctype html><title>Application</title><h1>Back at the application</h1>"
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments: object) -> None:
            return

    class Place:
        url = ""

    posted: list[str] = []
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Landing)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    place = Place()
    place.url = f"http://localhost:{server.server_port}/back"
    place.posted = posted
    yield place
    server.shutdown()
    thread.join()
    server.server_close()

"""The web page: what each address shows, what its buttons do, and what it refuses."""

import base64
import re
from typing import Any
from urllib.parse import quote, urlencode

import pytest

Api = Any

WEB = "/_emulator/web"
SCRIPT = "<script>alert(1)</script>"
SECTIONS = ("mailboxes", "outbox", "journal", "apps", "people", "trouble", "notifications", "connect")


def text(api: Api, path: str, status: int = 200) -> str:
    response = api.send("GET", path)
    assert response.status == status, response.body
    found: str = response.body.decode()
    return found


def canary(api: Api, site: str) -> str:
    return re.findall('name="canary" value="([^"]+)"', text(api, f"{site}/trouble"))[0]


@pytest.fixture
def site(world: str) -> str:
    """Address of the world's pages."""
    return f"{WEB}/{world.rpartition('/')[2]}"


@pytest.fixture
def press(api: Api, site: str) -> Any:
    """`press("freeze")` presses a button; the answer is the response."""

    def send(action: str, **fields: str) -> Any:
        form = {"canary": canary(api, site), "action": action, "back": f"{site}/trouble", **fields}
        content = "application/x-www-form-urlencoded"
        return api.send("POST", f"{site}/do", urlencode(form).encode(), content_type=content)

    return send


def test_the_start_page_says_what_this_is_and_keeps_secrets(api: Api, world: str) -> None:
    page = text(api, "/")
    assert "http://127.0.0.1:8365" in page
    assert world.rpartition("/")[2] in page
    assert "&lt;ada&gt;" in page
    assert "not for the page" not in page
    assert api.send("POST", "/").status == 405


def test_the_links_of_the_start_page_lead_somewhere(api: Api, world: str) -> None:
    links = [part.partition('"')[0] for part in text(api, "/").split('href="/')[1:]]
    assert links
    assert all(api.send("GET", f"/{link}").status == 200 for link in links if "ca.pem" not in link)


@pytest.mark.parametrize("section", SECTIONS)
def test_each_page_of_a_world(api: Api, site: str, tenant: str, ada: str, section: str) -> None:
    api("POST", f"{tenant}/apps", {"name": SCRIPT, "auth": "client_credentials", "permissions": ["Mail.Read"]})
    page = text(api, f"{site}/{section}")
    assert f'href="{site}/{section}" aria-current="page"' in page
    assert page.count("<h1>") == 1
    assert SCRIPT not in page


@pytest.mark.parametrize("path", ["/", f"{WEB}/nowhere/journal"])
def test_only_our_own_script_and_style_may_run(api: Api, world: str, path: str) -> None:
    headers = dict(api.send("GET", path).headers)
    policy = headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_a_mailbox_its_messages_and_their_text(api: Api, site: str, tenant: str, ada: str) -> None:
    html = f"<p onclick='x()'>Hello</p>{SCRIPT}"
    api("POST", f"{ada}/messages", {"subject": SCRIPT, "sender": "eve@example.org", "body": html, "body_type": "html"})
    place = f"{site}/mailboxes/{tenant.rpartition('/')[2]}/ada"
    page = text(api, place)
    assert SCRIPT not in page
    assert "&lt;script&gt;" in page
    address = re.findall('href="([^"]*/messages/[^"]*)"', page)[0]
    shown = text(api, address)
    assert SCRIPT not in shown
    assert "<iframe sandbox " in shown
    path, _, query = address.partition("?")
    for part, media in (("body", "text/html"), ("raw", "text/plain")):
        response = api.send("GET", f"{path}/{part}?{query}")
        headers = dict(response.headers)
        assert headers["Content-Type"].startswith(media)
        assert headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert b"eve@example.org" in response.body
    assert api.send("GET", f"{place}/messages/none").status == 404
    assert api.send("GET", f"{place}?folder=none").status == 404
    assert api.send("GET", f"{place}?skip=x").status == 200


def test_the_week_of_a_calendar(api: Api, site: str, tenant: str, ada: str) -> None:
    place = f"{site}/mailboxes/{tenant.rpartition('/')[2]}/ada/calendar"
    page = text(api, f"{place}?week=2026-03-04")
    assert "Mon 2026-03-02" in page
    assert "?week=2026-02-23" in page
    assert api.send("GET", f"{place}?week=soon").status == 400
    assert api.send("GET", f"{place}?week=9999-12-31").status == 400


def test_an_entry_of_the_journal_is_explained(api: Api, site: str) -> None:
    from outlook365_emulator.journal import Entry

    journal = api.emulator.hosting.by_name(site.rpartition("/")[2]).journal
    journal.add(Entry(method="GET", url="https://graph.microsoft.com/v1.0/me", service="graph", status=200, at="2026"))
    journal.add(
        Entry(
            method="GET",
            url="https://graph.microsoft.com/v1.0/users/o'hara/messages",
            service="graph",
            operation="mail.messages.list",
            status=403,
            code="ErrorAccessDenied",
            reason="the token holds User.Read",
            user="ada@contoso.example",
            permissions=["User.Read"],
            missing=["Mail.Read", "Mail.ReadWrite"],
        )
    )
    page = text(api, f"{site}/journal/2")
    assert "Any one of these would do: Mail.Read, Mail.ReadWrite." in page
    assert "<code>scp</code>" in page
    assert "curl -i -X GET" in page
    assert "Authorization: Bearer $TOKEN" in page
    assert api.send("GET", f"{site}/journal/3").status == 404
    rows = text(api, f"{site}/journal/rows?since=1")
    assert 'data-total="2"' in rows
    assert rows.count("<tr>") == 1
    for query, count in (("status=4xx", 1), ("status=200", 1), ("operation=mail.messages.list", 1), ("text=ADA", 1)):
        assert text(api, f"{site}/journal/rows?{query}").count("<tr>") == count
    assert text(api, f"{site}/journal/rows?fault=1").count("<tr>") == 0


BUTTONS = [
    ("freeze", {}, "clock", lambda found: found["frozen"] is True),
    ("resume", {}, "clock", lambda found: found["frozen"] is False),
    ("add-fault", {"kind": "latency", "with": '{"seconds": 1}'}, "faults", lambda found: len(found["faults"]) == 1),
    ("start-scenario", {"scenario": "throttled"}, "scenarios", lambda found: len(found["scenarios"]) == 1),
]


@pytest.mark.parametrize(("action", "fields", "where", "holds"), BUTTONS)
def test_a_button_does_what_it_says(
    api: Api, site: str, world: str, press: Any, action: str, fields: dict[str, str], where: str, holds: Any
) -> None:
    response = press(action, **fields)
    assert (response.status, dict(response.headers)["Location"]) == (303, f"{site}/trouble?done={action}")
    assert holds(api("GET", f"{world}/{where}"))
    assert 'role="status"' in text(api, f"{site}/trouble?done={action}")


def test_the_clock_moves(api: Api, world: str, press: Any) -> None:
    press("freeze")
    before = api("GET", f"{world}/clock")["now"]
    press("advance", amount="2", unit="h")
    assert int(api("GET", f"{world}/clock")["now"][11:13]) == (int(before[11:13]) + 2) % 24
    assert press("advance", amount="much", unit="h").status == 400


def test_people_and_applications(api: Api, tenant: str, ada: str, press: Any) -> None:
    tenant_id = tenant.rpartition("/")[2]
    app = api("POST", f"{tenant}/apps", {"auth": "client_credentials", "permissions": ["Mail.Read", "Mail.Send"]})
    named = {"tenant": tenant_id, "app": app["client_id"]}
    assert press("withdraw-consent", permissions="Mail.Read", **named).status == 303
    assert api("GET", f"{tenant}/apps/{app['client_id']}")["consented"] == ["Mail.Send"]
    assert press("give-consent", **named).status == 303
    assert press("remove-secret", secret=app["secrets"][0]["id"], **named).status == 303
    assert press("disable", tenant=tenant_id, user="ada").status == 303
    assert api("GET", ada)["enabled"] is False
    assert press("revoke-sessions", tenant=tenant_id, user="ada").status == 303
    assert press("receive", tenant=tenant_id, user="ada", subject="by hand").status == 303
    assert api("GET", f"{ada}/messages")["value"][0]["subject"] == "by hand"
    assert press("change", change="revoke_sessions").status == 303
    assert press("change", change="revoke_session").status == 400


def test_what_a_button_refuses(api: Api, site: str, press: Any) -> None:
    assert press("frieze").status == 404
    assert press("revoke-sessions").status == 400
    assert press("add-fault", kind="latency", **{"with": "{"}).status == 400
    assert press("freeze", canary="guessed").status == 403
    assert press("freeze", canary="").status == 403
    assert api.send("GET", f"{site}/do").status == 405
    assert api.send("POST", f"{site}/journal").status == 405
    foreign = api.send("POST", f"{site}/do", b"action=freeze", origin="https://evil.example")
    assert foreign.status == 403
    away = press("freeze", back="https://evil.example/")
    assert dict(away.headers)["Location"].startswith(f"{site}/")


@pytest.mark.parametrize("path", ["nowhere", "mailboxes/x/y", "journal/x", f"mailboxes/{quote('../..', safe='')}/a"])
def test_what_is_not_there(api: Api, site: str, path: str) -> None:
    assert 'role="alert"' in text(api, f"{site}/{path}", 404)


def test_the_token_guards_page_and_api_but_not_health(api: Api, world: str) -> None:
    import dataclasses

    api.emulator.settings = dataclasses.replace(api.emulator.settings, control_token="s3cret")
    assert api.send("GET", "/").status == 401
    refused = api.send("GET", "/_emulator/v1/worlds")
    assert ("WWW-Authenticate", "Bearer") in refused.headers
    assert api.send("GET", "/_emulator/v1/health").status == 200
    for field in ("Bearer s3cret", "Basic " + base64.b64encode(b"any:s3cret").decode()):
        assert api.send("GET", "/", authorization=field).status == 200
    for field in ("Bearer s3cre", "Basic !", "Basic " + base64.b64encode(b"s3cret").decode(), "Digest s3cret"):
        assert api.send("GET", "/", authorization=field).status == 401

"""`tenant`, `user`, `app`, `mail`, `event`: what they make is there, as text and as JSON."""

from collections.abc import Callable
from typing import Any

Ask = Callable[..., Any]


def test_tenants(ask: Ask) -> None:
    made = ask("tenant", "create", "--name", "Fabrikam", "--cloud", "usgov", "--json").json
    assert (made["name"], made["cloud"]) == ("Fabrikam", "usgov")
    assert made["domain"] in ask("tenant", "list").text
    assert "Fabrikam" in ask("tenant", "show", made["domain"]).text


def test_people(ask: Ask) -> None:
    made = ask("user", "create", "kim", "--display-name", "Kim Lee", "--role", "Global Administrator", "--json").json
    assert (made["display_name"], made["roles"]) == ("Kim Lee", ["Global Administrator"])
    assert "Kim Lee" in ask("user", "list").text
    assert made["password"] in ask("user", "show", "kim").text
    assert [one["upn"] for one in ask("user", "list", "--json").json].count(made["upn"]) == 1


def test_applications(ask: Ask) -> None:
    made = ask("app", "create", "--name", "Daemon", "--permission", "Mail.Read", "--json").json
    assert made["consented"] == ["Mail.Read"]
    assert made["client_id"] in ask("app", "list").text
    assert made["client_secret"] in ask("app", "show", "Daemon").text


def test_a_filled_mailbox(ask: Ask) -> None:
    ask("user", "create", "lou")
    assert ask("mail", "fill", "--user", "lou", "--messages", "60", "--seed", "7", "--json").json == {
        "messages": 60,
        "seed": 7,
    }


def test_mail(ask: Ask, tmp_path: Any) -> None:
    made = ask("mail", "create", "--user", "ben", "--subject", "Invoice 17", "--from", "b@example.org", "--json").json
    assert "Invoice 17" in ask("mail", "list", "--user", "ben").text
    assert made["id"] in ask("mail", "show", "--user", "ben", made["id"]).text
    assert "Subject: Invoice 17" in ask("mail", "show", "--user", "ben", made["id"], "--mime").text
    whole = tmp_path / "whole.eml"
    whole.write_bytes(b"From: a@example.org\r\nTo: ben@contoso.onmicrosoft.com\r\nSubject: As it came\r\n\r\nHello\r\n")
    assert "As it came" in ask("mail", "create", "--user", "ben", "--mime", str(whole)).text


def test_events(ask: Ask) -> None:
    start = ("--start", "2026-03-02T10:00", "--minutes", "45")
    made = ask(
        "event", "create", "--user", "ada", "--subject", "Review", *start, "--attendee", "ben@x.example", "--json"
    )
    assert made.json["end"]["dateTime"].startswith("2026-03-02T10:45")
    assert "Review" in ask("event", "list", "--user", "ada").text
    assert "ben@x.example" in ask("event", "show", "--user", "ada", made.json["id"]).text


def test_worlds_and_scenarios(ask: Ask, tmp_path: Any) -> None:
    file = tmp_path / "small.yaml"
    file.write_text("name: small\ntenants:\n  - name: Small\n    users: [{name: zoe}]\n")
    assert ask("world", "load", str(file), "--json").json["name"] == "small"
    assert "small" in ask("world", "show").text
    assert "tenants" in ask("world", "show", "small").text
    assert ask("scenario", "apply", "throttled", "--world", "small", "--json").json["name"] == "throttled"
    assert "ended: throttled" in ask("scenario", "clear", "--world", "small").text
    assert "none ran" in ask("scenario", "clear", "--world", "small").text

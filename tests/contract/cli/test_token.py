"""`token`, `permissions`, `operations`, `journal`, `ca`, `ready`, `env`, `doctor`, `completion`."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest

Ask = Callable[..., Any]
PUBLIC = "4a1c0e52-6d3b-4f87-9b1e-0000000c1d02"


def test_a_minted_token_is_explained(ask: Ask) -> None:
    text = ask("token", "mint").text
    told = ask("token", "decode", stdin=text)
    assert "roles" in told.text
    assert "application permissions" in told.text
    claims = ask("token", "decode", text.strip(), "--json").json["claims"]
    assert claims["idtyp"] == "app"


def test_a_person_s_token(ask: Ask) -> None:
    issued = ask("token", "mint", "--user", "ada", "--app", PUBLIC, "--scope", "Mail.Read", "--json").json
    claims = ask("token", "decode", issued["access_token"], "--json").json["claims"]
    assert claims["upn"] == "ada@contoso.onmicrosoft.com"
    assert "Mail.Read" in claims["scp"].split()


@pytest.mark.parametrize("path", ["/me/messages", "me/messages", "https://graph.microsoft.com/v1.0/me/messages?$top=1"])
def test_which_permission_a_request_needs(run: Ask, path: str) -> None:
    told = run("permissions", "get", path, "--json").json
    assert (told["operation"], told["least"]) == ("mail.messages.list", "Mail.ReadBasic")
    assert "Mail.Read" in told["opens"]["application"]
    assert "application" in run("permissions", "get", path).text


def test_a_request_that_any_token_opens(run: Ask) -> None:
    assert "any token opens it" in run("permissions", "POST", "/$batch").text


def test_operations(run: Ask) -> None:
    rows = run("operations", "--containing", "sendMail", "--json").json
    assert [row["route"] for row in rows] == ["POST /users/{user}/sendMail"]
    assert "mail.messages.list" in run("operations").text


def test_the_journal(ask: Ask) -> None:
    ask("token", "mint")
    entries = [json.loads(line) for line in ask("journal", "tail", "-n", "3", "--json").text.splitlines()]
    assert entries[-1]["operation"] == "token.client_credentials"
    assert "token.client_credentials" in ask("journal", "tail", "--status", "200").text


def test_the_least_privileges(ask: Ask, served: Any) -> None:
    assert ask("journal", "privileges").status == 0
    token = ask("token", "mint").text.strip()
    url = f"{served.http_url}/graph.microsoft.com/v1.0/users/ada@contoso.onmicrosoft.com/messages"
    with urlopen(Request(url, headers={"Authorization": f"Bearer {token}"})) as answer:
        assert answer.status == 200
    told = ask("journal", "privileges").text
    assert "(application permissions)" in told
    assert "least:  Mail.ReadBasic" in told
    found = ask("journal", "privileges", "--json").json
    assert any("Mail.ReadWrite" in one["excess"] for one in found["applications"])


def test_the_certificate(ask: Ask, served: Any, tmp_path: Path) -> None:
    file = tmp_path / "ca.pem"
    assert ask("ca", "export", str(file)).status == 0
    assert file.read_bytes() == served.ca_file.read_bytes()
    assert ask("ca", "export").text == file.read_text()
    assert "fingerprint_sha256" in ask("ca", "show").text
    assert str(served.ca_file) in ask("ca", "install", "node", "--json").json["node"]


def test_ready_and_env(ask: Ask, served: Any, tmp_path: Path) -> None:
    assert served.http_url in ask("ready", "--wait", "1").text
    assert ask("ready", "--json").json["https_port"] == served.https_port
    assert ask("env", "--json").json["SSL_CERT_FILE"] == str(served.combined_bundle)
    elsewhere = ask("env", "--json", "--folder", str(tmp_path / "ca")).json
    assert Path(elsewhere["OUTLOOK365_CA_FILE"]).read_bytes() == served.ca_file.read_bytes()
    assert "export HTTPS_PROXY=" in ask("env").text


def test_the_doctor(ask: Ask, run: Ask, served: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in (
        "SSL_CERT_FILE",
        "REQUESTS_CA_BUNDLE",
        "CURL_CA_BUNDLE",
        "NODE_EXTRA_CA_CERTS",
        "NO_PROXY",
        "no_proxy",
    ):
        monkeypatch.delenv(name, raising=False)
    well = {one["check"]: one for one in ask("doctor", "--json").json}
    assert [well[name]["state"] for name in ("HTTP port", "HTTPS port", "proxy port", "world")] == ["good"] * 4
    assert well["SSL_CERT_FILE"]["state"] == "note"
    other = tmp_path / "other.pem"
    other.write_text("nothing")
    monkeypatch.setenv("SSL_CERT_FILE", str(other))
    monkeypatch.setenv("HTTPS_PROXY", served.proxy_url)
    monkeypatch.setenv("NO_PROXY", "microsoftonline.com")
    told = ask("doctor", "--json")
    ill = {one["check"]: one["state"] for one in told.json}
    assert (told.status, ill["SSL_CERT_FILE"], ill["NO_PROXY"], ill["HTTPS_PROXY"]) == (1, "bad", "bad", "good")
    nobody = run("doctor", "--url", "http://127.0.0.1:1")
    assert (nobody.status, "start one" in nobody.text) == (1, True)


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_completions(run: Ask, shell: str) -> None:
    assert "_OUTLOOK365_EMULATOR_COMPLETE" in run("completion", shell).text

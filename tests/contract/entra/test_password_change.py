"""An expired password is changed on the sign-in page, and the person goes on."""

from typing import Any

import pytest
from outlook365_emulator.directory.users import change_user
from outlook365_emulator.entra.password_change import is_weak

NEW = "Through the looking-glass 2"


@pytest.fixture
def change(site: Any, browser: Any) -> Any:
    """The page, and what sends it."""
    with site.world.unit() as unit:
        change_user(site.tenants["contoso"], unit, site.users["ada"], password_expired=True)
    browser.authorize()
    browser.send(loginfmt="ada@contoso.example")
    page = browser.send(passwd="wonderland")
    assert (page.heading, page.number) == ("Update your password", 50055)
    assert page.config["pgid"] == "ConvergedChangePassword"

    def send(current: str = "wonderland", new: str = NEW, again: str | None = None) -> Any:
        return browser.send(currentpasswd=current, newpasswd=new, confirmnewpasswd=new if again is None else again)

    return send


def test_the_new_password_signs_in(site: Any, browser: Any, change: Any) -> None:
    token = site.tenants["contoso"].refresh_tokens
    assert not list(token)
    page = change()
    assert page.heading == "Stay signed in?"
    assert browser.send(stay="0").sent["code"]
    ada = site.tenants["contoso"].users.get(site.users["ada"].id)
    assert (ada.password, ada.password_expired) == (NEW, False)
    assert site.password(password=NEW).status == 200
    assert browser.authorize(prompt="none").sent["code"], "the session is one of the new password"


def test_changing_it_ends_what_the_old_one_began(site: Any, change: Any) -> None:
    """Microsoft's table of revocation: changed by the user; the tokens were issued before it expired."""
    with site.world.unit() as unit:
        change_user(site.tenants["contoso"], unit, site.users["ada"], password_expired=False)
    before = site.password().json["refresh_token"]
    change()
    assert site.refresh(before).json["error_codes"] == [50173]


@pytest.mark.parametrize(
    ("fields", "number"),
    [
        ({"current": "forgotten"}, 120000),
        ({"again": "Something else 2"}, 120002),
        ({"new": "short 1A"[:7]}, 120002),
        ({"new": "wonderland"}, 120002),
        ({"new": ""}, 120002),
    ],
)
def test_what_is_refused(site: Any, change: Any, fields: dict[str, str], number: int) -> None:
    page = change(**fields)
    assert (page.heading, page.number) == ("Update your password", number)
    assert page.alert
    assert page.answer.entry.code == f"AADSTS{number}"
    assert site.tenants["contoso"].users.get(site.users["ada"].id).password == "wonderland"


def test_a_disabled_account_keeps_its_password(site: Any, change: Any) -> None:
    with site.world.unit() as unit:
        ada = site.tenants["contoso"].users.get(site.users["ada"].id)
        change_user(site.tenants["contoso"], unit, ada, enabled=False)
    assert change().number == 50057
    assert site.tenants["contoso"].users.get(site.users["ada"].id).password == "wonderland"


def test_earlier_wrong_guesses_are_forgotten(site: Any, change: Any) -> None:
    with site.world.unit() as unit:
        ada = site.tenants["contoso"].users.get(site.users["ada"].id)
        change_user(site.tenants["contoso"], unit, ada, failed_sign_ins=3, lockouts=2)
    change()
    ada = site.tenants["contoso"].users.get(site.users["ada"].id)
    assert (ada.failed_sign_ins, ada.lockouts) == (0, 0)


def test_wrong_guesses_lock_the_account(change: Any) -> None:
    assert [change(current=f"guess {n}").number for n in range(11)] == [120000] * 10 + [50053]


def test_a_name_that_nobody_has(browser: Any, change: Any) -> None:
    page = browser.send(loginfmt="nobody@contoso.example", currentpasswd="x", newpasswd=NEW, confirmnewpasswd=NEW)
    assert page.heading == "Sign in"


@pytest.mark.parametrize(
    ("password", "weak"),
    [
        ("Aa3aaaaa", False),
        ("aa3 aaaa", False),
        ("Aa3aaaa", True),
        ("aaaaaaa3", True),
        ("Aa3" + "a" * 253, False),
        ("Aa3" + "a" * 254, True),
    ],
)
def test_weak_passwords(password: str, weak: bool) -> None:
    assert is_weak(password) is weak

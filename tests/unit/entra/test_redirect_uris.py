"""Redirect URIs: which may be registered, which are the same, and how a policy names them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from outlook365_emulator.entra.redirect_uris import (
    find_redirect_uri,
    is_same,
    may_be_redirected_to,
    origin_of,
    platform_of,
)
from outlook365_emulator.store.records.directory import Application


@pytest.mark.parametrize(
    ("registered", "given", "same"),
    [
        ("https://a.example/x", "https://a.example/x", True),
        ("https://a.example/x", "https://a.example/X", False),
        ("https://a.example/x", "https://a.example/x/", False),
        ("https://a.example/x", "https://a.example/x?y=1", False),
        ("https://a.example/x", "https://a.example:444/x", False),
        ("https://a.example/x", "https://a.example.evil/x", False),
        ("https://a.example", "https://a.example/", True),
        ("https://a.example/", "https://a.example", True),
        ("http://localhost", "http://localhost:5000", True),
        ("http://localhost", "http://localhost:5000/", True),
        ("http://localhost", "https://localhost", False),
        ("http://localhost/x", "http://localhost:1/x", True),
        ("http://localhost/x", "http://localhost:1/y", False),
        ("http://localhost", "http://127.0.0.1:1", False),
        ("http://127.0.0.1/x", "http://127.0.0.1:1/x", True),
        ("http://localhost", "http://localhost.evil.example", False),
        ("http://localhost", "http://localhost:1@evil.example", False),
        ("myapp://auth", "myapp://auth", True),
        ("myapp://auth", "myapp://other", False),
    ],
)
def test_sameness(registered: str, given: str, same: bool) -> None:
    assert is_same(registered, given) is same


@pytest.mark.parametrize(
    ("uri", "allowed"),
    [
        ("https://a.example/x", True),
        ("http://localhost:5000", True),
        ("http://127.0.0.1/x", True),
        ("http://a.example", False),
        ("http://[::1]/", False),
        ("https://user@a.example", False),
        ("https:///x", False),
        ("https://a.example/#x", False),
        ("https://a.example/ x", False),
        ('https://a.example/"x', False),
        ("https://a.example/\r\nSet-Cookie: x", False),
        ("https://a.example:port/", False),
        ("https://[/", False),
        ("msal11111111-2222-4333-8444-555555555555://auth", True),
        ("urn:ietf:wg:oauth:2.0:oob", True),
        ("javascript:alert(1)", False),
        ("JavaScript:alert(1)", False),
        ("data:text/html,x", False),
        ("file:///etc/passwd", False),
        ("/relative", False),
        ("//a.example", False),
        ("", False),
    ],
)
def test_what_may_be_registered(uri: str, allowed: bool) -> None:
    assert may_be_redirected_to(uri) is allowed
    application = Application(id="1", client_id="2", display_name="x", web_redirect_uris=(uri,))
    assert platform_of(application, uri) == ("web" if allowed else None)


def test_the_platform_is_the_one_it_is_registered_for() -> None:
    application = Application(
        id="1",
        client_id="2",
        display_name="x",
        web_redirect_uris=("https://a.example/web",),
        spa_redirect_uris=("https://a.example/spa",),
        public_redirect_uris=("http://localhost",),
    )
    assert platform_of(application, "https://a.example/web") == "web"
    assert platform_of(application, "https://a.example/spa") == "spa"
    assert platform_of(application, "http://localhost:8080") == "public"


@pytest.mark.parametrize(
    ("registered", "given", "leads_to"),
    [
        ("https://*.contoso.com", "https://shop.contoso.com", "https://shop.contoso.com"),
        ("https://*.contoso.com", "https://shop.contoso.com/", "https://shop.contoso.com/"),
        ("https://*.contoso.com/back", "https://shop.contoso.com/back?x=1", "https://shop.contoso.com/back"),
        ("https://*.contoso.com/back", "https://shop.contoso.com/other", None),
        ("https://*.contoso.com", "https://a.b.contoso.com", None),
        ("https://*.contoso.com", "https://contoso.com", None),
        ("https://*.contoso.com", "https://shop.contoso.com.evil.example", None),
        ("https://*.contoso.com", "https://evil.example/.contoso.com", None),
        ("https://*.contoso.com", "https://evil.example#.contoso.com", None),
        ("https://*.contoso.com", "https://shop.contoso.com:444", None),
        ("https://*.contoso.com", "http://shop.contoso.com", None),
        ("https://*.contoso.com/*", "https://shop.contoso.com/back", None),
        ("https://myapp.com/*", "https://myapp.com/a/b?x=1", "https://myapp.com/a/b"),
        ("https://myapp.com/a/*", "https://myapp.com/a/b", "https://myapp.com/a/b"),
        ("https://myapp.com/a/*", "https://myapp.com/b", None),
        ("https://myapp.com/*", "https://myapp.com.evil.example/a", None),
        ("https://myapp.com*", "https://myapp.com.evil.example/a", None),
        ("https://*", "https://evil.example/", None),
        ("https://my*.contoso.com", "https://myapp.contoso.com", None),
    ],
)
def test_wildcards(registered: str, given: str, leads_to: str | None) -> None:
    """Microsoft, "Redirect URI (reply URL) restrictions and limitations" and, for paths, "On-Behalf-Of flow"."""
    organisations = Application(id="1", client_id="2", display_name="x", web_redirect_uris=(registered,))
    assert find_redirect_uri(organisations, given) == (("web", leads_to) if leads_to else None)
    anybody = Application(
        id="1",
        client_id="2",
        display_name="x",
        audience="AzureADandPersonalMicrosoftAccount",
        web_redirect_uris=(registered,),
    )
    assert find_redirect_uri(anybody, given) is None


@pytest.mark.parametrize(
    ("uri", "origin"),
    [
        ("https://a.example/x?y", "https://a.example"),
        ("http://localhost:5000/x", "http://localhost:5000"),
        ("myapp://auth", "myapp:"),
        ("https://a.example;x/", ""),
    ],
)
def test_origins(uri: str, origin: str) -> None:
    assert origin_of(uri) == origin


@given(st.text(), st.text())
def test_any_text_is_judged(one: str, other: str) -> None:
    is_same(one, other)
    may_be_redirected_to(one)
    assert not set(origin_of(one)) & set(" ;,'\"\r\n")

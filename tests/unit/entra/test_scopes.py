"""Reading `scope` and echoing it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from outlook365_emulator.clouds import CLOUDS
from outlook365_emulator.entra.scopes import Asked, echo, graph_audience, is_outlook, parse_scopes

GRAPH = "https://graph.microsoft.com"


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("", Asked()),
        ("Mail.Read", Asked(resources=("",), names=("Mail.Read",))),
        ("Mail.Read Mail.Read", Asked(resources=("",), names=("Mail.Read",))),
        ("openid OFFLINE_ACCESS", Asked(openid=frozenset({"openid", "offline_access"}))),
        (f"{GRAPH}/openid", Asked(openid=frozenset({"openid"}))),
        (f"{GRAPH}/Mail.Read", Asked(resources=(GRAPH,), names=("Mail.Read",))),
        (f"{GRAPH}/.default", Asked(resources=(GRAPH,), default=True)),
        (f"{GRAPH}//.default", Asked(resources=(f"{GRAPH}/",), default=True)),
        (f"{GRAPH}/.default Mail.Read", Asked(resources=(GRAPH,), names=("Mail.Read",), default=True, mixed=True)),
        (f"User.Read {GRAPH}/Mail.Read", Asked(resources=(GRAPH,), names=("User.Read", "Mail.Read"))),
        (f"{GRAPH}/Mail.Read User.Read", Asked(resources=(GRAPH,), names=("Mail.Read", "User.Read"))),
        ("api://a/x api://b/y", Asked(resources=("api://a", "api://b"), names=("x",))),
        ("api://a/.default api://b/.default", Asked(resources=("api://a", "api://b"), default=True)),
        ("/.default", Asked(bad="/.default")),
        ("Mail/", Asked(bad="Mail/")),
        ('a"b', Asked(bad='a"b')),
        ("Mail.Rëad", Asked(bad="Mail.Rëad")),
    ],
)
def test_reading(text: str, asked: Asked) -> None:
    assert parse_scopes(text) == asked


@given(st.text())
def test_no_text_raises(text: str) -> None:
    asked = parse_scopes(text)
    assert graph_audience(asked.resource, CLOUDS.values()) is None or asked.resource is not None
    echo(asked, frozenset({"Mail.Read", "openid"}), GRAPH)


def test_openid_scopes_have_an_order_in_each_form() -> None:
    granted = frozenset({"Mail.Read", "openid", "email", "profile", "offline_access"})
    assert echo(parse_scopes("Mail.Read"), granted, GRAPH) == "Mail.Read profile openid email"
    assert echo(parse_scopes(f"{GRAPH}/Mail.Read"), granted, GRAPH) == f"email openid profile {GRAPH}/Mail.Read"


@pytest.mark.parametrize(
    ("resource", "cloud", "audience"),
    [
        ("", "global", "00000003-0000-0000-c000-000000000000"),
        ("00000003-0000-0000-C000-000000000000", "china", "00000003-0000-0000-c000-000000000000"),
        (GRAPH, "global", GRAPH),
        (f"{GRAPH}/", "global", f"{GRAPH}/"),
        (GRAPH, "usgov", None),
        ("https://graph.microsoft.us", "usgov", "https://graph.microsoft.us"),
        ("https://evil.example", "global", None),
    ],
)
def test_which_resource_is_graph(resource: str, cloud: str, audience: str | None) -> None:
    assert graph_audience(resource, [CLOUDS[cloud]]) == audience


def test_exchange_is_known_by_name_and_number() -> None:
    clouds = [CLOUDS["global"]]
    assert is_outlook("https://outlook.office365.com/", clouds)
    assert is_outlook("00000002-0000-0ff1-ce00-000000000000", clouds)
    assert not is_outlook("https://outlook.office365.us", clouds)

"""One spelling per path: reference graph-core 1."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from outlook365_emulator.errors import GraphError
from outlook365_emulator.graph.paths import Place, read_path, template


def read(path: str) -> Place:
    return read_path(f"/v1.0{path}")


SPELLINGS = {
    "/users/{}/messages": [
        "/me/messages",
        "/Me/MESSAGES",
        "//me///messages//",
        "/users/ada/messages",
        "/users('ada')/messages/",
    ],
    "/users/{}/messages/{}": [
        "/me/messages/AAMk=",
        "/me/messages('AAMk=')",
        "/me/messages(%27AAMk%3D%27)",
        "/users('ada')/messages/AAMk%3D",
        "/me/mailFolders/inbox/messages/AAMk=",
        "/me/mailFolders('inbox')/messages('AAMk=')",
        "/me/mailFolders/inbox/childFolders/x/messages/AAMk=",
        "/me/mailfolders/a/childFolders/b/childfolders/c/messages/AAMk=",
    ],
    "/users/{}/mailfolders/{}": ["/me/mailFolders/x", "/me/mailFolders('x')", "/me/mailFolders/a/childFolders/x"],
    "/users/{}/mailfolders/{}/messages": ["/me/mailFolders/x/messages", "/me/mailFolders/a/childFolders/x/messages"],
    "/users/{}/mailfolders/{}/messages/$count": [
        "/me/mailFolders/x/messages/$count",
        "/me/mailFolders/x/messages/%24count",
    ],
    "/users/{}/mailfolders/{}/messages/delta": [
        "/me/mailFolders/x/messages/delta",
        "/me/mailFolders/x/messages/delta()",
        "/me/mailFolders('x')/messages/microsoft.graph.delta()",
        "/me/mailFolders('x')/messages/Microsoft.Graph.Delta",
    ],
    "/users/{}/sendmail": ["/me/sendMail", "/me/microsoft.graph.sendMail", "/users/me-token-to-replace/sendmail"],
    "/users/{}/messages/{}/send": ["/me/messages/x/send", "/me/messages('x')/microsoft.graph.send"],
    "/users": ["/users", "/users/", "/Users()"],
    "/users/$count": ["/users/$count"],
}
TABLE = [(spelling, canonical) for canonical, many in SPELLINGS.items() for spelling in many]


@pytest.mark.parametrize(("spelling", "canonical"), TABLE)
def test_spellings(spelling: str, canonical: str) -> None:
    assert template(read(spelling).segments) == canonical


@pytest.mark.parametrize(
    ("path", "keys"),
    [
        ("/users('it''s@x.y')", ["it's@x.y"]),
        ("/users('#EXT%23@x.y')", ["#EXT#@x.y"]),
        ("/users('$dollar@x.y')", ["$dollar@x.y"]),
        ("/users/a%2Bb@x.y", ["a+b@x.y"]),
        ("/users/a+b@x.y", ["a+b@x.y"]),
        ("/users/ADA@x.y/messages/AbC-_=", ["ADA@x.y", "AbC-_="]),
        ("/users/%C3%A9/messages/%FF", ["é", "\ufffd"]),
        ("/users/f(x)", ["f(x)"]),
    ],
)
def test_keys_stay_as_written(path: str, keys: list[str]) -> None:
    assert [name for name, is_key in read(path).segments if is_key] == keys


def test_what_a_rewrite_drops_stays_as_a_condition() -> None:
    place = read("/me/mailFolders/A/childFolders/B/messages/M")
    assert (place.parent, place.folder, place.is_me) == ("A", "B", True)
    assert read("/me/messages/M").folder == ""
    assert not read("/users/ada").is_me


def test_the_version_and_the_words_of_the_client() -> None:
    place = read_path("/BETA/Me/mailFolders('Inbox')")
    assert (place.version, place.written) == ("beta", ["Me", "mailFolders('Inbox')"])


@pytest.mark.parametrize(
    ("path", "arguments"),
    [
        ("/me/f(x='a')", {"x": "a"}),
        ("/me/f(X='a,b',y=2)", {"x": "a,b", "y": "2"}),
        ("/me/f(x='it''s', y='')", {"x": "it's", "y": ""}),
        (
            "/me/outlook/supportedTimeZones(TimeZoneStandard=microsoft.graph.timeZoneStandard'Iana')",
            {"timezonestandard": "Iana"},
        ),
        ("/me/f()", {}),
    ],
)
def test_arguments_of_functions(path: str, arguments: dict[str, str]) -> None:
    assert read(path).arguments == arguments


@pytest.mark.parametrize("path", ["/me/f(x=)", "/me/f(=1)", "/me/f(x='a)", "/me/f(x 1)"])
def test_arguments_that_are_none(path: str) -> None:
    with pytest.raises(GraphError) as caught:
        read(path)
    assert (caught.value.status, caught.value.name) == (400, "segment_not_found")


@pytest.mark.parametrize(
    "path", ["/users(foo='x')", "/groups(appId='x')", "/servicePrincipals(id='x')", "/applications(appId='x',foo='y')"]
)
def test_keys_that_a_collection_does_not_have(path: str) -> None:
    with pytest.raises(GraphError) as caught:
        read(path)
    assert (caught.value.status, caught.value.name) == (400, "segment_not_found")


@pytest.mark.parametrize("path", ["", "/", "/me", "/v1", "/v1.0.0/me", "/V2.0/me"])
def test_no_version(path: str) -> None:
    with pytest.raises(GraphError) as caught:
        read_path(path)
    assert caught.value.name == "invalid_version"


@given(
    path=st.text()
    | st.lists(st.sampled_from("me users messages ( ) ' '' = , %27 mailFolders $count x".split())).map("/".join)
)
def test_any_path_is_read_or_refused(path: str) -> None:
    for start in ("/v1.0/", "/", ""):
        with contextlib.suppress(GraphError):
            place = read_path(start + path)
            assert all(name == name.lower() for name, is_key in place.segments if not is_key)

"""The Prefer header: reference graph-core 2 and 3."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from outlook365_emulator.graph.preferences import NONE, Preferences, read_preferences


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("", NONE),
        ('IdType="ImmutableId"', Preferences(immutable_ids=True)),
        ("idtype=immutableid", Preferences(immutable_ids=True)),
        ('IdType = "ImmutableId"', Preferences(immutable_ids=True)),
        ('IdType="RestId"', NONE),
        ('outlook.body-content-type="text"', Preferences(body="text")),
        ("Outlook.Body-Content-Type=HTML", Preferences(body="html")),
        ('outlook.body-content-type="rtf"', NONE),
        ('outlook.timezone="Pacific Standard Time"', Preferences(time_zone="Pacific Standard Time")),
        ('outlook.timezone="a, b; c"', Preferences(time_zone="a, b; c")),
        ("odata.maxpagesize=25", Preferences(page_size=25)),
        ("odata.maxpagesize=-1", NONE),
        ("odata.maxpagesize=²", NONE),
        ("odata.maxpagesize=99999999999", NONE),
        ("outlook.allow-unsafe-html", Preferences(unsafe_html=True)),
        ("respond-async, wait=10", NONE),
        (
            'IdType="ImmutableId",outlook.timezone="UTC" , outlook.body-content-type=text;x=1,odata.maxpagesize="5"',
            Preferences(immutable_ids=True, time_zone="UTC", body="text", page_size=5),
        ),
    ],
)
def test_reading(header: str, expected: Preferences) -> None:
    assert read_preferences(header) == expected


@pytest.mark.parametrize(
    ("preferences", "applied"),
    [
        (NONE, ""),
        (Preferences(immutable_ids=True), "IdType=ImmutableId"),
        (
            Preferences(body="text", time_zone="UTC", page_size=5),
            'outlook.body-content-type="text", outlook.timezone="UTC"',
        ),
    ],
)
def test_what_the_answer_says(preferences: Preferences, applied: str) -> None:
    assert preferences.applied() == applied


@given(st.text())
def test_any_text_is_a_header(text: str) -> None:
    assert isinstance(read_preferences(text), Preferences)


@pytest.mark.timeout(5)
@pytest.mark.parametrize("piece", [" ", ",", '"', "a=", "a ", '="', ";", "a=b;"])
def test_long_headers_take_no_time(piece: str) -> None:
    read_preferences("x" + piece * 50_000 + "!")

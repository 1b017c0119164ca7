"""Links keep the request's own options and encoding; pages are slices."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from outlook365_emulator.odata import cut_page, next_link

URL = "https://graph.microsoft.com/v1.0/me/messages"


@pytest.mark.parametrize(
    ("query", "link"),
    [
        ("", "?$skip=10"),
        ("?", "?$skip=10"),
        ("?$top=10", "?$top=10&$skip=10"),
        ("?%24top=10&%24select=id%2Csubject", "?%24top=10&%24select=id%2Csubject&%24skip=10"),
        ("?$skip=5&$top=10", "?$top=10&$skip=10"),
        ("?$Skip=5&%24skipToken=x&skip=1&$top=10", "?$top=10&$skip=10"),
        ("?top=10", "?top=10&$skip=10"),
        ("?startDateTime=2026-01-01T00:00:00%2B01:00&a=+b", "?startDateTime=2026-01-01T00:00:00%2B01:00&a=+b&$skip=10"),
        ("?$filter=subject eq 'a=b'&&$count=true", "?$filter=subject eq 'a=b'&$count=true&$skip=10"),
    ],
)
def test_the_place_stands_at_the_end(query: str, link: str) -> None:
    assert next_link(URL + query, skip=10) == URL + link


def test_tokens_are_encoded() -> None:
    assert next_link(URL + "?$top=1", skiptoken="a+/=&b") == URL + "?$top=1&$skiptoken=a%2B%2F%3D%26b"
    assert next_link(URL + "/delta?$deltatoken=old", deltatoken="new") == URL + "/delta?$deltatoken=new"


@given(st.lists(st.integers(), max_size=30), st.integers(1, 7))
def test_pages_hold_everything_once(items: list[int], size: int) -> None:
    seen: list[int] = []
    place: int | None = 0
    while place is not None:
        page, place = cut_page(items, skip=place, size=size)
        seen += page
        assert len(page) <= size
    assert seen == items


@pytest.mark.parametrize(
    ("skip", "size", "page", "following"),
    [(0, 2, [1, 2], 2), (2, 2, [3], None), (1, 2, [2, 3], None), (9, 2, [], None), (0, 0, [], None)],
)
def test_the_last_page_has_no_next(skip: int, size: int, page: list[int], following: int | None) -> None:
    assert cut_page([1, 2, 3], skip=skip, size=size) == (page, following)

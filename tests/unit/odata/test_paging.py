"""Links keep the request's own options and encoding."""

import pytest
from outlook365_emulator.odata.paging import next_link

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

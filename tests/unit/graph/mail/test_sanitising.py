"""What is taken out of HTML before it is shown: reference graph-mail 3."""

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from outlook365_emulator.clock import monotonic
from outlook365_emulator.graph.mail.sanitising import safe_html

PIECES = [
    "<", ">", "</", "/>", "<script>", "</script>", "<p ", "<img ", 'onerror="x()"', " onload=x", "href='javascript:x'",
    "<a ", '"', "'", "=", " ", "text", "<style>", "<iframe ", "<form>", "<b>", "</b>", "<!--", "-->",
    "style=expression(x)",
]  # fmt: skip


@pytest.mark.parametrize(
    "content",
    [
        "",
        "<html><body><p>Fine</p></body></html>",
        '<p style="color:#000" class="x" id="y">a &lt;script&gt; b</p>',
        '<a href="https://example.org/?on=1">on=2</a>',
        "1 < 2 and 3 > 2",
        "The conversation = long",
    ],
)
def test_what_is_safe_stays_as_it_is(content: str) -> None:
    assert safe_html(content) == content


@pytest.mark.parametrize(
    ("content", "safe"),
    [
        ("a<script>alert(1)</script>b", "ab"),
        ("a<SCRIPT src=x>alert('<p>')</SCRIPT >b", "ab"),
        ("a<script>never ended", "a"),
        ('<p onclick="x()">a</p>', "<p>a</p>"),
        ("<p ONMOUSEOVER=x class=y>a</p>", "<p class=y>a</p>"),
        ("<img src=x onerror='a>b'>c", "<img src=x>c"),
        ('<a href=" JavaScript:x()">a</a>', "<a>a</a>"),
        ('<div style="width: expression(x)">a</div>', "<div>a</div>"),
        ("<iframe src=x></iframe><object data=x>y</object><embed src=x>a", "a"),
        ("<form action=x><input name=y>a</form>", "a"),
        ('<meta http-equiv="refresh" content="0">a', "a"),
        ("<base href=x><link rel=y>a", "a"),
    ],
)
def test_what_is_unsafe_goes(content: str, safe: str) -> None:
    assert safe_html(content) == safe


class Finder(HTMLParser):
    """Collects what would run."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [tag] if tag in ("script", "iframe", "object", "form") else []
        self.found += [name for name, value in attrs if name.startswith("on") and len(name) > 4]


@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
def test_nothing_that_runs_is_left(content: str) -> None:
    finder = Finder()
    finder.feed(safe_html(content))
    assert not finder.found


@pytest.mark.parametrize(
    "piece", ["<script", "<p onx=", '<p a="', "< ", "<iframe>", "</script", " onload ", "<a " + " " * 50]
)
def test_it_takes_time_in_proportion(piece: str) -> None:
    content = "<script></script>" + piece * (400_000 // len(piece))
    started = monotonic()
    safe_html(content)
    assert monotonic() - started < 5

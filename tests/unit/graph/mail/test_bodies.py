"""Bodies as Exchange writes them: reference graph-mail 3."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from outlook365_emulator.graph.mail.bodies import html_to_text, in_form, preview_of, stored_body, text_to_html


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("", ""),
        ("plain", "plain"),
        ("<b>bold</b> and <i>more</i>", "bold and more"),
        ("one<br>two<BR/>three", "one\r\ntwo\r\nthree"),
        ("<p>one</p><p>two</p>", "one\r\n\r\ntwo"),
        ("<p>one</p>\r\n\r\n<p>two   words\r\nhere</p>", "one\r\n\r\ntwo words here"),
        ("a &lt;b&gt; &amp; &#65;&#x42; &unknown;", "a <b> & AB &unknown;"),
        ("<head><title>T</title><style>p{}</style></head><body>x</body>", "x"),
        ("<head>unclosed<body>x", "x"),
        ("x<script>if (a < b) alert('</p>')</script>y", "xy"),
        ("x<style>p > a {}</STYLE>y", "xy"),
        ("x<!-- <p>hidden</p> -->y", "xy"),
        ("<!DOCTYPE html><html><body>x</body></html>", "x"),
        ("<?xml version='1.0'?>x", "x"),
        ("<![if !mso]>x<![endif]>", "x"),
        ("<![foo[bar]]>x", "x"),
        ('<a title="a > b" href=x>link</a>', "link"),
        ("<p class=it's>x</p>", "x"),
        ("1 < 2 and <3", "1 < 2 and <3"),
        ("x<a href='", "x"),
        ("x<!-- never closed", "x"),
        ("x<script>never closed", "x"),
        ("&#" + "9" * 5000 + ";", "\ufffd"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "ab\r\n\r\nc"),
    ],
)
def test_html_to_text(content: str, text: str) -> None:
    assert html_to_text(content) == text


@given(
    st.text()
    | st.lists(st.sampled_from("< > <p> </p> <br> <script> </script> <!-- --> & &#1; \" ' = x <a".split())).map("".join)
)
def test_any_content_has_a_text(content: str) -> None:
    text = html_to_text(content)
    assert "\r\n\r\n\r\n" not in text
    assert not text.replace("\r\n", "").count("\n")
    assert preview_of(stored_body({"contentType": "html", "content": content}))[:255] is not None


@given(st.text(st.characters(blacklist_categories=("Cc", "Cs", "Zs", "Zl", "Zp")), min_size=1))
def test_text_survives_the_way_to_html_and_back(text: str) -> None:
    assert html_to_text(text_to_html(text)) == text


@pytest.mark.timeout(5)
@pytest.mark.parametrize(
    "piece", ["<a", '<a b="', "<a b='x", "<!--", "<", "</", "<![", "<?", "&", "<script>", "<p>", "= ", "<a ="]
)
def test_a_megabyte_takes_no_time(piece: str) -> None:
    html_to_text(piece * (1_000_000 // len(piece)))


class TestStored:
    @pytest.mark.parametrize(
        ("given", "kind", "content"),
        [
            (None, "text", ""),
            ({}, "text", ""),
            ({"content": None, "contentType": None}, "text", ""),
            ({"content": "x", "contentType": "Text"}, "text", "x"),
            ({"content": "<HTML>x", "contentType": "html"}, "html", "<HTML>x"),
            ({"content": "<!DOCTYPE html>x", "contentType": "html"}, "html", "<!DOCTYPE html>x"),
            ({"content": "", "contentType": "html"}, "html", ""),
        ],
    )
    def test_what_is_kept(self, given: dict[str, str] | None, kind: str, content: str) -> None:
        assert stored_body(given) == {"contentType": kind, "content": content}

    def test_a_fragment_is_wrapped_once(self) -> None:
        stored = stored_body({"contentType": "html", "content": "<p>x</p>"})
        assert stored["content"].startswith("<html><head>\r\n<meta ")
        assert stored["content"].endswith("<body><p>x</p></body></html>")
        assert stored_body(stored) == stored

    def test_the_form_it_has_is_kept_as_it_is(self) -> None:
        body = {"contentType": "html", "content": "<p>x"}
        assert in_form(body, "html") is body
        assert in_form(body, "text") == {"contentType": "text", "content": "x"}


class TestPreview:
    def test_255_characters(self) -> None:
        assert preview_of({"contentType": "text", "content": "é" * 999}) == "é" * 255

    def test_blanks_become_one(self) -> None:
        assert preview_of({"contentType": "text", "content": "  a \t b\r\nc\n\n"}) == "a b\r\nc"
        assert preview_of({"contentType": "html", "content": "<p>a&nbsp;&nbsp;b</p>"}).startswith("a")

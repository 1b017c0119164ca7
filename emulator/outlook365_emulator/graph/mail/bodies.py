"""Bodies of items: HTML to text and back, and previews.

Forms as Exchange writes them: reference `graph-mail.md` section 3.
"""

import html
import re
from html.parser import HTMLParser
from typing import Any, Literal

_HEAD = '<html><head>\r\n<meta http-equiv="Content-Type" content="text/html; charset=utf-8"></head><body>'
_TAIL = "</body></html>"
_PREVIEW_LENGTH = 255
_BREAKING = frozenset({"br", "p", "div", "tr", "li", "ul", "ol", "table", "h1", "h2", "h3", "h4", "h5", "h6", "hr"})
_SILENT = frozenset({"script", "style", "head", "title"})
_IS_DOCUMENT = re.compile(r"<(?:html|body|!doctype)\b", re.IGNORECASE)


class _TextOf(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT:
            self._silent += 1
        elif tag in _BREAKING:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self._silent = max(0, self._silent - 1)
        elif tag in _BREAKING and tag != "br":
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.parts.append(re.sub(r"[ \t\r\n]+", " ", data))


def html_to_text(content: str) -> str:
    """Return the text of an HTML body, lines ended by CRLF."""
    parser = _TextOf()
    parser.feed(content)
    parser.close()
    lines = [line.strip() for line in "".join(parser.parts).split("\n")]
    text = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n")
    return text.replace("\n", "\r\n")


def text_to_html(content: str) -> str:
    """Return a text body as the HTML that Exchange makes of it."""
    lines = html.escape(content, quote=False).replace("\r\n", "\n").replace("\n", "<br>\r\n")
    return f'{_HEAD}<div class="PlainText">{lines}</div>{_TAIL}'


def stored_body(value: Any) -> dict[str, Any]:
    """Return an `itemBody` as it is stored: `contentType` in lower case, a fragment of HTML made a document.

    Args:
        value: an `itemBody` as sent, already checked against the schema, or None.
    """
    value = value or {}
    content = value.get("content") or ""
    kind = str(value.get("contentType") or "text").lower()
    if kind == "html" and content and not _IS_DOCUMENT.search(content):
        content = f"{_HEAD}{content}{_TAIL}"
    return {"contentType": kind, "content": content}


def in_form(body: dict[str, Any], form: Literal["text", "html"]) -> dict[str, Any]:
    """Return a stored body in the form that a client prefers."""
    if body["contentType"] == form:
        return body
    convert = html_to_text if form == "text" else text_to_html
    return {"contentType": form, "content": convert(body["content"])}


def preview_of(body: dict[str, Any]) -> str:
    """Return `bodyPreview`: the first 255 characters of the text form."""
    content = body["content"]
    text = html_to_text(content) if body["contentType"] == "html" else content
    text = re.sub(r"[ \t]+", " ", text.replace("\r\n", "\n").strip()).replace("\n", "\r\n")
    return text[:_PREVIEW_LENGTH]

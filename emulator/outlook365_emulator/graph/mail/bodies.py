"""Bodies of items: HTML to text and back, and previews.

Forms as Exchange writes them: reference `graph-mail.md` section 3.
"""

import html
import re
from collections.abc import Iterator
from typing import Any, Literal

_HEAD = '<html><head>\r\n<meta http-equiv="Content-Type" content="text/html; charset=utf-8"></head><body>'
_TAIL = "</body></html>"
_PREVIEW_LENGTH = 255
_BREAKING = frozenset({"br", "p", "div", "tr", "li", "ul", "ol", "table", "h1", "h2", "h3", "h4", "h5", "h6", "hr"})
_RAW = frozenset({"script", "style", "title"})
TAG_NAME = re.compile(r"<(/?[a-zA-Z][^\s/>]*)")
"""The beginning of a tag, with its name."""

_MARKUP = re.compile(r"<(?:(/?[a-zA-Z][^\s/>]*)|[!?/])")
"""What is no text: the beginning of a tag, with its name, or of a comment or declaration."""

_TAG_PART = re.compile(r">|=\s*[\"']")
_RAW_END = re.compile(r"</(?:script|style|title)\b", re.IGNORECASE)
_ENDLESS = re.compile(r"&#[0-9]{100,};?")  # Python refuses to read numbers of more than 4300 digits
_SPACES = re.compile(r"[ \t\r\n]+")
_BODY_TAG = re.compile(r"<body\b[^<>]*>", re.IGNORECASE)
_IS_DOCUMENT = re.compile(r"<(?:html|body|!doctype)\b", re.IGNORECASE)


def _pieces(content: str) -> Iterator[tuple[str, str]]:
    """Yield the texts of an HTML body as `("", text)` and its tags as `("p", "")`, `("/p", "")`.

    Every character is looked at a fixed number of times, whatever is left open: what begins a tag, a comment or a
    script and does not end runs to the end of the body, as browsers have it (WHATWG HTML, section 13.2.5).
    """
    position, length = 0, len(content)
    while (match := _MARKUP.search(content, position)) is not None:
        start = match.start()
        if start > position:
            yield "", content[position:start]
        if match[1]:
            position = end_of_tag(content, match.end())
            name = match[1].lower()
            yield name, ""
            if name in _RAW:
                closing = _RAW_END.search(content, position)
                position = closing.start() if closing else length
        else:
            end = content.find("-->" if content.startswith("<!--", start) else ">", start + 2)
            position = length if end < 0 else content.index(">", end) + 1
    if position < length:
        yield "", content[position:]


def end_of_tag(content: str, position: int) -> int:
    """Return where the text after a tag begins; a quoted attribute may hold `>`."""
    while (match := _TAG_PART.search(content, position)) is not None:
        if match[0] == ">":
            return match.end()
        closing = content.find(match[0][-1], match.end())
        if closing < 0:
            break
        position = closing + 1
    return len(content)


def html_to_text(content: str) -> str:
    """Return the text of an HTML body, lines ended by CRLF."""
    parts: list[str] = []
    in_head = in_raw = False
    for tag, text in _pieces(content):
        if tag:
            name = tag.lstrip("/")
            if name in ("head", "body"):
                in_head = tag == "head"
            elif name in _RAW:
                in_raw = tag == name
            elif name in _BREAKING and tag != "/br":
                parts.append("\n")
        elif not (in_head or in_raw):
            parts.append(_SPACES.sub(" ", html.unescape(_ENDLESS.sub("\N{REPLACEMENT CHARACTER}", text))))
    lines = [line.strip() for line in "".join(parts).split("\n")]
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


_QUOTE = re.compile(
    r"<hr\b[^<>]*>\s*<div\b[^<>]*\bid=[\"']?(?:x_)*divRplyFwdMsg"
    r"|<div\b[^<>]*\bid=[\"']?(?:x_)*(?:divRplyFwdMsg|appendonsend)"
    r"|<div\b[^<>]*\bclass=[\"']?(?:x_)*gmail_quote|<blockquote\b[^<>]*\btype=[\"']?cite",
    re.IGNORECASE,
)
_QUOTE_IN_TEXT = re.compile(r"^(?:_{20,}|-{3,} ?Original Message ?-{3,})[ \t]*\r?$", re.MULTILINE)


def unique_part(body: dict[str, Any]) -> dict[str, Any]:
    """Return a stored body without the thread that it quotes (`uniqueBody`)."""
    content = body["content"]
    if body["contentType"] == "html":
        match = _QUOTE.search(content)
        rest = f"{content[: match.start()].rstrip()}{_TAIL}" if match else content
    else:
        match = _QUOTE_IN_TEXT.search(content)
        rest = content[: match.start()].rstrip() if match else content
    return {"contentType": body["contentType"], "content": rest}


def insert_before(document: str, html_fragment: str) -> str:
    """Return an HTML document with a fragment at the beginning of its body."""
    match = _BODY_TAG.search(document)
    if match is None:
        return f"{_HEAD}{html_fragment}{document}{_TAIL}"
    return f"{document[: match.end()]}{html_fragment}{document[match.end() :]}"


def inner_html(document: str) -> str:
    """Return what stands between the body tags of an HTML document, or the fragment itself."""
    match = _BODY_TAG.search(document)
    start = match.end() if match else 0
    end = document.lower().rfind("</body")
    return document[start : end if end >= start else len(document)]

"""Unsafe HTML: what Exchange takes out of a body before it shows it.

Scripts, embedded objects, event handlers and script URLs go; the body as it was sent stays in the mailbox and comes
back with `Prefer: outlook.allow-unsafe-html` and in the MIME text (reference `graph-mail.md` section 3).
"""

import re

from outlook365_emulator.graph.mail.bodies import TAG_NAME, end_of_tag

_WITH_CONTENT = frozenset({"script", "object", "applet", "iframe", "frameset", "noscript"})
_ALONE = frozenset({"embed", "frame", "param", "base", "link", "form", "input", "button", "select", "textarea"})
_SUSPECT = re.compile(
    r"<\s*/?(?:script|object|applet|iframe|frameset|noscript|embed|frame|param|base|link|form|input|button|select|textarea)\b"
    r"|[\s\"'/]on[a-z]{3,}\s*=|(?:java|vb)script\s*:|expression\s*\(|http-equiv\s*=\s*[\"']?refresh",
    re.IGNORECASE,
)
_ATTRIBUTE = re.compile(r"(?<![\s/])[\s/]+([^\s=>\"'/]+)(?:\s*=\s*(\"[^\"]*\"|'[^']*'|[^\s>\"']+))?")
_SCRIPT_URL = re.compile(r"\s*(?:java|vb)script\s*:", re.IGNORECASE)
_SCRIPTED_STYLE = re.compile(r"expression\s*\(|(?:java|vb)script\s*:|behavior\s*:", re.IGNORECASE)
_REFRESH = re.compile(r"http-equiv\s*=\s*[\"']?refresh", re.IGNORECASE)


def safe_html(content: str) -> str:
    """Return an HTML body without what could run.

    Every character is looked at a fixed number of times; content that holds nothing suspect comes back as it is.

    Args:
        content: HTML as it was sent.
    """
    if _SUSPECT.search(content) is None:
        return content
    kept: list[str] = []
    position = 0
    while (start := content.find("<", position)) >= 0:
        kept.append(content[position:start])
        match = TAG_NAME.match(content, start)
        if match is None:
            kept.append("<")
            position = start + 1
            continue
        position = end_of_tag(content, match.end())
        name = match[1].lower()
        plain = name.lstrip("/")
        if name in _WITH_CONTENT:
            closing = re.compile(rf"</{name}\b[^<>]*>", re.IGNORECASE).search(content, position)
            position = closing.end() if closing else len(content)
        elif plain not in _ALONE and plain not in _WITH_CONTENT:
            kept.append(_safe_tag(name, content[start:position]))
    kept.append(content[position:])
    return "".join(kept)


def _safe_tag(name: str, tag: str) -> str:
    if name == "meta" and _REFRESH.search(tag):
        return ""
    return _ATTRIBUTE.sub(_safe_attribute, tag)


def _safe_attribute(match: re.Match[str]) -> str:
    name, value = match[1].lower(), (match[2] or "").strip("\"'")
    if name.startswith("on"):
        return ""
    if name == "style":
        return "" if _SCRIPTED_STYLE.search(value) else match[0]
    return "" if _SCRIPT_URL.match(value) else match[0]

"""Unsafe HTML: what Exchange takes out of a body before it shows it.

Scripts, embedded objects, event handlers and script URLs go; the body as it was sent stays in the mailbox and comes
back with `Prefer: outlook.allow-unsafe-html` and in the MIME text (reference `graph-mail.md` section 3).
"""

import re

from outlook365_emulator.graph.mail.bodies import TAG_NAME

_WITH_CONTENT = frozenset({"script", "object", "applet", "iframe", "frameset", "noscript"})
_ALONE = frozenset({"embed", "frame", "param", "base", "link", "form", "input", "button", "select", "textarea"})
_SUSPECT = re.compile(
    r"<\s*/?(?:script|object|applet|iframe|frameset|noscript|embed|frame|param|base|link|form|input|button|select|textarea)\b"
    r"|[\s\"'/]on[a-z]{3,}\s*=|(?:java|vb)script\s*:|expression\s*\(|http-equiv\s*=\s*[\"']?refresh",
    re.IGNORECASE,
)
_ATTRIBUTE = re.compile(r"[\s/]*(=?[^\s/>=]*)(?:\s*=\s*(\"[^\"]*(?:\"|\Z)|'[^']*(?:'|\Z)|[^\s>\"'][^\s>]*)?)?")
"""One attribute as browsers read it, what stands before it included (WHATWG HTML, sections 13.2.5.32 to 13.2.5.39)."""

_NAME = re.compile(r"[a-z][a-z0-9:._-]*")
"""Names of tags; readers disagree about where a tag with any other name ends, so such a tag goes."""

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
            # A lone "<" would make a tag of what follows once something behind it is gone.
            kept.append("<" if content.startswith(("<!", "<?"), start) else "&lt;")
            position = start + 1
            continue
        name = match[1].lower()
        plain = name.lstrip("/")
        position, attributes = _attributes(content, match.end())
        if name in _WITH_CONTENT:
            closing = re.compile(rf"</{name}\b[^<>]*>", re.IGNORECASE).search(content, position)
            position = closing.end() if closing else len(content)
        elif _NAME.fullmatch(plain) and plain not in _ALONE and plain not in _WITH_CONTENT:
            kept.append(_safe_tag(name, match[0], attributes))
    kept.append(content[position:])
    return "".join(kept)


def _attributes(content: str, position: int) -> tuple[int, list[re.Match[str]]]:
    """Return where the text after a tag begins, and the tag's attributes."""
    found: list[re.Match[str]] = []
    while position < len(content) and content[position] != ">":
        match = _ATTRIBUTE.match(content, position)
        if match is None or match.end() == position:
            break
        found.append(match)
        position = match.end()
    return position + 1, found


def _safe_tag(name: str, opening: str, attributes: list[re.Match[str]]) -> str:
    written = "".join(one[0] for one in attributes if _is_safe(one))
    return "" if name == "meta" and _REFRESH.search(written) else f"{opening}{written}>"


def _is_safe(attribute: re.Match[str]) -> bool:
    name, value = attribute[1].lower(), (attribute[2] or "").strip("\"'")
    if name.startswith(("on", "=")) or "<" in attribute[0]:
        return False
    return not (_SCRIPTED_STYLE.search(value) if name == "style" else _SCRIPT_URL.match(value))

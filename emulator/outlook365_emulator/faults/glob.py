"""Patterns with stars, without case, in time proportional to pattern and text (no regular expressions)."""

from collections.abc import Callable
from typing import TypeAlias

Test: TypeAlias = Callable[[str], bool]


def text_glob(pattern: str) -> Test:
    """Compile a pattern in which `*` stands for any text, also none.

    Args:
        pattern: `mail.*`, `*@contoso.com`; without a star the text must be equal.

    Returns:
        A function that says whether a text matches; upper and lower case are the same.
    """
    first, *rest = pattern.lower().split("*")
    if not rest:
        return lambda text: text.lower() == first
    *middle, last = rest

    def test(text: str) -> bool:
        text = text.lower()
        at, end = len(first), len(text) - len(last)
        if at > end or not text.startswith(first) or not text.endswith(last):
            return False
        for piece in middle:
            found = text.find(piece, at, end)
            if found < 0:
                return False
            at = found + len(piece)
        return True

    return test


def path_glob(pattern: str) -> Test:
    """Compile a pattern for a path: `*` stays within a segment, the segment `**` is any number of segments, also none.

    Args:
        pattern: `/v1.0/users/*/messages`, `/**/messages/**`.

    Returns:
        A function that says whether a path matches; upper and lower case are the same, as in Graph.
    """
    groups: list[list[Test]] = [[]]
    for segment in pattern.split("/"):
        if segment == "**":
            groups.append([])
        else:
            groups[-1].append(text_glob(segment))
    first, *rest = groups
    if not rest:
        return lambda path: _all_match(first, path.split("/"))
    *middle, last = rest

    def test(path: str) -> bool:
        segments = path.split("/")
        at, end = len(first), len(segments) - len(last)
        if at > end or not _all_match(first, segments[:at]) or not _all_match(last, segments[end:]):
            return False
        for group in middle:
            found = _first_fit(group, segments, at, end)
            if found < 0:
                return False
            at = found + len(group)
        return True

    return test


def _all_match(tests: list[Test], segments: list[str]) -> bool:
    return len(tests) == len(segments) and all(test(segment) for test, segment in zip(tests, segments, strict=True))


def _first_fit(tests: list[Test], segments: list[str], at: int, end: int) -> int:
    for start in range(at, end - len(tests) + 1):
        if _all_match(tests, segments[start : start + len(tests)]):
            return start
    return -1

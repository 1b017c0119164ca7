"""The query options of a request: reading all of them, and what is wrong with any of them."""

import re
from collections.abc import Callable, Collection, Mapping
from typing import Any, Final
from urllib.parse import unquote_plus

from msgspec import Struct, field

from outlook365_emulator.odata.ordering import OrderTerm, parse_orderby
from outlook365_emulator.odata.parser import parse_filter
from outlook365_emulator.odata.problems import (
    DuplicateOption,
    InvalidOption,
    OdataError,
    OdataSyntaxError,
    OptionNotAllowed,
    UnknownOption,
)
from outlook365_emulator.odata.selection import SelectPath, parse_path, parse_select, split
from outlook365_emulator.odata.tree import Node

MAX_EXPAND_DEPTH = 8
"""How deep `$expand` may stand within `$expand`."""

_WHOLE = re.compile(r"[0-9]{1,10}")
_MAX_NUMBER = 2**31 - 1


class QueryOptions(Struct, frozen=True):
    """The query options of a request, or those of one expanded property.

    Attributes:
        select: the paths of `$select`, or None.
        expand: the items of `$expand`.
        filter: the tree of `$filter`, or None.
        orderby: the terms of `$orderby`.
        search: the decoded text of `$search`, or None.
        top, skip: the numbers of `$top` and `$skip`, or None.
        count: the value of `$count`, or None.
        levels: the number of `$levels`, -1 for `max`, or None.
        skiptoken, deltatoken: the decoded tokens, or None.
        format: the decoded text of `$format`, or None.
        raw: the decoded text of every option by name in lower case without `$`, in the order given.
        custom: the decoded parameters that are no options, by name as written; the first of several of one name.
        encoded_dollar: whether an option was written with `%24`.
        query: the raw query.
        problems: what is wrong, in the order found. An option with a problem has no value.
    """

    select: tuple[SelectPath, ...] | None = None
    expand: "tuple[ExpandItem, ...]" = ()
    filter: Node | None = None
    orderby: tuple[OrderTerm, ...] = ()
    search: str | None = None
    top: int | None = None
    skip: int | None = None
    count: bool | None = None
    levels: int | None = None
    skiptoken: str | None = None
    deltatoken: str | None = None
    format: str | None = None
    raw: Mapping[str, str] = field(default_factory=dict)
    custom: Mapping[str, str] = field(default_factory=dict)
    encoded_dollar: bool = False
    query: str = ""
    problems: tuple[OdataError, ...] = ()


class ExpandItem(Struct, frozen=True):
    """One property of `$expand`.

    Attributes:
        path: the property behind its casts, as written: `("microsoft.graph.itemAttachment", "item")`, or `("*",)`.
        options: the options in its parentheses.
    """

    path: SelectPath
    options: QueryOptions = QueryOptions()


def parse_options(query: str, allowed: Collection[str]) -> QueryOptions:
    """Read a query string.

    The `$` may lack before the name of an allowed option, as on Graph v1.0; names are taken in any case. Parameters
    that neither begin with `$` nor name an allowed option are custom, as OData has them.

    Args:
        query: the raw query, without `?`.
        allowed: the options that the operation takes, in lower case without `$`.

    Returns:
        The options. Nothing raises: see `problems`.
    """
    pairs: list[tuple[str, str]] = []
    encoded = False
    for pair in query.split("&"):
        if pair:
            name, _, value = pair.partition("=")
            encoded = encoded or name.startswith("%24")
            pairs.append((unquote_plus(name).strip(), unquote_plus(value)))
    return _read(pairs, allowed, 0, query=query, encoded_dollar=encoded)


def parse_expand(text: str, depth: int = 0) -> tuple[ExpandItem, ...]:
    """Read the value of `$expand` (decoded): `attachments($select=id,name;$top=3),extensions`.

    Args:
        text: the text.
        depth: in how many `$expand` it stands.

    Raises:
        OdataSyntaxError: when the text is no such list, or stands too deep.
        OdataError: the first problem of an option in parentheses.
    """
    if depth > MAX_EXPAND_DEPTH:
        raise OdataSyntaxError(0, "$expand nested too deeply", text)
    return tuple(_expand_item(part, start, text, depth) for start, part in split(text, ","))


def _expand_item(part: str, start: int, text: str, depth: int) -> ExpandItem:
    name, bracket, inside = part.partition("(")
    path = parse_path(name, start, text)
    if not bracket:
        return ExpandItem(path)
    inside = inside.rstrip()
    if not inside.endswith(")"):
        raise OdataSyntaxError(start + len(part), "expected ',' after ')'", text)
    pairs: list[tuple[str, str]] = []
    for begin, option in split(inside[:-1], ";"):
        key, equals, value = option.partition("=")
        if not equals:
            raise OdataSyntaxError(start + len(name) + 1 + begin, "expected an option and '='", text)
        pairs.append((key.strip(), value))
    options = _read(pairs, NESTED_OPTIONS, depth + 1, query=inside[:-1])
    if options.problems:
        raise options.problems[0]
    return ExpandItem(path, options)


def _whole_number(text: str) -> int:
    if not _WHOLE.fullmatch(text.strip()) or int(text) > _MAX_NUMBER:
        raise ValueError("expected a non-negative integer")
    return int(text)


def _boolean(text: str) -> bool:
    # Microsoft's ODataUriParser takes lower case only.
    if text.strip() not in ("true", "false"):
        raise ValueError("expected true or false")
    return text.strip() == "true"


def _levels(text: str) -> int:
    return -1 if text.strip().lower() == "max" else _whole_number(text)


_READERS: Final[dict[str, Callable[[str], Any]]] = {
    "select": parse_select,
    "filter": parse_filter,
    "orderby": parse_orderby,
    "search": str,
    "top": _whole_number,
    "skip": _whole_number,
    "count": _boolean,
    "levels": _levels,
    "skiptoken": str,
    "deltatoken": str,
    "format": str,
}

OPTIONS: Final = frozenset(_READERS) - {"levels"} | {"expand"}
"""Every option of a request, in lower case without `$`."""

NESTED_OPTIONS: Final = frozenset({"select", "expand", "filter", "orderby", "search", "top", "skip", "count", "levels"})
"""The options that may stand in the parentheses of `$expand`."""


def _read(
    pairs: list[tuple[str, str]], allowed: Collection[str], depth: int, *, query: str, encoded_dollar: bool = False
) -> QueryOptions:
    values: dict[str, Any] = {}
    raw: dict[str, str] = {}
    custom: dict[str, str] = {}
    problems: list[OdataError] = []
    for written, text in pairs:
        name = written.lower().removeprefix("$")
        known = name in OPTIONS or name in NESTED_OPTIONS
        if not written.startswith("$") and name not in allowed:
            custom.setdefault(written, text)
        elif not known:
            problems.append(UnknownOption(written))
        elif name not in allowed:
            problems.append(OptionNotAllowed("$" + name))
        elif name in raw:
            problems.append(DuplicateOption("$" + name))
        else:
            raw[name] = text
            try:
                values[name] = _value(name, text, depth)
            except OdataError as problem:
                problems.append(problem)
            except ValueError as error:
                problems.append(InvalidOption("$" + name, text, str(error)))
    return QueryOptions(
        **values, raw=raw, custom=custom, encoded_dollar=encoded_dollar, query=query, problems=tuple(problems)
    )


def _value(name: str, text: str, depth: int) -> Any:
    return parse_expand(text, depth) if name == "expand" else _READERS[name](text)

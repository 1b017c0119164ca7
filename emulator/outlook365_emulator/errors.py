"""Errors as values: what Microsoft answers on the wire, and beside it our explanation for the journal.

Texts live in `tables/graph_errors.json` and `tables/aadsts.json`. The envelope (ids, dates, trailer) is written by
`graph` and `entra`, which know the request.
"""

import re
from collections.abc import Iterable, Mapping
from typing import TypeVar

from outlook365_emulator.tables.aadsts import Elsewhere, entra_error_rows, entra_places
from outlook365_emulator.tables.files import unknown
from outlook365_emulator.tables.graph_errors import Envelope, graph_error_rows

__all__ = ["EntraError", "GraphError", "entra_error", "graph_error"]

T = TypeVar("T")

_PARAMETER = re.compile(r"\{([a-z_]+)\}")


class GraphError(Exception):
    """An error answer of Microsoft Graph.

    Attributes:
        name: the row of `tables/graph_errors.json`.
        status: HTTP status.
        code: `error.code`.
        message: `error.message`.
        envelope: `gateway` (with `innerError`) or `workload` (without).
        headers: header fields that go with it, such as `Retry-After`.
        members: further members of the `error` object, such as `@event.existingEventId`.
        because: our explanation, for the journal only.
    """

    def __init__(
        self,
        name: str,
        status: int,
        code: str,
        message: str,
        envelope: Envelope,
        *,
        headers: Iterable[tuple[str, str]] = (),
        members: Mapping[str, object] | None = None,
        because: str = "",
    ) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.name = name
        self.status = status
        self.code = code
        self.message = message
        self.envelope: Envelope = envelope
        self.headers = list(headers)
        self.members = dict(members or {})
        self.because = because


class EntraError(Exception):
    """An error answer of Microsoft Entra.

    Attributes:
        numbers: the AADSTS numbers, outermost first; usually one.
        error: OAuth `error`.
        status: HTTP status where it is answered as JSON.
        description: `error_description` without its trailer: `AADSTS50126: Error validating …`.
        suberror: `suberror`, or "".
        has_uri: whether the answer has `error_uri`.
        claims: the JSON text of `claims`, or "".
        headers: header fields that go with it, such as `Retry-After`.
        because: our explanation, for the journal only.
    """

    def __init__(
        self,
        numbers: tuple[int, ...],
        error: str,
        status: int,
        description: str,
        *,
        suberror: str = "",
        has_uri: bool = True,
        claims: str = "",
        headers: Iterable[tuple[str, str]] = (),
        because: str = "",
    ) -> None:
        super().__init__(f"{status} {error}: {description}")
        self.numbers = numbers
        self.error = error
        self.status = status
        self.description = description
        self.suberror = suberror
        self.has_uri = has_uri
        self.claims = claims
        self.headers = list(headers)
        self.because = because

    @property
    def number(self) -> int:
        """The number that tells what is wrong: the innermost one."""
        return self.numbers[-1]


def _filled(owner: str, template: str, params: Mapping[str, object]) -> str:
    """Put the parameters into a text; braces that name none stay as they are."""
    needed = list(dict.fromkeys(_PARAMETER.findall(template)))
    missing = [one for one in needed if one not in params]
    if missing:
        raise KeyError(f"{owner} needs {', '.join(missing)}; its text names {', '.join(needed)}")
    return _PARAMETER.sub(lambda match: str(params[match[1]]), template)


def graph_error(
    name: str,
    /,
    *,
    because: str = "",
    headers: Iterable[tuple[str, str]] = (),
    members: Mapping[str, object] | None = None,
    **params: object,
) -> GraphError:
    """Make an error of Microsoft Graph, to be raised or returned.

    Args:
        name: a row of `tables/graph_errors.json`.
        because: our explanation for the journal: what was wrong and what would be right.
        headers: header fields that go with the answer.
        members: further members of the `error` object.
        **params: what the row's message names in braces; others are allowed and ignored.

    Raises:
        LookupError: there is no such row; the message names the nearest.
        KeyError: a parameter of the message is missing.
    """
    row = graph_error_rows().get(name)
    if row is None:
        raise unknown("Graph error", name, graph_error_rows())
    message = _filled(f"the Graph error {name}", row.message, params)
    return GraphError(
        name, row.status, row.code, message, row.envelope, headers=headers, members=members, because=because
    )


def entra_error(
    number: int,
    /,
    *,
    because: str = "",
    where: str = "token",
    within: int | None = None,
    error: str | None = None,
    status: int | None = None,
    suberror: str | None = None,
    claims: str = "",
    headers: Iterable[tuple[str, str]] = (),
    **params: object,
) -> EntraError:
    """Make an error of Microsoft Entra, to be raised or returned.

    Args:
        number: a row of `tables/aadsts.json`.
        because: our explanation for the journal.
        where: the place or the case, for numbers whose answer differs by it: `token`, `authorize`, `metadata`, `v1`,
            `obo`, `device`, `adminconsent`, and what `elsewhere` of the row names.
        within: an outer number, for the chains of the v1 endpoint (`AADSTS70002: … AADSTS54005: …`).
        error: OAuth `error` instead of the row's.
        status: HTTP status instead of the row's.
        suberror: `suberror` instead of the row's; "" for none.
        claims: JSON text of a claims challenge.
        headers: header fields that go with the answer.
        **params: what the row's text names in braces; others are allowed and ignored.

    Raises:
        LookupError: there is no such number or place; the message names the nearest.
        KeyError: a parameter of the text is missing.
    """
    row = entra_error_rows().get(number)
    if row is None:
        raise unknown("AADSTS error", number, entra_error_rows())
    if where not in entra_places():
        raise unknown("place", where, entra_places())
    there = row.elsewhere.get(where, _SAME)
    text = _filled(f"AADSTS{number}", there.text if there.text is not None else row.text, params)
    description = f"AADSTS{number}: {text}"
    numbers: tuple[int, ...] = (number,)
    if within is not None:
        description, numbers = f"{_outer(within, params)} {description}", (within, number)
    return EntraError(
        numbers,
        _first(error, there.error, row.error),
        _first(status, there.status, row.status),
        description,
        suberror=_first(suberror, there.suberror, row.suberror),
        has_uri=row.has_uri,
        claims=claims,
        headers=headers,
        because=because,
    )


_SAME = Elsewhere()


def _outer(number: int, params: Mapping[str, object]) -> str:
    row = entra_error_rows()[number]
    text = row.elsewhere.get("v1", _SAME).text
    return f"AADSTS{number}: {_filled(f'AADSTS{number}', text if text is not None else row.text, params)}"


def _first(override: T | None, there: T | None, row: T) -> T:
    return override if override is not None else there if there is not None else row

"""Rows of `aadsts.json`: the errors of Entra by their AADSTS number (reference entra 3.4)."""

from functools import cache

import msgspec

from outlook365_emulator.tables.files import read_rows


class Elsewhere(msgspec.Struct, frozen=True, omit_defaults=True):
    """What differs where an error is not answered by the v2 token endpoint; None: the same."""

    error: str | None = None
    status: int | None = None
    suberror: str | None = None
    text: str | None = None


class EntraErrorRow(msgspec.Struct, frozen=True):
    """One error of Entra.

    Attributes:
        number: the AADSTS number.
        error: OAuth `error` at the v2 token endpoint, or at authorize where it occurs only there.
        status: HTTP status as JSON; at authorize the error goes to the redirect URI or a page.
        suberror: `suberror`, or "".
        text: the sentence after `AADSTS{number}: `, with `{parameters}`, without trailer.
        has_uri: whether the answer has `error_uri` (only numbers that the look-up page knows).
        mark: evidence: R recorded, D documented, P quoted by others, S read in a client, I inferred, U unverified.
        where: the endpoints that answer it: `token`, `authorize` (redirect or page), `metadata`.
        elsewhere: differences by place (`authorize`, `metadata`, `v1`, `obo`, `device`, `adminconsent`) or by case
            (`key_expired` of 700027, `cancel` of 90094).
    """

    number: int
    error: str
    status: int
    text: str
    mark: str
    where: tuple[str, ...] = ("token",)
    suberror: str = ""
    has_uri: bool = True
    elsewhere: dict[str, Elsewhere] = {}


@cache
def entra_error_rows() -> dict[int, EntraErrorRow]:
    """Return every row by its number."""
    return {row.number: row for row in read_rows("aadsts.json", list[EntraErrorRow])}


@cache
def entra_places() -> frozenset[str]:
    """Return every place and case that some row knows, and those where all rows answer alike."""
    named = {place for row in entra_error_rows().values() for place in row.elsewhere}
    return frozenset(named | {"token", "authorize", "metadata", "page"})

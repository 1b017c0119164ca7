"""Rows of the error tables as the answers of faults."""

from collections.abc import Iterable, Mapping
from typing import Any

from outlook365_emulator.errors import EntraError, GraphError, entra_error, graph_error
from outlook365_emulator.faults.decode import unknown
from outlook365_emulator.faults.facts import Facts
from outlook365_emulator.tables.aadsts import entra_error_rows
from outlook365_emulator.tables.graph_errors import graph_error_rows

_USUAL = {
    "limit": "MailboxConcurrency",  # the limit that Outlook names most (reference graph-core 11)
    "resource": "00000003-0000-0000-c000-000000000000",  # Microsoft Graph, the resource of every token we issue
    "resource_name": "Microsoft Graph",
}
_FACTS = ("operation", "method", "path", "host", "tenant", "application", "user", "mailbox", "folder", "grant")
_RENAMED = {"app_id": "application", "app": "application", "tid": "tenant", "grant_type": "grant"}


def graph_row(name: str, params: Mapping[str, str], facts: Facts) -> GraphError:
    """Make the Graph error of a row.

    Args:
        name: the row.
        params: what its text names in braces.
        facts: the request, which fills what is not given.

    Raises:
        ValueError: there is no such row, a parameter is missing, or one is given that the text does not name.
    """
    row = graph_error_rows().get(name)
    if row is None:
        raise ValueError(unknown("Graph error", name, graph_error_rows()))
    _check_params(params, [row.message])
    try:
        return graph_error(name, **_filled(params, facts))
    except KeyError as error:
        raise ValueError(f"{error.args[0]}: give it in params") from None


def entra_row(number: int, params: Mapping[str, str], facts: Facts) -> EntraError:
    """Make the Entra error of a number, worded for the place where the request was made.

    Args:
        number: the AADSTS number.
        params: what its text names in braces.
        facts: the request, which fills what is not given.

    Raises:
        ValueError: there is no such number, a parameter is missing, or one is given that the text does not name.
    """
    row = entra_error_rows().get(number)
    if row is None:
        raise ValueError(unknown("AADSTS number", number, map(str, entra_error_rows())))
    _check_params(params, [row.text, *(other.text or "" for other in row.elsewhere.values())])
    try:
        return entra_error(number, where=facts.operation.partition(".")[0] or "token", **_filled(params, facts))
    except KeyError as error:
        raise ValueError(f"{error.args[0]}: give it in params") from None


def _filled(params: Mapping[str, str], facts: Facts) -> dict[str, Any]:
    own = {name: getattr(facts, name) for name in _FACTS}
    renamed = {name: getattr(facts, fact) for name, fact in _RENAMED.items()}
    return {**_USUAL, **own, **renamed, "scope": " ".join(facts.scopes), **params}


def _check_params(params: Mapping[str, str], texts: Iterable[str]) -> None:
    text = "".join(texts)
    for name in params:
        if f"{{{name}}}" not in text:
            raise ValueError(f"params: the text names no {name!r}: {text}")

"""`outlook365-emulator permissions` and `operations`: what is emulated, and which permission opens it."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import click

from outlook365_emulator.cli.asking import facts, json_option, table, tell
from outlook365_emulator.cli.serving import Refused

if TYPE_CHECKING:
    from outlook365_emulator.graph.operation import Operation

SCHEMES = ("work", "personal", "shared", "application")
TITLES = {
    "work": "delegated",
    "personal": "delegated, personal account",
    "shared": "delegated, another person's mailbox",
    "application": "application",
}


@click.command(
    epilog="\b\nExamples:\n  outlook365-emulator permissions GET /me/messages\n"
    "  outlook365-emulator permissions POST https://graph.microsoft.com/v1.0/users/ada@contoso.com/sendMail"
)
@json_option
@click.argument("method")
@click.argument("path", metavar="PATH|URL")
def permissions(as_json: bool, method: str, path: str) -> None:
    """Say which permission a request needs: any one of a line opens it, the least privileged one stands first."""
    found = _operation(method.upper(), path)
    row = found.permissions
    opening = {TITLES[scheme]: _names(found, scheme) for scheme in SCHEMES} if row is not None and not row.open else {}
    answer = {"operation": found.name, "route": found.route, "least": found.least, "opens": opening}
    tell(answer, _written, as_json=as_json)


def _names(operation: "Operation", scheme: Any) -> list[str]:
    from outlook365_emulator.tables.graph_permissions import allowed

    if operation.permissions is None or (scheme == "shared" and "user" not in operation.placeholders):
        return []
    names = allowed(operation.permissions, scheme)
    direct = {
        "work": operation.permissions.work,
        "personal": operation.permissions.personal,
        "shared": operation.permissions.shared,
        "application": operation.permissions.application,
    }[scheme]
    return [*(name for name in direct if name in names), *sorted(names - set(direct))]


def _written(answer: dict[str, Any]) -> Iterable[str]:
    yield from facts({"request": answer["route"], "operation": answer["operation"]})
    if not answer["opens"]:
        yield "any token opens it; what the request carries decides"
    else:
        yield from facts({title: ", ".join(names) or "not supported" for title, names in answer["opens"].items()})


def _operation(method: str, path: str) -> "Operation":
    """Find the operation that a request means.

    Raises:
        Refused: there is none; the message says what there is.
    """
    from urllib.parse import urlsplit

    from outlook365_emulator.errors import GraphError
    from outlook365_emulator.graph.paths import read_path
    from outlook365_emulator.graph.routing import Routes
    from outlook365_emulator.graph.service import operations as declared
    from outlook365_emulator.tables.graph_permissions import permission_rows
    from outlook365_emulator.tables.graph_segments import graph_segments

    given = urlsplit(path).path
    if not given.lower().startswith(("/v1.0", "/beta")):
        given = f"/v1.0/{given.lstrip('/')}"
    try:
        return Routes(declared(), permission_rows(), graph_segments()).find(read_path(given), method)[0]
    except GraphError as error:
        raise Refused(f"{method} {path}: {error.because or error}") from None


@click.command(epilog="\b\nExample:\n  outlook365-emulator operations --containing calendar")
@json_option
@click.option("--containing", metavar="TEXT", default="", help="Only those whose name or path holds the text.")
def operations(as_json: bool, containing: str) -> None:
    """List the operations of Microsoft Graph that are emulated."""
    from outlook365_emulator.graph.service import operations as declared

    rows = [
        {"name": one.name, "route": one.route, "least": one.least}
        for one in sorted(declared().values(), key=lambda one: one.name)
        if containing.lower() in f"{one.name} {one.route}".lower()
    ]
    tell(rows, lambda found: table(found, ("name", "route", "least")), as_json=as_json)

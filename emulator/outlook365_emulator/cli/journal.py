"""`outlook365-emulator journal`: what a running emulator was asked, what it answered, and why."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

import click

from outlook365_emulator.cli.asking import Asked, given, remote, tell

PAUSE = 0.3
"""Seconds between two looks at a journal that is followed."""


@click.group(epilog="\b\nExample:\n  outlook365-emulator journal tail -f")
def journal() -> None:
    """Read the journal of requests."""


@journal.command(epilog="\b\nExample:\n  outlook365-emulator journal tail -f --status 403")
@remote
@click.option("-f", "--follow", is_flag=True, help="Go on until Ctrl-C.")
@click.option("-n", "--lines", type=click.IntRange(0, 100_000), default=20, show_default=True, help="How many first.")
@click.option("--operation", help="Only this operation, such as mail.messages.list.")
@click.option("--status", type=click.IntRange(0, 599), help="Only answers with this status.")
def tail(asked: Asked, as_json: bool, follow: bool, lines: int, operation: str | None, status: int | None) -> None:
    """Print the newest entries; with --json one object a line."""
    import contextlib
    import threading

    since = 0
    wanted = given(operation=operation, status=status)
    with contextlib.suppress(KeyboardInterrupt):
        first = True
        while True:
            query = urlencode({**wanted, "since": since})
            found = asked.call("GET", f"{asked.world}/journal?{query}")
            entries = found["entries"]
            if first and len(entries) > lines:
                entries = entries[len(entries) - lines :]
            for entry in entries:
                _print(entry, as_json=as_json)
            since, first = found["total"], False
            if not follow:
                return
            threading.Event().wait(PAUSE)


@journal.command(epilog="\b\nExample:\n  outlook365-emulator journal privileges --json")
@remote
def privileges(asked: Asked, as_json: bool) -> None:
    """Say what each application needed of the permissions that it held: the smallest set, and what was in excess."""
    from outlook365_emulator.client.privileges import privileges_of

    found = asked.call("GET", f"{asked.world}/journal/privileges")

    def written(document: dict[str, Any]) -> Iterable[str]:
        if document["dropped"]:
            yield f"({document['dropped']} earlier requests are no longer kept and not considered)"
        if not document["applications"]:
            yield "no request to Microsoft Graph was answered that a permission opens"
        yield from (str(privileges_of(one)) for one in document["applications"])

    tell(found, written, as_json=as_json)


def _print(entry: dict[str, Any], *, as_json: bool) -> None:
    import json
    import sys

    click.echo(json.dumps(entry) if as_json else "\n".join(_written(entry)))
    sys.stdout.flush()


def _written(entry: dict[str, Any]) -> Iterable[str]:
    status = entry["status"]
    colour = "green" if 0 < status < 400 else "yellow" if status < 500 else "red"
    what = entry["operation"] or entry["service"]
    yield (
        f"{entry['number']:>5}  {entry['at'][11:23]}  {click.style(str(status), fg=colour)}  "
        f"{entry['method']} {entry['url']}  {what}" + (f"  {entry['code']}" if entry["code"] else "")
    )
    for label, text in (
        ("why", entry["reason"]),
        ("missing, any of", ", ".join(entry["missing"])),
        ("fault", entry["fault"]),
    ):
        if text:
            yield f"       {label}: {text}"

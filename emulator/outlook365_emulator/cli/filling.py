"""`outlook365-emulator mail fill`: invented mail for a mailbox, with its progress on a terminal."""

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

from outlook365_emulator.cli.asking import Asked, facts, given, of_tenant, tell

PATIENCE = 0.01
"""Seconds that a message may take, beyond what any call may."""

LOOK_AGAIN = 0.3
"""Seconds between two looks at how far it is."""


@click.command("fill", epilog="\b\nExample:\n  outlook365-emulator mail fill --user ada --messages 500 --seed 7")
@of_tenant
@click.option("--user", required=True, metavar="ID|NAME|ADDRESS", help="Whose mailbox is meant.")
@click.option("--messages", default=500, show_default=True, type=click.IntRange(1, 1_000_000), help="How many.")
@click.option("--seed", type=int, help="The same seed gives the same mail; drawn when left out.")
def fill_mailbox(asked: Asked, as_json: bool, user: str, messages: int, seed: int | None) -> None:
    """Fill a mailbox with believable mail: threads, senders, attachments, dates up to the world's present."""
    path = asked.user(user)
    before = _messages_in(asked, path)
    with _progress(messages, lambda: _messages_in(asked.again(), path) - before):
        document = given(messages=messages, seed=seed)
        found = asked.call("POST", f"{path}/fill", document, patience=PATIENCE * messages)
    tell(found, facts, as_json=as_json)


def _messages_in(asked: Asked, path: str) -> int:
    return sum(folder["totalItemCount"] for folder in asked.call("GET", f"{path}/folders")["value"])


@contextmanager
def _progress(total: int, so_far: Callable[[], int]) -> Iterator[None]:
    """Show on a terminal how many of a number are done, while the block runs; elsewhere show nothing."""
    if not sys.stderr.isatty():
        yield
        return
    from rich.console import Console
    from rich.progress import Progress

    ended = threading.Event()
    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("Filling", total=total)

        def watch() -> None:
            while not ended.wait(LOOK_AGAIN):
                bar.update(task, completed=so_far())

        watcher = threading.Thread(target=watch, daemon=True)
        watcher.start()
        try:
            yield
        finally:
            ended.set()
            watcher.join()

"""What `--data` costs: a unit of work in memory and kept, an idle request, reading back; in microseconds of real time.

Run `python benchmarks/durable.py [--json] [--messages N]`. In memory a unit of work must stay the same; kept, it is one
SQLite transaction, which must not take longer than half a millisecond in the middle of the measured ones.
"""

import argparse
import json
import shutil
import statistics
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import Any

from outlook365_emulator.clock import Clock
from outlook365_emulator.directory.tenants import make_tenant
from outlook365_emulator.directory.users import add_user
from outlook365_emulator.store.hosting import Hosting
from outlook365_emulator.store.mailbox import Mailbox
from outlook365_emulator.store.records.mail import Message
from outlook365_emulator.store.world import World

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
DOCUMENT = b'{"subject":"Invoice","body":{"contentType":"html","content":"' + b"x" * 3000 + b'"}}'
LIMIT = 500.0
"""Microseconds that a kept unit of work may take in the median."""


def hosted(hosting: Hosting) -> tuple[World, Mailbox]:
    world = World("measured", seed=1, clock=Clock(NOW, frozen=True))
    hosting.add(world)
    tenant = make_tenant(world, domains=("contoso.example",))
    hosting.add_tenant(world, tenant)
    with world.unit() as unit:
        ada = add_user(world, tenant, unit, "ada")
    mailbox = tenant.mailbox_of(ada)
    assert mailbox is not None
    return world, mailbox


def message(number: int) -> Message:
    times: dict[str, Any] = dict.fromkeys(("received", "sent", "created", "modified"), NOW)
    texts: dict[str, Any] = dict.fromkeys(
        "importance inference flag_status conversation internet_message_id from_address from_name sender_address "
        "sender_name preview subject".split(),
        "normal",
    )
    flags: dict[str, Any] = dict.fromkeys(("is_read", "is_draft", "has_attachments"), False)
    return Message(
        number=number, stable=number, folder=268, change=number, document=DOCUMENT, **times, **texts, **flags
    )


def each(count: int, action: Callable[[], object]) -> list[float]:
    found = []
    for _ in range(count):
        started = perf_counter()
        action()
        found.append((perf_counter() - started) * 1e6)
    return found


def writing(world: World, mailbox: Mailbox) -> Callable[[], object]:
    def write() -> None:
        with world.unit() as unit:
            unit.put_item(mailbox, mailbox.messages, message(mailbox.take_number()))

    return write


def measured(count: int, folder: Path) -> dict[str, float]:
    from outlook365_emulator.store.durable.recorder import DataDirectory

    world, mailbox = hosted(Hosting())
    in_memory = each(count, writing(world, mailbox))
    data, hosting = DataDirectory(folder), Hosting()
    hosting.recorder = data
    world, mailbox = hosted(hosting)
    kept = each(count, writing(world, mailbox))
    idle = each(count, lambda: data.settle(world))
    data.close()
    size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
    started = perf_counter()
    data = DataDirectory(folder)
    back = list(data.stored())
    reading = perf_counter() - started
    held = sum(len(box.messages) for one in back for tenant in one.tenants.values() for box in tenant.mailboxes)
    assert held == count, f"{held} of {count} messages came back"
    data.close()
    return {
        "in memory, median": statistics.median(in_memory),
        "kept, median": statistics.median(kept),
        "kept, 99 of 100": statistics.quantiles(kept, n=100)[98],
        "kept, slowest": max(kept),
        "request without a change, median": statistics.median(idle),
        "read back, per message": reading / count * 1e6,
        "on disk, bytes per message": size / count,
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="print the numbers as JSON")
    parser.add_argument("--messages", type=int, default=10_000, help="units of work that are measured")
    chosen = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="outlook365-"))
    try:
        numbers = measured(chosen.messages, folder)
    finally:
        shutil.rmtree(folder)
    if chosen.json:
        print(json.dumps(numbers))
    else:
        for name, value in numbers.items():
            print(f"{name:<36}{value:10.1f}")
    return int(numbers["kept, median"] > LIMIT)


if __name__ == "__main__":
    sys.exit(main())

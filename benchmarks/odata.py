"""What a filter costs: nanoseconds per row of compiled filters beside hand-written comprehensions.

Run `python benchmarks/odata.py [--json] [--rows N]`.
"""

import argparse
import gc
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from operator import attrgetter
from time import perf_counter
from typing import Any

from outlook365_emulator.odata.evaluator import compile_filter
from outlook365_emulator.odata.parser import parse_filter
from outlook365_emulator.odata.records import Property, RecordType

START = datetime(2026, 1, 1, tzinfo=UTC)


class Record:
    """The hot fields of a message, as the store keeps them."""

    __slots__ = ("address", "categories", "read", "received", "subject")

    def __init__(self, number: int) -> None:
        self.subject = f"Weekly report {number} of the Sales team"
        self.address = f"Person{number % 500}@example.org"
        self.read = number % 3 != 0
        self.received = START + timedelta(minutes=number)
        self.categories = ("Blue", "Green") if number % 4 == 0 else ()


def _record_type() -> RecordType:
    address = Property("address", "string", attrgetter("address"))
    email = Property("emailAddress", "complex", None, {"address": address})
    properties = [
        Property("subject", "string", attrgetter("subject")),
        Property("from", "complex", None, {"emailaddress": email}),
        Property("isRead", "boolean", attrgetter("read")),
        Property("receivedDateTime", "datetime", attrgetter("received"), nullable=False),
        Property("categories", "collection", attrgetter("categories"), element=Property("", "string", None)),
    ]
    return RecordType("microsoft.graph.message", {one.name.lower(): one for one in properties})


LATE = START + timedelta(minutes=50_000)
CASES: dict[str, tuple[str, Callable[[list[Record]], list[Record]]]] = {
    "from eq": (
        "from/emailAddress/address eq 'person7@example.org'",
        lambda rows: [r for r in rows if r.address.lower() == "person7@example.org"],
    ),
    "isRead and date": (
        f"isRead eq false and receivedDateTime ge {LATE:%Y-%m-%dT%H:%M:%SZ}",
        lambda rows: [r for r in rows if r.read is False and r.received >= LATE],
    ),
    "contains": (
        "contains(subject,'report 777')",
        lambda rows: [r for r in rows if "report 777" in r.subject.lower()],
    ),
    "any": (
        "categories/any(c:c eq 'blue')",
        lambda rows: [r for r in rows if any(c.lower() == "blue" for c in r.categories)],
    ),
}


def _best(work: Callable[[], Any], rounds: int = 7) -> float:
    times = []
    for _ in range(rounds):
        start = perf_counter()
        work()
        times.append(perf_counter() - start)
    return min(times)


def measure(rows: int) -> list[dict[str, Any]]:
    """Measure every case.

    Args:
        rows: how many records.

    Returns:
        A row for each case: nanoseconds per record of both forms, their ratio, microseconds to parse and to compile.
    """
    records = [Record(number) for number in range(rows)]
    type_ = _record_type()
    results = []
    gc.disable()
    for name, (text, by_hand) in CASES.items():
        predicate = compile_filter(parse_filter(text), type_)
        assert list(filter(predicate, records)) == by_hand(records)
        compiled = _best(lambda p=predicate: [r for r in records if p(r)])
        hand = _best(lambda f=by_hand: f(records))
        parse = _best(lambda t=text: [parse_filter.__wrapped__(t) for _ in range(200)]) / 200
        fresh = _best(lambda t=text: [compile_filter(parse_filter(t), _record_type()) for _ in range(200)]) / 200
        kept = _best(lambda t=text: [compile_filter(parse_filter(t), type_) for _ in range(200)]) / 200
        results.append(
            {
                "filter": name,
                "compiled_ns": round(compiled / rows * 1e9, 1),
                "by_hand_ns": round(hand / rows * 1e9, 1),
                "ratio": round(compiled / hand, 2),
                "parse_us": round(parse * 1e6, 1),
                "type_and_compile_us": round(fresh * 1e6, 1),
                "kept_us": round(kept * 1e6, 2),
            }
        )
    gc.enable()
    return results


def main() -> None:
    """Print the measurements as a table or as JSON."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--json", action="store_true", help="print JSON")
    arguments.add_argument("--rows", type=int, default=100_000, help="number of records")
    given = arguments.parse_args()
    results = measure(given.rows)
    if given.json:
        print(json.dumps({"rows": given.rows, "results": results}))
        return
    print(f"{'filter':<18}{'compiled':>10}{'by hand':>10}{'ratio':>7}{'parse µs':>10}{'kept µs':>9}   (ns per row)")
    for row in results:
        print(
            f"{row['filter']:<18}{row['compiled_ns']:>10}{row['by_hand_ns']:>10}{row['ratio']:>7}"
            f"{row['parse_us']:>10}{row['kept_us']:>9}"
        )


if __name__ == "__main__":
    main()

"""What a large mailbox costs: Graph's answers over 1,000 and over 100,000 messages, in milliseconds of CPU.

Run `python benchmarks/large_mailbox.py [--json] [--messages N]`. A filtered, ordered page must not cost more than twice
as much in the large mailbox as in the small one, and a full scan for a substring no more than 10 ms.
"""

import argparse
import gc
import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from time import process_time
from typing import Any

from outlook365_emulator.clock import Clock
from outlook365_emulator.clouds import cloud
from outlook365_emulator.directory.applications import add_application
from outlook365_emulator.directory.tenants import make_tenant
from outlook365_emulator.directory.users import add_user
from outlook365_emulator.entra.claims import Holder
from outlook365_emulator.entra.keys import KeyRing
from outlook365_emulator.entra.tokens import graph_access_token
from outlook365_emulator.graph.mail.message_resource import message_type
from outlook365_emulator.graph.mail.receiving import receive
from outlook365_emulator.graph.service import Graph
from outlook365_emulator.journal import Entry
from outlook365_emulator.odata.evaluator import compile_filter
from outlook365_emulator.odata.parser import parse_filter
from outlook365_emulator.store.hosting import Hosting
from outlook365_emulator.store.world import World
from outlook365_emulator.wire import Headers, Request, Response

SMALL = 1_000
SLICE = 1_000
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
DAY = "2026-03-01"
INBOX = "/v1.0/me/mailFolders/inbox/messages"
CASES = {
    "unread since a day, ordered": f"$filter=receivedDateTime ge {DAY} and isRead eq false"
    "&$orderby=receivedDateTime desc",
    "unread since a day": f"$filter=isRead eq false and receivedDateTime ge {DAY}",
    "first page": "",
    "one sender, ordered": "$filter=receivedDateTime ge 1900-01-01 and from/emailAddress/address eq 'p7@example.org'"
    "&$orderby=receivedDateTime desc",
}
SCAN = "contains(subject,'needle 77777')"


class Asker:
    """One mailbox with messages, and a signed-in person who asks for them."""

    def __init__(self, count: int, keys: KeyRing) -> None:
        self.hosting = Hosting()
        self.world = World(f"mailbox-{count}", seed=1, clock=Clock(NOW, frozen=True))
        self.tenant = make_tenant(self.world, domains=("contoso.example",))
        self.world.tenants[self.tenant.id] = self.tenant
        self.hosting.add(self.world)
        with self.world.unit() as unit:
            self.ada = add_user(self.world, self.tenant, unit, "ada")
            app = add_application(self.hosting, self.world, self.tenant, unit, "Benchmark")
        principal = self.tenant.service_principals.find("client", app.client_id)
        assert principal is not None
        holder = Holder(application=app, principal=principal, permissions=frozenset({"Mail.Read"}), user=self.ada)
        self.cloud = cloud("global")
        token = graph_access_token(
            keys, self.world, self.tenant, holder, audience=self.cloud.graph_url, at=NOW.timestamp(), lifetime=3600
        )
        self._headers = Headers([(b"authorization", f"Bearer {token}".encode())])
        self._graph = Graph(self.hosting, keys)
        self._fill(count)

    def _fill(self, count: int) -> None:
        for start in range(0, count, SLICE):
            with self.world.unit() as unit:
                for number in range(start, min(start + SLICE, count)):
                    receive(self.world, self.tenant, unit, self.ada, _message(number, count))
            if sys.stderr.isatty():
                sys.stderr.write(f"\r{min(start + SLICE, count):>8,} of {count:,} messages")
        if sys.stderr.isatty():
            sys.stderr.write("\n")

    def ask(self, query: str) -> Response:
        """Ask for a page of the inbox."""
        request = Request("GET", self.cloud.graph_host, INBOX, query.replace(" ", "%20"), self._headers)
        answer = self._graph.answer(request, self.cloud, self.world, Entry())
        assert isinstance(answer, Response), "listing does not wait"
        assert answer.status == 200, answer.body
        return answer

    def scan(self) -> int:
        """Return how many messages a filter finds that has to read them all."""
        matches = compile_filter(parse_filter(SCAN), message_type())
        mailbox = self.tenant.mailbox_of(self.ada)
        assert mailbox is not None
        inbox = mailbox.folders.well_known("inbox")
        assert inbox is not None
        return len(list(filter(matches, mailbox.messages.newest_first([inbox.number]))))


def _message(number: int, count: int) -> dict[str, Any]:
    at = NOW - timedelta(minutes=count - number)
    return {
        "subject": f"Message about the needle {number}",
        "from": {"emailAddress": {"address": f"p{number % 50}@example.org", "name": f"Person {number % 50}"}},
        "receivedDateTime": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "isRead": number % 3 != 0,
        "body": {"contentType": "text", "content": f"The body of message {number}."},
    }


def best(work: Callable[[], Any], rounds: int = 30) -> float:
    """Return the least CPU time of several runs, in milliseconds."""
    times = []
    for _ in range(rounds):
        start = process_time()
        work()
        times.append(process_time() - start)
    return min(times) * 1000


def measure(count: int) -> list[dict[str, Any]]:
    """Measure every case in a small and a large mailbox.

    Args:
        count: messages in the large one.
    """
    keys = KeyRing()
    small, large = Asker(SMALL, keys), Asker(count, keys)
    rows = []
    gc.disable()
    for name, query in CASES.items():
        one, two = (best(lambda a=asker, q=query: a.ask(q)) for asker in (small, large))
        rows.append(
            {
                "case": name,
                "small_ms": round(one, 3),
                "large_ms": round(two, 3),
                "ratio": round(two / one, 2),
                "limit": 2,
            }
        )
    one, two = best(small.scan), best(large.scan)
    rows.append({"case": "scan for a substring", "small_ms": round(one, 3), "large_ms": round(two, 3), "limit_ms": 10})
    gc.enable()
    return rows


def main() -> None:
    """Print the measurements; exit with 1 where a limit is broken."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--json", action="store_true", help="print JSON")
    arguments.add_argument("--messages", type=int, default=100_000, help="messages in the large mailbox")
    given = arguments.parse_args()
    rows = measure(given.messages)
    broken = [
        one for one in rows if one.get("ratio", 0) > one.get("limit", 1e9) or one["large_ms"] > one.get("limit_ms", 1e9)
    ]
    if given.json:
        print(json.dumps({"messages": given.messages, "results": rows, "within_limits": not broken}))
    else:
        print(f"{'case':<30}{SMALL:>12,}{given.messages:>12,}{'ratio':>8}   (ms of CPU)")
        for row in rows:
            print(f"{row['case']:<30}{row['small_ms']:>12}{row['large_ms']:>12}{row.get('ratio', ''):>8}")
    sys.exit(1 if broken else 0)


if __name__ == "__main__":
    main()

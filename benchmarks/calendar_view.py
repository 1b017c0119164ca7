"""What a week's calendarView costs: a year with 200 series (50,000 occurrences) beside a week with 20 single events.

Run `python benchmarks/calendar_view.py [--json]`. Asked are pages of ten, as Graph answers them without `$top`, through
the whole of the Graph service but no socket; `cold` is the first view after every series was changed.
"""

import argparse
import gc
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from time import perf_counter
from typing import Any

from outlook365_emulator.clock import Clock
from outlook365_emulator.clouds import cloud
from outlook365_emulator.directory.applications import add_application
from outlook365_emulator.directory.tenants import make_tenant
from outlook365_emulator.directory.users import add_user
from outlook365_emulator.entra.claims import Holder
from outlook365_emulator.entra.keys import KeyRing
from outlook365_emulator.entra.tokens import graph_access_token
from outlook365_emulator.graph.calendar.adding import add_event
from outlook365_emulator.graph.service import Graph
from outlook365_emulator.journal import Entry
from outlook365_emulator.store.hosting import Hosting
from outlook365_emulator.store.world import World
from outlook365_emulator.wire import Headers, Request, Response

START = datetime(2026, 1, 5, 9, tzinfo=UTC)
WEEK = "startDateTime=2026-06-01T00:00:00Z&endDateTime=2026-06-08T00:00:00Z"
WORKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday"]
SERIES, SINGLES = 200, 20
LIMIT = 5
"""How many times as much the busy week may cost."""


class Calendars:
    """A world with two people: one with series all year, one with single events in a week."""

    def __init__(self) -> None:
        self.world = World("benchmark", clock=Clock(START, frozen=True))
        hosting, keys = Hosting(), KeyRing()
        keys.start()
        tenant = make_tenant(self.world, domains=("contoso.example",))
        self.world.tenants[tenant.id] = tenant
        hosting.add(self.world)
        with self.world.unit() as unit:
            self.users = [add_user(self.world, tenant, unit, name) for name in ("busy", "quiet")]
            app = add_application(hosting, self.world, tenant, unit, "Benchmark")
            for number in range(SERIES):
                add_event(self.world, tenant, unit, self.users[0], _series(number))
            for number in range(SINGLES):
                add_event(self.world, tenant, unit, self.users[1], _single(number))
        principal = tenant.service_principals.find("client", app.client_id)
        assert principal is not None
        holder = Holder(application=app, principal=principal, permissions=frozenset({"Calendars.Read"}), user=None)
        row = cloud("global")
        at = self.world.clock.timestamp()
        token = graph_access_token(keys, self.world, tenant, holder, audience=row.graph_url, at=at, lifetime=3600)
        self._headers = [(b"authorization", f"Bearer {token}".encode())]
        self._graph, self._cloud = Graph(hosting, keys), row
        self._events = [tenant.mailbox_of(user).events for user in self.users]

    def view(self, user: int, options: str = "") -> int:
        """Ask for the week of a user, and return how many events were answered."""
        path = f"/v1.0/users/{self.users[user].id}/calendarView"
        request = Request("GET", self._cloud.graph_host, path, WEEK + options, Headers(self._headers), b"")
        answer = self._graph.answer(request, self._cloud, self.world, Entry(method="GET", url=path))
        assert isinstance(answer, Response)
        assert answer.status == 200, answer.body
        return answer.body.count(b'"@odata.etag"')

    def forget(self) -> None:
        """Forget what views have prepared, as changes to every series would."""
        for events in self._events:
            events.expansions.clear()


def _series(number: int) -> dict[str, Any]:
    begins = START + timedelta(minutes=number)
    recurrence = {
        "pattern": {"type": "weekly", "interval": 1, "daysOfWeek": WORKDAYS},
        "range": {"type": "numbered", "startDate": "2026-01-05", "numberOfOccurrences": 250},
    }
    return {**_event(begins, number), "recurrence": recurrence}


def _single(number: int) -> dict[str, Any]:
    return _event(datetime(2026, 6, 1 + number % 5, 8, tzinfo=UTC) + timedelta(hours=number // 5), number)


def _event(begins: datetime, number: int) -> dict[str, Any]:
    zone = "Europe/Berlin"
    return {
        "subject": f"Meeting {number}",
        "start": {"dateTime": f"{begins:%Y-%m-%dT%H:%M:%S}", "timeZone": zone},
        "end": {"dateTime": f"{begins + timedelta(minutes=30):%Y-%m-%dT%H:%M:%S}", "timeZone": zone},
    }


def _median(work: Callable[[], Any], before: Callable[[], Any] = lambda: None, rounds: int = 41) -> float:
    times = []
    for _ in range(rounds):
        before()
        gc.collect(0)
        start = perf_counter()
        work()
        times.append(perf_counter() - start)
    return sorted(times)[rounds // 2] * 1000


def measure() -> dict[str, float]:
    """Return milliseconds of every case, and how many times as much the busy week costs."""
    calendars = Calendars()
    assert calendars.view(0, "&$top=1000") == 1000
    quiet = _median(lambda: calendars.view(1))
    busy = _median(lambda: calendars.view(0))
    return {
        "20 single events": quiet,
        "200 series": busy,
        "200 series, cold": _median(lambda: calendars.view(0), calendars.forget, 11),
        "200 series, all 1000": _median(lambda: calendars.view(0, "&$top=1000"), rounds=11),
        "ratio": busy / quiet,
    }


def main() -> int:
    """Print the measured times; fail where the busy week costs more than it may."""
    parser = argparse.ArgumentParser(description="What a week's calendarView costs.")
    parser.add_argument("--json", action="store_true", help="print JSON")
    found = measure()
    if parser.parse_args().json:
        print(json.dumps({name: round(value, 3) for name, value in found.items()}))
    else:
        for name, value in found.items():
            print(f"{name:<24}{value:9.3f}{'' if name == 'ratio' else ' ms'}")
    return int(found["ratio"] > LIMIT)


if __name__ == "__main__":
    raise SystemExit(main())

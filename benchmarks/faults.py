"""What the fault engine costs a request: with no fault set, and with faults that do not match.

Run `python benchmarks/faults.py [--json] [--count N]`. A request is answered by two services in turn, one of them
without the step that asks for faults. The goal is at most 2 % with no fault set.
"""

import argparse
import json
from collections.abc import Callable
from datetime import UTC, datetime
from statistics import median
from time import process_time_ns

from outlook365_emulator.clock import Clock
from outlook365_emulator.clouds import cloud
from outlook365_emulator.directory.applications import add_application
from outlook365_emulator.directory.tenants import make_tenant
from outlook365_emulator.directory.users import add_user
from outlook365_emulator.entra.claims import Holder
from outlook365_emulator.entra.keys import KeyRing
from outlook365_emulator.entra.tokens import graph_access_token
from outlook365_emulator.graph.service import Graph
from outlook365_emulator.journal import Entry
from outlook365_emulator.store.hosting import Hosting
from outlook365_emulator.store.world import World
from outlook365_emulator.wire import Headers, Request

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
GOAL = 1.02
ELSEWHERE = {"kind": "error", "match": {"operation": "mail.submissions.*"}, "with": {"error": "throttled"}}


def prepared() -> tuple[World, Callable[[Graph], None], Callable[[], Graph]]:
    """Make a world with a mailbox; return it, what asks a service for a page of it, and what makes a service."""
    hosting, keys = Hosting(), KeyRing()
    world = World("benchmark", clock=Clock(START, frozen=True))
    tenant = make_tenant(world, domains=("contoso.example",))
    world.tenants[tenant.id] = tenant
    hosting.add(world)
    with world.unit() as unit:
        ada = add_user(world, tenant, unit, "ada")
        app = add_application(hosting, world, tenant, unit, "Daemon")
    principal = tenant.service_principals.find("client", app.client_id)
    assert principal is not None
    holder = Holder(application=app, principal=principal, permissions=frozenset({"Mail.Read"}), user=None)
    audience = cloud("global").graph_url
    token = graph_access_token(
        keys, world, tenant, holder, audience=audience, at=world.clock.timestamp(), lifetime=3599
    )
    headers = Headers([(b"authorization", f"Bearer {token}".encode())])
    path = f"/v1.0/users/{ada.id}/messages"

    def ask(graph: Graph) -> None:
        request = Request("GET", "graph.microsoft.com", path, "$top=10", headers)
        graph.answer(request, cloud("global"), world, Entry())

    return world, ask, lambda: Graph(hosting, keys)


def without_faults(graph: Graph) -> Graph:
    """Take the step that asks for faults out of a service."""
    gate = graph._gate
    gate.steps = tuple(step for step in gate.steps if step.__name__ != "fault")
    return graph


def measure(count: int) -> dict[str, float]:
    """Measure CPU time.

    Args:
        count: how many requests a round has; there are 21 rounds of each kind, in turn.

    Returns:
        Microseconds of a request without the step, and the ratios to it: with the step, and with ten faults set.
    """
    world, ask, make = prepared()
    bare, whole = without_faults(make()), make()
    for _ in range(count):
        ask(bare)
        ask(whole)
    times: dict[str, list[float]] = {"bare": [], "none set": [], "ten set": []}
    for _ in range(21):
        times["bare"].append(_round(ask, bare, count))
        times["none set"].append(_round(ask, whole, count))
        for _ in range(10):
            world.faults.add(ELSEWHERE, START)
        times["ten set"].append(_round(ask, whole, count))
        world.faults.clear()
    ratios = {
        name: median(one / other for one, other in zip(times[name], times["bare"], strict=True))
        for name in ("none set", "ten set")
    }
    return {"request_us": round(median(times["bare"]), 2), **{name: round(one, 4) for name, one in ratios.items()}}


def _round(ask: Callable[[Graph], None], graph: Graph, count: int) -> float:
    began = process_time_ns()
    for _ in range(count):
        ask(graph)
    return (process_time_ns() - began) / count / 1000


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--count", type=int, default=500)
    arguments = parser.parse_args()
    found = {**measure(arguments.count), "goal": GOAL}
    if arguments.json:
        print(json.dumps(found))
        return
    print(f"a page of messages: {found['request_us']} µs of CPU without the step")
    print(f"no fault set: {found['none set']:.4f} times as much (goal: {GOAL})")
    print(f"ten faults set that do not match: {found['ten set']:.4f} times as much")


if __name__ == "__main__":
    main()

"""What notifications cost the requests that cause them: the same requests on a watched mailbox and on another one.

An emulator in a process of its own, a webhook in another. Rounds alternate between a mailbox that three subscriptions
watch and one that none does; every request changes a message. The median ratio of two rounds is to stay below 1.10.

Run `python benchmarks/notifications.py [--json] [--requests N]`.
"""

import argparse
import asyncio
import http.client
import json
import statistics
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from operator import truediv
from time import perf_counter
from typing import Any
from urllib.parse import parse_qs, urlsplit

from outlook365_emulator.client import Control, User, World
from outlook365_emulator.config import Settings
from outlook365_emulator.emulator import Emulator

ROUNDS = 20
LIMIT = 1.10


async def receive() -> None:
    """Serve as a webhook: print the port, then answer until the process is ended; `/count` tells what has arrived."""
    arrived = 0

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal arrived
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        lengths = [line for line in head.lower().split("\r\n") if line.startswith("content-length:")]
        body = await reader.readexactly(int(lengths[0].partition(":")[2]) if lengths else 0)
        target = urlsplit(head.split(" ")[1])
        token = parse_qs(target.query).get("validationToken", [""])[0]
        text = str(arrived) if target.path == "/count" else token
        if body and not token:
            arrived += body.count(b'"changeType"')
        lines = f"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: {len(text)}\r\n\r\n{text}"
        writer.write(lines.encode())
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await server.serve_forever()


class Mailbox:
    """A message of a user that is changed again and again, over one connection."""

    def __init__(self, world: World, user: User) -> None:
        user.mailbox.receive(subject="Invoice 17")
        with world.graph(user) as graph:
            self._token = graph.headers["Authorization"]
            identity = graph.get("/me/messages").json()["value"][0]["id"]
        parts = urlsplit(world.http_url)
        self._connection = http.client.HTTPConnection(parts.hostname or "", parts.port)
        self._path = f"/graph.microsoft.com/v1.0/me/messages/{identity}"
        self._read = False

    def change(self) -> None:
        """Send one request."""
        self._read = not self._read
        headers = {"Authorization": self._token, "Content-Type": "application/json"}
        self._connection.request("PATCH", self._path, json.dumps({"isRead": self._read}), headers)
        answer = self._connection.getresponse()
        answer.read()
        assert answer.status == 200, answer.status


def subscribe(world: World, user: User, port: int) -> None:
    """Have three subscriptions watch a mailbox."""
    ends = (datetime.now(UTC) + timedelta(hours=10)).isoformat()
    with world.graph(user) as graph:
        for resource in ("me/messages", "me/mailFolders('inbox')/messages", "me/messages?$filter=isRead eq false"):
            body = {
                "changeType": "created,updated,deleted",
                "notificationUrl": f"http://127.0.0.1:{port}/",
                "resource": resource,
                "expirationDateTime": ends,
            }
            answer = graph.post("/subscriptions", json=body)
            assert answer.status_code == 201, answer.text


def measure(world: World, port: int, requests: int) -> dict[str, Any]:
    """Return times per request in milliseconds, and what arrived."""
    plain, watched = (world.tenant.add_user(name) for name in ("plain", "watched"))
    boxes = {"plain": Mailbox(world, plain), "watched": Mailbox(world, watched)}
    for box in boxes.values():
        for _ in range(50):
            box.change()
    subscribe(world, watched, port)
    times: dict[str, list[float]] = {"plain": [], "watched": []}
    count = max(2, requests // ROUNDS)
    for number in range(ROUNDS * 2):
        name = ("plain", "watched")[number % 2]
        started = perf_counter()
        for _ in range(count):
            boxes[name].change()
        times[name].append((perf_counter() - started) / count * 1000)
        world.notifications.deliver_pending()  # what is left is not to count for the other
    means = {name: statistics.median(found) for name, found in times.items()}
    delivered = [one for one in world.notifications.deliveries if one.topic == "change"]
    return {
        "requests": count * ROUNDS,
        "plain_ms": round(means["plain"], 4),
        "watched_ms": round(means["watched"], 4),
        "ratio": round(statistics.median(map(truediv, times["watched"], times["plain"])), 3),
        "limit": LIMIT,
        "posts": len(delivered),
        "notifications": sum(len(one.notifications) for one in delivered),
    }


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--requests", type=int, default=5000, help="requests on each mailbox")
    parser.add_argument("--receive", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.receive:
        asyncio.run(receive())
        return
    receiver = subprocess.Popen([sys.executable, __file__, "--receive"], stdout=subprocess.PIPE, text=True)
    try:
        assert receiver.stdout is not None
        port = int(receiver.stdout.readline())
        with Emulator(Settings(subprocess=True)) as emulator:
            found = measure(Control(emulator.http_url).add_world(tenants=[{}]), port, given.requests)
    finally:
        receiver.terminate()
        receiver.wait()
    if given.json:
        print(json.dumps(found))
        return
    print(f"{found['requests']} requests on each mailbox")
    print(f"{found['notifications']} notifications in the last {found['posts']} posts")
    print(f"without subscriptions {found['plain_ms']:.3f} ms, with three {found['watched_ms']:.3f} ms a request")
    print(f"ratio {found['ratio']:.3f} (limit {LIMIT:.2f})")


if __name__ == "__main__":
    main()

"""How long the server takes to start, to give its first answer, and to stop while a request hangs.

Run `python benchmarks/server_start.py`; `--json` prints numbers for machines. Times are medians in milliseconds, with
their ratio to one request on a connection that is already open, measured in the same run.
"""

import argparse
import asyncio
import http.client
import json
import socket
import ssl
import statistics
import threading
import time
from typing import Any

from outlook365_emulator.net.authority import Authority
from outlook365_emulator.net.server import Server

HANGS = b"GET /hang HTTP/1.1\r\nHost: x\r\n\r\n"


async def app(scope: Any, receive: Any, send: Any) -> None:
    if scope["path"] == "/hang":
        await asyncio.Event().wait()
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"ok"})


def milliseconds(begin: float) -> float:
    return (time.perf_counter() - begin) * 1000


def one_request(connection: http.client.HTTPConnection) -> None:
    connection.request("GET", "/")
    connection.getresponse().read()


def one_round(context: ssl.SSLContext, authority: Authority) -> dict[str, float]:
    times = {}
    begin = time.perf_counter()
    server = Server(app, tls_context=context).start()
    times["start"] = milliseconds(begin)
    connection = http.client.HTTPConnection("127.0.0.1", server.port)
    one_request(connection)
    times["first answer"] = milliseconds(begin)
    begin = time.perf_counter()
    one_request(connection)
    times["next answer"] = milliseconds(begin)
    begin = time.perf_counter()
    secure = http.client.HTTPSConnection("127.0.0.1", server.tls_port, context=authority.client_context())
    one_request(secure)
    times["first answer over TLS"] = milliseconds(begin)
    with socket.create_connection(("127.0.0.1", server.port)) as hanging:
        hanging.sendall(HANGS)
        one_request(connection)  # the request that hangs was taken before this one
        begin = time.perf_counter()
        server.stop()
        times["stop"] = milliseconds(begin)
    connection.close()
    secure.close()
    return times


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=50)
    parser.add_argument("--json", action="store_true", help="print JSON")
    arguments = parser.parse_args()
    begin = time.perf_counter()
    authority = Authority()
    context = authority.issue(["graph.microsoft.com", "login.microsoftonline.com"])
    certificates = milliseconds(begin)
    cold = one_round(context, authority)
    rounds = [one_round(context, authority) for _ in range(arguments.rounds)]
    medians = {name: statistics.median(times[name] for times in rounds) for name in cold}
    unit = medians["next answer"]
    rows = {
        name: {"cold_ms": round(cold[name], 3), "median_ms": round(median, 3), "ratio": round(median / unit, 2)}
        for name, median in medians.items()
    }
    if arguments.json:
        print(json.dumps({"certificates_ms": round(certificates, 3), "rounds": arguments.rounds, "times": rows}))
        return
    print(f"authority and certificate (with imports): {certificates:.1f} ms; {arguments.rounds} rounds")
    for name, row in rows.items():
        print(
            f"{name:22} {row['median_ms']:8.2f} ms  {row['ratio']:6.2f} x a request   (first: {row['cold_ms']:.2f} ms)"
        )
    assert threading.active_count() == 1


if __name__ == "__main__":
    main()

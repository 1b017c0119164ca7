"""What a client-credentials token costs: CPU microseconds of the service beside one bare RSA-2048 signature.

Run `python benchmarks/tokens.py [--json] [--count N]`. The goal is at most 1.35 signatures.
"""

import argparse
import json
from collections.abc import Callable
from time import process_time
from urllib.parse import urlencode

from outlook365_emulator.clouds import CLOUDS
from outlook365_emulator.directory.applications import add_application, add_secret, ensure_service_principal
from outlook365_emulator.directory.consent import grant_roles
from outlook365_emulator.directory.tenants import make_tenant
from outlook365_emulator.entra.keys import KeyRing
from outlook365_emulator.entra.service import Entra
from outlook365_emulator.entra.tokens import read_token
from outlook365_emulator.journal import Entry
from outlook365_emulator.store.hosting import Hosting
from outlook365_emulator.store.world import World
from outlook365_emulator.wire import Headers, Request

HOST = "login.microsoftonline.com"
CLIENT_ID = "11111111-2222-4333-8444-555555555555"

FORM = urlencode(
    {
        "grant_type": "client_credentials",
        "client_id": CLIENT_ID,
        "client_secret": "secret",
        "scope": "https://graph.microsoft.com/.default",
    }
).encode()


def _service(keys: KeyRing) -> Callable[[str, str, bytes], bytes]:
    """Make a service with one tenant and application; the function returned sends it a request."""
    hosting, world = Hosting(), World("benchmark")
    tenant = make_tenant(world, domains=("contoso.example",))
    hosting.add(world)
    hosting.add_tenant(world, tenant)
    with world.unit() as unit:
        application = add_application(hosting, world, tenant, unit, "Daemon", client_id=CLIENT_ID)
        add_secret(world, tenant, unit, application, secret="secret")
        principal = ensure_service_principal(world, tenant, unit, application)
        grant_roles(world, tenant, unit, principal, ["Mail.Read", "User.Read.All"])
    entra = Entra(hosting, keys)
    headers = Headers([(b"content-type", b"application/x-www-form-urlencoded")])
    clouds = (CLOUDS["global"],)

    def send(method: str, path: str, body: bytes = b"") -> bytes:
        answer = entra.answer(Request(method, HOST, path, "", headers, body), clouds, world, Entry())
        assert answer.status == 200, answer.body
        return answer.body

    return send


def _cpu(run: Callable[[], object], count: int) -> float:
    """Return the least CPU time of five rounds, in microseconds a call."""
    run()
    rounds = []
    for _ in range(5):
        start = process_time()
        for _ in range(count):
            run()
        rounds.append((process_time() - start) / count * 1e6)
    return min(rounds)


def measure(count: int) -> dict[str, float]:
    """Return CPU microseconds by name."""
    keys = KeyRing()
    send = _service(keys)
    data = b"x" * 1200
    text = json.loads(send("POST", "/contoso.example/oauth2/v2.0/token", FORM))["access_token"]

    def read_anew() -> object:
        keys.verified.clear()
        return read_token(text, keys)

    found = {
        "sign": _cpu(lambda: keys.current.sign(data), count),
        "token": _cpu(lambda: send("POST", "/contoso.example/oauth2/v2.0/token", FORM), count),
        "read_first": _cpu(read_anew, count),
        "read_again": _cpu(lambda: read_token(text, keys), count),
        "metadata": _cpu(lambda: send("GET", "/contoso.example/v2.0/.well-known/openid-configuration"), count),
        "keys": _cpu(lambda: send("GET", "/contoso.example/discovery/v2.0/keys"), count),
    }
    return {name: round(value, 2) for name, value in found.items()}


def main() -> None:
    """Print the measurements and the ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--count", type=int, default=500)
    options = parser.parse_args()
    found = measure(options.count)
    found["token_per_sign"] = round(found["token"] / found["sign"], 3)
    if options.json:
        print(json.dumps(found))
        return
    for name, value in found.items():
        print(f"{name:>16} {value:>9.2f}{'' if name.endswith('per_sign') else ' µs'}")


if __name__ == "__main__":
    main()

"""Mixed load with faults for a long time: no growth of memory, no descriptor left open, no error nobody asked for.

Ten seconds; ten minutes in a long run (`make test-all`).
"""

import json
import os
import sys
import threading
import time
import urllib.request
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from outlook365_emulator.client import Control
from outlook365_emulator.config import Settings
from outlook365_emulator.emulator import Emulator

LOGIN, GRAPH = "login.microsoftonline.com", "graph.microsoft.com"
THREADS = 3
MEGABYTES = 25
"""By how much the resident set may be larger at the end than after a third of the time."""

FAULTS: tuple[dict[str, Any], ...] = (
    {"kind": "error", "match": {"operation": "mail.messages.list"}, "times": 1, "status": 429, "retry_after": 0},
    {"kind": "latency", "match": {"operation": "mail.*"}, "times": 1, "seconds": 0.01},
)

pytestmark = [
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="memory and descriptors are read from /proc"),
    pytest.mark.timeout(900),
]


class Load:
    """What one thread does again and again: a world, a token, mail, a fault, the end of the world."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._control = Control(url)
        self.answers: Counter[tuple[str, int]] = Counter()
        self.cycles = 0

    def cycle(self, client: httpx.Client) -> None:
        world = self._control.add_world(tenants=[{}])
        try:
            self._work(client, world)
        finally:
            world.drop()
        self.cycles += 1

    def _work(self, client: httpx.Client, world: Any) -> None:
        app = world.tenant.add_app(auth="client_credentials", permissions=["Mail.ReadWrite", "Mail.Send"])
        ada = world.tenant.add_user("ada")
        form = {"grant_type": "client_credentials", "client_id": app.client_id, "client_secret": app.client_secret}
        form["scope"] = f"https://{GRAPH}/.default"
        token = client.post(f"/{LOGIN}/{app.tenant_id}/oauth2/v2.0/token", data=form).json()["access_token"]
        root, headers = f"/{GRAPH}/v1.0/users/{ada.id}", {"Authorization": f"Bearer {token}"}
        for fault in FAULTS:
            world.faults.add(**fault)
        message = {"subject": "soak", "toRecipients": [{"emailAddress": {"address": ada.upn}}]}
        for _ in range(5):
            self._count("send", client.post(f"{root}/sendMail", headers=headers, json={"message": message}))
            listed = client.get(f"{root}/messages", headers=headers)
            self._count("list", listed)
            for one in listed.json()["value"] if listed.status_code == 200 else ():
                self._count("delete", client.delete(f"{root}/messages/{one['id']}", headers=headers))
        self._count("unknown", client.get(f"/{GRAPH}/v1.0/users/nobody/messages", headers=headers))
        world.clock.advance(hours=1)

    def _count(self, what: str, answer: httpx.Response) -> None:
        self.answers[what, answer.status_code] += 1

    def run(self, until: float) -> None:
        with httpx.Client(base_url=self._url, trust_env=False, timeout=30) as client:
            while time.monotonic() < until:
                self.cycle(client)
        self._control.close()


def resident_megabytes(process: int) -> float:
    return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


def descriptors(process: int) -> int:
    return len(list(Path(f"/proc/{process}/fd").iterdir()))


def worlds(url: str) -> list[str]:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(f"{url}/_emulator/v1/worlds") as answer:
        return [one["name"] for one in json.load(answer)["worlds"]]


def test_memory_and_descriptors_stay_where_they_are(amount: Callable[[int, int], int]) -> None:
    seconds = amount(10, 600)
    with Emulator(Settings(subprocess=True)) as emulator:
        process = int(Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()[-1])
        opened = descriptors(process)
        began = time.monotonic()
        loads = [Load(emulator.http_url) for _ in range(THREADS)]
        threads = [threading.Thread(target=one.run, args=(began + seconds,)) for one in loads]
        for thread in threads:
            thread.start()
        time.sleep(seconds / 3)
        warm = resident_megabytes(process)
        for thread in threads:
            thread.join()
        grown = resident_megabytes(process) - warm
        answers = sum((one.answers for one in loads), Counter())
        assert all(one.cycles for one in loads)
        assert {key for key in answers if key[1] >= 400} <= {("list", 429), ("unknown", 404)}, answers
        assert answers["list", 429] == sum(one.cycles for one in loads)
        assert worlds(emulator.http_url) == []
        assert grown < MEGABYTES, f"{grown:.1f} MB more than after {seconds / 3:.0f} s; {answers}"
        deadline = time.monotonic() + 10
        while descriptors(process) > opened + 2 and time.monotonic() < deadline:
            time.sleep(0.05)
        assert descriptors(process) <= opened + 2


def test_the_form_of_the_load_is_what_the_emulator_takes() -> None:
    """The load above counts answers; this one looks at them, so that it does not measure refusals only."""
    with Emulator(Settings(subprocess=True)) as emulator:
        load = Load(emulator.http_url)
        with httpx.Client(base_url=emulator.http_url, trust_env=False, timeout=30) as client:
            load.cycle(client)
        assert load.answers["send", 202] == 5
        assert load.answers["delete", 204] >= 5

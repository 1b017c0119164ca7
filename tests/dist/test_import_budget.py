"""What an import and a start may load: a plugin is loaded in every run of pytest, also where nobody asks for it."""

import json
import subprocess
import sys

import pytest

HEAVY = """
httpx jwt yaml faker jinja2 rich click email sqlite3 zoneinfo cryptography.hazmat.primitives.serialization.pkcs12
""".split()
FIRST_USE = "uvicorn uvloop httptools starlette msgspec cryptography trustme".split()

# What the libraries of the first use bring along by themselves (uvicorn brings click, starlette brings email).
SERVER_LIBRARIES = """
import cryptography, httptools, msgspec, trustme, uvicorn, uvicorn.protocols.http.httptools_impl
import starlette.applications, starlette.requests, starlette.responses, starlette.routing
"""


def loaded_by(code: str) -> set[str]:
    """The modules that a fresh interpreter holds after the code."""
    report = "\nimport json, sys\nprint(json.dumps(list(sys.modules)))"
    ended = subprocess.run([sys.executable, "-c", code + report], capture_output=True, text=True, timeout=60)
    assert ended.returncode == 0, ended.stderr
    return set(json.loads(ended.stdout.splitlines()[-1]))


def added(modules: set[str], banned: list[str]) -> list[str]:
    return [name for name in banned if name in modules]


@pytest.mark.parametrize("module", ["pytest_outlook365", "pytest_outlook365.plugin"])
def test_loading_the_plugin_loads_nothing_heavy(module: str) -> None:
    more = loaded_by(f"import pytest, {module}") - loaded_by("import pytest")
    banned = [*HEAVY, *FIRST_USE, "outlook365_emulator", "asyncio", "ssl"]
    assert not added(more, banned), f"import {module} loads these: move the import into the function that needs it"


def test_starting_an_emulator_keeps_to_the_budget() -> None:
    start = """
from outlook365_emulator.config import Settings
from outlook365_emulator.emulator import Emulator
running = Emulator(Settings())
running.start()
running.stop()
"""
    more = loaded_by(start) - loaded_by(SERVER_LIBRARIES)
    assert not added(more, HEAVY), "the first use loads these: move the import into the function that needs it"


def test_a_world_without_mail_loads_nothing_of_graph() -> None:
    start = """
from outlook365_emulator.client import Control
from outlook365_emulator.config import Settings
from outlook365_emulator.emulator import Emulator
with Emulator(Settings()) as running:
    tenant = Control(running.http_url).add_world(tenants=[{}]).tenant
    tenant.add_user("ada")
    tenant.add_app(auth="client_credentials", permissions=["Mail.Read"])
"""
    parts = ("graph.calendar", "graph.gate", "graph.mail.message", "graph.subscriptions", "entra.endpoints", "odata")
    late = tuple(f"outlook365_emulator.{part}" for part in (*parts, "graph.operation", "graph.mail.receiving"))
    loaded = [name for name in loaded_by(start) if name.startswith(late)]
    assert not loaded, "the first use loads these: move the import into the function that needs it"

"""Stopping puts back what was there, and only that."""

import socket
import ssl
import sys
import threading
from collections.abc import Callable
from typing import Any

import aiohttp.resolver
import pytest
import pytest_socket
import uvloop
from outlook365_emulator.net.interception import Interception
from outlook365_emulator.net.interception.patches import patch_of

GRAPH = "graph.microsoft.com"
REAL = "management.azure.com"
URL = f"https://{GRAPH}/"

Ask = Callable[..., str]

pytestmark = [pytest.mark.usefixtures("no_proxy_variables"), pytest.mark.enable_socket]


def attributes(owner: Any) -> dict[str, Any]:
    """What an owner holds, without the patches that another test's interception has left there, paused."""
    found = dict(vars(owner))
    for name, value in vars(owner).items():
        while (patch := patch_of(value)) is not None and not patch.active:
            value = None if patch.inherited else patch.original
        if value is None and patch_of(found[name]) is not None:
            del found[name]
        else:
            found[name] = value
    return found


def patched_places() -> list[Any]:
    owners = (socket, socket.socket, ssl.SSLContext, uvloop.Loop, aiohttp.resolver.AsyncResolver, pytest_socket)
    return [*(attributes(owner) for owner in owners), list(sys.meta_path)]


def test_restores_everything(interception: Interception) -> None:
    before = patched_places()
    for _ in range(2):
        interception.start()
        interception.start()
        assert patched_places() != before
        interception.stop()
        interception.stop()
        assert patched_places() == before


def test_restores_after_starts_from_many_threads(interception: Interception, ask: Ask) -> None:
    before = patched_places()
    threads = [threading.Thread(target=interception.start) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ask(URL, stack="http.client") == GRAPH
    interception.stop()
    assert patched_places() == before


def test_leaves_what_others_put_on_top_and_is_inert_below(
    interception: Interception, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = []
    interception.start()
    ours = socket.getaddrinfo

    def theirs(*arguments: Any, **named: Any) -> Any:
        calls.append(arguments[0])
        return ours(*arguments, **named)

    monkeypatch.setattr(socket, "getaddrinfo", theirs)
    interception.stop()
    assert socket.getaddrinfo is theirs
    socket.getaddrinfo("127.0.0.1", 80)
    with pytest.raises(socket.gaierror):
        socket.getaddrinfo(GRAPH, 443, flags=socket.AI_NUMERICHOST)
    assert calls == ["127.0.0.1", GRAPH]
    monkeypatch.undo()
    interception.start()
    interception.stop()


@pytest.mark.parametrize("inner_first", [True, False])
def test_nested_interceptions_end_in_any_order(
    interception_for: Callable[..., Interception], inner_first: bool, ask: Ask
) -> None:
    before = patched_places()
    with socket.create_server(("127.0.0.1", 0)) as world:
        outer = interception_for(tls_port=world.getsockname()[1])
        inner = interception_for()
        outer.start()
        inner.start()
        assert ask(URL) == GRAPH
        (inner if inner_first else outer).stop()
        with socket.create_connection((GRAPH, 443), 5) as sock:
            assert (sock.getpeername() == world.getsockname()) is inner_first
        outer.stop()
        inner.stop()
    assert patched_places() == before

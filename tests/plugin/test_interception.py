"""Unmodified HTTP clients reach the emulator, whenever they were made, and no other host of Microsoft's."""

import asyncio
import socket
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
import trio
import urllib3
import uvloop
from outlook365_emulator.net.interception import Interception, RefusedHost

GRAPH = "graph.microsoft.com"
REAL = "management.azure.com"
URL = f"https://{GRAPH}/v1.0/me"
STACKS = (
    "requests",
    "requests, trust_env=False",
    "urllib3",
    "httpx",
    "httpx, trust_env=False",
    "httpx async, http2",
    "httpx async, trust_env=False",
    "httpx async on trio",
    "httpx async on uvloop",
    "aiohttp",
    "aiohttp on uvloop",
    "aiohttp with c-ares",
    "asyncio streams",
    "asyncio streams on uvloop",
    "urllib.request",
    "http.client",
)

Ask = Callable[..., str]

pytestmark = [pytest.mark.usefixtures("no_proxy_variables"), pytest.mark.enable_socket]


def test_every_stack_is_tried(stacks: Any) -> None:
    assert tuple(stacks) == STACKS


@pytest.mark.parametrize("late", [False, True], ids=["normal", "late"])
@pytest.mark.parametrize("stack", STACKS)
def test_reaches_the_emulator(interception: Interception, ask: Ask, stack: str, late: bool) -> None:
    if not late:
        interception.start()
    assert ask(URL, stack=stack, begin=interception.start) == GRAPH


@pytest.mark.parametrize("stack", STACKS)
def test_no_stack_reaches_another_microsoft_host(active: Interception, ask: Ask, stack: str) -> None:
    with pytest.raises(Exception, match=f"{REAL} is Microsoft's, is not emulated") as caught:
        ask(f"https://{REAL}/", stack=stack)
    assert isinstance(caught.value, OSError | httpx.TransportError | urllib3.exceptions.HTTPError)


def test_stacks_imported_while_active_are_wrapped_too(echo_server: Any, tmp_path: Path) -> None:
    ca = tmp_path / "ca.pem"
    ca.write_bytes(echo_server.ca_pem)
    code = f"""
        from outlook365_emulator.net.interception import Interception
        import sys
        foreign = [m for m in sys.modules if m.split(".")[0] in ("email", "httpx", "cryptography", "uvloop", "aiohttp")]
        assert not foreign, foreign
        Interception({list(echo_server.hosts)!r}, is_emulated=lambda host: False, is_refused=lambda host: False,
                     tls_port={echo_server.port}, ca_pem=open({str(ca)!r}, "rb").read()).start()
        import uvloop, aiohttp, aiohttp.resolver
        async def main():
            async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(use_dns_cache=False)) as session:
                async with session.get({URL!r}) as answer:
                    print(await answer.text())
            resolver = aiohttp.resolver.AsyncResolver.__new__(aiohttp.resolver.AsyncResolver)
            print((await resolver.resolve({GRAPH!r}, 443))[0]["host"].rpartition(".")[0])
            assert uvloop.__spec__.loader is uvloop.__loader__ and "_Loader" not in repr(uvloop.__loader__)
        uvloop.run(main())
    """
    run = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, timeout=60)
    assert (run.stdout.split(), run.stderr) == ([GRAPH, "127.36.5"], "")


@pytest.mark.parametrize("run", [asyncio.run, uvloop.run], ids=["asyncio", "uvloop"])
def test_loops_answer_and_refuse_names(active: Interception, run: Callable[..., Any]) -> None:
    async def look_up() -> None:
        loop = asyncio.get_running_loop()
        assert (await loop.getaddrinfo(GRAPH, 443))[0][4][0].startswith("127.36.5.")
        with pytest.raises(RefusedHost):
            await loop.getaddrinfo(REAL, 443)

    run(look_up())


def test_trio_answers_and_refuses_names(active: Interception) -> None:
    async def look_up() -> None:
        assert (await trio.socket.getaddrinfo(GRAPH, 443))[0][4][0].startswith("127.36.5.")
        with pytest.raises(RefusedHost):
            await trio.open_tcp_stream(REAL, 443)

    trio.run(look_up)


def test_a_pause_passes_everything_on_until_the_next_start(
    interception: Interception, no_proxy_variables: None
) -> None:
    interception.start()
    replaced = socket.getaddrinfo
    interception.pause()
    assert not interception.active
    assert socket.getaddrinfo("127.0.0.1", 443)[0][4] == ("127.0.0.1", 443)
    assert socket.getaddrinfo is replaced
    interception.start()
    assert socket.getaddrinfo is replaced
    assert socket.gethostbyname(GRAPH).startswith("127.36.5.")


def test_a_refused_host_is_not_refused_during_a_pause(
    interception: Interception, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *asked, **named: "asked")
    interception.start()
    with pytest.raises(RefusedHost):
        socket.getaddrinfo(REAL, 443)
    interception.pause()
    assert socket.getaddrinfo(REAL, 443) == "asked"


def test_stop_after_a_pause_restores_exactly(interception: Interception) -> None:
    before = socket.getaddrinfo
    interception.start()
    interception.pause()
    interception.stop()
    assert socket.getaddrinfo is before

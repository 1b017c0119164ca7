"""Layer 4, C stacks: uvloop and aiohttp's c-ares resolver look names up and connect outside of Python's socket module.

libcurl cannot be wrapped: pycurl needs the proxy and the CA file (reference interception, layer 4).
"""

import socket
import sys
from collections.abc import Callable
from typing import Any

from outlook365_emulator.net.interception.connect import Route
from outlook365_emulator.net.interception.guard import spelled
from outlook365_emulator.net.interception.names import answer
from outlook365_emulator.net.interception.patches import Patch, Patches

WATCHED = ("uvloop", "aiohttp.resolver")
"""Modules whose import means that there is something to wrap."""


def install(patches: Patches, route: Route) -> None:
    """Wrap uvloop's loop and aiohttp's resolver, where they are loaded."""
    uvloop = sys.modules.get("uvloop")
    if uvloop is not None and hasattr(uvloop, "Loop"):
        patches.add(uvloop.Loop, "create_connection", lambda patch: _create_connection(route, patch))
        patches.add(uvloop.Loop, "getaddrinfo", lambda patch: _getaddrinfo(route, patch))
        patches.add(uvloop.Loop, "sock_connect", lambda patch: _sock_connect(route, patch))
    resolver = sys.modules.get("aiohttp.resolver")
    if resolver is not None and hasattr(resolver, "AsyncResolver"):
        patches.add(resolver.AsyncResolver, "resolve", lambda patch: _resolve(route, patch))


def _create_connection(route: Route, patch: Patch) -> Callable[..., Any]:
    async def create_connection(
        loop: Any, protocol_factory: Any, host: Any = None, port: Any = None, **options: Any
    ) -> Any:
        family = options.get("family") or socket.AF_INET
        target = route.target(family, (host, port)) if patch.active else None
        if target is not None:
            if options.get("ssl") and options.get("server_hostname") is None:
                options["server_hostname"] = spelled(host)
            host, port = target
        return await patch.original(loop, protocol_factory, host, port, **options)

    return create_connection


def _getaddrinfo(route: Route, patch: Patch) -> Callable[..., Any]:
    async def getaddrinfo(
        loop: Any, host: Any, port: Any, *, family: int = 0, type: int = 0, proto: int = 0, flags: int = 0
    ) -> Any:
        if patch.active and not flags & socket.AI_NUMERICHOST:
            address = route.names.address(host)
            if address is not None:
                return answer(address, host, port, family, type, proto, flags)
        return await patch.original(loop, host, port, family=family, type=type, proto=proto, flags=flags)

    return getaddrinfo


def _sock_connect(route: Route, patch: Patch) -> Callable[..., Any]:
    async def sock_connect(loop: Any, sock: Any, address: Any) -> Any:
        target = route.target(sock.family, address) if patch.active else None
        return await patch.original(loop, sock, address if target is None else target)

    return sock_connect


def _resolve(route: Route, patch: Patch) -> Callable[..., Any]:
    async def resolve(resolver: Any, host: str, port: int = 0, family: int = socket.AF_INET) -> Any:
        address = route.names.address(host) if patch.active else None
        if address is None:
            return await patch.original(resolver, host, port, family)
        if family == socket.AF_INET6:
            raise OSError(None, "DNS lookup failed")
        return [
            {
                "hostname": host,
                "host": address,
                "port": port,
                "family": socket.AF_INET,
                "proto": 0,
                "flags": socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
            }
        ]

    return resolve

"""Scopes: what a request asks for, which resource it means, and how the answer echoes it (reference entra 2.2)."""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from outlook365_emulator.clouds import CLOUDS, Cloud
from outlook365_emulator.directory.applications import GRAPH_CLIENT_ID
from outlook365_emulator.tables.permissions import OIDC_SCOPES

DEFAULT = ".default"
EXCHANGE_CLIENT_ID = "00000002-0000-0ff1-ce00-000000000000"
"""The appId of Office 365 Exchange Online in every cloud."""

_KEPT_LENGTH = 1000
"""Longer texts are read anew each time, so that the kept ones stay small."""

_TOKEN = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]+")
"""A scope by RFC 6749 section 3.3."""


class Asked(NamedTuple):
    """The scopes of a request.

    Attributes:
        openid: OpenID scopes, lower case.
        resources: resources in order of first mention, as written; "" where a name stands alone.
        names: names of the first resource's scopes, without it.
        default: whether `.default` of the first resource was asked for.
        mixed: whether `.default` stands beside names.
        bad: the first text that is no scope, or "".
    """

    openid: frozenset[str] = frozenset()
    resources: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    default: bool = False
    mixed: bool = False
    bad: str = ""

    @property
    def resource(self) -> str:
        """The resource as written, or "" for Graph by its short names."""
        return self.resources[0] if self.resources else ""


def parse_scopes(text: str) -> Asked:
    """Read a `scope` parameter.

    The resource of a scope is what stands before its last slash; without one it is Graph. OpenID scopes belong to no
    resource, also with Graph's URL in front. More than one resource: the first wins, and `resources` tells.
    """
    return _parsed(text) if len(text) <= _KEPT_LENGTH else _parsed.__wrapped__(text)


@lru_cache(maxsize=1024)
def _parsed(text: str) -> Asked:
    openid: set[str] = set()
    named: dict[str, tuple[str, list[str]]] = {}
    bad = ""
    for scope in text.split():
        resource, slash, name = scope.rpartition("/")
        if name.lower() in OIDC_SCOPES and _graph(resource):
            openid.add(name.lower())
            continue
        if not name or _TOKEN.fullmatch(scope) is None or (slash and not resource):
            bad = bad or scope
            continue
        named.setdefault(resource.rstrip("/").lower(), (resource, []))[1].append(name)
    _join_graph(named)
    resources = tuple(resource for resource, _ in named.values())
    names = next(iter(named.values()))[1] if named else []
    default = any(name.lower() == DEFAULT for name in names)
    left = tuple(dict.fromkeys(name for name in names if name.lower() != DEFAULT))
    kinds = {name.lower() == DEFAULT for _, group in named.values() for name in group}
    mixed = len(kinds) > 1
    return Asked(frozenset(openid), resources, left, default, mixed, bad)


def _join_graph(named: dict[str, tuple[str, list[str]]]) -> None:
    """Take short names and the URL of one Graph as one resource: `User.Read https://graph.microsoft.com/Mail.Read`."""
    urls = [key for key in named if key and _graph(key)]
    if "" not in named or len(urls) != 1:
        return
    short = named[""][1]
    resource, names = named[urls[0]]
    if next(iter(named)) == "":
        del named[urls[0]]
        named[""] = (resource, [*short, *names])
    else:
        del named[""]
        named[urls[0]] = (resource, [*names, *short])


def _graph(resource: str) -> bool:
    plain = resource.rstrip("/").lower()
    return plain in ("", GRAPH_CLIENT_ID) or any(plain == cloud.graph_url for cloud in CLOUDS.values())


def graph_audience(resource: str, clouds: Iterable[Cloud]) -> str | None:
    """Return the audience of a Graph token, or None where the resource is not the Graph of one of the clouds.

    Args:
        resource: as the client wrote it: "" (short names), the appId, or Graph's URL with or without a slash.
        clouds: the clouds of the login host: the two of `login.microsoftonline.us` know each other's Graph, although
            neither Graph takes a token for the other.
    """
    plain = resource.rstrip("/").lower()
    if plain in ("", GRAPH_CLIENT_ID):
        return GRAPH_CLIENT_ID
    known = any(plain == cloud.graph_url for cloud in clouds)
    return resource.lower() if known else None


def is_outlook(resource: str, clouds: Iterable[Cloud]) -> bool:
    """Tell whether a resource is Exchange Online of one of the clouds, which issues no tokens here."""
    plain = resource.rstrip("/").lower()
    hosts = {f"https://{host}" for cloud in clouds for host in cloud.outlook_hosts}
    return plain == EXCHANGE_CLIENT_ID or plain in hosts


def echo(asked: Asked, granted: frozenset[str], graph_url: str) -> str:
    """Return the `scope` of a token answer: everything the token carries, in the form that was asked for.

    URLs where a URL or `.default` was asked for, else short names; `.default` itself comes last. MSAL caches the
    token under this text and misses it where the asked scope is not in it.

    Args:
        asked: the scopes of the request.
        granted: every scope that the token carries.
        graph_url: root of the tenant's Graph, for `.default` without a resource.
    """
    openid = [scope for scope in ("email", "openid", "profile") if scope in granted]
    names = sorted(granted.difference(OIDC_SCOPES))
    if not asked.resource and not asked.default:
        return " ".join([*names, *reversed(openid)])
    root = asked.resource or graph_url
    joined = root if root.endswith("/") else f"{root}/"
    default = [f"{root}/{DEFAULT}" if asked.resource else DEFAULT] if asked.default else []
    return " ".join([*openid, *(joined + name for name in names), *default])

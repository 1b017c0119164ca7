"""Which world a request belongs to: the rules in their order, as one table.

Nothing is verified here: a value that leads to a world proves nothing there. Whoever answers judges tokens, codes and
names, inside that world only.
"""

import base64
import binascii
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import unquote

import msgspec

from outlook365_emulator.entra import opaque as prefixes
from outlook365_emulator.entra.sessions import COOKIES
from outlook365_emulator.store.hosting import Hosting
from outlook365_emulator.store.world import World
from outlook365_emulator.wire import Request, parse_pairs

FORM = "application/x-www-form-urlencoded"
LONGEST_FORM = 256 * 1024
"""Bytes beyond which a body is no form of Entra's but content; decoding it would cost a multiple of its size."""


class Placed(NamedTuple):
    """The world of a request, and how it was found.

    Attributes:
        world: the world, or None where nothing leads to one.
        how: name of the rule that found it, or `unplaced`.
    """

    world: World | None
    how: str


class OpaqueValue(NamedTuple):
    """Where an opaque value stands that we issued, and what stands in front of the world's key in it.

    Attributes:
        place: `form`, `query` or `path`.
        name: the field, the parameter, or the segment of the path before the value.
        prefix: the text in front of the key.
    """

    place: str
    name: str
    prefix: str


OPAQUE_VALUES = (
    OpaqueValue("form", "refresh_token", prefixes.CODE),
    OpaqueValue("form", "code", prefixes.CODE),
    OpaqueValue("form", "device_code", prefixes.DEVICE_CODE),
    OpaqueValue("form", "ctx", prefixes.COOKIE),
    OpaqueValue("query", "$skiptoken", ""),
    OpaqueValue("query", "$deltatoken", ""),
    OpaqueValue("query", "authtoken", "eyJ"),
    OpaqueValue("path", "subscriptions", ""),
)
"""Opaque values by which a request is placed; their prefixes are those given to `World.opaque`."""


class Unverified(msgspec.Struct):
    """Claims of a token that nobody has verified, as far as they lead to a world.

    Attributes:
        tid: tenant id.
        iss: issuer: of a client's own assertion, its client id.
    """

    tid: str = ""
    iss: str = ""


class _Fields(dict[str, str]):
    """Parameters by name, the first of each; "" for one that is missing."""

    def __missing__(self, name: str) -> str:
        return ""


class Clues:
    """What a request says about its world, each part read when a rule asks for it.

    Args:
        request: the request.
    """

    __slots__ = ("_form", "_query", "_segments", "request")

    def __init__(self, request: Request) -> None:
        self.request = request
        self._form: _Fields | None = None
        self._query: _Fields | None = None
        self._segments: list[str] | None = None

    @property
    def form(self) -> _Fields:
        """The fields of an urlencoded body."""
        if self._form is None:
            self._form = _Fields()
            kind = self.request.headers.get("content-type").partition(";")[0].strip().lower()
            if 0 < len(self.request.body) <= LONGEST_FORM and kind in (FORM, ""):
                self._form = _fields(self.request.body.decode("utf-8", "replace"))
        return self._form

    @property
    def query(self) -> _Fields:
        """The parameters of the query string."""
        if self._query is None:
            self._query = _fields(self.request.query) if self.request.query else _Fields()
        return self._query

    @property
    def segments(self) -> list[str]:
        """The segments of the path, decoded."""
        if self._segments is None:
            self._segments = [unquote(part) for part in self.request.path.split("/") if part]
        return self._segments

    def after(self, name: str) -> str:
        """Return the segment that follows one of a name in the path, or ""."""
        for before, segment in zip(self.segments, self.segments[1:], strict=False):
            if before.lower() == name:
                return segment
        return ""

    def value(self, place: str, name: str) -> str:
        """Return a field, a parameter or a segment, or ""."""
        if place == "path":
            return self.after(name)
        return self.form[name] if place == "form" else self.query[name]

    def authorization(self, scheme: str) -> str:
        """Return what stands in `Authorization` after a scheme, or ""."""
        given, _, rest = self.request.headers.get("authorization").strip().partition(" ")
        return rest.strip() if given.lower() == scheme else ""


def _fields(text: str) -> _Fields:
    found = _Fields()
    for name, value in parse_pairs(text):
        found.setdefault(name.lower(), value)
    return found


_CLAIMS: msgspec.json.Decoder[Unverified] = msgspec.json.Decoder(Unverified)


@lru_cache(maxsize=4096)
def unverified(token: str) -> Unverified:
    """Read the claims of a JSON Web Token without verifying it.

    Args:
        token: any text.

    Returns:
        What it says; empty claims where it is no token.
    """
    parts = token.split(".")
    if len(parts) != 3:
        return Unverified()
    try:
        text = parts[1].encode("ascii")
        return _CLAIMS.decode(base64.urlsafe_b64decode(text + b"=" * (-len(text) % 4)))
    except (binascii.Error, UnicodeError, msgspec.DecodeError, RecursionError):
        return Unverified()


def _by_opaque(hosting: Hosting, clues: Clues) -> World | None:
    for opaque in OPAQUE_VALUES:
        value = clues.value(opaque.place, opaque.name)
        if value.startswith(opaque.prefix) and value:
            world = hosting.by_opaque(value, len(opaque.prefix))
            if world is not None:
                return world
    return None


def _tenants(clues: Clues) -> Iterator[str]:
    if clues.segments:
        yield clues.segments[0]
    yield from clues.query["authorization_endpoint"].split("/")[3:4]
    yield unverified(clues.authorization("bearer")).tid
    yield unverified(clues.form["assertion"]).tid
    yield unverified(clues.query["id_token_hint"]).tid


def _user_domains(clues: Clues) -> Iterator[str]:
    yield clues.form["username"].rpartition("@")[2]
    for fields in (clues.query, clues.form):
        yield fields["login_hint"].rpartition("@")[2]
        yield fields["domain_hint"]
    for name in ("users", "userrealm"):
        yield clues.after(name).rpartition("@")[2]


def _clients(clues: Clues) -> Iterator[str]:
    yield clues.form["client_id"]
    yield clues.query["client_id"]
    yield unverified(clues.form["client_assertion"]).iss
    try:
        basic = base64.b64decode(clues.authorization("basic")).decode("utf-8", "replace")
    except ValueError:
        return
    yield unquote(basic.partition(":")[0])


def _by_tenant_name(names: Callable[[Clues], Iterator[str]]) -> Callable[[Hosting, Clues], World | None]:
    def find(hosting: Hosting, clues: Clues) -> World | None:
        found = next(filter(None, (hosting.by_tenant(name) for name in names(clues) if name)), None)
        return found[0] if found is not None else None

    return find


def _by_client(hosting: Hosting, clues: Clues) -> World | None:
    return next(filter(None, (hosting.by_client(name) for name in _clients(clues) if name)), None)


def _by_lead(hosting: Hosting, clues: Clues) -> World | None:
    lead = clues.request.lead
    return (hosting.by_key(lead) or hosting.by_name(lead)) if lead else None


def _by_user_code(hosting: Hosting, clues: Clues) -> World | None:
    """Find the world of a user code, which is too short to carry a key and unique in the emulator."""
    typed = clues.form["otc"] or clues.query["otc"]
    if not typed or len(typed) > 20:
        return None
    code = "".join(sign for sign in typed.upper() if sign.isalnum())
    known = (world for world in hosting if world.sign_ins.device_codes.find("user_code", code) is not None)
    return next(known, None)


def _by_cookie(hosting: Hosting, clues: Clues) -> World | None:
    """Find the world by a cookie of the sign-in pages.

    A browser brings them along to every world of the emulator, so they count only where nothing else leads.
    """
    for field in clues.request.headers.all("cookie"):
        for part in field.split(";"):
            name, _, value = part.strip().partition("=")
            ours = name in COOKIES and value.startswith(prefixes.COOKIE)
            world = hosting.by_opaque(value, len(prefixes.COOKIE)) if ours else None
            if world is not None:
                return world
    return None


RULES: tuple[tuple[str, Callable[[Hosting, Clues], World | None]], ...] = (
    ("opaque value", _by_opaque),
    ("user code", _by_user_code),
    ("tenant", _by_tenant_name(_tenants)),
    ("user", _by_tenant_name(_user_domains)),
    ("client", _by_client),
    ("lead", _by_lead),
    ("cookie", _by_cookie),
    ("unplaced", lambda hosting, _: hosting.only() or hosting.default),
)
"""The rules in their order: the first that finds a world decides. What the last one finds counts as unplaced."""


def place(hosting: Hosting, request: Request) -> Placed:
    """Find the world that a request belongs to; never raises, whatever the request says.

    Args:
        hosting: the worlds of the emulator.
        request: the request.
    """
    clues = Clues(request)
    for how, rule in RULES:
        world = rule(hosting, clues)
        if world is not None:
            return Placed(world, how)
    return Placed(None, "unplaced")

"""A request and its answer as values, free of any server: what every service takes and gives."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final, Literal, NamedTuple
from urllib.parse import unquote_plus

Form = Literal["host", "prefix"]


class Harm(NamedTuple):
    """What a fault does to an answer on its way, or to the connection.

    Attributes:
        kind: name of the kind of fault, `reset`.
        settings: particulars of the kind.
    """

    kind: str
    settings: Mapping[str, Any]


class Headers:
    """The header fields of a request: names without case, several values each.

    Args:
        raw: pairs as ASGI gives them: lower-case name and value, both bytes.
    """

    __slots__ = ("_raw",)

    def __init__(self, raw: list[tuple[bytes, bytes]]) -> None:
        self._raw = raw

    def get(self, name: str, default: str = "") -> str:
        """Return the first value of a field, or the default."""
        wanted = name.lower().encode("latin-1")
        for key, value in self._raw:
            if key == wanted:
                return value.decode("latin-1")
        return default

    def all(self, name: str) -> list[str]:
        """Return every value of a field in the order received."""
        wanted = name.lower().encode("latin-1")
        return [value.decode("latin-1") for key, value in self._raw if key == wanted]

    def __contains__(self, name: str) -> bool:
        wanted = name.lower().encode("latin-1")
        return any(key == wanted for key, _ in self._raw)

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return ((key.decode("latin-1"), value.decode("latin-1")) for key, value in self._raw)


class Request:
    """One request to an emulated host.

    Args:
        method: upper-case verb.
        host: the emulated host in lower case without port, `graph.microsoft.com`.
        path: the path after the host prefix (if any), percent-encoded as received; begins with `/`.
        query: the raw query string without `?`.
        headers: the header fields.
        body: the whole body.
        form: `host` when the client spoke to the host itself, `prefix` when the host was the first path segment.
        door: scheme and authority of the door the request came in by, `http://127.0.0.1:8365`; used by the prefix form.
        client: the client's address, for the `ipaddr` claim.
        lead: key of the world that the connection leads to (its own TLS port, the user name of the proxy), or "".

    Attributes:
        delay: seconds that a fault holds the answer back; whoever sends the answer waits.
        harm: what a fault does to the answer or the connection; whoever sends the answer does it.
        in_batch: whether it is an item of a `$batch`.
        items: of a `$batch` that was split: each item with its answer and its line in the journal.
        on_sent: called by whoever sends the answer when the last byte is out or the client is gone (`finish`).
    """

    __slots__ = (
        "body",
        "client",
        "delay",
        "door",
        "form",
        "harm",
        "headers",
        "host",
        "in_batch",
        "items",
        "lead",
        "method",
        "on_sent",
        "path",
        "query",
    )

    def __init__(
        self,
        method: str,
        host: str,
        path: str,
        query: str = "",
        headers: Headers | None = None,
        body: bytes = b"",
        *,
        form: Form = "host",
        door: str = "",
        client: str = "127.0.0.1",
        lead: str = "",
    ) -> None:
        self.method = method
        self.host = host
        self.path = path
        self.query = query
        self.headers = headers or Headers([])
        self.body = body
        self.form = form
        self.door = door
        self.client = client
        self.lead = lead
        self.delay = 0.0
        self.harm: Harm | None = None
        self.in_batch = False
        self.items: list[tuple[Request, Response, Any]] = []
        self.on_sent: list[Callable[[], None]] = []

    def finish(self) -> None:
        """Say that the answer has been sent, or never will be; further calls do nothing."""
        while self.on_sent:
            self.on_sent.pop()()

    def root_of(self, host: str) -> str:
        """Return the root URL of an emulated host in the form in which this request came in.

        Args:
            host: an emulated host name.

        Returns:
            `https://graph.microsoft.com`, or `http://127.0.0.1:8365/graph.microsoft.com` for the prefix form.
        """
        return f"https://{host}" if self.form == "host" else f"{self.door}/{host}"

    @property
    def url(self) -> str:
        """The URL asked for, as the client wrote it."""
        return self.root_of(self.host) + self.path + (f"?{self.query}" if self.query else "")


BODILESS: Final = frozenset({204, 205, 304})
"""Statuses whose answers have no content (RFC 9110 sections 15.3.5, 15.3.6 and 15.4.5)."""


class Response:
    """An answer: status, header fields in order, and the body.

    Args:
        status: HTTP status.
        body: the bytes of the body; Content-Length follows from it.
        headers: header fields as (name, value), names in Microsoft's capitals.

    Attributes:
        pieces: what comes before `body`, for content too large to be held at once.
        pieces_length: bytes of all pieces.
    """

    __slots__ = ("body", "headers", "pieces", "pieces_length", "status")

    def __init__(self, status: int, body: bytes = b"", headers: list[tuple[str, str]] | None = None) -> None:
        self.status = status
        self.body = body
        self.headers = headers if headers is not None else []
        self.pieces: Iterable[bytes] = ()
        self.pieces_length = 0

    @property
    def length(self) -> int:
        """Bytes of the whole body."""
        return len(self.body) + self.pieces_length


def parse_pairs(text: str) -> list[tuple[str, str]]:
    """Split a query string or an urlencoded form into decoded pairs, in order, empty values kept.

    Args:
        text: `a=1&b=%20x`; undecodable bytes become U+FFFD.
    """
    pairs = []
    for part in text.split("&"):
        if part:
            name, _, value = part.partition("=")
            pairs.append((unquote_plus(name), unquote_plus(value)))
    return pairs

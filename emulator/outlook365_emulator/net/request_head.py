"""The head of a request to a proxy (RFC 9112 sections 3 and 5), read strictly: what is doubtful is refused."""

import base64
import binascii
import re
from typing import NamedTuple

REQUEST_LINE = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]{1,32}) ([\x21-\x7e]{1,16384}) HTTP/1\.[01]")
FIELD_LINE = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([\t\x20-\x7e\x80-\xff]*)")
METHOD_START = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,32}(?: |\Z)")
AUTHORITY = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]{1,255})(?::([0-9]{1,5}))?")
ABSOLUTE = re.compile(r"http://([^/?#@]*)([^#]*)", re.IGNORECASE)

HOP_BY_HOP = frozenset((b"connection", b"keep-alive", b"proxy-connection", b"proxy-authorization", b"te", b"upgrade"))
"""Fields that end at a proxy (RFC 9110 section 7.6.1); Transfer-Encoding goes on since the body is not touched."""


class BadRequest(ValueError):
    """A request that a proxy cannot understand; the text says why."""


class Target(NamedTuple):
    """Where a request goes.

    Attributes:
        host: name in lower case without trailing dots, or an address without brackets.
        port: TCP port.
        path: path and query for a plain request, or "" for a tunnel.
    """

    host: str
    port: int
    path: str = ""


class Head(NamedTuple):
    """A request line and its fields.

    Attributes:
        method: the verb.
        target: the request target as written.
        fields: pairs of name (lower case) and value.
    """

    method: str
    target: str
    fields: tuple[tuple[bytes, bytes], ...]

    def all(self, name: bytes) -> list[bytes]:
        """Return every value of a field."""
        return [value for key, value in self.fields if key == name]


def may_begin(data: bytes) -> bool:
    """Tell whether bytes can be the beginning of a head; a TLS handshake, garbage or bare line feeds are not.

    Args:
        data: what has come, without the empty line that ends a head.
    """
    first, ended, _ = data.partition(b"\n")
    if ended:
        return first.endswith(b"\r") and REQUEST_LINE.fullmatch(first[:-1]) is not None and b"\n\n" not in data
    return METHOD_START.match(first) is not None


def parse_head(data: bytes) -> Head:
    """Read a request line and fields.

    Args:
        data: everything before the empty line.

    Raises:
        BadRequest: it is not a request of HTTP/1.
    """
    first, *lines = data.split(b"\r\n")
    line = REQUEST_LINE.fullmatch(first)
    if line is None:
        raise BadRequest("The first line is no HTTP/1.1 request line.")
    fields = []
    for text in lines:
        field = FIELD_LINE.fullmatch(text)
        if field is None:
            raise BadRequest("A header line is malformed.")
        fields.append((field[1].lower(), field[2].rstrip()))
    return Head(line[1].decode("ascii"), line[2].decode("ascii"), tuple(fields))


def target_of(head: Head) -> Target:
    """Read where a request goes: `host:port` of CONNECT, or an absolute `http` URL.

    Raises:
        BadRequest: the target has another form or no usable port.
    """
    if head.method == "CONNECT":
        return _authority(head.target, None, "")
    absolute = ABSOLUTE.fullmatch(head.target)
    if absolute is not None:
        path = absolute[2]
        return _authority(absolute[1], 80, path if path.startswith("/") else "/" + path)
    if head.target.lower().startswith("https:"):
        raise BadRequest("A proxy is asked for https by CONNECT host:443, not with an https URL.")
    raise BadRequest(
        "This is the emulator's proxy, no web server: give its address as HTTPS_PROXY, "
        "and open the emulator's HTTP port in a browser."
    )


def _authority(text: str, default_port: int | None, path: str) -> Target:
    found = AUTHORITY.fullmatch(text)
    if found is None:
        raise BadRequest("The target is no host and port.")
    port = int(found[2]) if found[2] else default_port
    if port is None or not 0 < port < 65536:
        raise BadRequest("The target needs a port from 1 to 65535.")
    # All dots: a name with two of them must not get past the rules for Microsoft's hosts.
    host = found[1].lower().strip("[]").rstrip(".")
    if not host:
        raise BadRequest("The target names no host.")
    return Target(host, port, path)


def user_of(head: Head) -> str:
    """Return the user name of `Proxy-Authorization: Basic` (RFC 7617), or "" where the field is missing.

    Raises:
        BadRequest: the field is there and is no Basic credential.
    """
    values = head.all(b"proxy-authorization")
    if not values:
        return ""
    scheme, _, credential = values[0].partition(b" ")
    if scheme.lower() != b"basic":
        raise BadRequest("The proxy reads Proxy-Authorization: Basic only; the user name is the key of a world.")
    try:
        decoded = base64.b64decode(credential.strip(), validate=True).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError):
        raise BadRequest("The credential of Proxy-Authorization is no base64 of user:password.") from None
    return decoded.partition(":")[0]


def body_limit(head: Head) -> int | None:
    """Return how many bytes of body follow a head, or None where chunks tell (RFC 9112 section 6.3).

    Raises:
        BadRequest: the length is malformed, or given in two ways.
    """
    lengths = set(head.all(b"content-length"))
    if head.all(b"transfer-encoding"):
        if lengths:
            raise BadRequest("Content-Length and Transfer-Encoding exclude each other.")
        return None
    if not lengths:
        return 0
    length = lengths.pop()
    if lengths or not re.fullmatch(rb"[0-9]{1,15}", length):
        raise BadRequest("Content-Length is malformed.")
    return int(length)


def forwarded(head: Head, target: Target) -> bytes:
    """Write the head that the origin server gets: origin form, its own Host, one request per connection."""
    named = {
        token.strip().lower() for value in head.all(b"connection") for token in value.split(b",") if token.strip()
    } - {b"transfer-encoding", b"content-length"}
    host = f"[{target.host}]" if ":" in target.host else target.host
    authority = host if target.port == 80 else f"{host}:{target.port}"
    lines = [f"{head.method} {target.path} HTTP/1.1\r\nHost: {authority}\r\n".encode("ascii")]
    lines += [
        name + b": " + value + b"\r\n"
        for name, value in head.fields
        if name != b"host" and name not in HOP_BY_HOP and name not in named
    ]
    return b"".join((*lines, b"Connection: close\r\n\r\n"))

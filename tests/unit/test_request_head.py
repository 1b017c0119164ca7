"""The head of a proxy request: every input is read or refused, and hosts have one spelling."""

import contextlib

from hypothesis import given
from hypothesis import strategies as st
from outlook365_emulator.net.request_head import (
    BadRequest,
    Target,
    body_limit,
    forwarded,
    may_begin,
    parse_head,
    target_of,
    user_of,
)

BEGINNINGS = st.sampled_from(
    [b"", b"CONNECT ", b"GET http://", b"GET http://a/ HTTP/1.1\r\n", b"CONNECT a:1 HTTP/1.1\r\n"]
)


@given(st.builds(bytes.__add__, BEGINNINGS, st.binary(max_size=200)))
def test_no_bytes_break_the_reading_of_heads(data: bytes) -> None:
    may_begin(data)
    with contextlib.suppress(BadRequest):
        head = parse_head(data)
        target = target_of(head)
        user_of(head)
        body_limit(head)
        forwarded(head, target)


@given(
    st.text("abcXYZ019-_.", min_size=1, max_size=60).filter(lambda host: host.strip(".") != ""),
    st.integers(1, 65535),
)
def test_hosts_are_read_in_one_spelling(host: str, port: int) -> None:
    target = target_of(parse_head(f"CONNECT {host}:{port} HTTP/1.1".encode()))

    assert target == Target(host.lower().rstrip("."), port)


def test_ipv6_targets() -> None:
    assert target_of(parse_head(b"CONNECT [::1]:443 HTTP/1.1")) == Target("::1", 443)
    head = parse_head(b"GET http://[::1]:81?q=1 HTTP/1.1")
    target = target_of(head)
    assert target == Target("::1", 81, "/?q=1")
    assert forwarded(head, target) == b"GET /?q=1 HTTP/1.1\r\nHost: [::1]:81\r\nConnection: close\r\n\r\n"

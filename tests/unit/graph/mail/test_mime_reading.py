"""Reading any MIME text: nothing makes it raise but Graph's own errors."""

from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from outlook365_emulator.clock import monotonic
from outlook365_emulator.errors import GraphError
from outlook365_emulator.graph.mail.mime_reading import decoded, read_mime, without_field

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
LINES = [
    "Subject: =?utf-8?B?R3LDvMOfZQ==?=", "Subject: =?x?Q?", "From: a <b@c.de>, , <", "To: =?utf-8?q?=C3?= <x@y.zz>;",
    "Date: yesterday", "Date: Wed, 31 Feb 99999 25:61:00 +9999", "Thread-Index: AAAA", "Message-ID: <a b>",
    "Bcc: x@y.zz",
    "Content-Type: multipart/mixed; boundary=b", "Content-Type: multipart/alternative; boundary=\"b\"", "--b", "--b--",
    "Content-Type: text/html; charset=nonsense", "Content-Type: text/plain; charset*=utf-8''x", "Content-Type: ;;;",
    "Content-Type: message/rfc822", "Content-Type: image/png; name*0*=utf-16''%00; name*1=b", "Content-ID: <c>",
    "Content-Disposition: attachment; filename*=koi8-r''%C1%FF", "Content-Disposition: inline; filename==?a?b?c?=",
    "Content-Transfer-Encoding: base64", "Content-Transfer-Encoding: x-uuencode", "Content-Transfer-Encoding: 8bit",
    "begin 644 x", "SGVsbG8=", "=C3=A4=", "", "", "words \xe4\xf6", ".", "X-Custom: \xff", " folded",
]  # fmt: skip


@given(st.lists(st.sampled_from(LINES), max_size=40), st.sampled_from(["\n", "\r\n", "\r"]))
def test_odd_texts(lines: list[str], ending: str) -> None:
    content = read_mime(ending.join(lines).encode("latin-1"), NOW)
    assert content.members["body"]["contentType"] in ("text", "html")
    assert all(new.document["name"] for new in content.attachments)


@given(st.binary(max_size=300))
def test_any_bytes(text: bytes) -> None:
    read_mime(text, NOW)


@pytest.mark.parametrize(
    "text",
    [
        b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (one, one) for one in range(3000)),
        b"Content-Type: message/rfc822\n\n" * 3000,
        b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\n" * 3000,
    ],
    ids=["multiparts in multiparts", "messages in messages", "many parts"],
)
def test_without_end(text: bytes) -> None:
    with pytest.raises(GraphError) as refused:
        read_mime(text, NOW)
    assert refused.value.code == "ErrorMimeContentInvalid"


@pytest.mark.parametrize("piece", [b"Bcc: x\n", b"a: b\n ", b"=?utf-8?Q?x?= ", b"<a@b.cc>,", b"--b\n"])
def test_it_takes_time_in_proportion(piece: bytes) -> None:
    started = monotonic()
    with suppress(GraphError):
        read_mime(b"Subject: " + piece * (300_000 // len(piece)), NOW)
    assert monotonic() - started < 8


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("plain", "plain"),
        ("=?utf-8?Q?Gr=C3=BC=C3=9Fe?=", "Grüße"),
        ("=?utf-8?B?R3LDvA==?=\r\n =?utf-8?B?w59l?=", "Grüße"),
        ("=?iso-2022-jp?B?GyRCNUQ7djtEGyhC?= x", "議事残 x"),
        ("=?klingon?Q?abc?=", "abc"),
        ("=?a?b?c?=", "=?a?b?c?="),
    ],
)
def test_header_fields(written: str, text: str) -> None:
    assert decoded(written) == text


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        (b"A: 1\r\nBcc: x\r\n y\r\nC: 2\r\n\r\nBcc: body\r\n", b"A: 1\r\nC: 2\r\n\r\nBcc: body\r\n"),
        (b"bcc: x\n\nbody", b"\n\nbody"),
        (b"A: 1\n\nbody", b"A: 1\n\nbody"),
        (b"A: 1\nBcc: x", b"A: 1"),
    ],
)
def test_a_field_is_taken_out(text: bytes, rest: bytes) -> None:
    assert without_field(text, b"bcc") == rest

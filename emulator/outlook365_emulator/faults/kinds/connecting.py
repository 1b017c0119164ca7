"""Kinds that act before there is a request: the name is not found, nobody listens, TLS fails."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Literal

import msgspec

from outlook365_emulator.faults.kinds.harming import harm
from outlook365_emulator.faults.kinds.kind import Kind


class Dns(msgspec.Struct, kw_only=True, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Settings of `dns`: the look-up of the host fails.

    Attributes:
        how: `unknown` says that there is no such name, `again` that the look-up failed for the moment.
    """

    how: Literal["unknown", "again"] = "unknown"


class Refused(msgspec.Struct, kw_only=True, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Settings of `refused`: the connection is not taken.

    Attributes:
        how: `refused` is answered at once, `unreachable` says that no route leads there.
    """

    how: Literal["refused", "unreachable"] = "refused"


class Tls(msgspec.Struct, kw_only=True, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Settings of `tls`: the handshake fails.

    Attributes:
        problem: the certificate is `expired`, names another host (`wrong_host`), or is signed by somebody nobody trusts
            (`untrusted`); `handshake`: the server breaks off.
    """

    problem: Literal["expired", "wrong_host", "untrusted", "handshake"] = "expired"


KINDS: Mapping[str, Kind[Any]] = MappingProxyType(
    {
        "dns": Kind(settings=Dns, act=harm("dns"), phase="resolve"),
        "refused": Kind(settings=Refused, act=harm("refused"), phase="connect"),
        "tls": Kind(settings=Tls, act=harm("tls"), phase="handshake"),
    }
)

"""Kinds that change what is sent: broken JSON, a wrong type, broken compression, other header fields, other members.

They work on an answer as a value, so an item of a `$batch` can be changed too, but for its compression.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any, Literal

import msgspec

from outlook365_emulator.faults.kinds.harming import harm
from outlook365_emulator.faults.kinds.headers import check_headers
from outlook365_emulator.faults.kinds.kind import Kind


class Malformed(msgspec.Struct, kw_only=True, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Settings of `malformed`: the body is no JSON although the answer says so.

    Attributes:
        how: `cut` leaves out the end, `html` sends the page of a proxy, `garbage` random bytes, `empty` nothing,
            `bom` puts a byte order mark in front, `null` sends the JSON value null.
    """

    how: Literal["cut", "html", "garbage", "empty", "bom", "null"] = "cut"


class ContentType(msgspec.Struct, kw_only=True, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Settings of `content_type`: the answer says another media type than its body has.

    Attributes:
        value: value of `Content-Type`; empty for none.
    """

    value: str = "text/html; charset=utf-8"

    def __post_init__(self) -> None:
        check_headers({"Content-Type": self.value})


class Gzip(msgspec.Struct, kw_only=True, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Settings of `gzip`: the answer says `Content-Encoding: gzip`, and cannot be unpacked.

    Attributes:
        how: `checksum` has a wrong one, `cut` lacks the end, `plain` is not compressed at all.
    """

    how: Literal["checksum", "cut", "plain"] = "checksum"


class HeaderFields(msgspec.Struct, kw_only=True, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Settings of `headers`: header fields are doubled, added, replaced or left out.

    Attributes:
        repeat: names of fields that are sent twice.
        add: fields that are sent beside those of the answer.
        set: fields that replace those of the answer.
        remove: names of fields that are left out.
    """

    repeat: list[str] = []
    add: dict[str, str] = {}
    set: dict[str, str] = {}
    remove: list[str] = []

    def __post_init__(self) -> None:
        if not (self.repeat or self.add or self.set or self.remove):
            raise ValueError("say what happens to which fields: repeat, add, set or remove")
        check_headers({**dict.fromkeys([*self.repeat, *self.remove], ""), **self.add})
        check_headers(self.set)


class Members(msgspec.Struct, kw_only=True, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Settings of `members`: members of the JSON object are left out or replaced.

    Attributes:
        remove: names of members that are left out: `[refresh_token, expires_in]`.
        set: members that are put in or replaced.
    """

    remove: Annotated[list[str], msgspec.Meta(max_length=100)] = []
    set: dict[str, Any] = {}

    def __post_init__(self) -> None:
        if not (self.remove or self.set):
            raise ValueError("say which members: remove or set")


class Pages(msgspec.Struct, kw_only=True, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Settings of `pages`: a collection comes in unusual pages; an answer that is no collection passes unchanged.

    Attributes:
        how: `repeat` sends the last item of a page twice, `shuffle` changes the order within it, `empty` sends a page
            without items whose link leads to the page that was asked for.
    """

    how: Literal["repeat", "shuffle", "empty"] = "repeat"


def graph_only(settings: msgspec.Struct) -> tuple[str, ...]:
    """Say that a kind serves Graph only."""
    return ("graph",)


KINDS: Mapping[str, Kind[Any]] = MappingProxyType(
    {
        "malformed": Kind(settings=Malformed, act=harm("malformed"), harms=True),
        "content_type": Kind(settings=ContentType, act=harm("content_type"), harms=True),
        "gzip": Kind(settings=Gzip, act=harm("gzip"), whole=True, harms=True),
        "headers": Kind(settings=HeaderFields, act=harm("headers"), harms=True),
        "members": Kind(settings=Members, act=harm("members"), harms=True),
        "pages": Kind(settings=Pages, act=harm("pages"), services=graph_only, harms=True),
    }
)

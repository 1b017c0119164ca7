"""The tree of a search: nodes that compare by value."""

from datetime import datetime
from typing import Literal

from msgspec import Struct


class Term(Struct, frozen=True):
    """Words in one property, or anywhere.

    Attributes:
        property: name in lower case, or "" for the default properties.
        words: the words in lower case, one behind the other.
        prefix: whether the last word may go on.
    """

    property: str
    words: tuple[str, ...]
    prefix: bool = False


class Between(Struct, frozen=True):
    """A date or a size within limits.

    Attributes:
        property: `received`, `sent` or `size`.
        low: the least value, or None.
        high: the first value beyond, or None.
        negated: whether it must lie outside.
    """

    property: str
    low: datetime | int | None
    high: datetime | int | None
    negated: bool = False


class Is(Struct, frozen=True):
    """A property that has one of few values: `hasattachments`, `importance`, `kind`."""

    property: str
    value: str


class Not(Struct, frozen=True):
    """What must not match."""

    operand: "Node"


class Many(Struct, frozen=True):
    """Several parts joined by one operator."""

    operator: Literal["and", "or"]
    operands: "tuple[Node, ...]"


Node = Term | Between | Is | Not | Many

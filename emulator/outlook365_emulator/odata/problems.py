"""What can be wrong with a query, as exceptions that carry facts.

The texts are ours, for the journal and for people; whoever speaks for a service writes that service's answer from the
attributes.
"""

from dataclasses import dataclass


class OdataError(Exception):
    """A query that cannot be read or run."""


@dataclass(eq=False)
class OdataSyntaxError(OdataError):
    """Text that is no OData.

    Attributes:
        position: zero-based index of the offending character in `text`.
        detail: what is wrong there, in a few words.
        text: the whole text.
    """

    position: int
    detail: str
    text: str = ""

    def __str__(self) -> str:
        return f"{self.detail} at position {self.position} in {self.text!r}"


@dataclass(eq=False)
class UnknownProperty(OdataError):
    """A name that the type does not declare.

    Attributes:
        name: the name as written.
        type_name: qualified name of the type it was looked up on.
    """

    name: str
    type_name: str

    def __str__(self) -> str:
        return f"{self.type_name or 'the type'} has no property {self.name!r}"


@dataclass(eq=False)
class UnknownType(OdataError):
    """A dotted name in a path or a cast that names no known type.

    Attributes:
        name: the name as written, `start.dateTime`.
    """

    name: str

    def __str__(self) -> str:
        return f"{self.name!r} names no type that can be cast to; segments of a path are joined by '/'"


@dataclass(eq=False)
class UnknownFunction(OdataError):
    """A call of a function that the language does not have.

    Attributes:
        name: the function in lower case.
    """

    name: str

    def __str__(self) -> str:
        return f"there is no function {self.name!r}"


@dataclass(eq=False)
class WrongArity(OdataError):
    """A call with too few or too many arguments.

    Attributes:
        name: the function in lower case.
        expected: the least and the largest number of arguments.
        given: how many there were.
    """

    name: str
    expected: tuple[int, int]
    given: int

    def __str__(self) -> str:
        least, most = self.expected
        wanted = str(least) if least == most else f"{least} to {most}"
        return f"{self.name} takes {wanted} arguments, not {self.given}"


@dataclass(eq=False)
class TypeMismatch(OdataError):
    """Operands whose types do not go together.

    Attributes:
        operator: the operator or function.
        left: kind of the left operand, or of the argument.
        right: kind of the right operand, or the kinds that the argument may have.
        subject: the text of the expression.
    """

    operator: str
    left: str
    right: str
    subject: str = ""

    def __str__(self) -> str:
        where = f" in {self.subject!r}" if self.subject else ""
        return f"{self.operator} does not go with {self.left} and {self.right}{where}"


@dataclass(eq=False)
class UnsupportedNode(OdataError):
    """Legal OData that cannot be evaluated here.

    Attributes:
        node: the text of the part concerned.
        reason: why, in a few words.
    """

    node: str
    reason: str

    def __str__(self) -> str:
        return f"{self.node!r}: {self.reason}"


@dataclass(eq=False)
class NotFilterable(UnsupportedNode):
    """A property that exists but may not occur in a filter; `node` is its path as written."""


@dataclass(eq=False)
class NotSortable(UnsupportedNode):
    """An expression that may not be ordered by.

    Attributes:
        kind: the kind of the property: `complex` and `collection` never sort.
    """

    kind: str = ""


@dataclass(eq=False)
class UnknownOption(OdataError):
    """A `$name` that OData does not define.

    Attributes:
        name: the name as written, with its `$`.
    """

    name: str

    def __str__(self) -> str:
        return f"{self.name} is no query option"


@dataclass(eq=False)
class OptionNotAllowed(OdataError):
    """A query option that this operation does not take.

    Attributes:
        name: the name in lower case with its `$`.
    """

    name: str

    def __str__(self) -> str:
        return f"{self.name} is not allowed here"


@dataclass(eq=False)
class DuplicateOption(OdataError):
    """A query option given twice.

    Attributes:
        name: the name in lower case with its `$`.
    """

    name: str

    def __str__(self) -> str:
        return f"{self.name} is given more than once"


@dataclass(eq=False)
class InvalidOption(OdataError):
    """A query option whose value cannot be read.

    Attributes:
        name: the name in lower case with its `$`.
        value: the decoded value.
        reason: what is expected, in a few words.
    """

    name: str
    value: str
    reason: str

    def __str__(self) -> str:
        return f"{self.name}={self.value}: {self.reason}"

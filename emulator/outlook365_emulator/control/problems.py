"""What the control API refuses, as values: status, code, sentence and place."""

from collections.abc import Iterable
from difflib import get_close_matches

import msgspec

from outlook365_emulator.directory.applications import UnknownApplication
from outlook365_emulator.directory.conditional_access import UnknownPolicy
from outlook365_emulator.directory.tenants import BadDomain
from outlook365_emulator.directory.users import BadUserName, UnknownUser
from outlook365_emulator.faults.decode import FaultError
from outlook365_emulator.store.hosting import NameTaken
from outlook365_emulator.store.shelf import Taken
from outlook365_emulator.worlds import DocumentConflict, DocumentError


class Problem(msgspec.Struct, omit_defaults=True):
    """What went wrong.

    Attributes:
        code: stable name of the problem, `unknown_user`.
        message: a sentence that names the nearest right name where there is one.
        where: the place in the document that was sent, `users[2].nmae`.
    """

    code: str
    message: str
    where: str = ""


class ProblemView(msgspec.Struct):
    """The body of every refusal."""

    error: Problem


class ControlError(Exception):
    """A request that is refused.

    Args:
        status: HTTP status.
        code: stable name of the problem.
        message: a sentence for people.
        where: place in the document that was sent.
        headers: further header fields of the answer.
    """

    def __init__(
        self, status: int, code: str, message: str, where: str = "", headers: tuple[tuple[str, str], ...] = ()
    ) -> None:
        super().__init__(message)
        self.status = status
        self.problem = Problem(code, message, where)
        self.headers = headers


def unknown(what: str, given: str, known: Iterable[str], note: str = "") -> ControlError:
    """Make the 404 for a name that leads to nothing.

    Args:
        what: what it should have named, `world`; the code is `unknown_world`.
        given: the name as given.
        known: the names there are.
        note: what may explain it.
    """
    names = list(known)
    close = get_close_matches(given, names, n=1, cutoff=0.5)
    listed = ", ".join(names[:12]) + (", …" if len(names) > 12 else "")
    hint = f"did you mean {close[0]!r}?" if close else f"there is {listed or 'none'}"
    return ControlError(
        404, f"unknown_{what.replace(' ', '_')}", f"there is no {what} {given!r}; {hint}{note and f' ({note})'}"
    )


_MEANING: tuple[tuple[type[Exception], int, str], ...] = (
    (DocumentConflict, 409, "taken"),
    (DocumentError, 400, "bad_document"),
    (UnknownUser, 404, "unknown_user"),
    (UnknownApplication, 404, "unknown_app"),
    (UnknownPolicy, 404, "unknown_policy"),
    (Taken, 409, "taken"),
    (NameTaken, 409, "taken"),
    (FaultError, 400, "bad_document"),
    (BadUserName, 400, "bad_document"),
    (BadDomain, 400, "bad_document"),
)

REFUSALS = tuple(kind for kind, _, _ in _MEANING)
"""Exceptions of other parts that mean that a request is refused."""


def refused(error: Exception) -> ControlError:
    """Return the refusal that an exception of another part means."""
    _, status, code = next(row for row in _MEANING if isinstance(error, row[0]))
    if isinstance(error, DocumentError):
        return ControlError(status, code, error.message, error.place)
    if isinstance(error, FaultError):
        return ControlError(status, code, error.problem, error.where)
    return ControlError(status, code, str(error.args[0]) if error.args else str(error))

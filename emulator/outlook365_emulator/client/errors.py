"""What goes wrong when a handle asks the control API."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any


class ControlError(Exception):
    """The control API refused a request.

    Args:
        message: what is wrong, in a sentence, with the nearest right name where there is one.
        status: HTTP status of the answer, 0 where there was none.
        code: the API's name for the error, `unknown_user`.
        where: the place in the document that is meant, `users[2].nmae`, or "".
    """

    def __init__(self, message: str, *, status: int = 0, code: str = "", where: str = "") -> None:
        super().__init__(f"{where}: {message}" if where and not message.startswith(where) else message)
        self.status = status
        self.code = code
        self.where = where

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle with all attributes: pytest-xdist and multiprocessing send errors between processes."""
        return _again, (type(self), str(self), self.status, self.code, self.where)


class BadDocument(ControlError, ValueError):
    """What was asked for cannot be: an unknown key, permission or fault, or a value that is not allowed (400)."""


class NotFound(ControlError, LookupError):
    """There is no such world, tenant, user, application, folder or fault (404)."""


class Taken(ControlError, ValueError):
    """A name, id, domain or address is in use already (409)."""


class Unreachable(ControlError, ConnectionError):
    """No emulator answers at the address."""


class SignInFailed(ControlError):
    """A sign-in was refused, by the token endpoint or on a page that a person sees."""

    @property
    def number(self) -> int:
        """The AADSTS number, or 0 where there is none."""
        digits = self.code.removeprefix("AADSTS")
        return int(digits) if digits.isdecimal() else 0


class NeedsAdministrator(SignInFailed):
    """The person may not consent: an administrator has to, or has to approve a request (90094, 90095)."""


_BY_STATUS: Mapping[int, type[ControlError]] = MappingProxyType({400: BadDocument, 404: NotFound, 409: Taken})


def refusal(status: int, document: Any) -> ControlError:
    """Make the error of an answer of the control API.

    Args:
        status: HTTP status.
        document: the decoded body, `{"error": {"code", "message", "where"}}`.
    """
    error = document.get("error") if isinstance(document, dict) else None
    if not isinstance(error, dict):
        return ControlError(f"the emulator answered {status} without an explanation: {document!r}", status=status)
    kind = _BY_STATUS.get(status, ControlError)
    return kind(
        str(error.get("message", "")),
        status=status,
        code=str(error.get("code", "")),
        where=str(error.get("where") or ""),
    )


def _again(kind: type[ControlError], text: str, status: int, code: str, where: str) -> ControlError:
    return kind(text, status=status, code=code, where=where)

"""Looking for messages in tests: what was asked for, or an error that shows what there is."""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

from outlook365_emulator.client.fields import Person
from outlook365_emulator.client.message import Message
from outlook365_emulator.client.plain import Named

M = TypeVar("M", bound=Message)

MOST_SHOWN = 20


class NoSuchMessage(AssertionError):
    """A message that a test expects is not there, or more than one is."""


def matching(
    messages: Iterable[M],
    *,
    subject: str | re.Pattern[str] | None = None,
    sender: Person | None = None,
    to: Person | None = None,
    body: str | None = None,
    where: Callable[[M], object] | None = None,
    **members: Any,
) -> list[M]:
    """Return the messages that meet every condition.

    Args:
        messages: the messages.
        subject: the whole subject, or a pattern that is searched for in it.
        sender: the author's address in any case, or the handle of a user.
        to: address among the recipients of any kind, likewise.
        body: text that the body contains.
        where: a function that says whether a message is meant.
        members: attributes of `Message` (`read`, `draft`, `categories`) or Graph's members (`importance`) with their
            values.

    Raises:
        TypeError: there is no attribute or member of that name.
    """
    held = list(messages)
    for name in members:
        _judge_name(held, name)
    return [
        one
        for one in held
        if (subject is None or _fits(subject, one.subject))
        and (sender is None or one.sender.lower() in _addresses(sender))
        and (to is None or not _addresses(to).isdisjoint(one.addressed))
        and (body is None or body in one.body)
        and (where is None or where(one))
        and all(_member(one, name) == value for name, value in members.items())
    ]


def the_only(place: str, messages: Sequence[M], found: Sequence[M], wanted: str) -> M:
    """Return the one message that was found.

    Args:
        place: where was looked, for the error.
        messages: everything that lies there.
        found: what meets the conditions.
        wanted: the conditions in words.

    Raises:
        NoSuchMessage: none or several were found; the message lists what lies there.
    """
    __tracebackhide__ = True
    if len(found) == 1:
        return found[0]
    many = f"{len(found)} messages" if found else "no message"
    raise NoSuchMessage(f"{place} has {many} with {wanted}; {_shown(found or messages)}")


def _shown(messages: Sequence[Message]) -> str:
    if not messages:
        return "it is empty"
    lines = [
        f"  {one.subject!r} from {one.sender or 'nobody'} to {', '.join(one.to) or 'nobody'}"
        f"{' (read)' if one.read else ''}"
        for one in messages[:MOST_SHOWN]
    ]
    more = [f"  and {len(messages) - MOST_SHOWN} more"] if len(messages) > MOST_SHOWN else []
    return "\n".join(["there is:", *lines, *more])


def in_words(conditions: dict[str, Any]) -> str:
    """Write conditions as they were given."""
    given = {name: value for name, value in conditions.items() if value is not None}
    return ", ".join(f"{name}={value!r}" for name, value in given.items()) or "any content"


def _addresses(person: Person) -> set[str]:
    """Return an address as it is given, or the principal name and the primary address of a user, in lower case."""
    if not isinstance(person, Named):
        return {person.lower()}
    return {one.lower() for one in (person.reference, getattr(person, "mail", None)) if one}


def _fits(wanted: str | re.Pattern[str], subject: str) -> bool:
    return subject == wanted if isinstance(wanted, str) else wanted.search(subject) is not None


def _member(message: Message, name: str) -> Any:
    return getattr(message, name) if _is_attribute(type(message), name) else message.get(name)


def _is_attribute(kind: type[Message], name: str) -> bool:
    return isinstance(getattr(kind, name, None), property)


def _judge_name(messages: Sequence[Message], name: str) -> None:
    """Refuse a name that is no attribute and that no message has as a member."""
    __tracebackhide__ = True
    kind = type(messages[0]) if messages else Message
    if not messages or _is_attribute(kind, name) or any(name in one for one in messages):
        return
    known = [*(one for one in dir(kind) if _is_attribute(kind, one)), *messages[0]]
    from difflib import get_close_matches

    near = get_close_matches(name, known, n=1)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    raise TypeError(f"a message has no {name!r}{hint}")

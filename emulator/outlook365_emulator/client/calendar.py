"""Handles of a calendar and of the events in it."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Literal, TypeAlias, Unpack
from urllib.parse import quote

from outlook365_emulator.client.connection import Connection
from outlook365_emulator.client.fields import EventFields, Moment
from outlook365_emulator.client.plain import plain
from outlook365_emulator.client.resource import Resource

Response: TypeAlias = Literal["accept", "tentativelyAccept", "decline"]
"""Answers to a meeting, named as Graph's actions are."""

WEEK_PATIENCE = 2.0
"""Seconds that the emulator may take for each invented week."""


class Event(Resource):
    """An event as Graph writes it, with the properties that tests ask for most; times are in UTC.

    Args:
        document: the Graph JSON; `event["showAs"]` reads any property of it.
    """

    def __repr__(self) -> str:
        return f"Event(subject={self.subject!r}, start={self.start.isoformat()!r})"

    @property
    def id(self) -> str:
        """Id in the mailbox that it was read from; every copy of a meeting has its own."""
        return str(self._document["id"])

    @property
    def ical_uid(self) -> str:
        """The `iCalUId`, which is the same in every copy of a meeting."""
        return str(self._document["iCalUId"])

    @property
    def start(self) -> datetime:
        """When it begins."""
        return _instant(self._document["start"])

    @property
    def end(self) -> datetime:
        """When it ends."""
        return _instant(self._document["end"])

    @property
    def type(self) -> str:
        """`singleInstance`, `occurrence`, `exception` or `seriesMaster`."""
        return str(self._document["type"])

    @property
    def show_as(self) -> str:
        """What others see of the time."""
        return str(self._document["showAs"])

    @property
    def location(self) -> str:
        """Name of the place."""
        return (self._document.get("location") or {}).get("displayName") or ""

    @property
    def response(self) -> str:
        """The answer of the calendar's owner: `organizer`, `notResponded`, `accepted` …."""
        return str(self._document["responseStatus"]["response"])

    @property
    def responses(self) -> dict[str, str]:
        """The answers of the attendees by address, as this copy knows them: the organizer's knows all."""
        return {one["emailAddress"]["address"]: one["status"]["response"] for one in self._document["attendees"]}

    @property
    def cancelled(self) -> bool:
        """Whether the organizer has cancelled it."""
        return bool(self._document["isCancelled"])


def _instant(moment: Mapping[str, str]) -> datetime:
    return datetime.fromisoformat(moment["dateTime"][:26]).replace(tzinfo=UTC)


class Calendar:
    """A user's calendars; the default one where nothing else is said.

    Args:
        connection: to the control API.
        path: path of the owner, `/worlds/w/tenants/t/users/u`.
        owner: principal name of the owner.
    """

    def __init__(self, connection: Connection, path: str, owner: str) -> None:
        self._connection = connection
        self._path = path
        self.owner = owner

    def __repr__(self) -> str:
        return f"Calendar({self.owner!r})"

    def add_event(self, **fields: Unpack[EventFields]) -> Event:
        """Put an event into the calendar as the owner would; attendees are invited.

        Args:
            fields: see `EventFields`; `start` is needed, and without `end` and `minutes` it lasts half an hour.

        Returns:
            The event as the owner has it.

        Raises:
            BadDocument: a field is unknown (the nearest right name is told) or a value is not allowed.
            ValueError: a datetime is naive.
        """
        __tracebackhide__ = True
        return Event(self._connection.call("POST", f"{self._path}/events", plain(fields)))

    def events(self, start: Moment = "-30d", end: Moment = "30d", *, calendar: str = "") -> list[Event]:
        """Return what the calendar shows in a window, by start: single events, occurrences and exceptions.

        Args:
            start: begin of the window: an aware datetime, or an offset from the world's time.
            end: its end.
            calendar: name of the calendar; the default one when left out.

        Raises:
            NotFound: there is no such calendar; the message names the nearest.
            ValueError: a datetime is naive.
        """
        __tracebackhide__ = True
        query = f"?start={quote(plain(start), safe='')}&end={quote(plain(end), safe='')}"
        query += f"&calendar={quote(calendar, safe='')}" if calendar else ""
        return [Event(one) for one in self._connection.call("GET", f"{self._path}/events{query}")["value"]]

    def fill(self, weeks: int = 4, *, seed: int | None = None, zone: str = "UTC") -> int:
        """Put invented working weeks into the default calendar: series, meetings, appointments, days off.

        The same seed invents the same weeks for the same people at the same instant. Nobody is invited by mail.

        Args:
            weeks: how many, the present one first.
            seed: decides what is invented; the world's seed when left out.
            zone: time zone of the person, a Windows or IANA name.

        Returns:
            How many events were put in; a series counts once.

        Raises:
            BadDocument: a number or the zone is not allowed.
        """
        __tracebackhide__ = True
        document: dict[str, Any] = {"weeks": weeks, "zone": zone} | ({} if seed is None else {"seed": seed})
        answer = self._connection.call(
            "POST", f"{self._path}/calendar/fill", document, patience=WEEK_PATIENCE * max(weeks, 5)
        )
        return int(answer["events"])

    def respond(self, event: Event | str, response: Response, comment: str | None = None, *, send: bool = True) -> None:
        """Answer a meeting as the owner of the calendar.

        Args:
            event: the meeting or one occurrence of it, from anybody's calendar, or its `iCalUId`.
            response: the answer.
            comment: what is said to it.
            send: whether the organizer is told.

        Raises:
            BadDocument: there is no such answer (the nearest right one is told), or Exchange refuses it.
            NotFound: the owner has no copy of it.
        """
        __tracebackhide__ = True
        uid = event if isinstance(event, str) else event.ical_uid
        document = {"event": uid, "response": response, "comment": comment, "send": send}
        self._connection.call("POST", f"{self._path}/respond", document)

    def receive_reply(self, event: Event | str, attendee: str, response: Response, comment: str | None = None) -> Event:
        """Let somebody outside the world answer a meeting: the answer arrives as mail, as calendars send it.

        Args:
            event: the meeting or one occurrence of it, or its `iCalUId`; the owner of the calendar organizes it.
            attendee: address of the invited person who answers.
            response: the answer.
            comment: what is said to it.

        Returns:
            The event as the organizer has it then; `event.responses` tells all answers.

        Raises:
            BadDocument: there is no such answer (the nearest right one is told), or the person is in this world.
            NotFound: the owner organizes no such meeting, or the person is not invited (the nearest address is told).
        """
        __tracebackhide__ = True
        uid = event if isinstance(event, str) else event.ical_uid
        document = {"event": uid, "attendee": attendee, "response": response, "comment": comment or ""}
        return Event(self._connection.call("POST", f"{self._path}/replies", document))

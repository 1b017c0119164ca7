"""A client of calendars: it asks as a person with the calendar permissions, or as an application."""

from dataclasses import dataclass
from typing import Any

import pytest

SCOPES = ("Calendars.ReadWrite", "Calendars.ReadWrite.Shared", "Mail.ReadWrite")
ROLES = ("Calendars.ReadWrite",)


@dataclass
class CalendarClient:
    """Asks for calendars as `me`; `as_=None` asks as an application."""

    graph: Any
    me: Any

    @property
    def org(self) -> Any:
        return self.graph.org

    def ask(self, method: str, path: str, body: Any = None, *, as_: Any = "me", **options: Any) -> Any:
        person = self.me if as_ == "me" else as_
        options.setdefault("scopes" if person else "roles", SCOPES if person else ROLES)
        return self.graph.ask(method, path, body, as_=person, **options)

    def get(self, path: str, **options: Any) -> Any:
        return self.ask("GET", path, **options)

    def post(self, path: str, body: Any = None, **options: Any) -> Any:
        return self.ask("POST", path, body, **options)

    def patch(self, path: str, body: Any = None, **options: Any) -> Any:
        return self.ask("PATCH", path, body, **options)

    def delete(self, path: str, **options: Any) -> Any:
        return self.ask("DELETE", path, **options)

    def page(self, link: str, **options: Any) -> Any:
        return self.ask("GET", link.partition("graph.microsoft.com")[2], raw=True, **options)

    def event(self, start: str = "2026-03-02T10:00:00", end: str = "2026-03-02T11:00:00", **members: Any) -> Any:
        """Create an event in Berlin time and return its JSON."""
        path = members.pop("path", "/me/events")
        zone = members.pop("zone", "Europe/Berlin")
        options = {name: members.pop(name) for name in ("as_", "headers") if name in members}
        document = {
            "subject": "Stand-up",
            "start": {"dateTime": start, "timeZone": zone},
            "end": {"dateTime": end, "timeZone": zone},
            **members,
        }
        answer = self.post(path, document, **options)
        assert answer.status == 201, answer.body
        return answer.json

    def series(self, pattern: dict[str, Any], limits: dict[str, Any] | None = None, **members: Any) -> Any:
        """Create a series that begins on Monday 2 March 2026 and return its JSON."""
        day = members.get("start", "2026-03-02T10:00:00")[:10]
        range_ = {"type": "noEnd", "startDate": day, **(limits or {})}
        return self.event(recurrence={"pattern": {"interval": 1, **pattern}, "range": range_}, **members)

    def view(self, low: str, high: str, options: str = "", path: str = "/me/calendarView", **kept: Any) -> list[Any]:
        """Return everything that a view shows in a window, page after page."""
        answer = self.get(f"{path}?startDateTime={low}&endDateTime={high}{options}", **kept)
        assert answer.status == 200, answer.body
        found = answer.values
        while "@odata.nextLink" in answer.json:
            answer = self.page(answer.json["@odata.nextLink"], **kept)
            found += answer.values
        return found

    def starts(self, low: str, high: str, **kept: Any) -> list[str]:
        """Return the starts of what a view shows, to the minute."""
        return [one["start"]["dateTime"][:16] for one in self.view(low, high, "&$top=1000", **kept)]


@pytest.fixture
def cal(graph: Any) -> CalendarClient:
    return CalendarClient(graph, graph.org.ada)

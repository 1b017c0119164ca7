"""People who meet: a client that invites, answers and looks into everybody's calendar and inbox."""

from dataclasses import dataclass
from typing import Any

import pytest
from outlook365_emulator.directory.users import add_user

SCOPES = (
    "Calendars.ReadWrite",
    "Calendars.ReadWrite.Shared",
    "Mail.ReadWrite",
    "Mail.ReadWrite.Shared",
    "Place.Read.All",
)


@dataclass
class Meeting:
    """What several people do with their calendars; each call says who asks."""

    graph: Any
    people: dict[str, Any]

    @property
    def world(self) -> Any:
        return self.graph.org.world

    def ask(self, who: str, method: str, path: str, body: Any = None, **options: Any) -> Any:
        options.setdefault("scopes", SCOPES)
        return self.graph.ask(method, path, body, as_=self.people[who], **options)

    def get(self, who: str, path: str, **options: Any) -> Any:
        answer = self.ask(who, "GET", path, **options)
        assert answer.status == 200, answer.body
        return answer.json

    def do(self, who: str, event: str, action: str, body: Any = None, status: int = 202) -> Any:
        answer = self.ask(who, "POST", f"/me/events/{event}/{action}", body if body is not None else {})
        assert answer.status == status, answer.body
        return answer

    def invite(self, who: str, *attendees: str, **members: Any) -> Any:
        """Create a meeting and return the organizer's JSON."""
        start = members.pop("start", "2026-03-09T10:00:00")
        end = members.pop("end", "2026-03-09T11:00:00")
        zone = members.pop("zone", "Europe/Berlin")
        document = {
            "subject": "Lunch",
            "start": {"dateTime": start, "timeZone": zone},
            "end": {"dateTime": end, "timeZone": zone},
            "attendees": [{"emailAddress": {"address": self.address(one)}, "type": "required"} for one in attendees],
            **members,
        }
        answer = self.ask(who, "POST", "/me/events", document)
        assert answer.status == 201, answer.body
        return answer.json

    def weekly(self, who: str, *attendees: str, count: int = 4, **members: Any) -> Any:
        pattern = {"type": "weekly", "interval": 1, "daysOfWeek": ["monday"]}
        range_ = {"type": "numbered", "numberOfOccurrences": count, "startDate": "2026-03-09"}
        return self.invite(who, *attendees, recurrence={"pattern": pattern, "range": range_}, **members)

    def patch(self, who: str, event: str, status: int = 200, **members: Any) -> Any:
        answer = self.ask(who, "PATCH", f"/me/events/{event}", members)
        assert answer.status == status, answer.body
        return answer.json

    def address(self, name: str) -> str:
        return name if "@" in name else f"{name}@contoso.example"

    def copies(self, who: str) -> list[Any]:
        """All single events and series of somebody, the latest first."""
        return self.get(who, "/me/events?$top=100")["value"]

    def copy(self, who: str) -> Any:
        """The only event in somebody's calendar."""
        (found,) = self.copies(who)
        return found

    def view(self, who: str, low: str = "2026-03-01", high: str = "2026-06-01") -> list[Any]:
        return self.get(who, f"/me/calendarView?startDateTime={low}&endDateTime={high}&$top=100")["value"]

    def inbox(self, who: str, folder: str = "inbox") -> list[Any]:
        return self.get(who, f"/me/mailFolders/{folder}/messages?$top=100")["value"]

    def mail(self, who: str) -> Any:
        """The latest message in somebody's inbox."""
        return self.inbox(who)[0]

    def attendee(self, event: Any, name: str) -> Any:
        (found,) = [one for one in event["attendees"] if one["emailAddress"]["address"] == self.address(name)]
        return found

    def status(self, who: str, event: str, name: str) -> str:
        """What the organizer's copy says of an attendee."""
        return self.attendee(self.get(who, f"/me/events/{event}"), name)["status"]["response"]


@pytest.fixture
def meet(graph: Any) -> Meeting:
    """Ada, Ben, Cleo, Dan; Lab is a room and Beamer a piece of equipment."""
    org = graph.org
    people = {"ada": org.ada, "ben": org.ben, "root": org.root, "support": org.support}
    with org.world.unit() as unit:
        people["cleo"] = add_user(org.world, org.tenant, unit, "cleo", display_name="Cleo Patra")
        people["dan"] = add_user(org.world, org.tenant, unit, "dan", display_name="Dan Smith")
        people["lab"] = add_user(org.world, org.tenant, unit, "lab", display_name="Lab", purpose="room")
    return Meeting(graph, people)

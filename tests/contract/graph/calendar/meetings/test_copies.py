"""The copies of organizer and attendees agree on what they must, whatever people do."""

from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

EQUAL = (
    "subject", "body", "start", "end", "isAllDay", "importance", "sensitivity", "location", "locations",
    "recurrence", "organizer", "responseRequested", "allowNewTimeProposals", "isOnlineMeeting", "type",
)  # fmt: skip
"""Members that an attendee's copy has as the organizer has them."""

ATTENDEES = ("ben", "cleo", "dan")
ACTIONS = {"accept": "accepted", "tentativelyAccept": "tentativelyAccepted", "decline": "declined"}
DAYS = 4


def agree(mine: dict[str, Any], theirs: dict[str, Any]) -> None:
    for name in EQUAL:
        assert mine[name] == theirs[name], name


class Meetings(RuleBasedStateMachine):
    """Ada invites, changes and cancels; the others answer and remove."""

    meet: Any = None

    @initialize(weekly=st.booleans(), who=st.sets(st.sampled_from(ATTENDEES), min_size=1))
    def begin(self, weekly: bool, who: set[str]) -> None:
        self.people = sorted(who)
        make = self.meet.weekly if weekly else self.meet.invite
        self.weekly = weekly
        self.event = make("ada", *self.people)
        self.uid = self.event["iCalUId"]
        self.answers: dict[str, str] = {}
        self.gone: set[str] = set()
        self.cancelled = False

    def theirs(self, who: str) -> Any:
        found = [one for one in self.meet.copies(who) if one["iCalUId"] == self.uid]
        return found[0] if found else None

    def told(self) -> None:
        """An update to everybody has brought back what somebody had removed or declined."""
        self.gone.clear()

    @precondition(lambda self: not self.cancelled)
    @rule(subject=st.sampled_from(["Lunch", "Dinner", "Tea"]), importance=st.sampled_from(["low", "high"]))
    def change(self, subject: str, importance: str) -> None:
        before = self.meet.get("ada", f"/me/events/{self.event['id']}")
        self.meet.patch("ada", self.event["id"], subject=subject, importance=importance)
        if (before["subject"], before["importance"]) != (subject, importance):
            self.answers = {name: answer for name, answer in self.answers.items() if name not in self.gone}
            self.told()

    @precondition(lambda self: not self.cancelled)
    @rule(hour=st.integers(8, 17))
    def move(self, hour: int) -> None:
        start = {"dateTime": f"2026-03-09T{hour:02}:00:00", "timeZone": "Europe/Berlin"}
        end = {"dateTime": f"2026-03-09T{hour:02}:45:00", "timeZone": "Europe/Berlin"}
        before = self.meet.get("ada", f"/me/events/{self.event['id']}")
        after = self.meet.patch("ada", self.event["id"], start=start, end=end)
        if (before["start"], before["end"]) != (after["start"], after["end"]):
            self.answers.clear()
            self.told()

    @precondition(lambda self: not self.cancelled and self.weekly)
    @rule(which=st.integers(0, DAYS - 1), hour=st.integers(8, 17))
    def move_one(self, which: int, hour: int) -> None:
        shown = self.meet.view("ada")
        if which < len(shown):
            day = shown[which]["start"]["dateTime"][:10]
            start = {"dateTime": f"{day}T{hour:02}:00:00", "timeZone": "UTC"}
            end = {"dateTime": f"{day}T{hour:02}:45:00", "timeZone": "UTC"}
            self.meet.patch("ada", shown[which]["id"], start=start, end=end)

    @precondition(lambda self: not self.cancelled and self.weekly)
    @rule(which=st.integers(0, DAYS - 1))
    def cancel_one(self, which: int) -> None:
        shown = self.meet.view("ada")
        if len(shown) > 1 and which < len(shown):
            self.meet.do("ada", shown[which]["id"], "cancel")

    @precondition(lambda self: not self.cancelled)
    @rule()
    def cancel(self) -> None:
        self.meet.do("ada", self.event["id"], "cancel", {"comment": "Sorry"})
        self.cancelled = True

    @precondition(lambda self: not self.cancelled)
    @rule(who=st.sampled_from(ATTENDEES), action=st.sampled_from(sorted(ACTIONS)))
    def answer(self, who: str, action: str) -> None:
        copy = self.theirs(who)
        if copy is None:
            return
        self.meet.do(who, copy["id"], action)
        self.answers[who] = ACTIONS[action]
        if action == "decline":
            self.gone.add(who)

    @precondition(lambda self: not self.cancelled and self.weekly)
    @rule(
        who=st.sampled_from(ATTENDEES), action=st.sampled_from(["accept", "tentativelyAccept"]), which=st.integers(0, 3)
    )
    def answer_one(self, who: str, action: str, which: int) -> None:
        shown = [one for one in self.meet.view(who) if one["type"] in ("occurrence", "exception")]
        if self.theirs(who) is None or which >= len(shown) or shown[which]["isCancelled"]:
            return
        one = shown[which]
        self.meet.do(who, one["id"], action)
        (theirs,) = [each for each in self.meet.view("ada") if each["iCalUId"] == one["iCalUId"]]
        assert self.meet.attendee(theirs, who)["status"]["response"] == ACTIONS[action]

    @rule(who=st.sampled_from(ATTENDEES))
    def remove(self, who: str) -> None:
        copy = self.theirs(who)
        if copy is not None:
            assert self.meet.ask(who, "DELETE", f"/me/events/{copy['id']}").status == 204
            self.gone.add(who)

    @invariant()
    def who_is_not_invited_has_nothing(self) -> None:
        for who in set(ATTENDEES) - set(self.people):
            assert self.meet.copies(who) == []

    @invariant()
    def copies_agree(self) -> None:
        mine = None if self.cancelled else self.meet.get("ada", f"/me/events/{self.event['id']}")
        for who in self.people:
            copy = self.theirs(who)
            if copy is None:
                assert who in self.gone
                continue
            assert (copy["isOrganizer"], copy["iCalUId"]) == (False, self.uid)
            assert copy["isCancelled"] == self.cancelled
            if mine is not None:
                agree(mine, copy)
                answer = copy["responseStatus"]["response"]
                assert answer == self.answers.get(who, "notResponded")
                if answer != "notResponded":
                    assert self.meet.attendee(mine, who)["status"]["response"] == answer

    @invariant()
    def occurrences_agree(self) -> None:
        if not self.weekly or self.cancelled:
            return
        mine = {one["iCalUId"]: one for one in self.meet.view("ada")}
        for who in self.people:
            if self.theirs(who) is None:
                continue
            shown = {one["iCalUId"]: one for one in self.meet.view(who)}
            held = {uid: one for uid, one in shown.items() if not one["isCancelled"]}
            assert held.keys() == mine.keys()
            for uid, one in held.items():
                for name in ("subject", "start", "end", "location", "importance"):
                    assert one[name] == mine[uid][name], name


def test_the_copies_of_a_meeting_agree(meet: Any) -> None:
    people, org = meet.people, meet.graph.org
    empty = [(org.mailbox(people[name]), org.mailbox(people[name]).state()) for name in ("ada", *ATTENDEES)]

    class Fresh(Meetings):
        def __init__(self) -> None:
            for mailbox, state in empty:
                mailbox.restore(state)
            super().__init__()
            self.meet = meet

    run_state_machine_as_test(
        Fresh,
        settings=settings(
            max_examples=40,
            stateful_step_count=15,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )

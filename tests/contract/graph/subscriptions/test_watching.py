"""What changes of items are to those who watch: reference graph-core 10.4, graph-mail 19, graph-calendar 26."""

from typing import Any

import pytest


@pytest.fixture
def seen(endpoint: Any, deliver: Any) -> Any:
    """Deliver, and return the kinds of change that arrived since the last time."""
    counted = [0]

    def look() -> list[str]:
        deliver()
        kinds = endpoint.kinds[counted[0] :]
        counted[0] = len(endpoint.kinds)
        return sorted(kinds)

    return look


def message_id(org: Any, user: Any, record: Any) -> str:
    return org.mailbox(user).ids.item(record.folder, record.number)


def test_the_document(org: Any, endpoint: Any, subscribe: Any, deliver: Any) -> None:
    made = subscribe("me/mailFolders('Inbox')/messages", changeType="created")
    identity = message_id(org, org.ada, org.receive(org.ada, subject="Invoice 17"))
    deliver()
    [(path, content)] = endpoint.posted
    assert path == "/hook"
    [found] = content["value"]
    etag = found["resourceData"].pop("@odata.etag")
    assert etag.startswith('W/"CQAAAB')
    assert len(found.pop("id")) == 13
    assert found == {
        "subscriptionId": made["id"],
        "subscriptionExpirationDateTime": "2026-03-02T10:00:00+00:00",
        "changeType": "created",
        "resource": f"Users/{org.ada.id}/Messages/{identity}",
        "resourceData": {
            "@odata.type": "#Microsoft.Graph.Message",
            "@odata.id": f"Users/{org.ada.id}/Messages/{identity}",
            "id": identity,
        },
        "clientState": "our secret",
        "tenantId": org.tenant.id,
    }
    assert set(content) == {"value"}


def test_without_client_state(org: Any, endpoint: Any, subscribe: Any, deliver: Any) -> None:
    subscribe(clientState=None)
    org.receive(org.ada)
    deliver()
    assert endpoint.notifications[0]["clientState"] is None


def test_immutable_ids(graph: Any, org: Any, endpoint: Any, body: Any, deliver: Any) -> None:
    prefer = [("Prefer", 'IdType="ImmutableId"')]
    assert graph.post("/subscriptions", body(), as_=org.ada, headers=prefer).status == 201
    record = org.receive(org.ada)
    deliver()
    assert endpoint.notifications[0]["resourceData"]["id"] == org.mailbox(org.ada).ids.immutable(record.stable)


class TestMail:
    @pytest.fixture
    def inbox(self, subscribe: Any) -> Any:
        return subscribe("me/mailFolders('inbox')/messages")

    def test_received_then_read_then_deleted(self, graph: Any, org: Any, inbox: Any, seen: Any) -> None:
        path = f"/me/messages/{message_id(org, org.ada, org.receive(org.ada))}"
        assert seen() == ["created"]
        graph.patch(path, {"isRead": True}, as_=org.ada)
        assert seen() == ["updated"]
        graph.delete(path, as_=org.ada)
        assert seen() == ["deleted"]

    def test_moved(self, graph: Any, org: Any, endpoint: Any, subscribe: Any, seen: Any) -> None:
        subscribe("me/mailFolders('inbox')/messages", notificationUrl=f"{endpoint.url}/inbox")
        subscribe("me/mailFolders('archive')/messages", notificationUrl=f"{endpoint.url}/archive")
        identity = message_id(org, org.ada, org.receive(org.ada))
        seen()
        moved = graph.post(f"/me/messages/{identity}/move", {"destinationId": "archive"}, as_=org.ada).json["id"]
        assert seen() == ["created", "deleted"]
        last = {path: content["value"][0] for path, content in endpoint.posted[-2:]}
        assert (last["/hook/inbox"]["changeType"], last["/hook/inbox"]["resourceData"]["id"]) == ("deleted", identity)
        assert (last["/hook/archive"]["changeType"], last["/hook/archive"]["resourceData"]["id"]) == ("created", moved)

    def test_the_whole_mailbox(self, graph: Any, org: Any, subscribe: Any, seen: Any, mail: Any) -> None:
        subscribe("me/messages")
        graph.post("/me/messages", mail("ben@contoso.example", subject="Draft"), as_=org.ada)
        assert seen() == ["created"]
        path = f"/me/messages/{message_id(org, org.ada, org.receive(org.ada))}"
        assert seen() == ["created"]
        graph.delete(path, as_=org.ada)
        assert seen() == ["created", "deleted"], "the message has a new id in Deleted Items"

    def test_sent(self, graph: Any, org: Any, subscribe: Any, seen: Any, mail: Any) -> None:
        subscribe("me/mailFolders('sentitems')/messages", changeType="created")
        draft = graph.post("/me/messages", mail("ben@contoso.example", subject="Draft"), as_=org.ada).json["id"]
        assert seen() == []
        graph.post(f"/me/messages/{draft}/send", as_=org.ada)
        assert seen() == ["created"]
        graph.post("/me/sendMail", {"message": mail("ben@contoso.example", subject="At once")}, as_=org.ada)
        assert seen() == ["created"]

    def test_other_mailboxes_are_none_of_it(self, org: Any, inbox: Any, seen: Any) -> None:
        org.receive(org.ben)
        org.receive(org.support)
        org.receive(org.ada, folder="archive")
        assert seen() == []

    def test_an_attachment_is_a_change(self, graph: Any, org: Any, inbox: Any, seen: Any) -> None:
        identity = message_id(org, org.ada, org.receive(org.ada))
        seen()
        file = {"@odata.type": "#microsoft.graph.fileAttachment", "name": "a", "contentBytes": "YQ=="}
        assert graph.post(f"/me/messages/{identity}/attachments", file, as_=org.ada).status == 201
        assert seen() == ["updated"]

    @pytest.mark.parametrize(
        ("change_type", "expected"),
        [
            ("created", ["created"]),
            ("updated", ["updated"]),
            ("deleted", ["deleted"]),
            ("created,deleted", ["created", "deleted"]),
            ("Created, Updated", ["created", "updated"]),
        ],
    )
    def test_kinds_of_change(
        self, graph: Any, org: Any, subscribe: Any, seen: Any, change_type: str, expected: list[str]
    ) -> None:
        subscribe("me/mailFolders('inbox')/messages", changeType=change_type)
        path = f"/me/messages/{message_id(org, org.ada, org.receive(org.ada))}"
        graph.patch(path, {"isRead": True}, as_=org.ada)
        graph.delete(path, as_=org.ada)
        assert seen() == expected

    def test_with_a_filter(self, graph: Any, org: Any, subscribe: Any, seen: Any) -> None:
        subscribe("me/mailFolders('inbox')/messages?$filter=isRead eq false")
        path = f"/me/messages/{message_id(org, org.ada, org.receive(org.ada))}"
        org.receive(org.ada, isRead=True)
        assert seen() == ["created"]
        graph.patch(path, {"importance": "high"}, as_=org.ada)
        assert seen() == ["updated"]
        graph.patch(path, {"isRead": True}, as_=org.ada)
        assert seen() == ["deleted"], "it has left the filter"
        graph.patch(path, {"importance": "low"}, as_=org.ada)
        assert seen() == []
        graph.patch(path, {"isRead": False}, as_=org.ada)
        assert seen() == ["created"]

    def test_a_request_that_fails_notifies_nothing(self, graph: Any, org: Any, inbox: Any, seen: Any) -> None:
        path = f"/me/messages/{message_id(org, org.ada, org.receive(org.ada))}"
        seen()
        assert graph.patch(path, {"isRead": "perhaps"}, as_=org.ada).status == 400
        assert seen() == []


class TestShared:
    def test_an_application_watches_it(self, org: Any, subscribe: Any, seen: Any) -> None:
        subscribe("users/support@contoso.example/mailFolders('inbox')/messages", as_=None)
        org.receive(org.support)
        org.receive(org.ada)
        assert seen() == ["created"]


EVENT = {
    "subject": "Stand-up",
    "start": {"dateTime": "2026-03-02T10:00:00", "timeZone": "UTC"},
    "end": {"dateTime": "2026-03-02T10:15:00", "timeZone": "UTC"},
}
DAILY = {
    "pattern": {"type": "daily", "interval": 1},
    "range": {"type": "numbered", "startDate": "2026-03-02", "numberOfOccurrences": 5},
}


class TestEvents:
    def test_created_updated_deleted(self, graph: Any, org: Any, endpoint: Any, subscribe: Any, seen: Any) -> None:
        subscribe("me/events")
        made = graph.post("/me/events", EVENT, as_=org.ada).json
        assert seen() == ["created"]
        data = endpoint.notifications[0]["resourceData"]
        path = f"Users/{org.ada.id}/Events/{made['id']}"
        assert data == {
            "@odata.type": "#Microsoft.Graph.Event",
            "@odata.id": path,
            "@odata.etag": made["@odata.etag"],
            "id": made["id"],
        }
        graph.patch(f"/me/events/{made['id']}", {"subject": "Later"}, as_=org.ada)
        assert seen() == ["updated"]
        graph.delete(f"/me/events/{made['id']}", as_=org.ada)
        assert seen() == ["deleted"]

    def test_an_occurrence_names_its_series(
        self, graph: Any, org: Any, endpoint: Any, subscribe: Any, seen: Any
    ) -> None:
        series = graph.post("/me/events", {**EVENT, "recurrence": DAILY}, as_=org.ada).json["id"]
        subscribe("me/events")
        window = "startDateTime=2026-03-03T00:00:00&endDateTime=2026-03-04T00:00:00"
        second = graph.get(f"/me/events/{series}/instances?{window}", as_=org.ada).values[0]["id"]
        assert graph.delete(f"/me/events/{second}", as_=org.ada).status == 204
        assert seen() == ["updated"]
        assert endpoint.notifications[0]["resourceData"]["id"] == series

    def test_a_calendar(self, graph: Any, org: Any, subscribe: Any, seen: Any) -> None:
        other = graph.post("/me/calendars", {"name": "Team"}, as_=org.ada).json["id"]
        subscribe(f"me/calendars/{other}/events")
        graph.post("/me/events", EVENT, as_=org.ada)
        assert seen() == []
        graph.post(f"/me/calendars/{other}/events", EVENT, as_=org.ada)
        assert seen() == ["created"]

    def test_an_invitation(self, graph: Any, org: Any, endpoint: Any, subscribe: Any, seen: Any) -> None:
        subscribe("me/events", as_=org.ben, changeType="created")
        subscribe("me/messages", as_=org.ben, changeType="created")
        attendee = {"type": "required", "emailAddress": {"address": "ben@contoso.example"}}
        graph.post("/me/events", {**EVENT, "attendees": [attendee]}, as_=org.ada)
        assert seen() == ["created", "created"]
        kinds = {one["resourceData"]["@odata.type"] for one in endpoint.notifications}
        assert kinds == {"#Microsoft.Graph.Message", "#Microsoft.Graph.Event"}

    def test_with_a_filter(self, graph: Any, org: Any, subscribe: Any, seen: Any) -> None:
        subscribe("me/events?$filter=startswith(subject,'Stand')")
        made = graph.post("/me/events", EVENT, as_=org.ada).json["id"]
        graph.post("/me/events", {**EVENT, "subject": "Lunch"}, as_=org.ada)
        assert seen() == ["created"]
        graph.patch(f"/me/events/{made}", {"subject": "Lunch"}, as_=org.ada)
        assert seen() == ["deleted"]


def test_a_thousand_changes_and_three_subscriptions(
    graph: Any, org: Any, endpoint: Any, subscribe: Any, deliver: Any
) -> None:
    every = subscribe("me/messages")["id"]
    unread = subscribe("me/mailFolders('inbox')/messages?$filter=isRead eq false", changeType="created")["id"]
    loud = subscribe("me/messages?$filter=importance eq 'high'", changeType="created")["id"]
    expected: dict[str, set[str]] = {every: set(), unread: set(), loud: set()}
    for number in range(1000):
        record = org.receive(org.ada, isRead=number % 2 == 0, importance="high" if number % 5 == 0 else "normal")
        identity = message_id(org, org.ada, record)
        expected[every].add(identity)
        if number % 2:
            expected[unread].add(identity)
        if number % 5 == 0:
            expected[loud].add(identity)
    deliver()
    found: dict[str, list[str]] = {every: [], unread: [], loud: []}
    for one in endpoint.notifications:
        found[one["subscriptionId"]].append(one["resourceData"]["id"])
    assert {name: set(ids) for name, ids in found.items()} == expected
    assert len(endpoint.posted) < 50, "notifications of one application share requests"

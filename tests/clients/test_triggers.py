"""The triggers of a connector: on change notifications where Graph allows them, else by polling.

Each fires on the mailbox of the person and on a shared one, for an application and for a person's connection.
"""

from datetime import timedelta

import pytest

MAIL = ["Mail.Read", "Mail.Read.Shared"]
CALENDAR = ["Calendars.Read", "Calendars.Read.Shared"]


@pytest.fixture
def ada(outlook365):
    return outlook365.tenant.add_user("ada")


@pytest.fixture
def support(outlook365, ada):
    return outlook365.tenant.add_shared_mailbox("support", open_to=[ada], send_as=[ada])


@pytest.fixture
def mailbox(request, ada, support):
    """The mailbox that the connection works on."""
    return {"own": ada, "shared": support}[request.param]


@pytest.fixture
def connected(outlook365, ada):
    """Make a client of Graph with the scopes of the trigger: as the application, or as ada."""

    def connect(auth, scopes):
        if auth == "application":
            roles = [scope for scope in scopes if not scope.endswith(".Shared")]
            app = outlook365.tenant.add_app(auth="client_credentials", permissions=roles)
            return outlook365.graph(app)
        app = outlook365.tenant.add_app(auth="authorization_code", permissions=scopes)
        return outlook365.graph(ada, app=app)

    return connect


@pytest.fixture
def world_happens(outlook365, ada, mailbox):
    """Do what triggers wait for, as somebody with every right would."""
    client = outlook365.graph(ada)
    path = f"/users/{mailbox.upn}"

    def event(subject, minutes):
        start = outlook365.clock.now + timedelta(minutes=minutes)
        times = {"start": start, "end": start + timedelta(minutes=30)}
        body = {name: {"dateTime": f"{at:%Y-%m-%dT%H:%M:%S}", "timeZone": "UTC"} for name, at in times.items()}
        answer = client.post(f"{path}/events", json={"subject": subject, **body})
        assert answer.status_code == 201, answer.text
        return answer.json()["id"]

    def received(subject):
        mailbox.mailbox.receive(subject=subject)

    def sent(subject):
        to = [{"emailAddress": {"address": "customer@example.org"}}]
        answer = client.post(f"{path}/sendMail", json={"message": {"subject": subject, "toRecipients": to}})
        assert answer.status_code == 202, answer.text

    def read(subject):
        found = client.get(f"{path}/messages", params={"$filter": f"subject eq '{subject}'"}).json()["value"]
        assert client.patch(f"{path}/messages/{found[0]['id']}", json={"isRead": True}).status_code == 200

    def updated(identity, subject):
        assert client.patch(f"{path}/events/{identity}", json={"subject": subject}).status_code == 200

    yield {"received": received, "sent": sent, "read": read, "event": event, "updated": updated}
    client.close()


TRIGGERS = {
    "mail received": (MAIL, "mailFolders('inbox')/messages", "created"),
    "mail sent": (MAIL, "mailFolders('sentitems')/messages", "created"),
    "mail changed": (MAIL, "mailFolders('inbox')/messages", "updated"),
    "event created": (CALENDAR, "events", "created"),
    "event updated": (CALENDAR, "events", "updated"),
}


def cause(trigger, happens, subject):
    """Let happen what a trigger waits for, and something before and beside it that it must not fire for."""
    happens["received"](f"other {subject}")
    if trigger == "mail received":
        happens["received"](subject)
    elif trigger == "mail sent":
        happens["sent"](subject)
    elif trigger == "mail changed":
        happens["received"](subject)
        happens["read"](subject)
    else:
        identity = happens["event"](f"draft of {subject}" if trigger == "event updated" else subject, 60)
        if trigger == "event updated":
            happens["updated"](identity, subject)


@pytest.mark.parametrize("trigger", TRIGGERS)
@pytest.mark.parametrize(
    ("auth", "mailbox"),
    [("application", "own"), ("application", "shared"), ("delegated", "own")],
    indirect=["mailbox"],
)
def test_on_notifications(outlook365, connected, world_happens, mailbox, trigger, auth):
    scopes, resource, change = TRIGGERS[trigger]
    path = f"/users/{mailbox.upn}" if auth == "application" else "/me"
    hook = outlook365.webhook()
    with connected(auth, scopes) as graph:
        body = {
            "changeType": change,
            "notificationUrl": hook.url,
            "resource": f"{path}/{resource}",
            "expirationDateTime": (outlook365.clock.now + timedelta(days=2)).isoformat(),
            "clientState": "ours",
        }
        assert graph.post("/subscriptions", json=body).status_code == 201
        cause(trigger, world_happens, "Invoice 17")
        outlook365.notifications.deliver_pending()
        items = [graph.get(f"/{one['resource']}") for one in hook.notifications]
        assert {one["changeType"] for one in hook.notifications} == {change}
        subjects = {item.json()["subject"] for item in items if item.status_code == 200}
    expected = {"Invoice 17", "other Invoice 17"} if trigger == "mail received" else {"Invoice 17"}
    assert subjects == expected


@pytest.mark.parametrize("trigger", TRIGGERS)
@pytest.mark.parametrize("mailbox", ["shared"], indirect=True)
def test_a_person_cannot_subscribe_to_a_shared_mailbox(outlook365, connected, mailbox, trigger):
    scopes, resource, change = TRIGGERS[trigger]
    hook = outlook365.webhook()
    with connected("delegated", scopes) as graph:
        body = {
            "changeType": change,
            "notificationUrl": hook.url,
            "resource": f"/users/{mailbox.upn}/{resource}",
            "expirationDateTime": (outlook365.clock.now + timedelta(days=2)).isoformat(),
        }
        answer = graph.post("/subscriptions", json=body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "ExtensionError")
    assert hook.validations == 0


class Poller:
    """Asks for changes since the last time; knows what it has seen."""

    def __init__(self, graph, link):
        self.graph, self.link, self.known = graph, link, set()
        self.poll()

    def poll(self):
        """Return what is new, and what was known and has changed."""
        found, link = [], self.link
        while link:
            page = self.graph.get(link).json()
            found += page["value"]
            self.link = page.get("@odata.deltaLink", self.link)
            link = page.get("@odata.nextLink")
        live = [one for one in found if "@removed" not in one]
        new = [one for one in live if one["id"] not in self.known]
        changed = [one for one in live if one["id"] in self.known]
        self.known |= {one["id"] for one in live}
        return new, changed


@pytest.mark.parametrize("trigger", TRIGGERS)
@pytest.mark.parametrize("auth", ["application", "delegated"])
@pytest.mark.parametrize("mailbox", ["own", "shared"], indirect=True)
def test_by_polling(outlook365, connected, world_happens, mailbox, trigger, auth):
    scopes, _, change = TRIGGERS[trigger]
    now = outlook365.clock.now
    window = f"startDateTime={now:%Y-%m-%dT%H:%M:%SZ}&endDateTime={now + timedelta(days=7):%Y-%m-%dT%H:%M:%SZ}"
    folder = "sentitems" if trigger == "mail sent" else "inbox"
    link = f"mailFolders/{folder}/messages/delta" if trigger.startswith("mail") else f"calendarView/delta?{window}"
    with connected(auth, scopes) as graph:
        poller = Poller(graph, f"/users/{mailbox.upn}/{link}")
        if change == "updated":
            subject = "Invoice 17"
            if trigger == "mail changed":
                world_happens["received"](subject)
                poller.poll()
                world_happens["read"](subject)
            else:
                identity = world_happens["event"]("a draft", 60)
                poller.poll()
                world_happens["updated"](identity, subject)
            new, changed = poller.poll()
            assert (new, len(changed)) == ([], 1)
        else:
            cause(trigger, world_happens, "Invoice 17")
            outlook365.clock.advance(minutes=20)
            new, changed = poller.poll()
            assert changed == []
            assert "Invoice 17" in {one["subject"] for one in new}
        assert poller.poll() == ([], [])


@pytest.mark.parametrize("auth", ["application", "delegated"])
@pytest.mark.parametrize("mailbox", ["own", "shared"], indirect=True)
def test_an_event_that_is_about_to_start(outlook365, connected, world_happens, mailbox, auth):
    fired = []
    world_happens["event"]("Stand-up", 30)
    world_happens["event"]("Lunch", 50)
    with connected(auth, CALENDAR) as graph:

        def poll():
            now = outlook365.clock.now
            end = now + timedelta(minutes=15)
            window = f"startDateTime={now:%Y-%m-%dT%H:%M:%SZ}&endDateTime={end:%Y-%m-%dT%H:%M:%SZ}"
            events = graph.get(f"/users/{mailbox.upn}/calendarView?{window}").json()["value"]
            fired.extend(one["subject"] for one in events if one["subject"] not in fired)

        poll()
        assert fired == []
        outlook365.clock.advance(minutes=16)
        poll()
        assert fired == ["Stand-up"]
        outlook365.clock.advance(minutes=20)
        poll()
    assert fired == ["Stand-up", "Lunch"]


@pytest.mark.parametrize("mailbox", ["own"], indirect=True)
def test_an_event_that_is_about_to_start_by_its_reminder(outlook365, connected, world_happens, mailbox):
    world_happens["event"]("Stand-up", 60)
    with connected("delegated", CALENDAR) as graph:
        now = outlook365.clock.now
        start, end = (f"{now + timedelta(hours=hours):%Y-%m-%dT%H:%M:%SZ}" for hours in (0, 24))
        [reminder] = graph.get(f"/me/reminderView(startDateTime='{start}',endDateTime='{end}')").json()["value"]
    fires, starts = reminder["reminderFireTime"]["dateTime"], reminder["eventStartTime"]["dateTime"]
    assert reminder["eventSubject"] == "Stand-up"
    assert fires < starts


@pytest.mark.parametrize("mailbox", ["own"], indirect=True)
def test_polling_by_time_filters(outlook365, connected, world_happens, mailbox):
    with connected("application", MAIL) as graph:

        def since(moment, name):
            query = {"$filter": f"{name} ge {moment:%Y-%m-%dT%H:%M:%SZ}", "$select": "subject"}
            answer = graph.get(f"/users/{mailbox.upn}/messages", params=query)
            return {one["subject"] for one in answer.json()["value"]}

        world_happens["received"]("before")
        outlook365.clock.advance(minutes=10)
        mark = outlook365.clock.now
        world_happens["received"]("after")
        assert since(mark, "receivedDateTime") == {"after"}
        outlook365.clock.advance(minutes=10)
        mark = outlook365.clock.now
        world_happens["read"]("before")
        assert since(mark, "receivedDateTime") == set()
        assert since(mark, "lastModifiedDateTime") == {"before"}
        world_happens["sent"]("sent")
        assert since(mark, "receivedDateTime") == {"sent"}

"""Subscriptions over the wire: reference graph-core 10.1 to 10.3."""

from datetime import timedelta
from typing import Any

import pytest
from outlook365_emulator.graph.subscriptions import subscriptions

covers = pytest.mark.covers.with_args
NO_ID = "00000000-0000-0000-0000-000000000000"


def instant(text: str) -> Any:
    from datetime import datetime

    return datetime.fromisoformat(text)


@covers(subscriptions.create)
class TestCreate:
    def test_the_answer(self, graph: Any, org: Any, endpoint: Any, body: Any) -> None:
        sent = body("me/mailFolders('Inbox')/messages", latestSupportedTlsVersion="v1_2")
        answer = graph.post("/subscriptions", sent, as_=org.ada)
        assert answer.status == 201
        got = answer.json
        assert got["@odata.context"] == "https://graph.microsoft.com/v1.0/$metadata#subscriptions/$entity"
        assert {name: got[name] for name in sent} == sent
        assert got["applicationId"] == org.app.client_id
        assert got["creatorId"] == org.ada.id
        assert got["includeResourceData"] is False
        assert got["lifecycleNotificationUrl"] is None
        assert answer.headers["location"] == f"https://graph.microsoft.com/v1.0/subscriptions/{got['id']}"

    def test_an_application_is_its_own_creator(self, graph: Any, org: Any, subscribe: Any) -> None:
        principal = org.tenant.service_principals.find("client", org.app.client_id)
        assert subscribe(f"users/{org.support.id}/messages", as_=None)["creatorId"] == principal.id

    @pytest.mark.parametrize("mark", ["", "?code=1"], ids=["plain", "with a query"])
    def test_the_handshake(self, org: Any, endpoint: Any, subscribe: Any, mark: str) -> None:
        subscribe(notificationUrl=endpoint.url + mark, lifecycleNotificationUrl=endpoint.url + "/life")
        assert len(endpoint.handshakes) == 2
        first = min(endpoint.handshakes, key=len) if not mark else max(endpoint.handshakes, key=len)
        assert first.startswith(
            (mark.removeprefix("?") + "&" if mark else "") + "validationToken=Validation%3A+Testing"
        )
        assert "+Request-Id%3A+" in first

    @pytest.mark.parametrize(
        ("answer", "message"),
        [
            (
                (403, "text/plain", ""),
                "HTTP status code is 'Forbidden'. Notification endpoint must respond with 200 OK",
            ),
            ((500, "text/plain", ""), "HTTP status code is 'InternalServerError'. Notification endpoint must respond"),
            ((202, "text/plain", "="), "HTTP status code is 'Accepted'. Notification endpoint must respond"),
            ((200, "text/plain", "?"), "Response must exactly match validationToken query parameter."),
            ((200, "text/plain", '"="'), "Response must exactly match validationToken query parameter."),
            ((200, "text/html", "="), "Notification endpoint must respond with 200 OK to validation request."),
            (None, "Notification endpoint must respond with 200 OK to validation request."),
        ],
    )
    def test_an_endpoint_that_fails_it(
        self, graph: Any, org: Any, endpoint: Any, body: Any, answer: Any, message: str
    ) -> None:
        endpoint.on_handshake = lambda token: answer and (*answer[:2], answer[2].replace("=", token))
        refused = graph.post("/subscriptions", body(), as_=org.ada)
        assert (refused.status, refused.code) == (400, "ValidationError")
        assert refused.message.startswith("Subscription validation request failed. ")
        assert message in refused.message
        assert graph.get("/subscriptions", as_=org.ada).values == []
        assert org.world.notices.deliveries[-1].outcome == "failed"
        assert [one.operation for one in org.world.journal] == ["notifications.validate"]

    def test_an_endpoint_that_nobody_listens_at(self, graph: Any, org: Any, endpoint: Any, body: Any) -> None:
        endpoint.close()
        refused = graph.post("/subscriptions", body(), as_=org.ada)
        assert (refused.status, refused.code) == (400, "ValidationError")

    def test_an_endpoint_that_comes_up_meanwhile(self, org: Any, endpoint: Any, subscribe: Any) -> None:
        answers = [None, (200, "text/plain", "")]
        endpoint.on_handshake = lambda token: (one := answers.pop(0)) and (*one[:2], token)
        subscribe()
        assert answers == []

    def test_one_that_takes_too_long(self, graph: Any, org: Any, body: Any) -> None:
        org.world.faults.add({"kind": "validation_timeout"}, org.world.clock.now())
        refused = graph.post("/subscriptions", body(), as_=org.ada)
        assert (refused.status, refused.message) == (400, "Subscription validation request timed out.")

    @pytest.mark.parametrize("name", ["changeType", "notificationUrl", "resource", "expirationDateTime"])
    def test_what_is_required(self, graph: Any, org: Any, body: Any, name: str) -> None:
        refused = graph.post("/subscriptions", body(**{name: None}), as_=org.ada)
        assert (refused.status, refused.code) == (400, "InvalidRequest")
        assert refused.message == f"{name} is a required property for subscription creation"

    @pytest.mark.parametrize(
        "members",
        [
            {"clientSecret": "x"},
            {"expirationDateTime": "tomorrow"},
            {"changeType": 3},
            {"includeResourceData": "maybe"},
        ],
        ids=["unknown", "no instant", "wrong type", "no truth value"],
    )
    def test_what_is_misspelt(self, graph: Any, org: Any, body: Any, members: Any) -> None:
        refused = graph.post("/subscriptions", body(**members), as_=org.ada)
        assert (refused.status, refused.code) == (400, "InvalidRequest")
        assert refused.message.startswith("Could not process subscription creation payload.")
        assert refused.entry.reason

    @pytest.mark.parametrize("content", [b"", b"[]", b"{", b"\xff"])
    def test_what_is_no_object(self, graph: Any, org: Any, content: bytes) -> None:
        header = ("Content-Type", "application/json")
        assert graph.post("/subscriptions", as_=org.ada, content=content, headers=[header]).status == 400

    @pytest.mark.parametrize(
        "members",
        [
            {"changeType": "created,moved"},
            {"changeType": ","},
            {"clientState": "x" * 129},
            {"latestSupportedTlsVersion": "v2"},
            {"notificationUrl": "http://hooks.example.org/x"},
            {"notificationUrl": "ftp://127.0.0.1/x"},
            {"lifecycleNotificationUrl": "http://hooks.example.org/x"},
            {"includeResourceData": True, "encryptionCertificateId": "1"},
        ],
        ids=str,
    )
    def test_what_is_not_allowed(self, graph: Any, org: Any, body: Any, members: Any) -> None:
        refused = graph.post("/subscriptions", body(**members), as_=org.ada)
        assert (refused.status, refused.code) == (400, "InvalidRequest")

    @pytest.mark.parametrize(
        "url",
        [
            "EventHub:https://x.vault.azure.net/secrets/y?tenantId=contoso.example",
            "EventGrid:?azuresubscriptionid=1&resourcegroup=r&partnertopic=p&location=l",
        ],
    )
    def test_what_is_no_webhook_is_not_emulated(self, graph: Any, org: Any, body: Any, url: str) -> None:
        refused = graph.post("/subscriptions", body(notificationUrl=url), as_=org.ada)
        assert (refused.status, refused.code) == (501, "NotEmulated")
        assert url.partition(":")[0] in refused.message

    @pytest.mark.parametrize("host", ["hooks.example.org", "graph.microsoft.com", "login.live.com"])
    def test_hosts_that_nothing_is_sent_to(self, graph: Any, org: Any, body: Any, host: str) -> None:
        refused = graph.post("/subscriptions", body(notificationUrl=f"https://{host}/x"), as_=org.ada)
        assert (refused.status, refused.code) == (400, "ValidationError")
        assert host in refused.entry.reason

    def test_limits_of_the_expiration(self, graph: Any, org: Any, subscribe: Any, body: Any) -> None:
        now = org.world.clock.now()
        assert instant(subscribe(minutes=1)["expirationDateTime"]) == now + timedelta(minutes=45)
        assert instant(subscribe(minutes=10070)["expirationDateTime"]) == now + timedelta(minutes=10070)
        refused = graph.post("/subscriptions", body(minutes=10071), as_=org.ada)
        assert (refused.status, refused.code) == (400, "ExtensionError")
        assert refused.message == "Subscription expiration can only be 10070 minutes in the future."

    def test_a_thousand_for_a_mailbox(self, graph: Any, org: Any, subscribe: Any, body: Any) -> None:
        from msgspec.structs import replace

        one = org.tenant.subscriptions.get(subscribe()["id"])
        for number in range(999):
            org.tenant.subscriptions.put(replace(one, id=str(number)))
        refused = graph.post("/subscriptions", body(), as_=org.ada)
        assert (refused.status, refused.code) == (403, "ExtensionError")
        assert graph.post("/subscriptions", body(), as_=org.ben).status == 201

    def test_in_a_batch(self, graph: Any, org: Any, endpoint: Any, body: Any) -> None:
        headers = {"Content-Type": "application/json"}
        items = [
            {"id": "1", "method": "POST", "url": "/subscriptions", "body": body(), "headers": headers},
            {"id": "2", "method": "GET", "url": "/subscriptions"},
        ]
        answers = graph.post("/$batch", {"requests": items}, as_=org.ada).json["responses"]
        assert {one["id"]: one["status"] for one in answers} == {"1": 201, "2": 200}
        assert len(endpoint.handshakes) == 1


@covers(subscriptions.create)
class TestResources:
    @pytest.mark.parametrize(
        "resource",
        [
            "me/messages",
            "/me/messages",
            "Me/Messages",
            "me/mailFolders('inbox')/messages",
            "me/mailfolders/Inbox/messages",
            "users/ada@contoso.example/messages",
            "users('ada@contoso.example')/mailFolders('sentitems')/messages",
            "me/events",
            "me/calendar/events",
            "me/messages?$filter=isRead eq false",
            "me/mailFolders('inbox')/messages?$select=subject,from&$filter=importance eq 'high'",
            "me/mailfolders('Drafts')/messages?$select=Subject,bodyPreview"
            "&$filter=hasAttachments eq true AND importance eq 'High'",
        ],
    )
    def test_what_can_be_watched(self, subscribe: Any, resource: str) -> None:
        assert subscribe(resource)["resource"] == resource

    @pytest.mark.parametrize(
        ("resource", "status", "code"),
        [
            ("me/nowhere", 400, "ExtensionError"),
            ("me/messages/x", 400, "ExtensionError"),
            ("https://graph.microsoft.com/v1.0/me/messages", 400, "ExtensionError"),
            ("", 400, "InvalidRequest"),
            ("?", 400, "ExtensionError"),
            ("me/mailFolders('nowhere')/messages", 404, "ExtensionError"),
            ("users/nobody@contoso.example/messages", 404, "ExtensionError"),
            ("users/guest@contoso.example/messages", 403, "ExtensionError"),
            ("me/messages?$filter=colour eq 'red'", 400, "InvalidRequest"),
            ("me/messages?$filter=isRead eq", 400, "InvalidRequest"),
            ("me/messages?$top=3", 400, "InvalidRequest"),
            ("me/contacts", 501, "NotEmulated"),
            ("users", 501, "NotEmulated"),
        ],
    )
    def test_what_cannot(self, graph: Any, org: Any, body: Any, resource: str, status: int, code: str) -> None:
        refused = graph.post("/subscriptions", body(resource), as_=org.ada)
        assert (refused.status, refused.code) == (status, code)
        assert refused.entry.reason

    def test_somebody_elses_mailbox_needs_an_application(self, graph: Any, org: Any, body: Any, subscribe: Any) -> None:
        resource = f"users/{org.support.id}/messages"
        scopes = ["Mail.Read", "Mail.Read.Shared"]
        refused = graph.post("/subscriptions", body(resource), as_=org.ada, scopes=scopes)
        assert (refused.status, refused.code) == (403, "ExtensionError")
        assert refused.message.startswith("Operation: Create; Exception: [Status Code: Forbidden; Reason: Access is")
        assert "support@contoso.example" in refused.entry.reason
        assert subscribe(resource, as_=None)["resource"] == resource

    def test_an_application_has_no_me(self, graph: Any, body: Any) -> None:
        assert graph.post("/subscriptions", body("me/messages")).status == 400

    @pytest.mark.parametrize(
        ("resource", "opening", "others"),
        [
            ("me/messages", ["Mail.ReadBasic", "Mail.Read", "Mail.ReadWrite"], ["Mail.Send", "Mail.Read.Shared"]),
            ("me/events", ["Calendars.Read", "Calendars.ReadWrite"], ["Mail.Read", "Calendars.Read.Shared"]),
        ],
    )
    def test_scopes(self, graph: Any, org: Any, body: Any, resource: str, opening: Any, others: Any) -> None:
        for scope in opening:
            assert graph.post("/subscriptions", body(resource), as_=org.ada, scopes=[scope]).status == 201
        for scope in others:
            refused = graph.post("/subscriptions", body(resource), as_=org.ada, scopes=[scope])
            assert (refused.status, refused.code) == (403, "ExtensionError")
            assert set(opening) <= set(refused.entry.missing)

    @pytest.mark.parametrize(("role", "status"), [("Mail.Read", 201), ("Mail.ReadBasic", 201), ("Mail.Send", 403)])
    def test_roles(self, graph: Any, org: Any, body: Any, role: str, status: int) -> None:
        answer = graph.post("/subscriptions", body(f"users/{org.ada.id}/messages"), roles=[role])
        assert answer.status == status


@covers(subscriptions.list_, subscriptions.get)
class TestRead:
    def test_an_application_sees_its_own(self, graph: Any, org: Any, subscribe: Any) -> None:
        made = {subscribe()["id"], subscribe(f"users/{org.ben.id}/messages", as_=None)["id"]}
        assert {one["id"] for one in graph.get("/subscriptions").values} == made

    def test_a_person_sees_theirs(self, graph: Any, org: Any, subscribe: Any) -> None:
        mine = subscribe()["id"]
        theirs = subscribe(as_=org.ben)["id"]
        assert [one["id"] for one in graph.get("/subscriptions", as_=org.ada).values] == [mine]
        assert graph.get(f"/subscriptions/{mine}", as_=org.ada).json["clientState"] == "our secret"
        assert graph.get(f"/subscriptions/{theirs}", as_=org.ada).status == 404

    def test_a_list_does_not_tell_the_client_state(self, graph: Any, org: Any, subscribe: Any) -> None:
        made = subscribe()
        assert graph.get("/subscriptions", as_=org.ada).values == [
            {name: value for name, value in {**made, "clientState": None}.items() if name != "@odata.context"}
        ]

    @pytest.mark.parametrize("identity", [NO_ID, "xyz"])
    def test_an_unknown_one(self, graph: Any, org: Any, identity: str) -> None:
        for answer in (
            graph.get(f"/subscriptions/{identity}", as_=org.ada),
            graph.patch(f"/subscriptions/{identity}", {}, as_=org.ada),
            graph.delete(f"/subscriptions/{identity}", as_=org.ada),
            graph.post(f"/subscriptions/{identity}/reauthorize", as_=org.ada),
        ):
            assert (answer.status, answer.code, answer.message) == (
                404,
                "ResourceNotFound",
                "The object was not found.",
            )


@covers(subscriptions.renew)
class TestRenew:
    def test_a_later_expiration(self, graph: Any, org: Any, endpoint: Any, subscribe: Any, body: Any) -> None:
        made = subscribe()
        ends = body(minutes=500)["expirationDateTime"]
        answer = graph.patch(f"/subscriptions/{made['id']}", {"expirationDateTime": ends}, as_=org.ada)
        assert answer.status == 200
        assert answer.json == {**made, "expirationDateTime": ends}
        assert len(endpoint.handshakes) == 2

    def test_another_endpoint(self, graph: Any, org: Any, endpoint: Any, subscribe: Any) -> None:
        path = f"/subscriptions/{subscribe()['id']}"
        moved = {"notificationUrl": endpoint.url + "/two"}
        assert graph.patch(path, moved, as_=org.ada).json["notificationUrl"] == endpoint.url + "/two"
        endpoint.on_handshake = lambda token: (404, "text/plain", "")
        assert graph.patch(path, {"notificationUrl": endpoint.url}, as_=org.ada).status == 400
        assert graph.get(path, as_=org.ada).json["notificationUrl"] == endpoint.url + "/two"

    @pytest.mark.parametrize("members", [{"resource": "me/events"}, {"changeType": "created"}, {"clientState": "x"}])
    def test_what_stays(self, graph: Any, org: Any, subscribe: Any, members: Any) -> None:
        refused = graph.patch(f"/subscriptions/{subscribe()['id']}", members, as_=org.ada)
        assert (refused.status, refused.code) == (400, "InvalidRequest")

    @pytest.mark.parametrize(
        "members", [{}, {"encryptionCertificate": None}, {"@odata.type": "#microsoft.graph.subscription"}]
    )
    def test_nothing(self, graph: Any, org: Any, subscribe: Any, members: Any) -> None:
        refused = graph.patch(f"/subscriptions/{subscribe()['id']}", members, as_=org.ada)
        assert (refused.status, refused.code) == (400, "InvalidRequest")
        assert refused.message.startswith("Subscription must contain either the 'expirationDateTime' or 'notificationU")

    def test_too_far(self, graph: Any, org: Any, subscribe: Any, body: Any) -> None:
        ends = {"expirationDateTime": body(minutes=20000)["expirationDateTime"]}
        assert graph.patch(f"/subscriptions/{subscribe()['id']}", ends, as_=org.ada).code == "ExtensionError"

    def test_one_that_has_ended(self, graph: Any, org: Any, subscribe: Any, body: Any, advance: Any) -> None:
        path = f"/subscriptions/{subscribe(minutes=45)['id']}"
        advance(minutes=45)
        answer = graph.patch(path, {"expirationDateTime": body()["expirationDateTime"]}, as_=org.ada)
        assert (answer.status, answer.code) == (410, "ResourceNotFound")
        assert graph.get("/subscriptions", as_=org.ada).values == []
        advance(days=2)
        assert graph.get(path, as_=org.ada).status == 404


@covers(subscriptions.reauthorize)
class TestReauthorize:
    def test_no_content(self, graph: Any, org: Any, subscribe: Any) -> None:
        made = subscribe()
        answer = graph.post(f"/subscriptions/{made['id']}/reauthorize", as_=org.ada)
        assert (answer.status, answer.body) == (204, b"")
        assert graph.get(f"/subscriptions/{made['id']}", as_=org.ada).json == made

    def test_a_token_that_may_not_read(self, graph: Any, org: Any, subscribe: Any) -> None:
        path = f"/subscriptions/{subscribe()['id']}/reauthorize"
        refused = graph.post(path, as_=org.ada, scopes=["User.Read"])
        assert (refused.status, refused.code) == (403, "ExtensionError")


@covers(subscriptions.delete)
class TestDelete:
    def test_it_is_gone(self, graph: Any, org: Any, subscribe: Any) -> None:
        path = f"/subscriptions/{subscribe()['id']}"
        assert graph.delete(path, as_=org.ada).status == 204
        assert graph.delete(path, as_=org.ada).status == 404

    def test_nothing_more_is_sent(self, graph: Any, org: Any, endpoint: Any, subscribe: Any, deliver: Any) -> None:
        made = subscribe()
        org.receive(org.ada, subject="first")
        graph.delete(f"/subscriptions/{made['id']}", as_=org.ada)
        org.receive(org.ada, subject="second")
        assert [one.outcome for one in deliver()] == ["delivered", "dropped"]
        assert endpoint.posted == []

"""Attachments: reference graph-mail 11."""

import base64
import re
from datetime import UTC, datetime
from typing import Any

import pytest
from icalendar import Calendar
from outlook365_emulator.graph.mail import attachments

covers = pytest.mark.covers.with_args

FILE = "#microsoft.graph.fileAttachment"
ITEM = "#microsoft.graph.itemAttachment"


def file(name: str = "plan.pdf", content: bytes = b"%PDF-1.7", **members: Any) -> dict[str, Any]:
    return {"@odata.type": FILE, "name": name, "contentBytes": base64.b64encode(content).decode(), **members}


@pytest.fixture
def me(graph: Any, org: Any) -> Any:
    """Ask as ada, below `/me`."""

    def ask(method: str, path: str, body: Any = None, **options: Any) -> Any:
        return graph.ask(method, f"/me{path}", body, as_=org.ada, **options)

    return ask


@pytest.fixture
def draft(me: Any) -> str:
    """The path of a new draft of ada's."""
    return f"/messages/{me('POST', '/messages', {'subject': 'Files'}).json['id']}"


@pytest.fixture
def attach(me: Any, draft: str) -> Any:
    """Attach something to the draft and return it."""

    def add(body: dict[str, Any]) -> Any:
        answer = me("POST", f"{draft}/attachments", body)
        assert answer.status == 201, answer.body
        return answer.json

    return add


@covers(attachments.create)
class TestCreate:
    def test_a_file(self, me: Any, draft: str) -> None:
        before = me("GET", draft).json
        answer = me("POST", f"{draft}/attachments", file(contentId="x1"))
        assert answer.status == 201
        made = answer.json
        assert made["@odata.type"] == FILE
        assert made["@odata.mediaContentType"] == made["contentType"] == "application/pdf"
        assert base64.b64decode(made["contentBytes"]) == b"%PDF-1.7"
        assert made["size"] > len(b"%PDF-1.7")
        assert (made["isInline"], made["contentId"], made["contentLocation"]) == (False, "x1", None)
        assert answer.headers["location"].endswith(f"/attachments('{made['id']}')")
        after = me("GET", draft).json
        assert after["hasAttachments"] is True
        assert after["changeKey"] != before["changeKey"]

    def test_an_inline_file_alone_does_not_count(self, me: Any, draft: str, attach: Any) -> None:
        attach(file("logo.png", isInline=True, contentId="logo"))
        assert me("GET", draft).json["hasAttachments"] is False

    @pytest.mark.parametrize(
        ("name", "given", "kind"),
        [("a.txt", None, "text/plain"), ("a.unheard", None, "application/octet-stream"), ("a.txt", "x/y", "x/y")],
    )
    def test_its_type(self, attach: Any, name: str, given: str | None, kind: str) -> None:
        assert attach(file(name, contentType=given))["contentType"] == kind

    def test_to_a_received_message(self, me: Any, org: Any) -> None:
        record = org.receive(org.ada)
        path = f"/messages/{org.mailbox(org.ada).ids.item(record.folder, record.number)}"
        assert me("POST", f"{path}/attachments", file()).status == 201
        assert me("GET", path).json["hasAttachments"] is True

    def test_a_message(self, me: Any, draft: str, attach: Any) -> None:
        item = {"@odata.type": "#microsoft.graph.message", "subject": "Inner", "body": {"content": "Hi"}}
        made = attach({"@odata.type": ITEM, "name": "Inner", "item": item})
        assert (made["@odata.type"], made["contentType"]) == (ITEM, None)
        assert "contentBytes" not in made
        assert "item" not in made
        assert me("GET", draft).json["hasAttachments"] is True

    @pytest.mark.parametrize(
        ("body", "status", "code"),
        [
            (file(name=""), 400, "ErrorInvalidProperty"),
            ({"@odata.type": FILE, "name": "a", "contentBytes": "?"}, 400, "RequestBodyRead"),
            ({"name": "a", "contentBytes": ""}, 400, "RequestBodyRead"),
            ({"@odata.type": "#microsoft.graph.referenceAttachment", "name": "a"}, 501, "NotImplemented"),
            ({"@odata.type": ITEM, "name": "a"}, 400, "ErrorInvalidProperty"),
            (file(nmae="a"), 400, "RequestBodyRead"),
        ],
    )
    def test_what_is_refused(self, me: Any, draft: str, body: Any, status: int, code: str) -> None:
        answer = me("POST", f"{draft}/attachments", body)
        assert (answer.status, answer.code) == (status, code)
        assert me("GET", draft).json["hasAttachments"] is False

    def test_the_limit_of_three_megabytes(self, me: Any, draft: str) -> None:
        within = me("POST", f"{draft}/attachments", file("a", b"x" * 3_145_600))
        beyond = me("POST", f"{draft}/attachments", file("b", b"x" * (3 * 1024 * 1024 + 1)))
        assert within.status == 201
        assert (beyond.status, beyond.code) == (413, "RequestEntityTooLarge")

    def test_an_item_over_three_megabytes(self, me: Any, draft: str) -> None:
        item = {"@odata.type": "#microsoft.graph.message", "body": {"content": "x" * 2_500_000}}
        answer = me("POST", f"{draft}/attachments", {"@odata.type": ITEM, "name": "Inner", "item": item})
        assert (answer.status, answer.code) == (413, "ErrorAttachmentSizeLimitExceeded")

    def test_large_content_comes_back_whole(self, me: Any, draft: str, attach: Any) -> None:
        content = bytes(range(256)) * 2000
        made = attach(file("a.bin", content))
        answer = me("GET", f"{draft}/attachments/{made['id']}/$value")
        assert b"".join((*answer.response.pieces, answer.body)) == content
        assert answer.response.length == len(content)


@covers(attachments.list_, attachments.count)
class TestList:
    def test_in_the_order_of_attaching_with_content(self, me: Any, draft: str, attach: Any) -> None:
        attach(file("b.txt", b"1"))
        attach(file("a.txt", b"2"))
        answer = me("GET", f"{draft}/attachments")
        assert [(one["name"], one["contentBytes"]) for one in answer.values] == [("b.txt", "MQ=="), ("a.txt", "Mg==")]
        assert answer.json["@odata.context"].endswith("/attachments")
        assert me("GET", f"{draft}/attachments/$count").body == b"2"

    def test_without_content(self, me: Any, draft: str, attach: Any) -> None:
        attach(file("b.txt", b"1"))
        found = me("GET", f"{draft}/attachments?$select=name,size").values[0]
        assert {name for name in found if "@" not in name} <= {"id", "name", "size"}

    def test_content_is_no_property_of_every_attachment(self, me: Any, draft: str) -> None:
        answer = me("GET", f"{draft}/attachments?$select=contentBytes")
        assert (answer.status, answer.code) == (400, "BadRequest")

    def test_nothing_filters_them(self, me: Any, draft: str, attach: Any) -> None:
        attach(file())
        everything = me("GET", f"{draft}/attachments").values
        assert everything
        assert me("GET", f"{draft}/attachments?$filter=isInline eq true and name eq 'a'").values == everything
        assert me("GET", f"{draft}/attachments?$filter=name eq").status == 400

    def test_expanded_in_the_message(self, me: Any, draft: str, attach: Any) -> None:
        made = attach(file())
        found = me("GET", f"{draft}?$expand=attachments").json["attachments"]
        assert [one["id"] for one in found] == [made["id"]]


@covers(attachments.get)
class TestGet:
    def test_as_it_was_made(self, me: Any, draft: str, attach: Any) -> None:
        made = attach(file())
        found = me("GET", f"{draft}/attachments/{made['id']}").json
        assert {k: v for k, v in found.items() if k != "@odata.context"} == {
            k: v for k, v in made.items() if k != "@odata.context"
        }

    def test_below_an_immutable_id(self, me: Any, draft: str, attach: Any) -> None:
        attach(file())
        headers = [("Prefer", 'IdType="ImmutableId"')]
        message = me("GET", draft, headers=headers).json["id"]
        found = me("GET", f"/messages/{message}/attachments", headers=headers).values[0]["id"]
        assert me("GET", f"/messages/{message}/attachments/{found}", headers=headers).json["id"] == found

    @pytest.mark.parametrize("spelling", ["microsoft.graph.itemattachment/item", "microsoft.graph.itemAttachment/Item"])
    def test_the_item_of_an_item_attachment(self, me: Any, draft: str, attach: Any, spelling: str) -> None:
        inner = {
            "@odata.type": "#microsoft.graph.message",
            "subject": "Inner",
            "toRecipients": [{"emailAddress": {"address": "ben@contoso.example"}}],
            "attachments": [file("deep.txt", b"deep")],
        }
        made = attach({"@odata.type": ITEM, "name": "Inner", "item": inner})
        found = me("GET", f"{draft}/attachments/{made['id']}?$expand={spelling}").json
        item = found["item"]
        assert re.search(
            r"/messages\('AAMk[\w-]+%3D'\)/attachments\('AAMk[\w-]+%3D'\)/microsoft.graph.itemAttachment/item/\$entity$",
            found["item@odata.context"],
        )
        assert (item["@odata.type"], item["id"], item["subject"]) == ("#microsoft.graph.message", "", "Inner")
        assert item["toRecipients"][0]["emailAddress"]["name"] == "Ben Franklin"
        assert item["hasAttachments"] is True
        assert item["attachments"][0]["contentBytes"] == base64.b64encode(b"deep").decode()
        assert "viewmodel=ItemAttachment" in item["webLink"]

    def test_of_another_message(self, me: Any, draft: str, attach: Any) -> None:
        made = attach(file())
        other = me("POST", "/messages", {}).json["id"]
        answer = me("GET", f"/messages/{other}/attachments/{made['id']}")
        assert (answer.status, answer.code) == (404, "ErrorItemNotFound")

    def test_a_made_up_id(self, me: Any, draft: str) -> None:
        assert me("GET", f"{draft}/attachments/abc").code == "ErrorInvalidIdMalformed"


@covers(attachments.get_content)
class TestGetContent:
    def test_the_bytes_with_their_type(self, me: Any, draft: str, attach: Any) -> None:
        made = attach(file("a.bin", b"\x00\xff"))
        answer = me("GET", f"{draft}/attachments/{made['id']}/$value")
        assert (answer.status, answer.body) == (200, b"\x00\xff")
        assert answer.headers["content-type"] == "application/octet-stream"

    def test_a_message_is_mime(self, me: Any, draft: str, attach: Any) -> None:
        item = {"@odata.type": "#microsoft.graph.message", "subject": "Inner", "body": {"content": "Hi"}}
        made = attach({"@odata.type": ITEM, "name": "Inner", "item": item})
        answer = me("GET", f"{draft}/attachments/{made['id']}/$value")
        assert b"Subject: Inner\r\n" in answer.body

    def test_an_event_is_icalendar(self, me: Any, draft: str, attach: Any) -> None:
        start = {"dateTime": "2026-03-02T10:00:00", "timeZone": "UTC"}
        end = {"dateTime": "2026-03-02T04:00:00.0000000", "timeZone": "Pacific Standard Time"}
        item = {"@odata.type": "#microsoft.graph.event", "subject": "Lunch, early", "start": start, "end": end}
        made = attach({"@odata.type": ITEM, "name": "Lunch", "item": item})
        calendar = Calendar.from_ical(me("GET", f"{draft}/attachments/{made['id']}/$value").body)
        (event,) = calendar.walk("VEVENT")
        assert (calendar["METHOD"], event["SUMMARY"], event["STATUS"]) == ("PUBLISH", "Lunch, early", "CONFIRMED")
        assert (event.start, event.end) == (datetime(2026, 3, 2, 10, tzinfo=UTC), datetime(2026, 3, 2, 12, tzinfo=UTC))
        assert event["UID"]

    def test_an_event_in_no_zone_and_at_the_end_of_time_is_icalendar_too(
        self, me: Any, draft: str, attach: Any
    ) -> None:
        start = {"dateTime": "2026-03-02T10:00:00", "timeZone": "Nowhere Standard Time"}
        end = {"dateTime": "9999-12-31T23:00:00", "timeZone": "Pacific Standard Time"}
        item = {"@odata.type": "#microsoft.graph.event", "subject": "Lunch", "start": start, "end": end}
        made = attach({"@odata.type": ITEM, "name": "Lunch", "item": item})
        text = me("GET", f"{draft}/attachments/{made['id']}/$value").body.decode()
        assert "DTSTART:20260302T100000Z\r\n" in text
        assert "DTEND" not in text


@covers(attachments.delete)
class TestDelete:
    def test_what_it_counts_for_follows(self, me: Any, draft: str, attach: Any) -> None:
        made = attach(file())
        before = me("GET", draft).json["changeKey"]
        assert me("DELETE", f"{draft}/attachments/{made['id']}").status == 204
        after = me("GET", draft).json
        assert after["hasAttachments"] is False
        assert after["changeKey"] != before
        assert me("DELETE", f"{draft}/attachments/{made['id']}").code == "ErrorItemNotFound"

    def test_nothing_updates_an_attachment(self, me: Any, draft: str, attach: Any) -> None:
        made = attach(file())
        assert me("PATCH", f"{draft}/attachments/{made['id']}", {"name": "b"}).status == 405


def test_a_sent_message_carries_them(me: Any, graph: Any, org: Any, mail: Any) -> None:
    item = {"@odata.type": "#microsoft.graph.message", "subject": "Inner"}
    message = mail("ben@contoso.example", attachments=[file(), {"@odata.type": ITEM, "name": "Inner", "item": item}])
    assert me("POST", "/sendMail", {"message": message}).status == 202
    got = graph.inbox(org.ben)[0]
    assert got["hasAttachments"] is True
    found = graph.get(f"/users/{org.ben.id}/messages/{got['id']}/attachments").values
    assert [one["name"] for one in found] == ["plan.pdf", "Inner"]

"""Attachments, extensions and extended properties of events, and of single occurrences of a series."""

import base64
from urllib.parse import quote

import pytest
from outlook365_emulator.graph.calendar import attachments, extensions

covers = pytest.mark.covers.with_args

FILE = {"@odata.type": "#microsoft.graph.fileAttachment", "name": "menu.txt",
        "contentBytes": base64.b64encode(b"pasta").decode()}  # fmt: skip
COLOR = "String {66f5a359-4659-4830-9070-00047ec6ac6e} Name Color"
COLORS = "StringArray {66f5a359-4659-4830-9070-00047ec6ac6e} Name Colors"
TIMES = {
    "start": {"dateTime": "2026-12-02T18:00:00", "timeZone": "UTC"},
    "end": {"dateTime": "2026-12-02T19:00:00", "timeZone": "UTC"},
}


@covers(
    attachments.list_,
    attachments.get,
    attachments.get_content,
    attachments.create,
    attachments.delete,
    attachments.create_session,
)
class TestAttachments:
    def test_attach_read_and_take_off(self, cal):
        path = f"/me/events/{cal.event()['id']}"
        made = cal.post(f"{path}/attachments", FILE)
        assert made.status == 201, made.body
        assert made.json["size"] > 5
        assert cal.get(path).json["hasAttachments"] is True
        assert [one["name"] for one in cal.get(f"{path}/attachments").values] == ["menu.txt"]
        assert cal.page(made.headers["location"]).json["contentBytes"] == FILE["contentBytes"]
        file = f"{path}/attachments/{made.json['id']}"
        assert cal.get(f"{file}/$value").body == b"pasta"
        assert cal.get(f"{path}?$expand=attachments($select=name)").json["attachments"][0]["name"] == "menu.txt"
        assert cal.delete(file).status == 204
        assert cal.get(file).status == 404
        assert cal.get(path).json["hasAttachments"] is False

    def test_they_can_come_with_the_event(self, cal):
        event = cal.event(attachments=[FILE, {**FILE, "isInline": True}])
        assert event["hasAttachments"] is True
        assert len(cal.get(f"/me/events/{event['id']}/attachments").values) == 2

    def test_an_occurrence_has_its_series_files_until_it_has_its_own(self, cal):
        master = cal.series({"type": "daily"}, {"type": "numbered", "numberOfOccurrences": 3}, attachments=[FILE])
        second = f"/me/events/{cal.view('2026-03-01', '2026-03-10')[1]['id']}"
        inherited = cal.get(f"{second}/attachments").values
        assert [one["name"] for one in inherited] == ["menu.txt"]
        assert cal.post(f"{second}/attachments", {**FILE, "name": "own.txt"}).status == 201
        assert [one["name"] for one in cal.get(f"{second}/attachments").values] == ["menu.txt", "own.txt"]
        assert [one["type"] for one in cal.view("2026-03-01", "2026-03-10")] == [
            "occurrence",
            "exception",
            "occurrence",
        ]
        assert len(cal.get(f"/me/events/{master['id']}/attachments").values) == 1
        first = cal.get(f"{second}/attachments").values[0]["id"]
        assert cal.delete(f"{second}/attachments/{first}").status == 204
        assert [one["name"] for one in cal.get(f"{second}/attachments").values] == ["own.txt"]
        assert len(cal.get(f"/me/events/{master['id']}/attachments").values) == 1

    def test_an_inherited_file_is_taken_off_one_occurrence_alone(self, cal):
        master = cal.series({"type": "daily"}, {"type": "numbered", "numberOfOccurrences": 3}, attachments=[FILE])
        second = f"/me/events/{cal.view('2026-03-01', '2026-03-10')[1]['id']}"
        inherited = cal.get(f"{second}/attachments").values[0]["id"]
        assert cal.delete(f"{second}/attachments/{inherited}").status == 204
        assert cal.get(f"{second}/attachments").values == []
        assert len(cal.get(f"/me/events/{master['id']}/attachments").values) == 1

    def test_a_large_file_needs_a_session(self, cal):
        path = f"/me/events/{cal.event()['id']}/attachments"
        item = {"attachmentType": "file", "name": "flower", "size": 3_483_322}
        answer = cal.post(f"{path}/createUploadSession", {"AttachmentItem": item})
        assert answer.status == 201, answer.body
        assert "/events('" in answer.json["uploadUrl"]
        small = cal.post(f"{path}/createUploadSession", {"AttachmentItem": {**item, "size": 10}})
        assert small.code == "ErrorAttachmentSizeShouldNotBeLessThanMinimumSize"

    def test_read_basic_does_not_open_them(self, cal):
        path = f"/me/events/{cal.event(attachments=[FILE])['id']}"
        assert cal.get(f"{path}/attachments", scopes=["Calendars.ReadBasic"]).status == 403
        assert cal.get(f"{path}?$expand=attachments", scopes=["Calendars.ReadBasic"]).status == 403


class TestItems:
    def test_an_attached_item_is_expanded_with_its_context(self, cal):
        path = f"/me/events/{cal.event()['id']}/attachments"
        item = {"@odata.type": "microsoft.graph.event", "subject": "Holiday", **TIMES}
        made = cal.post(path, {"@odata.type": "#microsoft.graph.itemAttachment", "name": "Holiday", "item": item}).json
        found = cal.get(f"{path}/{made['id']}?$expand=microsoft.graph.itemAttachment/item").json
        assert found["item"]["subject"] == "Holiday"
        event, key = (quote(one) for one in (path.split("/")[3], made["id"]))
        end = f"/events('{event}')/attachments('{key}')/microsoft.graph.itemAttachment/item/$entity"
        assert found["item@odata.context"].endswith(end)
        raw = cal.get(f"{path}/{made['id']}/$value")
        assert (raw.headers["content-type"], b"SUMMARY:Holiday" in raw.body) == ("text/calendar", True)


@covers(extensions.list_, extensions.get, extensions.create, extensions.update, extensions.delete)
class TestExtensions:
    def test_they_come_with_the_event_or_later(self, cal):
        referral = {"@odata.type": "microsoft.graph.openTypeExtension", "extensionName": "Com.Contoso.A", "kind": "x"}
        made = cal.event(extensions=[referral])
        assert [one["kind"] for one in made["extensions"]] == ["x"], "the answer to a creation shows them"
        assert "extensions" not in cal.event()
        path = f"/me/events/{made['id']}"
        assert cal.post(f"{path}/extensions", {**referral, "extensionName": "Com.Contoso.B"}).status == 201
        assert [one["extensionName"] for one in cal.get(f"{path}/extensions").values] == [
            "Com.Contoso.A",
            "Com.Contoso.B",
        ]
        assert cal.patch(f"{path}/extensions/Com.Contoso.A", {"kind": "y"}).json["kind"] == "y"
        assert cal.get(f"{path}/extensions/Com.Contoso.A").json["kind"] == "y"
        expanded = cal.get(f"{path}?$expand=extensions($filter=id eq 'Com.Contoso.B')").json["extensions"]
        assert [one["extensionName"] for one in expanded] == ["Com.Contoso.B"]
        assert cal.delete(f"{path}/extensions/Com.Contoso.B").status == 204
        assert cal.get(f"{path}/extensions/Com.Contoso.B").status == 404

    def test_an_occurrence_has_its_own(self, cal):
        cal.series({"type": "daily"}, {"type": "numbered", "numberOfOccurrences": 2})
        second = f"/me/events/{cal.view('2026-03-01', '2026-03-10')[1]['id']}"
        assert cal.post(f"{second}/extensions", {"extensionName": "Com.Contoso.A", "kind": "x"}).status == 201
        assert cal.get(second).json["type"] == "exception"
        assert len(cal.get(f"{second}/extensions").values) == 1


class TestExtendedProperties:
    def test_a_calendar_has_them_too(self, cal):
        made = cal.post(
            "/me/calendars", {"name": "Trips", "singleValueExtendedProperties": [{"id": COLOR, "value": "Green"}]}
        )
        path = f"/me/calendars/{made.json['id']}"
        lambda_ = f"singleValueExtendedProperties/Any(ep: ep/id eq '{COLOR}' and ep/value eq 'Green')"
        assert [one["name"] for one in cal.get(f"/me/calendars?$filter={lambda_}").values] == ["Trips"]
        query = f"$expand=singleValueExtendedProperties($filter=id eq '{COLOR}')"
        found = cal.get(f"{path}?{query}").json
        assert found["singleValueExtendedProperties"] == [{"id": COLOR, "value": "Green"}]
        context = found["singleValueExtendedProperties@odata.context"]
        assert context.endswith(f"/calendars('{quote(made.json['id'])}')/singleValueExtendedProperties")
        cal.patch(path, {"multiValueExtendedProperties": [{"id": COLORS, "value": ["Green", "Blue"]}]})
        cal.patch(path, {"singleValueExtendedProperties": [{"id": COLOR, "value": None}]})
        several = cal.get(f"{path}?$expand=multiValueExtendedProperties($filter=id eq '{COLORS}')").json
        assert several["multiValueExtendedProperties"] == [{"id": COLORS, "value": ["Green", "Blue"]}]
        assert "singleValueExtendedProperties" not in cal.get(f"{path}?{query}").json

    def test_what_is_no_property_is_refused(self, cal):
        body = {"name": "Trips", "singleValueExtendedProperties": [{"id": "Colour", "value": "Green"}]}
        assert cal.post("/me/calendars", body).status == 400
        assert [one["name"] for one in cal.get("/me/calendars").values] == ["Calendar"]

    def test_set_filter_expand_and_clear(self, cal):
        event = cal.event(singleValueExtendedProperties=[{"id": COLOR, "value": "Green"}])
        cal.event(subject="other")
        lambda_ = f"singleValueExtendedProperties/Any(ep: ep/id eq '{COLOR}' and ep/value eq 'Green')"
        assert [one["id"] for one in cal.get(f"/me/events?$filter={lambda_}").values] == [event["id"]]
        query = f"$expand=singleValueExtendedProperties($filter=id eq '{COLOR}')"
        path = f"/me/events/{event['id']}"
        assert cal.get(f"{path}?{query}").json["singleValueExtendedProperties"] == [{"id": COLOR, "value": "Green"}]
        cal.patch(path, {"singleValueExtendedProperties": [{"id": COLOR, "value": None}]})
        assert "singleValueExtendedProperties" not in cal.get(f"{path}?{query}").json

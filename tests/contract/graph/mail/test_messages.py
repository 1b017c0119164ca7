"""Messages as Graph answers them: reference graph-mail 2 to 6 and 10."""

import json
from datetime import timedelta
from typing import Any

import pytest
from outlook365_emulator.graph.mail import messages

covers = pytest.mark.covers.with_args

ORDER = """
@odata.context @odata.etag id createdDateTime lastModifiedDateTime changeKey categories receivedDateTime sentDateTime
hasAttachments internetMessageId subject bodyPreview importance parentFolderId conversationId conversationIndex
isDeliveryReceiptRequested isReadReceiptRequested isRead isDraft webLink inferenceClassification body sender from
toRecipients ccRecipients bccRecipients replyTo flag
""".split()


def address(text: str, name: str | None = None) -> dict[str, Any]:
    return {"emailAddress": {"address": text} if name is None else {"name": name, "address": text}}


@pytest.fixture
def me(graph: Any, org: Any) -> Any:
    """Ask as ada, below `/me`."""

    def ask(method: str, path: str, body: Any = None, **options: Any) -> Any:
        return graph.ask(method, f"/me{path}", body, as_=org.ada, **options)

    return ask


@pytest.fixture
def draft(me: Any) -> Any:
    """Create a draft and return it."""

    def create(**members: Any) -> Any:
        answer = me("POST", "/messages", members)
        assert answer.status == 201, answer.body
        return answer.json

    return create


@pytest.fixture
def received(org: Any) -> Any:
    """Let ada receive a message and return its id."""

    def arrive(**members: Any) -> str:
        record = org.receive(org.ada, **members)
        return org.mailbox(org.ada).ids.item(record.folder, record.number)

    return arrive


@covers(messages.create)
class TestCreate:
    def test_an_empty_draft_has_every_default(self, me: Any, org: Any) -> None:
        answer = me("POST", "/messages", {})
        found = answer.json
        assert answer.status == 201
        assert list(found) == [name for name in ORDER if name not in ("from", "sender")]
        now = "2026-03-02T09:00:00Z"
        assert {name: found[name] for name in ORDER if name in found and name in DEFAULTS} == {
            **DEFAULTS,
            **dict.fromkeys(("createdDateTime", "lastModifiedDateTime", "receivedDateTime", "sentDateTime"), now),
        }
        assert found["parentFolderId"] == me("GET", "/mailFolders/drafts").json["id"]
        assert found["@odata.etag"] == f'W/"{found["changeKey"]}"'
        assert found["internetMessageId"].endswith(".prod.outlook.com>")
        assert found["conversationId"].startswith("AAQk")

    def test_members_stand_in_the_order_of_graph(self, draft: Any) -> None:
        found = draft(flag={}, replyTo=[], **{"from": address("ada@contoso.example")}, subject="Hi", isRead=False)
        assert list(found) == ORDER

    def test_it_says_where_it_is(self, me: Any, org: Any) -> None:
        answer = me("POST", "/messages", {"subject": "Hi"})
        root = f"https://graph.microsoft.com/v1.0/users('{org.ada.id}')/messages('"
        assert answer.headers["location"] == f"{root}{answer.json['id']}')"
        assert answer.json["@odata.context"] == (
            f"https://graph.microsoft.com/v1.0/$metadata#users('{org.ada.id}')/messages/$entity"
        )

    def test_the_location_is_immutable_where_that_is_preferred(self, me: Any) -> None:
        answer = me("POST", "/messages", {}, headers=[("Prefer", 'IdType="ImmutableId"')])
        assert answer.json["id"].startswith("AAkALg")
        assert answer.json["id"] in answer.headers["location"]
        assert answer.headers["preference-applied"] == "IdType=ImmutableId"

    def test_what_is_given_is_kept(self, draft: Any) -> None:
        given = {
            "subject": "Hi",
            "importance": "high",
            "categories": ["Red category", "unheard of"],
            "isRead": False,
            "isReadReceiptRequested": True,
            "isDeliveryReceiptRequested": True,
            "inferenceClassification": "other",
            "internetMessageId": "<own@contoso.example>",
            "body": {"contentType": "text", "content": "Hello\r\nthere"},
        }
        found = draft(**given)
        assert {name: found[name] for name in given} == given
        assert found["bodyPreview"] == "Hello\r\nthere"

    def test_names_and_enumerations_in_any_case(self, draft: Any) -> None:
        found = draft(SUBJECT="Hi", Importance="LOW", body={"ContentType": "HTML", "CONTENT": "x"})
        assert (found["subject"], found["importance"], found["body"]["contentType"]) == ("Hi", "low", "html")

    def test_names_of_recipients_come_from_the_directory(self, draft: Any) -> None:
        to = [address("BEN@contoso.example"), address("x@example.org"), address("y@example.org", "Why")]
        found = draft(toRecipients=to, sender=address("ada@contoso.example"))
        assert found["toRecipients"] == [
            address("BEN@contoso.example", "Ben Franklin"),
            address("x@example.org", "x@example.org"),
            address("y@example.org", "Why"),
        ]
        assert found["sender"] == address("ada@contoso.example", "Ada Lovelace")

    def test_a_fragment_of_html_becomes_a_document(self, draft: Any) -> None:
        found = draft(body={"contentType": "html", "content": "<p>one</p><p>two &amp; three</p>"})
        assert found["body"]["content"] == (
            '<html><head>\r\n<meta http-equiv="Content-Type" content="text/html; charset=utf-8"></head><body>'
            "<p>one</p><p>two &amp; three</p></body></html>"
        )
        assert found["bodyPreview"] == "one\r\n\r\ntwo & three"

    def test_a_preview_has_255_characters(self, draft: Any) -> None:
        assert draft(body={"contentType": "text", "content": "x" * 300})["bodyPreview"] == "x" * 255

    def test_what_the_server_sets_is_not_taken(self, draft: Any) -> None:
        found = draft(isDraft=False, receivedDateTime="2001-01-01T00:00:00Z", changeKey="mine", hasAttachments=True)
        assert found["isDraft"] is True
        assert found["receivedDateTime"] == "2026-03-02T09:00:00Z"
        assert found["changeKey"] != "mine"
        assert found["hasAttachments"] is False

    def test_two_drafts_share_nothing(self, draft: Any) -> None:
        one, two = draft(), draft()
        for name in ("id", "changeKey", "internetMessageId", "conversationId", "conversationIndex"):
            assert one[name] != two[name]

    @pytest.mark.parametrize(
        ("body", "code", "message"),
        [
            (
                {"subjct": "x"},
                "RequestBodyRead",
                "The property 'subjct' does not exist on type 'microsoft.graph.message'.",
            ),
            ({"importance": "urgent"}, "RequestBodyRead", "Cannot convert the literal 'urgent'"),
            ({"isRead": "perhaps"}, "RequestBodyRead", "Cannot convert the literal 'perhaps'"),
            (
                {"toRecipients": [{"address": "x@y.example"}]},
                "RequestBodyRead",
                "The property 'address' does not exist",
            ),
            ({"toRecipients": {}}, "RequestBodyRead", ""),
            (
                {"toRecipients": [None]},
                "RequestBodyRead",
                "A null value was found for the property named 'toRecipients'",
            ),
            (
                {"internetMessageHeaders": [{"name": "In-Reply-To", "value": "x"}]},
                "InvalidInternetMessageHeader",
                "The",
            ),
            (
                {"internetMessageHeaders": [{"name": f"x-{n}", "value": "x"} for n in range(6)]},
                "InvalidInternetMessageHeaderCollection",
                "Maximum number of headers",
            ),
            (
                {"flag": {"dueDateTime": {"dateTime": "2026-03-03T00:00:00", "timeZone": "UTC"}}},
                "ErrorInvalidRequest",
                "",
            ),
            ({"attachments": [{"name": "x"}]}, "RequestBodyRead", ""),
            (
                {"attachments": [{"@odata.type": "#microsoft.graph.fileAttachment", "contentBytes": "eA=="}]},
                "ErrorInvalidProperty",
                "The property 'name' is required",
            ),
        ],
    )
    def test_refusals(self, me: Any, org: Any, body: Any, code: str, message: str) -> None:
        answer = me("POST", "/messages", body)
        assert (answer.status, answer.code) == (400, code)
        assert answer.message.startswith(message)
        assert answer.entry.reason
        assert len(org.mailbox(org.ada).messages) == 0

    @pytest.mark.parametrize(
        ("content", "media"),
        [
            (b"", "application/json"),
            (b"{", "application/json"),
            (b"[]", "application/json"),
            (b"null", "application/json"),
            (b'"x"', "application/json"),
            (b'{"subject":"\xff"}', "application/json"),
            (b'{"subject":"\\ud800"}', "application/json"),
            (b"{}", "text/html"),
            (b"{}", ""),
            (b"{}", "application/x-www-form-urlencoded"),
            (b"[" * 100_000, "application/json"),
        ],
    )
    def test_what_is_no_json(self, me: Any, content: bytes, media: str) -> None:
        answer = me("POST", "/messages", content=content, headers=[("Content-Type", media)] if media else [])
        assert (answer.status, answer.code) == (400, "BadRequest")
        assert answer.message.startswith("Unable to read JSON request payload.")

    @pytest.mark.parametrize("media", ["application/json; charset=utf-8", "Application/JSON"])
    def test_json_by_another_name(self, me: Any, media: str) -> None:
        assert me("POST", "/messages", content=b"{}", headers=[("Content-Type", media)]).status == 201

    def test_over_four_megabytes(self, me: Any) -> None:
        answer = me("POST", "/messages", {"body": {"content": "x" * 4 * 1024 * 1024}})
        assert (answer.status, answer.code) == (413, "RequestEntityTooLarge")


DEFAULTS = {
    "categories": [],
    "receivedDateTime": None,
    "sentDateTime": None,
    "createdDateTime": None,
    "lastModifiedDateTime": None,
    "hasAttachments": False,
    "subject": "",
    "bodyPreview": "",
    "importance": "normal",
    "isDeliveryReceiptRequested": False,
    "isReadReceiptRequested": False,
    "isRead": True,
    "isDraft": True,
    "inferenceClassification": "focused",
    "body": {"contentType": "text", "content": ""},
    "toRecipients": [],
    "ccRecipients": [],
    "bccRecipients": [],
    "replyTo": [],
    "flag": {"flagStatus": "notFlagged"},
}


@covers(messages.create_in_folder)
class TestCreateInFolder:
    def test_it_is_a_draft_wherever_it_lies(self, me: Any) -> None:
        answer = me("POST", "/mailFolders/inbox/messages", {"subject": "Hi"})
        assert (answer.status, answer.json["isDraft"]) == (201, True)
        assert answer.json["parentFolderId"] == me("GET", "/mailFolders/inbox").json["id"]

    def test_an_unknown_folder(self, me: Any) -> None:
        assert me("POST", "/mailFolders/nowhere/messages", {}).code == "ErrorInvalidIdMalformed"
        assert me("POST", "/mailFolders/clutter/messages", {}).code == "ErrorItemNotFound"


@covers(messages.get)
class TestGet:
    def test_a_delivered_message(self, me: Any, received: Any) -> None:
        key = received(subject="Hello", body={"contentType": "html", "content": "Hi"})
        answer = me("GET", f"/messages/{key}")
        found = answer.json
        assert list(found) == ORDER
        assert found["id"] == key
        assert (found["isRead"], found["isDraft"], found["isDeliveryReceiptRequested"]) == (False, False, None)
        assert found["sender"] == found["from"] == address("eve@example.org", "eve@example.org")
        assert found["toRecipients"] == [address("ada@contoso.example", "Ada Lovelace")]
        assert answer.headers["etag"] == found["@odata.etag"]

    def test_the_web_link_holds_the_id_as_outlook_writes_it(self, me: Any, received: Any) -> None:
        key = received()
        link = me("GET", f"/messages/{key}").json["webLink"]
        written = key.replace("-", "%2F").replace("_", "%2B").replace("=", "%3D")
        assert link == f"https://outlook.office365.com/owa/?ItemID={written}&exvsurl=1&viewmodel=ReadMessageItem"

    def test_select(self, me: Any, received: Any) -> None:
        answer = me("GET", f"/messages/{received(subject='Hello')}?$select=subject,isRead")
        assert list(answer.json) == ["@odata.context", "@odata.etag", "subject", "isRead"]
        assert answer.json["@odata.context"].endswith("/messages(subject,isRead)/$entity")

    def test_headers_appear_when_selected(self, me: Any, received: Any) -> None:
        key = received(subject="Hello", internetMessageHeaders=[{"name": "x-mine", "value": "1"}])
        assert "internetMessageHeaders" not in me("GET", f"/messages/{key}").json
        found = me("GET", f"/messages/{key}?$select=internetMessageHeaders").json["internetMessageHeaders"]
        headers = {one["name"]: one["value"] for one in found}
        assert headers["x-mine"] == "1"
        assert headers["Subject"] == "Hello"
        assert headers["Date"] == "Mon, 02 Mar 2026 09:00:00 +0000"

    @pytest.mark.parametrize(
        ("stored", "preferred", "expected"),
        [
            ("html", "text", "Hi\r\nthere"),
            ("text", "text", "<b>Hi</b>"),
            ("text", "html", "&lt;b&gt;Hi&lt;/b&gt;"),
            ("html", "html", "<b>Hi</b><br>there"),
        ],
    )
    def test_the_body_in_the_form_preferred(
        self, me: Any, received: Any, stored: str, preferred: str, expected: str
    ) -> None:
        content = "<b>Hi</b>" + ("<br>there" if stored == "html" else "")
        key = received(body={"contentType": stored, "content": content})
        prefer = f'outlook.body-content-type="{preferred}"'
        answer = me("GET", f"/messages/{key}", headers=[("Prefer", prefer)])
        assert answer.json["body"]["contentType"] == preferred
        assert expected in answer.json["body"]["content"]
        assert answer.headers["preference-applied"] == prefer
        assert me("GET", f"/messages/{key}").json["body"]["contentType"] == stored

    def test_text_made_html_is_a_document(self, me: Any, received: Any) -> None:
        key = received(body={"contentType": "text", "content": "a\r\nb"})
        prefer = [("Prefer", "outlook.body-content-type=html")]
        content = me("GET", f"/messages/{key}", headers=prefer).json["body"]["content"]
        assert content.startswith("<html>")
        assert '<div class="PlainText">a<br>\r\nb</div>' in content

    def test_an_immutable_id_reads_with_and_without_the_preference(self, me: Any, received: Any) -> None:
        key = received()
        prefer = [("Prefer", 'IdType="ImmutableId"')]
        immutable = me("GET", f"/messages/{key}", headers=prefer).json["id"]
        assert immutable.startswith("AAkALgAAAAAAHYQDEapmEc2byACqAC-EWg0")
        assert me("GET", f"/messages/{immutable}").json["id"] == key
        assert me("GET", f"/messages/{immutable}", headers=prefer).json["id"] == immutable

    def test_several_preferences_in_one_header_or_several(self, me: Any, received: Any) -> None:
        key = received(body={"contentType": "html", "content": "Hi"})
        one = [("Prefer", 'IdType="ImmutableId", outlook.body-content-type="text"')]
        two = [("Prefer", 'IdType="ImmutableId"'), ("prefer", 'outlook.body-content-type="text", unheard-of=1')]
        assert me("GET", f"/messages/{key}", headers=one).body == me("GET", f"/messages/{key}", headers=two).body

    def test_bad_ids(self, me: Any, org: Any, received: Any) -> None:
        key = received()
        folder = me("GET", "/mailFolders/inbox").json["id"]
        other = org.receive(org.ben)
        foreign = org.mailbox(org.ben).ids.item(other.folder, other.number)
        gone = org.mailbox(org.ada).ids.item(0x010C, 0xFFFF)
        for bad, status, code in [
            ("xyz", 400, "ErrorInvalidIdMalformed"),
            (key[:-4], 400, "ErrorInvalidIdMalformed"),
            (key.swapcase(), 400, "ErrorInvalidIdMalformed"),
            (folder, 400, "ErrorInvalidIdMalformed"),
            ("%00", 400, "ErrorInvalidIdMalformed"),
            ("%C3%A9", 400, "ErrorInvalidIdMalformed"),
            (foreign, 404, "ErrorInvalidMailboxItemId"),
            (gone, 404, "ErrorItemNotFound"),
        ]:
            answer = me("GET", f"/messages/{bad}")
            assert (answer.status, answer.code) == (status, code), bad
        assert (
            "doesn't belong to the targeted mailbox 'ada@contoso.example'" in me("GET", f"/messages/{foreign}").message
        )

    def test_an_id_may_be_escaped(self, me: Any, received: Any) -> None:
        key = received()
        assert me("GET", f"/messages/{key.replace('=', '%3D')}").status == 200
        assert me("GET", f"/messages('{key}')").status == 200

    def test_through_the_folder_that_holds_it(self, me: Any, received: Any) -> None:
        key = received()
        assert me("GET", f"/mailFolders/inbox/messages/{key}").status == 200
        assert me("GET", f"/mailFolders('Inbox')/messages('{key}')").status == 200
        assert me("GET", f"/mailFolders/drafts/messages/{key}").code == "ErrorItemNotFound"

    def test_metadata_none(self, me: Any, received: Any) -> None:
        accept = [("Accept", "application/json;odata.metadata=none")]
        answer = me("GET", f"/messages/{received()}", headers=accept)
        assert not [name for name in answer.json if "@odata" in name]
        assert "odata.metadata=none" in answer.headers["content-type"]


@covers(messages.update)
class TestUpdate:
    def test_it_answers_the_whole_message_with_a_new_change_key(self, me: Any, received: Any, org: Any) -> None:
        key = received(subject="Hello", body={"contentType": "html", "content": "Hi"})
        before = me("GET", f"/messages/{key}").json
        org.world.clock.shift(timedelta(minutes=1))
        answer = me("PATCH", f"/messages/{key}", {"isRead": True, "categories": ["Red category"]})
        after = answer.json
        assert answer.status == 200
        assert answer.headers["etag"] == after["@odata.etag"]
        changed = {name for name in after if after[name] != before[name]}
        assert changed == {"@odata.etag", "changeKey", "lastModifiedDateTime", "isRead", "categories"}
        assert me("GET", f"/messages/{key}").json == after

    @pytest.mark.parametrize(
        ("member", "value"),
        [
            ("isRead", True),
            ("importance", "high"),
            ("categories", ["a", "b"]),
            ("inferenceClassification", "other"),
            ("isReadReceiptRequested", True),
            ("isDeliveryReceiptRequested", True),
            ("subject", "Another"),
            ("flag", {"flagStatus": "flagged"}),
        ],
    )
    def test_of_a_received_message(self, me: Any, received: Any, member: str, value: Any) -> None:
        assert me("PATCH", f"/messages/{received()}", {member: value}).json[member] == value

    @pytest.mark.parametrize(
        "member", ["from", "sender", "toRecipients", "ccRecipients", "bccRecipients", "replyTo", "internetMessageId"]
    )
    def test_draft_only_members(self, me: Any, draft: Any, received: Any, member: str) -> None:
        value: Any = address("ben@contoso.example")
        value = "<x@y.example>" if member == "internetMessageId" else value if member in ("from", "sender") else [value]
        answer = me("PATCH", f"/messages/{received()}", {member: value})
        assert (answer.status, answer.code) == (400, "ErrorInvalidPropertySet")
        assert me("PATCH", f"/messages/{draft()['id']}", {member: value}).status == 200

    @pytest.mark.parametrize(
        ("member", "value"),
        [
            ("id", "x"),
            ("createdDateTime", "2026-01-01T00:00:00Z"),
            ("lastModifiedDateTime", "2026-01-01T00:00:00Z"),
            ("changeKey", "x"),
            ("receivedDateTime", "2026-01-01T00:00:00Z"),
            ("sentDateTime", "2026-01-01T00:00:00Z"),
            ("hasAttachments", True),
            ("bodyPreview", "x"),
            ("parentFolderId", "x"),
            ("conversationId", "x"),
            ("conversationIndex", "eA=="),
            ("isDraft", False),
            ("webLink", "x"),
            ("attachments", []),
            ("internetMessageHeaders", [{"name": "x-a", "value": "b"}]),
        ],
    )
    def test_read_only_members(self, me: Any, draft: Any, member: str, value: Any) -> None:
        before = draft()
        answer = me("PATCH", f"/messages/{before['id']}", {"subject": "new", member: value})
        assert (answer.status, answer.code) == (400, "ErrorInvalidPropertySet")
        assert answer.message == "Set action is invalid for property."
        assert member in answer.entry.reason
        assert me("GET", f"/messages/{before['id']}").json["subject"] == ""

    def test_annotations_are_let_be(self, me: Any, draft: Any) -> None:
        before = draft()
        body = {"@odata.type": "#microsoft.graph.message", "@odata.etag": before["@odata.etag"], "subject": "new"}
        assert me("PATCH", f"/messages/{before['id']}", body).json["subject"] == "new"

    @pytest.mark.parametrize(
        ("member", "expected"),
        [
            ("subject", None),
            ("importance", "normal"),
            ("isRead", False),
            ("isReadReceiptRequested", False),
            ("isDeliveryReceiptRequested", None),
            ("flag", {"flagStatus": "notFlagged"}),
            ("inferenceClassification", "focused"),
            ("from", "absent"),
            ("sender", "absent"),
            ("body", {"contentType": "text", "content": ""}),
        ],
    )
    def test_null_takes_a_member_back(self, me: Any, draft: Any, member: str, expected: Any) -> None:
        key = draft(subject="x", **{"from": address("ada@contoso.example")}, isReadReceiptRequested=True)["id"]
        answer = me("PATCH", f"/messages/{key}", {member: None})
        assert answer.status == 200, answer.body
        assert answer.json.get(member, "absent") == expected
        assert me("GET", f"/messages?$filter=isRead eq true or {FILTERS[member]}").status == 200

    def test_the_internet_message_id_stays(self, me: Any, draft: Any) -> None:
        before = draft()
        after = me("PATCH", f"/messages/{before['id']}", {"internetMessageId": None}).json
        assert after["internetMessageId"] == before["internetMessageId"]

    def test_completing_a_flag_dates_it(self, me: Any, received: Any) -> None:
        found = me("PATCH", f"/messages/{received()}", {"flag": {"flagStatus": "complete"}}).json["flag"]
        assert found == {
            "flagStatus": "complete",
            "completedDateTime": {"dateTime": "2026-03-02T00:00:00.0000000", "timeZone": "UTC"},
        }

    def test_a_due_date_needs_a_start(self, me: Any, received: Any) -> None:
        due = {"dateTime": "2026-03-03T00:00:00", "timeZone": "UTC"}
        key = received()
        assert me("PATCH", f"/messages/{key}", {"flag": {"flagStatus": "flagged", "dueDateTime": due}}).status == 400
        flag = {"flagStatus": "flagged", "dueDateTime": due, "startDateTime": due}
        assert me("PATCH", f"/messages/{key}", {"flag": flag}).json["flag"] == flag

    def test_the_folder_counts_what_is_unread(self, me: Any, received: Any) -> None:
        keys = [received(), received()]
        assert me("GET", "/mailFolders/inbox").json["unreadItemCount"] == 2
        me("PATCH", f"/messages/{keys[0]}", {"isRead": True})
        me("PATCH", f"/messages/{keys[0]}", {"isRead": True})
        assert me("GET", "/mailFolders/inbox").json["unreadItemCount"] == 1

    def test_if_match(self, me: Any, received: Any) -> None:
        key = received()
        stale = me("GET", f"/messages/{key}").json["@odata.etag"]
        fresh = me("PATCH", f"/messages/{key}", {"isRead": True}, headers=[("If-Match", stale)]).json["@odata.etag"]
        answer = me("PATCH", f"/messages/{key}", {"isRead": False}, headers=[("If-Match", stale)])
        assert (answer.status, answer.code) == (412, "ErrorIrresolvableConflict")
        assert me("PATCH", f"/messages/{key}", {"isRead": False}, headers=[("If-Match", fresh)]).status == 200
        assert me("PATCH", f"/messages/{key}", {"isRead": False}, headers=[("If-Match", "*")]).status == 200
        assert me("DELETE", f"/messages/{key}", headers=[("If-Match", stale)]).status == 412
        assert me("DELETE", f"/messages/{key}").status == 204

    def test_the_body_type_is_kept_when_it_is_set(self, me: Any, draft: Any) -> None:
        key = draft()["id"]
        after = me("PATCH", f"/messages/{key}", {"body": {"contentType": "HTML", "content": "<b>x</b>"}}).json
        assert after["body"]["contentType"] == "html"
        assert after["bodyPreview"] == "x"


FILTERS = {
    "subject": "subject eq 'x'",
    "importance": "importance eq 'high'",
    "isRead": "isRead eq false",
    "isReadReceiptRequested": "isReadReceiptRequested eq true",
    "isDeliveryReceiptRequested": "isDeliveryReceiptRequested eq true",
    "flag": "flag/flagStatus eq 'flagged'",
    "inferenceClassification": "inferenceClassification eq 'other'",
    "from": "from/emailAddress/address eq 'x'",
    "sender": "sender/emailAddress/name eq 'x'",
    "body": "contains(body/content, 'x')",
}


@covers(messages.delete)
class TestDelete:
    def test_it_goes_to_deleted_items_with_another_id(self, me: Any, received: Any) -> None:
        key = received(subject="Bye")
        prefer = [("Prefer", 'IdType="ImmutableId"')]
        immutable = me("GET", f"/messages/{key}", headers=prefer).json["id"]
        answer = me("DELETE", f"/messages/{key}")
        assert (answer.status, answer.body, "content-type" in answer.headers) == (204, b"", False)
        assert me("GET", f"/messages/{key}").code == "ErrorItemNotFound"
        (found,) = me("GET", "/mailFolders/deleteditems/messages").values
        assert (found["subject"], found["id"] != key) == ("Bye", True)
        assert me("GET", f"/messages/{immutable}").json["id"] == found["id"]
        assert len(me("GET", "/messages").values) == 1

    def test_from_there_it_leaves_the_list_of_messages(self, me: Any, received: Any) -> None:
        me("DELETE", f"/messages/{received()}")
        (found,) = me("GET", "/messages").values
        assert me("DELETE", f"/messages/{found['id']}").status == 204
        assert me("GET", "/messages").values == []
        (kept,) = me("GET", "/mailFolders/recoverableitemsdeletions/messages").values
        assert me("DELETE", f"/messages/{kept['id']}").status == 204
        for folder in ("recoverableitemsdeletions", "deleteditems", "inbox"):
            assert me("GET", f"/mailFolders/{folder}/messages").values == []

    def test_twice_with_the_same_id(self, me: Any, received: Any) -> None:
        key = received()
        assert me("DELETE", f"/messages/{key}").status == 204
        assert me("DELETE", f"/messages/{key}").code == "ErrorItemNotFound"

    def test_attachments_go_along(self, me: Any, org: Any, received: Any) -> None:
        key = received(attachments=[FILE])
        me("DELETE", f"/messages/{key}")
        (found,) = me("GET", "/messages?$expand=attachments").values
        assert [one["name"] for one in found["attachments"]] == ["a.txt"]

    def test_counts_follow(self, me: Any, received: Any) -> None:
        me("DELETE", f"/messages/{received()}")
        for folder, total in (("inbox", 0), ("deleteditems", 1)):
            found = me("GET", f"/mailFolders/{folder}").json
            assert (found["totalItemCount"], found["unreadItemCount"]) == (total, total)


FILE = {"@odata.type": "#microsoft.graph.fileAttachment", "name": "a.txt", "contentBytes": "aGVsbG8="}


class TestAttachments:
    def test_given_with_the_draft_they_can_be_expanded(self, me: Any, draft: Any) -> None:
        key = draft(attachments=[FILE, {**FILE, "name": "b.png", "isInline": True, "contentId": "b"}])["id"]
        found = me("GET", f"/messages/{key}?$expand=attachments").json
        assert found["hasAttachments"] is True
        first, second = found["attachments"]
        assert (
            list(first)
            == (
                "@odata.type @odata.mediaContentType id lastModifiedDateTime name contentType size isInline contentId "
                "contentLocation contentBytes"
            ).split()
        )
        assert (first["name"], first["contentType"], first["contentBytes"]) == ("a.txt", "text/plain", "aGVsbG8=")
        assert first["size"] > 5
        assert (second["isInline"], second["contentId"], second["contentType"]) == (True, "b", "image/png")

    def test_inline_files_alone_do_not_count(self, draft: Any) -> None:
        assert draft(attachments=[{**FILE, "isInline": True}])["hasAttachments"] is False

    def test_large_content_comes_back_whole(self, me: Any, draft: Any) -> None:
        import base64

        content = base64.b64encode(bytes(range(256)) * 1000).decode()
        key = draft(attachments=[{**FILE, "contentBytes": content}])["id"]
        (found,) = me("GET", f"/messages/{key}?$expand=attachments").json["attachments"]
        assert found["contentBytes"] == content

    def test_bad_base64(self, me: Any) -> None:
        answer = me("POST", "/messages", {"attachments": [{**FILE, "contentBytes": "no base64!"}]})
        assert (answer.status, answer.code) == (400, "RequestBodyRead")


@covers(messages.list_)
class TestList:
    def test_newest_first_ten_on_a_page(self, me: Any, org: Any, received: Any) -> None:
        for number in range(12):
            org.world.clock.shift(timedelta(seconds=1))
            received(subject=f"{number}")
        answer = me("GET", "/messages")
        assert [one["subject"] for one in answer.values] == [str(number) for number in range(11, 1, -1)]
        assert list(answer.json) == ["@odata.context", "@odata.nextLink", "value"]
        assert answer.json["@odata.context"].endswith(f"/$metadata#users('{org.ada.id}')/messages")
        assert list(answer.values[0]) == ORDER[1:]

    def test_every_folder_but_hidden_ones(self, me: Any, org: Any, draft: Any, received: Any) -> None:
        from outlook365_emulator.store.records.mail import MailFolder

        draft(subject="draft")
        received(subject="inbox")
        me("DELETE", f"/messages/{received(subject='deleted')}")
        me("POST", "/sendMail", {"message": {"subject": "sent", "toRecipients": [address("x@example.org")]}})
        box = org.mailbox(org.ada)
        with org.world.unit() as unit:
            for folder in (
                MailFolder(number=900, parent=264, display_name="Hidden", hidden=True),
                MailFolder(number=901, parent=900, display_name="Below"),
                MailFolder(number=902, parent=268, display_name="Sub"),
            ):
                unit.put_item(box, box.folders, folder)
        org.receive(org.ada, "Hidden", subject="hidden")
        org.receive(org.ada, "Below", subject="below a hidden one")
        org.receive(org.ada, "Sub", subject="sub")
        found = {one["subject"] for one in me("GET", "/messages?$top=50").values}
        assert found == {"draft", "inbox", "deleted", "sent", "sub"}
        assert me("GET", "/messages/$count").body == b"5"

    def test_an_empty_mailbox(self, me: Any) -> None:
        assert me("GET", "/messages").values == []
        assert list(me("GET", "/messages").json) == ["@odata.context", "value"]

    def test_preferences_hold_for_every_item(self, me: Any, received: Any) -> None:
        for _ in range(3):
            received(body={"contentType": "html", "content": "<b>x</b>"})
        prefer = [("Prefer", 'IdType="ImmutableId"'), ("Prefer", 'outlook.body-content-type="text"')]
        found = me("GET", "/messages", headers=prefer).values
        assert all(one["id"].startswith("AAkALg") for one in found)
        assert all(one["body"] == {"contentType": "text", "content": "x"} for one in found)


@covers(messages.list_in_folder)
class TestListInFolder:
    def test_one_folder_by_name_or_id(self, me: Any, received: Any, draft: Any) -> None:
        received(subject="inbox")
        draft(subject="draft")
        inbox = me("GET", "/mailFolders/inbox").json["id"]
        for key in ("inbox", "INBOX", inbox, inbox.replace("=", "%3D")):
            answer = me("GET", f"/mailFolders/{key}/messages")
            assert [one["subject"] for one in answer.values] == ["inbox"]
        assert answer.json["@odata.context"].endswith(f"/mailFolders('{inbox.replace('=', '%3D')}')/messages")

    def test_the_root_lists_them_all(self, me: Any, received: Any, draft: Any) -> None:
        received()
        draft()
        assert len(me("GET", "/mailFolders/msgfolderroot/messages").values) == 2


@covers(messages.count, messages.count_in_folder)
class TestCount:
    def test_a_bare_number(self, me: Any, received: Any, draft: Any) -> None:
        received()
        draft()
        answer = me("GET", "/messages/$count")
        assert (answer.status, answer.body, answer.headers["content-type"]) == (200, b"2", "text/plain")
        assert me("GET", "/mailFolders/inbox/messages/$count").body == b"1"

    def test_of_what_a_filter_lets_through(self, me: Any, received: Any) -> None:
        received(subject="a")
        received(subject="b")
        assert me("GET", "/messages/$count?$filter=subject eq 'a'").body == b"1"
        assert me("GET", "/mailFolders/inbox/messages/$count?$filter=subject eq 'c'").body == b"0"

    def test_a_bad_filter(self, me: Any) -> None:
        assert me("GET", "/messages/$count?$filter=subjct eq 'a'").code == "RequestBroker--ParseUri"


class TestOfAnotherMailbox:
    def test_a_shared_mailbox_is_read_and_written(self, graph: Any, org: Any) -> None:
        path = f"/users/{org.support.user_principal_name}/messages"
        answer = graph.post(path, {"subject": "Hi"}, as_=org.ada, scopes=["Mail.ReadWrite.Shared"])
        assert answer.status == 201
        key = answer.json["id"]
        assert graph.patch(f"{path}/{key}", {"subject": "Ho"}, as_=org.ada).json["subject"] == "Ho"
        assert graph.get(f"/me/messages/{key}", as_=org.ada).code == "ErrorInvalidMailboxItemId"
        assert graph.delete(f"{path}/{key}", as_=org.ada).status == 204

    @pytest.mark.parametrize(
        ("key", "status", "code"),
        [
            ("nobody@contoso.example", 404, "ErrorInvalidUser"),
            ("00000000-0000-0000-0000-000000000000", 404, "ErrorInvalidUser"),
            ("guest@contoso.example", 404, "MailboxNotEnabledForRESTAPI"),
        ],
    )
    def test_no_mailbox(self, graph: Any, key: str, status: int, code: str) -> None:
        answer = graph.get(f"/users/{key}/messages")
        assert (answer.status, answer.code) == (status, code)
        assert "innerError" not in answer.json["error"]

    def test_any_address_of_the_mailbox(self, graph: Any, org: Any) -> None:
        org.receive(org.ada, subject="x")
        for key in ("al@contoso.example", "ADA@contoso.example", org.ada.id):
            assert len(graph.get(f"/users/{key}/messages").values) == 1


def test_the_stored_document_is_what_is_sent(me: Any, org: Any) -> None:
    record = org.receive(org.ada, subject="x")
    found = me("GET", "/messages").values[0]
    assert json.loads(record.document) == found

"""Drafts and what they are made of: reference graph-mail 2, 3, 5 and 11."""

import base64
from typing import Any

import pytest
from outlook365_emulator.graph.mail import messages

covers = pytest.mark.covers.with_args
FILE = {"@odata.type": "#microsoft.graph.fileAttachment", "name": "a.txt", "contentBytes": "aGVsbG8="}


def address(text: str, name: str | None = None) -> dict[str, Any]:
    return {"emailAddress": {"address": text} if name is None else {"name": name, "address": text}}


@covers(messages.create)
class TestCreate:
    def test_an_empty_draft_has_every_default(self, me: Any, org: Any, order: list[str]) -> None:
        answer = me("POST", "/messages", {})
        found = answer.json
        assert answer.status == 201
        assert list(found) == [name for name in order if name not in ("from", "sender")]
        now = "2026-03-02T09:00:00Z"
        assert {name: found[name] for name in order if name in found and name in DEFAULTS} == {
            **DEFAULTS,
            **dict.fromkeys(("createdDateTime", "lastModifiedDateTime", "receivedDateTime", "sentDateTime"), now),
        }
        assert found["parentFolderId"] == me("GET", "/mailFolders/drafts").json["id"]
        assert found["@odata.etag"] == f'W/"{found["changeKey"]}"'
        assert found["internetMessageId"].endswith(".prod.outlook.com>")
        assert found["conversationId"].startswith("AAQk")

    def test_members_stand_in_the_order_of_graph(self, draft: Any, order: list[str]) -> None:
        found = draft(flag={}, replyTo=[], **{"from": address("ada@contoso.example")}, subject="Hi", isRead=False)
        assert list(found) == order

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
        content = base64.b64encode(bytes(range(256)) * 1000).decode()
        key = draft(attachments=[{**FILE, "contentBytes": content}])["id"]
        (found,) = me("GET", f"/messages/{key}?$expand=attachments").json["attachments"]
        assert found["contentBytes"] == content

    def test_bad_base64(self, me: Any) -> None:
        answer = me("POST", "/messages", {"attachments": [{**FILE, "contentBytes": "no base64!"}]})
        assert (answer.status, answer.code) == (400, "RequestBodyRead")

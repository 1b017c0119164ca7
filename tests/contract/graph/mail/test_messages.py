"""Messages got, listed, counted and deleted: reference graph-mail 2 to 4 and 10."""

import json
from datetime import timedelta
from typing import Any

import pytest
from outlook365_emulator.graph.mail import messages

covers = pytest.mark.covers.with_args
FILE = {"@odata.type": "#microsoft.graph.fileAttachment", "name": "a.txt", "contentBytes": "aGVsbG8="}


def address(text: str, name: str | None = None) -> dict[str, Any]:
    return {"emailAddress": {"address": text} if name is None else {"name": name, "address": text}}


@covers(messages.get)
class TestGet:
    def test_a_delivered_message(self, me: Any, received: Any, order: list[str]) -> None:
        key = received(subject="Hello", body={"contentType": "html", "content": "Hi"})
        answer = me("GET", f"/messages/{key}")
        found = answer.json
        assert list(found) == order
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
        assert list(answer.json) == ["@odata.context", "@odata.etag", "id", "subject", "isRead"]
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
    @pytest.mark.parametrize(
        ("given", "shown"),
        [
            ({"isRead": True}, {"isRead": True}),
            ({"categories": None}, {"categories": []}),
            ({"importance": "HIGH"}, {"importance": "high"}),
            ({"subject": "Another"}, {"subject": "Another"}),
            ({"@odata.etag": "W/old", "isRead": True}, {"isRead": True}),
        ],
        ids=str,
    )
    def test_what_is_changed_is_shown(self, me: Any, received: Any, given: Any, shown: Any) -> None:
        path = f"/messages/{received()}"
        answer = me("PATCH", path, given)
        assert (answer.status, answer.json.items() >= shown.items()) == (200, True)
        assert me("GET", path).json.items() >= shown.items()

    @pytest.mark.parametrize("given", [{"hasAttachments": True}, {"isDraft": True}, {"internetMessageId": "<a@b>"}])
    def test_what_stays(self, me: Any, received: Any, given: Any) -> None:
        path = f"/messages/{received()}"
        before = me("GET", path).json
        assert me("PATCH", path, given).code == "ErrorInvalidPropertySet"
        assert me("GET", path).json == before

    def test_of_a_state_that_is_gone(self, me: Any, received: Any) -> None:
        path = f"/messages/{received()}"
        etag = me("GET", path).json["@odata.etag"]
        assert me("PATCH", path, {"isRead": True}, headers=[("If-Match", etag)]).status == 200
        assert me("PATCH", path, {"isRead": False}, headers=[("If-Match", etag)]).status == 412
        assert me("PATCH", path, {"isRead": False}, headers=[("If-Match", "*")]).status == 200


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


@covers(messages.list_)
class TestList:
    def test_newest_first_ten_on_a_page(self, me: Any, org: Any, received: Any, order: list[str]) -> None:
        for number in range(12):
            org.world.clock.set(org.world.clock.now() + timedelta(seconds=1))
            received(subject=f"{number}")
        answer = me("GET", "/messages")
        assert [one["subject"] for one in answer.values] == [str(number) for number in range(11, 1, -1)]
        assert list(answer.json) == ["@odata.context", "@odata.nextLink", "value"]
        assert answer.json["@odata.context"].endswith(f"/$metadata#users('{org.ada.id}')/messages")
        assert list(answer.values[0]) == order[1:]

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

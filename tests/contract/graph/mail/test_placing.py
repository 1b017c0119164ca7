"""Moving, copying and removing messages: reference graph-mail 10."""

from typing import Any

import pytest
from outlook365_emulator.graph.mail import messages

covers = pytest.mark.covers.with_args

IMMUTABLE = [("Prefer", 'IdType="ImmutableId"')]


@pytest.fixture
def me(graph: Any, org: Any) -> Any:
    """Ask as ada, below `/me`."""

    def ask(method: str, path: str, body: Any = None, **options: Any) -> Any:
        return graph.ask(method, f"/me{path}", body, as_=org.ada, **options)

    return ask


@pytest.fixture
def counts(me: Any) -> Any:
    """Return how many messages lie in a folder, and how many of them are unread."""

    def count(folder: str) -> tuple[int, int]:
        found = me("GET", f"/mailFolders/{folder}").json
        return found["totalItemCount"], found["unreadItemCount"]

    return count


@pytest.fixture
def arrived(me: Any, org: Any) -> Any:
    """A message in ada's inbox, with an attachment, as Graph answers it."""
    file = {"@odata.type": "#microsoft.graph.fileAttachment", "name": "a.txt", "contentBytes": "YQ=="}
    record = org.receive(org.ada, subject="Plan", attachments=[file])
    return me("GET", f"/messages/{org.mailbox(org.ada).ids.item(record.folder, record.number)}").json


@covers(messages.move)
class TestMove:
    def test_a_moved_message_has_another_id_parent_and_change_key(self, me: Any, arrived: Any, counts: Any) -> None:
        answer = me("POST", f"/messages/{arrived['id']}/move", {"destinationId": "deleteditems"})
        assert answer.status == 201
        moved = answer.json
        assert moved["parentFolderId"] == me("GET", "/mailFolders/deleteditems").json["id"]
        assert moved["id"] != arrived["id"]
        assert moved["changeKey"] != arrived["changeKey"]
        assert answer.headers["location"].endswith(f"/messages('{moved['id']}')")
        same = set(arrived) - {"@odata.context", "@odata.etag", "id", "changeKey", "parentFolderId", "webLink"}
        assert {name: moved[name] for name in same} == {name: arrived[name] for name in same}
        assert counts("inbox") == (0, 0)
        assert counts("deleteditems") == (1, 1)

    def test_the_old_id_is_not_found(self, me: Any, arrived: Any) -> None:
        me("POST", f"/messages/{arrived['id']}/move", {"destinationId": "drafts"})
        gone = me("GET", f"/messages/{arrived['id']}")
        assert (gone.status, gone.code) == (404, "ErrorItemNotFound")

    def test_the_immutable_id_stays(self, me: Any, arrived: Any) -> None:
        before = me("GET", f"/messages/{arrived['id']}?$select=id", headers=IMMUTABLE).json["id"]
        me("POST", f"/messages/{arrived['id']}/move", {"destinationId": "drafts"})
        assert me("GET", f"/messages/{before}", headers=IMMUTABLE).json["id"] == before

    def test_attachments_go_along(self, me: Any, arrived: Any) -> None:
        moved = me("POST", f"/messages/{arrived['id']}/move", {"destinationId": "drafts"}).json
        assert [one["name"] for one in me("GET", f"/messages/{moved['id']}/attachments").values] == ["a.txt"]

    def test_into_its_own_folder_gives_a_new_id(self, me: Any, arrived: Any, counts: Any) -> None:
        moved = me("POST", f"/messages/{arrived['id']}/move", {"DestinationId": "Inbox"}).json
        assert moved["id"] != arrived["id"]
        assert counts("inbox") == (1, 1)

    @pytest.mark.parametrize(
        ("destination", "status", "code"),
        [
            ("nowhere", 400, "ErrorInvalidIdMalformed"),
            ("clutter", 404, "ErrorItemNotFound"),
        ],
    )
    def test_to_no_folder(self, me: Any, arrived: Any, destination: str, status: int, code: str) -> None:
        answer = me("POST", f"/messages/{arrived['id']}/move", {"destinationId": destination})
        assert (answer.status, answer.code) == (status, code)
        assert me("GET", f"/messages/{arrived['id']}").status == 200

    def test_without_a_destination(self, me: Any, arrived: Any) -> None:
        answer = me("POST", f"/messages/{arrived['id']}/move", {})
        assert (answer.status, answer.code) == (400, "ErrorInvalidRequest")

    def test_into_another_mailbox(self, me: Any, graph: Any, org: Any, arrived: Any) -> None:
        foreign = graph.get(f"/users/{org.ben.id}/mailFolders/inbox").json["id"]
        answer = me("POST", f"/messages/{arrived['id']}/move", {"destinationId": foreign})
        assert (answer.status, answer.code) == (404, "ErrorInvalidMailboxItemId")


@covers(messages.copy)
class TestCopy:
    def test_a_copy_is_another_item_of_the_same_thread(self, me: Any, arrived: Any, counts: Any) -> None:
        answer = me("POST", f"/messages/{arrived['id']}/copy", {"destinationId": "drafts"})
        assert answer.status == 201
        copied = answer.json
        assert copied["id"] != arrived["id"]
        for name in ("internetMessageId", "conversationId", "conversationIndex", "subject", "isDraft"):
            assert copied[name] == arrived[name]
        assert counts("inbox") == counts("drafts") == (1, 1)

    def test_what_happens_to_one_leaves_the_other(self, me: Any, arrived: Any) -> None:
        copied = me("POST", f"/messages/{arrived['id']}/copy", {"destinationId": "inbox"}).json
        attachment = me("GET", f"/messages/{copied['id']}/attachments").values[0]["id"]
        me("DELETE", f"/messages/{copied['id']}/attachments/{attachment}")
        assert me("GET", f"/messages/{copied['id']}").json["hasAttachments"] is False
        assert me("GET", f"/messages/{arrived['id']}").json["hasAttachments"] is True
        assert len(me("GET", f"/messages/{arrived['id']}/attachments").values) == 1


@covers(messages.permanent_delete)
class TestPermanentDelete:
    def test_it_is_gone_for_good(self, me: Any, org: Any, arrived: Any, counts: Any) -> None:
        assert me("POST", f"/messages/{arrived['id']}/permanentDelete").status == 204
        assert me("GET", f"/messages/{arrived['id']}").code == "ErrorItemNotFound"
        for folder in ("inbox", "deleteditems", "recoverableitemsdeletions"):
            assert counts(folder) == (0, 0)
        assert org.mailbox(org.ada).attachments.state() == {}

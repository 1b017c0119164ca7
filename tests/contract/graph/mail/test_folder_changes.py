"""Folders created, renamed, moved, copied and deleted: reference graph-mail 12."""

from typing import Any

import pytest
from outlook365_emulator.graph.mail import folder_changes, folders

covers = pytest.mark.covers.with_args


@pytest.fixture
def me(graph: Any, org: Any) -> Any:
    def ask(method: str, path: str, body: Any = None, **options: Any) -> Any:
        return graph.ask(method, f"/me{path}", body, as_=org.ada, **options)

    return ask


@pytest.fixture
def made(me: Any) -> Any:
    """Create a folder, below another where `below` says so, and return it."""

    def make(name: str, below: str = "", **members: Any) -> Any:
        path = f"/mailFolders/{below}/childFolders" if below else "/mailFolders"
        answer = me("POST", path, {"displayName": name, **members})
        assert answer.status == 201, answer.body
        return answer.json

    return make


def refused(answer: Any, status: int, code: str) -> None:
    assert (answer.status, answer.code) == (status, code), answer.body


@covers(folder_changes.create, folder_changes.create_child, folders.count_children)
class TestCreate:
    def test_below_the_root(self, me: Any, org: Any) -> None:
        answer = me("POST", "/mailFolders", {"DisplayName": "Projects"})
        root = me("GET", "/mailFolders/msgfolderroot").json["id"]
        assert answer.status == 201
        assert answer.json | {"id": "", "@odata.context": ""} == {
            "@odata.context": "",
            "id": "",
            "displayName": "Projects",
            "parentFolderId": root,
            "childFolderCount": 0,
            "unreadItemCount": 0,
            "totalItemCount": 0,
            "isHidden": False,
        }
        assert answer.headers["location"].endswith(f"/users('{org.ada.id}')/mailFolders('{answer.json['id']}')")
        assert me("GET", f"/mailFolders/{answer.json['id']}").json["displayName"] == "Projects"

    def test_below_another(self, me: Any, made: Any) -> None:
        inbox = me("GET", "/mailFolders/inbox").json
        child = made("Invoices", "inbox")
        assert child["parentFolderId"] == inbox["id"]
        assert me("GET", "/mailFolders/inbox").json["childFolderCount"] == 1
        assert me("GET", "/mailFolders/inbox/childFolders/$count").body == b"1"
        expanded = me("GET", "/mailFolders/inbox?$expand=childFolders").json
        assert [one["id"] for one in expanded["childFolders"]] == [child["id"]]

    def test_hidden(self, me: Any, made: Any) -> None:
        made("Cellar", "inbox", isHidden=True)
        assert me("GET", "/mailFolders/inbox/childFolders").values == []
        shown = me("GET", "/mailFolders/inbox/childFolders?includeHiddenFolders=true").values
        assert [(one["displayName"], one["isHidden"]) for one in shown] == [("Cellar", True)]

    @pytest.mark.parametrize("name", ["Projects", "projects", "PROJECTS "])
    def test_a_name_is_taken_in_any_case(self, me: Any, made: Any, name: str) -> None:
        made("Projects", isHidden=True)
        answer = me("POST", "/mailFolders", {"displayName": name})
        refused(answer, 409, "ErrorFolderExists")
        assert answer.message == (
            f"A folder with the specified name already exists., Could not create folder '{name.strip()}'."
        )
        assert made("Projects", "inbox")["displayName"] == "Projects"

    @pytest.mark.parametrize(
        ("body", "status", "code"),
        [
            ({}, 400, "ErrorInvalidProperty"),
            ({"displayName": "  "}, 400, "ErrorInvalidProperty"),
            ({"displayName": "A", "totalItemCount": 4}, 400, "ErrorInvalidPropertySet"),
            ({"displayName": "A", "colour": "red"}, 400, "RequestBodyRead"),
            ({"displayName": 7}, 400, "RequestBodyRead"),
            ({"displayName": "A", "@odata.type": "#microsoft.graph.message"}, 400, "RequestBodyRead"),
        ],
    )
    def test_what_is_refused(self, me: Any, body: Any, status: int, code: str) -> None:
        refused(me("POST", "/mailFolders", body), status, code)
        assert me("GET", "/mailFolders/$count").body == b"8"

    def test_needs_to_write(self, graph: Any, org: Any) -> None:
        answer = graph.post("/me/mailFolders", {"displayName": "A"}, as_=org.ada, scopes=["Mail.Read"])
        refused(answer, 403, "ErrorAccessDenied")


@covers(folder_changes.update)
class TestUpdate:
    def test_rename(self, me: Any, made: Any) -> None:
        folder = made("Old")
        answer = me("PATCH", f"/mailFolders/{folder['id']}", {"displayName": "New"})
        assert (answer.status, answer.json["displayName"], answer.json["id"]) == (200, "New", folder["id"])
        assert me("PATCH", f"/mailFolders/{folder['id']}", {"displayName": "new"}).json["displayName"] == "new"

    def test_what_is_refused(self, me: Any, made: Any) -> None:
        folder = made("Old")["id"]
        made("Taken")
        refused(me("PATCH", f"/mailFolders/{folder}", {"displayName": "taken"}), 409, "ErrorFolderExists")
        refused(me("PATCH", "/mailFolders/inbox", {"displayName": "Post"}), 400, "ErrorInvalidPropertySet")
        refused(me("PATCH", f"/mailFolders/{folder}", {"isHidden": True}), 400, "ErrorInvalidPropertySet")
        assert me("GET", f"/mailFolders/{folder}").json["displayName"] == "Old"


@covers(folder_changes.move)
class TestMove:
    def test_a_folder_keeps_its_id_and_content(self, me: Any, made: Any, org: Any) -> None:
        folder = made("Projects")
        child = made("Alpha", folder["id"])
        message = me("POST", f"/mailFolders/{folder['id']}/messages", {"subject": "x"}).json["id"]
        answer = me("POST", f"/mailFolders/{folder['id']}/move", {"DestinationId": "archive"})
        archive = me("GET", "/mailFolders/archive").json
        assert answer.status == 201
        assert (answer.json["id"], answer.json["parentFolderId"]) == (folder["id"], archive["id"])
        assert archive["childFolderCount"] == 1
        assert me("GET", f"/mailFolders/{folder['id']}/childFolders").values[0]["id"] == child["id"]
        assert me("GET", f"/messages/{message}").status == 200

    @pytest.mark.parametrize(
        ("folder", "target", "status", "code"),
        [
            ("inbox", "archive", 400, "ErrorMoveDistinguishedFolder"),
            ("top", "top", 400, "ErrorMoveCopyFailed"),
            ("top", "below", 400, "ErrorMoveCopyFailed"),
            ("top", "msgfolderroot", 400, "ErrorMoveCopyFailed"),
            ("top", "inbox", 409, "ErrorFolderExists"),
            ("top", "made-up", 400, "ErrorInvalidIdMalformed"),
            ("made-up", "inbox", 400, "ErrorInvalidIdMalformed"),
        ],
    )
    def test_what_is_refused(self, me: Any, made: Any, folder: str, target: str, status: int, code: str) -> None:
        top = made("Top")["id"]
        below = made("Below", top)["id"]
        made("top", "inbox")
        ids = {"top": top, "below": below}
        body = {"destinationId": ids.get(target, target)}
        for action in ("move", *(("copy",) if folder == "top" else ())):
            refused(me("POST", f"/mailFolders/{ids.get(folder, folder)}/{action}", body), status, code)

    def test_without_a_destination(self, me: Any, made: Any) -> None:
        assert me("POST", f"/mailFolders/{made('A')['id']}/move", {}).status == 400


@covers(folder_changes.copy)
class TestCopy:
    def test_with_everything_in_it(self, me: Any, made: Any) -> None:
        folder = made("Projects")
        made("Alpha", folder["id"])
        attachment = {"@odata.type": "#microsoft.graph.fileAttachment", "name": "a.txt", "contentBytes": "aGk="}
        body = {"subject": "x", "isRead": False, "attachments": [attachment]}
        original = me("POST", f"/mailFolders/{folder['id']}/messages", body).json
        copied = me("POST", f"/mailFolders/{folder['id']}/copy", {"destinationId": "archive"})
        assert copied.status == 201
        assert copied.json["id"] != folder["id"]
        assert (copied.json["totalItemCount"], copied.json["unreadItemCount"]) == (1, 1)
        assert copied.json["childFolderCount"] == 1
        [message] = me("GET", f"/mailFolders/{copied.json['id']}/messages?$expand=attachments").values
        assert message["id"] != original["id"]
        assert message["internetMessageId"] == original["internetMessageId"]
        assert message["attachments"][0]["contentBytes"] == "aGk="
        assert me("GET", f"/mailFolders/{folder['id']}").json["totalItemCount"] == 1

    def test_a_default_folder_becomes_an_ordinary_one(self, me: Any) -> None:
        copied = me("POST", "/mailFolders/inbox/copy", {"destinationId": "archive"}).json
        assert copied["displayName"] == "Inbox"
        assert me("DELETE", f"/mailFolders/{copied['id']}").status == 204


@covers(folder_changes.delete, folder_changes.permanent_delete)
class TestDelete:
    def test_to_deleted_items_with_its_content(self, me: Any, made: Any) -> None:
        folder = made("Projects")["id"]
        message = me("POST", f"/mailFolders/{folder}/messages", {"subject": "x"}).json["id"]
        assert me("DELETE", f"/mailFolders/{folder}").status == 204
        [found] = me("GET", "/mailFolders/deleteditems/childFolders").values
        assert (found["id"], found["totalItemCount"]) == (folder, 1)
        assert me("GET", f"/messages/{message}").status == 200

    def test_for_good_from_there(self, me: Any, made: Any) -> None:
        folder = made("Projects")["id"]
        message = me("POST", f"/mailFolders/{folder}/messages", {"subject": "x"}).json["id"]
        for _ in range(2):
            assert me("DELETE", f"/mailFolders/{folder}").status == 204
        refused(me("GET", f"/mailFolders/{folder}"), 404, "ErrorItemNotFound")
        refused(me("DELETE", f"/mailFolders/{folder}"), 404, "ErrorItemNotFound")
        refused(me("GET", f"/messages/{message}"), 404, "ErrorItemNotFound")

    def test_two_of_one_name(self, me: Any, made: Any) -> None:
        for _ in range(3):
            me("DELETE", f"/mailFolders/{made('Projects')['id']}")
        names = [one["displayName"] for one in me("GET", "/mailFolders/deleteditems/childFolders").values]
        assert names == ["Projects", "Projects1", "Projects2"]

    def test_permanently(self, me: Any, made: Any) -> None:
        folder = made("Projects")["id"]
        made("Alpha", folder)
        assert me("POST", f"/mailFolders/{folder}/permanentDelete").status == 204
        refused(me("GET", f"/mailFolders/{folder}"), 404, "ErrorItemNotFound")
        assert me("GET", "/mailFolders/deleteditems").json["childFolderCount"] == 0

    @pytest.mark.parametrize("name", ["inbox", "drafts", "deleteditems", "msgfolderroot", "SentItems"])
    def test_default_folders_stay(self, me: Any, name: str) -> None:
        for answer in (me("DELETE", f"/mailFolders/{name}"), me("POST", f"/mailFolders/{name}/permanentDelete")):
            refused(answer, 403, "ErrorDeleteDistinguishedFolder")
            assert answer.message == "Distinguished folders cannot be deleted."

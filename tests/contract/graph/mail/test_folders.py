"""Mail folders: reference graph-mail 12."""

from typing import Any

import pytest
from outlook365_emulator.directory.users import add_user
from outlook365_emulator.graph.mail import folders
from outlook365_emulator.store.records.mail import MailFolder

covers = pytest.mark.covers.with_args

MEMBERS = ["id", "displayName", "parentFolderId", "childFolderCount", "unreadItemCount", "totalItemCount", "isHidden"]
NAMES = ["Archive", "Conversation History", "Deleted Items", "Drafts", "Inbox", "Junk Email", "Outbox", "Sent Items"]


@pytest.fixture
def me(graph: Any, org: Any) -> Any:
    def ask(path: str, **options: Any) -> Any:
        return graph.get(f"/me{path}", as_=org.ada, **options)

    return ask


@pytest.fixture
def tree(org: Any) -> Any:
    """Two folders below the inbox, one of them hidden, and one below the other; returns their ids by name."""
    box = org.mailbox(org.ada)
    rows = [("Projects", 268, 900, False), ("Secret", 268, 901, True), ("alpha", 900, 902, False)]
    with org.world.unit() as unit:
        for name, parent, number, hidden in rows:
            folder = MailFolder(number=number, parent=parent, display_name=name, hidden=hidden)
            unit.put_item(box, box.folders, folder)
    return {name: box.ids.folder(number) for name, _, number, _ in rows}


@covers(folders.list_, folders.count)
class TestList:
    def test_the_folders_of_a_new_mailbox_by_name(self, me: Any, org: Any) -> None:
        answer = me("/mailFolders")
        assert [one["displayName"] for one in answer.values] == NAMES
        assert all(list(one) == MEMBERS for one in answer.values)
        assert answer.json["@odata.context"].endswith(f"/$metadata#users('{org.ada.id}')/mailFolders")
        assert me("/mailFolders/$count").body == str(len(NAMES)).encode()

    def test_ten_on_a_page(self, me: Any, org: Any) -> None:
        box = org.mailbox(org.ada)
        with org.world.unit() as unit:
            for number in range(5):
                unit.put_item(box, box.folders, MailFolder(number=900 + number, parent=264, display_name=f"Z{number}"))
        answer = me("/mailFolders")
        assert len(answer.values) == 10
        assert answer.json["@odata.nextLink"].endswith("/v1.0/me/mailFolders?$skip=10")

    def test_hidden_folders_when_asked_for(self, me: Any, org: Any) -> None:
        box = org.mailbox(org.ada)
        with org.world.unit() as unit:
            unit.put_item(box, box.folders, MailFolder(number=900, parent=264, display_name="Hidden", hidden=True))
        assert "Hidden" not in [one["displayName"] for one in me("/mailFolders?$top=50").values]
        for query in ("includeHiddenFolders=true", "includehiddenfolders=True&x=1"):
            found = {one["displayName"]: one["isHidden"] for one in me(f"/mailFolders?$top=50&{query}").values}
            assert found["Hidden"] is True
        for query in ("includeHiddenFolders=false", "x=includeHiddenFolders=true"):
            assert "Hidden" not in [one["displayName"] for one in me(f"/mailFolders?$top=50&{query}").values]

    @pytest.mark.parametrize(
        ("query", "names"),
        [
            ("$filter=displayName eq 'inbox'&$top=1", ["Inbox"]),
            ("$filter=startswith(displayName,'D')", ["Deleted Items", "Drafts"]),
            ("$orderby=displayName desc&$top=2", ["Sent Items", "Outbox"]),
            ("$skip=6", ["Outbox", "Sent Items"]),
        ],
    )
    def test_queries(self, me: Any, query: str, names: list[str]) -> None:
        assert [one["displayName"] for one in me(f"/mailFolders?{query}").values] == names

    def test_expanding_the_children(self, me: Any, tree: Any) -> None:
        (inbox,) = me("/mailFolders?$filter=displayName eq 'Inbox'&$expand=childFolders").values
        assert [one["displayName"] for one in inbox["childFolders"]] == ["Projects"]
        assert "childFolders@odata.context" in inbox


@covers(folders.get)
class TestGet:
    @pytest.mark.parametrize(
        "name", ["inbox", "Inbox", "INBOX", "sentitems", "deleteditems", "drafts", "msgfolderroot"]
    )
    def test_by_well_known_name(self, me: Any, name: str) -> None:
        found = me(f"/mailFolders/{name}").json
        assert list(found) == ["@odata.context", *MEMBERS]
        assert me(f"/mailFolders/{found['id']}").json == found
        assert me(f"/mailFolders('{name}')").json == found

    def test_counts(self, me: Any, org: Any, tree: Any) -> None:
        org.receive(org.ada)
        org.receive(org.ada, isRead=True)
        found = me("/mailFolders/inbox").json
        assert (found["childFolderCount"], found["unreadItemCount"], found["totalItemCount"]) == (1, 1, 2)

    @pytest.mark.parametrize("name", ["clutter", "syncissues", "scheduled"])
    def test_a_folder_that_is_not_there_yet(self, me: Any, name: str) -> None:
        answer = me(f"/mailFolders/{name}")
        assert (answer.status, answer.code) == (404, "ErrorItemNotFound")

    def test_bad_ids(self, me: Any, org: Any) -> None:
        assert me("/mailFolders/nowhere").code == "ErrorInvalidIdMalformed"
        assert me(f"/mailFolders/{org.mailbox(org.ben).ids.folder(268)}").code == "ErrorInvalidMailboxItemId"
        assert me(f"/mailFolders/{org.mailbox(org.ada).ids.folder(9999)}").code == "ErrorItemNotFound"
        assert me(f"/mailFolders/{org.mailbox(org.ada).ids.item(268, 5)}").code == "ErrorInvalidIdMalformed"

    def test_the_name_of_a_folder_is_no_id(self, me: Any, tree: Any) -> None:
        assert me("/mailFolders/Projects").code == "ErrorInvalidIdMalformed"


@covers(folders.list_children)
class TestListChildren:
    def test_below_the_inbox(self, me: Any, tree: Any) -> None:
        answer = me("/mailFolders/inbox/childFolders")
        assert [one["displayName"] for one in answer.values] == ["Projects"]
        names = [one["displayName"] for one in me("/mailFolders/inbox/childFolders?includeHiddenFolders=true").values]
        assert names == ["Projects", "Secret"]

    def test_any_depth(self, me: Any, tree: Any) -> None:
        path = f"/mailFolders/inbox/childFolders/{tree['Projects']}/childFolders"
        assert [one["displayName"] for one in me(path).values] == ["alpha"]
        assert me(f"{path}/{tree['alpha']}").json["displayName"] == "alpha"
        assert me(f"{path}/{tree['alpha']}/messages").values == []

    def test_a_child_of_another_folder(self, me: Any, tree: Any) -> None:
        answer = me(f"/mailFolders/drafts/childFolders/{tree['Projects']}")
        assert (answer.status, answer.code) == (404, "ErrorItemNotFound")


class TestLanguage:
    """Exchange names the default folders when it makes a mailbox, and not anew when the language changes."""

    @pytest.fixture
    def heidi(self, graph: Any, org: Any) -> Any:
        with org.world.unit() as unit:
            user = add_user(org.world, org.tenant, unit, "heidi", preferred_language="de-CH")

        def ask(method: str, path: str, body: Any = None) -> Any:
            return graph.ask(method, f"/me{path}", body, as_=user)

        return ask

    def test_of_the_owner(self, heidi: Any) -> None:
        found = {one["displayName"] for one in heidi("GET", "/mailFolders").values}
        assert found > {"Entwürfe", "Gelöschte Elemente", "Gesendete Elemente", "Junk-E-Mail", "Postausgang"}
        assert heidi("GET", "/mailFolders/inbox").json["displayName"] == "Posteingang"
        assert heidi("GET", "/mailFolders?$filter=displayName eq 'Inbox'").values == []

    def test_another_one_later_changes_no_name(self, heidi: Any) -> None:
        assert heidi("PATCH", "/mailboxSettings", {"language": {"locale": "fr-FR"}}).status == 200
        assert heidi("GET", "/mailFolders/inbox").json["displayName"] == "Posteingang"


def test_counts_alone_are_no_change_of_a_folder(me: Any, graph: Any, org: Any) -> None:
    """What arrives and what is read is tracked in the messages of the folder (microsoft-graph-docs issue 6576)."""
    page = me("/mailFolders/delta").json
    while "@odata.nextLink" in page:
        page = graph.page(page["@odata.nextLink"], as_=org.ada).json
    message = org.receive(org.ada)
    path = f"/me/messages/{org.mailbox(org.ada).ids.item(message.folder, message.number)}"
    graph.patch(path, {"isRead": True}, as_=org.ada)
    page = graph.page(page["@odata.deltaLink"], as_=org.ada).json
    assert page["value"] == []
    graph.post("/me/mailFolders/inbox/childFolders", {"displayName": "New"}, as_=org.ada)
    assert [one["displayName"] for one in graph.page(page["@odata.deltaLink"], as_=org.ada).values] == ["New"]

"""A mailbox under any sequence of requests agrees with a simple model of it."""

from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any, ClassVar

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule, run_state_machine_as_test

FOLDERS = ("inbox", "drafts", "deleteditems", "sentitems", "archive")
NAMED = st.sampled_from(FOLDERS)
TEXTS = st.sampled_from(["", "Plan", "Grüße", "x" * 255, "RE: Plan"])
IMMUTABLE = [("Prefer", 'IdType="ImmutableId"')]


@dataclass(frozen=True)
class Item:
    """What the model knows of a message."""

    id: str
    stable: str
    folder: str
    subject: str
    is_read: bool
    is_draft: bool
    change_key: str
    files: int = 0


@dataclass
class Replica:
    """A folder as somebody has it who reads its deltas, page by page.

    Attributes:
        folder: the folder.
        link: where to go on; "" where nothing was read.
        items: what the pages have said, by id.
        ended: whether the last page was the last of its round.
    """

    folder: str
    link: str = ""
    items: dict[str, dict[str, Any]] = field(default_factory=dict)
    ended: bool = False


@dataclass
class Model:
    """What a mailbox should hold, by immutable id."""

    items: dict[str, Item] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    change_keys: set[str] = field(default_factory=set)


class MailboxMachine(RuleBasedStateMachine):
    """Ada's mailbox: messages are made, changed, moved, copied, sent and deleted."""

    new_graph: ClassVar[Any]
    stable_ids = Bundle("messages")
    replicas = Bundle("replicas")

    def __init__(self) -> None:
        super().__init__()
        self.graph = self.new_graph()
        self.org = self.graph.org
        self.model = Model()
        self.delivered = 0
        self.folder_ids: dict[str, str] = {name: self.me("GET", f"/mailFolders/{name}").json["id"] for name in FOLDERS}

    def me(self, method: str, path: str, body: Any = None, **options: Any) -> Any:
        return self.graph.ask(method, f"/me{path}", body, as_=self.org.ada, **options)

    def seen(self, answer: Any, folder: str, files: int = 0) -> Item:
        """Take a message that Graph answered into the model."""
        shown = answer.json
        stable = self.me("GET", f"/messages/{shown['id']}?$select=id", headers=IMMUTABLE).json["id"]
        item = Item(
            shown["id"], stable, folder, shown["subject"], shown["isRead"], shown["isDraft"], shown["changeKey"], files
        )
        assert item.change_key not in self.model.change_keys, "a change key came twice"
        assert shown["parentFolderId"] == self.folder_ids[folder]
        self.model.change_keys.add(item.change_key)
        self.model.items[stable] = item
        return item

    def left(self, item: Item) -> None:
        """An id leads nowhere any more."""
        self.model.gone.add(item.id)

    def known(self, stable: str) -> Item | None:
        return self.model.items.get(stable)

    @rule(target=stable_ids, subject=TEXTS, folder=NAMED)
    def create(self, subject: str, folder: str) -> str:
        answer = self.me("POST", f"/mailFolders/{folder}/messages", {"subject": subject})
        assert (answer.status, answer.json["subject"]) == (201, subject)
        return self.seen(answer, folder).stable

    @rule(target=stable_ids)
    def receive(self) -> str:
        record = self.org.receive(self.org.ada, subject="Arrived")
        mailbox = self.org.mailbox(self.org.ada)
        return self.seen(self.me("GET", f"/messages/{mailbox.ids.item(record.folder, record.number)}"), "inbox").stable

    @rule(stable=stable_ids, subject=TEXTS, is_read=st.booleans())
    def update(self, stable: str, subject: str, is_read: bool) -> None:
        item = self.known(stable)
        if item is not None:
            answer = self.me("PATCH", f"/messages/{item.id}", {"subject": subject, "isRead": is_read})
            assert (answer.status, answer.json["id"]) == (200, item.id)
            changed = self.seen(answer, item.folder, item.files)
            assert (changed.is_read, changed.subject) == (is_read, subject)

    @rule(stable=stable_ids)
    def attach(self, stable: str) -> None:
        item = self.known(stable)
        if item is not None:
            body = {"@odata.type": "#microsoft.graph.fileAttachment", "name": "a.txt", "contentBytes": "YQ=="}
            assert self.me("POST", f"/messages/{item.id}/attachments", body).status == 201
            self.seen(self.me("GET", f"/messages/{item.id}"), item.folder, item.files + 1)

    @rule(stable=stable_ids, folder=NAMED)
    def move(self, stable: str, folder: str) -> None:
        item = self.known(stable)
        if item is not None:
            answer = self.me("POST", f"/messages/{item.id}/move", {"destinationId": folder})
            assert answer.status == 201
            self.left(item)
            moved = self.seen(answer, folder, item.files)
            assert moved.stable == stable
            assert moved.id not in self.model.gone

    @rule(target=stable_ids, stable=stable_ids, folder=NAMED)
    def copy(self, stable: str, folder: str) -> str:
        item = self.known(stable)
        if item is None:
            return stable
        answer = self.me("POST", f"/messages/{item.id}/copy", {"destinationId": folder})
        assert answer.status == 201
        return self.seen(answer, folder, item.files).stable

    @rule(stable=stable_ids)
    def delete(self, stable: str) -> None:
        item = self.known(stable)
        if item is None:
            return
        assert self.me("DELETE", f"/messages/{item.id}").status == 204
        self.left(item)
        if item.folder == "deleteditems":
            del self.model.items[stable]  # Recoverable Items are no folder of this model
        else:
            self.seen(self.me("GET", f"/messages/{stable}"), "deleteditems", item.files)

    @rule(stable=consumes(stable_ids))
    def purge(self, stable: str) -> None:
        item = self.known(stable)
        if item is not None:
            assert self.me("POST", f"/messages/{item.id}/permanentDelete").status == 204
            self.left(item)
            del self.model.items[stable]
            assert self.me("GET", f"/messages/{stable}").status == 404

    @rule(stable=stable_ids)
    def send(self, stable: str) -> None:
        item = self.known(stable)
        if item is None:
            return
        to = [{"emailAddress": {"address": "ben@contoso.example"}}]
        if not item.is_draft:
            assert self.me("POST", f"/messages/{item.id}/send").code == "ErrorInvalidPropertySet"
            return
        self.me("PATCH", f"/messages/{item.id}", {"toRecipients": to})
        assert self.me("POST", f"/messages/{item.id}/send").status == 202
        self.delivered += 1
        self.left(item)
        sent = self.seen(self.me("GET", f"/messages/{stable}"), "sentitems", item.files)
        assert (sent.is_draft, sent.is_read) == (False, True)

    def turn_page(self, replica: Replica) -> int:
        """Read one page of deltas into a replica, and return how many items it had."""
        small = [("Prefer", "odata.maxpagesize=2")]
        if replica.link:
            page = self.graph.page(replica.link, as_=self.org.ada, headers=small).json
        else:
            page = self.me("GET", f"/mailFolders/{replica.folder}/messages/delta", headers=small).json
        for one in page["value"]:
            if "@removed" in one:
                replica.items.pop(one["id"], None)
            else:
                replica.items.setdefault(one["id"], {}).update(one)
        replica.ended = "@odata.deltaLink" in page
        replica.link = page["@odata.deltaLink" if replica.ended else "@odata.nextLink"]
        return len(page["value"])

    def catch_up(self, replica: Replica) -> None:
        """Read until nothing is new, and hold the replica against the folder."""
        while self.turn_page(replica) or not replica.ended:
            pass
        listed = self.me("GET", f"/mailFolders/{replica.folder}/messages?$top=1000").values
        shown = ("changeKey", "subject", "isRead", "isDraft", "parentFolderId", "hasAttachments", "toRecipients")
        assert {key: [one[name] for name in shown] for key, one in replica.items.items()} == {
            one["id"]: [one[name] for name in shown] for one in listed
        }

    @rule(target=replicas, folder=NAMED)
    def replicate(self, folder: str) -> Replica:
        replica = Replica(folder)
        self.catch_up(replica)
        return replica

    @rule(target=replicas, folder=NAMED)
    def begin_to_replicate(self, folder: str) -> Replica:
        replica = Replica(folder)
        self.turn_page(replica)
        return replica

    @rule(replica=replicas)
    def replicate_a_page(self, replica: Replica) -> None:
        self.turn_page(replica)

    @rule(replica=replicas)
    def a_copy_of_any_age_catches_up(self, replica: Replica) -> None:
        self.catch_up(deepcopy(replica))

    def teardown(self) -> None:
        for folder in self.folder_ids:
            self.catch_up(Replica(folder))

    @invariant()
    def folders_list_what_the_model_holds(self) -> None:
        for name in FOLDERS:
            listed = self.me("GET", f"/mailFolders/{name}/messages?$top=1000").values
            expected = {item.id: item for item in self.model.items.values() if item.folder == name}
            assert {one["id"] for one in listed} == set(expected)
            for one in listed:
                item = expected[one["id"]]
                assert (one["changeKey"], one["isRead"], one["isDraft"]) == (
                    item.change_key,
                    item.is_read,
                    item.is_draft,
                )
                assert (one["subject"], one["hasAttachments"]) == (item.subject, item.files > 0)
            folder = self.me("GET", f"/mailFolders/{name}").json
            unread = sum(not item.is_read for item in expected.values())
            assert (folder["totalItemCount"], folder["unreadItemCount"]) == (len(expected), unread)

    @invariant()
    def old_ids_lead_nowhere(self) -> None:
        for old in list(self.model.gone)[-3:]:
            assert self.me("GET", f"/messages/{old}").code == "ErrorItemNotFound"

    @invariant()
    def immutable_ids_lead_to_the_item(self) -> None:
        for stable, item in list(self.model.items.items())[-3:]:
            assert self.me("GET", f"/messages/{stable}").json["id"] == item.id

    @invariant()
    def everything_that_was_sent_has_arrived(self) -> None:
        assert self.graph.get(f"/users/{self.org.ben.id}/mailFolders/inbox").json["totalItemCount"] == self.delivered


def test_any_sequence(new_graph: Any, amount: Any) -> None:
    class Machine(MailboxMachine):
        pass

    Machine.new_graph = staticmethod(new_graph)
    run_state_machine_as_test(
        Machine, settings=settings(max_examples=amount(15, 300), stateful_step_count=25, deadline=None)
    )

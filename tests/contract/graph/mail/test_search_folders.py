"""Search folders: reference graph-mail 12, mailSearchFolder."""

from datetime import timedelta
from typing import Any

import pytest
from outlook365_emulator.graph.effects import EFFECTS


@pytest.fixture
def me(graph: Any, org: Any) -> Any:
    def ask(method: str, path: str, body: Any = None) -> Any:
        return graph.ask(method, f"/me{path}", body, as_=org.ada)

    return ask


@pytest.fixture
def digests(me: Any, org: Any) -> Any:
    """A search folder for digests below the inbox, and mail that it finds and does not find."""
    below = me("POST", "/mailFolders/inbox/childFolders", {"displayName": "Below"}).json["id"]
    for subject, folder in (("Weekly digest 1", "inbox"), ("Lunch", "inbox"), ("weekly DIGEST 2", "Below")):
        org.receive(org.ada, folder, subject=subject)
    body = {
        "@odata.type": "microsoft.graph.mailSearchFolder",
        "displayName": "Digests",
        "includeNestedFolders": True,
        "sourceFolderIds": ["inbox"],
        "filterQuery": "contains(subject, 'weekly digest')",
    }
    answer = me("POST", "/mailFolders/inbox/childFolders", body)
    assert answer.status == 201, answer.body
    return {**answer.json, "below": below}


def subjects(answer: Any) -> list[str]:
    assert answer.status == 200, answer.body
    return sorted(one["subject"] for one in answer.values)


class TestAge:
    """Graph resource mailSearchFolder: after 45 days without use it is deleted."""

    def pass_days(self, org: Any, days: int) -> None:
        clock, agenda = org.world.clock, org.world.agenda
        end = clock.now() + timedelta(days=days)
        while (due := agenda.pop_due(end)) is not None:
            clock.set(due.at)
            EFFECTS[due.effect](org.world, due)
        clock.set(end)

    def test_it_ends_unused(self, me: Any, org: Any, digests: Any) -> None:
        self.pass_days(org, 44)
        assert any(one.search for one in org.mailbox(org.ada).folders)
        self.pass_days(org, 1)
        answer = me("GET", f"/mailFolders/{digests['id']}/messages")
        assert (answer.status, answer.code) == (404, "ErrorItemNotFound")

    def test_use_puts_its_end_off(self, me: Any, org: Any, digests: Any) -> None:
        for _ in range(3):
            self.pass_days(org, 40)
            assert me("GET", f"/mailFolders/{digests['id']}/messages").status == 200
        self.pass_days(org, 46)
        assert me("GET", f"/mailFolders/{digests['id']}").status == 404

    def test_deltas_tell_its_end(self, me: Any, org: Any, digests: Any) -> None:
        self.pass_days(org, 30)
        page = me("GET", "/mailFolders/delta").json
        while "@odata.nextLink" in page:
            page = me("GET", "/mailFolders/delta?" + page["@odata.nextLink"].partition("?")[2]).json
        self.pass_days(org, 16)
        answer = me("GET", "/mailFolders/delta?" + page["@odata.deltaLink"].partition("?")[2])
        assert [one["id"] for one in answer.values if "@removed" in one] == [digests["id"]]

    def test_a_deleted_one_is_forgotten(self, me: Any, org: Any, digests: Any) -> None:
        assert me("DELETE", f"/mailFolders/{digests['id']}").status == 204
        self.pass_days(org, 46)


class TestSearchFolder:
    def test_as_it_is_answered(self, me: Any, digests: Any) -> None:
        found = me("GET", f"/mailFolders/{digests['id']}").json
        assert found["@odata.type"] == "#microsoft.graph.mailSearchFolder"
        assert (found["isSupported"], found["includeNestedFolders"]) == (True, True)
        assert found["sourceFolderIds"] == [me("GET", "/mailFolders/inbox").json["id"]]
        assert found["filterQuery"] == "contains(subject, 'weekly digest')"
        assert (found["totalItemCount"], found["unreadItemCount"]) == (2, 2)

    def test_finds_anew_each_time(self, me: Any, org: Any, digests: Any) -> None:
        path = f"/mailFolders/{digests['id']}/messages"
        assert subjects(me("GET", path)) == ["Weekly digest 1", "weekly DIGEST 2"]
        org.receive(org.ada, subject="weekly digest 3")
        assert len(me("GET", path).values) == 3
        assert me("GET", f"{path}/$count").body == b"3"
        [one] = me("GET", f"{path}?$filter=contains(subject,'3')").values
        assert me("GET", f"{path}/{one['id']}").status == 200
        me("PATCH", f"/messages/{one['id']}", {"isRead": True})
        assert me("GET", f"/mailFolders/{digests['id']}").json["unreadItemCount"] == 2

    def test_shows_only_what_it_finds(self, me: Any, org: Any, digests: Any) -> None:
        lunch = me("GET", "/messages?$filter=subject eq 'Lunch'").values[0]["id"]
        assert me("GET", f"/mailFolders/{digests['id']}/messages/{lunch}").status == 404

    def test_change_the_condition(self, me: Any, digests: Any) -> None:
        path = f"/mailFolders/{digests['id']}"
        typed = {"@odata.type": "#microsoft.graph.mailSearchFolder"}
        answer = me("PATCH", path, {**typed, "filterQuery": "subject eq 'Lunch'"})
        assert answer.json["filterQuery"] == "subject eq 'Lunch'"
        assert subjects(me("GET", f"{path}/messages")) == ["Lunch"]
        assert me("PATCH", path, {"filterQuery": "isRead eq false"}).code == "RequestBodyRead"
        changes = {**typed, "filterQuery": "isRead eq false", "includeNestedFolders": False}
        assert me("PATCH", path, changes).status == 200
        assert subjects(me("GET", f"{path}/messages")) == ["Lunch", "Weekly digest 1"]
        me("PATCH", path, {"sourceFolderIds": [digests["below"]], "@odata.type": "microsoft.graph.mailSearchFolder"})
        assert subjects(me("GET", f"{path}/messages")) == ["weekly DIGEST 2"]

    def test_deleting_it_deletes_no_mail(self, me: Any, digests: Any) -> None:
        assert me("DELETE", f"/mailFolders/{digests['id']}").status == 204
        assert me("GET", f"/mailFolders/{digests['id']}").status == 404
        assert len(me("GET", "/messages").values) == 3

    def test_holds_nothing(self, me: Any, digests: Any) -> None:
        other = me("POST", "/mailFolders", {"displayName": "Other"}).json["id"]
        answer = me("POST", f"/mailFolders/{other}/move", {"destinationId": digests["id"]})
        assert answer.code == "ErrorMoveCopyFailed"
        assert me("POST", f"/mailFolders/{digests['id']}/childFolders", {"displayName": "x"}).status == 403

    @pytest.mark.parametrize(
        ("change", "code"),
        [
            ({"filterQuery": ""}, "ErrorInvalidProperty"),
            ({"filterQuery": "shoeSize eq 4"}, "RequestBroker--ParseUri"),
            ({"filterQuery": "subject eq"}, "BadRequest"),
            ({"sourceFolderIds": []}, "ErrorInvalidProperty"),
            ({"sourceFolderIds": ["made-up"]}, "ErrorInvalidIdMalformed"),
            ({"displayName": "inbox"}, None),
        ],
    )
    def test_what_is_refused(self, me: Any, change: Any, code: str | None) -> None:
        body = {
            "@odata.type": "microsoft.graph.mailSearchFolder",
            "displayName": "Digests",
            "sourceFolderIds": ["inbox"],
            "filterQuery": "isRead eq false",
            **change,
        }
        answer = me("POST", "/mailFolders/inbox/childFolders", body)
        assert (answer.status, code and answer.code) == ((400, code) if code else (201, None)), answer.body

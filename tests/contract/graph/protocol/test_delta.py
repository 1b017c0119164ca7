"""What changed since a state that the client holds (reference graph-core 9)."""

from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
from outlook365_emulator.graph.mail import changes

covers = pytest.mark.covers.with_args
pytestmark = covers(changes.messages, changes.folders)

INBOX = "/me/mailFolders/inbox/messages/delta"


def rounds(graph: Any, url: str, **more: Any) -> tuple[list[Any], str, int]:
    """Follow a round to its end: everything reported, the delta link, and how many pages there were."""
    found, pages = [], 0
    while True:
        page = graph.get(url, **more)
        pages += 1
        found += page["value"]
        if "@odata.deltaLink" in page:
            assert "@odata.nextLink" not in page
            return found, page["@odata.deltaLink"], pages
        url = page["@odata.nextLink"]


def subjects(items: list[Any]) -> list[str]:
    return [one.get("subject", "-" if "@removed" in one else "?") for one in items]


def test_a_first_round_lists_everything_newest_first(graph: Any) -> None:
    for number in range(25):
        graph.receive(f"m{number}")
    found, link, pages = rounds(graph, INBOX)
    assert subjects(found) == [f"m{number}" for number in reversed(range(25))]
    assert pages == 3
    assert link.startswith("https://graph.microsoft.com/v1.0/me/mailFolders/inbox/messages/delta?$deltatoken=")


def test_the_shape_of_a_page(graph: Any) -> None:
    graph.receive()
    page = graph.get(INBOX)
    assert list(page) == ["@odata.context", "@odata.deltaLink", "value"]
    assert page["@odata.context"] == "https://graph.microsoft.com/v1.0/$metadata#Collection(message)"
    assert list(page["value"][0])[:3] == ["@odata.type", "@odata.etag", "id"]
    assert page["value"][0]["@odata.type"] == "#microsoft.graph.message"


def test_further_rounds_report_what_came_changed_and_went(graph: Any) -> None:
    for name in ("stays", "changes", "goes", "moves"):
        graph.receive(name)
    found, link, _ = rounds(graph, INBOX)
    ids = {one["subject"]: one["id"] for one in found}
    graph.receive("comes")
    graph("PATCH", f"/me/messages/{ids['changes']}", json={"isRead": True})
    graph("DELETE", f"/me/messages/{ids['goes']}")
    found, second, _ = rounds(graph, link)
    assert subjects(found) == ["comes", "changes", "-"]
    assert found[2] == {"@odata.type": "#microsoft.graph.message", "id": ids["goes"], "@removed": {"reason": "deleted"}}
    assert rounds(graph, second)[0] == []
    assert subjects(rounds(graph, link)[0]) == ["comes", "changes", "-"], "an old delta link can be used again"


def test_what_came_and_went_between_rounds_is_not_reported(graph: Any) -> None:
    _, link, _ = rounds(graph, INBOX)
    graph.receive("ghost")
    identity = graph.get("/me/mailFolders/inbox/messages")["value"][0]["id"]
    graph("DELETE", f"/me/messages/{identity}")
    assert rounds(graph, link)[0] == []


def test_another_folder_sees_what_was_deleted_there(graph: Any) -> None:
    graph.receive("goes")
    _, link, _ = rounds(graph, "/me/mailFolders/deleteditems/messages/delta")
    identity = graph.get("/me/mailFolders/inbox/messages")["value"][0]["id"]
    graph("DELETE", f"/me/messages/{identity}")
    assert subjects(rounds(graph, link)[0]) == ["goes"]


def test_changes_during_a_round_are_reported_in_the_next(graph: Any) -> None:
    for number in range(15):
        graph.receive(f"m{number}")
    first = graph.get(INBOX)
    graph.receive("late")
    graph("DELETE", f"/me/messages/{first['value'][0]['id']}")
    rest, link, _ = rounds(graph, first["@odata.nextLink"])
    assert subjects(rest) == [f"m{number}" for number in reversed(range(5))]
    assert subjects(rounds(graph, link)[0]) == ["late", "-"]


def test_changes_between_the_pages_of_a_further_round(graph: Any) -> None:
    _, link, _ = rounds(graph, INBOX)
    for number in range(15):
        graph.receive(f"m{number}")
    first = graph.get(link)
    graph("DELETE", f"/me/messages/{first['value'][0]['id']}")
    rest, link, _ = rounds(graph, first["@odata.nextLink"])
    assert subjects(first["value"] + rest) == [f"m{number}" for number in range(15)]
    assert subjects(rounds(graph, link)[0]) == ["-"]


@pytest.mark.parametrize(("size", "pages"), [(3, 3), (1000, 1)])
def test_the_client_chooses_the_size_of_pages(graph: Any, size: int, pages: int) -> None:
    for number in range(8):
        graph.receive(f"m{number}")
    headers = {"Prefer": f"odata.maxpagesize={size}"}
    answer = graph("GET", INBOX, headers=headers)
    assert answer.headers["Preference-Applied"] == f"odata.maxpagesize={size}"
    assert rounds(graph, INBOX, headers=headers)[2] == pages


def test_top_is_kept_in_the_token(graph: Any) -> None:
    for number in range(8):
        graph.receive(f"m{number}")
    assert rounds(graph, f"{INBOX}?$top=3")[2] == 3


def test_select_is_kept_in_the_tokens(graph: Any) -> None:
    graph.receive("one")
    found, link, _ = rounds(graph, f"{INBOX}?$select=Subject")
    assert set(found[0]) == {"@odata.type", "@odata.etag", "id", "subject"}
    graph.receive("two")
    assert set(rounds(graph, link)[0][0]) == {"@odata.type", "@odata.etag", "id", "subject"}


def test_expand_is_kept_in_the_tokens(graph: Any) -> None:
    graph.receive("one")
    found, link, _ = rounds(graph, f"{INBOX}?$expand=attachments($select=name)")
    assert found[0]["attachments"] == []
    graph.receive("two")
    assert rounds(graph, link)[0][0]["attachments"] == []


def test_ids_in_the_form_that_the_client_prefers(graph: Any) -> None:
    graph.receive("goes")
    headers = {"Prefer": 'IdType="ImmutableId"'}
    found, link, _ = rounds(graph, INBOX, headers=headers)
    assert found[0]["id"].startswith("AAkA")
    graph("DELETE", f"/me/messages/{found[0]['id']}")
    assert rounds(graph, link, headers=headers)[0][0]["id"] == found[0]["id"]


def test_a_filter_narrows_every_round(graph: Any) -> None:
    graph.receive("old", receivedDateTime="2026-01-01T00:00:00Z")
    graph.receive("new", receivedDateTime="2026-02-01T00:00:00Z")
    query = "$filter=receivedDateTime ge 2026-01-15&$orderby=receivedDateTime desc"
    found, link, _ = rounds(graph, f"{INBOX}?{query}")
    assert subjects(found) == ["new"]
    graph.receive("older", receivedDateTime="2025-01-01T00:00:00Z")
    graph.receive("newer", receivedDateTime="2026-02-02T00:00:00Z")
    assert subjects(rounds(graph, link)[0]) == ["newer"]
    found, _, _ = rounds(graph, f"{INBOX}?$filter=receivedDateTime gt 2026-02-01T00:00:00Z")
    assert subjects(found) == ["newer"]


@pytest.mark.parametrize(
    ("kind", "expected"), [("created", ["comes"]), ("updated", ["stays"]), ("deleted", ["-"]), ("Created", ["comes"])]
)
def test_change_type_narrows_what_is_reported(graph: Any, kind: str, expected: list[str]) -> None:
    for name in ("stays", "goes"):
        graph.receive(name)
    found, link, _ = rounds(graph, INBOX)
    ids = {one["subject"]: one["id"] for one in found}
    first, link, _ = rounds(graph, f"{INBOX}?changeType={kind}")
    assert {one["subject"] for one in first} == {"stays", "goes"}, "the first round lists everything"
    graph.receive("comes")
    graph("PATCH", f"/me/messages/{ids['stays']}", json={"isRead": True})
    graph("DELETE", f"/me/messages/{ids['goes']}")
    assert subjects(rounds(graph, link)[0]) == expected


@pytest.mark.parametrize(
    ("query", "code", "text"),
    [
        ("$filter=isRead eq false", "ErrorInvalidUrlQuery", "only a value of 'receivedDateTime ge value' is supported"),
        ("$filter=receivedDateTime le 2026-01-01", "ErrorInvalidUrlQuery", "only a value of"),
        ("$orderby=subject", "ErrorInvalidUrlQuery", "'$orderby'"),
        ("$orderby=receivedDateTime", "ErrorInvalidUrlQuery", "'$orderby'"),
        ('$search="x"', "ErrorInvalidUrlQuery", "'$search'"),
        ("$skip=1&$count=true", "ErrorInvalidUrlQuery", "'$skip,$count'"),
        ("$select=nothing", "BadRequest", "Could not find a property named 'nothing'"),
        ("$nothing=1", "BadRequest", "'$nothing' is not supported"),
        ("changeType=moved", "ErrorInvalidParameter", "moved"),
        ("$deltatoken=nonsense", "ErrorInvalidSyncStateData", "sync state"),
        ("$skiptoken=", "ErrorInvalidSyncStateData", "sync state"),
    ],
)
def test_what_change_tracking_refuses(graph: Any, query: str, code: str, text: str) -> None:
    answer = graph("GET", f"{INBOX}?{query}")
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, code)
    assert text in answer.json()["error"]["message"]


def token_of(link: str) -> str:
    return link.partition("token=")[2]


def test_a_token_belongs_to_its_collection(graph: Any, graph_in: Any) -> None:
    graph.receive()
    _, link, _ = rounds(graph, INBOX)
    token = token_of(link)
    for url in (
        f"/me/mailFolders/drafts/messages/delta?$deltatoken={token}",
        f"/me/mailFolders/delta?$deltatoken={token}",
        f"{INBOX}?$skiptoken={token}",
        f"{INBOX}?$deltatoken={token[:-3]}AAA",
        f"{INBOX}?$deltatoken={token[:30]}",
        f"{INBOX}?$deltatoken={quote('é')}{token}",
    ):
        assert graph.refused(url) == (400, "ErrorInvalidSyncStateData"), url
    other = graph_in()
    headers = {"Authorization": other.headers["Authorization"]}
    assert other.refused(f"{INBOX}?$deltatoken={token}", headers=headers) == (400, "ErrorInvalidSyncStateData")


def test_a_token_leads_to_its_world(graph: Any) -> None:
    _, link, _ = rounds(graph, INBOX)
    assert graph.hosting.by_opaque(token_of(link), 0) is graph.world


def test_latest_is_a_full_round_on_messages(graph: Any) -> None:
    graph.receive("one")
    assert subjects(rounds(graph, f"{INBOX}?$deltatoken=latest")[0]) == ["one"]


def test_a_state_grows_old(graph: Any) -> None:
    graph.receive()
    _, link, _ = rounds(graph, INBOX)
    graph.world.clock.set(graph.world.clock.now() + timedelta(days=29))
    _, newer, _ = rounds(graph, link)
    graph.world.clock.set(graph.world.clock.now() + timedelta(days=2))
    answer = graph("GET", link)
    assert (answer.status_code, answer.json()["error"]["code"]) == (410, "SyncStateNotFound")
    assert answer.headers["Location"] == f"https://graph.microsoft.com/v1.0{INBOX}"
    assert "31 days" in graph.last().reason or "30 days" in graph.last().reason
    assert graph("GET", newer).status_code == 200
    graph.world.settings["delta_token_days"] = "1"
    assert graph("GET", newer).status_code == 410


def test_states_can_be_dropped_on_request(graph: Any) -> None:
    _, link, _ = rounds(graph, INBOX)
    graph.tenant.mailbox_of(graph.ada).generation += 1
    answer = graph("GET", link)
    assert answer.status_code == 410
    assert "generation=2" in answer.json()["error"]["message"]
    assert graph("GET", answer.headers["Location"]).status_code == 200


@pytest.mark.parametrize("spelling", ["delta()", "microsoft.graph.delta()", "microsoft.graph.delta", "Delta"])
def test_spellings(graph: Any, spelling: str) -> None:
    graph.receive("one")
    assert subjects(rounds(graph, f"/me/mailFolders('inbox')/messages/{spelling}")[0]) == ["one"]


def test_read_basic_hides_bodies(graph: Any) -> None:
    graph.receive("one")
    graph.sign_in("Mail.ReadBasic")
    found, _, _ = rounds(graph, INBOX)
    assert found[0]["subject"] == "one"
    assert "body" not in found[0]


def test_the_china_cloud_has_no_delta(graph_in: Any) -> None:
    assert graph_in("china").refused(INBOX) == (400, "BadRequest")


class TestFolders:
    URL = "/me/mailFolders/delta"

    def test_a_first_round_lists_every_folder(self, graph: Any) -> None:
        found, link, _ = rounds(graph, self.URL)
        names = {one["displayName"] for one in found}
        assert {"Inbox", "Drafts", "Sent Items", "Deleted Items"} <= names
        assert found[0]["@odata.type"] == "#microsoft.graph.mailFolder"
        assert rounds(graph, link)[0] == []

    def test_select(self, graph: Any) -> None:
        found, _, _ = rounds(graph, f"{self.URL}?$select=displayName")
        assert set(found[0]) == {"@odata.type", "id", "displayName"}

    @pytest.mark.parametrize(
        "query", ["$filter=displayName eq 'x'", "$orderby=displayName", "$top=3", "$expand=childFolders"]
    )
    def test_nothing_but_select_is_taken(self, graph: Any, query: str) -> None:
        assert graph.refused(f"{self.URL}?{query}") == (400, "ErrorInvalidUrlQuery")

"""Delta queries for users: reference graph-core 9."""

from typing import Any

import pytest
from outlook365_emulator.graph.people import directory_delta, user_delta

covers = pytest.mark.covers.with_args


@pytest.fixture
def rounds(graph: Any) -> Any:
    """Follow links to the end of a round; returns what came and the link to go on from."""

    def follow(start: str) -> tuple[list[Any], str]:
        found, answer = [], graph.get(start) if start.startswith("/") else graph.page(start)
        while True:
            assert answer.status == 200, answer.body
            found += answer.values
            if "@odata.deltaLink" in answer.json:
                assert "@odata.nextLink" not in answer.json
                return found, answer.json["@odata.deltaLink"]
            answer = graph.page(answer.json["@odata.nextLink"])

    return follow


@pytest.fixture
def directory(graph: Any) -> Any:
    def ask(method: str, path: str, body: Any = None) -> None:
        assert graph.ask(method, path, body, roles=["User.ReadWrite.All"]).status < 300

    return ask


@covers(user_delta.list_changes)
class TestDelta:
    def test_everybody_first_and_then_nothing(self, rounds: Any, org: Any) -> None:
        found, link = rounds("/users/delta")
        assert {one["id"] for one in found} == {user.id for user in org.tenant.users}
        assert found[0].keys() >= {"displayName", "userPrincipalName"}
        for _ in range(2):
            found, link = rounds(link)
            assert found == []

    def test_of_some_only(self, rounds: Any, directory: Any, org: Any) -> None:
        found, link = rounds(f"/users/delta/?$filter=id eq '{org.ada.id}' or id eq '{org.ben.id.upper()}'")
        assert {one["id"] for one in found} == {org.ada.id, org.ben.id}
        directory("PATCH", f"/users/{org.root.id}", {"city": "London"})
        found, link = rounds(link)
        assert found == []
        directory("PATCH", f"/users/{org.ada.id}", {"city": "London"})
        directory("DELETE", f"/users/{org.ben.id}")
        found, _ = rounds(link)
        assert [one["id"] for one in found] == [org.ada.id, org.ben.id]

    @pytest.mark.parametrize(
        "text",
        [
            "displayName eq 'Ada'",
            "id ne 'x'",
            "id eq 'x' and id eq 'y'",
            "id eq 7",
            " or ".join(f"id eq '{one}'" for one in range(51)),
        ],
    )
    def test_filters_that_it_does_not_take(self, graph: Any, text: str) -> None:
        answer = graph.get(f"/users/delta?$filter={text}")
        assert (answer.status, answer.code) == (400, "Request_BadRequest")

    def test_who_came_changed_and_went(self, rounds: Any, directory: Any, org: Any) -> None:
        found, link = rounds("/users/delta?$select=displayName,city")
        assert all(set(one) == {"displayName", "city", "id"} for one in found)
        directory("PATCH", f"/users/{org.ada.id}", {"city": "London"})
        directory("DELETE", f"/users/{org.ben.id}")
        profile = {"accountEnabled": True, "displayName": "Grace", "mailNickname": "grace"}
        profile["userPrincipalName"] = "grace@contoso.example"
        directory("POST", "/users", {**profile, "passwordProfile": {"password": "a-Secret-1"}})
        found, later = rounds(link)
        grace = org.tenant.users.find("name", "grace@contoso.example")
        assert found == [
            {"displayName": "Ada Lovelace", "id": org.ada.id, "city": "London"},
            {"displayName": "Grace", "id": grace.id, "city": None},
            {"id": org.ben.id, "@removed": {"reason": "changed"}},
        ]
        assert rounds(later)[0] == []
        assert rounds(link)[0] == found

    def test_pages_show_one_state(self, graph: Any, rounds: Any, directory: Any, org: Any) -> None:
        first = graph.get("/users/delta?$top=2&$select=displayName")
        assert len(first.values) == 2
        directory("PATCH", f"/users/{org.ada.id}", {"displayName": "Countess"})
        rest, link = rounds(first.json["@odata.nextLink"])
        assert len(rest) == 3
        assert "Countess" not in {one["displayName"] for one in [*first.values, *rest]}
        [changed], _ = rounds(link)
        assert changed["displayName"] == "Countess"

    def test_from_the_present_on(self, rounds: Any, directory: Any, org: Any) -> None:
        found, link = rounds("/users/delta?$deltatoken=latest")
        assert found == []
        directory("PATCH", f"/users/{org.ada.id}", {"city": "London"})
        assert [one["id"] for one in rounds(link)[0]] == [org.ada.id]

    @pytest.mark.parametrize("query", ["$deltatoken=made-up", "$skiptoken=made-up"])
    def test_a_token_that_is_none(self, graph: Any, query: str) -> None:
        answer = graph.get(f"/users/delta?{query}")
        assert (answer.status, answer.code) == (410, "resyncRequired")

    def test_old_tokens_are_forgotten(self, graph: Any, org: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(directory_delta, "KEPT_TOKENS", 2)
        links = [graph.get("/users/delta").json["@odata.deltaLink"] for _ in range(3)]
        assert [graph.page(link).status for link in links] == [410, 200, 200]
        assert len(org.tenant.delta_rounds) == 2

    @pytest.mark.parametrize("query", ["$filter=displayName eq 'x'", "$orderby=displayName", "$expand=manager"])
    def test_what_is_refused(self, graph: Any, query: str) -> None:
        assert graph.get(f"/users/delta?{query}").status == 400

    def test_needs_to_read_everybody(self, graph: Any, org: Any) -> None:
        assert graph.get("/users/delta", as_=org.ada, scopes=["User.Read"]).status == 403

    def test_of_what_has_changed_only_that(self, graph: Any, rounds: Any, org: Any, directory: Any) -> None:
        _, link = rounds("/users/delta?$select=displayName,jobTitle,mobilePhone")
        directory("PATCH", f"/users/{org.ada.id}", {"jobTitle": "Analyst", "displayName": "Ada King"})
        minimal = graph.page(link, headers=[("Prefer", "return=minimal")]).values
        assert minimal == [{"displayName": "Ada King", "jobTitle": "Analyst", "id": org.ada.id}]
        assert set(rounds(link)[0][0]) == {"id", "displayName", "jobTitle", "mobilePhone"}

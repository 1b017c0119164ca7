"""What a user is a member of: pages user-list-memberof, user-list-transitivememberof."""

from typing import Any

import pytest
from outlook365_emulator.graph.people import memberships
from outlook365_emulator.store.records.directory import Group

covers = pytest.mark.covers.with_args
EVENTUAL = [("ConsistencyLevel", "eventual")]


@pytest.fixture
def groups(org: Any) -> None:
    """Ada is in Sales and in Team, an address list; Sales is in Everybody, and Everybody in Sales again."""
    sales, everybody = "50000000-0000-0000-0000-000000000001", "50000000-0000-0000-0000-000000000002"
    with org.world.unit() as unit:
        unit.put(org.tenant.groups, Group(id=sales, display_name="Sales", members=frozenset({org.ada.id, everybody})))
        unit.put(org.tenant.groups, Group(id=everybody, display_name="Everybody", members=frozenset({sales})))
        team = Group(id="team", display_name="Team", members=frozenset({org.ada.id}), mail="team@contoso.example")
        unit.put(org.tenant.groups, team)


def names(answer: Any) -> list[str]:
    assert answer.status == 200, answer.body
    return [one["displayName"] for one in answer.values]


@covers(memberships.list_direct, memberships.list_transitive)
class TestList:
    def test_of_nothing(self, graph: Any, org: Any) -> None:
        assert graph.get("/me/memberOf", as_=org.ada, scopes=["User.Read"]).values == []

    def test_groups(self, graph: Any, org: Any, groups: None) -> None:
        answer = graph.get("/me/memberOf", as_=org.ada, scopes=["User.Read"])
        assert answer.json["@odata.context"].endswith("/$metadata#directoryObjects")
        assert names(answer) == ["Sales", "Team"]
        sales, team = answer.values
        assert sales["@odata.type"] == "#microsoft.graph.group"
        assert (sales["securityEnabled"], sales["mailEnabled"], sales["groupTypes"]) == (True, False, [])
        assert (team["mail"], team["mailEnabled"], team["groupTypes"]) == ("team@contoso.example", True, ["Unified"])
        assert (team["mailNickname"], team["proxyAddresses"]) == ("team", ["SMTP:team@contoso.example"])

    def test_groups_of_groups(self, graph: Any, org: Any, groups: None) -> None:
        assert names(graph.get(f"/users/{org.ada.id}/transitiveMemberOf")) == ["Everybody", "Sales", "Team"]

    def test_roles(self, graph: Any, org: Any) -> None:
        for path in ("memberOf", "transitiveMemberOf"):
            [role] = graph.get(f"/users/{org.root.id}/{path}").values
            assert role["@odata.type"] == "#microsoft.graph.directoryRole"
            assert role["displayName"] == "Global Administrator"
            assert role["roleTemplateId"] == "62e90394-69f5-4237-9190-012177145e10"
            assert role["id"] != role["roleTemplateId"]

    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            ("/microsoft.graph.group", ["Sales", "Team"]),
            ("/microsoft.graph.directoryRole", []),
            ("/microsoft.graph.group?$filter=startswith(displayName,'s')&$orderby=displayName&$count=true", ["Sales"]),
            ('/microsoft.graph.group?$search="displayName:te"&$count=true', ["Team"]),
            ('/microsoft.graph.directoryRole?$search="displayName:te"&$count=true', []),
            ("?$filter=mailEnabled eq true&$count=true", ["Team"]),
            ("?$top=1&$select=displayName", ["Sales"]),
        ],
    )
    def test_queries(self, graph: Any, org: Any, groups: None, query: str, expected: list[str]) -> None:
        assert names(graph.get(f"/users/{org.ada.id}/memberOf{query}", headers=EVENTUAL)) == expected

    def test_expanded(self, graph: Any, org: Any, groups: None) -> None:
        answer = graph.get("/me?$select=id&$expand=memberOf($select=displayName)", as_=org.ada)
        assert [one["displayName"] for one in answer.json["memberOf"]] == ["Sales", "Team"]
        assert all("mail" not in one for one in answer.json["memberOf"])


@covers(memberships.count_direct, memberships.count_transitive)
class TestCount:
    @pytest.mark.parametrize(
        ("path", "expected"),
        [("memberOf", b"2"), ("transitiveMemberOf", b"3"), ("memberOf/microsoft.graph.directoryRole", b"0")],
    )
    def test_is_an_advanced_query(self, graph: Any, org: Any, groups: None, path: str, expected: bytes) -> None:
        assert graph.get(f"/users/{org.ada.id}/{path}/$count", headers=EVENTUAL).body == expected
        assert graph.get(f"/users/{org.ada.id}/{path}/$count").code == "Request_BadRequest"

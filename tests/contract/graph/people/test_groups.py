"""Groups, their members and memberships: pages group-list, group-get, group-list-members, group-list-memberof."""

from typing import Any

import msgspec
import pytest
from outlook365_emulator.graph.people import groups
from outlook365_emulator.graph.people.membership_resource import membership_members
from outlook365_emulator.store.records.directory import Group

covers = pytest.mark.covers.with_args
EVENTUAL = [("ConsistencyLevel", "eventual")]
SALES, TEAM = "50000000-0000-0000-0000-000000000001", "50000000-0000-0000-0000-000000000002"


@pytest.fixture(autouse=True)
def made(org: Any) -> None:
    """Sales is a security group with the group Team, a mailing list, in it."""
    with org.world.unit() as unit:
        sales = Group(id=SALES, display_name="Sales", members=frozenset({org.ben.id, org.ada.id, TEAM}))
        team = Group(id=TEAM, display_name="Team", members=frozenset({org.ada.id}), mail="team@contoso.example")
        unit.put(org.tenant.groups, sales)
        unit.put(org.tenant.groups, team)


@pytest.fixture
def ask(graph: Any) -> Any:
    return lambda path: graph.get(path, roles=["GroupMember.Read.All", "User.Read.All"], headers=EVENTUAL)


def names(answer: Any) -> list[str]:
    assert answer.status == 200, answer.body
    return [one["displayName"] for one in answer.values]


@covers(groups.list_, groups.count, groups.get)
class TestGroups:
    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            ("", ["Sales", "Team"]),
            ("?$filter=startswith(displayName,'s')", ["Sales"]),
            ("?$filter=groupTypes/any(c:c eq 'Unified')", ["Team"]),
            ("?$filter=mailEnabled eq false and securityEnabled eq true&$count=true", ["Sales"]),
            ("?$orderby=displayName desc&$count=true", ["Team", "Sales"]),
            ('?$search="displayName:te"&$count=true', ["Team"]),
            ("?$filter=hasMembersWithLicenseErrors eq true&$count=true", []),
        ],
    )
    def test_list(self, ask: Any, query: str, expected: list[str]) -> None:
        assert names(ask(f"/groups{query}")) == expected

    def test_count(self, ask: Any) -> None:
        assert ask("/groups/$count").body == b"2"

    def test_get(self, ask: Any) -> None:
        found = ask(f"/groups/{TEAM}").json
        assert found["@odata.context"].endswith("/$metadata#groups/$entity")
        assert "@odata.type" not in found
        assert (found["displayName"], found["mail"], found["groupTypes"]) == (
            "Team",
            "team@contoso.example",
            ["Unified"],
        )
        assert ask(f"/groups/{TEAM}?$select=id").json.keys() == {"@odata.context", "id"}

    def test_what_is_shown_where_selected(self, ask: Any) -> None:
        found = ask(f"/groups/{TEAM}?$select=id,unseenCount,allowExternalSenders").json
        assert (found["id"], found["unseenCount"], found["allowExternalSenders"]) == (TEAM, 0, False)
        assert "unseenCount" not in ask(f"/groups/{TEAM}").json

    def test_security_identifier(self) -> None:
        """The one that Microsoft's example of the page group-get shows of an object id."""
        group = Group(id="02bd9fd6-8f93-4758-87c3-1fb73740a315", display_name="HR Taskforce")
        assert membership_members(group)["securityIdentifier"] == "S-1-12-1-45981654-1196986259-3072312199-363020343"

    def test_expanded_members(self, ask: Any) -> None:
        found = ask(f"/groups/{SALES}?$select=id&$expand=members($select=id,displayName)").json
        shown = [(one["@odata.type"], one["displayName"]) for one in found["members"]]
        assert shown[1:] == [("#microsoft.graph.user", "Ben Franklin"), ("#microsoft.graph.group", "Team")]
        assert found["members"][0].keys() == {"@odata.type", "id", "displayName"}

    def test_one_that_is_not_there(self, ask: Any) -> None:
        for path in ("/groups/nothing", "/groups/nothing/members"):
            assert ask(path).code == "Request_ResourceNotFound"

    def test_it_takes_a_permission(self, graph: Any, org: Any) -> None:
        assert graph.get("/groups", as_=org.ada, scopes=["User.Read"]).status == 403

    @pytest.mark.parametrize("role", ["Group.Read.All", "Group.ReadWrite.All", "Directory.Read.All"])
    @pytest.mark.parametrize("path", ["/groups", f"/groups/{TEAM}", f"/groups/{SALES}/members", "/groups/$count"])
    def test_the_usual_ones_open_it(self, graph: Any, role: str, path: str) -> None:
        assert graph.get(path, roles=[role], headers=EVENTUAL).status == 200


@covers(groups.list_members, groups.count_members)
class TestMembers:
    def test_list(self, ask: Any) -> None:
        answer = ask(f"/groups/{SALES}/members")
        assert answer.json["@odata.context"].endswith("/$metadata#directoryObjects")
        assert names(answer) == ["Ada Lovelace", "Ben Franklin", "Team"]
        ada, _, team = answer.values
        assert (ada["@odata.type"], ada["mail"]) == ("#microsoft.graph.user", "ada@contoso.example")
        assert "accountEnabled" not in ada
        assert (team["@odata.type"], team["mailEnabled"]) == ("#microsoft.graph.group", True)

    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            ("/microsoft.graph.user", ["Ada Lovelace", "Ben Franklin"]),
            ("/microsoft.graph.group", ["Team"]),
            ('/microsoft.graph.user?$search="displayName:lo"&$count=true', ["Ada Lovelace"]),
            ("?$filter=startswith(displayName,'T')&$count=true", ["Team"]),
            ("?$filter=startswith(givenName,'A')&$count=true", ["Ada Lovelace"]),
            ("?$top=1", ["Ada Lovelace"]),
        ],
    )
    def test_queries(self, ask: Any, query: str, expected: list[str]) -> None:
        assert names(ask(f"/groups/{SALES}/members{query}")) == expected

    def test_select(self, ask: Any) -> None:
        ada, *_ = ask(f"/groups/{SALES}/members?$select=id,accountEnabled").values
        assert ada.keys() == {"@odata.type", "id", "accountEnabled"}

    @pytest.mark.parametrize(("cast", "expected"), [("", b"3"), ("/microsoft.graph.user", b"2")])
    def test_count(self, ask: Any, cast: str, expected: bytes) -> None:
        assert ask(f"/groups/{SALES}/members{cast}/$count").body == expected


@covers(groups.list_transitive, groups.count_transitive)
class TestTransitiveMembers:
    @pytest.fixture(autouse=True)
    def circle(self, org: Any, made: None) -> None:
        """Put Sales in Team, and Root there too."""
        team = org.tenant.groups.get(TEAM)
        with org.world.unit() as unit:
            changed = msgspec.structs.replace(team, members=team.members | {SALES, org.root.id})
            unit.put(org.tenant.groups, changed)

    def test_list(self, ask: Any, org: Any) -> None:
        people = ["Ada Lovelace", "Ben Franklin", org.root.display_name]
        path = f"/groups/{SALES}/transitiveMembers"
        assert sorted(names(ask(path))) == sorted([*people, "Sales", "Team"])
        assert sorted(names(ask(f"{path}/microsoft.graph.user"))) == sorted(people)

    def test_count(self, ask: Any) -> None:
        assert ask(f"/groups/{SALES}/transitiveMembers/$count").body == b"5"


@covers(groups.list_memberships, groups.count_memberships)
class TestMemberOf:
    def test_list(self, ask: Any) -> None:
        answer = ask(f"/groups/{TEAM}/memberOf")
        assert answer.json["@odata.context"].endswith("/$metadata#directoryObjects")
        assert [(one["@odata.type"], one["id"]) for one in answer.values] == [("#microsoft.graph.group", SALES)]
        assert ask(f"/groups/{SALES}/memberOf").values == []

    def test_it_is_not_transitive(self, ask: Any, org: Any) -> None:
        with org.world.unit() as unit:
            unit.put(org.tenant.groups, Group(id="all", display_name="All", members=frozenset({SALES})))
        assert names(ask(f"/groups/{TEAM}/memberOf")) == ["Sales"]

    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            ("/microsoft.graph.group?$filter=startswith(displayName,'S')&$orderby=displayName&$count=true", ["Sales"]),
            ('/microsoft.graph.group?$search="displayName:Video"&$count=true', []),
            ("?$select=id,displayName", ["Sales"]),
        ],
    )
    def test_queries(self, ask: Any, query: str, expected: list[str]) -> None:
        assert names(ask(f"/groups/{TEAM}/memberOf{query}")) == expected

    def test_count(self, ask: Any) -> None:
        assert ask(f"/groups/{TEAM}/memberOf/$count").body == b"1"
        assert ask(f"/groups/{TEAM}/memberOf/microsoft.graph.group/$count").body == b"1"

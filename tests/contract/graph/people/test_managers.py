"""Managers and direct reports: reference graph-mail 18."""

from typing import Any

import pytest
from outlook365_emulator.graph.people import managers

covers = pytest.mark.covers.with_args
ROOT = "https://graph.microsoft.com/v1.0"


@pytest.fixture
def directory(graph: Any) -> Any:
    def ask(method: str, path: str, body: Any = None, **options: Any) -> Any:
        return graph.ask(method, path, body, roles=["User.ReadWrite.All"], **options)

    return ask


@pytest.fixture
def chain(directory: Any, org: Any) -> None:
    """Ada reports to ben, and ben to root."""
    for user, boss in ((org.ada, org.ben), (org.ben, org.root)):
        body = {"@odata.id": f"{ROOT}/users/{boss.id}"}
        assert directory("PUT", f"/users/{user.id}/manager/$ref", body).status == 204


@covers(managers.get_manager)
class TestManager:
    def test_nobody(self, directory: Any, org: Any) -> None:
        answer = directory("GET", f"/users/{org.ada.id}/manager")
        assert (answer.status, answer.code) == (404, "Request_ResourceNotFound")
        assert "Resource 'manager' does not exist" in answer.message

    def test_somebody(self, directory: Any, org: Any, chain: None) -> None:
        found = directory("GET", f"/users/{org.ada.id}/manager").json
        assert (found["id"], found["displayName"]) == (org.ben.id, "Ben Franklin")
        assert found["@odata.type"] == "#microsoft.graph.user"

    def test_expanded(self, directory: Any, org: Any, chain: None) -> None:
        query = "$select=id&$expand=manager($select=id,displayName)"
        found = directory("GET", f"/users/{org.ada.id}?{query}").json
        assert found["manager"] == {
            "@odata.type": "#microsoft.graph.user",
            "displayName": "Ben Franklin",
            "id": org.ben.id,
        }

    def test_all_the_way_up(self, directory: Any, org: Any, chain: None) -> None:
        query = "$select=id&$expand=manager($levels=max;$select=id)&$count=true"
        found = directory("GET", f"/users/{org.ada.id}?{query}", headers=[("ConsistencyLevel", "eventual")]).json
        assert found["manager"]["manager"]["id"] == org.root.id
        assert "manager" not in found["manager"]["manager"]


@covers(managers.set_manager, managers.remove_manager)
class TestChange:
    def test_a_reference_in_each_form(self, directory: Any, org: Any) -> None:
        for reference in (
            f"{ROOT}/users/{org.ben.id}",
            f"{ROOT}/directoryObjects/{org.ben.id}",
            f"{ROOT}/users('ben@contoso.example')",
            f"{ROOT}/users/ben%40contoso.example",
        ):
            assert directory("PUT", f"/users/{org.ada.id}/manager/$ref", {"@odata.id": reference}).status == 204
            assert directory("GET", f"/users/{org.ada.id}/manager").json["id"] == org.ben.id
            assert directory("DELETE", f"/users/{org.ada.id}/manager/$ref").status == 204
            assert directory("GET", f"/users/{org.ada.id}/manager").status == 404

    @pytest.mark.parametrize(
        ("body", "status"),
        [
            ({"@odata.id": f"{ROOT}/users/nobody@contoso.example"}, 404),
            ({"@odata.id": "ben"}, 404),
            ({"@odata.id": 7}, 404),
            ({}, 400),
            ([], 400),
        ],
    )
    def test_what_is_refused(self, directory: Any, org: Any, body: Any, status: int) -> None:
        assert directory("PUT", f"/users/{org.ada.id}/manager/$ref", body).status == status
        assert directory("GET", f"/users/{org.ada.id}/manager").status == 404

    def test_a_body_that_is_no_json(self, directory: Any, org: Any) -> None:
        assert directory("PUT", f"/users/{org.ada.id}/manager/$ref", content=b"\xff{").status == 400


class TestBinding:
    def test_a_user_made_or_changed(self, directory: Any, org: Any) -> None:
        """OData JSON Format 8.5: a single-valued relation is set by `@odata.bind`."""
        body = {
            "accountEnabled": True,
            "displayName": "Grace Hopper",
            "mailNickname": "grace",
            "userPrincipalName": "grace@contoso.example",
            "passwordProfile": {"password": "a-Secret-1"},
            "manager@odata.bind": f"{ROOT}/users/{org.ben.id}",
        }
        grace = directory("POST", "/users", body).json["id"]
        assert directory("GET", f"/users/{grace}/manager").json["id"] == org.ben.id
        reference = f"{ROOT}/users('{org.root.id}')"
        assert directory("PATCH", f"/users/{grace}", {"manager@odata.bind": reference}).status == 204
        assert directory("GET", f"/users/{grace}/manager").json["id"] == org.root.id
        assert directory("PATCH", f"/users/{grace}", {"manager@odata.bind": None}).status == 204
        assert directory("GET", f"/users/{grace}/manager").status == 404

    @pytest.mark.parametrize("reference", [f"{ROOT}/users/nobody@contoso.example", "ben", 7, {}])
    def test_to_nobody(self, directory: Any, org: Any, reference: Any) -> None:
        answer = directory("PATCH", f"/users/{org.ada.id}", {"manager@odata.bind": reference, "jobTitle": "x"})
        assert (answer.status, answer.code) == (404, "Request_ResourceNotFound")
        assert directory("GET", f"/users/{org.ada.id}").json["jobTitle"] is None

    def test_only_the_manager(self, directory: Any, org: Any) -> None:
        answer = directory("PATCH", f"/users/{org.ada.id}", {"memberOf@odata.bind": [f"{ROOT}/groups/x"]})
        assert (answer.status, answer.code) == (501, "NotEmulated")


@covers(managers.list_direct_reports)
class TestReports:
    def test_by_name(self, directory: Any, org: Any, chain: None) -> None:
        answer = directory("GET", f"/users/{org.ben.id}/directReports")
        assert [(one["@odata.type"], one["id"]) for one in answer.values] == [("#microsoft.graph.user", org.ada.id)]
        assert directory("GET", f"/users/{org.ada.id}/directReports").values == []

    def test_casts(self, directory: Any, org: Any, chain: None) -> None:
        path = f"/users/{org.ben.id}/directReports"
        assert [one["id"] for one in directory("GET", f"{path}/microsoft.graph.user").values] == [org.ada.id]
        assert directory("GET", f"{path}/microsoft.graph.group").values == []
        assert directory("GET", f"{path}/microsoft.graph.message").code == "BadRequest"

    def test_they_end_with_the_manager(self, directory: Any, org: Any, chain: None) -> None:
        directory("DELETE", f"/users/{org.ben.id}")
        assert directory("GET", f"/users/{org.ada.id}/manager").status == 404

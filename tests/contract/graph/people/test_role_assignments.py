"""App role assignments: reference entra 5.2."""

from typing import Any

import pytest
from outlook365_emulator.directory.app_roles import DEFAULT_ROLE, graph_principal
from outlook365_emulator.directory.consent import granted_roles
from outlook365_emulator.graph.people import role_assignments
from outlook365_emulator.store.records.directory import Group
from outlook365_emulator.tables.permissions import PERMISSIONS

covers = pytest.mark.covers.with_args
MAIL_READ = PERMISSIONS["Mail.Read"].application_id
NOBODY = "00000000-0000-0000-0000-000000000001"


@pytest.fixture
def directory(graph: Any) -> Any:
    def ask(method: str, path: str, body: Any = None) -> Any:
        roles = ["AppRoleAssignment.ReadWrite.All", "Directory.Read.All"]
        return graph.ask(method, path, body, roles=roles)

    return ask


@pytest.fixture
def own(org: Any) -> Any:
    return org.tenant.service_principals.find("client", org.app.client_id)


@pytest.fixture
def resource(org: Any) -> str:
    return graph_principal(org.tenant).id


def body(principal: str, resource: str, role: str | None = MAIL_READ) -> dict[str, Any]:
    return {"principalId": principal, "resourceId": resource, "appRoleId": role}


@covers(
    role_assignments.create_of_client,
    role_assignments.list_of_client,
    role_assignments.get_of_client,
    role_assignments.delete_of_client,
    role_assignments.create_of_resource,
    role_assignments.list_of_resource,
    role_assignments.get_of_resource,
    role_assignments.delete_of_resource,
)
class TestPermissions:
    @pytest.mark.parametrize("collection", ["appRoleAssignments", "appRoleAssignedTo"])
    def test_give_and_take_back(self, directory: Any, own: Any, org: Any, resource: str, collection: str) -> None:
        base = f"/servicePrincipals/{own.id if collection == 'appRoleAssignments' else resource}/{collection}"
        answer = directory("POST", base, body(own.id, resource))
        assert answer.status == 201
        shown = {
            "id": answer.json["id"],
            "deletedDateTime": None,
            "appRoleId": MAIL_READ,
            "createdDateTime": "2026-03-02T09:00:00Z",
            "principalDisplayName": "Daemon",
            "principalId": own.id,
            "principalType": "ServicePrincipal",
            "resourceDisplayName": "Microsoft Graph",
            "resourceId": resource,
        }
        assert answer.json.items() >= shown.items()
        assert granted_roles(org.tenant, own) == {"Mail.Read"}
        assert directory("GET", base).values == [shown]
        assert directory("GET", f"{base}?$filter=appRoleId eq {MAIL_READ}").values == [shown]
        assert directory("GET", f"{base}/{shown['id']}").json.items() >= shown.items()
        assert directory("DELETE", f"{base}/{shown['id']}").status == 204
        assert granted_roles(org.tenant, own) == frozenset()
        assert directory("DELETE", f"{base}/{shown['id']}").code == "Request_ResourceNotFound"

    def test_what_is_refused(self, directory: Any, own: Any, org: Any, resource: str) -> None:
        base = f"/servicePrincipals/{own.id}/appRoleAssignments"
        delegated_only = PERMISSIONS["Mail.Send.Shared"].delegated_id
        for given, status in (
            (body(own.id, resource, NOBODY), 400),
            (body(own.id, resource, delegated_only), 400),
            (body(own.id, resource, DEFAULT_ROLE), 400),
            (body(own.id, NOBODY), 404),
            (body(NOBODY, resource), 400),
            (body(own.id, resource, None), 400),
        ):
            answer = directory("POST", base, given)
            assert answer.status == status, given
        assert granted_roles(org.tenant, own) == frozenset()

    def test_twice(self, directory: Any, own: Any, resource: str) -> None:
        base = f"/servicePrincipals/{own.id}/appRoleAssignments"
        assert directory("POST", base, body(own.id, resource)).status == 201
        answer = directory("POST", base, body(own.id, resource))
        assert (answer.status, answer.message) == (400, "Permission being assigned already exists on the object")

    def test_an_assignment_is_found_at_its_ends_only(self, directory: Any, own: Any, resource: str) -> None:
        made = directory("POST", f"/servicePrincipals/{own.id}/appRoleAssignments", body(own.id, resource)).json["id"]
        for base in (
            f"/servicePrincipals/{resource}/appRoleAssignments",
            f"/servicePrincipals/{own.id}/appRoleAssignedTo",
        ):
            assert directory("GET", f"{base}/{made}").status == 404
            assert directory("DELETE", f"{base}/{made}").status == 404


@covers(role_assignments.create_of_user, role_assignments.list_of_user, role_assignments.delete_of_user)
class TestPeople:
    def test_a_user_and_an_application(self, directory: Any, own: Any, org: Any) -> None:
        base = f"/users/{org.ada.id}/appRoleAssignments"
        made = directory("POST", base, body(org.ada.id, own.id, DEFAULT_ROLE))
        assert made.status == 201
        assert (made.json["principalType"], made.json["principalDisplayName"]) == ("User", "Ada Lovelace")
        assert (made.json["resourceDisplayName"], made.json["appRoleId"]) == ("Daemon", DEFAULT_ROLE)
        [one] = directory("GET", f"{base}?$filter=resourceId eq {own.id}").values
        [same] = directory("GET", f"/servicePrincipals/{own.id}/appRoleAssignedTo").values
        assert one == same
        assert directory("POST", base, body(org.ada.id, own.id, DEFAULT_ROLE)).status == 400
        assert directory("DELETE", f"{base}/{one['id']}").status == 204
        assert directory("GET", base).values == []

    def test_a_group_and_an_application(self, directory: Any, own: Any, org: Any) -> None:
        group = Group(id=NOBODY, display_name="Sales", members=frozenset({org.ada.id}))
        with org.world.unit() as unit:
            unit.put(org.tenant.groups, group)
        base = f"/servicePrincipals/{own.id}/appRoleAssignedTo"
        made = directory("POST", base, body(group.id, own.id, DEFAULT_ROLE))
        assert made.status == 201
        assert (made.json["principalType"], made.json["principalDisplayName"]) == ("Group", "Sales")
        assert directory("POST", base, body(group.id, own.id, DEFAULT_ROLE)).status == 400
        assert directory("DELETE", f"{base}/{made.json['id']}").status == 204
        assert directory("GET", base).values == []

    def test_what_is_refused(self, directory: Any, own: Any, org: Any, resource: str) -> None:
        base = f"/users/{org.ada.id}/appRoleAssignments"
        for given in (
            body(org.ben.id, own.id, DEFAULT_ROLE),
            body(org.ada.id, own.id, MAIL_READ),
            body(org.ada.id, resource, MAIL_READ),
        ):
            assert directory("POST", base, given).status == 400
        assert directory("GET", base).values == []

    def test_it_ends_with_the_user(self, directory: Any, own: Any, org: Any, graph: Any) -> None:
        base = f"/users/{org.ada.id}/appRoleAssignments"
        directory("POST", base, body(org.ada.id, own.id, DEFAULT_ROLE))
        graph.delete(f"/users/{org.ada.id}", roles=["User.ReadWrite.All"])
        assert directory("GET", f"/servicePrincipals/{own.id}/appRoleAssignedTo").values == []

"""Service principals: the applications that a tenant knows."""

from typing import Any

import pytest
from outlook365_emulator.directory.applications import GRAPH_CLIENT_ID, add_application
from outlook365_emulator.directory.consent import grant_roles, grant_scopes
from outlook365_emulator.directory.tenants import make_tenant
from outlook365_emulator.graph.people import service_principals

covers = pytest.mark.covers.with_args
PATH = "/servicePrincipals"


@pytest.fixture
def directory(graph: Any) -> Any:
    def ask(method: str, path: str = PATH, body: Any = None) -> Any:
        return graph.ask(method, path, body, roles=["Application.ReadWrite.All"])

    return ask


@pytest.fixture
def own(org: Any) -> Any:
    return org.tenant.service_principals.find("client", org.app.client_id)


@pytest.fixture
def vendor(org: Any) -> Any:
    """A multi-tenant application of another organisation in the same world."""
    other = make_tenant(org.world, domains=("vendor.example",))
    org.world.tenants[other.id] = other
    with org.world.unit() as unit:
        return add_application(
            org.hosting,
            org.world,
            other,
            unit,
            "Vendor",
            audience="AzureADMultipleOrgs",
            web_redirect_uris=("https://a.example/",),
        )


@covers(service_principals.list_, service_principals.get, service_principals.count)
class TestRead:
    def test_microsoft_graph_is_there(self, directory: Any) -> None:
        [found] = directory("GET", f"{PATH}?$filter=appId eq '{GRAPH_CLIENT_ID}'").values
        assert (found["displayName"], found["appId"]) == ("Microsoft Graph", GRAPH_CLIENT_ID)
        roles = {one["value"]: one["id"] for one in found["appRoles"]}
        assert roles["Mail.Read"] == "810c84a8-4a9e-49e6-bf7d-12d183f40d01"
        scopes = {one["value"]: one["id"] for one in found["oauth2PermissionScopes"]}
        assert scopes["Mail.Read"] == "570282fd-fa5c-430d-a7fd-fc8dc98a9dca"

    def test_by_id_and_by_client_id(self, directory: Any, own: Any, org: Any) -> None:
        for path in (f"{PATH}/{own.id}", f"{PATH}('{own.id}')", f"{PATH}(appId='{org.app.client_id}')"):
            found = directory("GET", path).json
            assert (found["id"], found["appId"], found["displayName"]) == (own.id, org.app.client_id, "Daemon")
            assert found["appOwnerOrganizationId"] == org.tenant.id

    def test_one_id_is_not_the_other(self, directory: Any, own: Any, org: Any) -> None:
        for path in (f"{PATH}/{org.app.client_id}", f"{PATH}(appId='{own.id}')", f"{PATH}/{GRAPH_CLIENT_ID}"):
            assert directory("GET", path).code == "Request_ResourceNotFound"
        answer = directory("GET", f"{PATH}/{org.app.client_id}")
        assert answer.entry.reason.endswith("it is the appId of Daemon, not an object id")

    def test_queries(self, directory: Any, own: Any, org: Any) -> None:
        names = [one["displayName"] for one in directory("GET").values]
        assert names == ["Microsoft Graph", "Daemon"]
        query = f"$filter=servicePrincipalNames/any(n:n eq '{org.app.client_id}')&$select=id"
        assert directory("GET", f"{PATH}?{query}").values == [{"id": own.id}]

    def test_permissions_of_microsoft_graph(self, directory: Any) -> None:
        [found] = directory("GET", f"{PATH}?$filter=appId eq '{GRAPH_CLIENT_ID}'").values
        scopes = [one["value"] for one in found["oauth2PermissionScopes"]]
        assert {"openid", "profile", "email", "offline_access", "Mail.Read", "Files.Read.All"} <= set(scopes)
        roles = [one["value"] for one in found["appRoles"]]
        assert {"Mail.Read", "Group.Read.All", "Files.Read.All"} <= set(roles)
        assert len(scopes) == len(set(scopes))
        assert len(roles) == len(set(roles))

    def test_what_is_only_shown_can_be_selected(self, directory: Any, own: Any) -> None:
        found = directory("GET", f"{PATH}/{own.id}?$select=id,tags,resourceSpecificApplicationPermissions").json
        assert (found["tags"], found["resourceSpecificApplicationPermissions"]) == ([], [])

    def test_advanced_queries(self, graph: Any, own: Any) -> None:
        def ask(path: str) -> Any:
            return graph.get(path, roles=["Application.Read.All"], headers=[("ConsistencyLevel", "eventual")])

        assert ask(f"{PATH}/$count").body == b"2"
        query = '$search="displayName:dae"&$count=true&$orderby=displayName'
        assert [one["id"] for one in ask(f"{PATH}?{query}").values] == [own.id]

    def test_one_that_is_not_there(self, directory: Any) -> None:
        for method, body in (("GET", None), ("PATCH", {"accountEnabled": False}), ("DELETE", None)):
            assert directory(method, f"{PATH}/nothing", body).code == "Request_ResourceNotFound"


@covers(service_principals.list_changes)
class TestDelta:
    def test_what_came_changed_and_went(self, graph: Any, directory: Any, own: Any, vendor: Any) -> None:
        first = graph.get(f"{PATH}/delta?$select=displayName", roles=["Directory.Read.All"])
        assert first.json["@odata.context"].endswith("/$metadata#servicePrincipals(displayName)")
        assert [one["displayName"] for one in first.values] == ["Microsoft Graph", "Daemon"]
        made = directory("POST", PATH, {"appId": vendor.client_id}).json["id"]
        directory("PATCH", f"{PATH}/{own.id}", {"displayName": "Robot"})
        second = graph.page(first.json["@odata.deltaLink"])
        assert sorted(one["displayName"] for one in second.values) == ["Robot", "Vendor"]
        directory("DELETE", f"{PATH}/{made}")
        third = graph.page(second.json["@odata.deltaLink"])
        assert third.values == [{"id": made, "@removed": {"reason": "changed"}}]


@covers(service_principals.create, service_principals.update, service_principals.delete)
class TestChange:
    def test_know_another_tenants_application(self, directory: Any, vendor: Any) -> None:
        answer = directory("POST", PATH, {"appId": vendor.client_id})
        assert (answer.status, answer.json["displayName"]) == (201, "Vendor")
        assert answer.json["replyUrls"] == ["https://a.example/"]
        assert directory("POST", PATH, {"appId": vendor.client_id}).status == 400
        assert directory("POST", PATH, {"appId": "00000000-0000-0000-0000-000000000001"}).status == 400

    def test_disable(self, directory: Any, own: Any, org: Any) -> None:
        body = {"accountEnabled": False, "appRoleAssignmentRequired": True}
        assert directory("PATCH", f"{PATH}/{own.id}", body).status == 204
        changed = org.tenant.service_principals.get(own.id)
        assert (changed.enabled, changed.assignment_required) == (False, True)
        assert directory("PATCH", f"{PATH}/{own.id}", {"tags": ["x"]}).status == 400

    def test_forget(self, directory: Any, vendor: Any, org: Any) -> None:
        made = directory("POST", PATH, {"appId": vendor.client_id}).json["id"]
        principal = org.tenant.service_principals.get(made)
        with org.world.unit() as unit:
            grant_roles(org.world, org.tenant, unit, principal, ["Mail.Read"])
            grant_scopes(org.world, org.tenant, unit, principal, ["Mail.Read"])
        assert directory("DELETE", f"{PATH}/{made}").status == 204
        assert directory("GET", f"{PATH}/{made}").status == 404
        assert len(org.tenant.role_assignments) == len(org.tenant.grants) == 0

    def test_an_application_that_forgets_itself_is_nobody(self, directory: Any, own: Any) -> None:
        assert directory("DELETE", f"{PATH}/{own.id}").status == 204
        assert directory("GET").status == 401

    def test_microsoft_graph_stays(self, directory: Any) -> None:
        [found] = directory("GET", f"{PATH}?$filter=appId eq '{GRAPH_CLIENT_ID}'").values
        for answer in (
            directory("DELETE", f"{PATH}/{found['id']}"),
            directory("PATCH", f"{PATH}/{found['id']}", {"accountEnabled": False}),
        ):
            assert (answer.status, answer.code) == (403, "Authorization_RequestDenied")

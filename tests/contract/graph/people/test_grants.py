"""Delegated permission grants: reference entra 5.2."""

from typing import Any

import pytest
from outlook365_emulator.directory.app_roles import graph_principal
from outlook365_emulator.directory.consent import granted_scopes
from outlook365_emulator.graph.people import grants

covers = pytest.mark.covers.with_args
ROLES = ["Directory.ReadWrite.All"]
PATH = "/oauth2PermissionGrants"


@pytest.fixture
def directory(graph: Any) -> Any:
    def ask(method: str, path: str = PATH, body: Any = None) -> Any:
        return graph.ask(method, path, body, roles=ROLES)

    return ask


@pytest.fixture
def client(org: Any) -> Any:
    return org.tenant.service_principals.find("client", org.app.client_id)


@pytest.fixture
def grant(directory: Any, org: Any, client: Any) -> Any:
    """Grant scopes to the application, for one user or for all."""

    def make(scope: str = "Mail.Read User.Read", user: Any = None, **members: Any) -> Any:
        body = {
            "clientId": client.id,
            "consentType": "Principal" if user else "AllPrincipals",
            "resourceId": graph_principal(org.tenant).id,
            "scope": scope,
            **({"principalId": user.id} if user else {}),
            **members,
        }
        return directory("POST", PATH, body)

    return make


@covers(grants.create, grants.get, grants.list_, grants.list_of_user, grants.list_of_client)
class TestGrant:
    def test_for_one_user(self, directory: Any, org: Any, client: Any, grant: Any) -> None:
        answer = grant(user=org.ada)
        assert answer.status == 201
        assert answer.json == {
            "@odata.context": "https://graph.microsoft.com/v1.0/$metadata#oauth2PermissionGrants/$entity",
            "clientId": client.id,
            "consentType": "Principal",
            "id": answer.json["id"],
            "principalId": org.ada.id,
            "resourceId": graph_principal(org.tenant).id,
            "scope": "Mail.Read User.Read",
        }
        assert granted_scopes(org.tenant, client, org.ada.id) == {"Mail.Read", "User.Read"}
        assert granted_scopes(org.tenant, client, org.ben.id) == frozenset()
        assert directory("GET", f"{PATH}/{answer.json['id']}").json == answer.json

    def test_lists(self, directory: Any, org: Any, client: Any, grant: Any) -> None:
        everybody, own = grant().json["id"], grant(user=org.ada).json["id"]

        def ids(path: str) -> list[str]:
            return [one["id"] for one in directory("GET", path).values]

        assert ids(PATH) == [everybody, own]
        assert ids(f"{PATH}?$filter=clientId eq '{client.id}' and consentType eq 'Principal'") == [own]
        assert ids(f"{PATH}?$filter=principalId eq '{org.ada.id}'") == [own]
        assert ids(f"/users/{org.ada.id}{PATH}") == [own]
        assert ids(f"/users/{org.ben.id}{PATH}") == []
        assert ids(f"/servicePrincipals/{client.id}{PATH}") == [everybody, own]

    def test_names_in_any_case_and_openid(self, grant: Any) -> None:
        assert grant(" mail.READ openid Offline_Access").json["scope"] == "Mail.Read openid offline_access"

    def test_scopes_stay_in_the_order_given_each_once(self, grant: Any) -> None:
        given = "User.Read Mail.Send user.read Calendars.Read"
        assert grant(given).json["scope"] == "User.Read Mail.Send Calendars.Read"

    def test_one_for_each_client_and_principal(self, grant: Any, org: Any) -> None:
        assert grant(user=org.ada).status == grant(user=org.ben).status == grant().status == 201
        answer = grant("Mail.Send", user=org.ada)
        assert (answer.status, answer.code) == (409, "Request_MultipleObjectsWithSameKeyValue")

    @pytest.mark.parametrize(
        ("change", "status"),
        [
            ({"clientId": "00000000-0000-0000-0000-000000000001"}, 404),
            ({"resourceId": "00000000-0000-0000-0000-000000000001"}, 404),
            ({"consentType": "Some"}, 400),
            ({"consentType": "Principal"}, 404),
            ({"principalId": "00000000-0000-0000-0000-000000000001"}, 400),
            ({"scope": "Mail.Reed"}, 400),
            ({"scope": "User.Read.Everything"}, 400),
        ],
    )
    def test_what_is_refused(self, grant: Any, org: Any, change: Any, status: int) -> None:
        assert grant(**change).status == status
        assert len(org.tenant.grants) == 0

    def test_one_that_is_not_there(self, directory: Any) -> None:
        for method, body in (("GET", None), ("PATCH", {"scope": "Mail.Read"}), ("DELETE", None)):
            assert directory(method, f"{PATH}/nothing", body).code == "Request_ResourceNotFound"


@covers(grants.update, grants.delete)
class TestChange:
    def test_scopes_are_replaced(self, directory: Any, org: Any, client: Any, grant: Any) -> None:
        made = grant(user=org.ada).json["id"]
        assert directory("PATCH", f"{PATH}/{made}", {"scope": "Mail.Send"}).status == 204
        assert granted_scopes(org.tenant, client, org.ada.id) == {"Mail.Send"}
        assert directory("PATCH", f"{PATH}/{made}", {"consentType": "AllPrincipals"}).status == 400
        assert directory("PATCH", f"{PATH}/{made}", {"scope": "Mail.Reed"}).status == 400
        assert granted_scopes(org.tenant, client, org.ada.id) == {"Mail.Send"}

    def test_taken_back(self, directory: Any, org: Any, client: Any, grant: Any) -> None:
        made = grant().json["id"]
        assert directory("DELETE", f"{PATH}/{made}").status == 204
        assert granted_scopes(org.tenant, client, org.ada.id) == frozenset()
        assert directory("GET").values == []


@covers(grants.list_changes)
class TestDelta:
    """Graph page oauth2permissiongrant-delta."""

    def test_which_came_changed_and_went(self, graph: Any, directory: Any, org: Any, grant: Any) -> None:
        first = grant(user=org.ada).json["id"]
        answer = directory("GET", f"{PATH}/delta")
        assert answer.json["@odata.context"].endswith("/$metadata#oauth2PermissionGrants")
        assert [one["id"] for one in answer.values if one["principalId"] == org.ada.id] == [first]
        assert set(answer.values[0]) == {"clientId", "consentType", "id", "principalId", "resourceId", "scope"}
        directory("PATCH", f"{PATH}/{first}", {"scope": "Mail.Read"})
        second = grant(user=org.ben).json["id"]
        answer = graph.page(answer.json["@odata.deltaLink"])
        assert [(one["id"], one["scope"]) for one in answer.values] == [
            (first, "Mail.Read"),
            (second, "Mail.Read User.Read"),
        ]
        directory("DELETE", f"{PATH}/{first}")
        answer = graph.page(answer.json["@odata.deltaLink"])
        assert answer.values == [{"id": first, "@removed": {"reason": "deleted"}}]

    def test_of_some_only(self, directory: Any, org: Any, grant: Any) -> None:
        first, _ = grant(user=org.ada).json["id"], grant(user=org.ben)
        answer = directory("GET", f"{PATH}/delta?$filter=id eq '{first}'&$select=scope")
        assert answer.values == [{"id": first, "scope": "Mail.Read User.Read"}]

    def test_a_token_of_another_collection(self, graph: Any, directory: Any) -> None:
        token = graph.get("/users/delta").json["@odata.deltaLink"].partition("?")[2]
        assert directory("GET", f"{PATH}/delta?{token}").code == "resyncRequired"

"""Application registrations of the tenant: pages application-list, application-get."""

from typing import Any

import msgspec
import pytest
from outlook365_emulator.directory.applications import GRAPH_CLIENT_ID
from outlook365_emulator.graph.people import applications
from outlook365_emulator.tables.permissions import PERMISSIONS

covers = pytest.mark.covers.with_args
EVENTUAL = [("ConsistencyLevel", "eventual")]


@pytest.fixture
def ask(graph: Any) -> Any:
    return lambda path: graph.get(path, roles=["Application.Read.All"], headers=EVENTUAL)


@pytest.fixture
def app(org: Any) -> Any:
    """The registration, with permissions, an optional claim and an API of its own."""
    found = org.tenant.applications.find("client", org.app.client_id)
    changed = msgspec.structs.replace(
        found,
        required_scopes=("Mail.Read",),
        required_roles=("Mail.Send",),
        optional_claims=("auth_time",),
        api_scopes=("Read.All",),
    )
    with org.world.unit() as unit:
        return unit.put(org.tenant.applications, changed) or changed


@covers(applications.list_, applications.count, applications.get)
class TestRead:
    def test_by_id_and_by_client_id(self, ask: Any, app: Any) -> None:
        for path in (f"/applications/{app.id}", f"/applications(appId='{app.client_id}')"):
            found = ask(path).json
            assert found["@odata.context"].endswith("/$metadata#applications/$entity")
            assert (found["id"], found["appId"], found["displayName"]) == (app.id, app.client_id, "Daemon")

    def test_one_id_is_not_the_other(self, ask: Any, app: Any) -> None:
        for path in (f"/applications/{app.client_id}", f"/applications(appId='{app.id}')"):
            assert ask(path).code == "Request_ResourceNotFound"

    def test_what_it_shows(self, ask: Any, app: Any) -> None:
        found = ask(f"/applications/{app.id}").json
        [required] = found["requiredResourceAccess"]
        assert required == {
            "resourceAppId": GRAPH_CLIENT_ID,
            "resourceAccess": [
                {"id": PERMISSIONS["Mail.Read"].delegated_id, "type": "Scope"},
                {"id": PERMISSIONS["Mail.Send"].application_id, "type": "Role"},
            ],
        }
        assert [one["name"] for one in found["optionalClaims"]["idToken"]] == ["auth_time"]
        assert found["identifierUris"] == [f"api://{app.client_id}"]
        assert [one["value"] for one in found["api"]["oauth2PermissionScopes"]] == ["Read.All"]
        assert found["web"]["redirectUris"] == list(app.web_redirect_uris)

    def test_secrets_are_told_once(self, ask: Any, app: Any) -> None:
        found = ask(f"/applications/{app.id}").json["passwordCredentials"]
        assert [one["secretText"] for one in found] == [None] * len(app.secrets)

    @pytest.mark.parametrize(
        "query",
        [
            "",
            "?$filter=displayName eq 'Daemon'",
            "?$filter=appId eq '{client}'",
            "?$filter=identifierUris/any(x:startswith(x,'api:'))&$count=true",
            '?$search="displayName:dae"&$count=true',
        ],
    )
    def test_queries(self, ask: Any, app: Any, query: str) -> None:
        answer = ask(f"/applications{query.replace('{client}', app.client_id)}")
        assert [one["id"] for one in answer.values] == [app.id]

    def test_count(self, ask: Any, app: Any) -> None:
        assert ask("/applications/$count").body == b"1"
        assert ask("/applications/$count?$filter=startswith(displayName, 'x')").body == b"0"

    def test_one_that_is_not_there(self, ask: Any) -> None:
        assert ask("/applications/nothing").code == "Request_ResourceNotFound"


@covers(applications.list_changes)
class TestDelta:
    def test_what_changed(self, graph: Any, org: Any, app: Any) -> None:
        first = graph.get("/applications/delta", roles=["Directory.Read.All"])
        assert [one["id"] for one in first.values] == [app.id]
        with org.world.unit() as unit:
            unit.put(org.tenant.applications, msgspec.structs.replace(app, display_name="Robot"))
        second = graph.page(first.json["@odata.deltaLink"])
        assert [(one["id"], one["displayName"]) for one in second.values] == [(app.id, "Robot")]
        assert graph.page(second.json["@odata.deltaLink"]).values == []

"""Users created, changed and deleted: reference graph-mail 18."""

from typing import Any

import pytest
from outlook365_emulator.directory.assignments import assign
from outlook365_emulator.directory.consent import grant_scopes
from outlook365_emulator.directory.users import add_group, change_user, share_mailbox
from outlook365_emulator.graph.people import user_changes

covers = pytest.mark.covers.with_args
ROLES = ["User.ReadWrite.All"]
CALENDAR = "/users/ada@contoso.example/calendar/calendarPermissions"
NEW = {
    "accountEnabled": True,
    "displayName": "Grace Hopper",
    "mailNickname": "grace",
    "userPrincipalName": "grace@contoso.example",
    "passwordProfile": {"forceChangePasswordNextSignIn": False, "password": "a-Secret-1"},
}


@pytest.fixture
def directory(graph: Any) -> Any:
    def ask(method: str, path: str, body: Any = None) -> Any:
        return graph.ask(method, path, body, roles=ROLES)

    return ask


@covers(user_changes.create)
class TestCreate:
    def test_as_it_is_answered(self, directory: Any, org: Any) -> None:
        answer = directory("POST", "/users", {**NEW, "jobTitle": "Admiral", "department": "Navy", "city": "Arlington"})
        assert answer.status == 201
        found = answer.json
        assert found["@odata.context"].endswith("/$metadata#users/$entity")
        assert (found["displayName"], found["jobTitle"], found["mail"]) == ("Grace Hopper", "Admiral", None)
        assert answer.headers["location"].endswith(f"/v1.0/users('{found['id']}')")
        user = org.tenant.users.get(found["id"])
        assert (user.password, user.department, user.enabled) == ("a-Secret-1", "Navy", True)
        query = "$select=city,givenName,passwordProfile,identities"
        more = directory("GET", f"/users/grace@contoso.example?{query}").json
        assert (more["city"], more["givenName"], more["passwordProfile"]) == ("Arlington", None, None)
        assert more["identities"][-1]["issuerAssignedId"] == "grace@contoso.example"

    def test_members_with_parts_keep_what_is_not_sent(self, directory: Any, org: Any) -> None:
        path = f"/users/{org.ada.id}"
        for number in (1, 15):
            given = {"onPremisesExtensionAttributes": {f"extensionAttribute{number}": f"value {number}"}}
            assert directory("PATCH", path, given).status == 204
        found = directory("GET", f"{path}?$select=onPremisesExtensionAttributes").json["onPremisesExtensionAttributes"]
        assert len(found) == 15
        assert {name: value for name, value in found.items() if value} == {
            "extensionAttribute1": "value 1",
            "extensionAttribute15": "value 15",
        }

    def test_without_a_licence_there_is_no_mailbox(self, directory: Any, graph: Any) -> None:
        directory("POST", "/users", NEW)
        answer = graph.get("/users/grace@contoso.example/messages")
        assert (answer.status, answer.code) == (404, "MailboxNotEnabledForRESTAPI")

    def test_with_identities_alone(self, directory: Any, org: Any) -> None:
        own = {"signInType": "emailAddress", "issuer": "contoso.example", "issuerAssignedId": "grace@example.org"}
        body = {"displayName": "Grace", "identities": [own], "passwordProfile": {"password": "a-Secret-1"}}
        found = directory("POST", "/users", body).json
        assert found["identities"][0] == own
        assert found["userPrincipalName"].endswith("@contoso.example")

    @pytest.mark.parametrize("name", ["accountEnabled", "displayName", "mailNickname", "passwordProfile"])
    def test_what_it_needs(self, directory: Any, name: str) -> None:
        answer = directory("POST", "/users", {**NEW, name: None})
        assert (answer.status, answer.code) == (400, "Request_BadRequest")
        assert name in answer.message

    @pytest.mark.parametrize(
        ("change", "status", "code"),
        [
            ({"userPrincipalName": "ada@contoso.example"}, 400, "Request_BadRequest"),
            ({"userPrincipalName": "AL@contoso.example"}, 400, "Request_BadRequest"),
            ({"userPrincipalName": "grace@elsewhere.example"}, 400, "Request_BadRequest"),
            ({"userPrincipalName": "grace"}, 400, "Request_BadRequest"),
            ({"passwordProfile": {}}, 400, "Request_BadRequest"),
            ({"userType": "Robot"}, 400, "Request_BadRequest"),
            ({"createdDateTime": "2020-01-01T00:00:00Z"}, 400, "Request_BadRequest"),
            ({"messages": []}, 400, "Request_BadRequest"),
            ({"shoeSize": 44}, 400, None),
            ({"accountEnabled": "perhaps"}, 400, None),
        ],
    )
    def test_what_is_refused(self, directory: Any, org: Any, change: Any, status: int, code: str | None) -> None:
        answer = directory("POST", "/users", {**NEW, **change})
        assert answer.status == status, answer.body
        assert code is None or answer.code == code
        assert len(org.tenant.users) == 5

    def test_reading_is_not_writing(self, graph: Any) -> None:
        answer = graph.post("/users", NEW, roles=["User.Read.All"])
        assert (answer.status, answer.code) == (403, "Authorization_RequestDenied")


@covers(user_changes.update)
class TestUpdate:
    def test_members(self, directory: Any, org: Any) -> None:
        body = {
            "jobTitle": "Analyst",
            "businessPhones": ["+44 20 555"],
            "postalCode": "N1",
            "accountEnabled": False,
            "department": None,
        }
        assert directory("PATCH", f"/users/{org.ada.id}", body).status == 204
        query = "$select=jobTitle,businessPhones,postalCode,accountEnabled,department"
        found = directory("GET", f"/users/{org.ada.id}?{query}").json
        assert {name: found[name] for name in body} == body

    def test_a_filter_reads_what_was_set(self, directory: Any, org: Any, graph: Any) -> None:
        directory("PATCH", f"/users/{org.ada.id}", {"city": "London", "employeeId": "7"})
        found = graph.get("/users?$filter=city eq 'london' and employeeId eq '7'&$select=id").values
        assert [one["id"] for one in found] == [org.ada.id]

    def test_another_name(self, directory: Any, org: Any) -> None:
        assert directory("PATCH", f"/users/{org.ada.id}", {"userPrincipalName": "ada.l@contoso.test"}).status == 204
        assert directory("GET", "/users/ada.l@contoso.test").json["id"] == org.ada.id
        answer = directory("PATCH", f"/users/{org.ada.id}", {"userPrincipalName": "ben@contoso.example"})
        assert (answer.status, answer.code) == (400, "Request_BadRequest")

    def test_a_password_reset(self, directory: Any, org: Any) -> None:
        directory("PATCH", f"/users/{org.ada.id}", {"passwordProfile": {"password": "another-1"}})
        changed = org.tenant.users.get(org.ada.id)
        assert changed.password == "another-1"
        assert changed.password_changed > org.ada.password_changed

    @pytest.mark.parametrize(
        "body", [{"id": "x"}, {"proxyAddresses": []}, {"displayName": ""}, {"userPrincipalName": "x@y.example"}]
    )
    def test_what_is_refused(self, directory: Any, org: Any, body: Any) -> None:
        answer = directory("PATCH", f"/users/{org.ada.id}", body)
        assert (answer.status, answer.code) == (400, "Request_BadRequest")
        assert org.tenant.users.get(org.ada.id) == org.ada

    def test_nobody(self, directory: Any) -> None:
        assert directory("PATCH", "/users/nobody@contoso.example", {"city": "x"}).code == "Request_ResourceNotFound"


@covers(user_changes.delete)
class TestDelete:
    def test_with_everything(self, directory: Any, org: Any, graph: Any) -> None:
        assert directory("DELETE", f"/users/{org.ben.id}").status == 204
        assert directory("GET", f"/users/{org.ben.id}").code == "Request_ResourceNotFound"
        assert directory("DELETE", f"/users/{org.ben.id}").status == 404
        assert graph.get(f"/users/{org.ben.id}/messages").code == "ErrorInvalidUser"

    def test_nothing_names_the_user_any_more(self, directory: Any, org: Any, graph: Any) -> None:
        world, tenant, ben = org.world, org.tenant, org.ben
        principal = tenant.service_principals.find("client", org.app.client_id)
        with world.unit() as unit:
            grant_scopes(world, tenant, unit, principal, ["Mail.Read"], ben.id)
            grant_scopes(world, tenant, unit, principal, ["User.Read"])
            assign(world, tenant, unit, principal, ben)
            team = add_group(world, tenant, unit, "Team", ("ada", "ben"))
            share_mailbox(tenant, unit, org.support, ben)
            change_user(tenant, unit, org.ada, manager=ben.id)
        body = {"emailAddress": {"address": "ben@contoso.example"}, "role": "read"}
        assert graph.ask("POST", CALENDAR, body, roles=["Calendars.ReadWrite"]).status == 201
        body["emailAddress"]["address"] = "ada@contoso.example"
        assert graph.ask("POST", CALENDAR.replace("ada", "ben"), body, roles=["Calendars.ReadWrite"]).status == 201

        def told(path: str, name: str) -> list[Any]:
            answer = graph.get(path, roles=["Directory.ReadWrite.All", "Calendars.ReadWrite"])
            assert answer.status == 200, answer.body
            return [one[name] for one in answer.values]

        def all_told() -> list[list[Any]]:
            return [
                told("/oauth2PermissionGrants", "principalId"),
                told(f"/servicePrincipals/{principal.id}/appRoleAssignedTo", "principalId"),
                told(f"/groups/{team.id}/members", "id"),
                told(CALENDAR, "role"),
                told("/users/ada@contoso.example/calendars?$select=owner", "owner"),
            ]

        grants, assigned, members, permissions, calendars = all_told()
        assert (set(grants), assigned) == ({None, ben.id}, [ben.id])
        assert (set(members), permissions) == ({org.ada.id, ben.id}, ["freeBusyRead", "read"])
        assert [one["name"] for one in calendars][-1] == ben.display_name
        directory("DELETE", f"/users/{ben.id}")
        assert all_told() == [[None], [], [org.ada.id], ["freeBusyRead"], calendars[:-1]]
        assert directory("GET", f"/users/{org.ada.id}/manager").status == 404
        assert [one.user for one in tenant.mailbox_of(org.support).rights] == [org.ada.id]

    def test_the_name_is_free_again(self, directory: Any, org: Any) -> None:
        directory("DELETE", f"/users/{org.ben.id}")
        assert directory("POST", "/users", {**NEW, "userPrincipalName": "ben@contoso.example"}).status == 201

"""Users: reference graph-mail 18, graph-core 6.5."""

from typing import Any

import pytest
from outlook365_emulator.graph.people import users

covers = pytest.mark.covers.with_args

MEMBERS = [
    "businessPhones",
    "displayName",
    "givenName",
    "jobTitle",
    "mail",
    "mobilePhone",
    "officeLocation",
    "preferredLanguage",
    "surname",
    "userPrincipalName",
    "id",
]


@covers(users.get)
class TestGet:
    def test_oneself(self, graph: Any, org: Any) -> None:
        answer = graph.get("/me", as_=org.ada, scopes=["User.Read"])
        assert answer.json == {
            "@odata.context": "https://graph.microsoft.com/v1.0/$metadata#users/$entity",
            "businessPhones": [],
            "displayName": "Ada Lovelace",
            "givenName": "Ada",
            "jobTitle": None,
            "mail": "ada@contoso.example",
            "mobilePhone": None,
            "officeLocation": None,
            "preferredLanguage": None,
            "surname": "Lovelace",
            "userPrincipalName": "ada@contoso.example",
            "id": org.ada.id,
        }
        assert list(answer.json) == ["@odata.context", *MEMBERS]

    def test_others_by_id_or_name_in_any_case(self, graph: Any, org: Any) -> None:
        for key in (
            org.ben.id,
            org.ben.id.upper(),
            "ben@contoso.example",
            "BEN@Contoso.Example",
            "ben%40contoso.example",
        ):
            assert graph.get(f"/users/{key}").json["id"] == org.ben.id
            assert graph.get(f"/users('{key}')").json["id"] == org.ben.id

    @pytest.mark.parametrize("key", ["al@contoso.example", "nobody@contoso.example", "ada", "x" * 3000, "%00"])
    def test_not_by_another_address(self, graph: Any, key: str) -> None:
        answer = graph.get(f"/users/{key}")
        assert (answer.status, answer.code) == (404, "Request_ResourceNotFound")
        assert "does not exist or one of its queried reference-property objects are not present." in answer.message
        assert "innerError" in answer.json["error"]

    def test_a_guest_is_a_user(self, graph: Any, org: Any) -> None:
        assert graph.get(f"/users/{org.guest.id}").status == 200

    def test_a_shared_mailbox_is_a_disabled_user(self, graph: Any, org: Any) -> None:
        found = graph.get(f"/users/{org.support.id}?$select=accountEnabled,displayName").json
        assert (found["accountEnabled"], found["displayName"]) == (False, "Support")

    def test_select(self, graph: Any, org: Any) -> None:
        query = "$select=proxyAddresses,userType,accountEnabled,DisplayName"
        found = graph.get(f"/users/{org.ada.id}?{query}").json
        assert found["proxyAddresses"] == ["SMTP:ada@contoso.example", "smtp:al@contoso.example"]
        assert (found["userType"], found["accountEnabled"], found["displayName"]) == ("Member", True, "Ada Lovelace")
        assert len(found) == 5

    def test_an_unknown_property(self, graph: Any, org: Any) -> None:
        answer = graph.get("/me?$select=shoeSize", as_=org.ada)
        assert answer.code == "BadRequest"
        assert answer.message == (
            "Parsing OData Select and Expand failed: Could not find a property named 'shoeSize' on type "
            "'microsoft.graph.user'."
        )

    def test_the_password_is_nowhere(self, graph: Any, org: Any) -> None:
        assert org.ada.password
        assert org.ada.password.encode() not in graph.get("/users").body
        assert graph.get("/me?$select=password", as_=org.ada).status == 400


@covers(users.list_)
class TestList:
    def test_everybody_by_name(self, graph: Any, org: Any) -> None:
        answer = graph.get("/users")
        names = [one["displayName"] for one in answer.values]
        assert names == ["Ada Lovelace", "Ben Franklin", "Guest", "Root", "Support"]
        assert all(list(one) == MEMBERS for one in answer.values)
        assert answer.json["@odata.context"] == "https://graph.microsoft.com/v1.0/$metadata#users"

    def test_only_the_tenant_of_the_token(self, graph: Any, org: Any) -> None:
        from outlook365_emulator.directory.tenants import make_tenant
        from outlook365_emulator.directory.users import add_user

        other = make_tenant(org.world, domains=("fabrikam.example",))
        org.hosting.add_tenant(org.world, other)
        with org.world.unit() as unit:
            zoe = add_user(org.world, other, unit, "zoe")
        assert zoe.id not in [one["id"] for one in graph.get("/users").values]
        assert graph.get(f"/users/{zoe.id}").status == 404
        assert graph.get("/users/zoe@fabrikam.example/messages").code == "ErrorInvalidUser"

    @pytest.mark.parametrize(
        ("query", "names"),
        [
            ("$filter=startswith(displayName,'A')", ["Ada Lovelace"]),
            ("$filter=userPrincipalName eq 'BEN@contoso.example'", ["Ben Franklin"]),
            ("$filter=accountEnabled eq false", ["Support"]),
            ("$filter=mail eq 'ada@contoso.example' or jobTitle eq 'Printer'", ["Ada Lovelace", "Ben Franklin"]),
            ("$filter=proxyAddresses/any(p:p eq 'smtp:al@contoso.example')", ["Ada Lovelace"]),
            ("$top=2", ["Ada Lovelace", "Ben Franklin"]),
        ],
    )
    def test_queries(self, graph: Any, query: str, names: list[str]) -> None:
        assert [one["displayName"] for one in graph.get(f"/users?{query}").values] == names

    @pytest.mark.parametrize("top", ["0", "1000", "99999"])
    def test_a_page_has_at_most_999(self, graph: Any, top: str) -> None:
        answer = graph.get(f"/users?$top={top}")
        assert (answer.status, answer.code) == (400, "BadRequest")
        assert answer.message == f"Invalid page size specified: '{top}'. Must be between 1 and 999 inclusive."

    def test_following_the_links(self, graph: Any) -> None:
        names, answer = [], graph.get("/users?$top=2&$select=displayName")
        for _ in range(5):
            names += [one["displayName"] for one in answer.values]
            if "@odata.nextLink" not in answer.json:
                break
            answer = graph.page(answer.json["@odata.nextLink"])
        assert names == ["Ada Lovelace", "Ben Franklin", "Guest", "Root", "Support"]


@covers(users.count)
class TestCount:
    def test_is_an_advanced_query(self, graph: Any) -> None:
        answer = graph.get("/users/$count")
        assert (answer.status, answer.code) == (400, "Request_BadRequest")
        assert answer.message == "$count is not currently supported."
        eventual = [("ConsistencyLevel", "eventual")]
        assert graph.get("/users/$count", headers=eventual).body == b"5"
        assert graph.get("/users/$count?$filter=startswith(displayName,'A')", headers=eventual).body == b"1"


class TestMembersOfOneUser:
    def test_mailbox_settings(self, graph: Any, org: Any) -> None:
        path = "/me?$select=id,mailboxSettings"
        scopes = ["User.Read", "MailboxSettings.Read"]
        found = graph.get(path, as_=org.ada, scopes=scopes).json
        assert (found["id"], found["mailboxSettings"]["timeZone"]) == (org.ada.id, "UTC")
        assert graph.get(path, as_=org.ada, scopes=["User.Read"]).status == 403
        roles = ["User.Read.All", "MailboxSettings.Read"]
        answer = graph.get(f"/users/{org.guest.id}?$select=mailboxSettings", roles=roles)
        assert answer.code == "MailboxNotEnabledForRESTAPI"

    @pytest.mark.parametrize("name", ["skills", "aboutMe", "mailboxSettings"])
    def test_not_of_all_at_once(self, graph: Any, org: Any, name: str) -> None:
        answer = graph.get(f"/users?$select={name}")
        assert (answer.status, answer.code) == (501, "NotImplemented")
        assert answer.message == "This operation target is not yet supported."

    def test_nothing_set(self, graph: Any, org: Any) -> None:
        query = "$select=skills,aboutMe,city,assignedLicenses,employeeId,imAddresses"
        found = graph.get(f"/users/{org.ada.id}?{query}").json
        assert (found["skills"], found["aboutMe"], found["city"], found["imAddresses"]) == ([], None, None, [])

    def test_basic_profiles_of_others(self, graph: Any, org: Any) -> None:
        query = "$select=displayName,jobTitle,businessPhones,accountEnabled"
        scopes = ["User.ReadBasic.All"]
        found = graph.get(f"/users/{org.ben.id}?{query}", as_=org.ada, scopes=scopes).json
        assert (found["displayName"], found["jobTitle"], found["businessPhones"]) == ("Ben Franklin", None, [])
        assert graph.get(f"/users/{org.ben.id}?{query}").json["jobTitle"] == "Printer"

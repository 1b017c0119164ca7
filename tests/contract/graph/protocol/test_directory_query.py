"""What the directory runs in `$filter` and `$orderby`: Graph concept page aad-advanced-queries, resource page user."""

from typing import Any

import pytest
from outlook365_emulator.graph.people.user_resource import user_type
from outlook365_emulator.tables.directory_queries import directory_properties

EVENTUAL = {"ConsistencyLevel": "eventual"}
NOT_INDEXED = "Unsupported or invalid query filter clause specified for property '{}' of resource '{}'."


@pytest.fixture(scope="module")
def graph(new_driver: Any) -> Any:
    driver = new_driver()
    driver.sign_in("User.Read.All", "Directory.Read.All", "Application.Read.All")
    return driver


def ask(graph: Any, query: str, *, advanced: bool, path: str = "/users") -> Any:
    if not advanced:
        return graph("GET", f"{path}?{query}")
    return graph("GET", f"{path}?{query}&$count=true", headers=EVENTUAL)


def refused(answer: Any) -> str:
    assert answer.status_code == 400, answer.text
    error = answer.json()["error"]
    assert error["code"] == "Request_UnsupportedQuery"
    assert "innerError" in error
    return str(error["message"])


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("id ge '398164b1-5196-49dd-ada2-364b49f99b27'", "id"),
        ("startswith(id,'3')", "id"),
        ("startswith(userType,'M')", "userType"),
        ("endswith(displayName,'x')", "displayName"),
        ("contains(displayName,'x')", "displayName"),
        ("accountEnabled eq null", "accountEnabled"),
        ("lastPasswordChangeDateTime ge 2026-01-01T00:00:00Z", "lastPasswordChangeDateTime"),
        ("businessPhones/any(p:endswith(p,'1'))", "businessPhones"),
        ("mail eq 'x' or (accountEnabled eq true and id le '3')", "id"),
    ],
)
def test_what_no_query_may_ask(graph: Any, text: str, name: str) -> None:
    for advanced in (False, True):
        assert refused(ask(graph, f"$filter={text}", advanced=advanced)) == NOT_INDEXED.format(name, "User")
    assert graph.last().reason


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("companyName eq 'Contoso'", "companyName"),
        ("startswith(mobilePhone,'25478')", "mobilePhone"),
        ("officeLocation in ('A','B')", "officeLocation"),
        ("displayName ne 'x'", "displayName"),
        ("businessPhones/any(p:startswith(p,'44'))", "businessPhones"),
        ("jobTitle eq null", "jobTitle"),
        ("createdDateTime in (2026-01-01T00:00:00Z)", "createdDateTime"),
    ],
)
def test_what_only_advanced_queries_may_ask(graph: Any, text: str, name: str) -> None:
    assert refused(ask(graph, f"$filter={text}", advanced=False)) == NOT_INDEXED.format(name, "User")
    assert "ConsistencyLevel" in graph.last().reason
    assert ask(graph, f"$filter={text}", advanced=True).status_code == 200
    for headers, count in ((EVENTUAL, ""), ({}, "&$count=true"), (EVENTUAL, "&$count=false")):
        assert refused(graph("GET", f"/users?$filter={text}{count}", headers=headers))


@pytest.mark.parametrize(
    "text",
    [
        "id eq '3' or id in ('4','5')",
        "displayName ge 'a' and displayName lt 'z'",
        "startswith(jobTitle,'x')",
        "createdDateTime ge 2026-01-01T00:00:00Z and createdDateTime lt 2027-01-01",
        "identities/any(c:c/issuerAssignedId eq 'x' and c/issuer eq 'y')",
        "proxyAddresses/any(p:startswith(p,'smtp:'))",
        "imAddresses/any(i:i eq 'x')",
        "assignedLicenses/any(s:s/skuId eq 184efa21-98c3-4e5d-95ab-d07053a96e67)",
        "userType eq 'Member' and accountEnabled eq true",
    ],
)
def test_what_every_query_may_ask(graph: Any, text: str) -> None:
    for advanced in (False, True):
        assert ask(graph, f"$filter={text}", advanced=advanced).status_code == 200


def test_a_count_in_the_filter_counts(graph: Any) -> None:
    for text in ("assignedLicenses/$count eq 0", "not(assignedLicenses/$count ne 0)"):
        refused(ask(graph, f"$filter={text}", advanced=False))
        assert graph("GET", f"/users?$filter={text}", headers=EVENTUAL).json()["value"]


def test_only_the_first_page_counts(graph: Any) -> None:
    first = graph("GET", "/users?$top=1&$count=true", headers=EVENTUAL).json()
    assert first["@odata.count"] == len(graph("GET", "/users").json()["value"])
    link = first["@odata.nextLink"]
    assert "@odata.count" not in graph("GET", link, headers=EVENTUAL).json()
    assert "@odata.count" not in graph("GET", "/users?$count=true").json()


def test_ends_with_says_what_is_missing(graph: Any) -> None:
    for text in ("endswith(mail,'x')", "proxyAddresses/any(p:endswith(p,'x'))", "endsWith(userPrincipalName,'x')"):
        message = refused(ask(graph, f"$filter={text}", advanced=False))
        assert message.startswith("Operator 'endsWith' is not supported because the required parameters might be ")
        assert ask(graph, f"$filter={text}", advanced=True).status_code == 200


@pytest.mark.parametrize(
    ("path", "name", "kind", "plain", "advanced"),
    [
        ("/users", "displayName desc", "User", True, True),
        ("/users", "userPrincipalName", "User", True, True),
        ("/users", "createdDateTime desc", "User", False, True),
        ("/users", "surname", "User", False, False),
        ("/servicePrincipals", "displayName", "ServicePrincipal", False, True),
    ],
)
def test_what_orders(graph: Any, path: str, name: str, kind: str, plain: bool, advanced: bool) -> None:
    found = ask(graph, f"$orderby={name}", advanced=False, path=path)
    if plain:
        assert found.status_code == 200
    else:
        assert refused(found) == f"Unsupported sort property '{name.partition(' ')[0]}' for '{kind}'."
    found = ask(graph, f"$orderby={name}", advanced=True, path=path)
    if advanced:
        assert found.status_code == 200
    else:
        assert refused(found) == "An unsupported property was specified."


@pytest.mark.parametrize(
    ("path", "text", "name", "kind"),
    [
        ("/servicePrincipals", "id ge '3'", "id", "ServicePrincipal"),
        ("/oauth2PermissionGrants", "startswith(clientId,'3')", "clientId", "OAuth2PermissionGrant"),
        ("/oauth2PermissionGrants", "consentType in ('Principal')", "consentType", "OAuth2PermissionGrant"),
    ],
)
def test_other_objects(graph: Any, path: str, text: str, name: str, kind: str) -> None:
    message = refused(ask(graph, f"$filter={text}", advanced=True, path=path))
    assert message == NOT_INDEXED.format(name, kind)


def test_the_unknown_is_refused_by_its_name(graph: Any) -> None:
    answer = graph("GET", "/users?$filter=shoeSize ge 4")
    assert "'shoeSize'" in answer.json()["error"]["message"]
    assert "'shoeSize'" in graph("GET", "/users?$orderby=shoeSize").json()["error"]["message"]


def test_the_table_names_properties_that_users_have() -> None:
    assert set(directory_properties("user")) <= set(user_type().properties)

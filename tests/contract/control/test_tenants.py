"""Tenants over the control API."""

from typing import Any

import pytest

Api = Any


def test_a_further_tenant_in_another_cloud(api: Api, world: str) -> None:
    made = api(
        "POST", f"{world}/tenants", {"name": "Fabrikam", "cloud": "china", "users": [{"name": "bo"}]}, status=201
    )
    assert made["domain"].endswith(".partner.onmschina.cn")
    assert api("GET", f"{world}/tenants/{made['domain'].upper()}") == made
    assert [one["id"] for one in api("GET", f"{world}/tenants")["tenants"]][1] == made["id"]


@pytest.mark.parametrize(
    "document", [{"users": [{"name": "a b"}]}, {"apps": [{"auth": "own_app", "permissions": ["X"]}]}]
)
def test_a_tenant_that_fails_leaves_its_domain_free(api: Api, world: str, document: dict[str, Any]) -> None:
    domains = {"domains": ["fabrikam.example"]}
    api.refused("POST", f"{world}/tenants", {**domains, **document}, status=400)
    assert len(api("GET", f"{world}/tenants")["tenants"]) == 1
    api("POST", f"{world}/tenants", domains, status=201)


def test_another_worlds_tenant_is_unknown(api: Api, world: str) -> None:
    other = api("POST", "/worlds", {"tenants": [{}]})["tenants"][0]["id"]
    assert api.refused("GET", f"{world}/tenants/{other}", status=404)["code"] == "unknown_tenant"


def test_a_literal_id_needs_fixed_ids(api: Api, world: str) -> None:
    error = api.refused("POST", f"{world}/tenants", {"id": "1c5d7a3e-0f6b-4c8d-9e2a-5b7c9d1e3f50"}, status=400)
    assert error["where"] == "id"
    assert "fixed_ids" in error["message"]

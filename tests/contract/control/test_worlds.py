"""Worlds over the control API: made in one call, listed, dropped."""

from typing import Any

Api = Any

DOCUMENT = {
    "name": "mine",
    "seed": 7,
    "clock": {"start": "2026-03-02T09:00:00Z", "frozen": True},
    "tenants": [
        {
            "name": "Fabrikam",
            "domains": ["fabrikam.example"],
            "users": [{"name": "ada", "roles": ["Global Administrator"], "messages": [{"subject": "Hello"}]}],
            "shared_mailboxes": [{"name": "support", "open_to": ["ada"]}],
            "groups": [{"name": "All", "members": ["ada"]}],
            "apps": [{"name": "Daemon", "auth": "client_credentials"}],
        }
    ],
    "faults": [{"kind": "latency", "name": "slow", "with": {"seconds": 1}}],
}


def test_one_call_makes_a_world(api: Api) -> None:
    made = api("POST", "/worlds", DOCUMENT, status=201)
    assert (made["name"], made["seed"], made["fixed_ids"]) == ("mine", 7, False)
    assert made["clock"] == {"now": "2026-03-02T09:00:00Z", "frozen": True}
    tenant = made["tenants"][0]
    assert (tenant["name"], tenant["domain"], tenant["cloud"]) == ("Fabrikam", "fabrikam.example", "global")
    assert [user["upn"] for user in tenant["users"]] == ["ada@fabrikam.example", "support@fabrikam.example"]
    assert tenant["users"][1]["rights"][0]["user"] == "ada@fabrikam.example"
    assert tenant["groups"][0]["members"] == ["ada@fabrikam.example"]
    assert tenant["apps"][0]["client_secret"]
    assert api("GET", "/worlds/mine") == made
    assert api("GET", "/worlds/mine/faults")["faults"][0]["name"] == "slow"


def test_a_world_without_a_name_draws_one(api: Api) -> None:
    names = {api("POST", "/worlds", {})["name"] for _ in range(3)}
    assert len(names) == 3
    assert {one["name"] for one in api("GET", "/worlds")["worlds"]} == names


def test_a_dropped_world_leaves_its_names_free(api: Api) -> None:
    api("POST", "/worlds", DOCUMENT)
    assert api.refused("POST", "/worlds", DOCUMENT, status=409)["code"] == "taken"
    taken = api.refused("POST", "/worlds", {**DOCUMENT, "name": "other"}, status=409)
    assert (taken["code"], taken["where"]) == ("taken", "tenants[0].domains")
    api("DELETE", "/worlds/mine", status=204)
    assert api.refused("GET", "/worlds/mine", status=404)["code"] == "unknown_world"
    api("POST", "/worlds", DOCUMENT, status=201)


def test_a_mistake_names_its_place(api: Api) -> None:
    error = api.refused("POST", "/worlds", {"tenants": [{"users": [{"nmae": "ada"}]}]}, status=400)
    assert error == {
        "code": "bad_document",
        "message": "unknown key 'nmae'; did you mean 'name'?",
        "where": "tenants[0].users[0].nmae",
    }


def test_an_unknown_world_names_the_nearest(api: Api) -> None:
    api("POST", "/worlds", {"name": "invoices"})
    assert "did you mean 'invoices'?" in api.refused("GET", "/worlds/invoice", status=404)["message"]


def test_a_world_has_a_port_of_its_own(api: Api, world: str) -> None:
    assert api("POST", f"{world}/port")["tls_port"] > 40000

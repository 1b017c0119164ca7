"""Snapshots over the control API."""

from typing import Any

Api = Any


def test_a_world_goes_back_to_its_snapshot(api: Api, world: str, tenant: str, ada: str) -> None:
    kept = api("POST", f"{tenant}/apps", {"name": "Kept"})["client_id"]
    api("POST", f"{world}/clock", {"freeze": True})
    api("POST", f"{world}/snapshots", {"name": "before"}, status=201)
    before = api("GET", world)
    later = api("POST", f"{world}/tenants", {"domains": ["fabrikam.example"]})
    api("POST", f"{ada}/messages", {"subject": "later"})
    api("DELETE", f"{tenant}/apps/Kept")
    api("POST", f"{tenant}/apps", {"name": "Later"})
    api("POST", f"{world}/clock", {"advance": 60})
    api("POST", f"{world}/snapshots/before/restore", status=204)
    assert api("GET", world) == before
    assert api("GET", f"{ada}/messages")["value"] == []
    assert api.emulator.hosting.by_tenant(later["id"]) is None
    assert api.emulator.hosting.by_client(kept) is not None
    api("POST", f"{world}/tenants", {"domains": ["fabrikam.example"]}, status=201)


def test_snapshots_are_listed_and_belong_to_their_world(api: Api, world: str) -> None:
    api("POST", f"{world}/snapshots", {"name": "one"})
    api("POST", f"{world}/snapshots", {"name": "one"})
    assert [one["name"] for one in api("GET", f"{world}/snapshots")["snapshots"]] == ["one"]
    other = f"/worlds/{api('POST', '/worlds', {})['name']}"
    assert api("GET", f"{other}/snapshots")["snapshots"] == []
    assert api.refused("POST", f"{other}/snapshots/one/restore", status=404)["code"] == "unknown_snapshot"

"""The life of a subscription and what its endpoint is told about it: reference graph-core 10.6."""

from typing import Any

import pytest
from outlook365_emulator.directory.consent import revoke
from outlook365_emulator.directory.users import revoke_sessions


@pytest.fixture
def life(endpoint: Any) -> str:
    """The endpoint for lifecycle notifications."""
    return f"{endpoint.url}/life"


def events(endpoint: Any) -> list[str]:
    return [one["lifecycleEvent"] for one in endpoint.notifications if "lifecycleEvent" in one]


def test_before_the_token_ends_it_has_to_be_reauthorized(
    org: Any, endpoint: Any, subscribe: Any, life: str, advance: Any
) -> None:
    made = subscribe(minutes=600, lifecycleNotificationUrl=life)
    advance(minutes=50)
    assert events(endpoint) == []
    advance(minutes=10)
    [(path, content)] = endpoint.posted
    assert path == "/hook/life"
    assert content["value"] == [
        {
            "subscriptionId": made["id"],
            "subscriptionExpirationDateTime": "2026-03-02T19:00:00+00:00",
            "tenantId": org.tenant.id,
            "clientState": "our secret",
            "lifecycleEvent": "reauthorizationRequired",
            "organizationId": org.tenant.id,
            "encryptedContent": None,
            "resource": f"Subscriptions/{made['id']}",
            "resourceChangeType": None,
            "resourceData": {
                "@odata.id": f"subscriptions/{made['id']}",
                "@odata.type": "#microsoft.graph.subscription",
                "id": made["id"],
            },
        }
    ]


def test_a_token_that_is_about_to_end_is_asked_about_once(
    graph: Any, org: Any, endpoint: Any, subscribe: Any, life: str, advance: Any
) -> None:
    made = subscribe(minutes=600, lifecycleNotificationUrl=life)
    token = graph.token(org.ada)
    advance(minutes=57)
    assert graph.post(f"/subscriptions/{made['id']}/reauthorize", token=token).status == 204
    advance(minutes=9)
    assert events(endpoint) == ["reauthorizationRequired"]
    advance(minutes=2)
    assert events(endpoint) == ["reauthorizationRequired"] * 2


def test_without_an_endpoint_for_it_nothing_is_asked(
    org: Any, endpoint: Any, subscribe: Any, advance: Any, deliver: Any
) -> None:
    subscribe(minutes=600)
    advance(hours=3)
    org.receive(org.ada)
    deliver()
    assert endpoint.kinds == ["created"]


@pytest.mark.parametrize("how", ["reauthorize", "renew"])
def test_until_then_it_is_paused(
    graph: Any, org: Any, endpoint: Any, subscribe: Any, body: Any, life: str, advance: Any, deliver: Any, how: str
) -> None:
    path = f"/subscriptions/{subscribe(minutes=600, lifecycleNotificationUrl=life)['id']}"
    advance(minutes=58)
    org.receive(org.ada, subject="unseen")
    deliver()
    assert endpoint.kinds == ["reauthorizationRequired"]
    if how == "renew":
        ends = body(minutes=900)["expirationDateTime"]
        assert graph.patch(path, {"expirationDateTime": ends}, as_=org.ada).status == 200
    else:
        assert graph.post(f"{path}/reauthorize", as_=org.ada).status == 204
    org.receive(org.ada, subject="seen")
    deliver()
    assert sorted(endpoint.kinds[1:]) == ["created", "missed"]
    advance(minutes=50)
    assert events(endpoint) == ["reauthorizationRequired", "missed"]
    advance(minutes=10)
    assert events(endpoint) == ["reauthorizationRequired", "missed", "reauthorizationRequired"]


def test_withdrawn_consent(graph: Any, org: Any, endpoint: Any, subscribe: Any, life: str, deliver: Any) -> None:
    subscribe(lifecycleNotificationUrl=life)
    principal = org.tenant.service_principals.find("client", org.app.client_id)
    with org.world.unit() as unit:
        revoke(org.tenant, unit, principal, ["Mail.ReadWrite", "Mail.Read.Shared"])
    org.receive(org.ada)
    deliver()
    assert endpoint.kinds == ["reauthorizationRequired"]
    [dropped] = [one for one in org.world.notices.deliveries if one.outcome == "dropped"]
    assert "consent was withdrawn" in dropped.reason


def test_revoked_sessions_remove_it(
    org: Any, graph: Any, endpoint: Any, subscribe: Any, life: str, deliver: Any
) -> None:
    made = subscribe(lifecycleNotificationUrl=life)
    with org.world.unit() as unit:
        revoke_sessions(org.tenant, unit, org.ada)
    org.receive(org.ada)
    deliver()
    assert endpoint.kinds == ["subscriptionRemoved"]
    assert graph.get(f"/subscriptions/{made['id']}").status == 404


def test_it_ends(graph: Any, org: Any, endpoint: Any, subscribe: Any, deliver: Any, advance: Any) -> None:
    subscribe(minutes=45)
    advance(minutes=44)
    org.receive(org.ada)
    deliver()
    advance(minutes=1)
    org.receive(org.ada)
    deliver()
    assert endpoint.kinds == ["created"]


def test_a_renewed_one_lives_on(
    graph: Any, org: Any, endpoint: Any, subscribe: Any, body: Any, advance: Any, deliver: Any
) -> None:
    path = f"/subscriptions/{subscribe(minutes=45)['id']}"
    advance(minutes=30)
    graph.patch(path, {"expirationDateTime": body(minutes=60)["expirationDateTime"]}, as_=org.ada)
    advance(minutes=30)
    org.receive(org.ada)
    deliver()
    assert endpoint.kinds == ["created"]
    advance(minutes=30)
    assert graph.get(path).status == 410

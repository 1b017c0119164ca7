"""The control API at the HTTP port of a running emulator."""

from typing import Any

import httpx


def test_a_world_lives_and_goes_over_http(control: httpx.Client) -> None:
    made = control.post("/worlds", json={"tenants": [{"users": [{"name": "grace"}]}]})
    assert made.status_code == 201
    world = f"/worlds/{made.json()['name']}"
    user = f"{world}/tenants/{made.json()['tenants'][0]['id']}/users/grace"
    assert control.post(f"{user}/messages", json={"subject": "Hello"}).json()["subject"] == "Hello"
    assert control.get(f"{user}/messages?folder=inbox").json()["value"][0]["subject"] == "Hello"
    assert control.post(f"{world}/port").json()["tls_port"] > 0
    assert control.delete(world).status_code == 204
    assert control.get(world).status_code == 404


def test_a_user_that_the_control_api_added_signs_in(control: httpx.Client, details: dict[str, Any]) -> None:
    tenant = {
        "users": [{"name": "grace", "messages": [{"subject": "Hello"}]}],
        "apps": [{"auth": "client_credentials"}],
    }
    made = control.post("/worlds", json={"tenants": [tenant]}).json()
    app, grace = made["tenants"][0]["apps"][0], made["tenants"][0]["users"][0]
    token = httpx.post(
        f"{details['login_url']}/{app['tenant_id']}/oauth2/v2.0/token",
        data={
            "grant_type": "client_credentials",
            "client_id": app["client_id"],
            "client_secret": app["client_secret"],
            "scope": "https://graph.microsoft.com/.default",
        },
        trust_env=False,
    ).json()["access_token"]
    messages = httpx.get(
        f"{details['graph_url']}/v1.0/users/{grace['upn']}/messages",
        headers={"Authorization": f"Bearer {token}"},
        trust_env=False,
    ).json()["value"]
    assert [message["subject"] for message in messages] == ["Hello"]
    journal = control.get(f"/worlds/{made['name']}/journal").json()
    assert [entry["status"] for entry in journal["entries"]] == [200, 200]
    assert app["client_secret"] not in str(journal)
    assert control.delete(f"/worlds/{made['name']}").status_code == 204


def test_another_host_or_origin_does_not_reach_it(control: httpx.Client) -> None:
    graph = control.get("/worlds", headers={"Host": "graph.microsoft.com"})
    assert graph.status_code >= 400
    assert "contoso" not in graph.text
    assert control.get("/worlds", headers={"Host": "evil.example"}).status_code == 403
    assert control.get("/worlds", headers={"Origin": "https://evil.example"}).status_code == 403

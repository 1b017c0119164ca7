"""What a national cloud lacks: segments are unknown there, properties are left out (reference graph-core 13)."""

from typing import Any

import pytest

DELTA = "/me/mailFolders/inbox/messages/delta"


@pytest.mark.parametrize(("cloud", "status"), [("global", 200), ("usgov", 200), ("usgov_dod", 200), ("china", 400)])
def test_a_segment_that_a_cloud_lacks(graph_in: Any, cloud: str, status: int) -> None:
    graph = graph_in(cloud)
    answer = graph("GET", DELTA)
    assert answer.status_code == status
    if status == 400:
        assert answer.json()["error"]["message"] == "Resource not found for the segment 'delta'."
        assert cloud in graph.last().reason


@pytest.mark.parametrize(
    ("cloud", "lacks"),
    [
        ("global", set()),
        ("usgov", {"conversationIndex"}),
        ("usgov_dod", {"conversationIndex"}),
        ("china", {"conversationIndex", "flag"}),
    ],
)
def test_properties_that_a_cloud_lacks(graph_in: Any, cloud: str, lacks: set[str]) -> None:
    graph = graph_in(cloud)
    graph.receive()
    one = graph.get("/me/messages")["value"][0]
    assert {"conversationIndex", "flag"} - set(one) == lacks
    assert "subject" in one
    for name in lacks:
        assert graph.refused(f"/me/messages?$select={name}") == (400, "BadRequest")


def test_folders_of_the_government_clouds_do_not_say_whether_they_are_hidden(graph_in: Any) -> None:
    assert "isHidden" not in graph_in("usgov").get("/me/mailFolders/inbox")
    assert graph_in("global").get("/me/mailFolders/inbox")["isHidden"] is False


@pytest.mark.parametrize(
    ("cloud", "method", "path", "body", "name", "kind"),
    [
        ("china", "POST", "/me/messages", {"Flag": {"flagStatus": "flagged"}}, "Flag", "message"),
        ("china", "POST", "/me/messages", {"internetMessageHeaders": [{"name": "x-a", "value": "b"}]},
         "internetMessageHeaders", "message"),
        ("china", "POST", "/me/sendMail", {"message": {"flag": {"flagStatus": "flagged"}}}, "flag", "message"),
        ("china", "POST", "/me/mailFolders",
         {"displayName": "x", "singleValueExtendedProperties": [{"id": "String 0x1A", "value": "x"}]},
         "singleValueExtendedProperties", "mailFolder"),
        ("china", "POST", "/me/messages",
         {"@odata.type": "microsoft.graph.eventMessage", "flag": {"flagStatus": "flagged"}}, "flag", "eventMessage"),
        ("usgov", "POST", "/me/mailFolders", {"displayName": "x", "isHidden": True}, "isHidden", "mailFolder"),
        ("usgov_dod", "POST", "/me/messages", {"conversationIndex": "eA=="}, "conversationIndex", "message"),
    ],
)  # fmt: skip
def test_a_body_may_not_hold_what_a_cloud_lacks(
    graph_in: Any, cloud: str, method: str, path: str, body: dict[str, Any], name: str, kind: str
) -> None:
    graph = graph_in(cloud)
    answer = graph(method, path, json=body)
    assert answer.status_code == 400, answer.text
    error = answer.json()["error"]
    assert error["code"] == "RequestBodyRead"
    assert error["message"].startswith(f"The property '{name}' does not exist on type 'microsoft.graph.{kind}'.")
    assert f"{name!r} in this cloud" in graph.last().reason
    elsewhere = graph_in("global")(method, path, json=body)
    assert elsewhere.status_code < 300 or elsewhere.json()["error"]["code"] != "RequestBodyRead"


@pytest.mark.parametrize("cloud", ["usgov", "china"])
def test_a_subscription_may_not_hold_what_a_cloud_lacks(graph_in: Any, cloud: str) -> None:
    graph = graph_in(cloud)
    answer = graph("POST", "/subscriptions", json={"notificationUrlAppId": "24d3b144-21ae-4080-943f-7067b395b913"})
    assert answer.status_code == 400
    assert "notificationUrlAppId" in graph.last().reason


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("$filter=flag/flagStatus eq 'flagged'", "flag"),
        ("$filter=isRead eq true and FLAG/flagStatus eq 'flagged'", "flag"),
        ("$orderby=flag/flagStatus", "flag"),
    ],
)
def test_a_query_may_not_name_what_a_cloud_lacks(graph_in: Any, query: str, name: str) -> None:
    answer = graph_in("china")("GET", f"/me/messages?{query}")
    assert answer.status_code == 400
    assert answer.json()["error"]["message"] == (
        f"Could not find a property named '{name}' on type 'microsoft.graph.message'."
    )
    assert graph_in("global")("GET", f"/me/messages?{query}").status_code == 200

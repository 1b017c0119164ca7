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

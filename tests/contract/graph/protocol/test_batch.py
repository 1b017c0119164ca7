"""Several requests in one, each answered as if it had come alone (reference graph-core 8)."""

import base64
from typing import Any

import pytest
from outlook365_emulator.graph import batch

covers = pytest.mark.covers.with_args
pytestmark = covers(batch.batch)


def test_each_item_is_answered_for_itself(graph: Any, batch_of: Any) -> None:
    message = graph.receive("Invoice 17")
    found = batch_of(graph, "/me/messages?$select=subject", "me", "/me/nothing", "//me/mailFolders/inbox")
    assert found["1"]["body"]["value"][0]["subject"] == "Invoice 17"
    assert found["2"]["body"]["userPrincipalName"] == "ada@contoso.example"
    assert (found["3"]["status"], found["3"]["body"]["error"]["code"]) == (400, "BadRequest")
    assert found["4"]["body"]["totalItemCount"] == 1
    assert message.subject == "Invoice 17"


def test_header_fields_of_items(graph: Any, batch_of: Any) -> None:
    graph.receive()
    found = batch_of(graph, "/me/messages", "/me")
    assert "; odata.streaming=true" in found["1"]["headers"]["Content-Type"]
    assert found["1"]["headers"]["Cache-Control"] == "private"
    assert found["2"]["headers"]["OData-Version"] == "4.0"
    assert found["2"]["headers"]["x-ms-resource-unit"] == "1"
    assert ";odata.streaming=true" in found["2"]["headers"]["Content-Type"]


def test_a_204_has_no_body(graph: Any, batch_of: Any) -> None:
    graph.receive()
    identity = graph.get("/me/messages")["value"][0]["id"]
    found = batch_of(graph, {"id": "d", "method": "DELETE", "url": f"/me/messages/{identity}"})
    assert found["d"]["status"] == 204
    assert "body" not in found["d"]


def test_content_that_is_no_json_comes_as_base64(graph: Any, batch_of: Any) -> None:
    graph.receive()
    found = batch_of(graph, "/me/messages/$count")
    assert base64.b64decode(found["1"]["body"]) == b"1"


def test_a_write_and_what_depends_on_it(graph: Any, batch_of: Any) -> None:
    draft = {"subject": "Draft"}
    found = batch_of(
        graph,
        {"id": "list", "method": "GET", "url": "/me/mailFolders/drafts/messages", "dependsOn": ["make"]},
        {
            "id": "make",
            "method": "POST",
            "url": "/me/messages",
            "headers": {"content-type": "application/json"},
            "body": draft,
        },
    )
    assert found["make"]["status"] == 201
    assert found["make"]["headers"]["Location"].startswith("https://graph.microsoft.com/v1.0/users(")
    assert [one["subject"] for one in found["list"]["body"]["value"]] == ["Draft"]


def test_what_depends_on_a_failure_is_not_tried(graph: Any, batch_of: Any) -> None:
    found = batch_of(
        graph,
        {"id": "1", "method": "GET", "url": "/me/nothing"},
        {"id": "2", "method": "GET", "url": "/me", "dependsOn": ["1"]},
        {"id": "3", "method": "GET", "url": "/me", "dependsOn": ["2"]},
        {"id": "4", "method": "GET", "url": "/me"},
    )
    assert {key: one["status"] for key, one in found.items()} == {"1": 400, "2": 424, "3": 424, "4": 200}
    assert found["2"]["body"]["error"]["code"] == "FailedDependency"


def test_errors_of_items_carry_the_ids_of_the_outer_request(graph: Any, batch_of: Any) -> None:
    graph.headers["client-request-id"] = "0e4f9d3c-5f1c-4a65-9a2f-2b9f7a3a1b11"
    error = batch_of(graph, "/me/messages/AAA")["1"]["body"]["error"]
    assert error["code"] == "ErrorInvalidIdMalformed"
    assert error["innerError"]["client-request-id"] == "0e4f9d3c-5f1c-4a65-9a2f-2b9f7a3a1b11"


@pytest.mark.parametrize("url", ["https://graph.microsoft.com/v1.0/me", "/$batch", "http://[bad", "//[bad", "#", "?"])
def test_urls_that_no_item_may_have(graph: Any, batch_of: Any, url: str) -> None:
    assert (
        batch_of(graph, {"id": "1", "method": "POST" if "$batch" in url else "GET", "url": url})["1"]["status"] == 400
    )


def test_an_item_may_bring_a_token_of_its_own(graph: Any, batch_of: Any) -> None:
    bob = {"Authorization": f"Bearer {graph.token('User.Read', user=graph.bob)}"}
    found = batch_of(graph, "/me", {"id": "bob", "method": "GET", "url": "/me", "headers": bob})
    assert found["1"]["body"]["displayName"] == "Ada"
    assert found["bob"]["body"]["displayName"] == "Bob"


def test_a_token_of_another_world_opens_nothing(graph: Any, graph_in: Any, batch_of: Any) -> None:
    stranger = {"Authorization": graph_in().headers["Authorization"]}
    found = batch_of(graph, {"id": "x", "method": "GET", "url": "/me", "headers": stranger})
    assert found["x"]["status"] == 401
    assert found["x"]["body"]["error"]["code"] == "OrganizationFromTenantGuidNotFound"


def test_items_are_in_the_journal(graph: Any, batch_of: Any) -> None:
    batch_of(graph, "/me/messages", "/me/nothing")
    entries = list(graph.world.journal)
    assert [(one.operation, one.status, one.batch) for one in entries] == [
        ("mail.messages.list", 200, "1"),
        ("", 400, "2"),
        ("batch.batch", 200, ""),
    ]


def test_order_is_shuffled_and_can_be_kept(graph: Any) -> None:
    items = [{"id": str(number), "method": "GET", "url": "/me"} for number in range(20)]
    given = [one["id"] for one in items]

    def order() -> list[str]:
        return [one["id"] for one in graph("POST", "/$batch", json={"requests": items}).json()["responses"]]

    assert order() != given
    assert sorted(order(), key=int) == given
    graph.world.settings["batch_order"] = "request"
    assert order() == given


@pytest.mark.parametrize("body", [{"id": "1", "method": "POST", "url": "/me/sendMail"}, {"body": {}}, {"body": None}])
def test_a_post_may_lack_its_body(graph: Any, batch_of: Any, body: dict[str, Any]) -> None:
    found = batch_of(graph, {"id": "1", "method": "POST", "url": "/me/sendMail", **body})
    assert found["1"]["body"]["error"]["message"].startswith("Unable to read JSON request payload.")


@pytest.mark.parametrize(
    ("payload", "code", "message"),
    [
        ({}, "BadRequest", "Invalid batch payload format."),
        ({"requests": []}, "BadRequest", "Invalid batch payload format."),
        ({"requests": {}}, "BadRequest", "Invalid batch payload format."),
        ({"requests": ["/me"]}, "BadRequest", "Invalid batch payload format."),
        ({"requests": [{"id": 1, "method": "GET", "url": "/me"}]}, "BadRequest", "Invalid batch payload format."),
        ({"requests": [{"id": "1", "method": "LOOK", "url": "/me"}]}, "BadRequest", "Invalid batch payload format."),
        ({"requests": [{"id": "1", "url": "/me"}]}, "BadRequest", "Invalid batch payload format."),
        (
            {"requests": [{"id": one, "method": "GET", "url": "/me"} for one in ("a", "A")]},
            "BadRequest",
            "Request Id A has to be unique in a batch.",
        ),
        (
            {"requests": [{"id": str(one), "method": "GET", "url": "/me"} for one in range(21)]},
            "MaximumValueExceeded",
            "Number of batch request steps exceeds the maximum value of 20.",
        ),
        (
            {"requests": [{"id": "1", "method": "GET", "url": "/me", "dependsOn": ["9"]}]},
            "BadRequest",
            "Request Id 1 depends on a request that is not in the batch.",
        ),
        (
            {
                "requests": [
                    {"id": "1", "method": "GET", "url": "/me", "dependsOn": ["2"]},
                    {"id": "2", "method": "GET", "url": "/me", "dependsOn": ["1"]},
                ]
            },
            "BadRequest",
            "Invalid batch payload format.",
        ),
        (
            {"requests": [{"id": "1", "method": "POST", "url": "/me/messages", "body": {"subject": "x"}}]},
            "BadRequest",
            "Write request id : 1 does not contain Content-Type header or body.",
        ),
    ],
)
def test_payloads_that_are_refused_whole(graph: Any, payload: Any, code: str, message: str) -> None:
    answer = graph("POST", "/$batch", json=payload)
    assert answer.status_code == 400
    assert (answer.json()["error"]["code"], answer.json()["error"]["message"]) == (code, message)
    assert "innerError" in answer.json()["error"]


def test_a_batch_needs_a_token(graph: Any) -> None:
    del graph.headers["Authorization"]
    answer = graph("POST", "/$batch", json={"requests": [{"id": "1", "method": "GET", "url": "/me"}]})
    assert answer.status_code == 401


def test_a_fault_meets_single_items(graph: Any, batch_of: Any) -> None:
    given = {"error": "throttled", "params": {"limit": "MailboxConcurrency"}, "retry_after": 3}
    fault = {"kind": "error", "with": given, "match": {"operation": "mail.messages.list"}}
    graph.world.faults.add(fault, graph.world.clock.now())
    found = batch_of(graph, "/me/messages", "/me")
    assert (found["1"]["status"], found["2"]["status"]) == (429, 200)
    assert found["1"]["headers"]["Retry-After"] == "3"


def test_a_refusal_of_the_directory_has_no_version_of_odata(graph: Any, batch_of: Any) -> None:
    headers = batch_of(graph, "/users/nobody")["1"]["headers"]
    assert headers == {"Content-Type": "application/json", "Cache-Control": "no-cache", "x-ms-resource-unit": "1"}
    assert "OData-Version" not in graph("GET", "/users/nobody").headers

"""Queries as data: each with the records that it finds, or the error that it gets."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from outlook365_emulator.directory.users import add_user

DATA = json.loads((Path(__file__).parents[3] / "data" / "odata" / "queries.json").read_text())
QUERIES = DATA["queries"]


def recipient(address: str) -> dict[str, Any]:
    return {"emailAddress": {"address": address, "name": address.partition("@")[0].title()}}


def document(row: dict[str, Any]) -> dict[str, Any]:
    kind = "html" if row["body"].startswith("<") else "text"
    return {
        "from": recipient(row["sender"]),
        "toRecipients": [recipient(one) for one in row["to"]],
        "ccRecipients": [recipient(one) for one in row["cc"]],
        "receivedDateTime": row["received"],
        "sentDateTime": row["received"],
        "isRead": row["read"],
        "importance": row["importance"],
        "categories": row["categories"],
        "body": {"contentType": kind, "content": row["body"]},
        "flag": {"flagStatus": row["flag"]},
        "inferenceClassification": row["inference"],
        "attachments": [
            {
                "@odata.type": "#microsoft.graph.fileAttachment",
                "name": name,
                "contentBytes": base64.b64encode(b"x").decode(),
            }
            for name in row["attachments"]
        ],
    }


@pytest.fixture(scope="module")
def filled(keys: Any, loop: Any, new_driver: Any) -> tuple[Any, dict[str, str]]:
    """A driver with the messages and people of the table, and the label of each record by its etag or name."""
    graph = new_driver()
    with graph.world.unit() as unit:
        for name in ("ada", "bob", "support"):
            user = graph.tenant.users.find("name", f"{name}@contoso.example")
            unit.remove(graph.tenant.users, user)
        unit.put(graph.tenant.users, graph.ada)
        for row in DATA["users"]:
            more = {key: value for key, value in row.items() if key != "name"}
            given = {"id": graph.ada.id} if row["name"] == "ada" else {}
            if given:
                unit.remove(graph.tenant.users, graph.ada)
                unit.remove(graph.tenant.mailboxes, graph.tenant.mailbox_of(graph.ada))
            add_user(graph.world, graph.tenant, unit, row["name"], **given, **more)
    graph("POST", "/me/mailFolders", json={"displayName": "archive2"})
    labels = {}
    for row in DATA["messages"]:
        message = graph.receive(row["subject"], folder=row["folder"], **document(row))
        labels[f'W/"{graph.tenant.mailbox_of(graph.ada).ids.change_key(message.change)}"'] = row["id"]
    return graph, labels


def label(record: dict[str, Any], labels: dict[str, str]) -> str:
    if "@odata.etag" in record:
        return labels[record["@odata.etag"]]
    name = record.get("userPrincipalName")
    return name.partition("@")[0] if name else record["displayName"]


@pytest.mark.parametrize("row", QUERIES, ids=[one["url"] for one in QUERIES])
def test_a_query(filled: tuple[Any, dict[str, str]], row: dict[str, Any]) -> None:
    graph, labels = filled
    answer = graph("GET", row["url"], headers=row.get("headers"))
    if "error" in row:
        assert answer.status_code >= 400, answer.text
        assert [answer.status_code, answer.json()["error"]["code"]] == row["error"], answer.text
        assert graph.last().reason, "the journal says what was wrong"
        return
    assert answer.status_code == 200, answer.text
    if row["expect"] is None:
        assert answer.text == str(row["count"])
        return
    body = answer.json()
    assert [label(one, labels) for one in body["value"]] == row["expect"]
    assert body.get("@odata.count") == row.get("count")


def test_there_are_many() -> None:
    assert len(QUERIES) >= 150

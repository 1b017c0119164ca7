"""What stands in the parentheses of `$expand` (reference graph-core 6.1)."""

import base64
from typing import Any

import pytest


@pytest.fixture
def files(graph: Any) -> Any:
    names = ("b.txt", "a.txt", "c.png")
    content = base64.b64encode(b"x").decode()
    attachments = [
        {"@odata.type": "#microsoft.graph.fileAttachment", "name": name, "contentBytes": content} for name in names
    ]
    graph.receive("With files", attachments=attachments)

    def expand(options: str) -> Any:
        return graph.get(f"/me/messages?$expand=attachments{options}")["value"][0]["attachments"]

    return expand


def test_everything_without_options(files: Any) -> None:
    assert [one["name"] for one in files("")] == ["b.txt", "a.txt", "c.png"]
    assert files("")[0]["contentBytes"]


def test_select(files: Any) -> None:
    assert {name for name in files("($select=id,Name)")[0] if "@" not in name} == {"id", "name"}
    assert "contentBytes" in files("($select=microsoft.graph.fileAttachment/contentBytes)")[0]


@pytest.mark.parametrize(
    ("options", "names"),
    [
        ("($filter=name eq 'A.TXT')", ["a.txt"]),
        ("($filter=endswith(name,'.txt') and isInline eq false)", ["b.txt", "a.txt"]),
        ("($orderby=name)", ["a.txt", "b.txt", "c.png"]),
        ("($orderby=name desc;$top=1)", ["c.png"]),
        ("($skip=1;$top=1;$select=name)", ["a.txt"]),
        ("($top=0)", []),
    ],
)
def test_filter_order_and_page(files: Any, options: str, names: list[str]) -> None:
    assert [one["name"] for one in files(options)] == names


def test_it_is_expanded_beside_a_selection(graph: Any, files: Any) -> None:
    one = graph.get("/me/messages?$select=subject&$expand=attachments($select=name)")["value"][0]
    assert set(one) - {"id"} == {"@odata.etag", "subject", "attachments", "attachments@odata.context"}


@pytest.mark.parametrize(
    ("option", "code"),
    [
        ("attachments($select=nothing)", "BadRequest"),
        ("attachments($filter=nothing eq 1)", "RequestBroker--ParseUri"),
        ("attachments($filter=name eq 1)", "BadRequest"),
        ("attachments($orderby=nothing)", "RequestBroker--ParseUri"),
        ("attachments($expand=item)", "ExpandNotSupported"),
        ("attachments($nothing=1)", "BadRequest"),
        ("attachments($top=x)", "BadRequest"),
        ("attachments(", "BadRequest"),
        ("*", "ExpandNotSupported"),
        ("sender", "ExpandNotSupported"),
    ],
)
def test_what_is_refused(graph: Any, files: Any, option: str, code: str) -> None:
    assert graph.refused(f"/me/messages?$expand={option}") == (400, code)

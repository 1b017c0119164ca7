"""Extended properties of folders: reference graph-mail 16."""

from typing import Any

import pytest

CLASS = "String 0x3613"
COLOUR = "String {66f5a359-4659-4830-9070-00040ec6ac6e} Name Colour"


@pytest.fixture
def me(graph: Any, org: Any) -> Any:
    def ask(method: str, path: str = "", body: Any = None) -> Any:
        return graph.ask(method, f"/me/mailFolders{path}", body, as_=org.ada)

    return ask


def expand(*ids: str, member: str = "singleValueExtendedProperties") -> str:
    condition = " or ".join(f"id eq '{one}'" for one in ids)
    return f"?$expand={member}($filter={condition})"


class TestExtendedProperties:
    def test_set_and_read(self, me: Any) -> None:
        body = {"displayName": "A", "singleValueExtendedProperties": [{"id": COLOUR, "value": "red"}]}
        made = me("POST", body=body)
        assert made.status == 201
        assert "singleValueExtendedProperties" not in made.json
        path = f"/{made.json['id']}"
        found = me("GET", f"{path}{expand(COLOUR, CLASS)}").json["singleValueExtendedProperties"]
        assert found == [{"id": CLASS, "value": "IPF.Note"}, {"id": COLOUR, "value": "red"}]
        me("PATCH", path, {"singleValueExtendedProperties": [{"id": COLOUR, "value": None}]})
        assert "singleValueExtendedProperties" not in me("GET", f"{path}{expand(COLOUR)}").json

    def test_several_values(self, me: Any) -> None:
        many = COLOUR.replace("String", "StringArray", 1)
        body = {"displayName": "A", "multiValueExtendedProperties": [{"id": many, "value": ["red", "blue"]}]}
        made = me("POST", body=body).json["id"]
        found = me("GET", f"/{made}{expand(many, member='multiValueExtendedProperties')}").json
        assert found["multiValueExtendedProperties"] == [{"id": many, "value": ["red", "blue"]}]

    def test_the_class_of_every_folder_in_a_list(self, me: Any) -> None:
        rows = me("GET", expand("string 0x3613")).values
        assert len(rows) == 8
        assert all(one["singleValueExtendedProperties"] == [{"id": CLASS, "value": "IPF.Note"}] for one in rows)

    def test_in_a_filter(self, me: Any) -> None:
        for name, value in (("A", "red"), ("B", "blue")):
            me("POST", body={"displayName": name, "singleValueExtendedProperties": [{"id": COLOUR, "value": value}]})
        query = f"?$filter=singleValueExtendedProperties/any(p:p/id eq '{COLOUR}' and p/value eq 'RED')"
        assert [one["displayName"] for one in me("GET", query).values] == ["A"]

    def test_what_is_refused(self, me: Any) -> None:
        bad = {"displayName": "A", "singleValueExtendedProperties": [{"id": "Colour", "value": "red"}]}
        assert me("POST", body=bad).status == 400
        assert me("GET", expand("Colour")).status == 400
        assert me("GET", "?$expand=singleValueExtendedProperties").status == 400
        assert me("GET", "/$count").body == b"8"

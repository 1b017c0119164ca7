"""`$metadata`: readable by anybody, well-formed, and closed: every type that it names it declares."""

import xml.etree.ElementTree as ET
from typing import Any

import pytest

EDM = "{http://docs.oasis-open.org/odata/ns/edm}"


@pytest.fixture
def document(graph: Any) -> ET.Element:
    answer = graph("GET", "/$metadata", headers={"Authorization": ""})
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/xml")
    return ET.fromstring(answer.text)


def test_types_with_their_bases(document: ET.Element) -> None:
    message = document.find(f".//{EDM}EntityType[@Name='message']")
    assert message is not None
    assert message.get("BaseType") == "graph.outlookItem"
    properties = {one.get("Name"): one.get("Type") for one in message.findall(f"{EDM}Property")}
    assert properties["subject"] == "Edm.String"
    assert properties["toRecipients"] == "Collection(graph.recipient)"
    assert "changeKey" not in properties, "what the base declares is not repeated"
    assert document.find(f".//{EDM}EntityType[@Name='entity']/{EDM}Key/{EDM}PropertyRef").get("Name") == "id"


def test_every_type_that_it_names_is_declared(document: ET.Element) -> None:
    kinds = ("EntityType", "ComplexType", "EnumType")
    declared = {f"graph.{one.get('Name')}" for kind in kinds for one in document.iter(f"{EDM}{kind}")}
    named = {
        (one.get(attribute) or "").removeprefix("Collection(").removesuffix(")")
        for one in document.iter()
        for attribute in ("Type", "BaseType")
    }
    assert {name for name in named if name.startswith("graph.")} <= declared


def test_actions_and_functions(document: ET.Element) -> None:
    move = next(one for one in document.iter(f"{EDM}Action") if one.get("Name") == "move")
    assert next(one.get("Name") for one in move.iter(f"{EDM}Parameter")) == "bindingParameter"
    assert {one.get("Name") for one in document.iter(f"{EDM}Function")} >= {"delta", "supportedTimeZones"}


@pytest.mark.parametrize("spelling", ["/$METADATA", "/%24metadata", "/$metadata/"])
def test_spellings(graph: Any, spelling: str) -> None:
    assert graph("GET", f"{graph.cloud.graph_url}/v1.0{spelling}").headers["content-type"] == "application/xml"


def test_no_other_verb(graph: Any) -> None:
    assert graph("POST", "/$metadata").status_code == 400

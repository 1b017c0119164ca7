"""Ids in all their forms: reference graph-core 7."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from outlook365_emulator.graph.mail import exchange_ids
from outlook365_emulator.store.item_ids import MalformedId

covers = pytest.mark.covers.with_args
FORMS = ("restId", "ewsId", "entryId", "restImmutableEntryId", "immutableEntryId")


@pytest.fixture
def translated(graph: Any, org: Any) -> Any:
    def ask(ids: list[str], source: str, target: str) -> Any:
        body = {"inputIds": ids, "sourceIdType": source, "targetIdType": target}
        return graph.post("/me/translateExchangeIds", body, as_=org.ada, scopes=["User.Read"])

    return ask


@covers(exchange_ids.translate_exchange_ids)
class TestTranslate:
    @pytest.mark.parametrize("source", FORMS)
    @pytest.mark.parametrize("target", FORMS)
    def test_every_form_to_every_other_and_back(self, translated: Any, org: Any, source: str, target: str) -> None:
        ids = []
        for _ in range(3):
            message = org.receive(org.ada)
            ids.append(org.mailbox(org.ada).ids.item(message.folder, message.number))
        first = [one["targetId"] for one in translated(ids, "restId", source).values]
        rows = translated(first, source, target).values
        assert [one["sourceId"] for one in rows] == first
        assert all("errorDetails" not in one for one in rows)
        back = translated([one["targetId"] for one in rows], target, "restId").values
        assert [one["targetId"] for one in back] == ids

    def test_the_immutable_form_finds_the_message(self, translated: Any, graph: Any, org: Any) -> None:
        message = graph.post("/me/messages", {"subject": "x"}, as_=org.ada).json["id"]
        [one] = translated([message], "restId", "restImmutableEntryId").values
        assert graph.get(f"/me/messages/{one['targetId']}", as_=org.ada).json["subject"] == "x"
        answer = translated([message], "RestId", "restimmutableentryid")
        assert answer.json["@odata.context"].endswith("#Collection(microsoft.graph.convertIdResult)")

    @pytest.mark.parametrize("source", ["restId", "ewsId"])
    def test_an_immutable_id_that_is_said_to_be_none(self, translated: Any, org: Any, source: str) -> None:
        immutable = org.mailbox(org.ada).ids.immutable(org.receive(org.ada).stable)
        answer = translated([immutable], source, "restImmutableEntryId")
        assert (answer.status, answer.code) == (400, "InvalidArgument")
        assert "restImmutableEntryId" in answer.entry.reason

    def test_forms_as_exchange_writes_them(self, translated: Any, org: Any) -> None:
        message = org.receive(org.ada)
        item = org.mailbox(org.ada).ids.item(message.folder, message.number)
        [ews] = translated([item], "restId", "ewsId").values
        assert ews["targetId"] == item.replace("-", "/").replace("_", "+")
        [entry] = translated([item], "restId", "entryId").values
        assert entry["targetId"][-1] in "012"
        assert not set(entry["targetId"]) & set("/+=")

    def test_a_folder(self, translated: Any, org: Any) -> None:
        folder = org.mailbox(org.ada).ids.folder(268)
        for target in ("restId", "ewsId", "entryId"):
            [there] = translated([folder], "restId", target).values
            [back] = translated([there["targetId"]], target, "restId").values
            assert back["targetId"] == folder
        [constant] = translated([folder], "restId", "restImmutableEntryId").values
        assert constant["targetId"] == folder

    @pytest.mark.parametrize("source", FORMS)
    def test_one_bad_id_beside_a_good_one(self, translated: Any, org: Any, source: str) -> None:
        message = org.receive(org.ada)
        item = org.mailbox(org.ada).ids.item(message.folder, message.number)
        good = translated([item], "restId", source).values[0]["targetId"]
        foreign = org.mailbox(org.ben).ids.item(268, 5)
        rows = translated(["made-up", good, foreign], source, "restId").values
        assert [one.get("errorDetails", {}).get("code") for one in rows] == [
            "ErrorInvalidIdMalformed",
            None,
            "ErrorInvalidIdMalformed",
        ]

    def test_a_message_that_is_gone_has_no_immutable_form(self, translated: Any, org: Any) -> None:
        item = org.mailbox(org.ada).ids.item(268, 999_999)
        [one] = translated([item], "restId", "restImmutableEntryId").values
        assert one["errorDetails"]["message"] == "Id is malformed."

    def test_a_thousand_at_most(self, translated: Any) -> None:
        assert len(translated(["x"] * 1000, "restId", "ewsId").values) == 1000
        assert translated(["x"] * 1001, "restId", "ewsId").code == "ErrorInvalidParameter"
        assert translated(["x"], "restId", "mapiId").code == "RequestBodyRead"


@given(st.binary(max_size=90))
def test_entry_ids_are_read_as_they_are_written(data: bytes) -> None:
    assert exchange_ids._entry_bytes(exchange_ids._entry(data)) == data


@given(st.text(max_size=40))
def test_any_text_is_an_entry_id_or_malformed(text: str) -> None:
    try:
        exchange_ids._entry_bytes(text)
    except MalformedId:
        return
    assert text[-1] in "012"

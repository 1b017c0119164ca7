"""Non-delivery reports, delivery and read receipts: reference graph-mail 8."""

from email import message_from_bytes
from typing import Any

import pytest

BEN, NOBODY = "ben@contoso.example", "nobody@contoso.example"
POSTMASTER = "MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@contoso.example"


@pytest.fixture
def send(graph: Any, org: Any, mail: Any) -> Any:
    """Send a message as ada."""

    def submit(*to: str, **members: Any) -> None:
        answer = graph.post("/me/sendMail", {"message": mail(*to, **members)}, as_=org.ada)
        assert answer.status == 202, answer.body

    return submit


@pytest.fixture
def parts(graph: Any, org: Any) -> Any:
    """Return the report type and the content types of a report in ada's mailbox."""

    def read(message: Any) -> tuple[str, list[str]]:
        text = message_from_bytes(graph.get(f"/users/{org.ada.id}/messages/{message['id']}/$value").body)
        return str(text.get_param("report-type")), [one.get_content_type() for one in text.get_payload()]

    return read


@pytest.fixture
def message_class(graph: Any, org: Any) -> Any:
    """Return the message class of a message of ada's."""

    def read(message: Any) -> str:
        query = "$expand=singleValueExtendedProperties($filter=id eq 'String 0x001A')"
        found = graph.get(f"/users/{org.ada.id}/messages/{message['id']}?{query}").json
        return str(found["singleValueExtendedProperties"][0]["value"])

    return read


def test_an_unknown_address(graph: Any, org: Any, send: Any, parts: Any, message_class: Any) -> None:
    send(BEN, NOBODY, "other@contoso.example", subject="Hi")
    assert len(graph.inbox(org.ben)) == 1
    report = graph.inbox(org.ada)[0]
    assert report["subject"] == "Undeliverable: Hi"
    assert report["from"] == report["sender"]
    assert report["from"]["emailAddress"] == {"name": "Microsoft Outlook", "address": POSTMASTER}
    assert report["body"]["content"].startswith("Delivery has failed to these recipients or groups:")
    assert NOBODY in report["body"]["content"]
    assert "@odata.type" not in report
    assert message_class(report) == "REPORT.IPM.Note.NDR"
    assert parts(report) == ("delivery-status", ["text/plain", "message/delivery-status", "text/rfc822-headers"])
    raw = graph.get(f"/users/{org.ada.id}/messages/{report['id']}/$value").body
    assert b"Auto-Submitted: auto-replied\r\n" in raw
    assert b"Final-Recipient: rfc822;nobody@contoso.example\r\nAction: failed" in raw


def test_a_delivery_receipt(graph: Any, org: Any, send: Any, parts: Any, message_class: Any) -> None:
    send(BEN, subject="Hi", isDeliveryReceiptRequested=True)
    receipt = graph.inbox(org.ada)[0]
    assert receipt["subject"] == "Delivered: Hi"
    assert message_class(receipt) == "REPORT.IPM.Note.DR"
    assert parts(receipt)[0] == "delivery-status"
    assert graph.inbox(org.ben)[0]["isDeliveryReceiptRequested"] is None


class TestReadReceipt:
    def test_when_it_is_read_for_the_first_time(
        self, graph: Any, org: Any, send: Any, parts: Any, message_class: Any
    ) -> None:
        send(BEN, subject="Hi", isReadReceiptRequested=True)
        got = graph.inbox(org.ben)[0]
        assert got["isReadReceiptRequested"] is True
        assert graph.inbox(org.ada) == []
        for is_read in (True, False, True):
            graph.patch(f"/me/messages/{got['id']}", {"isRead": is_read}, as_=org.ben)
        receipts = graph.inbox(org.ada)
        assert [one["subject"] for one in receipts] == ["Read: Hi"]
        assert receipts[0]["from"]["emailAddress"]["address"] == BEN
        assert message_class(receipts[0]) == "REPORT.IPM.Note.IPNRN"
        assert parts(receipts[0])[0] == "disposition-notification"

    def test_the_reader_withdraws_it(self, graph: Any, org: Any, send: Any) -> None:
        send(BEN, isReadReceiptRequested=True)
        got = graph.inbox(org.ben)[0]
        graph.patch(f"/me/messages/{got['id']}", {"isReadReceiptRequested": False}, as_=org.ben)
        graph.patch(f"/me/messages/{got['id']}", {"isRead": True}, as_=org.ben)
        assert graph.inbox(org.ada) == []

    def test_nobody_asked(self, graph: Any, org: Any, send: Any) -> None:
        send(BEN)
        graph.patch(f"/me/messages/{graph.inbox(org.ben)[0]['id']}", {"isRead": True}, as_=org.ben)
        assert graph.inbox(org.ada) == []

    def test_its_sender_is_elsewhere(self, graph: Any, org: Any) -> None:
        record = org.receive(org.ben, isReadReceiptRequested=True)
        path = f"/me/messages/{org.mailbox(org.ben).ids.item(record.folder, record.number)}"
        assert graph.patch(path, {"isRead": True}, as_=org.ben).status == 200

"""Mail tips: reference graph-mail 15."""

from typing import Any

import pytest
from outlook365_emulator.graph.mail import mail_tips

covers = pytest.mark.covers.with_args


@pytest.fixture
def tips(graph: Any, org: Any) -> Any:
    def ask(addresses: list[str], options: str = "automaticReplies, mailboxFullStatus") -> Any:
        body = {"EmailAddresses": addresses, "MailTipsOptions": options}
        return graph.post("/me/getMailTips", body, as_=org.ada)

    return ask


@covers(mail_tips.get_mail_tips)
class TestMailTips:
    def test_one_for_each_address_in_order(self, tips: Any) -> None:
        answer = tips(["support@contoso.example", "BEN@contoso.example"])
        assert answer.status == 200
        assert answer.json["@odata.context"].endswith("#Collection(microsoft.graph.mailTips)")
        assert answer.values == [
            {
                "emailAddress": {"name": "", "address": address},
                "automaticReplies": {"message": ""},
                "mailboxFull": False,
            }
            for address in ("support@contoso.example", "BEN@contoso.example")
        ]

    def test_an_absence(self, tips: Any, graph: Any, org: Any) -> None:
        start, end = ({"dateTime": f"2026-03-0{day}T00:00:00.0000000", "timeZone": "UTC"} for day in (1, 9))
        replies = {
            "status": "scheduled",
            "internalReplyMessage": "Away",
            "scheduledStartDateTime": start,
            "scheduledEndDateTime": end,
        }
        body = {"automaticRepliesSetting": replies}
        graph.patch("/me/mailboxSettings", body, as_=org.ben, scopes=["MailboxSettings.ReadWrite"])
        [one] = tips(["ben@contoso.example"]).values
        assert one["automaticReplies"] == {
            "message": "Away",
            "messageLanguage": {"locale": "en-US", "displayName": "English (United States)"},
            "scheduledStartTime": start,
            "scheduledEndTime": end,
        }

    def test_only_what_was_asked_for(self, tips: Any) -> None:
        [one] = tips(["ben@contoso.example"], "RecipientScope").values
        assert list(one) == ["emailAddress", "recipientScope"]
        [one] = tips(["eve@example.org"], "recipientScope,totalMemberCount").values
        assert one == {"emailAddress": {"name": "", "address": "eve@example.org"}, "recipientScope": "external"}

    @pytest.mark.parametrize("address", ["nobody@contoso.example", "nobody"])
    def test_an_unknown_address(self, tips: Any, address: str) -> None:
        [one] = tips([address]).values
        assert set(one) == {"emailAddress", "error"}
        assert set(one["error"]) == {"code", "message"}

    @pytest.mark.parametrize(
        ("addresses", "options"), [([], "automaticReplies"), (["a@b.example"] * 101, "automaticReplies")]
    )
    def test_how_many(self, tips: Any, addresses: list[str], options: str) -> None:
        assert tips(addresses, options).code == "ErrorInvalidParameter"

    def test_an_unknown_option(self, tips: Any) -> None:
        assert tips(["ben@contoso.example"], "automaticReplies,mood").code == "RequestBodyRead"

"""Automatic replies on arrival: reference graph-mail 8 and 15."""

from datetime import timedelta
from typing import Any

import pytest

SCOPES = ["MailboxSettings.ReadWrite"]
ADA = "ada@contoso.example"
ON = {"status": "alwaysEnabled", "internalReplyMessage": "<p>Inside</p>", "externalReplyMessage": "<p>Outside</p>"}


@pytest.fixture
def away(graph: Any, org: Any) -> Any:
    """Set ada's automatic replies."""

    def change(user: Any = None, **members: Any) -> None:
        body = {"automaticRepliesSetting": {**ON, **members}}
        answer = graph.patch("/me/mailboxSettings", body, as_=user or org.ada, scopes=SCOPES)
        assert answer.status == 200, answer.body

    return change


@pytest.fixture
def send(graph: Any, org: Any, mail: Any) -> Any:
    def post(subject: str = "Hi", **members: Any) -> None:
        body = {"message": mail(ADA, subject=subject, **members)}
        assert graph.post("/me/sendMail", body, as_=org.ben).status == 202

    return post


def replies(graph: Any, user: Any) -> list[Any]:
    return [one for one in graph.inbox(user) if one["subject"].startswith("Automatic reply: ")]


def external(org: Any) -> list[str]:
    return [address for outgoing in org.world.outbox for address in outgoing.recipients]


class TestReply:
    def test_to_a_colleague(self, away: Any, send: Any, graph: Any, org: Any) -> None:
        away()
        send("Lunch?")
        [one] = replies(graph, org.ben)
        assert one["subject"] == "Automatic reply: Lunch?"
        assert "Inside" in one["body"]["content"]
        assert one["from"]["emailAddress"] == {"name": "Ada Lovelace", "address": ADA}
        [question] = graph.inbox(org.ada)
        assert one["conversationIndex"][:20] == question["conversationIndex"][:20]
        path = f"/users/{org.ben.id}/messages/{one['id']}?$select=internetMessageHeaders"
        headers = {row["name"]: row["value"] for row in graph.get(path).json["internetMessageHeaders"]}
        assert headers["Auto-Submitted"] == "auto-generated"
        assert headers["In-Reply-To"] == question["internetMessageId"]
        assert graph.inbox(org.ada, "sentitems") == []

    def test_to_somebody_outside(self, away: Any, graph: Any, org: Any) -> None:
        away()
        org.receive(org.ada, subject="Offer")
        assert external(org) == ["eve@example.org"]
        assert b"Outside" in org.world.outbox[0].document

    @pytest.mark.parametrize(("audience", "count"), [("all", 1), ("contactsOnly", 0), ("none", 0)])
    def test_who_outside_is_answered(
        self, away: Any, send: Any, graph: Any, org: Any, audience: str, count: int
    ) -> None:
        away(externalAudience=audience)
        org.receive(org.ada, subject="Offer")
        send()
        assert len(external(org)) == count
        assert len(replies(graph, org.ben)) == 1

    def test_once_for_each_sender_until_the_setting_changes(self, away: Any, send: Any, graph: Any, org: Any) -> None:
        away()
        for _ in range(3):
            send()
        assert len(replies(graph, org.ben)) == 1
        away(internalReplyMessage="Still away")
        send()
        assert len(replies(graph, org.ben)) == 2

    def test_only_while_it_is_scheduled(self, away: Any, send: Any, graph: Any, org: Any) -> None:
        start = org.world.clock.now() + timedelta(hours=1)
        away(
            status="scheduled",
            scheduledStartDateTime={"dateTime": f"{start:%Y-%m-%dT%H:%M:%S}", "timeZone": "UTC"},
            scheduledEndDateTime={"dateTime": f"{start + timedelta(hours=1):%Y-%m-%dT%H:%M:%S}", "timeZone": "UTC"},
        )
        for minutes, count in ((0, 0), (59, 0), (1, 1), (60, 1)):
            org.world.clock.set(org.world.clock.now() + timedelta(minutes=minutes))
            send(f"after {minutes}")
            assert len(replies(graph, org.ben)) == count, minutes


class TestSilence:
    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("Auto-Submitted", "auto-replied"),
            ("X-Auto-Response-Suppress", "OOF"),
            ("Precedence", "bulk"),
            ("List-Id", "<news.example.org>"),
        ],
    )
    def test_automatic_mail_is_not_answered(self, away: Any, org: Any, name: str, value: str) -> None:
        away()
        org.receive(org.ada, internetMessageHeaders=[{"name": name, "value": value}])
        assert external(org) == []

    @pytest.mark.parametrize(
        "sender", ["postmaster@example.org", "MAILER-DAEMON@example.org", ADA, "al@contoso.example"]
    )
    def test_nor_is_a_postmaster_nor_oneself(self, away: Any, org: Any, sender: str) -> None:
        away()
        org.receive(org.ada, sender=sender)
        assert external(org) == []
        assert len(org.mailbox(org.ada).messages) == 1

    def test_nothing_to_say(self, away: Any, send: Any, graph: Any, org: Any) -> None:
        away(internalReplyMessage="")
        send()
        assert replies(graph, org.ben) == []

    def test_switched_off(self, away: Any, send: Any, graph: Any, org: Any) -> None:
        away(status="disabled")
        send()
        assert replies(graph, org.ben) == []

    def test_two_people_away_write_one_reply_each(self, away: Any, send: Any, graph: Any, org: Any) -> None:
        away()
        away(org.ben)
        send()
        assert len(replies(graph, org.ben)) == 1
        assert replies(graph, org.ada) == []


def test_a_snapshot_remembers_who_was_answered(away: Any, send: Any, graph: Any, org: Any) -> None:
    away()
    box = org.mailbox(org.ada)
    state = box.state()
    send()
    assert [one.sender for one in box.answered] == ["ben@contoso.example"]
    box.restore(state)
    assert len(box.answered) == 0
    assert len(box.settings) == 1

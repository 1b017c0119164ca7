"""Invented mail: believable, and the same for the same seed."""

import sys
from collections import deque
from datetime import timedelta
from typing import Any

import pytest
from outlook365_emulator.graph.mail.filling import SLICE, fill
from outlook365_emulator.graph.mail.inventing import SPAN


def filled(org: Any, user: Any, messages: int, seed: int = 7) -> list[int]:
    return list(fill(org.world, org.tenant, org.world.unit, user, messages, seed))


def contents(org: Any, user: Any) -> list[Any]:
    rows = org.mailbox(user).messages
    return sorted((one.received, one.subject, one.preview, one.from_address, one.is_read, one.to) for one in rows)


@pytest.mark.parametrize("messages", [0, 1, SLICE, SLICE + 1, 230])
def test_as_many_as_asked_for(org: Any, messages: int) -> None:
    progress = filled(org, org.ada, messages)
    assert len(org.mailbox(org.ada).messages) == messages
    assert progress == sorted(progress)
    assert (progress or [0])[-1] == messages


def test_the_same_for_the_same_seed(new_graph: Any) -> None:
    first, second, other = (new_graph().org for _ in range(3))
    for org, seed in ((first, 7), (second, 7), (other, 8)):
        filled(org, org.ada, 120, seed)
    assert contents(first, first.ada) == contents(second, second.ada)
    assert contents(first, first.ada) != contents(other, other.ada)


def test_dates_end_at_the_emulated_present(org: Any) -> None:
    filled(org, org.ada, 300)
    now = org.world.clock.now()
    received = [one.received for one in org.mailbox(org.ada).messages]
    assert max(received) <= now
    assert max(received) > now - timedelta(days=5)
    assert min(received) > now - SPAN - timedelta(days=2)


def test_as_mail_looks_like(org: Any, graph: Any) -> None:
    filled(org, org.ada, 300)
    box = org.mailbox(org.ada)
    assert box.messages.total(268) > 100
    assert 0 < box.messages.unread(268) < box.messages.total(268) / 2
    assert box.messages.total(265) > 30
    threads = {one.conversation for one in box.messages}
    assert 60 < len(threads) < 250
    assert {one.has_attachments for one in box.messages} == {True, False}
    [first] = graph.get("/me/messages?$top=1&$filter=hasAttachments eq true&$expand=attachments", as_=org.ada).values
    assert first["attachments"][0]["contentBytes"]
    assert any(one.from_address == "ben@contoso.example" for one in box.messages)


def test_a_thread_holds_together(org: Any, graph: Any) -> None:
    filled(org, org.ada, 200)
    rows = graph.get("/me/messages?$top=200", as_=org.ada).values
    answers = [one for one in rows if one["subject"].startswith("RE: ")]
    assert answers
    for answer in answers:
        subject = answer["subject"].removeprefix("RE: ")
        same = [one for one in rows if one["conversationId"] == answer["conversationId"]]
        assert any(one["subject"] == subject and one["receivedDateTime"] <= answer["receivedDateTime"] for one in same)
        assert len({one["conversationIndex"][:29] for one in same}) == 1


def test_rules_do_not_see_it(org: Any, graph: Any) -> None:
    rule = {"displayName": "Away", "sequence": 1, "actions": {"delete": True}}
    graph.post("/me/mailFolders/inbox/messageRules", rule, as_=org.ada, scopes=["MailboxSettings.ReadWrite"])
    filled(org, org.ada, 60)
    assert org.mailbox(org.ada).messages.total(268) > 20


def test_without_a_mailbox(org: Any) -> None:
    with pytest.raises(LookupError, match=r"guest@contoso\.example has no mailbox"):
        filled(org, org.guest, 5)
    with pytest.raises(ValueError, match="must not be negative"):
        filled(org, org.ada, -1)


def test_many_in_slices(org: Any, amount: Any) -> None:
    messages = amount(2000, 100_000)
    deque(fill(org.world, org.tenant, org.world.unit, org.ada, messages, 1), maxlen=0)
    assert len(org.mailbox(org.ada).messages) == messages


def test_faker_is_loaded_when_needed() -> None:
    import subprocess

    code = "import outlook365_emulator.graph.service, sys; sys.exit('faker' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

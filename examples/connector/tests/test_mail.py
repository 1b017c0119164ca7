"""Every activity, by every kind of connection, on a person's and on a shared mailbox."""

import pytest

pytestmark = pytest.mark.outlook365(auth="*")


def test_list_page_and_get(at_work):
    connector, mailbox = at_work
    for number in range(25):
        mailbox.receive(subject=f"Invoice {number}", sender="billing@example.org", read=number > 0)
    assert [one["subject"] for one in connector.messages(top=10)] == [f"Invoice {n}" for n in reversed(range(25))]
    (unread,) = connector.messages(unread=True)
    assert connector.get(unread["id"], text=True)["body"]["contentType"] == "text"


def test_search(at_work):
    connector, mailbox = at_work
    mailbox.receive(subject="Invoice 17", body="Forty chairs")
    mailbox.receive(subject="Lunch?")
    assert [one["subject"] for one in connector.search("chairs")] == ["Invoice 17"]


def test_send(at_work, outlook365):
    connector, mailbox = at_work
    ben = outlook365.tenant.add_user("ben")
    connector.send([ben.upn, "eve@example.org"], "Hello", "<p>Hi</p>", cc=["cy@example.org"])
    arrived = ben.mailbox.inbox.find(subject="Hello", body="<p>Hi</p>")
    assert (arrived.sender, arrived.cc) == (mailbox.owner, ["cy@example.org"])
    assert sorted(outlook365.outbox.find(subject="Hello").recipients) == ["cy@example.org", "eve@example.org"]
    assert mailbox.sent.subjects == ["Hello"]


def test_send_and_keep_no_copy(at_work, outlook365):
    connector, mailbox = at_work
    connector.send(["eve@example.org"], "Secret", "Psst", save=False)
    assert outlook365.outbox.find(subject="Secret").sender == mailbox.owner
    assert not mailbox.sent


def test_reply_reply_all_and_forward(at_work, outlook365):
    connector, mailbox = at_work
    got = mailbox.receive(subject="Plan", sender="eve@example.org", to=[mailbox.owner, "fay@example.org"])
    connector.reply(got.id, "Yes")
    connector.reply_all(got.id, "Also yes")
    connector.forward(got.id, ["gus@example.org"], "See below")
    yes, also, passed = outlook365.outbox
    assert (yes.subject, yes.recipients) == ("RE: Plan", ["eve@example.org"])
    assert sorted(also.recipients) == ["eve@example.org", "fay@example.org"]
    assert (passed.subject, passed.recipients) == ("FW: Plan", ["gus@example.org"])
    assert "See below" in passed.body
    assert {yes["conversationId"], also["conversationId"]} <= {one["conversationId"] for one in mailbox.sent}


def test_move_copy_and_delete(at_work):
    connector, mailbox = at_work
    mailbox.add_folder("Projects/2026")
    got = mailbox.receive(subject="Plan")
    moved = connector.move(got.id, connector.folders.named("Projects/2026"))
    assert moved != got.id
    connector.copy(moved, "archive")
    assert mailbox.folder("Projects/2026").subjects == mailbox.folder("archive").subjects == ["Plan"]
    connector.delete(moved)
    assert mailbox.deleted.subjects == ["Plan"]
    assert not mailbox.folder("Projects/2026")


def test_mark_and_categorise(at_work):
    connector, mailbox = at_work
    got = mailbox.receive(subject="Plan")
    connector.change(got.id, isRead=True, categories=["Red category"], importance="high")
    mailbox.inbox.find(subject="Plan", read=True, categories=["Red category"], importance="high")
    connector.change(got.id, isRead=False)
    assert len(mailbox.inbox.unread) == 1


def test_folders(at_work):
    connector, mailbox = at_work
    projects = connector.folders.create("Projects")
    inner = connector.folders.create("2025", projects)
    connector.folders.rename(inner, "2026")
    mailbox.receive(subject="Plan", folder="Projects/2026")
    assert connector.folders.named("projects/2026") == inner
    assert connector.folders.named("projects/2027") is None
    connector.folders.delete(projects)
    assert mailbox.folder("Deleted Items/Projects/2026").subjects == ["Plan"]


def test_drafts_with_attachments(at_work, outlook365):
    connector, mailbox = at_work
    ben = outlook365.tenant.add_user("ben")
    draft = connector.draft([ben.upn], "Files", "One attached")
    connector.attachments.add(draft, "small.txt", b"small", "text/plain")
    assert mailbox.drafts.find(subject="Files").has_attachments
    connector.send_draft(draft)
    assert not mailbox.drafts
    assert not mailbox.sent.find(subject="Files").draft
    ben.mailbox.inbox.find(subject="Files", has_attachments=True)


def test_large_attachments(at_work, refused_to_delegates):
    """More than a request may carry; Microsoft begins no upload for a person in somebody else's mailbox."""
    connector, mailbox = at_work
    large = bytes(range(256)) * 4 * 4200
    draft = connector.draft(["eve@example.org"], "Files", "Attached")
    with refused_to_delegates():
        connector.attachments.add(draft, "large.bin", large)
        (attached,) = connector.attachments.all(draft)
        assert connector.attachments.download(draft, attached["id"]) == large
        assert mailbox.drafts.find(subject="Files").has_attachments


def test_save_attachments_and_the_message(at_work, tmp_path):
    connector, mailbox = at_work
    got = mailbox.receive(subject="Plan", attachments=[{"name": "plan.txt", "content": b"first, second"}])
    (saved,) = connector.attachments.save(got.id, tmp_path)
    assert saved.read_bytes() == b"first, second"
    connector.save(got.id, tmp_path / "plan.eml")
    again = mailbox.receive(tmp_path / "plan.eml", folder="archive")
    assert (again.subject, again.has_attachments) == ("Plan", True)


def test_automatic_replies(at_work, refused_to_delegates, outlook365):
    """Microsoft shows and changes settings to the owner of a mailbox and to applications only."""
    connector, mailbox = at_work
    with refused_to_delegates():
        connector.reply_automatically("Back on Monday")
        mailbox.receive(subject="Hello", sender="eve@example.org")
        assert "Back on Monday" in outlook365.outbox.find(to="eve@example.org").body
        connector.stop_replying()
        mailbox.receive(subject="Hello", sender="fay@example.org")
        assert outlook365.outbox.to("fay@example.org") == []

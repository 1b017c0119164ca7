"""Reply, reply all and forward: sent at once, or made as drafts.

Reference `graph-mail.md` section 9.
"""

from typing import Any

import msgspec

from outlook365_emulator.clock import iso_seconds
from outlook365_emulator.graph.answers import Accepted, Entity
from outlook365_emulator.graph.call import Call
from outlook365_emulator.graph.mail.composing import Composition, store
from outlook365_emulator.graph.mail.documents import members_of, write_message
from outlook365_emulator.graph.mail.extended_properties import LAST_VERB, LAST_VERB_TIME, merged
from outlook365_emulator.graph.mail.messages import created
from outlook365_emulator.graph.mail.replying import VERBS, Verb, carry_attachments, reply_to
from outlook365_emulator.graph.mail.sending import submit_draft
from outlook365_emulator.graph.operation import Action, operation
from outlook365_emulator.store.records.mail import Message

Body = dict[str, Any] | bytes


def _action(name: str) -> Action:
    return Action(name, "message", optional_body=True)


@operation("POST /users/{user}/messages/{message}/reply", least="Mail.Send", body=_action("reply"), mime=True)
def reply(call: Call, message: Message, body: Body) -> Accepted:
    """Answer the sender of a message."""
    return _send(call, message, "reply", body)


@operation("POST /users/{user}/messages/{message}/replyAll", least="Mail.Send", body=_action("replyAll"), mime=True)
def reply_all(call: Call, message: Message, body: Body) -> Accepted:
    """Answer the sender and all other recipients of a message."""
    return _send(call, message, "replyAll", body)


@operation("POST /users/{user}/messages/{message}/forward", least="Mail.Send", body=_action("forward"), mime=True)
def forward(call: Call, message: Message, body: Body) -> Accepted:
    """Forward a message with its attachments."""
    return _send(call, message, "forward", body)


@operation(
    "POST /users/{user}/messages/{message}/createReply", least="Mail.ReadWrite", body=_action("createReply"), mime=True
)
def create_reply(call: Call, message: Message, body: Body) -> Entity:
    """Make a draft that answers the sender of a message."""
    return created(call, _draft(call, message, "reply", body))


@operation(
    "POST /users/{user}/messages/{message}/createReplyAll",
    least="Mail.ReadWrite",
    body=_action("createReplyAll"),
    mime=True,
)
def create_reply_all(call: Call, message: Message, body: Body) -> Entity:
    """Make a draft that answers everybody."""
    return created(call, _draft(call, message, "replyAll", body))


@operation(
    "POST /users/{user}/messages/{message}/createForward",
    least="Mail.ReadWrite",
    body=_action("createForward"),
    mime=True,
)
def create_forward(call: Call, message: Message, body: Body) -> Entity:
    """Make a draft that forwards a message; recipients may follow later."""
    return created(call, _draft(call, message, "forward", body))


def _draft(call: Call, original: Message, verb: Verb, body: Body) -> Message:
    composition = reply_to(call, original, verb, body)
    return _stored(call, original, verb, composition)


def _stored(call: Call, original: Message, verb: Verb, composition: Composition) -> Message:
    drafts = call.mailbox.folders.well_known("drafts")
    assert drafts is not None, "every mailbox has Drafts"
    draft = store(call, composition, drafts)
    if not carry_attachments(call, original, verb, draft):
        return draft
    members = members_of(draft) | {"hasAttachments": True}
    counted = write_message(call.mailbox, members, drafts, number=draft.number, stable=draft.stable, like=draft)
    call.unit.put_item(call.mailbox, call.mailbox.messages, counted)
    return counted


def _send(call: Call, original: Message, verb: Verb, body: Body) -> Accepted:
    submit_draft(call, _draft(call, original, verb, body))
    _note_verb(call, original, verb)
    return Accepted()


def _note_verb(call: Call, original: Message, verb: Verb) -> None:
    """Note on the original what was done with it; MAPI sees it, Graph shows no change (`graph-mail.md` section 9)."""
    current = call.mailbox.messages.get(original.number)
    if current is not None:
        noted = {LAST_VERB: VERBS[verb], LAST_VERB_TIME: iso_seconds(call.now)}
        properties = merged(current.properties, noted)
        call.unit.put(call.mailbox.messages, msgspec.structs.replace(current, properties=properties))

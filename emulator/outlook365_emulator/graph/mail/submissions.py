"""Sending: a draft, or a message that is only ever sent.

Reference `graph-mail.md` section 7.
"""

from typing import Any

from outlook365_emulator.errors import graph_error
from outlook365_emulator.graph.answers import Accepted
from outlook365_emulator.graph.call import Call
from outlook365_emulator.graph.mail.composing import compose, compose_mime
from outlook365_emulator.graph.mail.sending import submit, submit_draft
from outlook365_emulator.graph.operation import Action, operation
from outlook365_emulator.store.records.mail import Message


@operation(
    "POST /users/{user}/sendMail", least="Mail.Send", body=Action("sendMail", "user", required=("message",)), mime=True
)
def send_mail(call: Call, body: dict[str, Any] | bytes) -> Accepted:
    """Send a message; a copy stays in Sent Items unless told otherwise. MIME is always kept."""
    if isinstance(body, bytes):
        submit(call, compose_mime(call, body), save=True)
        return Accepted()
    composition = compose(call, body["message"])
    submit(call, composition, save=body.get("saveToSentItems") is not False)
    return Accepted()


@operation("POST /users/{user}/messages/{message}/send", least="Mail.Send")
def send(call: Call, message: Message) -> Accepted:
    """Send a draft."""
    if not message.is_draft:
        raise graph_error("not_draft", because="the message was sent or received already")
    submit_draft(call, message)
    return Accepted()

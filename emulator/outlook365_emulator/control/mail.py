"""How mailboxes are prepared: folders, invented mail, MIME texts in and out, settings, automatic replies, rules.

What Graph's mail brings along is imported by the routes that need it: a world is made at every start.
"""

import asyncio
import base64
import binascii
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from outlook365_emulator.control.context import Call
from outlook365_emulator.control.mailboxes import folder_document
from outlook365_emulator.control.problems import ControlError, unknown
from outlook365_emulator.control.views import GraphList
from outlook365_emulator.errors import GraphError
from outlook365_emulator.graph.mail.folder_names import make_folder
from outlook365_emulator.store.item_ids import MalformedId, read_id
from outlook365_emulator.store.records.mail import Message
from outlook365_emulator.worlds.contents import Document, Moment, RepliesDocument, RuleDocument, Text
from outlook365_emulator.worlds.instants import moment
from outlook365_emulator.worlds.reading import DocumentError, at

Texts = Annotated[
    list[str], Meta(min_length=1, max_length=50, description="a list of 1 to 50 MIME texts, each in base64")
]


class FolderDocument(Document):
    """A folder to make.

    Attributes:
        path: names joined by slashes (`Projects/2026`); folders above it are made where they are not there.
    """

    path: Text


class FillRequest(Document):
    """Mail to invent.

    Attributes:
        messages: how many messages, sent ones included.
        seed: decides what is invented; the world's seed when left out.
    """

    messages: Annotated[int, Meta(ge=0, le=1_000_000, description="a whole number, 0 to 1000000")] = 500
    seed: Annotated[int, Meta(ge=0, le=2**63 - 1, description="a whole number, 0 or more")] | None = None


class FilledView(msgspec.Struct):
    """How many messages were put into a mailbox, and the seed that decided what they are."""

    messages: int
    seed: int


class MimeDocument(Document):
    """Messages as MIME texts (RFC 5322), the content of `.eml` files.

    Attributes:
        messages: the texts in base64.
        folder: well-known name, path, display name or id of the folder.
        received: when they arrived; when their `Date` says, if left out.
        read: whether they have been read; no when left out, in `sentitems` and `drafts` yes.
    """

    messages: Texts
    folder: Text = "inbox"
    received: Moment | None = None
    read: bool | None = None


class MimeView(msgspec.Struct):
    """A message as MIME text, in base64."""

    content: str


class SettingsChange(Document):
    """Settings of a mailbox to change; what is left out stays.

    Attributes:
        settings: members of Graph's `mailboxSettings`.
    """

    settings: dict[str, Any]


class RuleView(msgspec.Struct):
    """A rule of the inbox."""

    id: str
    name: str
    sequence: int
    enabled: bool


def create_folder(call: Call, document: FolderDocument) -> dict[str, Any]:
    """Make a folder and those above it, where they are not there; answered is the folder as Graph JSON."""
    mailbox = call.mailbox
    with at("path"), call.unit() as unit:
        folder = make_folder(unit, mailbox, document.path)
    return folder_document(mailbox, folder)


async def fill_mailbox(call: Call, request: FillRequest) -> FilledView:
    """Put invented mail into a mailbox, the same for the same seed; others are served meanwhile."""
    from outlook365_emulator.graph.mail.filling import fill

    world, tenant, user, _ = call.world, call.tenant, call.user, call.mailbox
    seed = world.seed if request.seed is None else request.seed
    await asyncio.to_thread(__import__, "faker")  # takes a tenth of a second the first time
    made = 0
    for so_far in fill(world, tenant, world.unit, user, request.messages, seed):
        made = so_far
        await asyncio.sleep(0)
        if call.context.hosting.by_name(world.name) is not world:
            raise unknown("world", world.name, (one.name for one in call.context.hosting))
    return FilledView(made, seed)


def receive_texts(call: Call, document: MimeDocument) -> GraphList:
    """Put messages into a mailbox from their MIME texts, all or none; answered is their Graph JSON."""
    from outlook365_emulator.graph.calendar.meetings.incoming import receive_mime

    texts = [_decoded(text, f"messages[{i}]") for i, text in enumerate(document.messages)]
    user, _ = call.user, call.mailbox
    put: list[Message] = []
    with call.unit() as unit:
        with at("received"):
            received = None if document.received is None else moment(document.received, unit.now)
        for i, text in enumerate(texts):
            with at("folder"):
                try:
                    message = receive_mime(
                        call.world,
                        call.tenant,
                        unit,
                        user,
                        text,
                        document.folder,
                        received=received,
                        read=document.read,
                    )
                except GraphError as error:
                    raise DocumentError(f"messages[{i}]", error.because or error.message) from error
            put.append(message)
    return GraphList([msgspec.Raw(message.document) for message in put])


def _decoded(text: str, place: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise DocumentError(place, "expected the MIME text in base64") from None


def show_mime(call: Call) -> MimeView:
    """Show a message as MIME text, as `$value` of Graph gives it."""
    from outlook365_emulator.graph.mail.mime_writing import mime_of

    mailbox, key = call.mailbox, call.keys["message"]
    try:
        found = read_id(key)
    except MalformedId:
        found = None
    message = None
    if found is not None and found.replica == mailbox.ids.replica:
        messages = mailbox.messages
        message = messages.get(found.number) if found.folder else messages.by_stable(found.number)
    if message is None:
        sentence = f"the mailbox has no message with the id {key[:200]!r}"
        raise ControlError(404, "unknown_message", sentence)
    return MimeView(base64.b64encode(mime_of(call.world, mailbox, message)).decode())


def start_automatic_replies(call: Call, document: RepliesDocument) -> None:
    """Answer arriving mail automatically from now on, in place of what was set before."""
    from outlook365_emulator.worlds.mailboxes import set_automatic_replies

    mailbox, user = call.mailbox, call.user
    with call.unit() as unit:
        set_automatic_replies(unit, mailbox, user, document, "")


def stop_automatic_replies(call: Call) -> None:
    """Answer arriving mail no longer."""
    from outlook365_emulator.worlds.mailboxes import set_automatic_replies

    mailbox, user = call.mailbox, call.user
    with call.unit() as unit:
        set_automatic_replies(unit, mailbox, user, None, "")


def change_settings(call: Call, change: SettingsChange) -> dict[str, Any]:
    """Change settings of a mailbox; answered are all of them, as Graph shows them."""
    from outlook365_emulator.graph.mail.mailbox_settings import settings_of
    from outlook365_emulator.worlds.mailboxes import change_mailbox_settings

    mailbox, user = call.mailbox, call.user
    with call.unit() as unit:
        change_mailbox_settings(unit, mailbox, user, change.settings, "settings")
    return settings_of(mailbox, user, call.now)


def create_rule(call: Call, document: RuleDocument) -> RuleView:
    """Add a rule to the inbox; it runs on mail that arrives from now on."""
    from outlook365_emulator.worlds.mailboxes import add_rule

    mailbox = call.mailbox
    with call.unit() as unit:
        rule = add_rule(call.world, call.tenant, unit, mailbox, document, "")
    return RuleView(rule.id, rule.display_name, rule.sequence, rule.enabled)

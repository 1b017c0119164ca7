"""Large attachments: beginning an upload session.

The pieces go to `graph.uploads`, on Outlook's own host. Reference `graph-mail.md` section 11.
"""

from datetime import timedelta
from typing import Any

import msgspec

from outlook365_emulator.errors import graph_error
from outlook365_emulator.graph.answers import Document
from outlook365_emulator.graph.call import Call
from outlook365_emulator.graph.mail.attached import file_document
from outlook365_emulator.graph.operation import Action, operation
from outlook365_emulator.store.records.mail import Message, UploadSession

SMALLEST = 2 * 1024 * 1024
"""Bytes below which a session is refused: 2,097,152 was observed, the documentation says 3 MB."""

LARGEST = 150 * 1024 * 1024
"""Greatest size of an attachment in bytes."""

LIFETIME = timedelta(hours=24)
"""How long a session lasts; Microsoft says no number, clients read `expirationDateTime`."""

TOKEN_PREFIX = "eyJ"
"""What stands before the world's key in the `authtoken` of an upload URL."""


@operation(
    "POST /users/{user}/messages/{message}/attachments/createUploadSession",
    least="Mail.ReadWrite",
    body=Action("createUploadSession", "attachment", required=("attachmentItem",)),
)
def create(call: Call, message: Message, body: dict[str, Any]) -> Document:
    """Begin a session by which a file of 3 to 150 MB is attached in pieces."""
    if call.caller is not None and call.caller.id != call.user.id:
        because = "a signed-in person cannot upload into somebody else's mailbox (a known issue of Graph)"
        raise graph_error("access_denied", because=because)
    ids = call.mailbox.ids
    item = ids.immutable(message.stable) if call.preferences.immutable_ids else ids.item(message.folder, message.number)
    return begin_session(call, body["attachmentItem"], message.stable, f"messages('{item}')")


def begin_session(call: Call, item: dict[str, Any], stable: int, place: str) -> Document:
    """Begin an upload session and return the answer to its creation.

    Args:
        call: the call.
        item: the `attachmentItem` as sent, names canonical.
        stable: immutable number of the message or event that the attachment is for.
        place: the message or event in the URL, `messages('…')`.

    Raises:
        GraphError: for an attachment that is too small or too large, or no file.
    """
    size = _judged_size(item)
    document = file_document(
        call.now,
        item["name"],
        item.get("contentType"),
        size,
        inline=bool(item.get("isInline")),
        content_id=item.get("contentId"),
    )
    session = UploadSession(
        id=call.world.ids.guid(),
        token=call.world.opaque(TOKEN_PREFIX, 80),
        message=stable,
        document=msgspec.json.encode(document),
        size=size,
        received=0,
        offset=call.world.blobs.reserve(size),
        expires=call.now + LIFETIME,
    )
    call.unit.put(call.mailbox.uploads, session)
    answer = {
        "uploadUrl": _url(call, place, session),
        "expirationDateTime": f"{session.expires:%Y-%m-%dT%H:%M:%S.%f}0Z",
        "nextExpectedRanges": ["0-"],
    }
    return Document(body=answer, context="microsoft.graph.uploadSession", status=201)


def _judged_size(item: dict[str, Any]) -> int:
    if (item.get("attachmentType") or "file") != "file":
        because = f"attachmentType is {item['attachmentType']}; only files are uploaded in pieces"
        raise graph_error("invalid_request", detail="The attachment type is not supported.", because=because)
    for name in ("name", "size"):
        if not item.get(name):
            raise graph_error("property_required", property=name, because=f"AttachmentItem must hold {name}")
    size = int(item["size"])
    if size < SMALLEST:
        because = f"the file has {size} bytes: attach files under 3 MB by POST /attachments"
        raise graph_error("attachment_below_minimum", because=because)
    if size > LARGEST:
        raise graph_error("attachment_too_large", because=f"the file has {size} bytes; at most {LARGEST} are taken")
    return size


def _url(call: Call, place: str, session: UploadSession) -> str:
    root = call.request.root_of(call.cloud.outlook_hosts[0])
    owner = f"{call.user.id}@{call.tenant.id}"
    path = f"users('{owner}')/{place}/AttachmentSessions('{session.id}')"
    return f"{root}/api/gv1.0/{path}?authtoken={session.token}"

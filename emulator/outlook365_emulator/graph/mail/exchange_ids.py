"""Translating ids of items between the forms that Exchange has for them.

Reference `graph-core.md` section 7. A regular id is the base64 of a header, the mailbox and the MAPI entry id; the EWS
form writes `/` and `+` for `-` and `_`; an entry id is the entry alone in the URL alphabet of RFC 4648, with the
number of padding characters in place of the padding.
"""

import base64
import binascii
from typing import Any

from outlook365_emulator.errors import graph_error
from outlook365_emulator.graph.answers import Document
from outlook365_emulator.graph.call import Call
from outlook365_emulator.graph.operation import Action, operation
from outlook365_emulator.store.item_ids import ItemId, MalformedId, read_id
from outlook365_emulator.store.mailbox import Mailbox

MAX_IDS = 1000

_TO_EWS = str.maketrans("-_", "/+")
_FROM_EWS = str.maketrans("/+", "-_")
_REGULAR_HEAD = 43
_IMMUTABLE_HEAD = 5


@operation(
    "POST /users/{user}/translateExchangeIds",
    least="User.Read",
    body=Action("translateExchangeIds", "user", required=("inputIds", "sourceIdType", "targetIdType")),
)
def translate_exchange_ids(call: Call, body: dict[str, Any]) -> Document:
    """Translate ids of items of a mailbox; one that cannot be translated says why beside the others.

    Raises:
        GraphError: `parameter_invalid` for too many ids, `id_type_mismatch` where an immutable id is said to be none.
    """
    inputs = body["inputIds"]
    if len(inputs) > MAX_IDS:
        because = f"{len(inputs)} ids; at most {MAX_IDS} are translated at once"
        raise graph_error("parameter_invalid", detail="InputIds", because=because)
    rows = [_translated(call, str(one), body["sourceIdType"], body["targetIdType"]) for one in inputs]
    return Document(body={"value": rows}, context="Collection(microsoft.graph.convertIdResult)")


def _translated(call: Call, text: str, source: str, target: str) -> dict[str, Any]:
    try:
        found = read_id(_regular(call.mailbox, text, source))
        if found.kind == "immutable" and source in ("restId", "ewsId"):
            because = f"{text[:20]}… is immutable already: its type is restImmutableEntryId"
            raise graph_error("id_type_mismatch", because=because)
        if found.replica != call.mailbox.ids.replica or found.kind == "attachment":
            raise MalformedId(text)
        return {"sourceId": text, "targetId": _written(call.mailbox, found, target)}
    except MalformedId:
        details = {"code": "ErrorInvalidIdMalformed", "message": "Id is malformed."}
        return {"sourceId": text, "targetId": "", "errorDetails": details}


def _regular(mailbox: Mailbox, text: str, source: str) -> str:
    """Return an id of any form as a REST id, regular or immutable."""
    if source in ("entryId", "immutableEntryId"):
        ids = mailbox.ids
        whole = ids.item(0, 0) if source == "entryId" else ids.immutable(0)
        head = _bytes_of(whole)[: _REGULAR_HEAD if source == "entryId" else _IMMUTABLE_HEAD]
        entry = _entry_bytes(text)
        if source == "entryId":
            head = head[:-2] + len(entry).to_bytes(2, "little")
        return _rest(head + entry)
    return text.translate(_FROM_EWS) if source == "ewsId" else text


def _written(mailbox: Mailbox, found: ItemId, target: str) -> str:
    if target in ("restImmutableEntryId", "immutableEntryId"):
        if found.kind == "folder":
            text = mailbox.ids.folder(found.number)
        else:
            text = mailbox.ids.immutable(found.number if found.kind == "immutable" else _stable(mailbox, found))
        head = _IMMUTABLE_HEAD if found.kind != "folder" else _REGULAR_HEAD
        return text if target == "restImmutableEntryId" else _entry(_bytes_of(text)[head:])
    if found.kind == "folder":
        text = mailbox.ids.folder(found.number)
    elif found.kind == "immutable":
        message = mailbox.messages.by_stable(found.number)
        if message is None:
            raise MalformedId("no item has this immutable id")
        text = mailbox.ids.item(message.folder, message.number)
    else:
        text = mailbox.ids.item(found.folder, found.number)
    if target == "entryId":
        return _entry(_bytes_of(text)[_REGULAR_HEAD:])
    return text.translate(_TO_EWS) if target == "ewsId" else text


def _stable(mailbox: Mailbox, found: ItemId) -> int:
    message = mailbox.messages.get(found.number)
    if message is None:
        raise MalformedId("no item has this id")
    return message.stable


def _bytes_of(text: str) -> bytes:
    return base64.b64decode(text.translate(_TO_EWS))


def _rest(data: bytes) -> str:
    return base64.b64encode(data).decode().translate(_FROM_EWS)


def _entry(data: bytes) -> str:
    text = base64.urlsafe_b64encode(data).decode()
    plain = text.rstrip("=")
    return f"{plain}{len(text) - len(plain)}"


def _entry_bytes(text: str) -> bytes:
    if not text or text[-1] not in "012":
        raise MalformedId(text)
    try:
        return base64.b64decode((text[:-1] + "=" * int(text[-1])).encode("ascii"), altchars=b"-_", validate=True)
    except (binascii.Error, UnicodeEncodeError, ValueError) as error:
        raise MalformedId(text) from error

"""Outlook's own host: the pieces of large attachments.

A client PUTs ranges of a file to the URL that `createUploadSession` gave it, without a token: the URL itself is the
right. Reference `graph-mail.md` section 11.
"""

import base64
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from urllib.parse import unquote

import msgspec

from outlook365_emulator.clock import Clock
from outlook365_emulator.clouds import Cloud
from outlook365_emulator.errors import GraphError, graph_error
from outlook365_emulator.faults.carrying import carried
from outlook365_emulator.faults.facts import Facts
from outlook365_emulator.faults.outcomes import Answer, Effect
from outlook365_emulator.graph.calendar.seen_events import SeenEvent
from outlook365_emulator.graph.calendar.touching import counted_again, event_of_session
from outlook365_emulator.graph.error_answers import error_response
from outlook365_emulator.graph.mail.attached import put_attachment
from outlook365_emulator.graph.mail.attachments import recounted
from outlook365_emulator.ids import Ids, fresh_nonce, same_secret
from outlook365_emulator.journal import Entry
from outlook365_emulator.store.item_ids import MalformedId, read_id
from outlook365_emulator.store.mailbox import Mailbox
from outlook365_emulator.store.records.mail import Attachment, Message, UploadSession
from outlook365_emulator.store.tenant import Tenant
from outlook365_emulator.store.world import World
from outlook365_emulator.wire import Request, Response, parse_pairs

MAX_PIECE = 4 * 1024 * 1024
"""Greatest size of one range in bytes."""

JSON = "application/json; odata.metadata=minimal; odata.streaming=true"

_PATH = re.compile(
    r"/api/[^/]+/users\('([^'@]+)@([^']+)'\)/(messages|events)\('([^']+)'\)/attachmentsessions\('([^']+)'\)/?",
    re.IGNORECASE,
)
_RANGE = re.compile(r"bytes (\d{1,15})-(\d{1,15})/(\d{1,15})")


class Place(msgspec.Struct):
    """What an upload URL leads to: a message or an event with its id and its collection, and the session."""

    world: World
    tenant: Tenant
    mailbox: Mailbox
    holder: Message | SeenEvent
    session: UploadSession
    collection: str
    item: str


class Uploads:
    """The upload sessions of all worlds.

    A request is placed in its world by the `authtoken` of its URL.
    """

    __slots__ = ("_clock", "_ids")

    def __init__(self) -> None:
        self._ids = Ids(fresh_nonce())
        self._clock = Clock()

    def answer(self, request: Request, cloud: Cloud, world: World | None, entry: Entry) -> Response:
        """Answer one request.

        Args:
            request: the request.
            cloud: the cloud whose Outlook was addressed.
            world: the world that the URL leads to, or None.
            entry: the journal entry to fill in.
        """
        verb = _VERBS.get(request.method)
        entry.operation = f"outlook.upload.{verb[0]}" if verb else "outlook.upload"
        try:
            if verb is None:
                because = f"an upload URL takes {', '.join(_VERBS)}, not {request.method}"
                raise graph_error("method_not_allowed", headers=[("Allow", ", ".join(_VERBS))], because=because)
            if world is None:
                raise graph_error("item_not_found", because="the URL leads to no world of this emulator")
            now = world.clock.now()
            place = _place(request, world, now, entry)
            if world.faults.active:
                refused = _fault(request, cloud, place, entry, now)
                if refused is not None:
                    return refused
            return verb[1](request, place, now)
        except GraphError as error:
            entry.code, entry.reason = error.code, error.because
            ids, clock = (world.ids, world.clock) if world is not None else (self._ids, self._clock)
            request_id = ids.guid()
            return error_response(error, request_id, request_id, clock)


def _audience_of(authorization: str) -> str:
    """Return the audience of a token that nobody verifies, or ""."""
    parts = authorization.rpartition(" ")[2].split(".")
    try:
        packed = parts[1].encode("ascii")
        claims = msgspec.json.decode(base64.urlsafe_b64decode(packed + b"=" * (-len(packed) % 4)))
    except (IndexError, ValueError, RecursionError):
        return ""
    return str(claims.get("aud") or "") if isinstance(claims, dict) else ""


def _place(request: Request, world: World, now: datetime, entry: Entry) -> Place:
    given = dict(reversed(parse_pairs(request.query))).get("authtoken", "")
    authorization = request.headers.get("authorization")
    # Office365-REST-Python-Client repeats the URL's own token there, whose audience is Outlook's.
    if authorization and authorization != f"Bearer {given}":
        audience = _audience_of(authorization)
        because = "an upload URL is asked without an Authorization header: it carries its own token"
        url = f"{request.root_of(request.host)}{request.path}"
        raise graph_error("audience_invalid_for_resource", audience=audience, url=url, because=because)
    match = _PATH.fullmatch(unquote(request.path))
    if match is None:
        raise graph_error("segment_not_found", segment=request.path.rpartition("/")[2], because="no upload URL of ours")
    owner, tenant_id, collection, item, key = match.groups()
    tenant = world.tenants.get(tenant_id.lower())
    mailbox = tenant.mailboxes.get(owner.lower()) if tenant is not None else None
    session = mailbox.uploads.get(key.lower()) if mailbox is not None else None
    if tenant is None or mailbox is None or session is None or not same_secret(given, session.token):
        raise graph_error("item_not_found", because="the session has ended: finished, cancelled, or never begun")
    user = tenant.users.get(owner.lower())
    entry.tenant, entry.mailbox = tenant.id, user.user_principal_name if user is not None else ""
    holder = mailbox.messages.by_stable(session.message) or event_of_session(tenant, mailbox, session)
    if now >= session.expires or holder is None:
        with world.unit(now) as unit:
            unit.remove(mailbox.uploads, session)
        world.blobs.forget_pieces(session.offset)
        because = f"the session ended at {session.expires:%Y-%m-%d %H:%M:%S}Z" if holder else "the item is gone"
        raise graph_error("item_not_found", because=because)
    return Place(world, tenant, mailbox, holder, session, collection.lower(), item)


def _fault(request: Request, cloud: Cloud, place: Place, entry: Entry, now: datetime) -> Response | None:
    facts = Facts(
        service="outlook",
        operation=entry.operation,
        method=request.method,
        path=request.path,
        query=request.query,
        host=request.host,
        cloud=cloud.id,
        tenant=place.tenant.id,
        mailbox=entry.mailbox,
    )
    outcome = carried(place.world.faults.decide(facts, now), request, entry)
    if isinstance(outcome, Effect) and outcome.name == "upload_lost":
        with place.world.unit(now) as unit:
            unit.remove(place.mailbox.uploads, place.session)
        place.world.blobs.forget_pieces(place.session.offset)
        raise graph_error("item_not_found", because=f"the fault {outcome.fault!r} lost the upload session")
    if not isinstance(outcome, Answer):
        return None
    if isinstance(outcome.error, GraphError):
        raise outcome.error
    return outcome.response


def _status(request: Request, place: Place, status: int) -> Response:
    session = place.session
    owner = f"{place.mailbox.owner}@{place.tenant.id}"
    context = f"Users('{owner}')/{place.collection.title()}('{place.item}')/AttachmentSessions/$entity"
    body = {
        "@odata.context": f"{request.root_of(request.host)}/api/v2.0/$metadata#{context}",
        "ExpirationDateTime": f"{session.expires:%Y-%m-%dT%H:%M:%S.%f}0Z",
        "NextExpectedRanges": [str(session.received)],
    }
    return Response(status, msgspec.json.encode(body), [("Content-Type", JSON)])


def _get(request: Request, place: Place, _: datetime) -> Response:
    return _status(request, place, 200)


def _cancel(_: Request, place: Place, now: datetime) -> Response:
    with place.world.unit(now) as unit:
        unit.remove(place.mailbox.uploads, place.session)
    place.world.blobs.forget_pieces(place.session.offset)
    return Response(204)


def _put(request: Request, place: Place, now: datetime) -> Response:
    session = place.session
    start, end = _judged_range(request, session)
    if end < session.received:
        return _status(request, place, 200)  # a piece that came before: its answer was lost
    piece = request.body[session.received - start :]
    place.world.blobs.write_piece(session.offset, session.received, piece)
    grown = msgspec.structs.replace(session, received=session.received + len(piece))
    if grown.received == grown.size:
        return _finished(request, place, now)
    with place.world.unit(now) as unit:
        unit.put(place.mailbox.uploads, grown)
    place.session = grown
    return _status(request, place, 200)


def _judged_range(request: Request, session: UploadSession) -> tuple[int, int]:
    given = request.headers.get("content-range")
    match = _RANGE.fullmatch(given.strip())
    if match is None:
        raise _out_of_range(f"Content-Range is {given!r}; write it as bytes 0-2097151/{session.size}")
    start, end, total = map(int, match.groups())
    if len(request.body) > MAX_PIECE:
        raise graph_error("request_too_large", because=f"a piece has at most {MAX_PIECE} bytes")
    if total != session.size:
        raise _out_of_range(f"Content-Range says {total} bytes in all; the session was begun for {session.size}")
    if not start <= end < total or len(request.body) != end - start + 1:
        raise _out_of_range(f"Content-Range is {given!r}, and the body has {len(request.body)} bytes")
    if start > session.received:
        raise _out_of_range(f"the next piece begins at {session.received}, not at {start}: pieces come in order")
    return start, end


def _out_of_range(because: str) -> GraphError:
    return graph_error("upload_range_invalid", detail="The range is not valid.", because=because)


def _finished(request: Request, place: Place, now: datetime) -> Response:
    world, mailbox, session = place.world, place.mailbox, place.session
    content = world.blobs.whole(session.offset, session.size)
    with world.unit(now) as unit:
        document = msgspec.json.decode(session.document)
        attachment = put_attachment(mailbox, unit, session.message, document, content)
        if isinstance(place.holder, SeenEvent):
            counted_again(world, place.tenant, unit, place.holder)
        else:
            recounted(unit, mailbox, place.holder)
        unit.remove(mailbox.uploads, session)
    owner = f"{mailbox.owner}@{place.tenant.id}"
    path = f"users('{owner}')/{place.collection}('{place.item}')/attachments('{_attachment_id(place, attachment)}')"
    return Response(201, b"", [("Location", f"{request.root_of(request.host)}/api/gv1.0/{path}")])


def _attachment_id(place: Place, attachment: Attachment) -> str:
    ids, holder = place.mailbox.ids, place.holder
    if isinstance(holder, SeenEvent):
        event, stable = holder.event, holder.event.stable
        plain = ids.attachment(event.calendar, event.number, attachment.number, holder.day)
    else:
        stable, plain = holder.stable, ids.attachment(holder.folder, holder.number, attachment.number)
    return ids.immutable_attachment(stable, attachment.number) if _is_immutable(place.item) else plain


def _is_immutable(item: str) -> bool:
    try:
        return read_id(item).kind == "immutable"
    except MalformedId:
        return False


_VERBS: Mapping[str, tuple[str, Callable[[Request, Place, datetime], Response]]] = MappingProxyType(
    {"PUT": ("put", _put), "GET": ("get", _get), "DELETE": ("cancel", _cancel)}
)
"""What each verb does to a session, with its name in the journal."""

"""Large attachments in pieces, on Outlook's own host: reference graph-mail 11."""

import json
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from outlook365_emulator.clouds import cloud
from outlook365_emulator.graph.mail import upload_sessions
from outlook365_emulator.graph.uploads import Uploads
from outlook365_emulator.journal import Entry
from outlook365_emulator.store.hosting import Hosting
from outlook365_emulator.wire import Headers, Request, Response

covers = pytest.mark.covers.with_args

SIZE = 3_483_322
CONTENT = bytes(range(256)) * (SIZE // 256 + 1)
CONTENT = CONTENT[:SIZE]
CUT = 2_097_152


@pytest.fixture
def me(graph: Any, org: Any) -> Any:
    """Ask as ada, below `/me`."""

    def ask(method: str, path: str, body: Any = None, **options: Any) -> Any:
        return graph.ask(method, f"/me{path}", body, as_=org.ada, **options)

    return ask


@pytest.fixture
def draft(me: Any) -> str:
    """The path of a new draft of ada's."""
    return f"/messages/{me('POST', '/messages', {'subject': 'Large'}).json['id']}"


@pytest.fixture
def begin(me: Any, draft: str) -> Any:
    """Begin a session for the draft and return the answer."""

    def create(size: int = SIZE, **members: Any) -> Any:
        item = {"attachmentType": "file", "name": "flower.bin", "size": size, **members}
        return me("POST", f"{draft}/attachments/createUploadSession", {"AttachmentItem": item})

    return create


@pytest.fixture
def outlook(org: Any) -> Any:
    """Ask Outlook's host: `outlook("PUT", url, content, "bytes 0-1/2")`."""
    uploads = Uploads()

    def ask(method: str, url: str, content: bytes = b"", span: str = "", **headers: str) -> Response:
        parts = urlsplit(url)
        fields = {**({"content-range": span} if span else {}), **headers}
        pairs = [(name.encode(), value.encode()) for name, value in fields.items()]
        request = Request(method, parts.netloc, parts.path, parts.query, Headers(pairs), content)
        return uploads.answer(request, cloud("global"), org.world, Entry())

    return ask


@pytest.fixture
def put(outlook: Any) -> Any:
    """PUT a range of the content."""

    def send(url: str, start: int, end: int, size: int = SIZE) -> Response:
        return outlook("PUT", url, CONTENT[start:end], f"bytes {start}-{end - 1}/{size}")

    return send


def code(response: Response) -> str:
    return str(json.loads(response.body)["error"]["code"])


@covers(upload_sessions.create)
class TestCreate:
    def test_its_answer(self, begin: Any, org: Any) -> None:
        answer = begin()
        session = answer.json
        assert answer.status == 201
        assert session["@odata.context"].endswith("#microsoft.graph.uploadSession")
        place = f"https://outlook.office.com/api/gv1.0/users('{org.ada.id}@{org.tenant.id}')/messages('"
        assert session["uploadUrl"].startswith(place)
        assert "/AttachmentSessions('" in session["uploadUrl"]
        assert session["nextExpectedRanges"] == ["0-"]
        assert session["expirationDateTime"] == "2026-03-03T09:00:00.0000000Z"

    def test_its_url_leads_to_its_world(self, begin: Any, org: Any) -> None:
        token = begin().json["uploadUrl"].rpartition("authtoken=")[2]
        hosting = Hosting()
        hosting.add(org.world)
        assert hosting.by_opaque(token, len(upload_sessions.TOKEN_PREFIX)) is org.world

    @pytest.mark.parametrize(
        ("members", "status", "code"),
        [
            ({"size": CUT - 1}, 400, "ErrorAttachmentSizeShouldNotBeLessThanMinimumSize"),
            ({"size": 150 * 1024 * 1024 + 1}, 413, "ErrorAttachmentSizeLimitExceeded"),
            ({"name": ""}, 400, "ErrorInvalidProperty"),
            ({"attachmentType": "item"}, 400, "ErrorInvalidRequest"),
            ({"attachmentType": "foto"}, 400, "RequestBodyRead"),
            ({"size": "large"}, 400, "RequestBodyRead"),
        ],
    )
    def test_what_is_refused(self, begin: Any, members: Any, status: int, code: str) -> None:
        answer = begin(**members)
        assert (answer.status, answer.code) == (status, code)

    def test_without_an_item(self, me: Any, draft: str) -> None:
        assert me("POST", f"{draft}/attachments/createUploadSession", {}).code == "ErrorInvalidRequest"

    def test_not_into_somebody_elses_mailbox_with_a_delegated_token(self, graph: Any, org: Any) -> None:
        path = f"/users/{org.support.id}/messages"
        draft = graph.post(path, {"subject": "x"}, as_=org.ada).json["id"]
        body = {"AttachmentItem": {"attachmentType": "file", "name": "a", "size": SIZE}}
        answer = graph.post(f"{path}/{draft}/attachments/createUploadSession", body, as_=org.ada)
        assert (answer.status, answer.code) == (403, "ErrorAccessDenied")
        assert graph.post(f"{path}/{draft}/attachments/createUploadSession", body).status == 201


class TestPut:
    def test_two_pieces_become_an_attachment(self, me: Any, draft: str, begin: Any, put: Any) -> None:
        before = me("GET", draft).json
        url = begin(contentType="application/x-flower").json["uploadUrl"]
        first = put(url, 0, CUT)
        assert first.status == 200
        state = json.loads(first.body)
        assert state["@odata.context"].endswith("/AttachmentSessions/$entity")
        assert state["NextExpectedRanges"] == [str(CUT)]
        assert state["ExpirationDateTime"] == "2026-03-03T09:00:00.0000000Z"
        assert me("GET", f"{draft}/attachments").values == []
        last = put(url, CUT, SIZE)
        assert (last.status, last.body) == (201, b"")
        location = dict(last.headers)["Location"]
        assert location.startswith("https://outlook.office.com/api/")
        made = location.rpartition("/attachments('")[2].removesuffix("')")
        answer = me("GET", f"{draft}/attachments/{made}/$value")
        assert b"".join((*answer.response.pieces, answer.body)) == CONTENT
        assert answer.headers["content-type"] == "application/x-flower"
        after = me("GET", draft).json
        assert (after["hasAttachments"], after["changeKey"] != before["changeKey"]) == (True, True)

    def test_a_piece_whose_answer_was_lost_is_not_doubled(self, me: Any, draft: str, begin: Any, put: Any) -> None:
        url = begin().json["uploadUrl"]
        for start, end in ((0, 1000), (0, 1000), (1000, CUT), (500, CUT), (0, CUT)):
            assert put(url, start, end).status == 200
        assert put(url, CUT - 10, SIZE).status == 201
        found = me("GET", f"{draft}/attachments?$select=id,size").values[0]["id"]
        answer = me("GET", f"{draft}/attachments/{found}/$value")
        assert b"".join((*answer.response.pieces, answer.body)) == CONTENT

    def test_what_else_is_written_meanwhile_does_not_mix_in(
        self, me: Any, draft: str, begin: Any, put: Any, org: Any
    ) -> None:
        url = begin().json["uploadUrl"]
        put(url, 0, CUT)
        org.world.blobs.add(b"\xff" * 100_000)
        put(url, CUT, SIZE)
        found = me("GET", f"{draft}/attachments?$select=id").values[0]["id"]
        answer = me("GET", f"{draft}/attachments/{found}/$value")
        assert b"".join((*answer.response.pieces, answer.body)) == CONTENT

    @pytest.mark.parametrize(
        ("span", "length", "status"),
        [
            ("", 10, 416),
            ("bytes=0-9/3483322", 10, 416),
            ("bytes 10-19/3483322", 10, 416),
            ("bytes 0-9/3483321", 10, 416),
            ("bytes 0-9/3483322", 9, 416),
            ("bytes 9-0/3483322", 10, 416),
            ("bytes 3483322-3483322/3483322", 1, 416),
            ("bytes 0-99999999999999999999/3483322", 1, 416),
            ("bytes 0-4194304/3483322", 4 * 1024 * 1024 + 1, 413),
        ],
    )
    def test_ranges_that_do_not_fit(self, begin: Any, outlook: Any, span: str, length: int, status: int) -> None:
        url = begin().json["uploadUrl"]
        assert outlook("PUT", url, b"x" * length, span).status == status
        assert json.loads(outlook("GET", url).body)["NextExpectedRanges"] == ["0"]

    def test_a_token_is_not_wanted(self, begin: Any, outlook: Any) -> None:
        url = begin().json["uploadUrl"]
        token = "x.eyJhdWQiOiJodHRwczovL2dyYXBoLm1pY3Jvc29mdC5jb20ifQ.x"
        refused = outlook("PUT", url, b"x", f"bytes 0-0/{SIZE}", authorization=f"Bearer {token}")
        assert (refused.status, code(refused)) == (401, "InvalidAudienceForResource")
        assert b"'https://graph.microsoft.com'" in refused.body

    def test_the_token_of_the_url_itself_may_be_repeated(self, begin: Any, outlook: Any) -> None:
        url = begin().json["uploadUrl"]
        own = dict(parse_qsl(urlsplit(url).query))["authtoken"]
        assert outlook("PUT", url, b"x", f"bytes 0-0/{SIZE}", authorization=f"Bearer {own}").status == 200

    def test_after_the_message_moved(self, me: Any, draft: str, begin: Any, put: Any) -> None:
        url = begin().json["uploadUrl"]
        put(url, 0, CUT)
        moved = me("POST", f"{draft}/move", {"destinationId": "inbox"}).json["id"]
        assert put(url, CUT, SIZE).status == 201
        assert len(me("GET", f"/messages/{moved}/attachments?$select=id").values) == 1

    def test_after_the_message_went(self, me: Any, draft: str, begin: Any, put: Any) -> None:
        url = begin().json["uploadUrl"]
        me("POST", f"{draft}/permanentDelete")
        assert code(put(url, 0, CUT)) == "ErrorItemNotFound"


class TestSession:
    def test_its_state(self, begin: Any, put: Any, outlook: Any) -> None:
        url = begin().json["uploadUrl"]
        put(url, 0, CUT)
        answer = outlook("GET", url)
        assert (answer.status, json.loads(answer.body)["NextExpectedRanges"]) == (200, [str(CUT)])

    def test_cancel(self, begin: Any, put: Any, outlook: Any) -> None:
        url = begin().json["uploadUrl"]
        assert outlook("DELETE", url).status == 204
        assert code(put(url, 0, CUT)) == code(outlook("DELETE", url)) == "ErrorItemNotFound"

    def test_it_ends_by_the_clock(self, org: Any, begin: Any, put: Any) -> None:
        url = begin().json["uploadUrl"]
        org.world.clock.set(org.world.clock.now() + timedelta(hours=24, seconds=-1))
        assert put(url, 0, CUT).status == 200
        org.world.clock.set(org.world.clock.now() + timedelta(seconds=1))
        assert (put(url, CUT, SIZE).status, code(put(url, CUT, SIZE))) == (404, "ErrorItemNotFound")
        assert len(org.mailbox(org.ada).uploads) == 0

    def test_another_token_does_not_open_it(self, begin: Any, put: Any) -> None:
        url, other = begin().json["uploadUrl"], begin().json["uploadUrl"]
        mixed = url.partition("authtoken=")[0] + "authtoken=" + other.rpartition("authtoken=")[2]
        assert code(put(mixed, 0, CUT)) == code(put(url.partition("?")[0], 0, CUT)) == "ErrorItemNotFound"

    @pytest.mark.parametrize(
        "path", ["/", "/api/v1.0/me", "/api/gv1.0/users('a@b')/messages('c')/AttachmentSessions('d')"]
    )
    def test_other_paths_lead_nowhere(self, outlook: Any, path: str) -> None:
        assert outlook("PUT", f"https://outlook.office.com{path}", b"x", "bytes 0-0/1").status in (400, 404)

    def test_other_verbs(self, begin: Any, outlook: Any) -> None:
        answer = outlook("POST", begin().json["uploadUrl"])
        assert (answer.status, dict(answer.headers)["Allow"]) == (405, "PUT, GET, DELETE")

    def test_a_fault_reaches_it(self, org: Any, begin: Any, put: Any) -> None:
        fault = {"kind": "error", "with": {"error": "server_busy"}, "match": {"service": "outlook"}, "times": 1}
        org.world.faults.add(fault, org.world.clock.now())
        url = begin().json["uploadUrl"]
        assert put(url, 0, CUT).status == 503
        assert put(url, 0, CUT).status == 200

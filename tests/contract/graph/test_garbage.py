"""Whatever is sent, Graph answers, and never with a 500."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from outlook365_emulator.graph import service  # noqa: F401 - importing it declares the operations
from outlook365_emulator.graph.operation import OPERATIONS
from outlook365_emulator.tables.schema_types import type_of

MODULE = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
)
ADDRESS = st.sampled_from(
    ["ben@contoso.example", "ada@contoso.example", "x@example.org", "no", "", "nobody@contoso.example"]
)
RECIPIENT = st.one_of(
    st.builds(lambda address: {"emailAddress": {"address": address}}, ADDRESS | SCALARS),
    st.just({"emailAddress": None}),
    st.just({}),
)
BODY = st.fixed_dictionaries(
    {}, optional={"contentType": st.sampled_from(["html", "TEXT", None, "rtf"]), "content": st.text() | SCALARS}
)
MESSAGE = st.fixed_dictionaries(
    {},
    optional={
        **{one.name: VALUES for one in type_of("message").properties.values()},
        "body": BODY,
        "toRecipients": st.lists(RECIPIENT, max_size=3),
        "ccRecipients": st.lists(RECIPIENT, max_size=2),
        "bccRecipients": st.lists(RECIPIENT, max_size=2),
        "replyTo": st.lists(RECIPIENT, max_size=2),
        "from": RECIPIENT,
        "sender": RECIPIENT,
        "subject": st.none() | st.text(),
        "isRead": st.none() | st.booleans(),
        "categories": st.none() | st.lists(st.text(max_size=5), max_size=3),
        "flag": st.fixed_dictionaries(
            {}, optional={"flagStatus": st.sampled_from(["flagged", "complete", None]), "startDateTime": VALUES}
        ),
        "internetMessageHeaders": st.lists(
            st.fixed_dictionaries({}, optional={"name": st.sampled_from(["x-a", "Date", "", None]), "value": SCALARS}),
            max_size=2,
        ),
        "attachments": st.lists(
            st.fixed_dictionaries(
                {
                    "@odata.type": st.sampled_from(
                        ["#microsoft.graph.fileAttachment", "#microsoft.graph.itemAttachment", 1]
                    )
                },
                optional={
                    "name": st.text(max_size=9) | SCALARS,
                    "contentBytes": st.sampled_from(["eA==", "!", "é", None]),
                },
            ),
            max_size=2,
        ),
    },
)
SOUND = st.fixed_dictionaries(
    {"toRecipients": st.just([{"emailAddress": {"address": "ben@contoso.example"}}])},
    optional={
        "subject": st.none() | st.text(),
        "body": st.fixed_dictionaries({"contentType": st.sampled_from(["html", "text"]), "content": st.text()}),
        "importance": st.sampled_from(["low", "HIGH", None]),
        "categories": st.lists(st.text(max_size=5), max_size=3),
        "isRead": st.none() | st.booleans(),
        "internetMessageId": st.none() | st.text(),
        "replyTo": st.lists(ADDRESS.map(lambda address: {"emailAddress": {"address": address}}), max_size=2),
        "conversationIndex": st.sampled_from(["eA==", "", None]),
    },
)


def sound(answer: Any) -> None:
    assert answer.status < 500 or answer.status == 501, f"{answer.status} {answer.body!r}"
    if answer.status >= 400:
        assert answer.code
        assert answer.entry.reason
    elif answer.body and answer.headers["content-type"].startswith("application/json"):
        assert isinstance(answer.json, dict)


@pytest.fixture
def client(graph: Any, org: Any) -> Any:
    org.receive(org.ada, subject="x", body={"contentType": "html", "content": "<p>x</p>"})
    return graph


def paths(org: Any) -> list[str]:
    box = org.mailbox(org.ada)
    record = next(iter(box.messages))
    return [f"/me/messages/{box.ids.item(record.folder, record.number)}", "/me/messages", "/me/sendMail"]


@MODULE
@given(message=MESSAGE)
def test_messages_in_bodies(client: Any, org: Any, message: Any) -> None:
    one, many, send = paths(org)
    sound(client.post(many, message, as_=org.ada))
    sound(client.patch(one, message, as_=org.ada))
    sound(client.post(send, {"message": message}, as_=org.ada))


@pytest.mark.timeout(580)  # in the long form the mailboxes grow to thousands of messages
@MODULE
@given(message=SOUND)
def test_what_is_taken_is_sent_and_read_back(client: Any, org: Any, message: Any) -> None:
    _, many, send = paths(org)
    created = client.post(many, message, as_=org.ada)
    assert created.status == 201, created.body
    key = created.json["id"]
    patch = {name: value for name, value in message.items() if name != "conversationIndex"}
    assert client.patch(f"{many}/{key}", patch, as_=org.ada).status == 200
    assert client.post(f"{many}/{key}/send", as_=org.ada).status == 202
    assert client.post(send, {"message": message}, as_=org.ada).status == 202
    for query in ("$select=internetMessageHeaders,uniqueBody,subject", "$orderby=subject,from/emailAddress/name", ""):
        for form in ("text", "html"):
            headers = [("Prefer", f'outlook.body-content-type="{form}"')]
            sound(client.get(f"/users/{org.ben.id}/messages?$top=50&{query}", headers=headers))


@MODULE
@given(body=VALUES)
@example(body={"@": False})
def test_any_json_for_any_operation(client: Any, org: Any, body: Any) -> None:
    for operation in OPERATIONS.values():
        if operation.body is not None:
            path = operation.path.replace("/users/{user}", "/me").replace("{message}", "x").replace("{folder}", "inbox")
            sound(client.ask(operation.method, path, body, as_=org.ada))


@MODULE
@given(content=st.binary(max_size=200), media=st.sampled_from(["application/json", "text/plain", "", "é", "a/b;c"]))
def test_any_bytes(client: Any, org: Any, content: bytes, media: str) -> None:
    headers = [("Content-Type", media)]
    for path in ("/me/messages", "/me/sendMail"):
        sound(client.post(path, content=content, headers=headers, as_=org.ada))


OPTION = st.sampled_from(
    [
        "$select",
        "$filter",
        "$orderby",
        "$top",
        "$skip",
        "$count",
        "$expand",
        "$search",
        "$skiptoken",
        "$format",
        "$x",
        "top",
    ]
)
WORD = st.sampled_from(
    "subject isRead eq ne gt and or not ( ) ' , / from/emailAddress/address body/content categories any(c:c 'x' 1 true "
    "null 2026-01-01T00:00:00Z contains( startswith( attachments desc flag/flagStatus receivedDateTime in : $ ; = "
    "toRecipients".split()
)
TEXT = st.lists(WORD, max_size=8).map(" ".join) | st.text(max_size=30) | st.integers().map(str)
QUERY = st.lists(st.tuples(OPTION, TEXT), max_size=4).map(
    lambda pairs: "&".join(f"{name}={value}" for name, value in pairs)
)


@MODULE
@given(query=QUERY | st.text(max_size=60))
def test_query_strings(client: Any, org: Any, query: str) -> None:
    one, many, _ = paths(org)
    for path in (many, f"{many}/$count", one, "/me/mailFolders", "/users", "/me"):
        sound(client.get(f"{path}?{query}", as_=org.ada))


SEGMENT = st.sampled_from(
    "me users messages mailFolders inbox $count $value delta delta() x users('x') microsoft.graph.delta ( ) '' %00 %ff "
    "%2F . .. messages('x') childFolders $batch $metadata mailFolders('inbox') users() users(' me(x=1) "
    "f(x='a,b',y=2) é".split()
) | st.text(max_size=8)


@MODULE
@given(
    parts=st.lists(SEGMENT, max_size=7), method=st.sampled_from(["GET", "POST", "PATCH", "DELETE", "PUT", "FOO", ""])
)
def test_paths(client: Any, org: Any, parts: list[str], method: str) -> None:
    path = "/".join(["", *parts]).replace("?", "")
    for as_ in (org.ada, None):
        sound(client.ask(method, path, as_=as_))
    sound(client.ask(method, path, raw=True, as_=org.ada))


LATIN = st.text(st.characters(max_codepoint=255), max_size=40)


@MODULE
@given(prefer=LATIN, accept=LATIN, match=LATIN, own=LATIN)
def test_header_fields(client: Any, org: Any, prefer: str, accept: str, match: str, own: str) -> None:
    names = ("Prefer", "Accept", "If-Match", "client-request-id")
    headers = [(name, value) for name, value in zip(names, (prefer, accept, match, own), strict=True)]
    one, many, _ = paths(org)
    sound(client.get(many, as_=org.ada, headers=headers))
    sound(client.patch(one, {"isRead": True}, as_=org.ada, headers=headers))


@MODULE
@given(token=LATIN | st.lists(LATIN, min_size=3, max_size=3).map(".".join))
def test_tokens(client: Any, org: Any, token: str) -> None:
    answer = client.get("/me", token="", headers=[("Authorization", f"Bearer {token}")])
    assert answer.status == 401


@pytest.mark.parametrize(
    "content",
    [
        "<![foo[bar]]>",
        '<a b="' * 20_000,
        "<!--" * 20_000,
        "<" * 100_000,
        "<p>" * 100_000,
        "&" * 100_000,
        "&#" + "9" * 10_000 + ";",
        "<script>" * 10_000,
        " \n" * 100_000,
    ],
    ids=["section", "attributes", "comments", "brackets", "paragraphs", "entities", "digits", "scripts", "blanks"],
)
@pytest.mark.timeout(5)
def test_bodies_that_take_parsers_long(client: Any, org: Any, content: str) -> None:
    message = {"body": {"contentType": "html", "content": content}}
    answer = client.post("/me/messages", message, as_=org.ada)
    assert answer.status == 201
    prefer = [("Prefer", 'outlook.body-content-type="text"')]
    assert client.get(f"/me/messages/{answer.json['id']}", as_=org.ada, headers=prefer).status == 200


@pytest.mark.timeout(5)
def test_a_preference_of_blanks(client: Any, org: Any) -> None:
    headers = [("Prefer", ";" + " " * 60_000 + ";"), ("Prefer", "a=" + '"' * 60_000)]
    assert client.get("/me", as_=org.ada, headers=headers).status == 200


BIG = 10**30


@pytest.mark.parametrize(
    "message",
    [
        {"flag": {"flagStatus": "flagged", "startDateTime": {"dateTime": "2026-03-02", "timeZone": "UTC", "a@b": BIG}}},
        {"flag": {"a@b": BIG}},
        {"body": {"content": "x", "a@b": BIG}},
        {"toRecipients": [{"emailAddress": {"address": "x@y.example", "a@b": BIG}, "a@b": BIG}]},
        {"from": {"emailAddress": {"address": "ada@contoso.example", "a@b": BIG}}},
        {"a@b": BIG, "@odata.type": "#microsoft.graph.message", "@odata.etag": BIG},
        {"attachments": [{"@odata.type": "#microsoft.graph.fileAttachment", "name": "x", "size": BIG, "a@b": BIG}]},
        {"extensions": [{"@odata.type": "microsoft.graph.openTypeExtension", "extensionName": "a.b", "x": BIG}]},
        {"extensions": [{"@odata.type": "microsoft.graph.openTypeExtension", "extensionName": "a.b", "x": [1.5, BIG]}]},
        {"singleValueExtendedProperties": [{"id": "String 0x1A", "value": BIG}]},
        {"singleValueExtendedProperties": [{"id": "Long 0x1A", "value": str(BIG), "a@b": BIG}]},
    ],
    ids=str,
)
def test_numbers_that_json_writers_refuse(client: Any, org: Any, message: Any) -> None:
    one, many, send = paths(org)
    for answer in (
        client.post(many, message, as_=org.ada),
        client.patch(one, message, as_=org.ada),
        client.post(send, {"message": {"toRecipients": TO, **message}}, as_=org.ada),
    ):
        sound(answer)
    for user in (org.ada, org.ben):
        sound(client.get(f"/users/{user.id}/messages?$expand=attachments"))


TO = [{"emailAddress": {"address": "ben@contoso.example"}}]
DIGITS = b'{"isRead":' + b"9" * 10_000 + b',"subject":-1e999,"categories":[0.' + b"1" * 5000 + b"]}"


def test_deep_json(client: Any, org: Any) -> None:
    for content in (
        b'{"a":' * 5000,
        json.dumps({"flag": {"startDateTime": [[[[[[]]]]]]}}).encode(),
        b"{" * 100_000,
        DIGITS,
    ):
        sound(client.post("/me/messages", content=content, headers=[("Content-Type", "application/json")], as_=org.ada))

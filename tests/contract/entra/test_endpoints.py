"""Every way in which a request to Entra can fail, from a table; and which of two errors wins."""

import re
from pathlib import Path
from typing import Any

import msgspec
import outlook365_emulator.entra
import pytest
from outlook365_emulator.entra.endpoints import ENDPOINTS, operation_names
from outlook365_emulator.entra.grants import GRANTS, NOT_EMULATED

GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class Row(msgspec.Struct):
    """A request and the error that it gets; names in braces are those of the scene."""

    name: str
    url: str
    form: dict[str, str]
    status: int
    error: str
    number: int
    method: str = "POST"
    suberror: str = ""
    uri: bool = True
    says: str = ""


DATA = Path(__file__).resolve().parents[2] / "data" / "entra" / "errors.json"
ROWS = msgspec.json.decode(DATA.read_bytes(), type=list[Row])
EXACT = [row for row in ROWS if row.number in (7000215, 50126, 90002, 70003)]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_every_error_is_microsofts(scene: Any, row: Row) -> None:
    answer = scene.ask(row.method, row.url, row.form or None)
    body = answer.json
    assert (answer.status, body["error"], body["error_codes"]) == (row.status, row.error, [row.number])
    assert body.get("suberror", "") == row.suberror
    assert scene.fill(row.says) in body["error_description"]
    assert ("error_uri" in body) == row.uri
    assert answer.entry.code == f"AADSTS{row.number}"
    assert answer.entry.reason, "the journal explains every error"
    assert "guess" not in answer.entry.reason


@pytest.mark.parametrize("row", EXACT, ids=lambda row: row.name)
def test_the_envelope_is_exact(scene: Any, row: Row) -> None:
    correlation = "0f8fad5b-d9cb-469f-a165-70867728950e"
    headers = {"client-request-id": correlation, "return-client-request-id": "true"}
    answer = scene.ask(row.method, row.url, row.form or None, headers=headers)
    body = answer.json
    order = [
        "error",
        "error_description",
        "error_codes",
        "timestamp",
        "trace_id",
        "correlation_id",
        "error_uri",
        "suberror",
    ]
    assert list(body) == [name for name in order if name in body]
    assert body["correlation_id"] == correlation == answer.headers["client-request-id"]
    assert body["trace_id"] == answer.headers["x-ms-request-id"]
    assert GUID.fullmatch(body["trace_id"])
    assert body["trace_id"].endswith("00")
    assert body["timestamp"] == "2026-03-02 09:00:00Z"
    assert body["error_description"].startswith(f"AADSTS{row.number}: ")
    assert body["error_description"].endswith(
        f". Trace ID: {body['trace_id']} Correlation ID: {correlation} Timestamp: {body['timestamp']}"
    )
    if row.uri:
        host = row.url.partition("/")[0].replace("login.chinacloudapi.cn", "login.partner.microsoftonline.cn")
        assert body["error_uri"] == f"https://{host}/error?code={row.number}"


@pytest.mark.parametrize(
    ("change", "number"),
    [
        ({"tenant": "11111111-2222-4333-8444-555555555555", "grant_type": "wish"}, 90002),
        ({"grant_type": "wish", "client_id": "nobody"}, 70003),
        ({"client_id": "11111111-2222-4333-8444-555555555555", "client_secret": "x"}, 700016),
        ({"client_secret": "x", "resource": "y"}, 7000215),
        ({"resource": "y", "password": "x"}, 901002),
        ({"password": "x", "scope": "https://x.example/Y"}, 50126),
        ({"username": "{idle}", "scope": "https://x.example/Y"}, 500011),
        ({"username": "{idle}", "scope": "Mail.Send"}, 50057),
        ({"scope": "Mail.Send"}, 65001),
    ],
    ids=lambda value: str(value) if isinstance(value, int) else "",
)
def test_the_earlier_step_wins(scene: Any, change: dict[str, str], number: int) -> None:
    sent = {"client_id": "{web}", "client_secret": "{web.secret}", **change}
    assert scene.password(**sent).json["error_codes"] == [number]


def test_the_table_names_what_faults_and_journal_name() -> None:
    assert {"token.client_credentials", "token.password", "token.refresh_token", "metadata.v2"} <= operation_names()
    assert all(row.steps[0].__name__ == "verb" for row in ENDPOINTS)


ENTRA = Path(str(outlook365_emulator.entra.__file__)).parent
CLAIMED = frozenset(int(one) for file in ENTRA.rglob("*.py") for one in re.findall(r"\berror\((\d+)", file.read_text()))


def test_every_error_that_the_code_knows_is_provoked() -> None:
    tests = "".join(file.read_text() for file in Path(__file__).parent.glob("test_*.py")) + DATA.read_text()
    assert not [number for number in sorted(CLAIMED) if not re.search(rf"\b{number}\b", tests)]


def test_the_reference_page_names_everything(repository: Path) -> None:
    page = (repository / "docs" / "reference" / "entra.md").read_text()
    wanted = [f"`{row.path}`" for row in ENDPOINTS] + [f"`{name}`" for name in GRANTS]
    wanted += [f"| {number} |" for number in sorted(CLAIMED)] + [f"`{name}`" for name in NOT_EMULATED]
    assert not [text for text in wanted if text not in page]

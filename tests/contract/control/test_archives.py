"""A world goes as one file from a running emulator into another, with its mail."""

import io
import json
import threading
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
from outlook365_emulator.config import Settings
from outlook365_emulator.control import archives
from outlook365_emulator.emulator import Emulator, kept_worlds
from outlook365_emulator.store.durable import archive
from outlook365_emulator.store.durable.recorder import DataDirectory
from outlook365_emulator.store.recording import NotKept

LARGE = b"content " * 20_000
ZIP = {"Content-Type": "application/zip"}
Control = Callable[[Emulator], httpx.Client]


@pytest.fixture
def control() -> Iterator[Control]:
    """`control(emulator)` is a client of its control API."""
    clients: list[httpx.Client] = []

    def make(emulator: Emulator) -> httpx.Client:
        clients.append(httpx.Client(base_url=emulator.control_url, trust_env=False, timeout=30))
        return clients[-1]

    yield make
    for client in clients:
        client.close()


@pytest.fixture
def source() -> Iterator[Emulator]:
    with Emulator(Settings(world="contoso")) as running:
        yield running


class Stopped:
    """A function that runs in a thread of the emulator and waits there until it may go on.

    Attributes:
        entered: it was called.
        released: it may go on.
    """

    def __init__(self, function: Callable[..., Any]) -> None:
        self._function, self.entered, self.released = function, threading.Event(), threading.Event()

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        self.entered.set()
        assert self.released.wait(30)
        return self._function(*arguments, **named)


@pytest.fixture
def stopped(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Any, str], Stopped]]:
    """`stopped(module, name)` has a function wait; what still waits at the end of the test goes on."""
    made: list[Stopped] = []

    def stop(module: Any, name: str) -> Stopped:
        made.append(Stopped(getattr(module, name)))
        monkeypatch.setattr(module, name, made[-1])
        return made[-1]

    yield stop
    for one in made:
        one.released.set()


def graph(emulator: Emulator, details: dict[str, Any]) -> httpx.Client:
    """A client of Graph as the application of contoso, at an emulator whose worlds may have come from elsewhere."""
    form = {"grant_type": "client_credentials", "scope": "https://graph.microsoft.com/.default"}
    form |= {name: details[name] for name in ("client_id", "client_secret")}
    login = emulator.url_for("login.microsoftonline.com")
    answer = httpx.post(f"{login}/{details['tenant_id']}/oauth2/v2.0/token", data=form, trust_env=False)
    assert answer.status_code == 200, answer.text
    headers = {"Authorization": f"Bearer {answer.json()['access_token']}"}
    url = f"{emulator.url_for('graph.microsoft.com')}/v1.0/users/{details['user']}"
    return httpx.Client(base_url=url, headers=headers, trust_env=False)


def mail_of(client: httpx.Client) -> list[Any]:
    found: list[Any] = client.get("/messages?$top=100&$select=subject,body,receivedDateTime").json()["value"]
    return found


def with_large_attachment(client: httpx.Client) -> str:
    """Put a message with an attachment into the mailbox that is too large for a record, and return its path."""
    import base64

    attached = {"@odata.type": "#microsoft.graph.fileAttachment", "name": "a.bin"}
    attached["contentBytes"] = base64.b64encode(LARGE).decode()
    made = client.post("/messages", json={"subject": "large", "attachments": [attached]})
    assert made.status_code == 201, made.text
    path = f"/messages/{made.json()['id']}/attachments"
    return f"{path}/{client.get(path).json()['value'][0]['id']}/$value"


@pytest.mark.parametrize("kept", [False, True], ids=["in memory", "with --data"])
def test_a_world_moves_with_its_mail(source: Emulator, control: Control, tmp_path: Path, kept: bool) -> None:
    details, here = source.details(), control(source)
    with graph(source, details) as client:
        attachment = with_large_attachment(client)
        here.post("/worlds/contoso/signing-keys")
        before = mail_of(client)
    exported = here.get("/worlds/contoso/export")
    assert exported.headers["content-type"] == "application/zip"
    settings = Settings(data=tmp_path / "data" if kept else None)
    with Emulator(settings) as target:
        there = control(target)
        made = there.post("/import", content=exported.content, headers=ZIP)
        assert (made.status_code, made.json()["name"]) == (201, "contoso"), made.text
        with graph(target, details) as client:
            assert mail_of(client) == before
            assert client.get(attachment).content == LARGE
        assert len(there.get("/worlds/contoso/signing-keys").json()["kids"]) == 1, "a key does not travel"
        assert there.post("/import", content=exported.content, headers=ZIP).json()["error"]["code"] == "taken"
    if kept:
        with Emulator(settings) as again, graph(again, details) as client:
            assert mail_of(client) == before
            assert client.get(attachment).content == LARGE


def test_a_dropped_world_comes_back(source: Emulator, control: Control) -> None:
    details, client = source.details(), control(source)
    exported = client.get("/worlds/contoso/export").content
    assert client.delete("/worlds/contoso").status_code == 204
    assert client.post("/import", content=exported, headers=ZIP).status_code == 201
    with graph(source, details) as found:
        assert mail_of(found)


def altered(archive: bytes, **members: bytes) -> bytes:
    """Return an export with other members in the place of its own."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, members.get(name.partition(".")[0], old.read(name)))
    return target.getvalue()


def line(**changes: Any) -> bytes:
    row = {"tenant": "", "mailbox": "", "shelf": "world", "key": "world", "record": {}}
    return json.dumps(row | changes).encode() + b"\n"


HEAD = line(record={"name": "x", "seed": 1, "nonce": "AAAA", "key": "k"})
CLOCK = line(shelf="parts", key="clock", record=[1e300, 1e300])
DAMAGED = {
    "no zip": lambda exported: b"PK no",
    "nothing": lambda exported: b"",
    "cut off": lambda exported: exported[: len(exported) // 2],
    "a newer format": lambda exported: altered(exported, world=b'{"format":9,"name":"x","timestamp":0,"tenants":[]}'),
    "no world": lambda exported: altered(exported, records=b""),
    "an unknown shelf": lambda exported: altered(exported, records=HEAD + line(shelf="sign_ins.no")),
    "an unknown tenant": lambda exported: altered(exported, records=HEAD + line(tenant="x", shelf="users")),
    "a clock at no time": lambda exported: altered(exported, records=HEAD + CLOCK),
    "no JSON": lambda exported: altered(exported, records=HEAD + b"{\n"),
}  # fmt: skip


@pytest.mark.parametrize("name", DAMAGED)
def test_what_is_no_export_is_refused(source: Emulator, control: Control, name: str) -> None:
    client = control(source)
    content = DAMAGED[name](client.get("/worlds/contoso/export").content)
    answer = client.post("/import", content=content, headers=ZIP)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "bad_archive"), answer.text
    assert [one["name"] for one in client.get("/worlds").json()["worlds"]] == ["contoso"]


def test_a_file_that_grows_too_large_is_refused(
    source: Emulator, control: Control, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = control(source)
    exported = client.get("/worlds/contoso/export").content
    monkeypatch.setattr(archives, "UNPACKED", 10_000)
    answer = client.post("/import", content=exported, headers=ZIP)
    assert answer.status_code == 400
    assert "bytes when it is unpacked; it may have 10000" in answer.json()["error"]["message"]


def test_an_import_is_a_zip(source: Emulator, control: Control) -> None:
    answer = control(source).post("/import", json={})
    assert (answer.status_code, answer.json()["error"]["message"]) == (
        415,
        "send application/zip, not 'application/json'",
    )


def test_an_export_names_its_world(source: Emulator, control: Control) -> None:
    answer = control(source).get("/worlds/cotoso/export")
    assert answer.json()["error"]["message"].startswith("there is no world 'cotoso'; did you mean 'contoso'?")


def names_of(client: httpx.Client) -> list[str]:
    return [one["name"] for one in client.get("/worlds").json()["worlds"]]


@pytest.mark.parametrize("meanwhile", ["changed", "dropped"])
def test_an_export_is_of_the_moment_and_holds_up_nobody(
    source: Emulator, control: Control, stopped: Callable[[Any, str], Stopped], meanwhile: str
) -> None:
    details, here = source.details(), control(source)
    packing = stopped(kept_worlds, "packed")
    with graph(source, details) as client, ThreadPoolExecutor(1) as pool:
        attachment = with_large_attachment(client)
        before = mail_of(client)
        exporting = pool.submit(control(source).get, "/worlds/contoso/export")
        try:
            assert packing.entered.wait(30)
            assert here.post("/worlds", json={"name": "other"}).status_code == 201
            assert here.get("/worlds/other").status_code == 200
            if meanwhile == "changed":
                with_large_attachment(client)
                assert client.delete(attachment.partition("/attachments")[0]).status_code == 204
                assert mail_of(client) != before
            else:
                assert here.delete("/worlds/contoso").status_code == 204
            assert not exporting.done()
        finally:
            packing.released.set()
        exported = exporting.result()
    assert exported.status_code == 200
    with Emulator(Settings()) as target:
        assert control(target).post("/import", content=exported.content, headers=ZIP).status_code == 201
        with graph(target, details) as client:
            assert mail_of(client) == before
            assert client.get(attachment).content == LARGE


def test_an_import_holds_up_nobody_and_is_judged_when_it_was_read(
    source: Emulator, control: Control, stopped: Callable[[Any, str], Stopped]
) -> None:
    exported = control(source).get("/worlds/contoso/export").content
    with Emulator(Settings()) as target, ThreadPoolExecutor(1) as pool:
        here = control(target)
        reading = stopped(archive, "read_archive")
        importing = pool.submit(control(target).post, "/import", content=exported, headers=ZIP)
        try:
            assert reading.entered.wait(30)
            assert names_of(here) == [], "it is not there before it is whole"
            assert here.post("/worlds", json={"name": "contoso"}).status_code == 201
            assert not importing.done()
        finally:
            reading.released.set()
        assert importing.result().json()["error"]["code"] == "taken"
        assert here.get("/worlds/contoso").json()["tenants"] == []
        assert here.delete("/worlds/contoso").status_code == 204
        assert here.post("/import", content=exported, headers=ZIP).status_code == 201, "its names were left free"


def test_an_import_that_cannot_be_written_leaves_nothing(
    source: Emulator, control: Control, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with graph(source, source.details()) as client:
        with_large_attachment(client)
    exported = control(source).get("/worlds/contoso/export").content

    def fail(*_: Any) -> None:
        raise NotKept("the disk is full")

    with Emulator(Settings(data=tmp_path / "data")) as target:
        here = control(target)
        with monkeypatch.context() as broken:
            broken.setattr(DataDirectory, "rewrite", fail)
            answer = here.post("/import", content=exported, headers=ZIP)
        assert (answer.status_code, answer.json()["error"]["code"]) == (507, "not_kept")
        assert names_of(here) == []
        assert list((tmp_path / "data" / "blobs").iterdir()) == []
        assert here.post("/import", content=exported, headers=ZIP).status_code == 201


def test_the_emulator_stops_while_it_exports(control: Control, stopped: Callable[[Any, str], Stopped]) -> None:
    packing = stopped(kept_worlds, "packed")
    with Emulator(Settings(world="contoso")) as running, ThreadPoolExecutor(1) as pool:
        exporting = pool.submit(control(running).get, "/worlds/contoso/export")
        assert packing.entered.wait(30)
        running.stop()
        assert not packing.released.is_set()
        assert isinstance(exporting.exception(), httpx.TransportError)

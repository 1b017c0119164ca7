"""A large attachment over HTTP: byte-exact, with flat memory. Reference graph-mail 11."""

import hashlib
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

PIECE = 4 * 1024 * 1024


def peak_memory(pid: int) -> int:
    """The greatest resident size of a process so far, in bytes."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    raise AssertionError("this system does not say how much memory a process takes")


@pytest.fixture
def alone() -> Iterator[tuple[dict[str, Any], int]]:
    """An emulator in a process of its own: where it is, and its process id."""
    command = [sys.executable, "-m", "outlook365_emulator", "serve", "--json"]
    ports = ["--port", "0", "--tls-port", "0", "--proxy-port", "0"]
    with subprocess.Popen([*command, *ports], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        yield msgspec.json.decode(process.stdout.readline()), process.pid
        process.send_signal(signal.SIGINT)
        process.wait(20)


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads /proc")
def test_150_megabytes_in_pieces_with_flat_memory(alone: tuple[dict[str, Any], int]) -> None:
    details, pid = alone
    size = 150 * 1024 * 1024
    token = httpx.post(
        f"{details['login_url']}/{details['tenant_id']}/oauth2/v2.0/token",
        data={
            "grant_type": "client_credentials",
            "client_id": details["client_id"],
            "client_secret": details["client_secret"],
            "scope": "https://graph.microsoft.com/.default",
        },
        trust_env=False,
    ).json()["access_token"]
    messages = f"{details['graph_url']}/v1.0/users/{details['user']}/messages"
    with httpx.Client(headers={"Authorization": f"Bearer {token}"}, trust_env=False) as graph:
        draft = graph.post(messages, json={"subject": "Large"}).json()["id"]
        item = {"attachmentType": "file", "name": "large.bin", "size": size}
        path = f"{messages}/{draft}/attachments"
        url = graph.post(f"{path}/createUploadSession", json={"AttachmentItem": item}).json()["uploadUrl"]
        sent = hashlib.sha256()
        idle = peak_memory(pid)
        with httpx.Client(trust_env=False) as outlook:
            for start in range(0, size, PIECE):
                piece = hashlib.sha256(str(start).encode()).digest() * (min(PIECE, size - start) // 32)
                sent.update(piece)
                span = {"Content-Range": f"bytes {start}-{start + len(piece) - 1}/{size}"}
                answer = outlook.put(url, content=piece, headers=span)
                if start == PIECE:  # its answer is lost: it is sent again
                    answer = outlook.put(url, content=piece, headers=span)
                assert answer.status_code == (201 if start + len(piece) == size else 200), answer.text
        made = answer.headers["Location"].rpartition("('")[2].removesuffix("')")
        came = hashlib.sha256()
        with graph.stream("GET", f"{path}/{made}/$value") as download:
            assert int(download.headers["Content-Length"]) == size
            for piece in download.iter_bytes():
                came.update(piece)
    assert came.digest() == sent.digest()
    assert peak_memory(pid) - idle < 100 * 1024 * 1024

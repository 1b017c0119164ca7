"""A data directory on a disk that is full or cannot be written: a clear error, and the rest goes on."""

import os
import resource
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

COMMAND = [sys.executable, "-m", "outlook365_emulator"]
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("OUTLOOK365_")}
All = Callable[[httpx.Client, str], list[dict[str, Any]]]
MEGABYTE = 1024 * 1024


def integrity(data: Path) -> str:
    connection = sqlite3.connect(data / "worlds.sqlite3")
    try:
        return str(connection.execute("PRAGMA integrity_check").fetchone()[0])
    finally:
        connection.close()


def attach_until_refused(served: Any, graph: httpx.Client, most: int) -> tuple[list[str], httpx.Response]:
    """Create messages with large bodies until one is refused; return the subjects of the others, and the refusal."""
    subjects: list[str] = []
    for number in range(most):
        document = {"subject": f"large {number}", "body": {"content": "x" * MEGABYTE}}
        answer = graph.post(f"/users/{served.details['user']}/messages", json=document)
        if answer.status_code != 201:
            return subjects, answer
        subjects.append(f"large {number}")
    raise AssertionError(f"{most} MB were taken")


def check_refusal(served: Any, graph: httpx.Client, subjects: list[str], refusal: httpx.Response, all_of: All) -> None:
    """A clear error; reading, signing in and what needs no room go on."""
    assert refusal.status_code == 507, refusal.text
    assert refusal.json()["error"]["code"] == "NotKept"
    assert "could not be written to the data directory" in refusal.json()["error"]["message"]
    found = all_of(graph, f"/users/{served.details['user']}/messages?$top=999&$select=subject")
    assert {one["subject"] for one in found if one["subject"].startswith("large")} == set(subjects)
    served.as_application()
    with served.control() as control:
        entries = control.get("/journal?status=507").json()["entries"]
        assert [entry["code"] for entry in entries] == ["NotKept"]


def test_a_disk_that_takes_no_more(tmp_path: Path, serve: Callable[..., Any], all_of: All) -> None:
    data = tmp_path / "data"
    limit = 12 * MEGABYTE
    served = serve(data, lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)))
    with served.graph(served.as_application()) as graph:
        subjects, refusal = attach_until_refused(served, graph, 60)
        check_refusal(served, graph, subjects, refusal, all_of)
    served.kill()
    served = serve(data)
    with served.graph(served.as_application()) as graph:
        found = all_of(graph, f"/users/{served.details['user']}/messages?$top=999&$select=subject")
        assert {one["subject"] for one in found if one["subject"].startswith("large")} == set(subjects)


@pytest.fixture
def small_disk(tmp_path: Path, needs: Callable[[str], str]) -> Iterator[Path]:
    """A file system of 16 MB."""
    needs("root")
    place = tmp_path / "disk"
    place.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", place], check=True)
    yield place
    subprocess.run(["umount", "-l", place], check=True)


@pytest.mark.system
def test_a_full_disk(small_disk: Path, serve: Callable[..., Any], all_of: All) -> None:
    served = serve(small_disk / "data")
    (small_disk / "room").write_bytes(b"x" * 4 * MEGABYTE)
    with served.graph(served.as_application()) as graph:
        subjects, refusal = attach_until_refused(served, graph, 60)
        check_refusal(served, graph, subjects, refusal, all_of)
        (small_disk / "room").unlink()
        again = graph.post(f"/users/{served.details['user']}/messages", json={"subject": "large again"})
        assert again.status_code == 201, again.text
    served.kill()
    assert integrity(small_disk / "data") == "ok"


@pytest.mark.system
def test_a_read_only_directory(small_disk: Path) -> None:
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    check_start_is_refused(small_disk / "data")


def test_a_directory_that_cannot_be_made() -> None:
    check_start_is_refused(Path("/proc/outlook365/data"))


def check_start_is_refused(data: Path) -> None:
    command = [*COMMAND, "serve", "--data", str(data), "--port", "0", "--tls-port", "0", "--proxy-port", "0"]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, env=ENVIRONMENT)
    assert ended.returncode == 2
    assert ended.stderr.startswith(f"Error: the data directory {data} cannot be used: "), ended.stderr
    assert ended.stderr.count("\n") == 1

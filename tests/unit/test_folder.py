"""The temporary folder of an emulator: removed at the end, by the next process at its end where this one was killed."""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from outlook365_emulator.emulator.folder import TemporaryFolder, remove_left_behind

HOLD = """
from outlook365_emulator.emulator.folder import TemporaryFolder
folder = TemporaryFolder()
print(folder.path, flush=True)
input()
"""

COME_AND_GO = """
from outlook365_emulator.emulator.folder import TemporaryFolder
TemporaryFolder().remove()
"""


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where temporary folders are made while the test runs, here and in child processes."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    return tmp_path


@pytest.fixture
def age() -> Callable[[Path], None]:
    """Make a folder look as if it had been made a while ago."""
    return lambda folder: os.utime(folder, (1, 1))


@pytest.fixture
def holder() -> subprocess.Popen[str]:
    """A process that holds a folder; it prints its path and ends with its input."""
    return subprocess.Popen([sys.executable, "-c", HOLD], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def test_it_goes_when_asked_and_with_the_object(temporary: Path) -> None:
    first, second = TemporaryFolder(), TemporaryFolder()
    first.remove()
    first.remove()
    assert [*temporary.iterdir()] == [second.path]
    del second
    assert [*temporary.iterdir()] == []


def test_removing_it_does_not_look_at_what_others_left(temporary: Path, age: Callable[[Path], None]) -> None:
    left = temporary / "outlook365-left"
    left.mkdir()
    (left / "lock").touch()
    age(left)
    TemporaryFolder().remove()
    assert left.exists()


def test_a_forked_child_leaves_it() -> None:
    folder = TemporaryFolder()
    child = os.fork()
    if child == 0:
        folder.remove()
        os._exit(0)
    os.waitpid(child, 0)
    assert folder.path.is_dir()
    folder.remove()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM], ids=["SIGKILL", "SIGTERM"])
def test_the_next_one_removes_what_a_killed_process_left(
    temporary: Path, holder: subprocess.Popen[str], age: Callable[[Path], None], number: int
) -> None:
    with holder:
        left = Path(holder.stdout.readline().strip())
        age(left)
        subprocess.run([sys.executable, "-c", COME_AND_GO], check=True)
        assert left.is_dir(), "its process lives"
        holder.send_signal(number)
    subprocess.run([sys.executable, "-c", COME_AND_GO], check=True)
    assert [*temporary.iterdir()] == []


def test_what_is_young_or_not_an_emulators_stays(temporary: Path, age: Callable[[Path], None]) -> None:
    young, foreign = temporary / "outlook365-young", temporary / "outlook365-foreign"
    for folder in (young, foreign):
        folder.mkdir()
    (young / "lock").touch()
    (temporary / "outlook365-file").touch()
    age(foreign)
    remove_left_behind(temporary)
    assert len([*temporary.iterdir()]) == 3
    age(young)
    remove_left_behind(temporary)
    assert not young.exists()
    assert foreign.exists()


def test_a_parent_that_cannot_be_read_is_no_problem(temporary: Path) -> None:
    remove_left_behind(temporary / "nowhere")

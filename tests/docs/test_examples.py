"""The examples: their tests pass, each in a run of its own, the installed plugin included."""

import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


FOLDERS = sorted({one.parent for one in EXAMPLES.rglob("test_*.py")})


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda one: one.name)
def test_its_tests_pass(folder: Path) -> None:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:randomly", str(folder)]
    ended = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=110)
    assert ended.returncode == 0, ended.stdout + ended.stderr

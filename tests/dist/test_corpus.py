"""The floor under the conformance corpus holds, rises, and names what was lost."""

import importlib.util
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture(scope="module")
def corpus(repository: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("corpus", repository / ".ci" / "corpus.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("passed", "floor", "known", "holds", "told"),
    [
        pytest.param({"a", "b"}, 2, {"a", "b"}, True, "the floor is 2", id="level"),
        pytest.param({"a", "b", "c"}, 2, {"a", "b"}, True, "raise the floor to 3", id="better"),
        pytest.param({"a"}, 2, {"a", "b"}, False, "passed before, fails here: b", id="worse"),
        pytest.param({"a", "c"}, 2, {"a", "b"}, True, "passed before, fails here: b", id="traded"),
    ],
)
def test_verdict(corpus: ModuleType, passed: set[str], floor: int, known: set[str], holds: bool, told: str) -> None:
    verdict, lines = corpus.verdict(passed, floor, known)
    assert verdict is holds
    assert told in "\n".join(lines)


def test_floor_and_list_agree(corpus: ModuleType) -> None:
    known = corpus.PASSING.read_text().split()
    assert known == sorted(set(known))
    assert int(corpus.FLOOR.read_text()) == len(known)


@pytest.mark.parametrize(("variable", "status"), [("true", 1), ("", 0)], ids=["ci", "elsewhere"])
def test_a_missing_corpus_fails_in_ci_only(repository: Path, tmp_path: Path, variable: str, status: int) -> None:
    command = [sys.executable, str(repository / ".ci" / "corpus.py"), "--corpus", str(tmp_path)]
    ended = subprocess.run(command, env={"CI": variable}, capture_output=True, text=True, timeout=60)
    assert ended.returncode == status
    assert "no replay.py" in ended.stderr

"""The page that leads through the files of a request names files and things that are there."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/explanation/a-request.md"
FOLDERS = (ROOT / "emulator/outlook365_emulator", ROOT)
FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef)
QUOTED = re.compile(r"`([^`]+)`")


def named() -> Iterator[tuple[str, str]]:
    """Each file that a row of a table names, with what it names in it, or ""."""
    for line in PAGE.read_text("utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if not line.startswith("|") or len(cells) != 3:
            continue
        file = ""
        for text in QUOTED.findall(cells[1]):
            if text.endswith(".py"):
                file = text if "/" in text or not file else f"{file.rpartition('/')[0]}/{text}"
                yield file, ""
            elif file:
                yield file, text


def defined(file: Path) -> set[str]:
    """The names that a module defines, those of a class below its name."""
    found: set[str] = set()
    for node in ast.parse(file.read_text("utf-8")).body:
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                found.add(name)
            case ast.ClassDef(name=name, body=body):
                found |= {name, *(f"{name}.{one.name}" for one in body if isinstance(one, FUNCTION))}
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
                found.add(name)
    return found


@pytest.mark.parametrize(("file", "name"), sorted(set(named())))
def test_it_is_there(file: str, name: str) -> None:
    path = next((folder / file for folder in FOLDERS if (folder / file).is_file()), None)
    assert path is not None, f"{PAGE.name} names {file}, which is not there"
    assert not name or name in defined(path), f"{file} defines no {name}"


def test_it_leads_through_what_it_says() -> None:
    assert len({file for file, _ in named()}) > 40

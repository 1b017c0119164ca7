"""What the pages show runs.

A page's `python` blocks with a title are files: `title="test_first.py"` names one. All of a page are written into one
folder (blocks with one title are joined) and its tests run there under pytest, the installed plugin included.

A `console` block whose title begins with `With the emulator running` is pasted into one shell, beside a standalone
emulator on other ports; the lines below a command are its output, in which `...` stands for anything.
"""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
BLOCK = re.compile(
    r'^(?P<indent> *)```(?P<language>\w+)(?: +title="(?P<title>[^"]*)")?[^\n]*\n(?P<text>.*?)^ *```$', re.M | re.S
)
END = "--- end of command ---"
RUNNING = "With the emulator running"
PORTS = {"127.0.0.1:8365": "http_url", "127.0.0.1:8443": "https_port", "127.0.0.1:8888": "proxy_url"}


def blocks(page: Path, language: str) -> list[tuple[str, str]]:
    """The titled blocks of a language in a page: title and text, without the indentation of a list or a tab."""
    found = []
    for match in BLOCK.finditer(page.read_text()):
        if match["language"] == language and match["title"]:
            lines = match["text"].splitlines()
            found.append((match["title"], "\n".join(line.removeprefix(match["indent"]) for line in lines) + "\n"))
    return found


def with_blocks(language: str, start: str = "") -> list[Path]:
    return [page for page in PAGES if any(title.startswith(start) for title, _ in blocks(page, language))]


def name(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("page", with_blocks("python"), ids=name)
def test_python_blocks_pass(page: Path, tmp_path: Path) -> None:
    for title, text in blocks(page, "python"):
        with (tmp_path / title).open("a") as file:
            file.write(text)
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:randomly"]
    ended = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=110)
    assert ended.returncode == 0, ended.stdout + ended.stderr


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, object]]:
    """The ready file of a standalone emulator with the world contoso."""
    folder = tmp_path_factory.mktemp("served")
    ready, log = folder / "ready.json", folder / "log"
    command = [sys.executable, "-m", "outlook365_emulator", "serve", "--world", "contoso", "--ready-file", str(ready)]
    with log.open("wb") as output:
        ports = ("--port", "0", "--tls-port", "0", "--proxy-port", "0")
        process = subprocess.Popen([*command, *ports], stdout=output, stderr=output)
    try:
        deadline = time.monotonic() + 30
        while not ready.exists():
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.02)
        yield json.loads(ready.read_text())
    finally:
        process.terminate()
        process.wait(10)


def commands(text: str) -> list[tuple[str, str]]:
    """The commands of a console block, each with the output that is shown below it."""
    joined = text.replace("\\\n", "")
    return [(command, shown.strip()) for command, shown in re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", joined, re.M)]


def authority(ready: dict[str, object], key: str) -> str:
    value = str(ready[key])
    return f"127.0.0.1:{value}" if value.isdigit() else value.split("//")[1].rstrip("/")


@pytest.mark.parametrize("page", with_blocks("console", RUNNING), ids=name)
def test_console_blocks_answer_as_shown(page: Path, served: dict[str, object], tmp_path: Path) -> None:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    for _, text in [block for block in blocks(page, "console") if block[0].startswith(RUNNING)]:
        for shown, key in PORTS.items():
            text = text.replace(shown, authority(served, key))
        pasted = commands(text)
        script = "set -euo pipefail\n" + "".join(f"{command}\nprintf '%s' '{END}'\n" for command, _ in pasted)
        environment = {**os.environ, "PATH": path}
        ended = subprocess.run(
            ["bash", "-c", script], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=110
        )
        assert ended.returncode == 0, f"{text}\n{ended.stdout}{ended.stderr}"
        for (command, expected), output in zip(pasted, ended.stdout.split(END), strict=False):
            pattern = ".*".join(map(re.escape, expected.split("..."))) if expected else ".*"
            assert re.fullmatch(pattern, output.strip(), re.S), f"$ {command}\n{output}\nnot:\n{expected}"


def test_pages_have_snippets_that_run() -> None:
    assert with_blocks("python"), "no page has a python block with a title"
    assert with_blocks("console", RUNNING), f"no page has a console block that is titled '{RUNNING}'"

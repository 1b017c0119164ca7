"""`world export`, `import` and `kept`: worlds of a data directory as files, and what is said where that cannot be."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from outlook365_emulator.config import Settings
from outlook365_emulator.emulator import Emulator

ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("OUTLOOK365_")}


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "outlook365_emulator", "world", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, env=ENVIRONMENT)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("kept") / "data"
    with Emulator(Settings(world="contoso", data=directory)):
        pass
    return directory


def test_a_world_goes_from_one_directory_to_another(data: Path, tmp_path: Path) -> None:
    other, file = tmp_path / "other", tmp_path / "contoso.zip"
    with Emulator(Settings(data=data)):  # an export needs no stop
        exported = run("export", "contoso", file, "--data", data)
    assert exported.stdout.startswith(f"{file} holds the world contoso: tenants 1, users 7, messages ")
    assert run("import", file, "--data", other).stdout.startswith(f"{other} holds the world contoso: ")
    assert run("kept", "--data", other).stdout == "contoso\n"
    shown = [run("kept", "contoso", "--data", one).stdout.splitlines()[1:] for one in (data, other)]
    assert shown[0] == shown[1]
    assert "    ada@contoso.onmicrosoft.com  Ada Bernard" in "\n".join(shown[0])


def test_a_world_goes_from_one_running_emulator_to_another(tmp_path: Path) -> None:
    file = tmp_path / "contoso.zip"
    with Emulator(Settings(world="contoso")) as source, Emulator(Settings()) as target:
        exported = run("export", "contoso", file, "--url", source.http_url)
        assert exported.stdout == f"{file} holds the world contoso: tenants 1, users 7\n"
        imported = run("import", file, "--url", target.http_url, "--json")
        found = {"holder": target.http_url, "world": "contoso", "tenants": 1, "users": 7}
        assert json.loads(imported.stdout) == found, imported.stderr
        assert run("list", "--url", target.http_url).stdout.splitlines()[1].split()[0] == "contoso"
        again = run("import", file, "--url", target.http_url)
        assert (again.returncode, again.stderr.count("\n")) == (2, 1)
        assert "a world named 'contoso' exists already" in again.stderr


def test_what_cannot_be_is_said_in_a_line(data: Path, tmp_path: Path) -> None:
    file = tmp_path / "contoso.zip"
    run("export", "contoso", file, "--data", data)
    (tmp_path / "no.zip").write_text("no")
    with Emulator(Settings(data=tmp_path / "used")):
        used = run("import", file, "--data", tmp_path / "used")
    refused = {
        "no world is named 'cotoso'; did you mean contoso?": run("export", "cotoso", file, "--data", data),
        "a world named 'contoso' exists already": run("import", file, "--data", data),
        "another emulator uses the data directory": used,
        "is no export of a world, or is damaged": run("import", tmp_path / "no.zip", "--data", tmp_path / "new"),
        "nothing.zip cannot be read: No such file or directory": run("import", tmp_path / "nothing.zip"),
        "no emulator answers at": run("export", "contoso", file, "--url", "http://127.0.0.1:9"),
        "name the data directory by --data": run("kept"),
        "holds no data: there is no worlds.sqlite3 in it": run("kept", "--data", tmp_path / "none"),
    }
    for sentence, ended in refused.items():
        assert (ended.returncode, ended.stderr.count("\n")) == (2, 1), ended.stderr
        assert sentence in ended.stderr

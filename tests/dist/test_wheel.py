"""The distribution holds what the repository holds, and works where it is installed."""

import subprocess
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

pytestmark = pytest.mark.xdist_group("dist")  # one worker builds once


def in_packages(paths: list[str], packages: dict[str, str]) -> dict[str, str]:
    """Path in the repository -> path in the wheel, for the files of the three packages."""
    return {
        path: path.replace(folder, package, 1)
        for path in paths
        for folder, package in packages.items()
        if path.startswith(f"{folder}/")
    }


def test_the_wheel_holds_every_tracked_file(artefacts, tracked, packages) -> None:
    expected = set(in_packages(tracked, packages).values())
    with zipfile.ZipFile(artefacts.wheel) as wheel:
        held = {path for path in wheel.namelist() if ".dist-info/" not in path}
    assert held == expected, f"missing: {sorted(expected - held)}; unexpected: {sorted(held - expected)}"


def test_no_data_is_ignored_by_git(needs: Callable[[str], str], repository: Path, packages: dict[str, str]) -> None:
    command = [needs("git"), "ls-files", "--others", "--ignored", "--exclude-standard", "--", *packages]
    ignored = subprocess.run(command, cwd=repository, capture_output=True, text=True, check=True).stdout.splitlines()
    dropped = [path for path in ignored if "__pycache__" not in path]
    assert not dropped, f"a rule in .gitignore keeps these out of the wheel: {dropped}"


def test_the_sdist_can_run_the_tests(artefacts, tracked) -> None:
    with tarfile.open(artefacts.sdist) as sdist:
        held = {path.split("/", 1)[1] for path in sdist.getnames() if "/" in path}
    wanted = {path for path in tracked if not path.startswith(".git")}
    assert wanted <= held, f"missing: {sorted(wanted - held)}"


def test_every_package_is_found_with_its_data(installed, tracked, packages) -> None:
    data = [path for path in in_packages(tracked, packages).values() if not path.endswith(".py")]
    code = f"""
import importlib.resources as resources
for package in {sorted(packages.values())!r}:
    print(package, resources.files(package))
for path in {data!r}:
    package, _, rest = path.partition("/")
    found = resources.files(package).joinpath(rest)
    assert found.is_file(), f"{{path}} is not installed ({{found}})"
"""
    lines = installed.python(code).splitlines()
    assert [line.split()[0] for line in lines] == sorted(packages.values())


def test_nothing_comes_from_this_checkout(installed, packages, repository: Path) -> None:
    code = f"import importlib; print([importlib.import_module(p).__file__ for p in {sorted(packages.values())!r}])"
    assert str(repository) + "/" not in installed.python(code)


def test_types_are_announced(installed) -> None:
    code = """
import importlib.resources as resources
print(all(resources.files(p).joinpath("py.typed").is_file() for p in ("pytest_outlook365", "outlook365_emulator")))
"""
    assert installed.python(code) == "True"


def test_entry_points_lead_to_code(installed) -> None:
    code = """
from importlib.metadata import entry_points
for group, name in (("pytest11", "outlook365"), ("console_scripts", "outlook365-emulator")):
    (found,) = entry_points(group=group, name=name)
    print(found.value, callable(found.load()) or group == "pytest11")
"""
    assert installed.python(code).splitlines() == [
        "pytest_outlook365.plugin True",
        "outlook365_emulator.cli:main True",
    ]


@pytest.mark.parametrize("command", ["outlook365-emulator", "python -m outlook365_emulator"])
def test_the_command_line_starts(installed, command: str) -> None:
    assert "serve" in installed.run(*command.split(), "--help")


def test_pytest_offers_the_fixtures(installed) -> None:
    listed = installed.run("python", "-m", "pytest", "--fixtures", "-q", "-p", "no:cacheprovider")
    assert {"outlook365", "outlook365_emulator"} <= {line.split(" ")[0] for line in listed.splitlines()}

"""The built distribution and an environment that it is installed in; nothing is downloaded."""

import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

PACKAGES = {
    "pytest_outlook365": "pytest_outlook365",
    "emulator/outlook365_emulator": "outlook365_emulator",
    "fixtures/outlook365_fixtures": "outlook365_fixtures",
}


@pytest.fixture(scope="session")
def packages() -> dict[str, str]:
    """Folder in the repository -> import package."""
    return PACKAGES


@pytest.fixture(scope="session")
def tracked(needs: Callable[[str], str], repository: Path) -> list[str]:
    """What the repository holds: the files that git tracks, and those that it would if they were added."""
    command = [needs("git"), "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=repository, capture_output=True, text=True, check=True).stdout.splitlines()
    return sorted({line for line in listed if (repository / line).is_file()})


@pytest.fixture(scope="session")
def checkout(tracked: list[str], repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clean copy of the repository, without anything that git ignores."""
    folder = tmp_path_factory.mktemp("checkout")
    for line in tracked:
        (folder / line).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(repository / line, folder / line)
    return folder


@dataclass(frozen=True)
class Artefacts:
    """What `python -m build` made: the source distribution, and the wheel that was built from it."""

    wheel: Path
    sdist: Path


@pytest.fixture(scope="session")
def artefacts(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Artefacts:
    """The distribution as it would be published."""
    folder = tmp_path_factory.mktemp("artefacts")
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), cwd=checkout)
    (wheel,), (sdist,) = folder.glob("*.whl"), folder.glob("*.tar.gz")
    return Artefacts(wheel, sdist)


@dataclass(frozen=True)
class Environment:
    """A virtual environment of its own that borrows the dependencies, and only those, from the running one."""

    folder: Path

    @property
    def bin(self) -> Path:
        """The folder of its programs."""
        return self.folder / ("Scripts" if os.name == "nt" else "bin")

    def run(self, *command: str, status: int = 0) -> str:
        """Run one of its programs outside the repository, expect an exit status, and return the output."""
        return run(str(self.bin / command[0]), *command[1:], cwd=self.folder, status=status)

    def python(self, code: str) -> str:
        """Run code in its interpreter and return what it printed."""
        return self.run("python", "-c", code).strip()


def run(*command: str, cwd: Path, status: int = 0) -> str:
    """Run a command without the parent's Python settings and return its output; the failure shows both streams."""
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST_", "PYTHON", "COV_"))}
    ended = subprocess.run(command, cwd=cwd, env=inherited, capture_output=True, text=True, timeout=110)
    assert ended.returncode == status, f"{command} ended with {ended.returncode}:\n{ended.stdout}\n{ended.stderr}"
    return ended.stdout


def new_environment(folder: Path, *install: str) -> Environment:
    """Make an environment and install something into it without its dependencies and without the network."""
    run(sys.executable, "-m", "venv", "--without-pip", str(folder), cwd=folder.parent)
    environment = Environment(folder)
    pip = [sys.executable, "-m", "pip", "--python", str(folder), "--disable-pip-version-check", "install", "--quiet"]
    # A path file adds the running environment's packages; its own path files, and so an editable install, stay out.
    site = Path(environment.python("import sysconfig; print(sysconfig.get_path('purelib'))"))
    (site / "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n")
    run(*pip, "--no-deps", "--no-index", "--no-build-isolation", "--ignore-installed", *install, cwd=folder)
    return environment


@pytest.fixture(scope="session")
def from_wheel(artefacts: Artefacts, tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """An environment with the wheel."""
    return new_environment(tmp_path_factory.mktemp("from-wheel") / "venv", str(artefacts.wheel))


@pytest.fixture(scope="session")
def from_checkout(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """An environment with an editable install of a clean copy."""
    return new_environment(tmp_path_factory.mktemp("from-checkout") / "venv", "--editable", str(checkout))


@pytest.fixture(params=["from_wheel", "from_checkout"])
def installed(request: pytest.FixtureRequest) -> Environment:
    """Each way of installing."""
    environment: Environment = request.getfixturevalue(request.param)
    return environment

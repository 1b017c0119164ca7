"""One version everywhere."""

import re
from importlib.metadata import metadata
from pathlib import Path

import pytest

pytestmark = pytest.mark.xdist_group("dist")

READ = "import outlook365_emulator, importlib.metadata as m; print(outlook365_emulator.__version__, m.version('{}'))"
DISTRIBUTION = "pytest-outlook365"


def test_package_and_metadata_agree(installed) -> None:
    package, distribution = installed.python(READ.format(DISTRIBUTION)).split()
    assert package == distribution


def test_the_changelog_begins_with_this_version(from_wheel, repository: Path) -> None:
    version = from_wheel.python(READ.format(DISTRIBUTION)).split()[0]
    headings = re.findall(r"^## \[(\d[^]]*)\]", (repository / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert headings[:1] == [version], "the newest heading of CHANGELOG.md names the version of the package"


def test_the_command_line_says_it(from_wheel) -> None:
    version = from_wheel.python(READ.format(DISTRIBUTION)).split()[0]
    assert version in from_wheel.run("outlook365-emulator", "--version")


def test_the_licence_is_named() -> None:
    assert metadata(DISTRIBUTION)["License-Expression"] == "MIT"

"""The documentation builds without a warning: every link leads somewhere and every page is listed."""

import os
import subprocess
import sys
from pathlib import Path


def test_the_site_builds_strictly(repository: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(tmp_path / "site")]
    quiet = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    ended = subprocess.run(command, cwd=repository, env=quiet, capture_output=True, text=True, timeout=110)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert (tmp_path / "site" / "index.html").is_file()

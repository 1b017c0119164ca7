"""The page of operations is the one that the declarations give; lines of handlers may have moved since."""

import re
from pathlib import Path

from outlook365_emulator.graph.catalogue import PAGE, page


def without_lines(text: str) -> str:
    return re.sub(r"\.py:\d+", ".py", text)


def test_the_page_is_up_to_date(repository: Path) -> None:
    written = (repository / PAGE).read_text(encoding="utf-8")
    assert without_lines(written) == without_lines(page(repository)), (
        "run python -m outlook365_emulator.graph.catalogue at the root of the repository"
    )

"""What people read: the journal below a failed test, and why what is not emulated or a bug of ours failed one."""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from outlook365_emulator.client import World

WORLD = pytest.StashKey["World"]()
"""Where a test item keeps its world while that lives."""

TOO_WIDE = re.compile(r"^ScopeMismatch: .* fixture outlook365(_\w+)? with a (class|module|package|session) ")
"""What pytest says where a fixture of a wider scope asks for a world."""

NARROWER = """\
the fixture outlook365 makes a world for one test and drops it afterwards: ask for it in a fixture of function scope.
A world that lasts longer is made by outlook365_emulator.add_world(), which is yours to drop()."""

SECTION = "outlook365"
OPTION = "outlook365_journal"


def add_option(group: pytest.OptionGroup) -> None:
    """Add the option of the journal to our group of `pytest --help`."""
    group.addoption(
        "--outlook365-journal",
        dest=OPTION,
        type=int,
        default=20,
        metavar="N",
        help="show the last N requests of its world below a failed test (default: 20; 0: none)",
    )


def add_section(item: pytest.Item, report: pytest.TestReport) -> None:
    """Add the journal of the test's world to the report of its failure.

    Args:
        item: the test; nothing is added where its world is gone or it had none.
        report: the report of the phase that failed.
    """
    world = item.stash.get(WORLD, None)
    last = int(item.config.getoption(OPTION))
    if world is not None and last > 0:
        report.sections.append((SECTION, journal_text(world, last)))
    if TOO_WIDE.search(report.longreprtext):
        report.sections.append((SECTION, NARROWER))


def journal_text(world: "World", last: int) -> str:
    """Write the last requests of a world with an explanation of each refusal.

    Args:
        world: the world.
        last: how many requests.
    """
    from outlook365_emulator.client import ControlError

    head = f"world {world.name}, seed {world.seed}"
    try:
        return f"{head}\n{world.journal.text(last)}"
    except ControlError as error:
        # The report of a failed test must not fail.
        return f"{head}: the journal could not be read: {error}"


def not_emulated_text(asked: Mapping[str, int]) -> str:
    """Say what was asked for and is not emulated, and what to do about it.

    Args:
        asked: the operations with how often each was asked for.
    """
    return "\n".join(
        [
            "the code under test asked for what pytest-outlook365 does not emulate, and was answered 501 NotEmulated:",
            *_counted(asked),
            "Ask for it in the project's issue tracker, with this line. If the answer is all right for this test, mark "
            'it with @pytest.mark.outlook365(not_emulated="allow").',
        ]
    )


def bugs_text(bugs: Mapping[str, int]) -> str:
    """Say at what the emulator failed, and what to do about it.

    Args:
        bugs: the requests, each with its exception, and how often that happened.
    """
    return "\n".join(
        [
            "the emulator failed at requests of the code under test and answered 500, which is a bug in it:",
            *_counted(bugs),
            "Report it in the project's issue tracker, with these lines and the traceback in the log.",
        ]
    )


def _counted(lines: Mapping[str, int]) -> list[str]:
    return [f"  {line}" + (f"  ({count} times)" if count > 1 else "") for line, count in lines.items()]

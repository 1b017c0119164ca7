"""Exceptions that nobody expected, written where whoever runs the emulator reads them: each is a bug of it.

Where the process configures no logging, as `outlook365-emulator serve`, Python writes them to standard error (Python's
documentation, `logging.lastResort`).
"""

import logging
import traceback
from typing import Final

from outlook365_emulator.app.secrecy import without_tokens

LOGGER: Final = logging.getLogger("outlook365_emulator")


def log_bug(problem: BaseException, doing: str) -> None:
    """Write an exception to the log with its traceback; tokens are left out.

    Args:
        problem: the exception.
        doing: what was being done, without secrets: `answering GET https://graph.microsoft.com/v1.0/me`.
    """
    trace = "".join(traceback.format_exception(problem)).rstrip()
    LOGGER.error("the emulator failed at %s, which is a bug in it\n%s", doing, without_tokens(trace))

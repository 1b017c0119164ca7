import re
from datetime import timedelta
from typing import Any

import pytest
from outlook365_emulator.client.clock import Clock
from outlook365_emulator.client.connection import Connection

NOW = {"now": "2026-03-02T09:00:00.000Z", "frozen": False}


@pytest.mark.parametrize(
    ("delta", "keywords", "seconds"),
    [
        (timedelta(minutes=2), {}, 120),
        (None, {"hours": 1, "seconds": 0.5}, 3600.5),
        (timedelta(days=1), {"weeks": 1}, 8 * 86400),
        (None, {}, 0),
    ],
)
def test_a_duration_is_sent_in_seconds(
    connection: Connection, server: Any, delta: timedelta | None, keywords: dict[str, float], seconds: float
) -> None:
    server.answers = [(200, NOW)]
    Clock(connection, "/worlds/w").advance(delta, **keywords)
    assert server.last.body == {"advance": seconds}


@pytest.mark.parametrize(
    ("delta", "error", "told"),
    [
        (5, TypeError, "advance takes a timedelta, or keywords such as seconds=5, not 5"),
        (timedelta(seconds=-1), ValueError, "use set() to go back"),
    ],
)
def test_a_misuse_is_told(connection: Connection, server: Any, delta: Any, error: type[Exception], told: str) -> None:
    with pytest.raises(error, match=re.escape(told)):
        Clock(connection, "/worlds/w").advance(delta)
    assert server.asked == []

"""Kind `latency`: fixed, uniform and log-normal delays."""

from datetime import UTC, datetime
from statistics import median
from typing import Any

import pytest
from outlook365_emulator.faults.decode import FaultError
from outlook365_emulator.faults.engine import FaultEngine
from outlook365_emulator.faults.facts import Facts
from outlook365_emulator.faults.fault import decode_fault
from outlook365_emulator.faults.outcomes import Delay
from outlook365_emulator.ids import Chance

NOW = datetime(2026, 11, 2, 10, tzinfo=UTC)


def delays(settings: dict[str, Any], count: int = 1, seed: int = 7) -> list[float]:
    engine = FaultEngine(Chance(seed))
    engine.add({"kind": "latency", "with": settings}, NOW)
    found = []
    for _ in range(count):
        outcome = engine.decide(Facts(), NOW)
        assert isinstance(outcome, Delay)
        assert outcome.then is None
        found.append(outcome.seconds)
    return found


def test_a_fixed_delay() -> None:
    assert delays({"seconds": 1.5}, 3) == [1.5, 1.5, 1.5]


def test_a_uniform_delay_stays_between_low_and_high_and_reaches_both_halves() -> None:
    found = delays({"low": 1, "high": 3}, 200)
    assert all(1 <= one <= 3 for one in found)
    assert min(found) < 1.5
    assert max(found) > 2.5


def test_half_of_the_log_normal_delays_are_shorter_than_the_median() -> None:
    found = delays({"median": 0.2, "sigma": 0.4}, 2000)
    assert median(found) == pytest.approx(0.2, rel=0.1)
    assert max(found) > 0.5


def test_no_delay_is_longer_than_an_hour() -> None:
    assert max(delays({"median": 3600, "sigma": 3}, 50)) == 3600


def test_the_same_seed_gives_the_same_delays() -> None:
    settings = {"median": 0.2, "sigma": 1}
    assert delays(settings, 20, seed=1) == delays(settings, 20, seed=1)
    assert delays(settings, 20, seed=1) != delays(settings, 20, seed=2)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({}, "with: give seconds, or low and high, or median and sigma; got none"),
        (
            {"seconds": 1, "low": 1, "high": 2},
            "with: give seconds, or low and high, or median and sigma; got seconds, low",
        ),
        ({"low": 1}, "with: give seconds"),
        ({"median": 1}, "with: give seconds"),
        ({"low": 3, "high": 1}, "with: low (3.0) is above high (1.0)"),
        ({"seconds": -1}, "with.seconds: Expected `float` >= 0.0"),
        ({"seconds": 3601}, "with.seconds: Expected `float` <= 3600"),
        ({"seconds": float("nan")}, "with.seconds: Expected `float`"),
        ({"median": 0, "sigma": 1}, "with.median: Expected `float` > 0"),
        ({"second": 1}, "with.second: unknown key 'second'; did you mean 'seconds'?"),
    ],
)
def test_delays_that_make_no_sense_are_refused(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(FaultError) as caught:
        decode_fault({"kind": "latency", "with": settings})
    assert str(caught.value).startswith(message)

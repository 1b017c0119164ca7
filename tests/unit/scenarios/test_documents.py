"""Whatever a scenario says, it is read or refused with a sentence; it never fails otherwise."""

from typing import Any, get_args

from hypothesis import given
from hypothesis import strategies as st
from outlook365_emulator.faults.kinds import KINDS
from outlook365_emulator.faults.kinds.changing import ChangeName
from outlook365_emulator.scenarios import ScenarioDocument
from outlook365_emulator.scenarios.files import plain_scenario, read_scenario
from outlook365_emulator.worlds.reading import DocumentError

SCALARS = st.none() | st.booleans() | st.integers(-10, 10**15) | st.floats() | st.text(max_size=8)
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
NAMES = st.sampled_from(["a", "b", "down", "X"])
FAULTS = st.fixed_dictionaries(
    {"kind": st.sampled_from([*KINDS, "nothing"])},
    optional={
        "name": NAMES,
        "match": ANYTHING,
        "with": ANYTHING,
        "until": SCALARS,
        "spare": SCALARS,
        "chance": SCALARS,
    },
)
CHANGES = st.sampled_from([*get_args(ChangeName), "nothing"])
STEPS = st.fixed_dictionaries({"change": CHANGES}, optional={"user": SCALARS})
PHASES = st.fixed_dictionaries(
    {"name": NAMES},
    optional={
        "for": SCALARS | st.sampled_from(["10 min", "PT1H", "1h", "9999999999 d"]),
        "requests": SCALARS,
        "match": ANYTHING,
        "steps": st.lists(STEPS, max_size=2) | ANYTHING,
        "faults": st.lists(FAULTS, max_size=2) | ANYTHING,
    },
)
DOCUMENTS = st.fixed_dictionaries(
    {"name": NAMES, "phases": st.lists(PHASES, max_size=3)}, optional={"repeat": SCALARS, "title": SCALARS}
)


def read(document: Any) -> ScenarioDocument | DocumentError:
    """Read a document, or return the refusal."""
    try:
        return read_scenario(document)
    except DocumentError as problem:
        return problem


@given(DOCUMENTS | ANYTHING)
def test_a_document_is_read_or_refused(document: Any) -> None:
    found = read(document)
    if isinstance(found, DocumentError):
        assert found.message
    else:
        assert read_scenario(plain_scenario(found)) == found


@given(st.lists(FAULTS, min_size=1, max_size=3))
def test_what_is_read_can_be_read_again(faults: list[Any]) -> None:
    found = read({"name": "a", "phases": [{"name": "on", "faults": faults}]})
    if isinstance(found, DocumentError):
        assert found.place.startswith("phases[0]")
    else:
        assert read_scenario(plain_scenario(found)) == found

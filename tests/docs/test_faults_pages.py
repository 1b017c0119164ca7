"""The pages on faults: every example is a fault, and every key, kind and setting is described."""

import re
from pathlib import Path

import pytest
import yaml
from outlook365_emulator.faults.decode import keys_of
from outlook365_emulator.faults.fault import Envelope, decode_fault
from outlook365_emulator.faults.kinds import KINDS
from outlook365_emulator.faults.match import MatchDocument

DOCS = Path(__file__).parents[2] / "docs"
REFERENCE = (DOCS / "reference" / "faults.md").read_text(encoding="utf-8")
HOW_TO = (DOCS / "how-to" / "inject-a-fault.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("example", re.findall(r"```yaml\n(.*?)```", REFERENCE + HOW_TO, re.DOTALL))
def test_every_example_is_a_fault(example: str) -> None:
    loaded = yaml.safe_load(example)
    for document in loaded if isinstance(loaded, list) else [loaded]:
        decode_fault(document)


SETTINGS = {key for kind in KINDS.values() for key in keys_of(kind.settings)}


@pytest.mark.parametrize("key", sorted({*KINDS, *SETTINGS, *keys_of(Envelope), *keys_of(MatchDocument)}))
def test_the_reference_describes_every_key(key: str) -> None:
    assert f"`{key}`" in REFERENCE

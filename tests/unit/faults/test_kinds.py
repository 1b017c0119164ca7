"""Every kind of fault, and every change, is proved twice: on the wire with a raw client, and with a client in use."""

import re
from pathlib import Path
from typing import get_args

import pytest
from outlook365_emulator.faults.kinds import KINDS
from outlook365_emulator.faults.kinds.changing import ChangeName

TESTS = Path(__file__).parents[2]
RAW = ("contract/faults/*.py", "contract/graph/subscriptions/*.py")
"""Tests that look at the bytes: `Place.raw`, `Place.graph` and `Endpoint` of their conftest files."""

REAL = ("clients/test_faults.py", "clients/test_kinds.py")
"""Tests with MSAL, azure-identity, msgraph-sdk, requests, httpx, aiohttp, and a webhook."""


def source(patterns: tuple[str, ...]) -> str:
    """Return the text of the tests that these patterns name."""
    files = [path for pattern in patterns for path in sorted(TESTS.glob(pattern))]
    assert files
    return "\n".join(path.read_text(encoding="utf-8") for path in files)


@pytest.mark.parametrize("patterns", [RAW, REAL], ids=["raw", "real"])
class TestEvidence:
    @pytest.mark.parametrize("kind", KINDS)
    def test_of_a_kind(self, patterns: tuple[str, ...], kind: str) -> None:
        found = source(patterns)
        # `kind="reset"`, `{"kind": "reset"}`, a row `("reset", …)` of a table, or `fault("reset")` of a fixture.
        set_by = rf"""kind["']?\s*[:=]\s*"{kind}"|\(\s*"{kind}"[,)]"""
        assert re.search(set_by, found), f"no test of {', '.join(patterns)} sets the kind {kind!r}"

    @pytest.mark.parametrize("change", get_args(ChangeName))
    def test_of_a_change(self, patterns: tuple[str, ...], change: str) -> None:
        assert f'"{change}"' in source(patterns), f"no test of {', '.join(patterns)} lets {change!r} happen"

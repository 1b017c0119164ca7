"""The scenarios that are shipped: they can be read, say what they find, and the generated pages are of them."""

import json
from pathlib import Path

import pytest
from outlook365_emulator.faults.fault import decode_fault
from outlook365_emulator.scenarios import chaos_document, load_scenario_file, scenario_names
from outlook365_emulator.scenarios.files import plain_scenario, read_scenario
from outlook365_emulator.scenarios.reference import reference_page
from outlook365_emulator.scenarios.schema import scenario_schema_text
from outlook365_emulator.worlds.reading import DocumentError

ASKED_FOR = """
throttled throttled_batch flaky_network slow_network outage token_expired refresh_token_revoked consent_withdrawn
admin_consent_required secret_expired certificate_rolled mfa_required conditional_access account_disabled cae
wrong_cloud delta_expired mailbox_full mailbox_gone webhook_flaky webhook_lost eventual_consistency lost_answer hostile
""".split()


def test_all_are_there() -> None:
    assert set(ASKED_FOR) <= set(scenario_names())


@pytest.mark.parametrize("name", scenario_names())
def test_a_shipped_scenario_says_what_it_finds(name: str) -> None:
    document = load_scenario_file(name)
    assert document.name == name
    assert document.title
    assert document.finds
    assert document.finds.startswith("The client") or document.finds.startswith("One")
    assert read_scenario(plain_scenario(document)) == document


def test_generated_pages_are_current(repository: Path) -> None:
    schema = repository / "fixtures/outlook365_fixtures/schemas/scenario.schema.json"
    assert schema.read_text() == scenario_schema_text(), "python -m outlook365_emulator.scenarios schema"
    page = repository / "docs/reference/scenarios.md"
    assert page.read_text() == reference_page(), "python -m outlook365_emulator.scenarios reference"
    assert all(f"### {name}\n" in page.read_text() for name in ASKED_FOR)


def test_the_schema_knows_every_kind_and_change() -> None:
    schema = json.loads(scenario_schema_text())
    assert "lost_answer" in schema["$defs"]["Fault"]["properties"]["kind"]["enum"]
    assert "revoke_sessions" in schema["$defs"]["Change"]["properties"]["change"]["enum"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "name: x\nphases: [{name: a, faults: [{kind: error, with: {error: trottled}}]}]",
            r"phases\[0\].faults\[0\].with",
        ),
        ("name: x\nphases: [{name: a, fault: []}]", r"phases\[0\].fault"),
        ("name: x\nname: y\nphases: []", "twice"),
        ("name: [", "line 2"),
        ("- a", "mapping"),
    ],
)
def test_a_wrong_file_is_refused_with_file_and_place(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "wrong.yaml"
    file.write_text(text)
    with pytest.raises(DocumentError, match=said) as caught:
        load_scenario_file(file)
    assert str(file) in str(caught.value)


@pytest.mark.parametrize("rate", [0.0, 0.1, 0.5, 1.0])
def test_chaos_hits_the_part_that_it_says(rate: float) -> None:
    faults = [decode_fault(fault) for fault in chaos_document(rate).phases[0].faults]
    assert all(fault.spare for fault in faults)
    passing = 1.0
    for fault in faults:
        passing *= 1 - fault.chance
    assert passing == pytest.approx(1 - rate)

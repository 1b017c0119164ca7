"""The reference page of scenarios: how a file is written, and every shipped one with the mistake that it finds."""

from collections.abc import Iterator

from outlook365_emulator.scenarios.documents import PhaseDocument, ScenarioDocument
from outlook365_emulator.scenarios.files import load_scenario_file, scenario_names

_HEAD = """\
<!-- Written by `python -m outlook365_emulator.scenarios reference`. -->
# Scenarios

A scenario is a list of phases that a world goes through: [faults](faults.md) that are set while a phase lasts, and what
has happened when it begins. How to run tests under one is told in
[Run your tests under a scenario](../how-to/run-under-a-scenario.md).

## The file

YAML 1.1 in UTF-8, or JSON. A key that is unknown or missing, and a wrong fault or step, is an error that names the
place (`phases[1].faults[0].match.operation`) and the nearest right word. Editors check a file with the JSON schema
`outlook365_fixtures/schemas/scenario.schema.json`; `outlook365-emulator scenario validate FILE` reads one.

```yaml
name: outage_at_night
title: Graph is down for an hour, and sessions are revoked meanwhile
phases:
  - {name: normal, requests: 20, match: {service: graph}}
  - name: down
    for: 1h
    steps: [{change: revoke_sessions, user: ada}]
    faults:
      - {name: unavailable, kind: error, match: {service: graph}, with: {error: service_unavailable}}
  - name: recovered
```

| key | meaning | when left out |
|---|---|---|
| `name` | its name, unique in a world: small letters, digits, `_` | required |
| `title`, `finds` | what happens; the mistake of a client that it brings to light | none |
| `phases` | one after the other | required |
| `repeat` | whether it begins anew after the last phase; all phases together then last a second at least | `false` |

A phase:

| key | meaning | when left out |
|---|---|---|
| `name` | its name, unique in the scenario | required |
| `for` | how long it lasts by the world's clock: `600`, `10 min`, `PT10M` | |
| `requests` | how many requests it lasts, in place of `for`; the last one is still answered as the phase says | |
| `match` | which requests count, as the [match](faults.md#match) of a fault | all |
| `steps` | what happens when it begins, each the settings of the fault kind [change](faults.md#change) | nothing |
| `faults` | faults that are set while it lasts | none |

Every phase but the last has `for` or `requests`. A last phase without an end stays until the scenario is stopped. In
the journal a fault is called by the scenario and its own name or that of its phase: `outage.unavailable`.

## Those that are shipped
"""


def reference_page() -> str:
    """Return the page as the text of `docs/reference/scenarios.md`."""
    sections = [section for name in scenario_names() for section in _section(load_scenario_file(name))]
    return "\n".join([_HEAD, *sections])


def _section(document: ScenarioDocument) -> Iterator[str]:
    yield f"### {document.name}\n"
    yield f"{document.title}.\n"
    yield f"**Finds:** {document.finds}\n"
    for phase in document.phases:
        yield f"- {_phase(phase)}"
    again = " After the last phase it begins anew." if document.repeat else ""
    yield f"\nThe file: `outlook365_fixtures/scenarios/{document.name}.yaml`.{again}\n"


def _phase(phase: PhaseDocument) -> str:
    lasts = f"{phase.requests} requests" if phase.requests is not None else str(phase.for_ or "to the end")
    if phase.requests == 1:
        lasts = "1 request"
    if isinstance(phase.for_, int | float):
        lasts = f"{phase.for_} s"
    happens = [f"`{step['change']}` happens" for step in phase.steps]
    faults = [f"`{fault['kind']}`{_detail(fault)}" for fault in phase.faults]
    return f"`{phase.name}` ({lasts})" + (f": {', '.join([*happens, *faults])}" if happens or faults else "")


def _detail(fault: dict[str, object]) -> str:
    settings = fault.get("with")
    if not isinstance(settings, dict):
        return ""
    shown = [
        f"{key} {value}" for key, value in settings.items() if not isinstance(value, dict | list) and key != "body"
    ]
    return f" ({', '.join(shown)})" if shown else ""

"""Scenarios: phases of trouble that a world goes through, over its time or by the requests that it gets."""

from outlook365_emulator.scenarios.chaos import chaos_document
from outlook365_emulator.scenarios.documents import ScenarioDocument
from outlook365_emulator.scenarios.files import load_scenario_file, read_scenario, scenario_names
from outlook365_emulator.scenarios.running import EFFECTS, Running, start_scenario, stop_scenario

__all__ = [
    "EFFECTS",
    "Running",
    "ScenarioDocument",
    "chaos_document",
    "load_scenario_file",
    "read_scenario",
    "scenario_names",
    "start_scenario",
    "stop_scenario",
]

"""Scenarios: phases of trouble that a world goes through, over its time or by the requests that it gets."""

from .chaos import chaos_document
from .documents import ScenarioDocument
from .files import load_scenario_file, read_scenario, scenario_names
from .running import EFFECTS, Running, start_scenario, stop_scenario

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

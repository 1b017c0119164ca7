"""The recipes for CI: their YAML can be read, and their commands run as they stand."""

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from outlook365_emulator.scenarios import scenario_names

HOW_TO = Path(__file__).parents[2] / "docs" / "how-to"
RECIPES = ("ci-github-actions", "ci-gitlab", "ci-azure-pipelines")

VALUES = {
    "${{ matrix.scenario }}": "throttled",
    '"$SCENARIO"': "throttled",
    "$SCENARIO": "throttled",
    "$(scenario)": "throttled",
    "${{ github.run_number }}": "17",
    "$CI_PIPELINE_IID": "17",
    "$(Build.BuildId)": "17",
}
"""What the CI puts in place of its variables."""

SUITE = """
import time

def test_a_client_with_patience(outlook365, outlook365_auto_advance):
    app = outlook365.tenant.add_app(auth="client_credentials", permissions=["User.Read.All"])
    with outlook365.graph(app) as graph:
        answer = graph.get("/users?$select=id")
        while answer.status_code in (429, 503, 504):
            time.sleep(float(answer.headers.get("Retry-After", 1)))
            answer = graph.get("/users?$select=id")
        assert answer.status_code == 200
"""


def blocks() -> list[tuple[str, Any]]:
    """Every block of YAML with the name of its page."""
    return [
        (name, yaml.safe_load(text))
        for name in RECIPES
        for text in re.findall(r"```yaml\n(.*?)```", (HOW_TO / f"{name}.md").read_text(encoding="utf-8"), re.DOTALL)
    ]


def texts(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        for value in node.values():
            yield from texts(value)
    elif isinstance(node, list):
        for value in node:
            yield from texts(value)
    elif isinstance(node, str):
        yield node


def commands() -> list[str]:
    """Every command of ours in the recipes, filled in."""
    found = []
    for _, block in blocks():
        for text in texts(block):
            if text.startswith(("pytest ", "outlook365-emulator ")):
                for variable, value in VALUES.items():
                    text = text.replace(variable, value)
                found.append(" ".join(text.split()))
    return list(dict.fromkeys(found))


def test_there_is_a_recipe_with_a_job_for_each() -> None:
    assert [name for name, _ in blocks()] == [RECIPES[0]] * 3 + [RECIPES[1], RECIPES[2]]
    assert len(commands()) >= 3


def test_every_scenario_that_is_named_is_there() -> None:
    named = {
        text
        for name, block in blocks()
        for text in texts(block)
        if re.fullmatch(r"[a-z]+(_[a-z]+)+|throttled|outage", text) and text not in ("early_retries", "trouble")
    }
    assert {"throttled", "flaky_network", "outage", "lost_answer"} <= named
    assert named <= {*scenario_names(), "schedule", "pull_request"}


@pytest.mark.parametrize("command", commands())
def test_a_command_runs(command: str, tmp_path: Path) -> None:
    words = shlex.split(command)
    assert "$" not in command, f"a variable that is not filled in: {command}"
    tmp_path.joinpath("test_it.py").write_text(SUITE)
    modules = {"pytest": ["pytest", "-p", "no:cacheprovider"], "outlook365-emulator": ["outlook365_emulator"]}
    program = [sys.executable, "-m", *modules[words[0]], *words[1:]]
    if "--" in program:
        program = [*program[: program.index("--") + 1], sys.executable, "-c", "print('connected')"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    done = subprocess.run(program, cwd=tmp_path, capture_output=True, text=True, timeout=100, env=environment)
    assert done.returncode == 0, done.stdout + done.stderr
    assert (tmp_path / "report" / "outlook365-report.md").exists()
    assert ("--junitxml" in words) == (tmp_path / "junit.xml").exists()

"""`outlook365-emulator exec`, `scenario` and `serve --scenario` as processes, for programs in Python and Node."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

COMMAND = [sys.executable, "-m", "outlook365_emulator"]
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("OUTLOOK365_")}

PROGRAM = """
import os, sys, httpx
told = {name: os.environ["OUTLOOK365_" + name] for name in ("TENANT_ID", "CLIENT_ID", "CLIENT_SECRET", "USER")}
form = {"grant_type": "client_credentials", "client_id": told["CLIENT_ID"], "client_secret": told["CLIENT_SECRET"],
        "scope": "https://graph.microsoft.com/.default"}
token = httpx.post(f"https://login.microsoftonline.com/{told['TENANT_ID']}/oauth2/v2.0/token", data=form)
headers = {"Authorization": "Bearer " + token.json()["access_token"]}
statuses = [
    httpx.get(f"https://graph.microsoft.com/v1.0/users/{told['USER']}/messages", headers=headers).status_code
    for _ in range(5)
]
print(*statuses)
sys.exit(0 if statuses == [200] * 5 else 7)
"""

SCRIPT = """
const {OUTLOOK365_TENANT_ID: tenant, OUTLOOK365_CLIENT_ID: id} = process.env;
const {OUTLOOK365_CLIENT_SECRET: secret, OUTLOOK365_USER: user} = process.env;
const https = require("https");
function ask(url, options, body) {
  return new Promise((resolve, reject) => {
    const request = https.request(url, options, answer => {
      let text = "";
      answer.on("data", chunk => text += chunk);
      answer.on("end", () => resolve([answer.statusCode, text]));
    });
    request.on("error", reject);
    request.end(body);
  });
}
(async () => {
  const form = new URLSearchParams({grant_type: "client_credentials", client_id: id, client_secret: secret,
                                    scope: "https://graph.microsoft.com/.default"}).toString();
  const headers = {"Content-Type": "application/x-www-form-urlencoded", "Content-Length": Buffer.byteLength(form)};
  const [, text] = await ask(`https://login.microsoftonline.com/${tenant}/oauth2/v2.0/token`,
                             {method: "POST", headers}, form);
  const authorization = {headers: {Authorization: "Bearer " + JSON.parse(text).access_token}};
  const statuses = [];
  for (let i = 0; i < 4; i++) {
    const [status] = await ask(`https://graph.microsoft.com/v1.0/users/${user}/messages`, authorization);
    statuses.push(status);
  }
  console.log(statuses.join(" "));
})();
"""


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*COMMAND, *arguments], capture_output=True, text=True, timeout=100, env=ENVIRONMENT)


@pytest.fixture
def program(tmp_path: Path) -> list[str]:
    file = tmp_path / "program.py"
    file.write_text(PROGRAM)
    return [sys.executable, str(file)]


def test_a_program_runs_without_trouble(program: list[str]) -> None:
    done = run("exec", "--", *program)
    assert (done.returncode, done.stdout.split()) == (0, ["200"] * 5), done.stderr
    assert "0 of 1 run met a fault. 6 requests, 0 of them served by faults." in done.stderr


def test_under_a_scenario_its_status_and_a_report_come_back(program: list[str], tmp_path: Path) -> None:
    done = run("exec", "--scenario", "outage", "--report", str(tmp_path / "out"), "--", *program)
    assert (done.returncode, done.stdout.split()) == (7, ["200", "200", "200", "503", "503"]), done.stderr
    assert "outage.unavailable" in done.stderr
    report = json.loads((tmp_path / "out" / "outlook365-report.json").read_text())
    assert report["matrix"] == [
        {"operation": "mail.messages.list", "fault": "outage.unavailable", "exercised": 2, "survived": 0, "failed": 1}
    ]


@pytest.mark.system
def test_a_node_script_goes_through_a_scenario(needs: Callable[[str], str], tmp_path: Path) -> None:
    script = tmp_path / "script.js"
    script.write_text(SCRIPT)
    done = run("exec", "--scenario", "token_expired", "--json", "--", needs("node"), str(script))
    assert (done.returncode, done.stdout.split()) == (0, ["200", "200", "401", "200"]), done.stderr
    report = json.loads(done.stderr)
    assert report["matrix"][0]["fault"] == "token_expired.token_expired"
    assert report["findings"]["refused_tokens_reused"] == 1


def test_a_threshold_that_is_not_kept_is_status_1() -> None:
    quiet = [sys.executable, "-c", PROGRAM.replace("else 7", "else 0")]
    done = run("exec", "--scenario", "outage", "--threshold", "early_retries=0", "--", *quiet)
    assert done.returncode == 1, done.stderr
    assert "threshold not kept: early_retries: 1, at most 0" in done.stderr


def test_chaos_repeats_with_its_seed(program: list[str]) -> None:
    def faults() -> object:
        done = run("exec", "--chaos", "5:0.6", "--json", "--", *program)
        return json.loads(done.stderr.splitlines()[-1])["matrix"]

    assert faults() == faults()


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["exec", "--scenario", "outrage", "--", "true"], 2, "outage"),
        (["exec", "--threshold", "erly=1", "--", "true"], 2, "early_retries"),
        (["exec", "--chaos", "1:9", "--", "true"], 2, "a rate from 0 to 1"),
        (["exec", "--world", "none-such", "--", "true"], 2, "no world is named"),
        (["exec", "--", "no-such-program"], 127, "cannot be run"),
        (["exec"], 2, "COMMAND"),
        (["scenario", "show", "outrage"], 2, "outage"),
        (["scenario", "validate", "./none.yaml"], 2, "cannot be read"),
        (["serve", "--scenario", "outrage", "--port", "0", "--tls-port", "0", "--proxy-port", "0"], 2, "outage"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_line(arguments: list[str], status: int, said: str) -> None:
    done = run(*arguments)
    assert done.returncode == status, done.stderr
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_scenarios_are_listed_and_shown() -> None:
    listed = json.loads(run("scenario", "list", "--json").stdout)
    assert {"throttled", "hostile"} <= {one["name"] for one in listed}
    assert "throttled" in run("scenario", "list").stdout
    shown = run("scenario", "show", "outage").stdout
    assert "normal (3 requests)" in shown
    assert "outage (10 min)" in shown
    assert json.loads(run("scenario", "show", "outage", "--json").stdout)["phases"][1]["for"] == "10 min"


def test_a_world_is_served_that_goes_through_a_scenario() -> None:
    command = [*COMMAND, "serve", "--json", "--end-with-input", "--port", "0", "--tls-port", "0", "--proxy-port", "0"]
    with subprocess.Popen(
        [*command, "--scenario", "secret_expired"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=ENVIRONMENT,
    ) as process:
        assert process.stdout is not None
        details = json.loads(process.stdout.readline())
        running = httpx.get(f"{details['control_url']}/worlds/contoso/scenarios", trust_env=False).json()["scenarios"]
        assert [(one["name"], one["phase"]) for one in running] == [("secret_expired", "normal")]
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(30) == 0

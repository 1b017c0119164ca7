"""`outlook365-emulator exec`: run any program against an emulator that goes through a scenario, and report on it."""

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from outlook365_emulator import config
from outlook365_emulator.cli.serving import DEFAULT_WORLD, Refused, refusals
from outlook365_emulator.config import Settings

if TYPE_CHECKING:
    from outlook365_emulator.client import World

TOLD = (
    "tenant_id domain client_id client_secret certificate_pfx_base64 certificate_password public_client_id "
    "web_client_id web_client_secret redirect_uri user user_password shared_mailbox admin admin_password http_url "
    "control_url graph_url login_url outlook_url https_graph_url https_login_url https_outlook_url"
).split()
"""What of the ready file the program gets as variables, `OUTLOOK365_CLIENT_ID`."""

DEFAULT_RATE = 0.1
LONGEST_SHOWN = 80
NOT_FOUND = 127
THRESHOLD_BROKEN = 1


@click.command(
    "exec",
    context_settings={"ignore_unknown_options": False, "allow_interspersed_args": False},
    epilog="\b\nExamples:\n  outlook365-emulator exec --scenario throttled -- node sync.js\n"
    "  outlook365-emulator exec --scenario outage --report report --threshold early_retries=0 -- ./connector --once",
)
@click.option(
    "--scenario",
    "scenarios",
    multiple=True,
    metavar="NAME|FILE",
    help="Scenario that the world goes through: a shipped one by name, a file by its path; repeatable.",
)
@click.option(
    "--chaos", metavar="SEED[:RATE]", help="Faults at random that a correct client survives; default rate 0.1."
)
@click.option("--world", metavar="NAME|FILE", default=DEFAULT_WORLD, show_default=True, help="World to load.")
@click.option("--report", type=click.Path(file_okay=False, path_type=Path), help="Folder for the report.")
@click.option(
    "--threshold",
    "thresholds",
    multiple=True,
    metavar="NAME=N",
    help="End with status 1 when a number of the report is above N, or `survived` below it; repeatable.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON on standard error.")
@click.argument("command", nargs=-1, required=True, type=click.UNPROCESSED)
def execute(
    scenarios: tuple[str, ...],
    chaos: str | None,
    world: str,
    report: Path | None,
    thresholds: tuple[str, ...],
    as_json: bool,
    command: tuple[str, ...],
) -> None:
    """Run COMMAND against an emulator, report on what it survived, and end with its exit status.

    The program finds the emulator by its environment: connections to Microsoft's hosts are led to it, and variables
    such as OUTLOOK365_TENANT_ID, OUTLOOK365_CLIENT_ID and OUTLOOK365_USER say what is there.
    """
    from outlook365_emulator.client.report_merging import merged, parse_threshold, run_record, violations

    with refusals():
        limits = [parse_threshold(text) for text in thresholds]
    seed, rate = _seed_and_rate(chaos)
    with _emulated(world, seed) as (handle, details):
        with refusals():
            _begin(handle, scenarios, rate)
        status = _run(command, handle.env | _variables(details))
        record = run_record(_shown(command), "passed" if status == 0 else "failed", handle.report())
    whole = merged([record])
    broken = violations(whole, limits)
    _tell(whole, broken, report, as_json=as_json)
    sys.exit(status or (THRESHOLD_BROKEN if broken else 0))


@contextlib.contextmanager
def _emulated(world: str, seed: int | None) -> Iterator[tuple["World", dict[str, Any]]]:
    from outlook365_emulator.client import Control
    from outlook365_emulator.emulator import Emulator

    emulator = Emulator(Settings(world=world, seed=seed))
    with refusals():
        emulator.start()
    try:
        control = Control(emulator.http_url)
        details = emulator.details()
        handle = control.world(details["world"])
        handle.observe()
        yield handle, details
        control.close()
    finally:
        emulator.stop()


def _begin(world: "World", scenarios: tuple[str, ...], rate: float | None) -> None:
    from outlook365_emulator.client import ControlError
    from outlook365_emulator.scenarios.files import load_scenario_file, plain_scenario

    try:
        for name in scenarios:
            world.scenarios.start(plain_scenario(load_scenario_file(name)))
        if rate is not None:
            world.scenarios.chaos(rate)
    except ControlError as error:
        raise Refused(str(error)) from None


def _shown(command: tuple[str, ...]) -> str:
    """Return a command for a report, in one line that is not too long."""
    line = " ".join(" ".join(command).split())
    return line if len(line) <= LONGEST_SHOWN else f"{line[:LONGEST_SHOWN]}…"


def _variables(details: dict[str, Any]) -> dict[str, str]:
    return {f"OUTLOOK365_{name.upper()}": str(details[name]) for name in TOLD if details.get(name)}


def _run(command: tuple[str, ...], variables: dict[str, str]) -> int:
    """Run a program to its end and return its status; one that a signal ended has 128 and its number, as in shells."""
    try:
        child = subprocess.Popen(command, env=config.environment() | variables)  # noqa: S603 - what the user asked for
    except OSError as error:
        click.echo(f"{command[0]} cannot be run: {error.strerror or error}", err=True)
        return NOT_FOUND
    while True:
        try:
            status = child.wait()
        except KeyboardInterrupt:
            continue  # Ctrl-C went to the program too; its end is waited for
        return status if status >= 0 else 128 - status


def _tell(report: dict[str, Any], broken: list[str], folder: Path | None, *, as_json: bool) -> None:
    import json

    from outlook365_emulator.client.report_pages import summary_lines, write_report

    if as_json:
        click.echo(json.dumps({**report, "thresholds_broken": broken}), err=True)
    else:
        for line in summary_lines(report, broken):
            click.echo(line, err=True)
    if folder is not None:
        try:
            files = write_report(folder, report, broken)
        except OSError as error:
            raise Refused(f"the report cannot be written to {folder}: {error.strerror or error}") from None
        if not as_json:
            click.echo(f"report: {', '.join(map(str, files))}", err=True)


def _seed_and_rate(text: str | None) -> tuple[int | None, float | None]:
    if text is None:
        return None, None
    seed, colon, rate = text.rpartition(":") if ":" in text else (text, "", "")
    try:
        found = float(rate) if colon else DEFAULT_RATE
    except ValueError:
        found = -1.0
    if not seed or not 0 <= found <= 1:
        raise Refused(f"--chaos: expected SEED or SEED:RATE with a rate from 0 to 1, got {text!r}")
    return int.from_bytes(blake2b(seed.encode(), digest_size=4).digest(), "big"), found
